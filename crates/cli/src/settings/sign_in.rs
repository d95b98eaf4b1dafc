//! What the settings say of how staff sign in, and of how much one person may let go.

use std::collections::BTreeMap;
use std::path::PathBuf;

use backhaul_app::Roles;
use backhaul_app::sign_in::{SignInSettings, SingleSignOnRules};
use backhaul_core::money::Currency;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{Bounded, Secret, WebUrl};

/// How staff sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SignIn {
    /// How long a session lasts without use.
    pub(crate) idle_minutes: Bounded<5, 1_440>,
    /// How long it lasts at most.
    pub(crate) lasts_hours: Bounded<1, 168>,
    /// Whether a proxy stands before the server, which says from where requests come.
    pub(crate) behind_proxy: bool,
    /// Above how much a refund or a file for the bank needs a proof of who lets it go.
    pub(crate) step_up_above: Option<Amounts>,
    /// Above how much of an order one person of finance alone is not enough.
    pub(crate) four_eyes_above: Option<Amounts>,
    /// The merchant's own sign-in.
    pub(crate) oidc: Oidc,
}

/// The merchant's own sign-in, by `OpenID` Connect.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Oidc {
    /// Who it is; nothing of it is there without.
    pub(crate) issuer: Option<WebUrl>,
    /// The name of the desk there.
    pub(crate) client_id: Option<String>,
    /// What the desk shows there.
    pub(crate) client_secret: Option<Secret>,
    /// A file with that secret.
    pub(crate) client_secret_file: Option<PathBuf>,
    /// The claim with the name for a new member of staff.
    pub(crate) name_claim: String,
    /// The claim with groups or roles.
    pub(crate) roles_claim: String,
    /// What each value of it makes somebody here.
    pub(crate) roles: Option<RoleMap>,
    /// The domains of mail addresses that may come in.
    pub(crate) allowed_domains: Option<String>,
    /// Whether the first sign-in of a stranger makes a member of staff.
    pub(crate) creates_staff: bool,
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            idle_minutes: Bounded::new(120),
            lasts_hours: Bounded::new(12),
            behind_proxy: false,
            step_up_above: None,
            four_eyes_above: None,
            oidc: Oidc::default(),
        }
    }
}

impl Default for Oidc {
    fn default() -> Self {
        Self {
            issuer: None,
            client_id: None,
            client_secret: None,
            client_secret_file: None,
            name_claim: "preferred_username".to_owned(),
            roles_claim: "groups".to_owned(),
            roles: None,
            allowed_domains: None,
            creates_staff: false,
        }
    }
}

impl SignIn {
    /// What the desk goes by.
    pub(crate) fn read(&self) -> SignInSettings {
        let amounts = |amounts: &Option<Amounts>| {
            amounts.as_ref().map(|amounts| amounts.0.clone()).unwrap_or_default()
        };
        let long = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        SignInSettings {
            idle: SignedDuration::from_mins(long(self.idle_minutes.get())),
            lasts: SignedDuration::from_hours(long(self.lasts_hours.get())),
            is_behind_proxy: self.behind_proxy,
            step_up_above: amounts(&self.step_up_above),
            four_eyes_above: amounts(&self.four_eyes_above),
            single_sign_on: self.oidc.issuer.as_ref().map(|_| self.oidc.rules()),
        }
    }
}

impl Oidc {
    fn rules(&self) -> SingleSignOnRules {
        let domains = self.allowed_domains.as_deref().unwrap_or_default().split([',', ' ']);
        let domains = domains.map(str::trim).filter(|domain| !domain.is_empty());
        SingleSignOnRules {
            name_claim: self.name_claim.clone(),
            roles_claim: self.roles_claim.clone(),
            roles: self.roles.as_ref().map(|roles| roles.0.clone()).unwrap_or_default(),
            allowed_domains: domains.map(str::to_owned).collect(),
            creates_staff: self.creates_staff,
        }
    }

    /// What does not fit: at which setting, and why.
    pub(super) fn misfit(&self) -> Option<(&'static str, &'static str)> {
        let Some(issuer) = &self.issuer else {
            let is_alone = self.client_id.is_some() || self.roles.is_some() || self.creates_staff;
            return is_alone.then_some((
                "sign_in.oidc",
                "this is of no use without `sign_in.oidc.issuer`: set it too",
            ));
        };
        if !issuer.is_encrypted() && !issuer.is_local() {
            return Some((
                "sign_in.oidc.issuer",
                "who signs in there would be told to everybody: use `https`",
            ));
        }
        if self.client_id.is_none() {
            return Some(("sign_in.oidc.client_id", "the desk has a name there: set it too"));
        }
        if self.creates_staff && self.roles.is_none() {
            let why =
                "whoever is made a member of staff has a role: say which, in `sign_in.oidc.roles`";
            return Some(("sign_in.oidc.creates_staff", why));
        }
        None
    }
}

/// Whole minor units by currency, as a text: `EUR 50000, USD 60000`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Amounts(BTreeMap<Currency, i64>);

impl TryFrom<String> for Amounts {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |part: &str| {
            format!(
                "`{part}` is not allowed: a currency and whole minor units, such as `EUR 50000, USD 60000`"
            )
        };
        let mut amounts = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            let (currency, minor) = part.split_once(' ').ok_or_else(|| wrong(part))?;
            let currency = Currency::parse(currency).map_err(|_| wrong(part))?;
            let minor: i64 = minor.trim().parse().map_err(|_| wrong(part))?;
            if minor < 0 || amounts.insert(currency, minor).is_some() {
                return Err(wrong(part));
            }
        }
        Ok(Self(amounts))
    }
}

impl From<Amounts> for String {
    fn from(Amounts(amounts): Amounts) -> Self {
        let parts = amounts.iter().map(|(currency, minor)| format!("{} {minor}", currency.code()));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// What groups elsewhere make somebody here, as a text: `returns-desk = representative, treasury = finance`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RoleMap(BTreeMap<String, Roles>);

impl TryFrom<String> for RoleMap {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = |part: &str| {
            format!(
                "`{part}` is not allowed: groups and roles, such as `returns-desk = representative, treasury = finance`"
            )
        };
        let mut map = BTreeMap::new();
        for part in text.split(',').map(str::trim) {
            let (group, roles) = part.split_once('=').ok_or_else(|| wrong(part))?;
            let roles = Roles::parse(roles).map_err(|_| wrong(part))?;
            if group.trim().is_empty() || map.insert(group.trim().to_owned(), roles).is_some() {
                return Err(wrong(part));
            }
        }
        Ok(Self(map))
    }
}

impl From<RoleMap> for String {
    fn from(RoleMap(map): RoleMap) -> Self {
        let parts = map.iter().map(|(group, roles)| format!("{group} = {roles}"));
        parts.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::{Amounts, Oidc, RoleMap};

    #[test]
    fn amounts_and_roles_are_read_or_told_what_is_allowed() {
        let amounts = Amounts::try_from("EUR 50000, JPY 8000".to_owned()).unwrap();
        assert_eq!(String::from(amounts), "EUR 50000, JPY 8000");
        for wrong in ["", "EUR", "EUR 5.00", "EUR -1", "XXX 1", "EUR 1, EUR 2"] {
            assert!(Amounts::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        let roles = RoleMap::try_from("desk = representative dock, money=finance".to_owned());
        assert_eq!(String::from(roles.unwrap()), "desk = representative dock, money = finance");
        for wrong in ["", "desk", "desk = king", "= dock", "a = dock, a = owner"] {
            assert!(RoleMap::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let oidc = |change: fn(&mut Oidc)| {
            let mut oidc = Oidc { client_id: Some("desk".to_owned()), ..Oidc::default() };
            oidc.issuer = Some("https://login.shop.example".to_owned().try_into().unwrap());
            change(&mut oidc);
            oidc.misfit().map(|(at, _)| at)
        };
        assert_eq!(oidc(|_| {}), None);
        assert_eq!(oidc(|oidc| oidc.issuer = None), Some("sign_in.oidc"));
        assert_eq!(oidc(|oidc| oidc.client_id = None), Some("sign_in.oidc.client_id"));
        assert_eq!(oidc(|oidc| oidc.creates_staff = true), Some("sign_in.oidc.creates_staff"));
        let open = |oidc: &mut Oidc| {
            oidc.issuer = Some("http://login.shop.example".to_owned().try_into().unwrap());
        };
        assert_eq!(oidc(open), Some("sign_in.oidc.issuer"));
    }
}
