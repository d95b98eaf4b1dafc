//! Each kind of letter as a mail.

use backhaul_core::money::Money;
use backhaul_core::words::{Payer, Verdict};
use backhaul_language::{Language, format, terms, words as w};
use jiff::civil::Date;

use crate::content::{Content, Part};
use crate::{Clause, Differs, Envelope, Letter, Message, Need, Parcel, Unit};

/// The most things of a list; how many more there are is said.
const LISTED_MAX: usize = 100;

/// Writes a letter as a mail. Each says what it is about, where to look, and how to answer.
#[must_use]
pub fn compose(envelope: &Envelope, letter: &Letter) -> Message {
    let language = envelope.language;
    let said = say(language, letter);
    let number = envelope.case.as_ref().or(envelope.order.as_ref());
    let subject = match number {
        Some(number) => format!("[{number}] {}", said.subject),
        None => said.subject,
    };
    let hello = match &envelope.buyer {
        Some(name) => w::mail_hello(language, name),
        None => w::mail_hello_nobody(language),
    };
    let mut content = Content::about(subject).say(hello);
    content.parts.extend(said.parts);
    content.attachments = said.attachments;
    let numbers =
        [(w::mail_case(language), &envelope.case), (w::mail_order(language), &envelope.order)];
    let numbers = numbers.into_iter().filter_map(|(name, number)| {
        number.as_ref().map(|number| (name.into_owned(), number.clone()))
    });
    content = content.facts(numbers.collect());
    if let Some(link) = &envelope.link {
        content = content.say(w::mail_look(language)).part(Part::Link(link.clone()));
    }
    let answer = match number {
        Some(number) if envelope.is_read => Some(w::mail_answer(language, number)),
        _ if envelope.is_read => None,
        _ => Some(w::mail_answer_page(language)),
    };
    if let Some(answer) = answer {
        content = content.say(answer);
    }
    content.say(&*envelope.merchant).write(language)
}

fn say(language: Language, letter: &Letter) -> Content {
    match letter {
        Letter::SignInCode { code, minutes } => Content::about(w::mail_code_subject(language))
            .say(w::mail_code_says(language))
            .part(Part::Code(code.clone()))
            .say(w::mail_code_until(language, minutes))
            .say(w::mail_code_unasked(language)),
        Letter::CaseReceived { units, needs } => received(language, units, needs),
        Letter::EvidenceMissing { needs } => {
            missing(language, Content::about(w::mail_evidence_subject(language)), needs)
        }
        Letter::Authorised { units, parcel, instructions, refund } => {
            let content = match parcel {
                Some(parcel) => authorised(language, units, parcel),
                None => Content::about(w::mail_agreed_subject(language))
                    .say(w::mail_agreed_says(language))
                    .part_units(language, units),
            };
            let content = content.part_refund(language, *refund);
            content.quote(w::mail_authorised_instructions(language), instructions.as_deref())
        }
        Letter::Declined { units, clauses, otherwise, words } => {
            declined(language, units, clauses, otherwise)
                .part_words(words.as_deref())
                .say(w::mail_declined_contest(language))
        }
        Letter::Received { units, refund } => Content::about(w::mail_arrived_subject(language))
            .say(w::mail_arrived_says(language))
            .part_units(language, units)
            .part_refund(language, *refund),
        Letter::InspectionDiffers { units, differs } => inspected(language, units, differs),
        Letter::Deduction { amount, clause, words } => {
            Content::about(w::mail_deduction_subject(language))
                .say(w::mail_deduction_says(language))
                .part_amount(language, *amount)
                .part_clauses(language, std::slice::from_ref(clause))
                .part_words(words.as_deref())
        }
        Letter::DeskMessage { words } => Content::about(w::mail_message_subject(language))
            .quote(w::mail_message_says(language), Some(words)),
        Letter::ContestAnswered { upheld, words } => {
            let says = if *upheld {
                w::mail_contest_upheld(language)
            } else {
                w::mail_contest_stays(language)
            };
            Content::about(w::mail_contest_subject(language))
                .say(says)
                .quote(w::mail_message_says(language), words.as_deref())
        }
        Letter::RefundSent { .. } | Letter::RefundSettled { .. } => money(language, letter),
        _ => goods(language, letter),
    }
}

/// What came of money.
fn money(language: Language, letter: &Letter) -> Content {
    match letter {
        Letter::RefundSent { amount, by_bank } => {
            let says = if *by_bank {
                w::mail_refund_sent_bank(language)
            } else {
                w::mail_refund_sent_says(language)
            };
            Content::about(w::mail_refund_sent_subject(language))
                .say(says)
                .part_amount(language, *amount)
        }
        Letter::RefundSettled { amount } => {
            Content::about(w::mail_refund_settled_subject(language))
                .say(w::mail_refund_settled_says(language))
                .part_amount(language, *amount)
        }
        _ => Content::default(),
    }
}

/// What came of goods, and how a return ended.
fn goods(language: Language, letter: &Letter) -> Content {
    match letter {
        Letter::ReplacementShipped { units, tracking } => {
            Content::about(w::mail_replacement_subject(language))
                .say(w::mail_replacement_says(language))
                .head(w::mail_replacement_units(language))
                .list(listed(language, units))
                .part_tracking(language, tracking.as_ref())
        }
        Letter::SentBack { units, tracking } => Content::about(w::mail_sent_back_subject(language))
            .say(w::mail_sent_back_says(language))
            .part_units(language, units)
            .part_tracking(language, tracking.as_ref()),
        Letter::Cancelled { units } => Content::about(w::mail_cancelled_subject(language))
            .say(w::mail_cancelled_says(language))
            .part_units(language, units),
        Letter::Expired { units } => Content::about(w::mail_expired_subject(language))
            .say(w::mail_expired_says(language))
            .part_units(language, units),
        Letter::WithdrawalReceipt { received_at, zone, units, papers } => {
            let at = format::moment(language, *received_at, zone);
            let about = if units.is_empty() {
                vec![w::mail_withdrawal_whole(language).into_owned()]
            } else {
                listed(language, units)
            };
            Content::about(w::mail_withdrawal_subject(language))
                .say(w::mail_withdrawal_says(language))
                .facts(vec![(w::mail_withdrawal_received(language).into_owned(), at)])
                .head(w::mail_units(language))
                .list(about)
                .part_papers(language, papers)
        }
        _ => Content::default(),
    }
}

fn received(language: Language, units: &[Unit], needs: &[Need]) -> Content {
    let content = Content::about(if needs.is_empty() {
        w::mail_received_subject(language)
    } else {
        w::mail_evidence_subject(language)
    });
    let content = content.say(w::mail_received_says(language)).part_units(language, units);
    if needs.is_empty() {
        content.say(w::mail_received_next(language))
    } else {
        missing(language, content, needs)
    }
}

fn missing(language: Language, content: Content, needs: &[Need]) -> Content {
    let need = |need: &Need| match need {
        Need::Evidence(slot) => w::mail_need_evidence(language, slot).into_owned(),
        Need::Platform => w::mail_need_platform(language).into_owned(),
        Need::Other(name) => w::mail_need_other(language, name).into_owned(),
    };
    content
        .say(w::mail_evidence_says(language))
        .list(cut(language, needs.iter().map(need).collect()))
        .say(w::mail_evidence_how(language))
}

fn authorised(language: Language, units: &[Unit], parcel: &Parcel) -> Content {
    let day = format::date(language, parcel.send_by);
    let mut facts = vec![(w::mail_authorised_send_by(language).into_owned(), day.clone())];
    if !parcel.address.is_empty() {
        let address = parcel.address.join("\n");
        facts.push((w::mail_authorised_address(language).into_owned(), address));
    }
    if let Some(payer) = parcel.freight {
        let payer = match payer {
            Payer::Merchant => w::mail_freight_merchant(language),
            Payer::Buyer => w::mail_freight_buyer(language),
            Payer::Shared => w::mail_freight_shared(language),
        };
        facts.push((w::mail_authorised_freight(language).into_owned(), payer.into_owned()));
    }
    let how = if parcel.papers.is_empty() {
        w::mail_authorised_number(language)
    } else {
        w::mail_authorised_slip(language)
    };
    Content::about(w::mail_authorised_subject(language, &day))
        .say(w::mail_authorised_says(language, &day))
        .facts(facts)
        .say(how)
        .part_units(language, units)
        .part_papers(language, &parcel.papers)
}

fn declined(
    language: Language,
    units: &[Unit],
    clauses: &[Clause],
    otherwise: &[String],
) -> Content {
    Content::about(w::mail_declined_subject(language))
        .say(w::mail_declined_says(language))
        .part_units(language, units)
        .part_clauses(language, clauses)
        .when(!otherwise.is_empty(), |content| {
            content
                .head(w::mail_declined_otherwise(language))
                .list(cut(language, otherwise.to_vec()))
        })
}

fn inspected(language: Language, units: &[Unit], differs: &Differs) -> Content {
    let found: Vec<_> =
        differs.findings.iter().map(|finding| terms::finding(language, *finding)).collect();
    let why = if !found.is_empty() {
        w::mail_differs_found(language, found.join(&*w::format_list_mark(language)))
    } else if differs.is_faultless {
        w::mail_differs_no_fault(language)
    } else {
        w::mail_differs_other(language)
    };
    let then = match (differs.verdict, differs.cause) {
        (Verdict::Declined, _) => Some(w::mail_differs_declined(language)),
        (Verdict::Accepted, Some(cause)) => {
            Some(w::mail_differs_cause(language, terms::cause(language, cause)))
        }
        (Verdict::Accepted, None) => None,
        (Verdict::Needs | Verdict::Review, _) => Some(w::mail_differs_review(language)),
    };
    let says = match then {
        Some(then) => format!("{why}{}{then}", w::format_sentence_gap(language)),
        None => why.into_owned(),
    };
    Content::about(w::mail_differs_subject(language))
        .say(says)
        .part_units(language, units)
        .part_clauses(language, &differs.clauses)
        .say(w::mail_differs_contest(language))
}

fn listed(language: Language, units: &[Unit]) -> Vec<String> {
    let unit = |unit: &Unit| match &unit.serial {
        Some(serial) => w::mail_unit(language, &unit.article, serial).into_owned(),
        None => w::mail_pieces(language, &unit.article, unit.pieces).into_owned(),
    };
    cut(language, units.iter().map(unit).collect())
}

fn cut(language: Language, mut items: Vec<String>) -> Vec<String> {
    if items.len() > LISTED_MAX {
        let more = items.len().saturating_sub(LISTED_MAX);
        items.truncate(LISTED_MAX);
        items.push(w::mail_more(language, more).into_owned());
    }
    items
}

impl Content {
    fn part_units(self, language: Language, units: &[Unit]) -> Self {
        self.when(!units.is_empty(), |content| {
            content.head(w::mail_units(language)).list(listed(language, units))
        })
    }

    fn part_clauses(self, language: Language, clauses: &[Clause]) -> Self {
        let clause = |Clause { id, words }: &Clause| {
            if words.is_empty() { id.to_string() } else { format!("{words} ({id})") }
        };
        self.when(!clauses.is_empty(), |content| {
            content
                .head(w::mail_clauses(language))
                .list(cut(language, clauses.iter().map(clause).collect()))
        })
    }

    fn part_amount(self, language: Language, amount: Money) -> Self {
        self.facts(vec![(w::mail_amount(language).into_owned(), format::money(language, amount))])
    }

    fn part_tracking(self, language: Language, tracking: Option<&String>) -> Self {
        let fact = |tracking: &String| (w::mail_tracking(language).into_owned(), tracking.clone());
        self.facts(tracking.map(fact).into_iter().collect())
    }

    fn part_refund(self, language: Language, refund: Option<(Date, Date)>) -> Self {
        let Some((from, by)) = refund else { return self };
        let (by, from) = (format::date(language, by), format::date(language, from));
        self.say(w::mail_refund_between(language, by, from))
    }

    fn part_words(self, words: Option<&str>) -> Self {
        match words {
            Some(words) => self.part(Part::Quote(words.to_owned())),
            None => self,
        }
    }

    fn quote(self, says: impl Into<String>, words: Option<&str>) -> Self {
        match words {
            Some(words) => self.say(says).part(Part::Quote(words.to_owned())),
            None => self,
        }
    }

    fn part_papers(self, language: Language, papers: &[crate::Attachment]) -> Self {
        let names = papers.iter().map(|paper| paper.name.clone()).collect::<Vec<_>>();
        let fact = (w::mail_attached(language).into_owned(), names.join("\n"));
        self.when(!names.is_empty(), |content| content.facts(vec![fact])).attach(papers.to_vec())
    }
}
