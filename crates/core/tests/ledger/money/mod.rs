//! Money: how much goes back, by which payment, once, and never more than was captured.

mod amounts;
mod four_eyes;
mod freight;
mod goods_first;
mod once;
mod payments;

use crate::world::{Story, eur, id, instruction, unit, units};
use backhaul_core::ledger::command::{
    ApproveRefund, CancelRefund, RecordFreight, ReissueRefund, ResendInstruction, TellDeduction,
};
use backhaul_core::ledger::{Deduction, Leg, Path, freight_debt};
use backhaul_core::words::Payer;

pub(super) fn reissue(refund: &str, piece: Option<u16>) -> ReissueRefund {
    ReissueRefund { refund: id(refund), piece, path: Path::Original, reason: None }
}

pub(super) fn cancel(refund: &str) -> CancelRefund {
    CancelRefund { refund: id(refund), reason: id("reason") }
}

pub(super) fn resend(refund: &str, number: u16, key: &str) -> ResendInstruction {
    ResendInstruction {
        instruction: instruction(refund, number),
        key: id(key),
        request_hash: id("hash"),
    }
}

pub(super) fn with_shipping(command: ApproveRefund, minor: i64) -> ApproveRefund {
    ApproveRefund { shipping: Some(eur(minor)), ..command }
}

pub(super) fn told(case: &str, name: &str, clause: &str, minor: i64) -> TellDeduction {
    TellDeduction {
        case: id(case),
        unit: unit(name),
        clause: clause.into(),
        amount: eur(minor),
        text: id("text"),
    }
}

pub(super) fn keeping(
    mut command: ApproveRefund,
    clause: &str,
    minor: i64,
    freight: Option<&str>,
) -> ApproveRefund {
    let amount = eur(minor);
    let deduction = Deduction { clause: clause.into(), amount, freight: freight.map(id) };
    command.units[0].deductions.push(deduction);
    command
}

pub(super) fn freight(
    name: &str,
    case: &str,
    names: &[&str],
    paid_by: Payer,
    minor: i64,
) -> RecordFreight {
    RecordFreight {
        freight: id(name),
        case: id(case),
        leg: Leg::Return,
        units: units(names),
        paid_by,
        amount: eur(minor),
    }
}

pub(super) fn owed(story: &Story, name: &str) -> (Payer, i64) {
    let debt = freight_debt(&story.ledger, &id(name)).unwrap().unwrap();
    (debt.debtor, debt.outstanding.minor)
}
