//! Who may ask: the keys of machines, and staff.

use axum::Json;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use backhaul_app::{PeopleError, Right, Role, Roles};
use backhaul_store::people::{KeyRow, StaffRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;
use crate::caller::Caller;
use crate::operation::{self, Access, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath};

pub(crate) fn operations() -> Vec<Operation> {
    let keys = Access::Right(Right::ManageKeys);
    let staff = Access::Right(Right::ManageStaff);
    vec![
        Operation::new(
            Method::GET,
            "/me",
            "read_me",
            "Whose key this is.",
            Access::Right(Right::Read),
            me,
        )
        .answers::<Me>(200, "You."),
        Operation::new(Method::GET, "/keys", "list_keys", "The keys of machines.", keys, list_keys)
            .answers::<Keys>(200, "The keys, without their secrets."),
        Operation::new(
            Method::POST,
            "/keys",
            "add_key",
            "Make a key for a machine.",
            keys,
            add_key,
        )
        .takes::<NewKey>()
        .answers::<KeyMade>(201, "The key. It is shown this once."),
        Operation::new(Method::DELETE, "/keys/{key}", "end_key", "End a key.", keys, end_key)
            .path("key", 16, "^[0-9a-f]{16}$", "The key's id.")
            .answers_nothing(204, "The key is good no more."),
        Operation::new(Method::GET, "/staff", "list_staff", "The staff.", staff, list_staff)
            .answers::<Staff>(200, "The staff."),
        Operation::new(
            Method::PUT,
            "/staff/{name}",
            "put_staff",
            "Add a member of staff, or change roles and password.",
            staff,
            put_staff,
        )
        .path(
            "name",
            backhaul_app::KEY_NAME_CHARS_MAX,
            operation::NAME,
            "The name that events remember.",
        )
        .takes::<StaffMember>()
        .answers_nothing(204, "Done."),
        Operation::new(
            Method::DELETE,
            "/staff/{name}",
            "retire_staff",
            "End a member of staff's access. What was done in that name stays on record.",
            staff,
            retire_staff,
        )
        .path("name", backhaul_app::KEY_NAME_CHARS_MAX, operation::NAME, "The name.")
        .answers_nothing(204, "Done."),
    ]
}

/// A role of staff.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RoleWord {
    /// Guides returns.
    Representative,
    /// Receives and inspects.
    Dock,
    /// Pays back.
    Finance,
    /// Sets the policy, and may do everything that staff may.
    Owner,
}

impl RoleWord {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Representative => Role::Representative.as_str(),
            Self::Dock => Role::Dock.as_str(),
            Self::Finance => Role::Finance.as_str(),
            Self::Owner => Role::Owner.as_str(),
        }
    }
}

fn roles(words: &[RoleWord]) -> Result<Roles, Problem> {
    let words: Vec<_> = words.iter().map(|word| word.as_str()).collect();
    let none = |_| Problem::new(ProblemCode::MalformedBody, "give at least one role").at("/roles");
    Roles::parse(&words.join(" ")).map_err(none)
}

/// You.
#[derive(Serialize, ToSchema)]
struct Me {
    /// The roles, parted by blanks.
    roles: String,
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// What it is for; the ledger remembers the machine by it.
    #[schema(
        min_length = 1,
        max_length = 60,
        pattern = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"
    )]
    name: String,
    /// What it may do; at least one.
    #[schema(min_items = 1)]
    roles: Vec<RoleWord>,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
struct KeyMade {
    /// Its id in lists.
    key: String,
    /// All of it. It is not kept, and cannot be shown again.
    token: String,
}

/// The keys of machines.
#[derive(Serialize, ToSchema)]
struct Keys {
    /// The newest last.
    keys: Vec<KeyShown>,
}

/// A key.
#[derive(Serialize, ToSchema)]
struct KeyShown {
    /// Its id.
    key: String,
    /// What it is for.
    name: String,
    /// What it may do, parted by blanks.
    roles: String,
    /// When it was made.
    created_at: Timestamp,
    /// When it was ended.
    revoked_at: Option<Timestamp>,
}

/// The staff.
#[derive(Serialize, ToSchema)]
struct Staff {
    /// By name.
    staff: Vec<StaffShown>,
}

/// A member of staff.
#[derive(Serialize, ToSchema)]
struct StaffShown {
    /// The name that events remember.
    name: String,
    /// The roles, parted by blanks.
    roles: String,
    /// When the person was added.
    created_at: Timestamp,
    /// Whether the person may sign in.
    is_active: bool,
}

/// A member of staff to be added or changed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StaffMember {
    /// What the person may do; at least one.
    #[schema(min_items = 1)]
    roles: Vec<RoleWord>,
    /// A new password; what it was, where it is left out.
    #[serde(default)]
    #[schema(min_length = 12, max_length = 200)]
    password: Option<String>,
}

async fn me(caller: Caller) -> Json<Me> {
    Json(Me { roles: caller.0.who.roles.to_string() })
}

async fn list_keys(State(service): State<Service>) -> Result<Json<Keys>, Problem> {
    let show = |row: KeyRow| KeyShown {
        key: row.id,
        name: row.name,
        roles: row.roles,
        created_at: row.created_at,
        revoked_at: row.revoked_at,
    };
    Ok(Json(Keys { keys: service.app.keys().await?.into_iter().map(show).collect() }))
}

async fn add_key(State(service): State<Service>, body: Body<NewKey>) -> Result<Response, Problem> {
    let NewKey { name, roles: words } = body.read;
    let made = service.app.add_key(&name, &roles(&words)?).await?;
    let shown = KeyMade { key: made.id, token: made.token };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

async fn end_key(
    State(service): State<Service>,
    InPath(key): InPath<String>,
) -> Result<StatusCode, Problem> {
    match service.app.revoke_key(&key).await {
        Err(PeopleError::Unknown(_)) => Err(Problem::plain(ProblemCode::KeyUnknown)),
        done => Ok(done.map(|()| StatusCode::NO_CONTENT)?),
    }
}

async fn list_staff(State(service): State<Service>) -> Result<Json<Staff>, Problem> {
    let show = |row: StaffRow| StaffShown {
        name: row.id,
        roles: row.roles,
        created_at: row.created_at,
        is_active: row.is_active,
    };
    Ok(Json(Staff { staff: service.app.staff().await?.into_iter().map(show).collect() }))
}

async fn put_staff(
    State(service): State<Service>,
    InPath(name): InPath<String>,
    body: Body<StaffMember>,
) -> Result<StatusCode, Problem> {
    let StaffMember { roles: words, password } = body.read;
    service.app.put_staff(&name, &roles(&words)?, password.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn retire_staff(
    State(service): State<Service>,
    InPath(name): InPath<String>,
) -> Result<StatusCode, Problem> {
    match service.app.retire_staff(&name).await {
        Err(PeopleError::Unknown(_)) => Err(Problem::plain(ProblemCode::StaffUnknown)),
        done => Ok(done.map(|()| StatusCode::NO_CONTENT)?),
    }
}
