//! The merchant's own sign-in (`OpenID` Connect), over a port: what an adapter finds out of a visitor, and who that is here.
//!
//! A visitor is a member of staff by a link alone, never by a name that the other side chose: a link is made by the first sign-in
//! where the settings let it make staff, or by a member of staff who is signed in.

use std::collections::BTreeMap;

use backhaul_store::Tx;
use backhaul_store::people::{self, StaffRow};
use backhaul_store::sign_in::identities;
use jiff::Timestamp;
use serde_json::Value;

use super::audit::{self, SignInEventKind};
use super::second::ways;
use super::steps::{NewStep, STEP_LASTS, StepKind, take};
use super::{Caller, SignInError};
use crate::App;
use crate::keys::well_named;
use crate::right::Roles;
use crate::sessions::Session;

/// What a visitor is said to be, by name.
pub type Claims = serde_json::Map<String, Value>;

/// How it is said that the other side asked for more than a password (RFC 8176).
const SEVERAL_FACTORS: &str = "mfa";

/// The port to the merchant's own sign-in. Its calls block.
pub trait SingleSignOn: Send + Sync {
    /// Where a browser goes to sign in, and what is kept of that.
    ///
    /// # Errors
    /// [`SingleSignOnError::Unavailable`].
    fn begin(&self) -> Result<Visit, SingleSignOnError>;

    /// Who came back with that code.
    ///
    /// # Errors
    /// [`SingleSignOnError`].
    fn finish(&self, kept: &str, code: &str) -> Result<Visitor, SingleSignOnError>;
}

/// A visit to the merchant's own sign-in that begins.
#[derive(Clone, PartialEq, Eq)]
pub struct Visit {
    /// Where the browser goes.
    pub address: String,
    /// What it comes back with: chance.
    pub state: String,
    /// What [`SingleSignOn::finish`] is given again, for nobody else's eyes.
    pub kept: String,
}

/// Who came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who says so.
    pub issuer: String,
    /// Who it is there, for ever.
    pub subject: String,
    /// What else is said.
    pub claims: Claims,
}

/// Who may come in by the merchant's own sign-in, and as what.
#[derive(Clone, Debug, Default)]
pub struct SingleSignOnRules {
    /// The claim with the name for a new member of staff.
    pub name_claim: String,
    /// The claim with groups or roles.
    pub roles_claim: String,
    /// What each value of it makes somebody here. Where there is none, roles are given here alone.
    pub roles: BTreeMap<String, Roles>,
    /// The domains of mail addresses that may come in; any, where there is none.
    pub allowed_domains: Vec<String>,
    /// Whether the first sign-in of a stranger makes a member of staff.
    pub creates_staff: bool,
}

/// Why nobody came in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SingleSignOnError {
    /// There is none.
    #[error("single sign-on is not set up here")]
    NotSetUp,
    /// It does not answer, or not as it should.
    #[error("the single sign-on does not answer as it should: {0}")]
    Unavailable(String),
    /// What came back is not what was asked for.
    #[error("the single sign-on's answer cannot be trusted: {0}")]
    Untrusted(String),
    /// Somebody whom the settings do not let in.
    #[error("this account may not come in here")]
    NotAllowed,
    /// Somebody whom nothing links to a member of staff.
    #[error("this account is linked to no member of staff")]
    NotLinked,
}

impl SingleSignOnRules {
    fn allows(&self, claims: &Claims) -> bool {
        if self.allowed_domains.is_empty() {
            return true;
        }
        let is_verified = claims
            .get("email_verified")
            .is_some_and(|value| value.as_bool() == Some(true) || value.as_str() == Some("true"));
        let email = claims.get("email").and_then(Value::as_str).unwrap_or_default();
        let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        is_verified
            && domain.is_some_and(|domain| {
                self.allowed_domains.iter().any(|allowed| allowed.to_lowercase() == domain)
            })
    }

    /// The roles that the claims give; nothing where the settings leave roles to the desk.
    fn roles(&self, claims: &Claims) -> Result<Option<Roles>, SingleSignOnError> {
        if self.roles.is_empty() {
            return Ok(None);
        }
        let values: Vec<&str> = match claims.get(&self.roles_claim) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let words: Vec<_> = values
            .iter()
            .filter_map(|value| self.roles.get(*value))
            .map(Roles::to_string)
            .collect();
        Roles::parse(&words.join(" ")).map(Some).map_err(|_| SingleSignOnError::NotAllowed)
    }
}

impl App {
    /// Keeps what is to be kept of a visit that begins; of a member of staff who is signed in, it is to link them.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn begin_visit(
        &self,
        visit: &Visit,
        session: Option<&Session>,
    ) -> Result<(), SignInError> {
        let staff = session.map(|session| self.require_proof(session)).transpose()?;
        let (staff, kept) = (staff.unwrap_or_default(), visit.kept.clone());
        let now = self.clock.now();
        let mut new = NewStep::new(StepKind::SingleSignOn, &staff, kept, STEP_LASTS, now)?;
        new.row.token_hash = backhaul_store::Hash::of_text(&visit.state).to_string();
        self.store.write(move |tx| NewStep::begin(tx, &new.row, now)).await
    }

    /// What was kept of a visit, which is over by that, and whom it is to link.
    ///
    /// # Errors
    /// [`SignInError::Over`] where there is no such visit.
    pub async fn end_visit(&self, state: &str) -> Result<(String, Option<String>), SignInError> {
        let (state, now) = (state.to_owned(), self.clock.now());
        let step =
            self.store.write(move |tx| take(tx, StepKind::SingleSignOn, &state, now)).await?;
        Ok((step.state, Some(step.staff).filter(|staff| !staff.is_empty())))
    }

    /// Signs in whoever came back; returns the token of the session.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in_visitor(
        &self,
        visitor: Visitor,
        links: Option<String>,
        caller: &Caller,
    ) -> Result<String, SignInError> {
        let rules = self.sign_in.single_sign_on.clone().ok_or(SingleSignOnError::NotSetUp)?;
        if !rules.allows(&visitor.claims) {
            return Err(SingleSignOnError::NotAllowed.into());
        }
        let given = rules.roles(&visitor.claims)?;
        let now = self.clock.now();
        let new = self.new_session("", caller, now)?;
        let done = self.store.write(move |tx| -> Result<String, SignInError> {
            let arrival = Arrival { visitor: &visitor, roles: given.as_ref(), rules: &rules, now };
            let staff = arrival.staff(tx, links.as_deref())?;
            let row = people::staff(tx, &staff)?.filter(|row| row.is_active);
            let row = row.ok_or(SingleSignOnError::NotAllowed)?;
            arrival.set_roles(tx, &row)?;
            let has_second = !ways(tx, &staff)?.is_none();
            let several = asked_for_several(&visitor.claims);
            let mut session = new.clone();
            session.row.subject = staff;
            session.row.is_twice = several && has_second;
            if has_second && !several {
                session.row.strong_at = Timestamp::UNIX_EPOCH;
            }
            session.begin(tx, SignInEventKind::SignedInBySingleSignOn, now)?;
            Ok(session.token.clone())
        });
        done.await
    }
}

fn asked_for_several(claims: &Claims) -> bool {
    let methods = claims.get("amr").and_then(Value::as_array);
    methods.is_some_and(|methods| methods.iter().any(|method| method == SEVERAL_FACTORS))
}

/// A visitor who arrives.
struct Arrival<'a> {
    visitor: &'a Visitor,
    roles: Option<&'a Roles>,
    rules: &'a SingleSignOnRules,
    now: Timestamp,
}

impl Arrival<'_> {
    /// The member of staff who that is: by the link, by the link that is made now, or as somebody new.
    fn staff(&self, tx: &mut dyn Tx, links: Option<&str>) -> Result<String, SignInError> {
        let Visitor { issuer, subject, claims } = self.visitor;
        let linked = identities::staff(tx, issuer, subject)?;
        if let Some(asked) = links {
            match linked {
                Some(known) if known == asked => return Ok(known),
                Some(_) => return Err(SingleSignOnError::NotAllowed.into()),
                None => {
                    self.link(tx, asked)?;
                    return Ok(asked.to_owned());
                }
            }
        }
        if let Some(known) = linked {
            return Ok(known);
        }
        let Some(roles) = self.roles.filter(|_| self.rules.creates_staff) else {
            return Err(SingleSignOnError::NotLinked.into());
        };
        let name = claims.get(&self.rules.name_claim).and_then(Value::as_str).unwrap_or_default();
        let name = well_named(name).map_err(|_| SingleSignOnError::NotLinked)?;
        if people::staff(tx, name)?.is_some() {
            return Err(SingleSignOnError::NotLinked.into());
        }
        people::put_staff(
            tx,
            &StaffRow {
                id: name.to_owned(),
                roles: roles.to_string(),
                password_hash: String::new(),
                created_at: self.now,
                is_active: true,
            },
        )?;
        audit::note(tx, SignInEventKind::RolesSet, name, self.now)?;
        self.link(tx, name)?;
        Ok(name.to_owned())
    }

    fn link(&self, tx: &mut dyn Tx, staff: &str) -> Result<(), SignInError> {
        let Visitor { issuer, subject, .. } = self.visitor;
        if !identities::link(tx, issuer, subject, staff, self.now)? {
            return Err(SingleSignOnError::NotAllowed.into());
        }
        audit::note(tx, SignInEventKind::Linked, staff, self.now)
    }

    /// Gives the roles that the other side says, where it has a say.
    fn set_roles(&self, tx: &mut dyn Tx, row: &StaffRow) -> Result<(), SignInError> {
        let Some(roles) = self.roles.map(Roles::to_string).filter(|roles| *roles != row.roles)
        else {
            return Ok(());
        };
        people::put_staff(tx, &StaffRow { roles, ..row.clone() })?;
        audit::note(tx, SignInEventKind::RolesSet, &row.id, self.now)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Claims, SingleSignOnRules, asked_for_several};
    use crate::right::Roles;

    #[expect(clippy::needless_pass_by_value, reason = "a literal stands in each call")]
    fn claims(value: serde_json::Value) -> Claims {
        value.as_object().unwrap().clone()
    }

    fn rules() -> SingleSignOnRules {
        let roles = [("desk", "representative"), ("money", "finance"), ("boss", "owner")];
        SingleSignOnRules {
            name_claim: "preferred_username".to_owned(),
            roles_claim: "groups".to_owned(),
            roles: roles.map(|(of, are)| (of.to_owned(), Roles::parse(are).unwrap())).into(),
            allowed_domains: vec!["Shop.example".to_owned()],
            creates_staff: true,
        }
    }

    #[test]
    fn only_a_verified_address_of_an_allowed_domain_comes_in() {
        for (email, verified, comes_in) in [
            ("anna@shop.example", json!(true), true),
            ("anna@SHOP.example", json!("true"), true),
            ("anna@shop.example", json!(false), false),
            ("anna@other.example", json!(true), false),
            ("anna@shop.example@other.example", json!(true), false),
            ("shop.example", json!(true), false),
        ] {
            let said = claims(json!({"email": email, "email_verified": verified}));
            assert_eq!(rules().allows(&said), comes_in, "{email} {verified}");
        }
        assert!(!rules().allows(&claims(json!({"email": "anna@shop.example"}))));
    }

    #[test]
    fn groups_become_roles_and_who_has_none_does_not_come_in() {
        let roles = |groups| rules().roles(&claims(json!({"groups": groups})));
        assert_eq!(
            roles(json!(["desk", "money", "other"])).unwrap().unwrap().to_string(),
            "representative finance"
        );
        assert_eq!(roles(json!("boss")).unwrap().unwrap().to_string(), "owner");
        assert!(roles(json!(["other"])).is_err() && roles(json!(7)).is_err());
        let silent = SingleSignOnRules::default();
        assert!(silent.roles(&claims(json!({}))).unwrap().is_none());
    }

    #[test]
    fn more_than_a_password_is_believed_where_it_is_said() {
        assert!(asked_for_several(&claims(json!({"amr": ["pwd", "mfa"]}))));
        assert!(!asked_for_several(&claims(json!({"amr": ["pwd"]}))));
        assert!(!asked_for_several(&claims(json!({}))));
    }
}
