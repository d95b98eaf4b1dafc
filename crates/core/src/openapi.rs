//! What a name or a code looks like in the API's document; the other types derive it.

/// What the names of things look like: no control character, and no blank at their ends.
pub const NAME: &str = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$";

/// A text of so many characters that looks so.
macro_rules! text_schema {
    ($name:ident, $characters:expr, $pattern:expr, $description:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .description(Some($description))
                    .min_length(Some(*$characters.start()))
                    .max_length(Some(*$characters.end()))
                    .pattern(Some($pattern))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

/// A text that is one of these.
macro_rules! words_schema {
    ($name:ident, $words:expr, $description:expr) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
                ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::String))
                    .description(Some($description))
                    .enum_values(Some($words))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}

pub(crate) use {text_schema, words_schema};

use crate::decision::ClauseId;
use crate::facts::{Country, Zone};
use crate::money::Currency;

words_schema!(
    Currency,
    Currency::all().map(Currency::code).collect::<Vec<_>>(),
    "A currency of ISO 4217, such as `EUR`."
);
words_schema!(Country, Country::CODES.to_vec(), "A country of ISO 3166-1, such as `DE`.");
text_schema!(
    Zone,
    1..=64,
    "^[A-Za-z0-9_+/-]+$",
    "A time zone of the IANA database, such as `Europe/Berlin`."
);
text_schema!(ClauseId, 1..=200, NAME, "A clause of the policy, such as `report.7d`.");
