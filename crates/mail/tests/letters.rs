//! Every kind of letter, in every language: read by a person as snapshots, and held to what every mail must be.
#![expect(clippy::unwrap_used, reason = "whatever goes wrong in a test fails it")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use backhaul_language::Language;
use backhaul_mail::{Envelope, Letter, LetterKind, compose, samples};

fn told(language: Language) -> String {
    let mut told = String::new();
    for sample in samples(language) {
        let message = sample.message;
        let names: Vec<_> = message.attachments.iter().map(|file| file.name.as_str()).collect();
        let (subject, text) = (&message.subject, &message.text);
        writeln!(told, "=== {} ===\nSubject: {subject}\n\n{text}", sample.name).unwrap();
        if !names.is_empty() {
            writeln!(told, "with {}\n", names.join(", ")).unwrap();
        }
    }
    told
}

#[test]
fn letters_as_buyers_read_them() {
    for language in Language::all() {
        insta::assert_snapshot!(format!("letters_{}", language.tag()), told(language));
    }
}

#[test]
fn one_letter_as_html() {
    let sample = samples(Language::ENGLISH).into_iter().find(|each| each.name == "authorised");
    insta::assert_snapshot!("authorised_html", sample.unwrap().message.html);
}

/// What a page says: its words, without its tags.
fn visible(html: &str) -> String {
    let (_, body) = html.split_once("<main>").unwrap();
    let mut words = String::new();
    for piece in body.split('<') {
        words.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
    }
    for (written, sign) in
        [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")]
    {
        words = words.replace(written, sign);
    }
    words
}

/// The letters and digits of a text: how it is set is left out.
fn bare(text: &str) -> String {
    text.chars().filter(|sign| sign.is_alphanumeric()).collect()
}

#[test]
fn both_bodies_say_the_same() {
    for language in Language::all() {
        for sample in samples(language) {
            let message = sample.message;
            assert_eq!(bare(&visible(&message.html)), bare(&message.text), "{}", sample.name);
        }
    }
}

#[test]
fn every_mail_says_what_it_is_about_where_to_look_and_how_to_answer() {
    for language in Language::all() {
        for sample in samples(language) {
            let (name, message) = (sample.name, sample.message);
            let number = if name == "sign-in-code" { "SO-1001" } else { "RMA-1" };
            assert!(message.subject.starts_with(&format!("[{number}] ")), "{name}");
            for body in [&message.text, &message.html] {
                assert!(body.contains(number), "{name}");
                assert!(body.contains("https://returns.shop.example"), "{name}");
            }
            let reply = if name == "sign-in-code" {
                backhaul_language::words::mail_answer_page(language)
            } else {
                backhaul_language::words::mail_answer(language, "RMA-1")
            };
            assert!(message.text.contains(&*reply), "{name}");
        }
    }
}

#[test]
fn the_html_loads_nothing_and_runs_nothing() {
    for sample in samples(Language::ENGLISH) {
        let html = sample.message.html.to_lowercase();
        for bad in ["<script", "<img", "<link", "src=", "url(", "@import", "style=\"", " on"] {
            let found = html.replace("dev", "").contains(bad) && bad != " on";
            assert!(!found, "{}: {bad}", sample.name);
        }
    }
}

#[test]
fn there_is_a_sample_of_every_kind_and_each_has_a_name_of_its_own() {
    let names: Vec<_> = samples(Language::ENGLISH).iter().map(|sample| sample.name).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for kind in LetterKind::ALL {
        assert_eq!(LetterKind::parse(kind.as_str()), Some(*kind));
        let word = kind.as_str().replace('_', "-");
        let begins = word.split('-').next().unwrap();
        assert!(names.iter().any(|name| name.starts_with(begins)), "{word}");
    }
}

fn hostile(text: &str) -> Envelope {
    Envelope {
        language: Language::ENGLISH,
        merchant: text.to_owned(),
        buyer: Some(text.to_owned()),
        order: Some(text.to_owned()),
        case: Some(text.to_owned()),
        link: Some(text.to_owned()),
        is_read: true,
    }
}

#[test]
fn whatever_is_in_a_letter_stays_text() {
    let text = "<script>alert(1)</script>\"'>&\r\nBcc: thief@mail.example\r\n\r\n<b>";
    let message = compose(&hostile(text), &Letter::DeskMessage { words: text.to_owned() });
    assert!(!message.subject.chars().any(char::is_control), "{}", message.subject);
    assert!(message.subject.contains("Bcc: thief@mail.example"), "shown, and no header");
    assert!(!message.html.contains("<script>") && !message.html.contains("<b>"));
    let (_, body) = message.html.split_once("<main>").unwrap();
    assert!(!body.contains("\"'>"), "no attribute ends early: {body}");
    assert!(!message.text.contains('\r'));
}

#[test]
fn control_characters_and_endless_lists_do_not_pass() {
    let unit = |number| backhaul_mail::Unit {
        article: format!("SFP\u{0}\u{1b}[31m {number}"),
        serial: None,
        pieces: 1,
    };
    let units = (0..5_000).map(unit).collect();
    let message = compose(&hostile("RMA-1"), &Letter::Cancelled { units });
    assert!(!message.text.contains(['\u{0}', '\u{1b}']));
    assert!(message.text.lines().count() < 150);
    assert!(message.text.contains("and 4900 more"), "{}", message.text);
}
