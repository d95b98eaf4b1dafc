//! How a story of a return is written down, and played: each step is one command at the desk's door, asked in the role that
//! would ask it, under an idempotency key, so that playing it again does nothing.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_app::{App, Once, Request, Role, Who};
use backhaul_core::ledger::{Actor, Command, StaffId, TextId};
use backhaul_store::Hash;
use serde_json::{Value, json};

use super::days::{Days, StoryClock};

/// Whose idempotency keys the steps have.
const CALLER: &str = "demo";
/// When goods are awaited no more, unless a story says so.
const FAR_AWAY: &str = "the day -60 days ago";

/// One order's return.
pub(super) struct Story {
    order: &'static str,
    /// Where its case stands once it has been played, and the jobs have run.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test holds the story to it"))]
    pub(super) ends: &'static str,
    steps: Vec<Step>,
}

/// One command, with the words that it names.
struct Step {
    days_ago: i16,
    role: Role,
    command: &'static str,
    fields: Value,
    texts: Vec<(&'static str, &'static str)>,
}

/// A unit of a line.
pub(super) fn unit(line: &str, number: u32) -> Value {
    json!({"line": line, "number": number})
}

/// A component of a unit.
pub(super) fn part(line: &str, number: u32, component: &str) -> Value {
    json!({"line": line, "number": number, "component": component})
}

/// What is claimed of a unit: why it comes back, what the buyer asks for, and how far it was used.
pub(super) fn claim(unit: &Value, cause: &str, remedy: &str, condition: &str) -> Value {
    json!({"units": [unit], "cause": cause, "remedy": remedy, "condition": condition})
}

/// The claim with pictures for these slots of evidence.
pub(super) fn with_pictures(claim: Value, slots: &[&str]) -> Value {
    let picture = |slot: &&str| json!({"slot": slot, "file": format!("picture-{slot}")});
    with(claim, "evidence", slots.iter().map(picture).collect())
}

/// The claim of goods that were used on that platform.
pub(super) fn on_platform(claim: Value, platform: &str) -> Value {
    with(claim, "platform", platform.into())
}

/// The object with one more field.
fn with(mut object: Value, field: &str, value: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    object
}

impl Story {
    /// A story about that order, whose case stands so at its end.
    pub(super) const fn of(order: &'static str, ends: &'static str) -> Self {
        Self { order, ends, steps: Vec::new() }
    }

    /// The number of its case.
    pub(super) fn case(&self) -> String {
        format!("{}-R1", self.order)
    }

    /// The buyer reports it in these words, and the case is open.
    pub(super) fn reported(self, days_ago: i16, words: &'static str, claim: &Value) -> Self {
        let reported_at = format!("{days_ago} days ago");
        let fields = json!({"reported_at": reported_at, "text": "report", "claims": [claim]});
        self.step(days_ago, Role::Buyer, "open_case", fields).saying("report", words)
    }

    /// The representative lets the unit come.
    pub(super) fn authorised(self, days_ago: i16, unit: &Value) -> Self {
        self.authorised_until(days_ago, unit, FAR_AWAY)
    }

    /// The representative lets the unit come, up to a day.
    pub(super) fn authorised_until(self, days_ago: i16, unit: &Value, last_day: &str) -> Self {
        let fields =
            json!({"units": [unit], "instructions": "instructions", "expires_on": last_day});
        self.step(days_ago, Role::Representative, "authorise", fields).saying(
            "instructions",
            "Pack the goods as they came, write the case number on the box, and send it to us.",
        )
    }

    /// The buyer says that the unit is on its way.
    pub(super) fn sent(self, days_ago: i16, unit: &Value) -> Self {
        let fields = json!({
            "parcel": self.parcel(), "units": [unit], "tracking": format!("TRACK-{}", self.order),
        });
        self.step(days_ago, Role::Buyer, "announce_parcel", fields)
    }

    /// The dock books in the parcel, which has the case number on it, with goods of that serial.
    pub(super) fn received(self, days_ago: i16, serial: &str) -> Self {
        let fields = json!({
            "parcel": self.parcel(), "items": [{"kind": "serial", "serial": serial}],
        });
        self.step(days_ago, Role::Dock, "receive_parcel", fields)
    }

    /// The dock books in a parcel without a number, with goods of that serial.
    pub(super) fn received_unnamed(self, days_ago: i16, serial: &str) -> Self {
        let fields = json!({
            "parcel": self.parcel(), "items": [{"kind": "serial", "serial": serial}],
        });
        self.other_step(days_ago, Role::Dock, "receive_parcel", fields)
    }

    /// The dock looks at the unit, and finds that.
    pub(super) fn inspected(self, days_ago: i16, unit: &Value, found: Value) -> Self {
        let fields = with(found, "unit", unit.clone());
        self.step(days_ago, Role::Dock, "inspect_unit", fields)
    }

    /// Finance approves the refund of the unit.
    pub(super) fn refund_approved(self, days_ago: i16, unit: &Value) -> Self {
        let fields = json!({"refund": self.refund(), "units": [{"unit": unit}]});
        self.step(days_ago, Role::Finance, "approve_refund", fields)
    }

    /// A command in which the case is named.
    pub(super) fn step(
        self,
        days_ago: i16,
        role: Role,
        command: &'static str,
        fields: Value,
    ) -> Self {
        let fields = with(fields, "case", self.case().into());
        self.other_step(days_ago, role, command, fields)
    }

    /// A command in which no case is named.
    pub(super) fn other_step(
        mut self,
        days_ago: i16,
        role: Role,
        command: &'static str,
        fields: Value,
    ) -> Self {
        self.steps.push(Step { days_ago, role, command, fields, texts: Vec::new() });
        self
    }

    /// The words of a text that the last step names.
    pub(super) fn saying(mut self, text: &'static str, words: &'static str) -> Self {
        if let Some(step) = self.steps.last_mut() {
            step.texts.push((text, words));
        }
        self
    }

    /// The name of its refund.
    pub(super) fn refund(&self) -> String {
        format!("{}-refund", self.order)
    }

    fn parcel(&self) -> String {
        format!("{}-parcel", self.order)
    }

    /// Plays every step that was not played before.
    ///
    /// # Errors
    /// A step is refused, or the database fails.
    pub(super) async fn play(&self, app: &App, clock: &Arc<StoryClock>, days: Days) -> Result<()> {
        for (number, step) in self.steps.iter().enumerate() {
            let about = || format!("step {number}, `{}`, of {}", step.command, self.case());
            clock.set(days.ago(step.days_ago).with_context(about)?);
            let request = self.request(number, step, days).with_context(about)?;
            app.ask(request).await.with_context(about)?;
        }
        Ok(())
    }

    fn request(&self, number: usize, step: &Step, days: Days) -> Result<Request> {
        let mut fields = step.fields.clone();
        days.fill(&mut fields)?;
        let hashed = format!("{} {fields} {:?}", step.command, step.texts);
        let command = Command::read(step.command, fields).context("there is no such command")??;
        let words = step.texts.iter();
        let texts = words.map(|(id, words)| Ok((TextId::new(id)?, (*words).to_owned())));
        Ok(Request {
            texts: texts.collect::<Result<_>>()?,
            once: Some(Once {
                caller: CALLER.to_owned(),
                key: format!("{} {number}", self.order),
                request_hash: Hash::of_text(&hashed).to_string(),
            }),
            ..Request::new(who(step.role)?, self.order, command)
        })
    }
}

/// A role, under the name by which the ledger remembers it.
fn who(role: Role) -> Result<Who> {
    let actor = match role {
        Role::Buyer => Actor::Buyer,
        Role::System => Actor::Provider,
        role => Actor::Staff {
            id: StaffId::new(&format!("demo-{}", role.as_str()))?,
            finance: matches!(role, Role::Finance | Role::Owner),
        },
    };
    Ok(Who { roles: role.into(), actor })
}
