//! One operation of the API: its route, who may ask for it, and how the document describes it. A route is made of nothing else,
//! so there is none without a right and a description.

use std::fmt;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter, on};
use backhaul_app::{Right, Roles};
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use crate::{Service, caller};

/// Where the API is.
pub(crate) const BASE: &str = "/api/v1";

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever has that right.
    Right(Right),
    /// Whoever is known; the door asks for the right to the command.
    Command,
}

impl Access {
    pub(crate) fn is_open_to(self, roles: &Roles) -> bool {
        match self {
            Self::Right(right) => roles.has(right),
            Self::Command => true,
        }
    }
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right(right) => write!(f, "{right:?}"),
            Self::Command => f.write_str("the right to the command"),
        }
    }
}

/// A type's name in the document, and its description.
pub(crate) type Described = (String, RefOr<Schema>);

/// Something that a request is given beside its body.
pub(crate) struct Given {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) is_required: bool,
    pub(crate) what: String,
    pub(crate) schema: RefOr<Schema>,
}

/// Where it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

/// What an operation answers when all went well.
pub(crate) struct Answers {
    pub(crate) status: u16,
    pub(crate) what: &'static str,
    pub(crate) body: Option<RefOr<Schema>>,
    pub(crate) has_tag: bool,
    /// The kinds that a file may have, where it answers with one.
    pub(crate) files: &'static [&'static str],
}

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) id: String,
    pub(crate) summary: String,
    pub(crate) access: Access,
    pub(crate) given: Vec<Given>,
    pub(crate) body: Option<RefOr<Schema>>,
    pub(crate) answers: Vec<Answers>,
    pub(crate) schemas: Vec<Described>,
    route: MethodRouter<Service>,
}

impl Operation {
    pub(crate) fn new<H, T>(
        method: Method,
        path: &'static str,
        id: &str,
        summary: &str,
        access: Access,
        handler: H,
    ) -> Self
    where
        H: Handler<T, Service>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        let (id, summary) = (id.to_owned(), summary.to_owned());
        let (given, answers, schemas) = (Vec::new(), Vec::new(), Vec::new());
        let route = on(filter, handler);
        Self { method, path, id, summary, access, given, body: None, answers, schemas, route }
    }

    /// A part of the address.
    pub(crate) fn path(
        self,
        name: &'static str,
        characters_max: usize,
        pattern: &str,
        what: &str,
    ) -> Self {
        self.given(name, Place::Path, true, text(1, characters_max, pattern), what)
    }

    /// A query parameter that is a text.
    pub(crate) fn query(self, name: &'static str, characters_max: usize, what: &str) -> Self {
        self.given(name, Place::Query, false, text(1, characters_max, TEXT), what)
    }

    /// A query parameter that is one of these words.
    pub(crate) fn query_word<'a>(
        self,
        name: &'static str,
        words: impl IntoIterator<Item = &'a str>,
        what: &str,
    ) -> Self {
        let words = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .enum_values(Some(words.into_iter().collect::<Vec<_>>()));
        self.given(name, Place::Query, false, words.into(), what)
    }

    /// A query parameter of that form.
    pub(crate) fn query_matching(self, name: &'static str, pattern: &str, what: &str) -> Self {
        self.given(name, Place::Query, false, matching(pattern), what)
    }

    /// A query parameter that is a whole number.
    pub(crate) fn query_number(
        self,
        name: &'static str,
        least: i64,
        most: i64,
        what: &str,
    ) -> Self {
        self.given(name, Place::Query, false, integer(least, most), what)
    }

    /// A cursor and a limit.
    pub(crate) fn pages(self) -> Self {
        let limit = integer(1, i64::from(crate::page::LIMIT_MAX));
        let cursor = text(2, crate::page::CURSOR_CHARS_MAX, "^([0-9a-f]{2})+$");
        self.given("cursor", Place::Query, false, cursor, "`next` of the page before this one.")
            .given(
                "limit",
                Place::Query,
                false,
                limit,
                "How many at most; 50 where it is left out.",
            )
    }

    /// The header that makes a request one that is carried out once.
    pub(crate) fn keyed(self) -> Self {
        let what = "Any text of yours that no other request has. The same request under the same key is carried out once, and gets \
                    the same answer; another request under it is refused. A request that was refused keeps no key.";
        self.given(
            "Idempotency-Key",
            Place::Header,
            true,
            text(1, crate::request::KEY_CHARS_MAX, "^[!-~]+$"),
            what,
        )
    }

    /// The header that makes a request conditional on what the caller has seen.
    pub(crate) fn conditional(self) -> Self {
        let what = "The `ETag` that you have seen: nothing is done if the order has changed since.";
        let tag = matching("^(\"v[0-9]{1,18}\"|[*])$");
        self.given("If-Match", Place::Header, false, tag, what)
    }

    fn given(
        mut self,
        name: &'static str,
        place: Place,
        is_required: bool,
        schema: RefOr<Schema>,
        what: &str,
    ) -> Self {
        self.given.push(Given { name, place, is_required, what: what.to_owned(), schema });
        self
    }

    /// The type of the body, which is about another one.
    pub(crate) fn takes_of<T: ToSchema, Inner: ToSchema>(mut self) -> Self {
        self.body = Some(self.describe_of::<T, Inner>());
        self
    }

    /// The type of the body.
    pub(crate) fn takes<T: ToSchema>(mut self) -> Self {
        self.body = Some(self.describe::<T>());
        self
    }

    /// What it answers.
    pub(crate) fn answers<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        let body = Some(self.describe::<T>());
        self.answers.push(Answers { status, what, body, has_tag: false, files: &[] });
        self
    }

    /// What it answers, about another type.
    pub(crate) fn answers_of<T: ToSchema, Inner: ToSchema>(
        mut self,
        status: u16,
        what: &'static str,
    ) -> Self {
        let body = Some(self.describe_of::<T, Inner>());
        self.answers.push(Answers { status, what, body, has_tag: false, files: &[] });
        self
    }

    /// What it answers, with an entity tag.
    pub(crate) fn answers_tagged<T: ToSchema>(mut self, status: u16, what: &'static str) -> Self {
        let body = Some(self.describe::<T>());
        self.answers.push(Answers { status, what, body, has_tag: true, files: &[] });
        self
    }

    /// What it answers, as a file of one of these kinds.
    pub(crate) fn answers_file(
        mut self,
        status: u16,
        what: &'static str,
        files: &'static [&'static str],
    ) -> Self {
        self.answers.push(Answers { status, what, body: None, has_tag: false, files });
        self
    }

    /// An answer without a body.
    pub(crate) fn answers_nothing(mut self, status: u16, what: &'static str) -> Self {
        self.answers.push(Answers { status, what, body: None, has_tag: false, files: &[] });
        self
    }

    /// Names a type in the document, and all that it is made of.
    fn describe<T: ToSchema>(&mut self) -> RefOr<Schema> {
        self.name::<T>(T::name().into_owned())
    }

    /// The same for a type with a parameter, whose own name is the same for each.
    fn describe_of<T: ToSchema, Inner: ToSchema>(&mut self) -> RefOr<Schema> {
        self.describe::<Inner>();
        self.name::<T>(format!("{}Of{}", T::name(), Inner::name()))
    }

    fn name<T: ToSchema>(&mut self, name: String) -> RefOr<Schema> {
        T::schemas(&mut self.schemas);
        self.schemas.push((name.clone(), <T as PartialSchema>::schema()));
        RefOr::Ref(Ref::from_schema_name(name))
    }

    /// Puts the route into the router, behind the check of who asks.
    pub(crate) fn mount(self, router: Router<Service>, service: &Service) -> Router<Service> {
        let state = (service.clone(), self.access);
        let checked =
            self.route.route_layer(axum::middleware::from_fn_with_state(state, caller::check));
        router.route(&format!("{BASE}{}", self.path), checked)
    }
}

/// The name of a thing in an address.
pub(crate) const NAME: &str = backhaul_core::openapi::NAME;
/// Any text of one line.
const TEXT: &str = r"^[^\x00-\x1f\x7f]+$";
/// The number of an order.
pub(crate) const NUMBER: &str = "^[A-Za-z0-9_-]+$";

fn text(least: usize, most: usize, pattern: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(least))
        .max_length(Some(most))
        .pattern(Some(pattern))
        .into()
}

fn matching(pattern: &str) -> RefOr<Schema> {
    let text = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
    text.pattern(Some(pattern)).into()
}

fn integer(least: i64, most: i64) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .format(Some(SchemaFormat::Custom("int64".to_owned())))
        .minimum(Some(utoipa::Number::Int(isize::try_from(least).unwrap_or(0))))
        .maximum(Some(utoipa::Number::Int(isize::try_from(most).unwrap_or(isize::MAX))))
        .into()
}
