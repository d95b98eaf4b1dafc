//! What a buyer claims, as the form says it: read, checked, and made a command.

use std::collections::BTreeMap;

use backhaul_app::OrderView;
use backhaul_core::facts::OwnFact;
use backhaul_core::ledger::command::{ClaimRequest, Evidence, OpenCase};
use backhaul_core::ledger::{CaseId, LineId, Slot, TextId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_core::policy::vocabulary::{Kind, OwnDeclaration, Source};
use backhaul_core::words::{Cause, Condition, Remedy};
use jiff::Timestamp;

use super::units;
use crate::pages::form::Fields;

/// The most units of one claim.
pub(crate) const UNITS_MAX: usize = 500;
/// The most characters of the buyer's words.
pub(super) const WORDS_CHARS_MAX: usize = 5_000;
/// The most characters of a platform's name, as the ledger has it.
pub(super) const PLATFORM_CHARS_MAX: usize = 200;

/// The ways by which buyers report to a person.
pub(crate) const CHANNELS: [&str; 4] = ["phone", "mail", "visit", "other"];

/// A file that was sent for a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(super) slot: String,
    pub(super) file: String,
}

/// What the form says so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClaimForm {
    pub(crate) units: Vec<UnitId>,
    /// Units that the order does not have, or that were named twice.
    pub(super) has_strangers: bool,
    pub(super) cause: Option<Cause>,
    pub(super) remedy: Option<Remedy>,
    pub(super) condition: Option<Condition>,
    pub(super) platform: String,
    pub(super) words: String,
    /// When it was reported, as a member of staff types it: a local moment.
    pub(super) reported: String,
    /// By which way it was reported; a word of [`CHANNELS`].
    pub(super) channel: Option<&'static str>,
    pub(super) pictures: Vec<Picture>,
    pub(super) own: BTreeMap<String, String>,
}

impl ClaimForm {
    /// What the order's page chose, or the claim's own form says.
    pub(crate) fn read(fields: &Fields, view: &OrderView, policy: &Policy) -> Self {
        let mut form = Self {
            cause: Cause::ALL.iter().copied().find(|cause| cause.as_str() == fields.text("cause")),
            remedy: remedies(policy).find(|remedy| remedy.as_str() == fields.text("remedy")),
            condition: Condition::ALL
                .iter()
                .copied()
                .find(|condition| condition.as_str() == fields.text("condition")),
            platform: fields.text("platform").to_owned(),
            words: fields.text("words").to_owned(),
            reported: fields.text("reported").to_owned(),
            channel: CHANNELS.into_iter().find(|known| *known == fields.text("channel")),
            ..Self::default()
        };
        form.read_units(fields, view);
        for slot in &policy.vocabulary.slots {
            let name = format!("picture.{}", slot.id);
            for file in fields.all(&name) {
                form.pictures.push(Picture { slot: slot.id.clone(), file: file.to_owned() });
            }
        }
        for own in asked_facts(policy) {
            if let Some(value) = fields.get(&format!("fact.{}", own.name)) {
                form.own.insert(own.name.clone(), value.to_owned());
            }
        }
        form
    }

    fn read_units(&mut self, fields: &Fields, view: &OrderView) {
        let (order, ledger) = (&view.order, &view.ledger);
        let mut chosen: Vec<UnitId> = Vec::new();
        for value in fields.all("unit").take(UNITS_MAX.saturating_add(1)) {
            match units::parse(order, ledger, value) {
                Some(unit) if !chosen.contains(&unit) => chosen.push(unit),
                Some(_) => {}
                None => self.has_strangers = true,
            }
        }
        // Units without names: the first free ones of the line.
        for line in &order.lines {
            let count = fields.text(&format!("count.{}", line.id));
            let count: usize = count.parse().unwrap_or(0);
            let is_free = |unit: &UnitId| {
                units::live_case(ledger, unit).is_none()
                    && units::spent_case(ledger, unit).is_none()
            };
            let free = units::of_line(line, ledger).filter(is_free);
            chosen.extend(free.take(count.min(UNITS_MAX)));
        }
        // A part that is chosen stands in the place of its unit.
        let parts: Vec<UnitId> =
            chosen.iter().filter(|unit| unit.component.is_some()).cloned().collect();
        chosen.retain(|unit| {
            unit.component.is_some() || !parts.iter().any(|part| part.overlaps(unit))
        });
        self.units = chosen;
    }

    /// Whether there is enough of it to be answered.
    pub(super) const fn is_answerable(&self) -> bool {
        !self.units.is_empty()
            && self.units.len() <= UNITS_MAX
            && self.cause.is_some()
            && self.remedy.is_some()
            && self.condition.is_some()
    }

    /// The command that it comes to; nothing where something of it is not chosen yet.
    pub(super) fn command(
        &self,
        policy: &Policy,
        case: CaseId,
        reported_at: Timestamp,
        text: Option<TextId>,
    ) -> Option<OpenCase> {
        let (cause, remedy, condition) = (self.cause?, self.remedy?, self.condition?);
        let mut of_lines: Vec<(&LineId, Vec<UnitId>)> = Vec::new();
        for unit in &self.units {
            match of_lines.iter_mut().find(|(line, _)| *line == &unit.line) {
                Some((_, units)) => units.push(unit.clone()),
                None => of_lines.push((&unit.line, vec![unit.clone()])),
            }
        }
        let evidence = self.pictures.iter().filter_map(|picture| {
            let slot = Slot::new(&picture.slot).ok()?;
            Some(Evidence { slot, file: TextId::new(&picture.file).ok()? })
        });
        let evidence: Vec<_> = evidence.collect();
        let facts: BTreeMap<String, OwnFact> = asked_facts(policy)
            .filter_map(|own| Some((own.name.clone(), fact(own, self.own.get(&own.name)?)?)))
            .collect();
        let platform = Some(self.platform.clone()).filter(|platform| !platform.is_empty());
        let request = |units: Vec<UnitId>| ClaimRequest {
            units,
            cause,
            remedy,
            condition,
            platform: platform.clone(),
            evidence: evidence.clone(),
            facts: facts.clone(),
        };
        let claims = of_lines.into_iter().map(|(_, units)| request(units)).collect();
        Some(OpenCase { case, reported_at, text, claims })
    }
}

/// The remedies that the policy knows.
pub(super) fn remedies(policy: &Policy) -> impl Iterator<Item = Remedy> + '_ {
    policy.vocabulary.remedies.iter().copied()
}

/// The facts of the policy's own that only the buyer can tell, of the kinds that a form can ask for.
pub(super) fn asked_facts(policy: &Policy) -> impl Iterator<Item = &OwnDeclaration> {
    policy.vocabulary.own.iter().filter(|own| {
        own.source == Source::Buyer
            && matches!(own.kind, Kind::Flag | Kind::Integer | Kind::Text | Kind::OwnWord(_))
    })
}

fn fact(own: &OwnDeclaration, value: &str) -> Option<OwnFact> {
    match &own.kind {
        Kind::Flag => match value {
            "yes" => Some(OwnFact::Bool(true)),
            "no" => Some(OwnFact::Bool(false)),
            _ => None,
        },
        Kind::Integer => value.parse().ok().map(OwnFact::Integer),
        Kind::OwnWord(words) => {
            words.iter().find(|word| *word == value).cloned().map(OwnFact::Text)
        }
        _ => Some(OwnFact::Text(value.to_owned())),
    }
}
