//! Who bought an order: personal data, which can be erased.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use backhaul_app::{Buyer, BuyerError, Right};
use backhaul_core::ledger::OrderDraft;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::orders::NUMBER_CHARS_MAX;
use crate::Service;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath};

const PATH: &str = "/orders/{number}/buyer";
const NUMBER: &str = "The order's number.";

pub(crate) fn operations() -> Vec<Operation> {
    let manage = Access::Right(Right::ManageBuyers);
    let erase = Access::Right(Right::EraseBuyers);
    vec![
        Operation::new(Method::GET, PATH, "read_buyer", "Who bought an order.", manage, read)
            .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
            .answers::<BuyerShown>(200, "The buyer."),
        Operation::new(
            Method::PUT,
            PATH,
            "put_buyer",
            "State who bought an order, in the place of what was known.",
            manage,
            put,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .takes::<BuyerShown>()
        .answers_nothing(204, "It is known."),
        Operation::new(
            Method::DELETE,
            PATH,
            "erase_buyer",
            "Erase who bought an order, and every text of it, for good. What happened stays on record, and verifies.",
            erase,
            remove,
        )
        .path("number", NUMBER_CHARS_MAX, operation::NUMBER, NUMBER)
        .answers::<BuyerErased>(200, "It is erased."),
    ]
}

/// Who bought an order, as far as it is known.
#[derive(Deserialize, ToSchema)]
#[schema(as = Buyer)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it describes `Buyer`, whose crate knows nothing of the document")]
pub(crate) struct BuyerShown {
    /// Where mail about the order goes.
    #[schema(required = false, max_length = 254)]
    email: Option<String>,
    /// How the buyer is called.
    #[schema(required = false, min_length = 1, max_length = 200)]
    name: Option<String>,
    /// The language to write in, as a tag such as `en` or `zh-Hans`.
    #[schema(required = false, max_length = 35)]
    language: Option<String>,
}

/// An order as it is brought in: its own fields, and beside them `buyer`, as [`backhaul_app::NewOrder`] reads it.
pub(crate) struct NewOrderShown;

impl ToSchema for NewOrderShown {
    fn name() -> std::borrow::Cow<'static, str> {
        "NewOrder".into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        <OrderDraft as ToSchema>::schemas(schemas);
        schemas.push((BuyerShown::name().into_owned(), BuyerShown::schema()));
    }
}

impl PartialSchema for NewOrderShown {
    fn schema() -> RefOr<Schema> {
        let mut schema = OrderDraft::schema();
        if let RefOr::T(Schema::Object(order)) = &mut schema {
            let buyer = RefOr::Ref(Ref::from_schema_name(BuyerShown::name()));
            order.properties.insert("buyer".to_owned(), buyer);
        }
        schema
    }
}

/// What was erased.
#[derive(Serialize, ToSchema)]
struct BuyerErased {
    /// Whether it was not erased before.
    is_new: bool,
    /// How many texts were erased.
    texts: u64,
}

async fn read(
    State(service): State<Service>,
    InPath(number): InPath<String>,
) -> Result<Json<Buyer>, Problem> {
    let buyer = service.app.buyer(&number).await?;
    buyer.map(Json).ok_or_else(|| Problem::plain(ProblemCode::BuyerUnknown))
}

async fn put(
    State(service): State<Service>,
    InPath(number): InPath<String>,
    body: Body<Buyer>,
) -> Result<StatusCode, Problem> {
    service.app.put_buyer(&number, body.read).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove(
    State(service): State<Service>,
    InPath(number): InPath<String>,
) -> Result<Json<BuyerErased>, Problem> {
    let erased = service.app.erase_buyer(&number).await?;
    Ok(Json(BuyerErased { is_new: erased.is_new, texts: erased.texts }))
}

impl From<BuyerError> for Problem {
    fn from(error: BuyerError) -> Self {
        let code = match error {
            BuyerError::Database(error) => return error.into(),
            BuyerError::UnknownOrder { .. } => ProblemCode::OrderUnknown,
            BuyerError::Erased { .. } => ProblemCode::BuyerErased,
        };
        Self::new(code, error.to_string())
    }
}
