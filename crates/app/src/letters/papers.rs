//! The papers of a case: its slip and how to pack, made of the ledger whenever they are asked for.

use backhaul_core::ledger::{Case, CaseId, Ledger, Order, UnitId};
use backhaul_core::policy::Policy;
use backhaul_language::Language;
use backhaul_paper::{Clause, Merchant as Sender, Packing, PaperError, Slip, Unit};
use jiff::civil::Date;

use crate::{App, DoorError, Merchant, OrderView};

/// Why a paper was not made.
#[derive(Debug, thiserror::Error)]
pub enum PaperFault {
    /// It cannot be written.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// The order cannot be read.
    #[error(transparent)]
    Desk(#[from] DoorError),
}

/// Which paper of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperKind {
    /// The return slip.
    Slip,
    /// How to pack.
    Packing,
}

impl PaperKind {
    /// What a file of it is called.
    #[must_use]
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Slip => "return-slip.pdf",
            Self::Packing => "packing.pdf",
        }
    }
}

impl App {
    /// A paper of a case as PDF, in that language; nothing where there is no such case, or nothing of it is authorised to come back.
    ///
    /// # Errors
    /// [`PaperFault`].
    pub async fn paper(
        &self,
        kind: PaperKind,
        case: &CaseId,
        language: Language,
    ) -> Result<Option<Vec<u8>>, PaperFault> {
        let Some(view) = self.order_of_case(case).await? else { return Ok(None) };
        self.paper_of(kind, &view, case, language)
    }

    /// The same, of an order that was read already.
    ///
    /// # Errors
    /// [`PaperFault::Paper`].
    pub fn paper_of(
        &self,
        kind: PaperKind,
        view: &OrderView,
        case: &CaseId,
        language: Language,
    ) -> Result<Option<Vec<u8>>, PaperFault> {
        let catalogue = self.catalogue();
        let papers = Papers::of(self.merchant(), &catalogue, &view.order, &view.ledger, case);
        papers.map(|papers| papers.pdf(kind, language)).transpose().map_err(PaperFault::from)
    }
}

/// What the papers of a case are made of.
pub(crate) struct Papers<'a> {
    merchant: &'a Merchant,
    policy: Option<&'a Policy>,
    order: &'a Order,
    case: &'a CaseId,
    claims: &'a Case,
    units: Vec<(UnitId, Unit)>,
    pub(crate) send_by: Date,
}

impl<'a> Papers<'a> {
    /// Nothing where nothing of the case is authorised and still to come.
    pub(crate) fn of(
        merchant: &'a Merchant,
        catalogue: &'a backhaul_core::policy::Catalogue,
        order: &'a Order,
        ledger: &'a Ledger,
        case: &'a CaseId,
    ) -> Option<Self> {
        let claims = ledger.cases.get(case)?;
        let coming = claims.claims.iter().filter(|(_, claim)| {
            ledger.is_live(claim)
                && claim.authorised.is_some()
                && claim.received.is_none()
                && !claim.is_missing()
        });
        let coming: Vec<_> = coming.collect();
        let days = coming.iter().filter_map(|(_, claim)| claim.authorised.as_ref());
        let send_by = days.map(|authorised| authorised.expires_on).min()?;
        let pin = coming.first().map(|(_, claim)| claim.judged.pin.to_string());
        let policy = catalogue.choose(pin.as_deref(), Some(order.placed_at));
        let units =
            coming.iter().map(|(unit, _)| ((*unit).clone(), paper_unit(order, ledger, unit)));
        let units = units.collect();
        let policy = policy.map(std::convert::AsRef::as_ref);
        Some(Self { merchant, policy, order, case, claims, units, send_by })
    }

    pub(crate) fn pdf(&self, kind: PaperKind, language: Language) -> Result<Vec<u8>, PaperError> {
        let merchant = sender(self.merchant);
        let (case, send_by) = (self.case.to_string(), self.send_by);
        let units = together(self.units.iter().map(|(_, unit)| unit.clone()));
        match kind {
            PaperKind::Packing => Packing { language, merchant, case, send_by, units }.pdf(),
            PaperKind::Slip => Slip {
                language,
                merchant,
                case,
                order: self.order.number.clone(),
                link: super::case_link(self.merchant, self.case),
                units,
                freight: self.freight(),
                send_by,
                clauses: self.clauses(language),
            }
            .pdf(),
        }
    }

    /// Who pays the way back, where that is one and the same for all.
    fn freight(&self) -> Option<backhaul_core::words::Payer> {
        let authorised = self
            .units
            .iter()
            .map(|(unit, _)| self.claims.claims.get(unit)?.authorised.as_ref()?.freight.r#return);
        let payers: std::collections::BTreeSet<_> = authorised.collect();
        payers.first().copied().flatten().filter(|_| payers.len() == 1)
    }

    fn clauses(&self, language: Language) -> Vec<Clause> {
        let mut ids = Vec::new();
        for (unit, _) in &self.units {
            let decision = self.claims.claims.get(unit).map(|claim| &claim.judged.decision);
            for id in decision.iter().flat_map(|decision| &decision.clauses) {
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        let words = |id| super::clause_words(self.policy, id, language);
        ids.into_iter().map(|id| Clause { id: id.to_string(), words: words(id) }).collect()
    }
}

/// The merchant as papers name it.
pub(crate) fn sender(merchant: &Merchant) -> Sender {
    let Merchant { name, return_address, .. } = merchant;
    Sender { name: name.clone(), return_address: return_address.clone() }
}

/// A unit as papers name it.
pub(crate) fn paper_unit(order: &Order, ledger: &Ledger, unit: &UnitId) -> Unit {
    let line = order.line(&unit.line);
    let sku = line.map_or(unit.line.as_str(), |line| line.sku.as_str());
    let article = match &unit.component {
        Some(component) => format!("{sku} / {component}"),
        None => sku.to_owned(),
    };
    let parts = line.filter(|_| unit.component.is_none()).map(|line| &line.components);
    let contents = parts.into_iter().flatten().map(|part| part.name.to_string()).collect();
    let serial = ledger.serial(order, unit).map(ToString::to_string);
    Unit { article, serial, pieces: 1, contents }
}

/// Units alike without serials, counted.
pub(crate) fn together(units: impl Iterator<Item = Unit>) -> Vec<Unit> {
    let mut counted: Vec<Unit> = Vec::new();
    for unit in units {
        let is_alike = |known: &&mut Unit| {
            unit.serial.is_none() && known.serial.is_none() && known.article == unit.article
        };
        match counted.iter_mut().find(is_alike) {
            Some(known) => known.pieces = known.pieces.saturating_add(unit.pieces),
            None => counted.push(unit),
        }
    }
    counted
}
