//! What the script of passkeys asks for: challenges. And signing in by a passkey alone.

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::sign_in::Ceremony;

use super::{From, HOME, said, signed_in};
use crate::Service;
use crate::console::appearance::own_address;
use crate::pages::form::{Faults, Fields};
use crate::pages::{Answer, Page, PageFault, Reader, Visit};

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::post("/desk/passkeys/ask", Reader::Anyone, ask),
        Page::post("/desk/sign-in/passkey", Reader::Anyone, sign_in),
    ]
}

async fn ask(State(service): State<Service>, visit: Visit) -> Answer {
    match service.app.ask_for_passkey().await {
        Ok(ceremony) => Ok(shown(&ceremony)),
        Err(error) => Err(PageFault::Said(said(&visit, error)?)),
    }
}

/// A challenge as the script reads it.
pub(super) fn shown(ceremony: &Ceremony) -> Response {
    // The options are JSON already, and the token is hexadecimal digits.
    let text = format!(r#"{{"token":"{}","options":{}}}"#, ceremony.token, ceremony.options);
    ([(header::CONTENT_TYPE, "application/json")], text).into_response()
}

async fn sign_in(
    State(service): State<Service>,
    visit: Visit,
    From(caller): From,
    headers: HeaderMap,
    fields: Fields,
) -> Answer {
    let (ceremony, answer) = (fields.text("ceremony"), fields.text("answer"));
    let next = own_address(fields.text("next"), HOME);
    match service.app.sign_in_with_passkey(ceremony, answer, &caller).await {
        Ok(token) => signed_in(&service, &visit, &headers, &token, next).await,
        Err(error) => {
            let mut faults = Faults::default();
            faults.add("passkey", said(&visit, error)?);
            super::password::page(&service, &visit, faults, "", next.to_owned()).await
        }
    }
}
