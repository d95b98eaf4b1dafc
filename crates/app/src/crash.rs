//! Named points at which a test lets the process die, or stand still. Only with the feature `crash-points`, which no release
//! has; without it nothing of this is compiled.
//!
//! The points are a closed list. What happens at one is the process's own affair: it sets a function with [`set`].

use std::sync::OnceLock;

use backhaul_core::ledger::Command;

#[cfg(not(debug_assertions))]
compile_error!("the feature `crash-points` is for tests: no release has it");

macro_rules! points {
    ($($point:ident = $name:literal, $what:literal;)+) => {
        /// A place on the way of a refund at which a process may die.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum CrashPoint { $(#[doc = $what] $point,)+ }

        impl CrashPoint {
            /// Every point, in the order of the way.
            pub const ALL: &'static [Self] = &[$(Self::$point,)+];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$point => $name,)+ }
            }
        }
    };
}

points! {
    ApproveBeforeCommit = "approve.before_commit", "The approval is written and not committed.";
    ApproveCommitted = "approve.committed", "The approval is committed and not acknowledged.";
    JobClaimed = "job.claimed", "The job is a worker's.";
    SituationLoaded = "job.situation_loaded", "The worker knows the ledger, and has not chosen.";
    IntentBeforeCommit = "intent.before_commit", "The intent of the first call is written and not committed.";
    IntentCommitted = "intent.committed", "The intent of the first call is committed; the lease was not looked at.";
    ResendBeforeCommit = "resend.before_commit", "The intent of a further call is written and not committed.";
    ResendCommitted = "resend.committed", "The intent of a further call is committed.";
    CallBefore = "call.before", "The lease was looked at; the next thing is the call.";
    CallAnswered = "call.answered", "The call has ended, with or without an answer; nothing of it is written.";
    AnswerBeforeCommit = "answer.before_commit", "The answer is written and not committed.";
    AnswerCommitted = "answer.committed", "The answer is committed.";
    LookUpBefore = "look_up.before", "The next thing is to ask the provider what became of it.";
    LookUpAnswered = "look_up.answered", "The provider was asked; nothing followed from it.";
    JobBeforeEnd = "job.before_end", "The step is done but for what ends it, and the job is still the worker's.";
    JobEnded = "job.ended", "The job is finished or put back.";
    WebhookBeforeRecord = "webhook.before_record", "The provider's message is believed; nothing of it is written.";
    WebhookRecorded = "webhook.recorded", "What the provider told is committed and not acknowledged.";
}

type Happens = Box<dyn Fn(CrashPoint) + Send + Sync>;

static HAPPENS: OnceLock<Happens> = OnceLock::new();

/// Sets what happens at the points, once for the process; says whether it was the first time.
pub fn set(happens: impl Fn(CrashPoint) + Send + Sync + 'static) -> bool {
    HAPPENS.set(Box::new(happens)).is_ok()
}

pub(crate) fn pass(point: CrashPoint) {
    if let Some(happens) = HAPPENS.get() {
        happens(point);
    }
}

/// Passes the point just before a command's commit.
pub(crate) fn before_commit(command: &Command) {
    match command {
        Command::ApproveRefund(_) => pass(CrashPoint::ApproveBeforeCommit),
        Command::SubmitInstruction(_) => pass(CrashPoint::IntentBeforeCommit),
        Command::ResendInstruction(_) => pass(CrashPoint::ResendBeforeCommit),
        Command::RecordAnswer(_) => pass(CrashPoint::AnswerBeforeCommit),
        _ => {}
    }
}

/// Passes the point just after a command's commit.
pub(crate) fn committed(command: &Command) {
    match command {
        Command::ApproveRefund(_) => pass(CrashPoint::ApproveCommitted),
        Command::SubmitInstruction(_) => pass(CrashPoint::IntentCommitted),
        Command::ResendInstruction(_) => pass(CrashPoint::ResendCommitted),
        Command::RecordAnswer(_) => pass(CrashPoint::AnswerCommitted),
        _ => {}
    }
}
