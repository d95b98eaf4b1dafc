//! A model checker drives the same `decide` and `evolve` through everything that can happen, and looks at the world and not
//! at the ledger: what the provider paid by its own book, what the dock has on its shelves.
//!
//! For each guard there is a proof that it is needed: with that one switched off, the checker finds a way to pay twice, to
//! stock twice, or to break another invariant. A guard without such a proof fails here.

mod dock;
mod eyes;
mod payout;
mod provider;

use backhaul_core::ledger::{Command, Context, Event, Guard, Ledger, decide};
use stateright::{Checker, HasDiscoveries, Model};

use self::dock::Dock;
use self::eyes::Eyes;
use self::payout::Payout;
use crate::world::{POLICY, Story, finance};

/// The events of that command, with one guard switched off; nothing where it is refused.
fn ask(
    story: &Story,
    ledger: &Ledger,
    off: Option<Guard>,
    command: impl Into<Command>,
) -> Option<Vec<Event>> {
    let context = Context::new(story.now, finance(), &story.order, &POLICY).without(off);
    let events = decide(ledger, &command.into(), &context).ok()?;
    (!events.is_empty()).then_some(events)
}

/// How far the checker looks for a way to break something.
const STEPS_MAX: usize = 14;

/// Prints the shortest way to break that property, and says how long it is; `None` where nothing breaks it.
fn counterexample<M>(new: impl Fn() -> M, property: &'static str) -> Option<usize>
where
    M: Model + Send + Sync + 'static,
    M::State: std::hash::Hash + Send + Sync + Clone + PartialEq + std::fmt::Debug + 'static,
    M::Action: Clone + PartialEq + std::fmt::Debug,
{
    // One thread, and step by step: the checker by itself keeps the last way it finds and not the shortest.
    let actions = (1..=STEPS_MAX).find_map(|steps| {
        let enough = HasDiscoveries::AnyOf([property].into());
        let checker = new().checker().target_max_depth(steps + 2).finish_when(enough);
        Some(checker.spawn_bfs().join().discovery(property)?.into_actions())
    })?;
    println!("{property}, in {} steps:", actions.len());
    for action in &actions {
        println!("  {action:?}");
    }
    Some(actions.len())
}

fn holds_everywhere<M>(name: &str, model: M)
where
    M: Model + Send + Sync + 'static,
    M::State: std::hash::Hash + Send + Sync + Clone + PartialEq + std::fmt::Debug + 'static,
    M::Action: Clone + PartialEq + std::fmt::Debug,
{
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!(
        "{name}: {} states, {} of them different, {} steps deep",
        checker.state_count(),
        checker.unique_state_count(),
        checker.max_depth(),
    );
    checker.assert_properties();
}

#[test]
fn whatever_the_provider_does_a_buyer_is_refunded_once() {
    holds_everywhere("payout", Payout::new(None));
}

#[test]
fn whatever_arrives_a_unit_is_received_stocked_and_remedied_once() {
    holds_everywhere("dock", Dock::new(None));
}

#[test]
fn whoever_asks_in_whatever_order_one_person_alone_lets_go_no_more_than_the_limit() {
    holds_everywhere("eyes", Eyes::new(None));
}

/// How the checker breaks that property without the guard.
fn broken_without(guard: Guard, property: &'static str) -> Option<usize> {
    match guard {
        Guard::UnitFree
        | Guard::AuthorisedFirst
        | Guard::ReceivedOnce
        | Guard::GoodsFirstRefund
        | Guard::GoodsFirstReplacement
        | Guard::AcceptedFirst
        | Guard::SoundComponent
        | Guard::DisposedOnce
        | Guard::RejectedNeverStock => counterexample(|| Dock::new(Some(guard)), property),
        Guard::FourEyes => counterexample(|| Eyes::new(Some(guard)), property),
        Guard::UnitUnspent
        | Guard::PaymentRoom
        | Guard::ShippingRoom
        | Guard::ChargebackBlocks
        | Guard::SubmitOnce
        | Guard::KeyNeverChanges
        | Guard::KeyUnique
        | Guard::UnclearBlocksReissue
        | Guard::ReissuedOnce
        | Guard::FailsOnce
        | Guard::UnsentOnly => counterexample(|| Payout::new(Some(guard)), property),
    }
}

macro_rules! needed {
    ($($test:ident: $guard:ident breaks $property:literal,)+) => {
        $(#[test]
        fn $test() {
            let steps = broken_without(Guard::$guard, $property);
            println!("without {}: {steps:?}", Guard::$guard);
            assert!(steps.is_some(), "{} is not needed, or the model is too weak", Guard::$guard);
        })+

        #[test]
        fn every_guard_has_its_proof() {
            let proven = [$(Guard::$guard),+];
            assert!(Guard::ALL.iter().all(|guard| proven.contains(guard)));
        }
    };
}

needed! {
    without_unit_free_a_unit_is_in_two_claims: UnitFree breaks "the book adds up",
    without_unit_unspent_a_unit_is_refunded_twice: UnitUnspent breaks "a buyer gets what the units are worth, once",
    without_authorised_first_goods_are_taken_in_unasked: AuthorisedFirst breaks "the book adds up",
    without_received_once_a_unit_is_received_twice: ReceivedOnce breaks "the book adds up",
    without_goods_first_a_refund_leaves_before_the_goods_come: GoodsFirstRefund breaks "money leaves for goods that came",
    without_goods_first_a_replacement_leaves_before_the_goods_come:
        GoodsFirstReplacement breaks "replacements leave for faulty goods that came",
    without_accepted_first_rejected_goods_are_paid: AcceptedFirst breaks "the book adds up",
    without_sound_component_a_sound_part_is_replaced:
        SoundComponent breaks "replacements leave for faulty goods that came",
    without_payment_room_a_payment_pays_more_than_it_took:
        PaymentRoom breaks "a payment gives back what it took, at most",
    without_shipping_room_the_shipping_is_paid_twice:
        ShippingRoom breaks "a buyer gets what the units are worth, once",
    without_chargeback_blocks_a_lost_payment_is_refunded:
        ChargebackBlocks breaks "nothing is sent to a payment that was charged back",
    without_submit_once_a_second_key_pays_twice: SubmitOnce breaks "a buyer gets what the units are worth, once",
    without_key_never_changes_a_resend_pays_twice:
        KeyNeverChanges breaks "a buyer gets what the units are worth, once",
    without_key_unique_what_was_never_paid_is_settled: KeyUnique breaks "what is settled was paid",
    without_unclear_blocks_reissue_a_lost_answer_pays_twice:
        UnclearBlocksReissue breaks "a buyer gets what the units are worth, once",
    without_reissued_once_one_failure_pays_twice:
        ReissuedOnce breaks "a buyer gets what the units are worth, once",
    without_fails_once_a_repeated_notice_pays_twice:
        FailsOnce breaks "a buyer gets what the units are worth, once",
    without_unsent_only_what_left_is_paid_again: UnsentOnly breaks "a buyer gets what the units are worth, once",
    without_four_eyes_one_person_lets_go_everything:
        FourEyes breaks "one person alone lets go no more than the limit",
    without_disposed_once_a_unit_is_stocked_twice: DisposedOnce breaks "a shelf holds each unit once",
    without_rejected_never_stock_the_buyer_s_goods_are_stocked:
        RejectedNeverStock breaks "the book adds up",
}
