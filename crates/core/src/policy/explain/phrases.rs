//! The words that the page needs beside the policy's own, in the languages that the product speaks.

use crate::policy::vocabulary::Attribute;
use crate::policy::window::{Length, Unit};
use crate::words::{Cause, Payer, Remedy};

/// The phrases of one language.
pub(super) struct Phrases {
    pub(super) version: &'static str,
    pub(super) in_force: &'static str,
    pub(super) orders: &'static str,
    pub(super) summary: &'static str,
    pub(super) columns: [&'static str; 4],
    pub(super) clauses: &'static str,
    pub(super) evidence: &'static str,
    pub(super) dates: &'static str,
    pub(super) by_hand: &'static str,
    pub(super) report_by: &'static str,
    pub(super) refund_from: &'static str,
    pub(super) refund_by: &'static str,
    pub(super) separator: &'static str,
    /// No remedy.
    pub(super) none: &'static str,
    /// No such leg.
    pub(super) nobody: &'static str,
    pub(super) a_person: &'static str,
    pub(super) after: fn(length: &str, event: &str) -> String,
    pub(super) length: fn(Length) -> String,
    causes: [&'static str; 6],
    payers: [&'static str; 3],
    remedies: [&'static str; 4],
    /// Order placed, delivery signed for, first report, return received.
    moments: [&'static str; 4],
}

impl Phrases {
    /// The phrases of that language: Chinese for `zh` and its variants, English for every other.
    pub(super) fn of(language: &str) -> &'static Self {
        if language == "zh" || language.starts_with("zh-") { &CHINESE } else { &ENGLISH }
    }

    pub(super) fn cause(&self, cause: Cause) -> &'static str {
        let [quality, compatibility, damaged, mismatch, missing, own_reasons] = self.causes;
        match cause {
            Cause::Quality => quality,
            Cause::Compatibility => compatibility,
            Cause::Damaged => damaged,
            Cause::Mismatch => mismatch,
            Cause::Missing => missing,
            Cause::OwnReasons => own_reasons,
        }
    }

    pub(super) fn payer(&self, payer: Payer) -> &'static str {
        let [merchant, buyer, shared] = self.payers;
        match payer {
            Payer::Merchant => merchant,
            Payer::Buyer => buyer,
            Payer::Shared => shared,
        }
    }

    pub(super) fn remedy(&self, remedy: Remedy) -> &'static str {
        let [refund, replacement, repair, credit] = self.remedies;
        match remedy {
            Remedy::Refund => refund,
            Remedy::Replacement => replacement,
            Remedy::Repair => repair,
            Remedy::Credit => credit,
        }
    }

    /// What a moment of the engine's own is called; `None` for a policy's.
    pub(super) fn moment(&self, moment: Attribute) -> Option<&'static str> {
        let [placed, signed, reported, received] = self.moments;
        match moment {
            Attribute::PlacedAt => Some(placed),
            Attribute::SignedAt => Some(signed),
            Attribute::ReportedAt => Some(reported),
            Attribute::ReceivedAt => Some(received),
            _ => None,
        }
    }
}

const ENGLISH: Phrases = Phrases {
    version: "Version",
    in_force: "in force since",
    orders: "An order is judged by the version in force on the day it was placed.",
    summary: "At a glance",
    columns: [
        "Why it comes back",
        "What you can have",
        "Freight of the return",
        "Freight of a replacement",
    ],
    clauses: "The terms",
    evidence: "Pictures and documents we may ask for",
    dates: "Dates:",
    by_hand: "decided by a person",
    report_by: "report by",
    refund_from: "refund not before",
    refund_by: "refund at the latest",
    separator: ", ",
    none: "not taken back",
    nobody: "–",
    a_person: "decided case by case",
    after: |length, event| format!("{length} after {event}"),
    length: |length| length.to_string(),
    causes: [
        "It is faulty",
        "It does not work with the equipment it was sold for",
        "It arrived damaged",
        "It is not what was ordered",
        "It never arrived",
        "You changed your mind",
    ],
    payers: ["we pay", "you pay", "shared"],
    remedies: ["refund", "replacement", "repair", "credit"],
    moments: [
        "the order",
        "you signed for the delivery",
        "your first report",
        "we received the return",
    ],
};

const CHINESE: Phrases = Phrases {
    version: "版本",
    in_force: "生效日期",
    orders: "订单适用下单当日有效的版本。",
    summary: "一览",
    columns: ["退换原因", "可选方式", "退回运费", "换货运费"],
    clauses: "条款",
    evidence: "我方可能要求提供的照片和资料",
    dates: "期限：",
    by_hand: "由专人判断",
    report_by: "提出期限",
    refund_from: "最早退款日",
    refund_by: "最晚退款日",
    separator: "、",
    none: "不予退换",
    nobody: "–",
    a_person: "视具体情况决定",
    after: |length, event| format!("{event}后 {length}"),
    length: chinese_length,
    causes: [
        "质量问题",
        "与订单注明的设备不兼容",
        "收到时已破损",
        "与订单不符",
        "未收到商品",
        "买方自身原因",
    ],
    payers: ["我方承担", "买方承担", "双方分摊"],
    remedies: ["退款", "换货", "维修", "账户抵扣"],
    moments: ["下单", "签收", "首次提出", "我方收到退货"],
};

fn chinese_length(length: Length) -> String {
    let unit = match length.unit {
        Unit::Hours => "小时",
        Unit::Days => "天",
        Unit::WorkingDays => "个工作日",
        Unit::Weeks => "周",
        Unit::Months => "个月",
        Unit::Years => "年",
    };
    format!("{} {unit}", length.amount)
}
