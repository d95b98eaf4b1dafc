//! What the policy says to facts, without any order.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::Right;
use backhaul_core::answer::{Answer, answer};
use backhaul_core::decision::Decision;
use backhaul_core::facts::Facts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Service;
use crate::operation::{Access, Operation};
use crate::problem::Problem;
use crate::request::Raw;

pub(crate) fn operations() -> Vec<Operation> {
    let decide = Operation::new(
        Method::POST,
        "/decisions",
        "decide",
        "Ask what the policy says to facts. Nothing is kept.",
        Access::Right(Right::Decide),
        decide,
    );
    let policies = Operation::new(
        Method::GET,
        "/policies",
        "list_policies",
        "The policy versions that judge.",
        Access::Right(Right::Read),
        list,
    );
    vec![
        decide
            .takes::<Facts>()
            .answers::<Decision>(200, "The decision, with the clauses it rests on."),
        policies.answers::<PolicyNames>(200, "The versions, as `id@version`."),
    ]
}

/// The policy versions that judge.
#[derive(Serialize, ToSchema)]
struct PolicyNames {
    /// Each as `id@version`.
    policies: Vec<String>,
    /// The newest version of the default policy.
    default: Option<String>,
}

async fn decide(State(service): State<Service>, body: Raw) -> Result<Response, Problem> {
    let catalogue = service.app.policies().await?;
    Ok(match answer(&catalogue, &body.bytes) {
        Answer::Decision(decision) => Json(decision).into_response(),
        Answer::Fault { fault, .. } => {
            let title = "The facts are malformed.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let problem = Problem::coded(status, fault.code.as_str(), title, fault.message);
            problem.at(fault.pointer).into_response()
        }
    })
}

async fn list(State(service): State<Service>) -> Json<PolicyNames> {
    let catalogue = service.app.catalogue();
    let policies = catalogue.versions().iter().map(|policy| policy.pin.clone()).collect();
    let default = catalogue.default_policy().map(|policy| policy.pin.clone());
    Json(PolicyNames { policies, default })
}
