//! What stands around every page: its title, who looks, where else to go, and how dates and money are written.

use std::fmt::Write as _;
use std::sync::Arc;

use backhaul_app::{Merchant, Right};
use backhaul_core::money::Money;
use backhaul_language::{Language, Speaks, format, words};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::assets::Assets;
use super::notice::Notice;
use super::visit::{Theme, Visit};

/// A way to another page, in the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) path: &'static str,
    pub(crate) label: String,
    pub(crate) is_here: bool,
}

/// What stands around a page.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    pub(crate) language: Language,
    pub(crate) zone: TimeZone,
    pub(crate) theme: Theme,
    pub(crate) merchant: Arc<Merchant>,
    pub(crate) title: String,
    pub(crate) here: String,
    /// The name of the member of staff, or the number of the buyer's order.
    pub(crate) signed_in_as: Option<String>,
    pub(crate) ways: Vec<Way>,
    /// The ways between the pages of the set-up.
    pub(crate) settings: Vec<Way>,
    pub(crate) notice: Option<Notice>,
    pub(crate) assets: &'static Assets,
}

impl Speaks for Layout {
    fn language(&self) -> Language {
        self.language
    }
}

/// Where the desk's set-up begins.
const SETTINGS_PATH: &str = "/desk/settings";

/// The pages of the console, in the order of the navigation, and the right that each needs.
const CONSOLE: [(&str, Right); 8] = [
    ("/desk/cases", Right::Read),
    ("/desk/dock", Right::WorkAtDock),
    ("/desk/replacements", Right::Read),
    ("/desk/refunds", Right::ReadRefunds),
    ("/desk/outgoing", Right::ManageBuyers),
    ("/desk/reports", Right::ReadReports),
    ("/desk/policies", Right::ManagePolicy),
    (SETTINGS_PATH, Right::ReadSettings),
];

/// The pages that share one place in the navigation, that of the first, and have ways of their own between them.
const SETTINGS: [(&str, Right); 5] = [
    (SETTINGS_PATH, Right::ReadSettings),
    ("/desk/staff", Right::ManageStaff),
    ("/desk/keys", Right::ManageKeys),
    ("/desk/webhooks", Right::ManageWebhooks),
    ("/desk/trail", Right::Audit),
];

impl Layout {
    /// Around a page with that title.
    pub(crate) fn of(visit: &Visit, title: &str) -> Self {
        let is_staff = visit.staff_id().is_some();
        let signed_in_as = visit.staff_id().or(visit.buyer_order().ok()).map(str::to_owned);
        Self {
            language: visit.language,
            zone: visit.zone.clone(),
            theme: visit.theme,
            merchant: Arc::clone(&visit.merchant),
            title: title.to_owned(),
            here: visit.here.clone(),
            signed_in_as,
            ways: if is_staff { navigation(visit) } else { Vec::new() },
            settings: if is_staff { ways(visit, &SETTINGS) } else { Vec::new() },
            notice: Notice::of(&visit.here),
            assets: Assets::get(),
        }
    }

    /// A day, with its weekday.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "templates hand over what they show by reference"
    )]
    pub(crate) fn date(&self, day: &Date) -> String {
        format::date(self.language, *day)
    }

    /// A moment in the reader's zone, which is named.
    pub(crate) fn moment(&self, moment: &Timestamp) -> String {
        format::moment(self.language, *moment, &self.zone)
    }

    /// The reader's zone, for fields in which a moment is typed.
    pub(crate) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// An amount as a field shows it.
    pub(crate) fn amount(&self, money: &Money) -> String {
        format::amount(self.language, *money)
    }

    /// An amount with its currency.
    pub(crate) fn money(&self, money: &Money) -> String {
        format::money(self.language, *money)
    }

    /// A name as a part of an address.
    #[expect(clippy::unused_self, reason = "templates reach what they call through the layout")]
    pub(crate) fn encoded(&self, name: &str) -> String {
        encoded(name)
    }

    /// Every language, by its tag and its own name.
    pub(crate) fn languages(&self) -> Vec<(&'static str, String, bool)> {
        let shown = |language: Language| {
            (language.tag(), words::language_name(language).into_owned(), language == self.language)
        };
        Language::all().map(shown).collect()
    }

    /// The query of this page without one of its values, to be followed by another.
    pub(crate) fn query_without(&self, name: &str) -> String {
        let query = self.here.split_once('?').map_or("", |(_, query)| query);
        let kept = query.split('&').filter(|pair| {
            let key = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && key != name && key != "done"
        });
        kept.flat_map(|pair| [pair, "&"]).collect()
    }

    /// Where whoever looks begins: staff at the console, buyers at the portal.
    pub(crate) fn home(&self) -> &'static str {
        if self.path().starts_with("/desk") { "/desk" } else { "/" }
    }

    /// The path of this page, without its query.
    pub(crate) fn path(&self) -> &str {
        self.here.split('?').next().unwrap_or("/")
    }
}

/// A name as a part of an address: letters, digits and `-._` stay, everything else is written as its bytes.
pub(crate) fn encoded(name: &str) -> String {
    name.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// The navigation, in which the pages of the set-up have one place.
fn navigation(visit: &Visit) -> Vec<Way> {
    let is_in_settings = ways(visit, &SETTINGS).iter().any(|way| way.is_here);
    let mut all = ways(visit, &CONSOLE);
    for way in all.iter_mut().filter(|way| way.path == SETTINGS_PATH) {
        way.is_here = is_in_settings;
    }
    all
}

fn ways(visit: &Visit, pages: &[(&'static str, Right)]) -> Vec<Way> {
    let here = visit.here.split('?').next().unwrap_or_default();
    let shown = pages.iter().filter(|(_, right)| visit.has(*right));
    let is_below = |path: &str| {
        here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    };
    let way = |(path, _): &(&'static str, Right)| Way {
        path,
        label: label(visit.language, path),
        is_here: is_below(path),
    };
    shown.map(way).collect()
}

fn label(language: Language, path: &str) -> String {
    let label = match path {
        "/desk/cases" => words::nav_cases(language),
        "/desk/outgoing" => words::nav_outgoing(language),
        "/desk/staff" => words::nav_staff(language),
        "/desk/policies" => words::nav_policies(language),
        "/desk/reports" => words::nav_reports(language),
        SETTINGS_PATH => words::nav_settings(language),
        "/desk/keys" => words::nav_keys(language),
        "/desk/webhooks" => words::nav_webhooks(language),
        "/desk/trail" => words::nav_trail(language),
        "/desk/dock" => words::nav_dock(language),
        "/desk/replacements" => words::nav_replacements(language),
        "/desk/refunds" => words::nav_refunds(language),
        _ => path.to_owned().into(),
    };
    label.into_owned()
}
