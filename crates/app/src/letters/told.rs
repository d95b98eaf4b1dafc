//! A letter as it is kept, made into what is told: from the ledger as it stood then, and the texts that there still are.

use backhaul_core::ledger::{CaseId, Event, Ledger, Order, RefundId, TextId, UnitId};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_core::words::Payer;
use backhaul_language::Language;
use backhaul_mail::{Attachment, Clause, Differs, Letter, LetterKind, Need, Parcel, Unit};
use jiff::tz::TimeZone;

use super::enqueue::Body;
use super::papers::{PaperKind, Papers, paper_unit, sender, together};
use super::steps::differs;
use crate::{BankSettings, Merchant};

/// What a letter of an order is made of.
pub(crate) struct Material<'a> {
    pub(crate) merchant: &'a Merchant,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) bank: &'a BankSettings,
    pub(crate) order: &'a Order,
    /// What happened in the step, and the ledger before and after it; of a letter that is about no step, the ledger as it is.
    pub(crate) events: &'a [Event],
    pub(crate) before: &'a Ledger,
    pub(crate) ledger: &'a Ledger,
    /// The texts of the order that there are.
    pub(crate) texts: &'a [(String, String)],
    pub(crate) buyer: Option<&'a crate::Buyer>,
    pub(crate) language: Language,
}

/// A code needs no order.
pub(crate) fn code(body: &Body) -> Option<Letter> {
    let Body::Code { code, made_at, expires_at } = body else { return None };
    let minutes = expires_at.duration_since(*made_at).as_mins();
    Some(Letter::SignInCode { code: code.clone(), minutes })
}

impl Material<'_> {
    /// The letter; nothing where what it needs is not there any more.
    pub(crate) fn letter(&self, kind: LetterKind, body: &Body) -> Option<Letter> {
        match body {
            Body::Code { .. } => code(body),
            Body::Step { case, refund: None, .. } => self.step(kind, case),
            Body::Step { refund: Some(refund), .. } => self.refund(kind, refund),
        }
    }

    fn step(&self, kind: LetterKind, case: &CaseId) -> Option<Letter> {
        let units = || self.units(&self.units_of(kind, case));
        Some(match kind {
            LetterKind::CaseReceived => {
                Letter::CaseReceived { units: units(), needs: self.needs(case) }
            }
            LetterKind::EvidenceMissing => Letter::EvidenceMissing { needs: self.needs(case) },
            LetterKind::Authorised => self.authorised(case),
            LetterKind::Declined => self.declined(case),
            LetterKind::Received => {
                let refund = self.refund_days(case, &self.units_of(kind, case));
                Letter::Received { units: units(), refund }
            }
            LetterKind::InspectionDiffers => self.inspected(case)?,
            LetterKind::Deduction => self.deduction(case)?,
            LetterKind::ReplacementShipped => {
                Letter::ReplacementShipped { units: units(), tracking: self.tracking() }
            }
            LetterKind::SentBack => Letter::SentBack { units: units(), tracking: self.tracking() },
            LetterKind::DeskMessage => Letter::DeskMessage { words: self.message(case)? },
            LetterKind::ContestAnswered => self.answered(case)?,
            LetterKind::WithdrawalReceipt => self.withdrawal(case)?,
            LetterKind::Cancelled => Letter::Cancelled { units: units() },
            LetterKind::Expired => Letter::Expired { units: units() },
            _ => return None,
        })
    }

    /// The units of the step's events of that kind.
    fn units_of(&self, kind: LetterKind, case: &CaseId) -> Vec<UnitId> {
        let is_of = |of: &CaseId| of == case;
        let mut units: Vec<UnitId> = Vec::new();
        for event in self.events {
            let unit = match (kind, event) {
                (
                    LetterKind::CaseReceived | LetterKind::WithdrawalReceipt,
                    Event::ClaimDecided { case, unit, .. },
                )
                | (LetterKind::Authorised, Event::ClaimAuthorised { case, unit, .. })
                | (LetterKind::Declined, Event::ClaimDeclined { case, unit, .. })
                | (LetterKind::Received, Event::UnitReceived { case, unit, .. })
                | (LetterKind::SentBack, Event::UnitSentBack { case, unit, .. })
                | (LetterKind::Cancelled, Event::ClaimCancelled { case, unit, .. })
                | (LetterKind::Expired, Event::ClaimExpired { case, unit })
                | (LetterKind::Deduction, Event::DeductionTold { case, unit, .. })
                    if is_of(case) =>
                {
                    Some(unit)
                }
                (LetterKind::InspectionDiffers, Event::UnitInspected { case, unit, .. })
                    if is_of(case) && differs(case, unit, self.before, self.ledger) =>
                {
                    Some(unit)
                }
                (LetterKind::ReplacementShipped, Event::ReplacementShipped { replacement, .. }) => {
                    Some(replacement)
                }
                _ => None,
            };
            if let Some(unit) = unit.filter(|unit| !units.contains(unit)) {
                units.push(unit.clone());
            }
        }
        units
    }

    fn units(&self, units: &[UnitId]) -> Vec<Unit> {
        let papers = units.iter().map(|unit| paper_unit(self.order, self.ledger, unit));
        let unit = |unit: backhaul_paper::Unit| Unit {
            article: unit.article,
            serial: unit.serial,
            pieces: unit.pieces,
        };
        together(papers).into_iter().map(unit).collect()
    }

    fn policy(&self, case: &CaseId) -> Option<&Policy> {
        let case = self.ledger.cases.get(case)?;
        let pin = case.claims.values().next().map(|claim| claim.judged.pin.to_string());
        self.catalogue.choose(pin.as_deref(), Some(self.order.placed_at)).map(AsRef::as_ref)
    }

    fn text(&self, id: &TextId) -> Option<&str> {
        let found = self.texts.iter().find(|(known, _)| known == id.as_str());
        found.map(|(_, words)| words.as_str())
    }

    /// What the open claims of a case still need, each once.
    fn needs(&self, case: &CaseId) -> Vec<Need> {
        let policy = self.policy(case);
        let mut needs = Vec::new();
        let claims = self.ledger.cases.get(case).into_iter().flat_map(|case| case.claims.values());
        let live = claims.filter(|claim| self.ledger.is_live(claim) && !claim.is_accepted());
        for name in live.flat_map(|claim| &claim.judged.decision.needs) {
            let need = match (name.strip_prefix("evidence."), name.as_str()) {
                (Some(slot), _) => Need::Evidence(slot_label(policy, slot, self.language)),
                (None, "platform") => Need::Platform,
                (None, name) => Need::Other(name.replace(['_', '.'], " ")),
            };
            if !needs.contains(&need) {
                needs.push(need);
            }
        }
        needs
    }

    fn authorised(&self, case: &CaseId) -> Letter {
        let units = self.units_of(LetterKind::Authorised, case);
        let papers = Papers::of(self.merchant, self.catalogue, self.order, self.ledger, case);
        let parcel = papers.as_ref().map(|papers| {
            let attached = [PaperKind::Slip, PaperKind::Packing].into_iter().filter_map(|kind| {
                // A slip that is too long is on the page's side of things: the number alone is enough for the dock.
                let bytes = papers.pdf(kind, self.language).ok()?;
                Some(pdf(kind.file_name(), bytes))
            });
            Parcel {
                send_by: papers.send_by,
                address: self.address(),
                freight: self.return_freight(case, &units),
                papers: attached.collect(),
            }
        });
        let instructions = self.events.iter().find_map(|event| match event {
            Event::ClaimAuthorised { case: of, instructions, .. } if of == case => {
                self.text(instructions)
            }
            _ => None,
        });
        let refund = if parcel.is_none() { self.refund_days(case, &units) } else { None };
        let instructions = instructions.map(str::to_owned);
        Letter::Authorised { units: self.units(&units), parcel, instructions, refund }
    }

    fn address(&self) -> Vec<String> {
        if self.merchant.return_address.is_empty() {
            return Vec::new();
        }
        let name = std::iter::once(&self.merchant.name);
        name.chain(&self.merchant.return_address).cloned().collect()
    }

    fn return_freight(&self, case: &CaseId, units: &[UnitId]) -> Option<Payer> {
        let mut claims = units.iter().filter_map(|unit| self.ledger.claim(case, unit));
        claims.find_map(|claim| claim.authorised.as_ref()?.freight.r#return)
    }

    /// From when and until when the refund of those units leaves, where the policy counts days for a refund.
    fn refund_days(
        &self,
        case: &CaseId,
        units: &[UnitId],
    ) -> Option<(jiff::civil::Date, jiff::civil::Date)> {
        let claims = units.iter().filter_map(|unit| self.ledger.claim(case, unit));
        let dates = claims
            .filter(|claim| claim.is_due(backhaul_core::words::Remedy::Refund))
            .filter_map(|claim| {
                let dates = claim.judged.decision.dates;
                Some((dates.refund_from?, dates.refund_by?))
            });
        dates.reduce(|(from, by), (next_from, next_by)| (from.min(next_from), by.max(next_by)))
    }

    fn declined(&self, case: &CaseId) -> Letter {
        let units = self.units_of(LetterKind::Declined, case);
        let (mut ids, mut otherwise, mut words) = (Vec::new(), Vec::new(), None);
        for event in self.events {
            let Event::ClaimDeclined { case: of, unit, clauses, text, .. } = event else {
                continue;
            };
            if of != case {
                continue;
            }
            for clause in clauses {
                if !ids.contains(clause) {
                    ids.push(clause.clone());
                }
            }
            words = words.or_else(|| text.as_ref().and_then(|text| self.text(text)));
            let changes =
                self.ledger.claim(case, unit).map(|claim| &claim.judged.decision.otherwise);
            for change in changes.into_iter().flatten() {
                if clauses.contains(&change.clause) && !otherwise.contains(&change.change) {
                    otherwise.push(change.change.clone());
                }
            }
        }
        Letter::Declined {
            units: self.units(&units),
            clauses: self.clauses(case, &ids),
            otherwise,
            words: words.map(str::to_owned),
        }
    }

    fn clauses(&self, case: &CaseId, ids: &[backhaul_core::decision::ClauseId]) -> Vec<Clause> {
        let policy = self.policy(case);
        let words = |id| super::clause_words(policy, id, self.language);
        ids.iter().map(|id| Clause { id: id.clone(), words: words(id) }).collect()
    }

    fn inspected(&self, case: &CaseId) -> Option<Letter> {
        let units = self.units_of(LetterKind::InspectionDiffers, case);
        let unit = units.first()?;
        let (was, is) = (self.before.claim(case, unit)?, self.ledger.claim(case, unit)?);
        let (old, new) = (&was.judged.decision, &is.judged.decision);
        let found = is.judged.facts.inspection.as_ref();
        let differs = Differs {
            findings: found.map(|found| found.findings.clone()).unwrap_or_default(),
            is_faultless: found.and_then(|found| found.fault_found) == Some(false),
            verdict: new.verdict,
            cause: (old.cause != new.cause).then_some(new.cause),
            clauses: self.clauses(case, &new.clauses),
        };
        Some(Letter::InspectionDiffers { units: self.units(&units), differs })
    }

    fn deduction(&self, case: &CaseId) -> Option<Letter> {
        let told = self.events.iter().find_map(|event| match event {
            Event::DeductionTold { case: of, told, .. } if of == case => Some(told),
            _ => None,
        })?;
        let clause = self.clauses(case, std::slice::from_ref(&told.clause)).pop()?;
        let words = self.text(&told.text).map(str::to_owned);
        Some(Letter::Deduction { amount: told.amount, clause, words })
    }

    fn tracking(&self) -> Option<String> {
        self.events.iter().find_map(|event| match event {
            Event::ReplacementShipped { tracking, .. } | Event::UnitSentBack { tracking, .. } => {
                tracking.as_ref().map(ToString::to_string)
            }
            _ => None,
        })
    }

    fn refund(&self, kind: LetterKind, id: &RefundId) -> Option<Letter> {
        let refund = self.ledger.refunds.get(id)?;
        let pieces = || refund.live_pieces();
        let amounts = pieces().map(|piece| piece.planned.amount);
        let amount = backhaul_core::money::Money::sum(refund.bill.total.currency, amounts).ok()?;
        if kind == LetterKind::RefundSettled {
            return Some(Letter::RefundSettled { amount });
        }
        let by_bank = pieces().all(|piece| self.bank.pays(self.order, &piece.planned));
        Some(Letter::RefundSent { amount, by_bank })
    }

    /// What staff wrote.
    fn message(&self, case: &CaseId) -> Option<String> {
        let text = self.events.iter().find_map(|event| match event {
            Event::MessageWritten { case: of, text, internal: false, .. } if of == case => {
                Some(text)
            }
            _ => None,
        })?;
        self.text(text).map(str::to_owned)
    }

    fn answered(&self, case: &CaseId) -> Option<Letter> {
        self.events.iter().find_map(|event| match event {
            Event::ContestAnswered { case: of, upheld, text, .. } if of == case => {
                let words = self.text(text).map(str::to_owned);
                Some(Letter::ContestAnswered { upheld: *upheld, words })
            }
            _ => None,
        })
    }

    fn withdrawal(&self, case: &CaseId) -> Option<Letter> {
        let (received_at, text) = self.events.iter().find_map(|event| match event {
            Event::CaseOpened { case: of, at, text, .. } if of == case => Some((*at, text)),
            _ => None,
        })?;
        let units = self.units_of(LetterKind::WithdrawalReceipt, case);
        let zone = TimeZone::get(self.order.time_zone.name()).unwrap_or(TimeZone::UTC);
        let listed = units.iter().map(|unit| paper_unit(self.order, self.ledger, unit));
        let paper = backhaul_paper::Withdrawal {
            language: self.language,
            merchant: sender(self.merchant),
            order: self.order.number.clone(),
            case: Some(case.to_string()),
            buyer: self.buyer.and_then(crate::Buyer::name).map(str::to_owned),
            email: self
                .buyer
                .and_then(crate::Buyer::email)
                .map_or("", crate::Email::as_str)
                .to_owned(),
            received_at,
            zone: zone.clone(),
            units: together(listed),
            words: text.as_ref().and_then(|text| self.text(text)).map(str::to_owned),
        };
        let papers = paper.pdf().ok().map(|bytes| pdf("withdrawal.pdf", bytes));
        Some(Letter::WithdrawalReceipt {
            received_at,
            zone,
            units: self.units(&units),
            papers: papers.into_iter().collect(),
        })
    }
}

fn pdf(name: &str, bytes: Vec<u8>) -> Attachment {
    let media_type = "application/pdf".to_owned();
    Attachment { name: name.to_owned(), media_type, bytes }
}

/// What people call a slot, in the nearest of the policy's languages.
fn slot_label(policy: Option<&Policy>, slot: &str, language: Language) -> String {
    let label = policy.and_then(|policy| {
        let found = policy.vocabulary.slots.iter().find(|known| known.id == slot)?;
        let place = super::policy_language(policy, language);
        found.label.get(place).or_else(|| found.label.first())
    });
    label.cloned().unwrap_or_else(|| slot.replace('_', " "))
}
