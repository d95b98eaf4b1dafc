//! Making a file for the bank: each piece is submitted through the door, and put into the file, in one transaction.
//!
//! The key of an instruction is stored by that (invariant `never-twice`), so a piece is in at most one file, ever, whoever exports at the
//! same time. What cannot be paid now is left out and named. Nothing has left when this ends: a person hands the file to the bank.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use backhaul_core::ledger::command::SubmitInstruction;
use backhaul_core::ledger::{InstructionId, ProviderName, RefundId};
use backhaul_core::money::{Currency, Money};
use backhaul_core::policy::Catalogue;
use backhaul_store::bank_account::{self, Entered};
use backhaul_store::bank_batch::{self, BatchRow, MadeUnder, ToBank, TransferRow};
use backhaul_store::refund_index::After;
use backhaul_store::{Hash, OrderId, Tx, orders};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::account::is_in_sepa;
use super::{BankError, BankFormat, BankSettings, latin, named};
use crate::door::{Door, is_fresh};
use crate::keys::{chance, is_machine};
use crate::refund_job::new_request;
use crate::sign_in::SignInSettings;
use crate::{App, DoorError, Once, Right, Role, Who};

/// Who pays what finance pays, in the canonical request: nobody of the settings.
const BANK: &str = "bank transfer";
/// The most transfers of one file, and the most pieces that are looked at for it.
pub const BATCH_TRANSFERS_MAX: usize = 1_000;
/// The most characters of a reference from one end to the other (ISO 20022 `Max35Text`).
const END_TO_END_CHARS_MAX: usize = 35;
/// The most characters of the order's number within it; 16 characters of a hash tell pieces apart.
const NUMBER_IN_REFERENCE_MAX: usize = 18;
/// The most characters that the buyer reads on the statement (ISO 20022 `Max140Text`).
const REMITTANCE_CHARS_MAX: usize = 140;
/// The most minor units of one SEPA transfer.
const SEPA_MINOR_MAX: i64 = 99_999_999_999;
/// Sorts behind every moment there is, as in the list of what is due.
const NEVER_DUE_US: i64 = i64::MAX;

/// What is to be exported.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// Which pieces.
    pub chosen: Chosen,
    /// How the file is written.
    pub format: BankFormat,
    /// The day on which the bank is to pay; today where it is left out.
    pub execute_on: Option<Date>,
    /// The key under which this is done once.
    pub once: Once,
}

/// Which pieces are exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// These, 1 to [`BATCH_TRANSFERS_MAX`].
    Pieces(Vec<PieceName>),
    /// What is due up to the end of that day, and what is due on no day; the most urgent [`BATCH_TRANSFERS_MAX`].
    DueUpTo(Date),
}

/// A piece of a refund.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PieceName {
    /// The number of the order.
    pub order: String,
    /// The refund.
    pub refund: RefundId,
    /// The number of the piece within it.
    pub piece: u16,
}

/// A piece that is not in the file, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The piece.
    pub name: PieceName,
    /// The reason, of a closed list, or the code of the ledger's refusal.
    pub code: String,
    /// The reason as a sentence.
    pub message: String,
}

/// A file with all that is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchView {
    /// The file.
    pub batch: BatchRow,
    /// Its transfers, each with the number of its order.
    pub transfers: Vec<(String, TransferRow)>,
    /// What was asked for and is not in it.
    pub left_out: Vec<LeftOut>,
}

impl App {
    /// Makes a file of the pieces that can be paid now. The same request under the same key gets the same file.
    ///
    /// # Errors
    /// [`BankError`]; [`BankError::NothingToPay`] where every piece is left out.
    pub async fn export_bank_batch(
        &self,
        who: &Who,
        asked: NewBatch,
    ) -> Result<BatchView, BankError> {
        self.export_bank_batch_proven(who, asked, None).await
    }

    /// The same, by somebody who last proved at that moment, by more than a password, who they are.
    ///
    /// # Errors
    /// As [`App::export_bank_batch`].
    pub async fn export_bank_batch_proven(
        &self,
        who: &Who,
        asked: NewBatch,
        proof: Option<Timestamp>,
    ) -> Result<BatchView, BankError> {
        let by = named(who, Right::PayByBank)?;
        if asked.format == BankFormat::Pain001 && self.bank.debtor.is_none() {
            return Err(BankError::NoDebtor);
        }
        if let Chosen::Pieces(pieces) = &asked.chosen
            && !(1..=BATCH_TRANSFERS_MAX).contains(&pieces.len())
        {
            return Err(BankError::PieceCount);
        }
        let now = self.clock.now();
        let today = day(&self.catalogue(), now);
        if asked.execute_on.is_some_and(|day| day < today) {
            return Err(BankError::ExecuteOn);
        }
        let chance = chance::<8>().map_err(|error| BankError::Machine(error.to_string()))?;
        let export = Export {
            door: self.door(),
            catalogue: self.catalogue(),
            bank: Arc::clone(&self.bank),
            who: Who { roles: Role::System.into(), actor: who.actor.clone() },
            by,
            id: format!("{}-{chance}", today.strftime("%Y%m%d")),
            execute_on: asked.execute_on.unwrap_or(today),
            now,
            sign_in: Arc::clone(&self.sign_in),
            // A machine has its key, which was made by a person who proved it.
            is_proven: is_machine(&who.actor) || is_fresh(proof, now),
            asked,
        };
        self.store.write(move |tx| export.run(tx)).await
    }
}

/// The day on the calendar of the policy that is in force.
fn day(catalogue: &Catalogue, now: Timestamp) -> Date {
    let policy = catalogue.choose(None, Some(now));
    policy.map_or_else(
        || now.to_zoned(jiff::tz::TimeZone::UTC).date(),
        |policy| policy.zone.date(now),
    )
}

/// One export, inside of one transaction.
struct Export {
    door: Door,
    catalogue: Arc<Catalogue>,
    bank: Arc<BankSettings>,
    who: Who,
    by: String,
    id: String,
    execute_on: Date,
    now: Timestamp,
    sign_in: Arc<SignInSettings>,
    is_proven: bool,
    asked: NewBatch,
}

/// A piece that was asked for: what was found of it before it was held.
struct Candidate {
    order: OrderId,
    id: InstructionId,
    name: PieceName,
}

impl Export {
    fn run(&self, tx: &mut dyn Tx) -> Result<BatchView, BankError> {
        let Once { caller, key, request_hash } = &self.asked.once;
        if let Some((id, hash)) = bank_batch::made_under(tx, caller, key)? {
            return if hash == *request_hash { read(tx, &id) } else { Err(BankError::KeyReused) };
        }
        let (mut taken, mut left_out) = (Vec::new(), Vec::new());
        for candidate in self.candidates(tx, &mut left_out)? {
            match self.take(tx, &candidate)? {
                Ok(row) => taken.push((candidate.name.order, row)),
                Err(Reason(code, message)) => {
                    left_out.push(LeftOut { name: candidate.name, code, message });
                }
            }
        }
        if taken.is_empty() {
            return Err(BankError::NothingToPay { left_out });
        }
        self.require_proof(&taken)?;
        for ((_, row), position) in taken.iter_mut().zip(1..) {
            row.position = position;
        }
        let batch = self.batch(&left_out, i64::try_from(taken.len()).unwrap_or(i64::MAX))?;
        let (caller, key) = (caller.clone(), key.clone());
        let under = MadeUnder { caller, key, request_hash: request_hash.clone() };
        let rows: Vec<_> = taken.iter().map(|(_, row)| row.clone()).collect();
        bank_batch::add(tx, &batch, &under, &rows)?;
        Ok(BatchView { batch, transfers: taken, left_out })
    }

    /// What a file comes to in a currency is let go at once, so that is what a proof is asked for.
    fn require_proof(&self, taken: &[(String, TransferRow)]) -> Result<(), BankError> {
        let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
        for (_, row) in taken {
            let sum = sums.entry(row.amount.currency).or_default();
            *sum = sum.saturating_add(row.amount.minor);
        }
        let mut sums = sums.into_iter().map(|(currency, minor)| Money { minor, currency });
        if !self.is_proven && sums.any(|sum| self.sign_in.needs_proof(sum)) {
            return Err(BankError::ProofNeeded);
        }
        Ok(())
    }

    /// What was asked for, in the one order in which everybody holds orders, so that two exports wait and do not block each other.
    fn candidates(
        &self,
        tx: &mut dyn Tx,
        left_out: &mut Vec<LeftOut>,
    ) -> Result<Vec<Candidate>, BankError> {
        let mut candidates = Vec::new();
        match &self.asked.chosen {
            Chosen::Pieces(pieces) => {
                for name in pieces.iter().collect::<BTreeSet<_>>() {
                    let id = InstructionId { refund: name.refund.clone(), number: name.piece };
                    match orders::find(tx, &name.order)? {
                        Some(order) => candidates.push(Candidate { order, id, name: name.clone() }),
                        None => left_out.push(LeftOut {
                            name: name.clone(),
                            code: "order_unknown".to_owned(),
                            message: "there is no such order".to_owned(),
                        }),
                    }
                }
            }
            Chosen::DueUpTo(day) => {
                let zone = self.catalogue.choose(None, Some(self.now)).map(|policy| &policy.zone);
                let end = zone.and_then(|zone| zone.end(*day)).unwrap_or(self.now);
                let due = |row: &ToBank| row.refund.due_at.is_some_and(|due| due <= end);
                let limit = u32::try_from(BATCH_TRANSFERS_MAX).unwrap_or(u32::MAX);
                let urgent = bank_batch::in_state(tx, "reserved", &After::start(), limit)?;
                let undated = After { due_at_us: NEVER_DUE_US, ..After::start() };
                let undated = bank_batch::in_state(tx, "reserved", &undated, limit)?;
                let rows = urgent.into_iter().filter(due).chain(undated);
                candidates.extend(rows.take(BATCH_TRANSFERS_MAX).map(candidate));
            }
        }
        candidates.sort_by(|one, next| (&one.order, &one.name).cmp(&(&next.order, &next.name)));
        Ok(candidates)
    }

    /// Submits a piece and says what stands in the file, or why it cannot be paid.
    fn take(
        &self,
        tx: &mut dyn Tx,
        candidate: &Candidate,
    ) -> Result<Result<TransferRow, Reason>, BankError> {
        let Candidate { order, id, name } = candidate;
        orders::lock(tx, order)?;
        let Some(found) = bank_batch::piece(tx, order, id)? else {
            return Ok(Err(Reason::new("piece_unknown", "there is no such piece")));
        };
        let account = bank_account::get(tx, order)?;
        let account = match self.payable(&found, account) {
            Ok(account) => account,
            Err(reason) => return Ok(Err(reason)),
        };
        let (payment, amount) = (found.refund.payment.clone(), found.refund.amount);
        let bank = ProviderName::new(BANK).ok();
        let request = bank.and_then(|bank| new_request(&name.order, id, payment, amount, bank));
        let named = request.and_then(|request| Some((request.hash()?, request)));
        let Some((request_hash, request)) = named else {
            return Ok(Err(Reason::new("piece_unknown", "the piece cannot be named")));
        };
        let command = SubmitInstruction { instruction: id.clone(), key: request.key, request_hash };
        match self.door.carry_out(tx, &self.who, &name.order, &command.into()) {
            Ok(_) => {}
            Err(DoorError::Refused(refusal)) => {
                return Ok(Err(Reason::new(refusal.code.as_str(), refusal.message)));
            }
            Err(error) => return Err(error.into()),
        }
        let text = format!("Refund {} order {} {}", id.refund, name.order, found.refund.case);
        Ok(Ok(TransferRow {
            order: order.clone(),
            instruction: id.clone(),
            position: 0,
            end_to_end_id: end_to_end_id(&name.order, &request.reference),
            amount,
            remittance: latin::of(&text, REMITTANCE_CHARS_MAX),
            account: account.account,
            bank_reference: String::new(),
        }))
    }

    /// The account that the piece can be paid to, or why it cannot.
    fn payable(&self, found: &ToBank, account: Option<Entered>) -> Result<Entered, Reason> {
        let refuse = |code, message: &str| Err(Reason::new(code, message));
        if !found.refund.by_bank {
            return refuse("not_by_bank", "its payment does not go back by bank transfer");
        }
        match (found.refund.state.as_str(), &found.transfer) {
            ("reserved", _) => {}
            (_, Some(transfer)) => {
                let message = format!("it is in batch {}", transfer.batch);
                return Err(Reason::new("already_exported", message));
            }
            (state, None) => {
                return Err(Reason::new("not_to_pay", format!("it is {state}")));
            }
        }
        let Some(entered) = account else {
            return refuse("bank_details_missing", "enter the buyer's bank details");
        };
        if self.bank.four_eyes && entered.by == self.by {
            let message = "you entered these bank details: somebody else must export it";
            return refuse("entered_by_you", message);
        }
        if self.asked.format == BankFormat::Pain001 {
            if found.refund.amount.currency.code() != "EUR" {
                return refuse(
                    "not_in_euros",
                    "only euros go into this format: export it as `csv`",
                );
            }
            if !is_in_sepa(&entered.account.iban) {
                return refuse("not_in_sepa", "the account is not in SEPA: export it as `csv`");
            }
            if found.refund.amount.minor > SEPA_MINOR_MAX {
                return refuse("too_much_for_sepa", "one transfer has at most 999999999.99");
            }
        }
        Ok(entered)
    }

    fn batch(&self, left_out: &[LeftOut], transfers: i64) -> Result<BatchRow, BankError> {
        let debtor = self.bank.debtor.as_ref().filter(|_| self.asked.format == BankFormat::Pain001);
        let left_out = serde_json::to_string(left_out)
            .map_err(|error| BankError::Machine(error.to_string()))?;
        Ok(BatchRow {
            id: self.id.clone(),
            format: self.asked.format.as_str().to_owned(),
            execute_on: self.execute_on.to_string(),
            created_by: self.by.clone(),
            created_at: self.now,
            debtor_name: debtor.map_or("", |debtor| debtor.name()).to_owned(),
            debtor_iban: debtor.map_or("", |debtor| debtor.iban()).to_owned(),
            debtor_bic: debtor.map_or("", |debtor| debtor.bic()).to_owned(),
            left_out,
            transfers,
        })
    }
}

/// Why a piece is left out: a code and a sentence.
struct Reason(String, String);

impl Reason {
    fn new(code: &str, message: impl Into<String>) -> Self {
        Self(code.to_owned(), message.into())
    }
}

fn candidate(row: ToBank) -> Candidate {
    let (id, order) = (row.refund.instruction, row.refund.order);
    let (refund, piece) = (id.refund.clone(), id.number);
    Candidate { order, id, name: PieceName { order: row.number, refund, piece } }
}

/// What the bank reports a transfer by: the order's number for people, and a hash of our own reference, so that no other piece has it.
fn end_to_end_id(number: &str, reference: &str) -> String {
    let hash = Hash::of_text(reference).to_string();
    let hash: String = hash.chars().take(16).collect();
    let id = format!("{}-{hash}", latin::id(number, NUMBER_IN_REFERENCE_MAX));
    debug_assert!(id.len() <= END_TO_END_CHARS_MAX, "18 and 1 and 16 characters");
    id
}

/// A file that was made, with all that is in it.
pub(super) fn read(tx: &mut dyn Tx, id: &str) -> Result<BatchView, BankError> {
    let unknown = || BankError::UnknownBatch(id.to_owned());
    let batch = bank_batch::get(tx, id)?.ok_or_else(unknown)?;
    let left_out = serde_json::from_str(&batch.left_out)
        .map_err(|error| BankError::Machine(error.to_string()))?;
    let mut transfers = Vec::new();
    for row in bank_batch::transfers(tx, id)? {
        let number = orders::number(tx, &row.order)?.unwrap_or_default();
        transfers.push((number, row));
    }
    Ok(BatchView { batch, transfers, left_out })
}
