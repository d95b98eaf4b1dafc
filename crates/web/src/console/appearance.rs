//! The language and the theme that somebody chose, kept in the browser.

use axum::http::header;
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use backhaul_language::Language;

use crate::pages::form::Fields;
use crate::pages::visit::{LANGUAGE_COOKIE, THEME_COOKIE, Theme, set_cookie};
use crate::pages::{Answer, Page, Reader, Visit};

/// How long the choice is kept.
const KEPT_SECONDS: i64 = 365 * 24 * 60 * 60;

pub(super) fn pages() -> Vec<Page> {
    vec![Page::post("/appearance", Reader::Anyone, choose)]
}

async fn choose(visit: Visit, fields: Fields) -> Answer {
    let language = Language::of_tag(fields.text("language")).unwrap_or(visit.language);
    let theme = Theme::parse(fields.text("theme")).unwrap_or(visit.theme);
    let cookie = |name, value| {
        (header::SET_COOKIE, set_cookie(&visit.merchant, name, value, Some(KEPT_SECONDS)))
    };
    let cookies = AppendHeaders([
        cookie(LANGUAGE_COOKIE, language.tag()),
        cookie(THEME_COOKIE, theme.as_str()),
    ]);
    Ok((cookies, Redirect::to(own_address(fields.text("next"), "/"))).into_response())
}

/// An address of this server, or another one in the place of anything else: nobody is sent elsewhere.
pub(crate) fn own_address<'a>(asked: &'a str, otherwise: &'a str) -> &'a str {
    let is_own = asked.starts_with('/')
        && !asked.starts_with("//")
        && !asked.contains('\\')
        && asked.len() <= 500
        && asked.bytes().all(|byte| byte.is_ascii_graphic());
    if is_own { asked } else { otherwise }
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(own_address("/desk?a=b", "/"), "/desk?a=b");
        for elsewhere in
            ["//evil.example", "https://evil.example", "/\\evil.example", "", "evil", "/a\r\nb"]
        {
            assert_eq!(own_address(elsewhere, "/"), "/", "{elsewhere}");
        }
    }
}
