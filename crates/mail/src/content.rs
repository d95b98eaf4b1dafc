//! The parts that a mail is made of, and how they are written as text and as HTML.

use askama::Template;
use backhaul_language::{Language, words};

use crate::message::{Attachment, Message, one_line};

/// The one style of every mail, as it stands in its head. A page that shows mails can allow exactly this.
pub const STYLE: &str = "body{margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','PingFang SC','Microsoft YaHei',sans-serif}main{max-width:36em;margin:0 auto}h2{font-size:1em;margin:1.5em 0 .25em}p,dl,ul,blockquote{margin:0 0 1em}dt{opacity:.75;font-size:.875em}dd{margin:0 0 .5em;font-weight:600}ul{padding-left:1.25em}blockquote{padding:0 0 0 1em;border-left:3px solid}a{overflow-wrap:anywhere}.code{font-size:2em;letter-spacing:.15em;font-weight:700}";

/// One part of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Sentences.
    Paragraph(String),
    /// The head of what follows.
    Head(String),
    /// Values under their names.
    Facts(Vec<(String, String)>),
    /// One thing a line.
    List(Vec<String>),
    /// What a person wrote.
    Quote(String),
    /// What is to be typed.
    Code(String),
    /// Where to look.
    Link(String),
}

/// A mail before it is written.
#[derive(Default)]
pub(crate) struct Content {
    pub(crate) subject: String,
    pub(crate) parts: Vec<Part>,
    pub(crate) attachments: Vec<Attachment>,
}

impl Content {
    pub(crate) fn about(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }

    pub(crate) fn say(mut self, words: impl Into<String>) -> Self {
        self.parts.push(Part::Paragraph(words.into()));
        self
    }

    pub(crate) fn head(mut self, words: impl Into<String>) -> Self {
        self.parts.push(Part::Head(words.into()));
        self
    }

    pub(crate) fn list(mut self, items: Vec<String>) -> Self {
        if !items.is_empty() {
            self.parts.push(Part::List(items));
        }
        self
    }

    pub(crate) fn facts(mut self, facts: Vec<(String, String)>) -> Self {
        if !facts.is_empty() {
            self.parts.push(Part::Facts(facts));
        }
        self
    }

    pub(crate) fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    pub(crate) fn attach(mut self, files: Vec<Attachment>) -> Self {
        self.attachments.extend(files);
        self
    }

    pub(crate) fn when(self, does: bool, then: impl FnOnce(Self) -> Self) -> Self {
        if does { then(self) } else { self }
    }

    /// Writes the mail.
    pub(crate) fn write(self, language: Language) -> Message {
        let Self { subject, parts, attachments } = self;
        let subject = one_line(&subject);
        let parts: Vec<_> = parts.into_iter().map(Part::cleaned).collect();
        let text = parts.iter().map(|part| part.text(language)).collect::<Vec<_>>().join("\n\n");
        let html =
            Html { language: language.tag(), subject: &subject, style: STYLE, parts: &parts };
        // Texts alone are written into a text: there is nothing in it that could fail.
        let html = html.render().unwrap_or_default();
        Message { subject, text: text + "\n", html, attachments }
    }
}

#[derive(Template)]
#[template(path = "letter.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    style: &'a str,
    parts: &'a [Part],
}

impl Part {
    /// Without what no person types on purpose.
    fn cleaned(self) -> Self {
        let many = |texts: Vec<String>| texts.iter().map(|text| clean(text)).collect();
        match self {
            Self::Paragraph(words) => Self::Paragraph(clean(&words)),
            Self::Head(words) => Self::Head(clean(&words)),
            Self::Facts(facts) => {
                Self::Facts(facts.iter().map(|(name, value)| (clean(name), clean(value))).collect())
            }
            Self::List(items) => Self::List(many(items)),
            Self::Quote(words) => Self::Quote(clean(&words)),
            Self::Code(code) => Self::Code(clean(&code)),
            Self::Link(url) => Self::Link(clean(&url)),
        }
    }

    fn text(&self, language: Language) -> String {
        match self {
            Self::Paragraph(words) | Self::Head(words) => words.clone(),
            Self::Facts(facts) => {
                let fact = |(name, value): &(String, String)| {
                    let lines = value.replace('\n', "\n  ");
                    let value = if value.contains('\n') { format!("\n  {lines}") } else { lines };
                    words::mail_fact(language, name, value).into_owned()
                };
                facts.iter().map(fact).collect::<Vec<_>>().join("\n")
            }
            Self::List(items) => {
                let item = |item: &String| format!("- {}", item.replace('\n', "\n  "));
                items.iter().map(item).collect::<Vec<_>>().join("\n")
            }
            Self::Quote(words) => format!("> {}", words.replace('\n', "\n> ")),
            Self::Code(code) => format!("    {code}"),
            Self::Link(url) => url.clone(),
        }
    }
}

fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    text.chars().filter(|sign| matches!(sign, '\n' | '\t') || !sign.is_control()).collect()
}
