//! The way of a request through a provider, whatever its shape: door, key, effect, answer.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::desk::{Desk, ToTell, Zoo};
use crate::fault::{Fault, Place, WebhookWay};
use crate::ledger::Event;
use crate::lookup;
use crate::personality::{Cap, Personality, Remembers};
use crate::shape::{self, Answer, Ask, Call, Change, Problem, Request};
use crate::state::{Kept, Payment, Refund, Status};
use crate::webhook::{self, hex};

/// How long a delay may be.
const DELAY_MS_MAX: u64 = 600_000;

/// What the caller gets.
#[derive(Debug)]
pub(crate) enum Reply {
    Answer(Answer),
    /// The connection is closed without a word.
    Hangup,
}

/// A request for a refund on its way.
#[derive(Debug, Clone)]
struct Job {
    personality: Personality,
    /// Its number.
    request: u64,
    ask: Ask,
    key: Option<String>,
    fingerprint: String,
    struck: Vec<Fault>,
}

/// How a request ends before its time.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Drop,
    Error(u16),
}

pub(crate) async fn serve(zoo: Arc<Zoo>, personality: Personality, request: Request) -> Reply {
    let underway = zoo.start();
    catch_up(&zoo);
    let shape = shape::of(personality);
    let reply = match shape.read(&request) {
        Ok(Call::Refund(ask)) => {
            let job = receive(&zoo, personality, &request, ask);
            serve_refund(&zoo, job).await
        }
        Ok(Call::Look(look)) => Reply::Answer(lookup::answer(&zoo.desk(), personality, &look)),
        Ok(Call::Told(answer)) => Reply::Answer(answer),
        Ok(Call::Verify { signature, signed }) => {
            let is_genuine = webhook::is_signed(&zoo.desk(), personality, &signature, &signed);
            Reply::Answer(shape.verified(is_genuine))
        }
        Err(problem) => Reply::Answer(shape.problem(&problem)),
    };
    drop(underway);
    reply
}

/// Lets happen what the clock has reached, and tells of it.
pub(crate) fn catch_up(zoo: &Arc<Zoo>) {
    let to_tell = zoo.desk().catch_up();
    for to_tell in to_tell {
        webhook::deliver_soon(zoo, to_tell, 1);
    }
}

fn receive(zoo: &Zoo, personality: Personality, request: &Request, ask: Ask) -> Job {
    let key = request.header(personality.rules().key_header).map(str::to_owned);
    let mut desk = zoo.desk();
    let state = desk.state_mut(personality);
    let (struck, number) = state.map_or_else(Default::default, |state| {
        (state.faults.draw(), state.requests.saturating_add(1))
    });
    let received =
        Event::RequestReceived { request: number, key: key.clone(), struck: struck.clone() };
    desk.record(Some(personality), received);
    let fingerprint = fingerprint(&request.path, &ask);
    Job { personality, request: number, ask, key, fingerprint, struck }
}

/// The same for the same parameters, in whatever order they came.
fn fingerprint(path: &str, ask: &Ask) -> String {
    hex(&Sha256::digest(format!("{path} {ask:?}").as_bytes()))
}

async fn serve_refund(zoo: &Arc<Zoo>, job: Job) -> Reply {
    let reply = run(zoo, &job).await;
    let (status, dropped) = match &reply {
        Reply::Answer(answer) => (answer.status, false),
        Reply::Hangup => (0, true),
    };
    let answered = Event::Answered { request: job.request, status, dropped };
    zoo.desk().record(Some(job.personality), answered);
    for fault in &job.struck {
        if let Fault::NetworkReplays { held } = *fault {
            let copy = Job { struck: Vec::new(), ..job.clone() };
            if held {
                let (zoo, underway) = (Arc::clone(zoo), zoo.start());
                tokio::spawn(async move {
                    zoo.hold().await;
                    replay(&zoo, &copy).await;
                    drop(underway);
                });
            } else {
                replay(zoo, &copy).await;
            }
        }
    }
    reply
}

async fn replay(zoo: &Arc<Zoo>, copy: &Job) {
    let replayed = Event::RequestReplayed { request: copy.request };
    zoo.desk().record(Some(copy.personality), replayed);
    // Whoever sent the first does not see what the copy is answered.
    run(zoo, copy).await;
}

async fn run(zoo: &Arc<Zoo>, job: &Job) -> Reply {
    let shape = shape::of(job.personality);
    let cut_short = |cut| match cut {
        Cut::Drop => Reply::Hangup,
        Cut::Error(status) => Reply::Answer(shape.problem(&Problem::Broken(status))),
    };
    if let Some(cut) = pass(zoo, job, Place::AtDoor).await {
        return cut_short(cut);
    }
    let in_use = match begin(zoo, job) {
        Ok(in_use) => in_use,
        Err(answer) => return Reply::Answer(answer),
    };
    if let Some(cut) = pass(zoo, job, Place::BeforeEffect).await {
        let reply = cut_short(cut);
        if let Reply::Answer(answer) = &reply {
            keep(&mut zoo.desk(), job, answer);
        }
        return reply;
    }
    let done = carry_out(&mut zoo.desk(), job);
    let (refund, to_tell) = match done {
        Ok(done) => done,
        Err(problem) => {
            let answer = shape.problem(&problem);
            keep(&mut zoo.desk(), job, &answer);
            return Reply::Answer(answer);
        }
    };
    let tells_first = job.webhook_way() == Some(WebhookWay::BeforeReply);
    if let (true, Some(to_tell)) = (tells_first, &to_tell) {
        webhook::deliver(zoo, to_tell, 1).await;
    }
    let cut = pass(zoo, job, Place::AfterEffect).await;
    let answer = match cut {
        Some(Cut::Error(status)) => shape.problem(&Problem::Broken(status)),
        Some(Cut::Drop) | None => shape.made(&refund),
    };
    keep(&mut zoo.desk(), job, &answer);
    drop(in_use);
    if let (false, Some(to_tell)) = (tells_first, to_tell) {
        tell(zoo, job, &refund, to_tell);
    }
    if matches!(cut, Some(Cut::Drop)) { Reply::Hangup } else { Reply::Answer(answer) }
}

impl Job {
    fn webhook_way(&self) -> Option<WebhookWay> {
        self.struck.iter().find_map(|fault| match fault {
            Fault::Webhook { way } => Some(*way),
            _ => None,
        })
    }
}

/// Waits where a fault says so, and says whether the request ends here.
async fn pass(zoo: &Zoo, job: &Job, here: Place) -> Option<Cut> {
    let mut cut = None;
    for fault in &job.struck {
        match *fault {
            Fault::Delay { place, ms } if place == here => {
                tokio::time::sleep(Duration::from_millis(ms.min(DELAY_MS_MAX))).await;
            }
            Fault::Hold { place } if place == here => zoo.hold().await,
            Fault::Drop { place } if place == here => cut = Some(Cut::Drop),
            Fault::Error { place, status } if place == here => cut = Some(Cut::Error(status)),
            _ => {}
        }
    }
    cut
}

/// A key whose first request runs, until this is dropped.
struct InUse {
    zoo: Arc<Zoo>,
    key: (Personality, String),
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.zoo.desk().in_use.remove(&self.key);
    }
}

/// Takes the key, or answers from it.
fn begin(zoo: &Arc<Zoo>, job: &Job) -> Result<Option<InUse>, Answer> {
    let rules = job.personality.rules();
    let shape = shape::of(job.personality);
    let Some(key) = job.key.clone().filter(|_| rules.remembers != Remembers::Nothing) else {
        return Ok(None);
    };
    let in_use = (job.personality, key);
    let mut desk = zoo.desk();
    if desk.in_use.contains(&in_use) {
        return Err(shape.problem(&Problem::KeyInUse));
    }
    let now = desk.now();
    let known = desk.state(job.personality).and_then(|state| {
        let known = state.keys.get(&in_use.1)?;
        let answer = match &known.kept {
            _ if rules.compares && known.fingerprint != job.fingerprint => {
                shape.problem(&Problem::KeyMismatch)
            }
            Kept::Answer { status, body } => again(Answer::new(*status, body.clone())),
            Kept::Refund(id) => again(shape.made(state.refund(id)?)),
        };
        Some((now.saturating_sub(known.first_at), answer))
    });
    match known {
        Some((age, answer)) if age < rules.key_seconds => Err(answer),
        Some(_) => {
            let forgotten = Event::KeyForgotten { key: in_use.1.clone() };
            desk.record(Some(job.personality), forgotten);
            Ok(Some(take(zoo, &mut desk, in_use)))
        }
        None => Ok(Some(take(zoo, &mut desk, in_use))),
    }
}

fn take(zoo: &Arc<Zoo>, desk: &mut Desk, key: (Personality, String)) -> InUse {
    desk.in_use.insert(key.clone());
    InUse { zoo: Arc::clone(zoo), key }
}

fn again(answer: Answer) -> Answer {
    Answer { header: Some(("idempotent-replayed", "true")), ..answer }
}

/// Moves the money, once per call.
fn carry_out(desk: &mut Desk, job: &Job) -> Result<(Refund, Option<ToTell>), Problem> {
    let unknown = || Problem::UnknownPayment(job.ask.payment.clone());
    let rules = job.personality.rules();
    let now = desk.now();
    let state = desk.state(job.personality).ok_or_else(unknown)?;
    let payment = state.payment(&job.ask.payment).ok_or_else(unknown)?;
    let amount_minor = amount(job, payment, state.left_minor(payment))?;
    let is_over = amount_minor > state.left_minor(payment);
    let mut coming = Vec::new();
    if let Some(seconds) = rules.settles_after_seconds {
        let fails = is_over && rules.cap == Cap::Later;
        let outcome = if fails { Status::Failed } else { Status::Succeeded };
        coming.push((now.saturating_add(seconds), outcome));
    }
    for fault in &job.struck {
        if let Fault::FailsLater { seconds } = fault {
            coming.push((now.saturating_add(*seconds), Status::Failed));
        }
    }
    coming.sort_by_key(|(at, _)| *at);
    let is_pending = rules.settles_after_seconds.is_some() || job.struck.contains(&Fault::Pending);
    let prefix = shape::of(job.personality).refund_prefix();
    let refund = format!("{prefix}{:06}", state.refunds.len().saturating_add(1));
    let created = Event::RefundCreated {
        request: job.request,
        refund: refund.clone(),
        payment: payment.id.clone(),
        amount_minor,
        currency: payment.currency.clone(),
        reference: job.ask.reference.clone(),
        metadata: job.ask.metadata.clone(),
        status: if is_pending { Status::Pending } else { Status::Succeeded },
        coming,
        key: job
            .key
            .clone()
            .filter(|_| rules.remembers != Remembers::Nothing)
            .map(|key| (key, job.fingerprint.clone())),
    };
    desk.record(Some(job.personality), created);
    let made = desk.state(job.personality).and_then(|state| state.refund(&refund));
    let made = made.cloned().ok_or(Problem::UnknownRefund(refund))?;
    let to_tell = desk.make_webhook(job.personality, &made, Change::Made);
    Ok((made, to_tell))
}

fn amount(job: &Job, payment: &Payment, left_minor: i64) -> Result<i64, Problem> {
    if let Some(currency) = job.ask.currency.as_ref().filter(|asked| **asked != payment.currency) {
        let message = format!("the payment is in {}, not in {currency}", payment.currency);
        return Err(Problem::BadRequest(message));
    }
    if job.personality.rules().cap != Cap::AtOnce {
        return Ok(job.ask.amount_minor.unwrap_or(payment.captured_minor));
    }
    let asked_minor = job.ask.amount_minor.unwrap_or(left_minor);
    match left_minor {
        ..=0 => Err(Problem::NothingLeft),
        _ if asked_minor > left_minor => Err(Problem::OverCap { asked_minor, left_minor }),
        _ => Ok(asked_minor),
    }
}

/// Lets the key keep what this personality keeps.
fn keep(desk: &mut Desk, job: &Job, answer: &Answer) {
    let Some(key) = job.key.clone() else { return };
    let is_success = (200..300).contains(&answer.status);
    let keeps_answer = match job.personality.rules().remembers {
        Remembers::EveryAnswer => true,
        Remembers::Successes => is_success,
        // The refund itself was written down with its key.
        Remembers::Effects | Remembers::Nothing => return,
    };
    let event = if keeps_answer {
        let (fingerprint, body): (_, Value) = (job.fingerprint.clone(), answer.body.clone());
        Event::KeyKept { key, fingerprint, status: answer.status, body }
    } else {
        Event::KeyForgotten { key }
    };
    desk.record(Some(job.personality), event);
}

/// Tells of a new refund in the way that a fault asks for.
fn tell(zoo: &Arc<Zoo>, job: &Job, refund: &Refund, to_tell: ToTell) {
    match job.webhook_way() {
        Some(WebhookWay::Never) => {}
        Some(WebhookWay::Reordered) => zoo.desk().reordered.push(to_tell),
        Some(WebhookWay::FiveTimes) => webhook::deliver_soon(zoo, to_tell, 5),
        Some(WebhookWay::Forged) => {
            let (zoo, underway) = (Arc::clone(zoo), zoo.start());
            let refund = refund.clone();
            tokio::spawn(async move {
                forge_opposite(&zoo, &to_tell, refund).await;
                webhook::deliver(&zoo, &to_tell, 1).await;
                drop(underway);
            });
        }
        Some(WebhookWay::BeforeReply) | None => webhook::deliver_soon(zoo, to_tell, 1),
    }
}

async fn forge_opposite(zoo: &Zoo, to_tell: &ToTell, refund: Refund) {
    let (status, change) = match refund.status {
        Status::Failed | Status::Pending => (Status::Succeeded, Change::Settled),
        Status::Succeeded => (Status::Failed, Change::Failed),
    };
    let refund = Refund { status, ..refund };
    let id = format!("{}_forged", to_tell.webhook);
    let now = zoo.desk().now();
    if let Some(body) = shape::of(to_tell.personality).webhook(&id, now, &refund, change) {
        webhook::forge(zoo, to_tell.personality, &id, &body.to_string()).await;
    }
}
