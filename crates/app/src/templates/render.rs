//! Placeholders in, words out. Pure: what they stand for is asked of the caller.

use std::fmt::Write as _;

macro_rules! placeholders {
    ($($(#[$meta:meta])* $item:ident = $text:literal,)+) => {
        /// What a template can have filled in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Placeholder { $($(#[$meta])* $item,)+ }

        impl Placeholder {
            /// Every placeholder.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// Its name, as it stands between braces.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }
        }
    };
}

placeholders! {
    /// The case's number.
    Case = "case",
    /// The order's number.
    Order = "order",
    /// The buyer's name.
    Name = "name",
    /// Where the case stands.
    State = "state",
    /// The claimed goods, by article and serial.
    Units = "units",
    /// What is missing, one a line.
    Missing = "missing",
    /// What the clauses say that the decision rests on, one a line.
    Clause = "clause",
    /// The last day on which the goods are awaited.
    SendBy = "send_by",
    /// The first day of the refund.
    RefundFrom = "refund_from",
    /// The last day of the refund.
    RefundBy = "refund_by",
    /// Who pays the way back.
    FreightPayer = "freight_payer",
}

/// What is wrong with a template, or with filling it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateFault {
    /// No placeholder is called so.
    #[error("`{{{name}}}` is no placeholder: there are {}", known())]
    Unknown {
        /// The name.
        name: String,
    },
    /// A brace has no other.
    #[error("a brace has no other: write `{{{{` or `}}}}` for a brace that is to be seen")]
    Brace,
    /// The case has nothing to fill in.
    #[error("nothing is known for `{{{}}}` in this case: choose another template", .placeholder.as_str())]
    NotKnown {
        /// The placeholder.
        placeholder: Placeholder,
    },
}

fn known() -> String {
    let mut names = String::new();
    for (place, placeholder) in Placeholder::ALL.iter().enumerate() {
        let separator = if place == 0 { "" } else { ", " };
        let _ = write!(names, "{separator}`{{{}}}`", placeholder.as_str());
    }
    names
}

/// A piece of a template.
enum Piece<'t> {
    Words(&'t str),
    Value(Placeholder),
}

/// Parts a template at its braces; each is doubled where it is to be seen.
fn pieces(template: &str) -> Result<Vec<Piece<'_>>, TemplateFault> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, at)) = rest.split_once(['{', '}']) {
        pieces.push(Piece::Words(before));
        let is_opening = rest.get(before.len()..).is_some_and(|from| from.starts_with('{'));
        let brace = if is_opening { "{" } else { "}" };
        if let Some(after) = at.strip_prefix(brace) {
            pieces.push(Piece::Words(brace));
            rest = after;
            continue;
        }
        let named = if is_opening { at.split_once('}') } else { None };
        let (name, after) = named.ok_or(TemplateFault::Brace)?;
        let found = Placeholder::ALL.iter().find(|placeholder| placeholder.as_str() == name);
        // What is between braces that are far apart is no name; it is not repeated.
        let is_name = name.chars().count() <= 40 && !name.contains(['{', '\n']);
        let unknown = || match is_name {
            true => TemplateFault::Unknown { name: name.to_owned() },
            false => TemplateFault::Brace,
        };
        pieces.push(Piece::Value(*found.ok_or_else(unknown)?));
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    Ok(pieces)
}

/// Whether every placeholder of a template is known.
///
/// # Errors
/// [`TemplateFault::Unknown`] and [`TemplateFault::Brace`].
pub(super) fn check(template: &str) -> Result<(), TemplateFault> {
    pieces(template).map(drop)
}

/// The words of a template with everything filled in. What is filled in is never looked at for braces.
///
/// # Errors
/// [`TemplateFault`].
pub(super) fn render(
    template: &str,
    value: &dyn Fn(Placeholder) -> Option<String>,
) -> Result<String, TemplateFault> {
    let mut words = String::new();
    for piece in pieces(template)? {
        match piece {
            Piece::Words(piece) => words.push_str(piece),
            Piece::Value(placeholder) => {
                let value = value(placeholder).filter(|value| !value.is_empty());
                words.push_str(&value.ok_or(TemplateFault::NotKnown { placeholder })?);
            }
        }
    }
    Ok(words)
}
