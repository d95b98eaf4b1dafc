//! What the policy says to facts, without any order.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::Right;
use backhaul_core::answer::{Answer, answer};
use backhaul_core::decision::Decision;
use backhaul_core::facts::Facts;

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
    let what = "The decision, with the clauses it rests on.";
    vec![decide.takes::<Facts>().answers::<Decision>(200, what)]
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
