//! What a test says to the zoo, and asks of it: everything under `/control`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::desk::{ToTell, Zoo};
use crate::fault::{FAULT_RULES_MAX, FaultRule};
use crate::ledger::{self, Event};
use crate::personality::Personality;
use crate::state::Status;
use crate::totals::Totals;
use crate::{provider, webhook};

/// How long a test may wait for something to happen.
const WAIT_MAX: Duration = Duration::from_secs(20);

/// What the routes share.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) zoo: Arc<Zoo>,
    pub(crate) ledger: PathBuf,
}

type Said = Result<Json<Value>, (StatusCode, Json<Value>)>;

pub(crate) fn routes(control: Control) -> Router {
    Router::new()
        .route("/clock", get(tell_clock))
        .route("/clock/advance", post(advance_clock))
        .route("/ledger", get(show_ledger))
        .route("/held", get(wait_for_held))
        .route("/release", post(release))
        .route("/quiet", get(wait_for_quiet))
        .route("/{personality}/payments", post(create_payment))
        .route("/{personality}/payments/{payment}", get(total_payment))
        .route("/{personality}/references/{reference}", get(total_reference))
        .route("/{personality}/faults", post(set_fault).delete(clear_faults))
        .route("/{personality}/lookup", post(set_lookup))
        .route("/{personality}/refunds/{refund}/settle", post(settle_refund))
        .route("/{personality}/refunds/{refund}/fail", post(fail_refund))
        .route("/{personality}/webhooks", post(set_webhook_target))
        .route("/{personality}/webhooks/deliver", post(deliver_webhooks))
        .route("/{personality}/webhooks/forge", post(forge_webhook))
        .with_state(control)
}

fn refused<T>(status: StatusCode, message: &str) -> Result<T, (StatusCode, Json<Value>)> {
    Err((status, Json(json!({ "error": message }))))
}

fn played(control: &Control, personality: Personality) -> Result<(), (StatusCode, Json<Value>)> {
    match control.zoo.desk().state(personality) {
        Some(_) => Ok(()),
        None => refused(StatusCode::NOT_FOUND, "this personality is not played"),
    }
}

async fn tell_clock(State(control): State<Control>) -> Json<Value> {
    Json(json!({"now": control.zoo.desk().now()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: i64,
}

async fn advance_clock(State(control): State<Control>, Json(advance): Json<Advance>) -> Said {
    if advance.seconds < 0 {
        return refused(StatusCode::BAD_REQUEST, "time does not run backwards");
    }
    control.zoo.desk().record(None, Event::ClockAdvanced { seconds: advance.seconds });
    provider::catch_up(&control.zoo);
    Ok(Json(json!({"now": control.zoo.desk().now()})))
}

async fn show_ledger(State(control): State<Control>) -> Said {
    // Under the lock, so that no line is half-written.
    let _desk = control.zoo.desk();
    match ledger::read(&control.ledger) {
        Ok(entries) => Ok(Json(json!(entries))),
        Err(error) => refused(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error:#}")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Held {
    at_least: usize,
}

async fn wait_for_held(State(control): State<Control>, Query(held): Query<Held>) -> Said {
    wait_until(&control.zoo, |zoo| zoo.desk().held >= held.at_least).await?;
    Ok(Json(json!({"held": control.zoo.desk().held})))
}

async fn release(State(control): State<Control>) -> Json<Value> {
    let held = control.zoo.desk().held;
    control.zoo.released.notify_waiters();
    Json(json!({ "released": held }))
}

/// Waits until nothing is under way but what is held.
async fn wait_for_quiet(State(control): State<Control>) -> Said {
    let is_quiet = |zoo: &Zoo| {
        let desk = zoo.desk();
        desk.running == desk.held
    };
    wait_until(&control.zoo, is_quiet).await?;
    Ok(Json(json!({"held": control.zoo.desk().held})))
}

async fn wait_until(
    zoo: &Zoo,
    is_so: impl Fn(&Zoo) -> bool,
) -> Result<(), (StatusCode, Json<Value>)> {
    let waiting = async {
        loop {
            let changed = zoo.changed.notified();
            if is_so(zoo) {
                return;
            }
            changed.await;
        }
    };
    match tokio::time::timeout(WAIT_MAX, waiting).await {
        Ok(()) => Ok(()),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT, "it did not happen in time"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewPayment {
    payment: String,
    charge: Option<String>,
    captured_minor: i64,
    currency: String,
}

async fn create_payment(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
    Json(new): Json<NewPayment>,
) -> Said {
    played(&control, personality)?;
    let mut desk = control.zoo.desk();
    if desk.state(personality).is_some_and(|state| state.payment(&new.payment).is_some()) {
        return refused(StatusCode::CONFLICT, "there is a payment of this id");
    }
    let NewPayment { payment, charge, captured_minor, currency } = new;
    if captured_minor <= 0 || currency.len() != 3 {
        return refused(
            StatusCode::BAD_REQUEST,
            "a payment captured something, in a currency of three letters",
        );
    }
    let currency = currency.to_uppercase();
    desk.record(
        Some(personality),
        Event::PaymentCreated { payment, charge, captured_minor, currency },
    );
    Ok(Json(json!({})))
}

async fn total_payment(
    State(control): State<Control>,
    Path((personality, payment)): Path<(Personality, String)>,
) -> Said {
    let desk = control.zoo.desk();
    let found = desk.state(personality).and_then(|state| {
        let payment = state.payment(&payment)?;
        let refunds = state.refunds.iter().filter(|refund| refund.payment == payment.id);
        Some(json!({"captured_minor": payment.captured_minor, "totals": Totals::of(refunds)}))
    });
    found.map_or_else(
        || refused(StatusCode::NOT_FOUND, "there is no such payment"),
        |found| Ok(Json(found)),
    )
}

async fn total_reference(
    State(control): State<Control>,
    Path((personality, reference)): Path<(Personality, String)>,
) -> Said {
    let desk = control.zoo.desk();
    let Some(state) = desk.state(personality) else {
        return refused(StatusCode::NOT_FOUND, "this personality is not played");
    };
    let is_asked = |refund: &&_| has_reference(refund, &reference);
    let totals = Totals::of(state.refunds.iter().filter(is_asked));
    Ok(Json(json!({ "totals": totals })))
}

fn has_reference(refund: &crate::state::Refund, reference: &str) -> bool {
    refund.reference.as_deref() == Some(reference)
}

async fn set_fault(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
    Json(rule): Json<FaultRule>,
) -> Said {
    played(&control, personality)?;
    let mut desk = control.zoo.desk();
    if desk.state(personality).is_some_and(|state| state.faults.is_full()) {
        let message = format!("there are {FAULT_RULES_MAX} rules already; delete them first");
        return refused(StatusCode::CONFLICT, &message);
    }
    desk.record(Some(personality), Event::FaultSet { rule });
    Ok(Json(json!({})))
}

async fn clear_faults(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
) -> Said {
    played(&control, personality)?;
    control.zoo.desk().record(Some(personality), Event::FaultsCleared);
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Lookup {
    stale_seconds: i64,
    down: bool,
}

async fn set_lookup(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
    Json(Lookup { stale_seconds, down }): Json<Lookup>,
) -> Said {
    played(&control, personality)?;
    control.zoo.desk().record(Some(personality), Event::LookupSet { stale_seconds, down });
    Ok(Json(json!({})))
}

/// Decides a pending refund: paid, unless it goes over a cap that is looked at only now.
async fn settle_refund(
    State(control): State<Control>,
    Path((personality, refund)): Path<(Personality, String)>,
) -> Said {
    change_refund(&control, personality, &refund, None)
}

/// Lets a refund fail, also one that had succeeded.
async fn fail_refund(
    State(control): State<Control>,
    Path((personality, refund)): Path<(Personality, String)>,
) -> Said {
    change_refund(&control, personality, &refund, Some(Status::Failed))
}

fn change_refund(
    control: &Control,
    personality: Personality,
    id: &str,
    status: Option<Status>,
) -> Said {
    provider::catch_up(&control.zoo);
    let mut desk = control.zoo.desk();
    let Some(refund) = desk.state(personality).and_then(|state| state.refund(id)) else {
        return refused(StatusCode::NOT_FOUND, "there is no such refund");
    };
    let may_change = match status {
        Some(Status::Failed) => refund.status != Status::Failed,
        _ => refund.status == Status::Pending,
    };
    if !may_change {
        return refused(StatusCode::CONFLICT, "the refund is decided already");
    }
    let settles_by_clock = personality.rules().settles_after_seconds.is_some();
    let due = refund.coming.first().filter(|_| settles_by_clock).map(|(_, status)| *status);
    let status = status.or(due).unwrap_or(Status::Succeeded);
    let to_tell = desk.change_refund(personality, id, status);
    drop(desk);
    if let Some(to_tell) = to_tell {
        webhook::deliver_soon(&control.zoo, to_tell, 1);
    }
    Ok(Json(json!({ "status": status })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    url: String,
    secret: Option<String>,
}

async fn set_webhook_target(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
    Json(Target { url, secret }): Json<Target>,
) -> Said {
    played(&control, personality)?;
    if !url.starts_with("http://") {
        return refused(StatusCode::BAD_REQUEST, "webhooks go to `http://` only");
    }
    let secret = secret.unwrap_or_else(|| personality.default_secret());
    let said = json!({ "secret": secret });
    control.zoo.desk().record(Some(personality), Event::WebhookTargetSet { url, secret });
    Ok(Json(said))
}

/// Delivers everything that no receiver has taken yet, in the order in which it was made.
async fn deliver_webhooks(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
) -> Said {
    played(&control, personality)?;
    let open: Vec<_> = {
        let mut desk = control.zoo.desk();
        desk.reordered.retain(|each| each.personality != personality);
        let webhooks = desk.state(personality).into_iter().flat_map(|state| &state.webhooks);
        let open = webhooks.filter(|each| !each.is_delivered);
        open.map(|each| ToTell { personality, webhook: each.id.clone() }).collect()
    };
    for to_tell in &open {
        webhook::deliver(&control.zoo, to_tell, 1).await;
    }
    Ok(Json(json!({"sent": open.len()})))
}

/// Sends the given text with a signature made with another secret.
async fn forge_webhook(
    State(control): State<Control>,
    Path(personality): Path<Personality>,
    Json(body): Json<Value>,
) -> Said {
    played(&control, personality)?;
    webhook::forge(&control.zoo, personality, "evt_forged", &body.to_string()).await;
    Ok(Json(json!({})))
}
