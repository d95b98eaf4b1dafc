//! How the page of a claim is drawn: what there is to choose, what is chosen, and the slots that want a picture.

use std::borrow::Cow;

use backhaul_app::evidence::FILES_AT_ONCE_MAX;
use backhaul_core::ledger::{Part, UnitId};
use backhaul_core::policy::vocabulary::{Kind, OwnDeclaration};
use backhaul_core::words::{Cause, Condition};
use backhaul_language::{Speaks, terms, words as w};

use super::claim::{
    AnswerPart, Choice, ClaimPart, Drawing, FactAsked, SlotFault, SlotShown, UnitChosen,
};
use super::claim_form::{self, ClaimForm};
use super::picture::{self, PicturePart, PictureShown};
use super::{said, units};
use crate::pages::form::Faults;
use crate::pages::{Layout, PageFault};

/// A way by which buyers report, in words.
pub(crate) fn channel(language: impl Speaks, word: &str) -> Cow<'static, str> {
    match word {
        "phone" => w::open_by_phone(language),
        "mail" => w::open_by_mail(language),
        "visit" => w::open_by_visit(language),
        _ => w::open_by_other(language),
    }
}

impl Drawing<'_> {
    /// The form of a claim.
    ///
    /// # Errors
    /// The desk cannot be asked.
    pub(crate) async fn part(
        &self,
        form: &ClaimForm,
        faults: Faults,
        once: String,
        slot_faults: Vec<SlotFault>,
        is_new_answer: bool,
    ) -> Result<ClaimPart, PageFault> {
        let visit = self.visit;
        let answer = self.answer(form)?;
        let slots = self.slots(form, &answer, slot_faults).await?;
        // The only remedy there is needs no choice.
        let only = match self.policy.vocabulary.remedies.as_slice() {
            [only] => Some(*only),
            _ => None,
        };
        Ok(ClaimPart {
            layout: Layout::of(visit, ""),
            places: self.places.clone(),
            reported: self.places.is_of_staff.then(|| form.reported.clone()),
            channels: claim_form::CHANNELS.map(|word| self.channel(word, form)).into(),
            faults,
            once,
            units: self.units(form),
            causes: Cause::ALL.iter().map(|cause| self.cause(*cause, form.cause)).collect(),
            remedies: claim_form::remedies(self.policy)
                .map(|remedy| Choice {
                    value: remedy.as_str().to_owned(),
                    label: terms::remedy(visit, remedy).into_owned(),
                    help: String::new(),
                    is_chosen: form.remedy == Some(remedy) || only == Some(remedy),
                })
                .collect(),
            conditions: Condition::ALL
                .iter()
                .map(|condition| Choice {
                    value: condition.as_str().to_owned(),
                    label: terms::condition(visit, *condition).into_owned(),
                    help: String::new(),
                    is_chosen: form.condition == Some(*condition),
                })
                .collect(),
            platform: form.platform.clone(),
            facts: self.facts(form),
            words: form.words.clone(),
            slots,
            answer,
            is_new_answer,
        })
    }

    fn channel(&self, word: &'static str, form: &ClaimForm) -> Choice {
        Choice {
            value: word.to_owned(),
            label: channel(self.visit, word).into_owned(),
            help: String::new(),
            is_chosen: form.channel == Some(word),
        }
    }

    fn cause(&self, cause: Cause, chosen: Option<Cause>) -> Choice {
        let help = match cause {
            Cause::Quality => w::claim_cause_quality(self.visit),
            Cause::Compatibility => w::claim_cause_compatibility(self.visit),
            Cause::Damaged => w::claim_cause_damaged(self.visit),
            Cause::Mismatch => w::claim_cause_mismatch(self.visit),
            Cause::Missing => w::claim_cause_missing_help(self.visit),
            Cause::OwnReasons => w::claim_cause_own(self.visit),
        };
        Choice {
            value: cause.as_str().to_owned(),
            label: terms::cause(self.visit, cause).into_owned(),
            help: help.into_owned(),
            is_chosen: chosen == Some(cause),
        }
    }

    /// The chosen units; of a unit with parts, which of them.
    fn units(&self, form: &ClaimForm) -> Vec<UnitChosen> {
        let (order, ledger) = (&self.view.order, &self.view.ledger);
        let mut shown: Vec<UnitChosen> = Vec::new();
        let mut wholes: Vec<_> = Vec::new();
        for unit in &form.units {
            let whole = UnitId { component: None, ..unit.clone() };
            if !wholes.contains(&whole) {
                wholes.push(whole);
            }
        }
        for whole in wholes {
            let parts = order.line(&whole.line).map_or(&[][..], |line| &line.components);
            let part = |part: &Part| {
                let unit = whole.part(&part.name);
                let unit = unit.of_generation(ledger.generation(&unit));
                Choice {
                    value: units::value(&unit),
                    label: units::label(self.visit, order, ledger, &unit),
                    help: String::new(),
                    is_chosen: form.units.contains(&unit),
                }
            };
            shown.push(UnitChosen {
                value: units::value(&whole),
                name: units::name(self.visit, order, ledger, &whole),
                parts: parts.iter().map(part).collect(),
            });
        }
        shown
    }

    fn facts(&self, form: &ClaimForm) -> Vec<FactAsked> {
        let place = said::policy_language(self.policy, self.visit.language);
        let shown = |own: &OwnDeclaration| {
            let value = form.own.get(&own.name).cloned().unwrap_or_default();
            let choice = |word: &str, label: String| Choice {
                value: word.to_owned(),
                label,
                help: String::new(),
                is_chosen: value == word,
            };
            let choices = match &own.kind {
                Kind::Flag => vec![
                    choice("yes", w::claim_yes(self.visit).into_owned()),
                    choice("no", w::claim_no(self.visit).into_owned()),
                ],
                Kind::OwnWord(words) => {
                    words.iter().map(|word| choice(word, word.replace('_', " "))).collect()
                }
                _ => Vec::new(),
            };
            let label = own.label.get(place).cloned().unwrap_or_else(|| own.name.clone());
            FactAsked { name: own.name.clone(), label, value, choices }
        };
        claim_form::asked_facts(self.policy).map(shown).collect()
    }

    async fn slots(
        &self,
        form: &ClaimForm,
        answer: &AnswerPart,
        faults: Vec<SlotFault>,
    ) -> Result<Vec<SlotShown>, PageFault> {
        let mut slots = Vec::new();
        for slot in &self.policy.vocabulary.slots {
            let mut pictures = Vec::new();
            let of_slot = form.pictures.iter().filter(|picture| picture.slot == slot.id);
            for picture in of_slot.take(FILES_AT_ONCE_MAX) {
                let found =
                    picture::own(self.service, &self.view.order.number, &picture.file).await?;
                pictures.extend(found.as_ref().map(|row| PicturePart {
                    layout: Layout::of(self.visit, ""),
                    slot: slot.id.clone(),
                    picture: Some(PictureShown::of(row)),
                    look: self.places.look,
                    said: None,
                }));
            }
            let fault = faults.iter().find(|(of, _)| *of == slot.id).map(|(_, said)| said.clone());
            slots.push(SlotShown {
                id: slot.id.clone(),
                label: said::slot(self.policy, &slot.id, self.visit.language),
                is_needed: answer.slots.contains(&slot.id) || !pictures.is_empty(),
                pictures,
                fault,
            });
        }
        Ok(slots)
    }
}
