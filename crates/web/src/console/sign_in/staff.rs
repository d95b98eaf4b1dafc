//! The staff: who is on it, what each may do, who is invited, who leaves; and what was done about signing in.

use std::borrow::Cow;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::sessions::Session;
use backhaul_app::sign_in::SignInError;
use backhaul_app::{Right, Role, Roles};
use backhaul_language::{Speaks, words as w};
use jiff::Timestamp;

use super::invitation::INVITATION;
use super::{prove_first, said};
use crate::Service;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const STAFF: &str = "/desk/staff";
const MANAGES: Reader = Reader::With(Right::ManageStaff);

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(STAFF, MANAGES, show),
        Page::post("/desk/staff/invite", MANAGES, invite),
        Page::post("/desk/staff/invite-again", MANAGES, invite_again),
        Page::post("/desk/staff/roles", MANAGES, set_roles),
        Page::post("/desk/staff/reset", MANAGES, reset),
        Page::post("/desk/staff/end-sessions", MANAGES, end_sessions),
        Page::post("/desk/staff/retire", MANAGES, retire),
    ]
}

/// One member of staff.
struct Member {
    name: String,
    roles: Vec<(&'static str, String, bool)>,
    role_words: String,
    created_at: Timestamp,
    is_active: bool,
    has_password: bool,
    is_self: bool,
}

/// Something that was done.
struct Done {
    at: Timestamp,
    staff: String,
    what: String,
    by: String,
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/staff.html")]
struct StaffPage {
    layout: Layout,
    faults: Faults,
    /// What was typed for somebody new.
    name: String,
    new_roles: Vec<(&'static str, String, bool)>,
    members: Vec<Member>,
    done: Vec<Done>,
}

#[derive(askama::Template)]
#[template(path = "console/sign_in/invited.html")]
struct InvitedPage {
    layout: Layout,
    name: String,
    link: String,
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
    let own = visit.staff_id().unwrap_or_default();
    let rows = service.app.staff().await?;
    let member = |row: backhaul_store::people::StaffRow| {
        let has: Vec<_> = row.roles.split_whitespace().collect();
        let roles = roles(visit, &has);
        let words: Vec<_> =
            roles.iter().filter(|(_, _, has)| *has).map(|(_, word, _)| word.as_str()).collect();
        Member {
            role_words: words.join(", "),
            roles,
            is_self: row.id == own,
            name: row.id,
            created_at: row.created_at,
            is_active: row.is_active,
            has_password: !row.password_hash.is_empty(),
        }
    };
    let events = service.app.sign_in_events().await?;
    let done = events.into_iter().map(|event| Done {
        at: event.at,
        what: what(visit, &event.kind).into_owned(),
        staff: event.staff,
        by: event.by,
    });
    draw(&StaffPage {
        layout: Layout::of(visit, &w::staff_title(visit)),
        faults,
        name: name.to_owned(),
        new_roles: roles(visit, asked),
        members: rows.into_iter().map(member).collect(),
        done: done.collect(),
    })
}

/// Every role, as a word and in the reader's, and whether it is among these.
pub(in crate::console) fn roles(
    language: impl Speaks + Copy,
    has: &[&str],
) -> Vec<(&'static str, String, bool)> {
    let shown = |role: &Role| {
        let word = match role {
            Role::Representative => w::role_representative(language),
            Role::Dock => w::role_dock(language),
            Role::Finance => w::role_finance(language),
            _ => w::role_owner(language),
        };
        (role.as_str(), word.into_owned(), has.contains(&role.as_str()))
    };
    Role::OF_STAFF.iter().map(shown).collect()
}

fn session(visit: &Visit) -> Result<&Session, PageFault> {
    visit.session.as_ref().ok_or(PageFault::SignInFirst)
}

async fn invite(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (name, asked) = (fields.text("name"), fields.all("role").collect::<Vec<_>>());
    let Ok(roles) = Roles::parse(&asked.join(" ")) else {
        let mut faults = Faults::default();
        faults.add("role", w::staff_no_role(&visit));
        return page(&service, &visit, faults, name, &asked).await;
    };
    let done = service.app.invite_staff(session(&visit)?, name, &roles).await;
    invited(&service, &visit, name, &asked, done).await
}

async fn invite_again(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let name = fields.text("name");
    let done = service.app.invite_again(session(&visit)?, name).await;
    invited(&service, &visit, name, &[], done).await
}

/// Shows the link, this once.
async fn invited(
    service: &Service,
    visit: &Visit,
    name: &str,
    asked: &[&str],
    done: Result<String, SignInError>,
) -> Answer {
    match done {
        Ok(token) => draw(&InvitedPage {
            layout: Layout::of(visit, &w::invited_title(visit)),
            name: name.to_owned(),
            link: format!("{}{INVITATION}{token}", visit.merchant.public_url),
        }),
        Err(SignInError::ProofNeeded) => Ok(prove_first(STAFF)),
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("name", said(visit, error)?);
            page(service, visit, faults, name, asked).await
        }
    }
}

async fn set_roles(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let asked: Vec<_> = fields.all("role").collect();
    let Ok(roles) = Roles::parse(&asked.join(" ")) else {
        let mut faults = Faults::default();
        faults.add("members", w::staff_no_role(&visit));
        return page(&service, &visit, faults, "", &[]).await;
    };
    let done = service.app.set_roles(session(&visit)?, fields.text("name"), &roles).await;
    ended(&service, &visit, done).await
}

async fn reset(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let done = service.app.reset_factors(session(&visit)?, fields.text("name")).await;
    ended(&service, &visit, done).await
}

async fn end_sessions(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let done = service.app.end_sessions_of(session(&visit)?, fields.text("name")).await;
    ended(&service, &visit, done).await
}

async fn retire(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let done = service.app.retire(session(&visit)?, fields.text("name")).await;
    ended(&service, &visit, done).await
}

async fn ended(service: &Service, visit: &Visit, done: Result<(), SignInError>) -> Answer {
    match done {
        Ok(()) => Ok(Redirect::to(&Notice::Saved.at(STAFF)).into_response()),
        Err(SignInError::ProofNeeded) => Ok(prove_first(STAFF)),
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("members", said(visit, error)?);
            page(service, visit, faults, "", &[]).await
        }
    }
}

/// What was done, in the reader's words.
fn what(language: impl Speaks + Copy, kind: &str) -> Cow<'static, str> {
    match kind {
        "signed_in" => w::event_signed_in(language),
        "signed_in_twice" => w::event_signed_in_twice(language),
        "recovery_code_used" => w::event_recovery_code_used(language),
        "signed_in_by_passkey" => w::event_signed_in_by_passkey(language),
        "signed_in_by_single_sign_on" => w::event_signed_in_by_single(language),
        "failed" => w::event_failed(language),
        "proved" => w::event_proved(language),
        "password_changed" => w::event_password_changed(language),
        "totp_added" => w::event_totp_added(language),
        "totp_removed" => w::event_totp_removed(language),
        "passkey_added" => w::event_passkey_added(language),
        "passkey_removed" => w::event_passkey_removed(language),
        "recovery_codes_made" => w::event_recovery_codes_made(language),
        "sessions_ended" => w::event_sessions_ended(language),
        "roles_set" => w::event_roles_set(language),
        "invited" => w::event_invited(language),
        "invitation_used" => w::event_invitation_used(language),
        "factors_reset" => w::event_factors_reset(language),
        "linked" => w::event_linked(language),
        "retired" => w::event_retired(language),
        other => other.to_owned().into(),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let language = layout("").language;
    let member = |name: &str, has: &[&str], is_active, is_self| Member {
        name: name.to_owned(),
        roles: roles(language, has),
        role_words: has.join(", "),
        created_at: Timestamp::UNIX_EPOCH,
        is_active,
        has_password: is_self,
        is_self,
    };
    let done = |kind: &str, by: &str| Done {
        at: Timestamp::UNIX_EPOCH,
        staff: "grace".to_owned(),
        what: what(language, kind).into_owned(),
        by: by.to_owned(),
    };
    let page = StaffPage {
        layout: layout("Staff"),
        faults: Faults::default(),
        name: String::new(),
        new_roles: roles(language, &[]),
        members: vec![
            member("ada", &["owner"], true, true),
            member("grace", &["representative", "dock"], true, false),
            member("joan", &["finance"], false, false),
        ],
        done: vec![done("invited", "ada"), done("failed", "")],
    };
    let invited = InvitedPage {
        layout: layout("Invitation"),
        name: "grace".to_owned(),
        link: format!("https://returns.shop.example{INVITATION}{}", "0a".repeat(32)),
    };
    vec![sample("console-staff", &page), sample("console-staff-invited", &invited)]
}

#[cfg(test)]
mod tests {
    use backhaul_app::sign_in::SignInEventKind;
    use backhaul_language::Language;

    use super::what;

    #[test]
    fn every_kind_of_event_has_its_words() {
        for kind in SignInEventKind::ALL {
            for language in Language::all() {
                assert_ne!(what(language, kind.as_str()), kind.as_str());
            }
        }
    }
}
