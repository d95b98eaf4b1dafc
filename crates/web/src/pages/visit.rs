//! Who looks at a page, found out once a request: language, zone, theme, and who is signed in.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderValue, header, request::Parts};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use backhaul_app::sessions::{Session, SignedIn};
use backhaul_app::{Merchant, Right, Who};
use backhaul_language::{Language, Speaks};
use backhaul_store::sessions::SessionKind;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::fault::PageFault;
use super::page::Reader;
use crate::Service;
use crate::console::{PROVE, own_address};

/// The cookie of a member of staff's session.
pub(crate) const STAFF_COOKIE: &str = "bh_staff";
/// The cookie of a buyer's session.
pub(crate) const BUYER_COOKIE: &str = "bh_buyer";
/// The cookie of the language that was chosen.
pub(crate) const LANGUAGE_COOKIE: &str = "bh_language";
/// The cookie of the theme that was chosen.
pub(crate) const THEME_COOKIE: &str = "bh_theme";
/// The cookie of the reader's time zone, which a script sets.
const ZONE_COOKIE: &str = "bh_zone";
/// Where staff sign in.
pub(crate) const SIGN_IN: &str = "/desk/sign-in";
/// Where buyers begin.
pub(crate) const START: &str = "/";

/// Light, dark, or as the system asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.as_str() == text)
    }
}

/// Who looks at a page.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) language: Language,
    pub(crate) zone: TimeZone,
    pub(crate) theme: Theme,
    /// The address of the page with its query, for coming back to it.
    pub(crate) here: String,
    /// Where to look again: here, or at the page whose form was sent.
    pub(crate) back: String,
    pub(crate) now: Timestamp,
    pub(crate) merchant: Arc<Merchant>,
    pub(crate) session: Option<Session>,
}

impl Speaks for Visit {
    fn language(&self) -> Language {
        self.language
    }
}

impl Visit {
    /// As whom the desk is asked.
    ///
    /// # Errors
    /// Nobody is signed in, on a page that is open to anyone.
    pub(crate) fn who(&self) -> Result<Who, PageFault> {
        let session = self.session.as_ref().ok_or(PageFault::SignInFirst)?;
        Ok(session.signed_in.who())
    }

    /// When whoever looks last proved by more than a password who they are, for what asks for that.
    pub(crate) fn proof(&self) -> Option<Timestamp> {
        self.session.as_ref().and_then(Session::proof)
    }

    /// The number of the buyer's order.
    ///
    /// # Errors
    /// Whoever looks is no buyer.
    pub(crate) fn buyer_order(&self) -> Result<&str, PageFault> {
        match self.session.as_ref().map(|session| &session.signed_in) {
            Some(SignedIn::Buyer { order }) => Ok(order),
            _ => Err(PageFault::SignInFirst),
        }
    }

    /// The name of the member of staff.
    pub(crate) fn staff_id(&self) -> Option<&str> {
        match self.session.as_ref().map(|session| &session.signed_in) {
            Some(SignedIn::Staff { id, .. }) => Some(id),
            _ => None,
        }
    }

    /// Whether whoever looks may do that; what is not allowed is not shown either.
    pub(crate) fn has(&self, right: Right) -> bool {
        self.session.as_ref().is_some_and(|session| session.signed_in.who().roles.has(right))
    }

    /// Whose idempotency keys the forms of this visit use.
    pub(crate) fn caller(&self) -> String {
        let session = self.session.as_ref().map_or("", |session| &session.token_hash);
        format!("page:{session}")
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = PageFault;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageFault> {
        parts.extensions.get::<Self>().cloned().ok_or(PageFault::SignInFirst)
    }
}

/// Finds out who looks, and lets them through to the page if they may see it.
pub(crate) async fn enter(
    State((service, reader)): State<(Service, Reader)>,
    mut request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    let visit = match visit(&service, reader, &asked).await {
        Ok(visit) => visit,
        Err(fault) => return fault.into_response(),
    };
    let is_let_in = match (reader, &visit.session) {
        (Reader::Anyone, _) => true,
        (Reader::Buyer | Reader::Staff, session) => session.is_some(),
        (Reader::With(right), Some(_)) => {
            if !visit.has(right) {
                return PageFault::Forbidden.shown(&visit);
            }
            true
        }
        (Reader::With(_), None) => false,
    };
    if !is_let_in {
        return sign_in_first(reader, &asked);
    }
    request.extensions_mut().insert(visit.clone());
    let mut answer = next.run(request).await;
    // A fault does not know who looked; here it is drawn for them.
    if let Some(fault) = answer.extensions_mut().remove::<PageFault>() {
        answer = match fault {
            PageFault::ProofNeeded => prove_first(&asked),
            fault => fault.shown(&visit),
        };
    }
    answer
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    answer
}

/// What a request says before its body, which cannot be held while something is awaited.
struct Asked {
    headers: HeaderMap,
    /// The address with its query.
    here: String,
    is_look: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let here = request.uri().path_and_query().map_or("/", |here| here.as_str()).to_owned();
        Self { headers: request.headers().clone(), here, is_look: request.method().is_safe() }
    }

    /// What is looked at, or the page of this desk whose form was sent.
    fn back(&self) -> String {
        if self.is_look {
            return self.here.clone();
        }
        let home = if self.here.starts_with("/desk") { "/desk" } else { "/" };
        let page = self.headers.get(header::REFERER).and_then(|page| page.to_str().ok());
        let path = page.and_then(|page| {
            let (_, rest) = page.split_once("://")?;
            rest.get(rest.find('/')?..)
        });
        own_address(path.unwrap_or(home), home).to_owned()
    }
}

async fn visit(service: &Service, reader: Reader, asked: &Asked) -> Result<Visit, PageFault> {
    let headers = &asked.headers;
    let kind = match reader {
        Reader::Staff | Reader::With(_) => SessionKind::Staff,
        Reader::Anyone if asked.here.starts_with("/desk") => SessionKind::Staff,
        Reader::Buyer | Reader::Anyone => SessionKind::Buyer,
    };
    let name = match kind {
        SessionKind::Staff => STAFF_COOKIE,
        SessionKind::Buyer => BUYER_COOKIE,
    };
    let session = match cookie(headers, name) {
        Some(token) => service.app.session(kind, token).await?,
        None => None,
    };
    Ok(Visit {
        language: language(headers),
        zone: zone(service, headers),
        theme: cookie(headers, THEME_COOKIE).and_then(Theme::parse).unwrap_or_default(),
        here: asked.here.clone(),
        back: asked.back(),
        now: service.app.now(),
        merchant: service.app.merchant_shared(),
        session,
    })
}

fn language(headers: &HeaderMap) -> Language {
    let asked = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok();
    cookie(headers, LANGUAGE_COOKIE)
        .and_then(Language::of_tag)
        .or_else(|| Language::accepted(asked()?))
        .unwrap_or(Language::ENGLISH)
}

/// The reader's zone where the browser says it, else the merchant's.
fn zone(service: &Service, headers: &HeaderMap) -> TimeZone {
    let theirs = cookie(headers, ZONE_COOKIE).and_then(|name| TimeZone::get(name).ok());
    theirs.unwrap_or_else(|| service.app.zone())
}

fn sign_in_first(reader: Reader, asked: &Asked) -> Response {
    match reader {
        Reader::Anyone | Reader::Buyer => Redirect::to(START).into_response(),
        Reader::Staff | Reader::With(_) => {
            // Only what was looked at is come back to; a form is not sent again.
            let here = if asked.is_look { asked.here.as_str() } else { "/desk" };
            let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
            Redirect::to(&format!("{SIGN_IN}?next={next}")).into_response()
        }
    }
}

/// To where one proves who one is for an amount, and back to the page whose form asked for it, for sending it again.
fn prove_first(asked: &Asked) -> Response {
    let next: String = form_urlencoded::byte_serialize(asked.back().as_bytes()).collect();
    Redirect::to(&format!("{PROVE}?for=amount&next={next}")).into_response()
}

/// A cookie's value.
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut cookies =
        lines.flat_map(|line| line.split(';')).filter_map(|part| part.trim().split_once('='));
    cookies.find(|(known, _)| *known == name).map(|(_, value)| value)
}

/// A cookie that scripts cannot read; `Secure` where the desk is reached by HTTPS. Without an age it ends with the browser.
pub(crate) fn set_cookie(
    merchant: &Merchant,
    name: &str,
    value: &str,
    age_seconds: Option<i64>,
) -> HeaderValue {
    let secure = if merchant.public_url.starts_with("https:") { "; Secure" } else { "" };
    let age = age_seconds.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
}
