//! Answers that are ready: listed, written, tried with a sample, and removed.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{
    App, Placeholder, Right, TITLE_CHARS_MAX, Template, TemplateError, TemplateFault,
    WORDS_CHARS_MAX,
};
use backhaul_core::ledger::CaseState;
use backhaul_core::words::Payer;
use backhaul_language::{Language, Speaks, format, terms, words as w};
use jiff::Timestamp;
use jiff::civil::date;

use crate::Service;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::layout::encoded;
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const TEMPLATES: &str = "/desk/templates";
const ONE: &str = "/desk/templates/{template}/{language}";

pub(super) fn pages() -> Vec<Page> {
    let guides = Reader::With(Right::WriteAnswers);
    vec![
        Page::get(TEMPLATES, guides, list),
        Page::get("/desk/templates/new", guides, new),
        Page::post("/desk/templates/new", guides, put),
        Page::get(ONE, guides, change),
        Page::post(ONE, guides, put),
        Page::post("/desk/templates/{template}/{language}/remove", guides, remove),
    ]
}

/// One language of a template.
struct Version {
    href: String,
    language: String,
    tag: &'static str,
    title: String,
    /// Who changed it and when; nothing where it came along.
    changed: Option<(String, Timestamp)>,
}

/// A template in all of its languages.
struct Listed {
    id: String,
    versions: Vec<Version>,
}

#[derive(askama::Template)]
#[template(path = "console/cases/templates.html")]
struct ListPage {
    layout: Layout,
    templates: Vec<Listed>,
}

#[derive(askama::Template)]
#[template(path = "console/cases/template.html")]
struct TemplatePage {
    layout: Layout,
    faults: Faults,
    href: String,
    is_new: bool,
    /// Whether the merchant wrote it, so that it can be removed.
    is_own: bool,
    id: String,
    tag: String,
    language: String,
    title: String,
    words: String,
    placeholders: Vec<(String, String)>,
    /// What it says with sample values.
    tried: Option<String>,
}

fn href(id: &str, tag: &str) -> String {
    format!("{TEMPLATES}/{}/{}", encoded(id), encoded(tag))
}

async fn list(State(service): State<Service>, visit: Visit) -> Answer {
    let mut templates: Vec<Listed> = Vec::new();
    for template in service.app.templates().await? {
        let Template { id, language, title, changed, .. } = template;
        let version = Version {
            href: href(&id, language.tag()),
            language: w::language_name(language).into_owned(),
            tag: language.tag(),
            title,
            changed,
        };
        match templates.iter_mut().find(|known| known.id == id) {
            Some(known) => known.versions.push(version),
            None => templates.push(Listed { id, versions: vec![version] }),
        }
    }
    draw(&ListPage { layout: Layout::of(&visit, &w::templates_title(&visit)), templates })
}

async fn new(visit: Visit) -> Answer {
    let id = crate::pages::address::asked(&visit, "template").unwrap_or_default();
    draw(&page(&visit, None, &id, visit.language.tag(), "", ""))
}

async fn change(
    State(service): State<Service>,
    visit: Visit,
    Path((id, tag)): Path<(String, String)>,
) -> Answer {
    let template = find(&service, &id, &tag).await?;
    draw(&page(&visit, Some(&template), &id, &tag, &template.title, &template.words))
}

async fn find(service: &Service, id: &str, tag: &str) -> Result<Template, PageFault> {
    let templates = service.app.templates().await?;
    let found = templates.into_iter().find(|each| each.id == id && each.language.tag() == tag);
    found.ok_or(PageFault::NotFound)
}

fn page(
    visit: &Visit,
    kept: Option<&Template>,
    id: &str,
    tag: &str,
    title: &str,
    words: &str,
) -> TemplatePage {
    let heading = match kept {
        Some(template) => w::templates_change(visit, &template.title),
        None => w::templates_new(visit),
    };
    let language = Language::of_tag(tag);
    TemplatePage {
        layout: Layout::of(visit, &heading),
        faults: Faults::default(),
        href: kept.map_or_else(|| format!("{TEMPLATES}/new"), |_| href(id, tag)),
        is_new: kept.is_none(),
        is_own: kept.is_some_and(|template| template.changed.is_some()),
        id: id.to_owned(),
        tag: tag.to_owned(),
        language: language.map_or_else(String::new, |known| w::language_name(known).into_owned()),
        title: title.to_owned(),
        words: words.to_owned(),
        placeholders: explained(visit),
        tried: None,
    }
}

/// The placeholders, as they are written and what stands in their place.
fn explained(visit: impl Speaks) -> Vec<(String, String)> {
    let said = |placeholder: &Placeholder| {
        let words = match placeholder {
            Placeholder::Case => w::templates_case(&visit),
            Placeholder::Order => w::templates_order(&visit),
            Placeholder::Name => w::templates_name(&visit),
            Placeholder::State => w::templates_state(&visit),
            Placeholder::Units => w::templates_units(&visit),
            Placeholder::Missing => w::templates_missing(&visit),
            Placeholder::Clause => w::templates_clause(&visit),
            Placeholder::SendBy => w::templates_send_by(&visit),
            Placeholder::RefundFrom => w::templates_refund_from(&visit),
            Placeholder::RefundBy => w::templates_refund_by(&visit),
            Placeholder::FreightPayer => w::templates_freight_payer(&visit),
        };
        (format!("{{{}}}", placeholder.as_str()), words.into_owned())
    };
    Placeholder::ALL.iter().map(said).collect()
}

/// A sample for every placeholder, in the language of the template.
fn sample_values(language: Language) -> BTreeMap<Placeholder, String> {
    let day = |day| format::date(language, date(2026, 4, day));
    let value = |placeholder: &Placeholder| {
        let value = match placeholder {
            Placeholder::Case => "SO-1001-R1".to_owned(),
            Placeholder::Order => "SO-1001".to_owned(),
            Placeholder::Name => "Ada van Example".to_owned(),
            Placeholder::State => terms::state(language, CaseState::Authorised).into_owned(),
            Placeholder::Units => "- QSFP28-100G-SR4 (S1)".to_owned(),
            Placeholder::Missing => format!("- {}", w::templates_sample_missing(language)),
            Placeholder::Clause => format!("- {}", w::templates_sample_clause(language)),
            Placeholder::SendBy => day(30),
            Placeholder::RefundFrom => day(7),
            Placeholder::RefundBy => day(16),
            Placeholder::FreightPayer => terms::payer(language, Payer::Merchant).into_owned(),
        };
        (*placeholder, value)
    };
    Placeholder::ALL.iter().map(value).collect()
}

async fn put(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let path = visit.here.split('?').next().unwrap_or_default();
    let is_new = path.ends_with("/new");
    let (id, tag) = (fields.text("template"), fields.text("language"));
    let kept = if is_new { None } else { Some(find(&service, id, tag).await?) };
    // The form of a template goes to that template alone.
    if kept.is_some() && path != href(id, tag) {
        return Err(PageFault::Malformed);
    }
    let (title, words) = (fields.text("title"), fields.text("words"));
    let mut shown = page(&visit, kept.as_ref(), id, tag, title, words);
    if fields.has("try") {
        let language = Language::of_tag(tag).unwrap_or(visit.language);
        match App::sample_answer(words, &sample_values(language)) {
            Ok(tried) => shown.tried = Some(tried),
            Err(fault) => shown.faults.add("words", wrong(&visit, &fault)),
        }
        return draw(&shown);
    }
    if is_new && find(&service, id, tag).await.is_ok() {
        shown.faults.add("template", w::templates_taken(&visit));
        return draw(&shown);
    }
    let by = visit.staff_id().unwrap_or_default();
    match service.app.put_template(id, tag, title, words, by).await {
        Ok(()) => Ok(Redirect::to(&Notice::Saved.at(&href(id, tag))).into_response()),
        Err(error) => {
            let (field, said) = refused(&visit, error)?;
            shown.faults.add(field, said);
            draw(&shown)
        }
    }
}

/// Why a template is not kept, and at which field.
fn refused(visit: &Visit, error: TemplateError) -> Result<(&'static str, String), PageFault> {
    Ok(match error {
        TemplateError::Id { .. } => ("template", w::templates_id_wrong(visit).into_owned()),
        TemplateError::Language { .. } => return Err(PageFault::Malformed),
        TemplateError::Text => {
            let said = w::templates_text_wrong(visit, TITLE_CHARS_MAX, WORDS_CHARS_MAX);
            ("words", said.into_owned())
        }
        TemplateError::Fault(fault) => ("words", wrong(visit, &fault)),
        TemplateError::TooMany => ("template", w::templates_too_many(visit).into_owned()),
        TemplateError::Database(error) => return Err(error.into()),
    })
}

fn wrong(visit: &Visit, fault: &TemplateFault) -> String {
    let said = match fault {
        TemplateFault::Unknown { name } => {
            w::templates_placeholder_unknown(visit, format!("{{{name}}}"))
        }
        TemplateFault::Brace => w::templates_brace(visit, "{{", "}}"),
        TemplateFault::NotKnown { placeholder } => {
            w::case_draft_not_known(visit, format!("{{{}}}", placeholder.as_str()))
        }
    };
    said.into_owned()
}

async fn remove(State(service): State<Service>, Path((id, tag)): Path<(String, String)>) -> Answer {
    if !service.app.remove_template(&id, &tag).await? {
        return Err(PageFault::NotFound);
    }
    Ok(Redirect::to(&Notice::TemplateRemoved.at(TEMPLATES)).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let language = layout("").language;
    let version = |changed: Option<(String, Timestamp)>| Version {
        href: href("ask_for_evidence", "en"),
        language: "English".to_owned(),
        tag: "en",
        title: "Ask for what is missing".to_owned(),
        changed,
    };
    let by = || Some(("ada".to_owned(), Timestamp::UNIX_EPOCH));
    let list = |templates| ListPage { layout: layout(&w::templates_title(language)), templates };
    let one = |faults: Faults, words: &str, tried: Option<String>| TemplatePage {
        layout: layout(&w::templates_change(language, "Ask for what is missing")),
        faults,
        href: href("ask_for_evidence", "en"),
        is_new: false,
        is_own: true,
        id: "ask_for_evidence".to_owned(),
        tag: "en".to_owned(),
        language: "English".to_owned(),
        title: "Ask for what is missing".to_owned(),
        words: words.to_owned(),
        placeholders: explained(language),
        tried,
    };
    let mut faults = Faults::default();
    faults.add("words", w::templates_placeholder_unknown(language, "{naem}"));
    let words = "Case {case} needs:\n\n{missing}";
    let tried = App::sample_answer(words, &sample_values(language)).ok();
    let listed =
        Listed { id: "ask_for_evidence".to_owned(), versions: vec![version(by()), version(None)] };
    vec![
        sample("console-templates", &list(vec![listed])),
        sample("console-template", &one(Faults::default(), words, tried)),
        sample("console-template-wrong", &one(faults, "Thank you, {naem}.", None)),
    ]
}
