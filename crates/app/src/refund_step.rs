//! What to do next about one instruction: the rule of never twice, as one pure function.
//!
//! A call is made again by itself only if the provider replays the first answer and the key is far from its end, or if an
//! authoritative look-up finds nothing after the time in which the call before could still arrive. Else a person looks.

use backhaul_core::ledger::limits::RESENDS_MAX;
use backhaul_core::ledger::{InstructionState, Reference};
use jiff::{SignedDuration, Timestamp};

use crate::refund_provider::{ByReference, Capabilities, LookUp, SubmitAnswer};

/// A call begins at most this long after its intent was written, or is not made. It covers a commit and the look at the lease.
pub(crate) const SEND_WITHIN: SignedDuration = SignedDuration::from_secs(30);
/// What is added to the settle time for clocks that differ.
const SETTLE_MARGIN: SignedDuration = SignedDuration::from_mins(5);
/// For how many of its time-outs a request may lie about in the network and still arrive.
const SETTLE_TIMEOUTS: i32 = 3;
/// How much of a key's life may pass before it is not used any more, in fifths: the provider's clock and its tidying are not ours.
const HORIZON_FIFTHS: i32 = 4;
/// After how long the provider is asked again what became of a refund.
pub(crate) const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// For how long a look-up that gives no answer is tried, so that a weekend's outage needs no person.
const LOOK_UP_MAX: SignedDuration = SignedDuration::from_hours(72);
/// For how long a refund may be pending before a person looks: banks take up to ten days.
pub(crate) const PENDING_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long to wait after the first call that had no answer; twice as long each time, up to the sixth.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// All that the choice rests on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Situation<'a> {
    pub(crate) state: InstructionState,
    pub(crate) sent: Option<Sent>,
    pub(crate) resends: u16,
    /// What a look-up that was made just now said.
    pub(crate) seen: Option<&'a LookUp>,
    pub(crate) capabilities: Capabilities,
    pub(crate) now: Timestamp,
}

/// When intents to call were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Write the key down and make the first call.
    Submit,
    /// Ask what became of it, then choose again.
    LookUp,
    /// Make the same call again.
    Resend,
    /// The provider says that it paid.
    Settle(Reference),
    /// The provider says that it will not pay.
    Fail,
    /// Come back then.
    WaitUntil(Timestamp),
    /// A person must find out.
    GiveUp,
    /// There is nothing more to do.
    Finish,
}

/// What to do next.
pub(crate) fn next(situation: &Situation<'_>) -> Next {
    match (situation.state, situation.sent) {
        (InstructionState::Reserved, _) => Next::Submit,
        (InstructionState::Submitted | InstructionState::Unclear, Some(sent)) => {
            next_of_open(situation, sent)
        }
        (InstructionState::Submitted | InstructionState::Unclear, None) => Next::GiveUp,
        (
            InstructionState::Manual | InstructionState::Settled | InstructionState::Failed { .. },
            _,
        ) => Next::Finish,
    }
}

/// It may have left, and nobody knows.
fn next_of_open(situation: &Situation<'_>, sent: Sent) -> Next {
    let Situation { seen, capabilities, now, resends, .. } = *situation;
    let wait_up_to = |limit: SignedDuration| {
        let is_patient = now < after(sent.last, limit);
        if is_patient { Next::WaitUntil(after(now, LOOK_AGAIN)) } else { Next::GiveUp }
    };
    let is_there_not = match seen {
        None if capabilities.lookup != ByReference::None => return Next::LookUp,
        Some(LookUp::Found(SubmitAnswer::Settled { reference })) => {
            return Next::Settle(reference.clone());
        }
        Some(LookUp::Found(SubmitAnswer::Failed { .. })) => return Next::Fail,
        Some(LookUp::Found(SubmitAnswer::Pending { .. })) => return wait_up_to(PENDING_MAX),
        // Whatever that is: not a thing to send again.
        Some(LookUp::Differs) => return Next::GiveUp,
        Some(LookUp::NotThere) => true,
        None | Some(LookUp::Unknown | LookUp::Found(SubmitAnswer::Unclear)) => false,
    };
    let may_resend = resends < RESENDS_MAX;
    if may_resend && is_replayed(&capabilities, sent, now) {
        return Next::Resend;
    }
    let settled_at = after(sent.last, settle_time(&capabilities));
    if is_there_not && now < settled_at {
        return Next::WaitUntil(settled_at);
    }
    match (is_there_not, capabilities.lookup) {
        (true, ByReference::Authoritative) if may_resend => Next::Resend,
        (false, ByReference::Stale | ByReference::Authoritative) => wait_up_to(LOOK_UP_MAX),
        _ => Next::GiveUp,
    }
}

/// Whether the provider would not pay again for the key, until the end of a call that is made now. A clock that went back
/// tells nothing of the key's age.
pub(crate) fn is_replayed(capabilities: &Capabilities, sent: Sent, now: Timestamp) -> bool {
    let lifetime = capabilities.key_lifetime.checked_div(5).unwrap_or(SignedDuration::ZERO);
    let horizon = after(sent.first, lifetime.saturating_mul(HORIZON_FIFTHS));
    let call_ends = after(after(now, SEND_WITHIN), settling(capabilities));
    capabilities.replays_errors && sent.last <= now && call_ends < horizon
}

/// How long after its intent was written a call can still have an effect.
pub(crate) fn settle_time(capabilities: &Capabilities) -> SignedDuration {
    SEND_WITHIN.saturating_add(settling(capabilities)).saturating_add(SETTLE_MARGIN)
}

fn settling(capabilities: &Capabilities) -> SignedDuration {
    capabilities.timeout.saturating_mul(SETTLE_TIMEOUTS)
}

/// How long to wait after a call that had no answer.
pub(crate) fn pause(resends: u16) -> SignedDuration {
    PAUSE.saturating_mul(1_i32.checked_shl(u32::from(resends.min(5))).unwrap_or(1))
}

/// That much later; beyond the end of time is its end.
pub(crate) fn after(moment: Timestamp, duration: SignedDuration) -> Timestamp {
    moment.checked_add(duration).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: SignedDuration = SignedDuration::from_hours(1);
    const DAY: Capabilities = Capabilities {
        key_lifetime: SignedDuration::from_hours(24),
        timeout: SignedDuration::from_secs(30),
        ..Capabilities::WORST
    };
    const REPLAYS: Capabilities = Capabilities { replays_errors: true, ..DAY };
    const EXACT: Capabilities = Capabilities { lookup: ByReference::Authoritative, ..DAY };
    const STALE: Capabilities = Capabilities { lookup: ByReference::Stale, ..DAY };
    const BOTH: Capabilities = Capabilities { lookup: ByReference::Stale, ..REPLAYS };

    fn sent_at() -> Timestamp {
        "2026-03-06T09:00:00Z".parse().unwrap()
    }

    fn found(answer: SubmitAnswer) -> LookUp {
        LookUp::Found(answer)
    }

    fn reference() -> Reference {
        Reference::new("re_1").unwrap()
    }

    fn answers() -> [Option<LookUp>; 8] {
        [
            None,
            Some(LookUp::Differs),
            Some(LookUp::NotThere),
            Some(LookUp::Unknown),
            Some(found(SubmitAnswer::Unclear)),
            Some(found(SubmitAnswer::Settled { reference: reference() })),
            Some(found(SubmitAnswer::Pending { reference: reference() })),
            Some(found(SubmitAnswer::Failed { reason_code: "closed".to_owned() })),
        ]
    }

    /// What is next for an open instruction that was sent once, so long ago.
    fn so_long_after(
        wait: SignedDuration,
        capabilities: Capabilities,
        seen: Option<&LookUp>,
    ) -> Next {
        let sent = Some(Sent { first: sent_at(), last: sent_at() });
        let (state, now) = (InstructionState::Unclear, after(sent_at(), wait));
        next(&Situation { state, sent, resends: 0, seen, capabilities, now })
    }

    #[test]
    fn the_state_decides_where_nothing_is_open() {
        for (state, expected) in [
            (InstructionState::Reserved, Next::Submit),
            (InstructionState::Manual, Next::Finish),
            (InstructionState::Settled, Next::Finish),
            (InstructionState::Failed { replaced: false }, Next::Finish),
            (InstructionState::Failed { replaced: true }, Next::Finish),
        ] {
            for seen in answers() {
                let (sent, seen) = (None, seen.as_ref());
                let now = sent_at();
                let situation =
                    Situation { state, sent, resends: 0, seen, capabilities: BOTH, now };
                assert_eq!(next(&situation), expected);
            }
        }
    }

    #[test]
    fn what_to_do_with_an_open_instruction() {
        let none = Some(LookUp::NotThere);
        let down = Some(LookUp::Unknown);
        let [.., settled, pending, failed] = answers();
        let settle = |capabilities: &Capabilities| settle_time(capabilities);
        let minute = SignedDuration::from_mins(1);
        let at = |wait| Next::WaitUntil(after(sent_at(), wait));
        let rows = [
            // Nothing can be learned, and nothing is promised.
            (Capabilities::WORST, HOUR, None, Next::GiveUp),
            (DAY, minute, None, Next::GiveUp),
            // The key answers, until its horizon; after that nothing does.
            (REPLAYS, minute, None, Next::Resend),
            (REPLAYS, HOUR * 19, None, Next::Resend),
            (REPLAYS, HOUR * 20, None, Next::GiveUp),
            // A look-up comes before anything else.
            (EXACT, minute, None, Next::LookUp),
            (BOTH, minute, None, Next::LookUp),
            // An authoritative one lets it go again after the settle time.
            (EXACT, minute, none.clone(), at(settle(&EXACT))),
            (EXACT, settle(&EXACT) - minute, none.clone(), at(settle(&EXACT))),
            (EXACT, settle(&EXACT), none.clone(), Next::Resend),
            (EXACT, HOUR * 1000, none.clone(), Next::Resend),
            (EXACT, HOUR * 71, down.clone(), at(HOUR * 72)),
            (EXACT, HOUR * 72, down.clone(), Next::GiveUp),
            // A stale one does not.
            (STALE, minute, none.clone(), at(settle(&STALE))),
            (STALE, settle(&STALE), none.clone(), Next::GiveUp),
            (BOTH, minute, none.clone(), Next::Resend),
            (BOTH, minute, down, Next::Resend),
            (BOTH, HOUR * 20, none.clone(), Next::GiveUp),
            // What is found is true, whatever else is promised.
            (STALE, minute, settled.clone(), Next::Settle(reference())),
            (BOTH, HOUR * 1000, settled, Next::Settle(reference())),
            (BOTH, minute, failed, Next::Fail),
            (BOTH, minute, Some(LookUp::Differs), Next::GiveUp),
            (EXACT, HOUR, Some(LookUp::Differs), Next::GiveUp),
            // The clock went back.
            (REPLAYS, -minute, None, Next::GiveUp),
            (EXACT, -minute, none, at(settle(&EXACT))),
            (BOTH, minute, pending.clone(), at(minute + HOUR)),
            (BOTH, HOUR * 24 * 14, pending, Next::GiveUp),
        ];
        for (capabilities, wait, seen, expected) in rows {
            let chosen = so_long_after(wait, capabilities, seen.as_ref());
            assert_eq!(chosen, expected, "{capabilities:?} after {wait:?}, {seen:?}");
        }
    }

    /// The rule of the protocol in other words than the code's, over the whole table.
    #[test]
    fn nothing_is_sent_again_but_by_the_rule() {
        let mut resends_seen = 0;
        for capabilities in [Capabilities::WORST, DAY, REPLAYS, EXACT, STALE, BOTH] {
            for minutes in (0..2_000).step_by(7) {
                for seen in answers() {
                    for resends in [0, RESENDS_MAX] {
                        let age = SignedDuration::from_mins(minutes);
                        let sent = Some(Sent { first: sent_at(), last: sent_at() });
                        let (state, now) = (InstructionState::Submitted, after(sent_at(), age));
                        let seen = seen.as_ref();
                        let situation = Situation { state, sent, resends, seen, capabilities, now };
                        if next(&situation) != Next::Resend {
                            continue;
                        }
                        resends_seen += 1;
                        let by_key = capabilities.replays_errors && age < HOUR * 24 * 4 / 5;
                        let by_look_up = capabilities.lookup == ByReference::Authoritative
                            && seen == Some(&LookUp::NotThere)
                            && age >= capabilities.timeout * 3 + SEND_WITHIN;
                        assert!(by_key || by_look_up, "{situation:?}");
                        assert!(resends < RESENDS_MAX, "{situation:?}");
                        let has_looked = capabilities.lookup == ByReference::None || seen.is_some();
                        assert!(has_looked, "{situation:?}");
                    }
                }
            }
        }
        assert!(resends_seen > 100, "{resends_seen}");
    }

    #[test]
    fn the_horizon_counts_from_the_first_call_and_the_settle_time_from_the_last() {
        let (first, last) = (sent_at(), after(sent_at(), HOUR * 30));
        let now = after(last, SignedDuration::from_mins(1));
        let state = InstructionState::Unclear;
        let chosen = |capabilities, seen| {
            let sent = Some(Sent { first, last });
            next(&Situation { state, sent, resends: 1, seen, capabilities, now })
        };
        assert_eq!(chosen(REPLAYS, None), Next::GiveUp);
        let settled = Next::WaitUntil(after(last, settle_time(&EXACT)));
        assert_eq!(chosen(EXACT, Some(&LookUp::NotThere)), settled);
    }

    #[test]
    fn pauses_double_up_to_a_limit() {
        let minutes = |resends| pause(resends).as_mins();
        assert_eq!([minutes(0), minutes(1), minutes(5), minutes(20)], [5, 10, 160, 160]);
    }
}
