//! A member of staff's own account: password, authenticator app, passkeys, recovery codes, sessions.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::sessions::Session;
use backhaul_app::sign_in::{Account, NewTotp, PasskeyShown, SignInError, session_name};
use backhaul_language::words as w;
use backhaul_store::sessions::{SessionKind, SessionRow};
use jiff::Timestamp;

use super::{From, passkeys, prove_first, said};
use crate::Service;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(super) const ACCOUNT: &str = "/desk/account";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(ACCOUNT, Reader::Staff, show),
        Page::post("/desk/account/password", Reader::Staff, change_password),
        Page::post("/desk/account/totp", Reader::Staff, begin_totp),
        Page::post("/desk/account/totp/add", Reader::Staff, add_totp),
        Page::post("/desk/account/totp/remove", Reader::Staff, remove_totp),
        Page::post("/desk/account/recovery-codes", Reader::Staff, make_codes),
        Page::post("/desk/account/passkeys/ask", Reader::Staff, ask_for_passkey),
        Page::post("/desk/account/passkeys", Reader::Staff, add_passkey),
        Page::post("/desk/account/passkeys/remove", Reader::Staff, remove_passkey),
        Page::post("/desk/account/sessions/end", Reader::Staff, end_session),
        Page::post("/desk/account/sessions/end-others", Reader::Staff, end_others),
    ]
}

/// One of the own sessions.
struct SessionShown {
    name: String,
    agent: String,
    created_at: Timestamp,
    seen_at: Timestamp,
    is_this: bool,
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/account.html")]
struct AccountPage {
    layout: Layout,
    faults: Faults,
    account: Account,
    sessions: Vec<SessionShown>,
    /// Whether passkeys can be made for the desk's address.
    has_passkeys: bool,
    has_single: bool,
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/totp.html")]
struct TotpPage {
    layout: Layout,
    faults: Faults,
    new: NewTotp,
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/recovery_codes.html")]
struct CodesPage {
    layout: Layout,
    codes: Vec<String>,
}

fn session(visit: &Visit) -> Result<&Session, PageFault> {
    visit.session.as_ref().ok_or(PageFault::SignInFirst)
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    page(&service, &visit, Faults::default()).await
}

async fn page(service: &Service, visit: &Visit, faults: Faults) -> Answer {
    let session = session(visit)?;
    let account = match service.app.account(session).await {
        Ok(account) => account,
        Err(error) => return Err(PageFault::Said(said(visit, error)?)),
    };
    let shown = |row: &SessionRow| SessionShown {
        name: session_name(row),
        agent: row.agent.clone(),
        created_at: row.created_at,
        seen_at: row.seen_at,
        is_this: row.token_hash == session.token_hash,
    };
    draw(&AccountPage {
        layout: Layout::of(visit, &w::account_title(visit)),
        faults,
        sessions: account.sessions.iter().map(shown).collect(),
        account,
        has_passkeys: service.app.relying_party().is_some(),
        has_single: service.app.single_sign_on().is_some(),
    })
}

/// What came of a form of this page: back to it, to the proof, or the page with what went wrong beside that field.
async fn ended(
    service: &Service,
    visit: &Visit,
    field: &str,
    done: Result<(), SignInError>,
) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&Notice::Saved.at(ACCOUNT)).into_response()),
        Err(SignInError::ProofNeeded) => Ok(prove_first(ACCOUNT)),
        Err(error) => {
            let mut faults = Faults::default();
            faults.add(field, said(visit, error)?);
            page(service, visit, faults).await
        }
    }
}

/// Shows recovery codes, this once; or goes back where there are none to show.
async fn codes(
    service: &Service,
    visit: &Visit,
    field: &str,
    done: Result<Vec<String>, SignInError>,
) -> Answer {
    match done {
        Ok(codes) if !codes.is_empty() => {
            draw(&CodesPage { layout: Layout::of(visit, &w::codes_title(visit)), codes })
        }
        done => ended(service, visit, field, done.map(drop)).await,
    }
}

async fn change_password(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    fields: Fields,
) -> Answer {
    let (old, new) = (fields.exact("old"), fields.exact("new"));
    let done = service.app.change_password(session(&visit)?, old, new, &caller).await;
    if let Err(SignInError::Wrong) = done {
        let mut faults = Faults::default();
        faults.add("old", w::password_old_wrong(&visit));
        return page(&service, &visit, faults).await;
    }
    ended(&service, &visit, "new", done).await
}

async fn begin_totp(State(service): State<Service>, visit: Visit) -> Answer {
    match service.app.begin_totp(session(&visit)?).await {
        Ok(new) => totp_page(&visit, Faults::default(), new),
        Err(error) => ended(&service, &visit, "totp", Err(error)).await,
    }
}

fn totp_page(visit: &Visit, faults: Faults, new: NewTotp) -> Answer {
    draw(&TotpPage { layout: Layout::of(visit, &w::totp_title(visit)), faults, new })
}

async fn add_totp(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let session = session(&visit)?;
    let token = fields.text("token");
    match service.app.add_totp(session, token, fields.text("code")).await {
        Err(SignInError::Wrong) => {
            let new = service.app.totp_in_the_making(session, token).await;
            match new {
                Ok(new) => {
                    let mut faults = Faults::default();
                    faults.add("code", w::totp_wrong(&visit));
                    totp_page(&visit, faults, new)
                }
                Err(error) => ended(&service, &visit, "totp", Err(error)).await,
            }
        }
        done => codes(&service, &visit, "totp", done).await,
    }
}

async fn remove_totp(State(service): State<Service>, visit: Visit) -> Answer {
    let done = service.app.remove_totp(session(&visit)?).await;
    ended(&service, &visit, "totp", done).await
}

async fn make_codes(State(service): State<Service>, visit: Visit) -> Answer {
    let done = service.app.make_recovery_codes(session(&visit)?).await;
    codes(&service, &visit, "codes", done).await
}

async fn ask_for_passkey(State(service): State<Service>, visit: Visit) -> Answer {
    match service.app.begin_passkey(session(&visit)?).await {
        Ok(ceremony) => Ok(passkeys::shown(&ceremony)),
        Err(SignInError::ProofNeeded) => Err(PageFault::Forbidden),
        Err(error) => Err(PageFault::Said(said(&visit, error)?)),
    }
}

async fn add_passkey(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    let session = session(&visit)?;
    if answer.is_empty() {
        // The script could not ask: most often since the proof is too long ago.
        let is_proven = service.app.is_proven(session);
        let why = if is_proven { SignInError::Wrong } else { SignInError::ProofNeeded };
        return ended(&service, &visit, "passkey-name", Err(why)).await;
    }
    let done = service.app.add_passkey(session, ceremony, answer, fields.text("name")).await;
    codes(&service, &visit, "passkey-name", done).await
}

async fn remove_passkey(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let done = service.app.remove_passkey(session(&visit)?, fields.text("passkey")).await;
    ended(&service, &visit, "passkey-name", done).await
}

async fn end_session(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let done = service.app.end_own_session(session(&visit)?, fields.text("session")).await;
    ended(&service, &visit, "sessions", done).await
}

async fn end_others(State(service): State<Service>, visit: Visit) -> Answer {
    let done = service.app.end_other_sessions(session(&visit)?).await;
    ended(&service, &visit, "sessions", done).await
}

fn sample_account(is_full: bool) -> Account {
    let at = Timestamp::UNIX_EPOCH;
    let passkey = |name: &str, used_at| PasskeyShown {
        short: "0123456789abcdef".to_owned(),
        name: name.to_owned(),
        created_at: at,
        used_at,
    };
    let row = |agent: &str| SessionRow {
        token_hash: "0123456789abcdef".to_owned(),
        kind: SessionKind::Staff,
        subject: "ada".to_owned(),
        created_at: at,
        seen_at: at,
        expires_at: at,
        strong_at: at,
        is_twice: false,
        agent: agent.to_owned(),
    };
    let passkeys =
        if is_full { vec![passkey("Laptop", Some(at)), passkey("", None)] } else { Vec::new() };
    Account {
        name: "ada".to_owned(),
        has_password: true,
        has_totp: is_full,
        is_linked: is_full,
        passkeys,
        recovery_codes: if is_full { 8 } else { 0 },
        sessions: vec![row("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0"), row("")],
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |faults, is_full| {
        let account = sample_account(is_full);
        let mut is_this = true;
        let shown = |row: &SessionRow| SessionShown {
            name: session_name(row),
            agent: row.agent.clone(),
            created_at: row.created_at,
            seen_at: row.seen_at,
            is_this: std::mem::take(&mut is_this),
        };
        let sessions = account.sessions.iter().map(shown).collect();
        let (has_passkeys, has_single) = (true, true);
        AccountPage {
            layout: layout("Account"),
            faults,
            account,
            sessions,
            has_passkeys,
            has_single,
        }
    };
    let mut wrong = Faults::default();
    wrong.add("new", w::password_guessable(layout("")));
    let new = NewTotp {
        token: "token".to_owned(),
        secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".to_owned(),
        qr_svg: "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"240\" height=\"240\"></svg>"
            .to_owned(),
    };
    let totp = TotpPage { layout: layout("Authenticator app"), faults: Faults::default(), new };
    let codes = vec!["abcd-efgh-ijkm-npqr".to_owned(); 10];
    vec![
        sample("console-account", &page(Faults::default(), true)),
        sample("console-account-bare", &page(wrong, false)),
        sample("console-account-totp", &totp),
        sample("console-account-codes", &CodesPage { layout: layout("Recovery codes"), codes }),
    ]
}
