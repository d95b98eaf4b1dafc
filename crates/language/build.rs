//! Makes a function of every message, and fails where a language lacks one: a missing message is an error of compiling.
//!
//! The languages are the folders of `locales/`. English says which messages there are and what each is given.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a build that cannot go on says why and stops"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use fluent_syntax::ast::{
    CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement,
};
use fluent_syntax::parser;

/// What every other language must have, too.
const FIRST: &str = "en";
/// The most values that one message is given.
const VALUES_MAX: usize = 6;

/// The values of a message: their names, and whether one chooses a form by number.
type Values = BTreeMap<String, bool>;

/// One message as a language has it.
struct Message {
    text: String,
    values: Values,
    is_plain: bool,
}

type Messages = BTreeMap<String, Message>;

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap()).join("locales");
    let mut complaints = Vec::new();
    let mut languages = BTreeMap::new();
    for language in names(&folder) {
        let files = names(&folder.join(&language));
        let mut messages = Messages::new();
        for file in &files {
            read(&folder.join(&language).join(file), &mut messages, &mut complaints);
        }
        languages.insert(language, (files, messages));
    }
    let (files, first) = languages.get(FIRST).expect("English says which messages there are");
    let mut all: BTreeMap<String, Values> =
        first.iter().map(|(key, message)| (key.clone(), message.values.clone())).collect();
    for (language, (theirs, messages)) in &languages {
        if theirs != files {
            complaints.push(format!(
                "locales/{language} has other files than locales/{FIRST}: {theirs:?}"
            ));
        }
        compare(language, messages, first, &mut complaints);
        // A number that chooses a form in one language is a number in all of them.
        for (key, message) in messages {
            for (name, is_count) in &message.values {
                if let Some(known) = all.get_mut(key).and_then(|values| values.get_mut(name)) {
                    *known |= is_count;
                }
            }
        }
    }
    if !complaints.is_empty() {
        for complaint in &complaints {
            println!("cargo::error={complaint}");
        }
        std::process::exit(1);
    }
    let out = PathBuf::from(env::var("OUT_DIR").unwrap());
    fs::write(out.join("words.rs"), functions(first, &all)).unwrap();
    fs::write(out.join("files.rs"), table(&folder, &languages, files)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn read(path: &Path, messages: &mut Messages, complaints: &mut Vec<String>) {
    let source = fs::read_to_string(path).unwrap();
    let at = path.display();
    let resource = parser::parse(source.as_str()).unwrap_or_else(|(resource, errors)| {
        for error in errors {
            let line = source.get(..error.pos.start).map_or(1, |before| before.split('\n').count());
            complaints.push(format!("{at}:{line}: {error}"));
        }
        resource
    });
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name.to_owned();
        let Some(pattern) = message.value else {
            complaints.push(format!("{at}: `{key}` says nothing"));
            continue;
        };
        if !message.attributes.is_empty() {
            complaints.push(format!("{at}: `{key}` has attributes, which nobody reads"));
        }
        let mut values = Values::new();
        let is_plain = find(&pattern, &mut values);
        if values.len() > VALUES_MAX {
            complaints.push(format!("{at}: `{key}` is given more than {VALUES_MAX} values"));
        }
        let text = text(&pattern);
        if messages.insert(key.clone(), Message { text, values, is_plain }).is_some() {
            complaints.push(format!("{at}: `{key}` stands twice"));
        }
    }
}

/// Notes the values of a pattern; says whether it is text alone.
fn find(pattern: &Pattern<&str>, values: &mut Values) -> bool {
    let mut is_plain = true;
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            is_plain = false;
            find_in(expression, values);
        }
    }
    is_plain
}

fn find_in(expression: &Expression<&str>, values: &mut Values) {
    match expression {
        Expression::Inline(inline) => find_inline(inline, false, values),
        Expression::Select { selector, variants } => {
            find_inline(selector, true, values);
            for variant in variants {
                find(&variant.value, values);
            }
        }
    }
}

fn find_inline(inline: &InlineExpression<&str>, is_count: bool, values: &mut Values) {
    match inline {
        InlineExpression::VariableReference { id } => {
            *values.entry(id.name.to_owned()).or_default() |= is_count;
        }
        InlineExpression::FunctionReference { arguments, .. } => {
            find_arguments(arguments, is_count, values);
        }
        InlineExpression::Placeable { expression } => find_in(expression, values),
        _ => {}
    }
}

fn find_arguments(arguments: &CallArguments<&str>, is_count: bool, values: &mut Values) {
    for argument in &arguments.positional {
        find_inline(argument, is_count, values);
    }
}

/// The first line of a message, for its documentation.
fn text(pattern: &Pattern<&str>) -> String {
    let parts = pattern.elements.iter().map(|element| match element {
        PatternElement::TextElement { value } => *value,
        PatternElement::Placeable { .. } => "…",
    });
    parts.collect::<String>().lines().next().unwrap_or_default().to_owned()
}

fn compare(language: &str, messages: &Messages, first: &Messages, complaints: &mut Vec<String>) {
    let (theirs, ours): (BTreeSet<_>, BTreeSet<_>) =
        (messages.keys().collect(), first.keys().collect());
    for key in ours.difference(&theirs) {
        complaints.push(format!("locales/{language}: the message `{key}` is missing"));
    }
    for key in theirs.difference(&ours) {
        complaints
            .push(format!("locales/{language}: the message `{key}` is not in locales/{FIRST}"));
    }
    for (key, message) in messages {
        let Some(wanted) = first.get(key) else { continue };
        if !message.values.keys().eq(wanted.values.keys()) {
            let (found, wanted) = (message.values.keys(), wanted.values.keys());
            complaints.push(format!(
                "locales/{language}: `{key}` uses {found:?}, and locales/{FIRST} uses {wanted:?}"
            ));
        }
    }
}

/// One function a message; what it is given are its arguments, in the order of their names.
fn functions(messages: &Messages, all: &BTreeMap<String, Values>) -> String {
    let mut code = String::new();
    for (key, message) in messages {
        let values = &all[key];
        let name = key.replace('-', "_");
        // What looks like code is marked as such, as documentation asks for.
        let parts = message.text.split(' ').map(|part| {
            if part.contains('_') || part.contains("://") {
                format!("`{part}`")
            } else {
                part.to_owned()
            }
        });
        let text = parts.collect::<Vec<_>>().join(" ");
        let doc = text.replace('[', "\\[").replace('<', "\\<");
        let _ = writeln!(
            code,
            "/// {}",
            if doc.trim().is_empty() { "Chosen by what it is given." } else { doc.trim() }
        );
        let _ = write!(code, "#[must_use]\npub fn {name}(language: impl Speaks");
        for (value, is_count) in values {
            let kind = if *is_count { "impl Chooses" } else { "impl Display" };
            let _ = write!(code, ", {}: {kind}", value.replace('-', "_"));
        }
        if values.is_empty() {
            let _ =
                writeln!(code, ") -> Cow<'static, str> {{ language.language().plain(\"{key}\") }}");
        } else {
            let _ =
                write!(code, ") -> Cow<'static, str> {{ language.language().filled(\"{key}\", &[");
            for (value, is_count) in values {
                let argument = value.replace('-', "_");
                let shown = if *is_count {
                    format!("{argument}.chooses()")
                } else {
                    format!("Given::Text({argument}.to_string())")
                };
                let _ = write!(code, "(\"{value}\", {shown}), ");
            }
            let _ = writeln!(code, "]) }}");
        }
        let _ = message.is_plain;
    }
    code
}

/// The languages with their files, for the program to read once.
fn table(
    folder: &Path,
    languages: &BTreeMap<String, (Vec<String>, Messages)>,
    files: &[String],
) -> String {
    // English first: it is what is spoken where nothing else fits.
    let mut tags: Vec<_> = languages.keys().collect();
    tags.sort_by_key(|tag| (*tag != FIRST, *tag));
    let mut code = format!("const FILES: [(&str, [&str; {}]); {}] = [\n", files.len(), tags.len());
    for tag in tags {
        let _ = write!(code, "    ({tag:?}, [");
        for file in files {
            let path = folder.join(tag).join(file);
            let _ = write!(code, "include_str!({:?}), ", path.to_str().unwrap());
        }
        let _ = writeln!(code, "]),");
    }
    code.push_str("];\n");
    code
}
