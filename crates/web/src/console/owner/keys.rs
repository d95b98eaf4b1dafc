//! The keys of machines: what each may do, when it was used last, making one, and ending one.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{KEY_NAME_CHARS_MAX, PeopleError, Right, Roles};
use backhaul_language::words as w;
use backhaul_store::people::KeyRow;
use jiff::Timestamp;

use crate::Service;
use crate::console::sign_in::roles;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const KEYS: &str = "/desk/keys";

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManageKeys);
    vec![
        Page::get(KEYS, owner, show),
        Page::post("/desk/keys/add", owner, add),
        Page::post("/desk/keys/revoke", owner, revoke),
    ]
}

/// One key.
struct Row {
    id: String,
    name: String,
    roles: String,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

#[derive(askama::Template)]
#[template(path = "console/owner/keys.html")]
struct KeysPage {
    layout: Layout,
    faults: Faults,
    /// What was typed for a new one.
    name: String,
    roles: Vec<(&'static str, String, bool)>,
    good: Vec<Row>,
    ended: Vec<Row>,
}

#[derive(askama::Template)]
#[template(path = "console/owner/key_made.html")]
struct MadePage {
    layout: Layout,
    name: String,
    token: String,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    page(&service, &visit, Faults::default(), "", &[]).await
}

async fn page(
    service: &Service,
    visit: &Visit,
    faults: Faults,
    name: &str,
    asked: &[&str],
) -> Answer {
    let rows = service.app.keys().await?;
    let rows = rows.into_iter().rev().map(|row| shown(visit, row));
    let (good, ended) = rows.partition(|row| row.revoked_at.is_none());
    draw(&KeysPage {
        layout: Layout::of(visit, &w::keys_title(visit)),
        faults,
        name: name.to_owned(),
        roles: roles(visit, asked),
        good,
        ended,
    })
}

fn shown(visit: &Visit, row: KeyRow) -> Row {
    let has: Vec<_> = row.roles.split_whitespace().collect();
    let words = roles(visit, &has).into_iter().filter(|(_, _, has)| *has);
    let words: Vec<_> = words.map(|(_, word, _)| word).collect();
    Row {
        roles: words.join(&w::format_list_mark(visit)),
        id: row.id,
        name: row.name,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    }
}

async fn add(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let session = visit.session.as_ref().ok_or(PageFault::SignInFirst)?;
    // A key outlives the session that made it: a stolen one must not make any.
    if !service.app.is_proven(session) {
        return Err(PageFault::ProofNeeded);
    }
    let (name, asked) = (fields.text("name"), fields.all("role").collect::<Vec<_>>());
    let mut faults = Faults::default();
    let made = match Roles::parse(&asked.join(" ")) {
        Err(_) => {
            faults.add("role", w::staff_no_role(&visit));
            return page(&service, &visit, faults, name, &asked).await;
        }
        Ok(roles) => service.app.add_key(name, &roles).await,
    };
    match made {
        Ok(made) => draw(&MadePage {
            layout: Layout::of(&visit, &w::key_made_title(&visit)),
            name: name.to_owned(),
            token: made.token,
        }),
        Err(PeopleError::Name(_)) => {
            faults.add("name", w::staff_name_wrong(&visit, KEY_NAME_CHARS_MAX));
            page(&service, &visit, faults, name, &asked).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn revoke(State(service): State<Service>, fields: Fields) -> Answer {
    match service.app.revoke_key(fields.text("key")).await {
        // Sent twice it ends once.
        Ok(()) | Err(PeopleError::Unknown(_)) => {
            Ok(Redirect::to(&Notice::KeyEnded.at(KEYS)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        Layout { title: w::keys_title(&around).into_owned(), here: KEYS.to_owned(), ..around }
    };
    let moment = Timestamp::UNIX_EPOCH;
    let row = |name: &str, last_used_at, revoked_at| Row {
        id: "0a1b2c3d4e5f6071".to_owned(),
        name: name.to_owned(),
        roles: w::role_owner(around()).into_owned(),
        created_at: moment,
        last_used_at,
        revoked_at,
    };
    let page = |faults, name: &str, good, ended| KeysPage {
        layout: around(),
        faults,
        name: name.to_owned(),
        roles: roles(&around(), &["dock"]),
        good,
        ended,
    };
    let good = vec![
        row("warehouse", Some(moment), None),
        row("a machine whose name is as long as the name of a key may be", None, None),
    ];
    let ended = vec![row("old shop", Some(moment), Some(moment))];
    let mut faults = Faults::default();
    faults.add("name", w::staff_name_wrong(around(), KEY_NAME_CHARS_MAX));
    let made = MadePage {
        layout: around(),
        name: "warehouse".to_owned(),
        token: format!("bh_0a1b2c3d4e5f6071_{}", "0a".repeat(32)),
    };
    vec![
        sample("console-keys", &page(Faults::default(), "", good, ended)),
        sample("console-keys-empty", &page(Faults::default(), "", Vec::new(), Vec::new())),
        sample("console-keys-wrong", &page(faults, "key:x", Vec::new(), Vec::new())),
        sample("console-key-made", &made),
    ]
}
