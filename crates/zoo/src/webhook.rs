//! Tells the merchant's server what became of a refund, signed the way Stripe signs, and with the headers by which `PayPal`
//! is asked whether it was its own.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::desk::{Desk, ToTell, Zoo};
use crate::ledger::Event;
use crate::personality::Personality;

/// How long a receiver may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How much of an answer is read: only its first line matters.
const ANSWER_BYTES_MAX: u64 = 4_096;
const FORGED_SECRET: &str = "whsec_of_somebody_else";

/// Delivers it without waiting, and then what was to come after it.
pub(crate) fn deliver_soon(zoo: &Arc<Zoo>, to_tell: ToTell, times: u32) {
    let underway = zoo.start();
    let zoo = Arc::clone(zoo);
    tokio::spawn(async move {
        deliver(&zoo, &to_tell, times).await;
        drop(underway);
    });
}

/// Delivers it that often, and then what was to come after it.
pub(crate) async fn deliver(zoo: &Zoo, to_tell: &ToTell, times: u32) {
    let mut queue = vec![to_tell.clone()];
    queue.extend(take_reordered(zoo, to_tell.personality));
    for to_tell in queue {
        for _ in 0..times {
            deliver_once(zoo, &to_tell).await;
        }
    }
}

fn take_reordered(zoo: &Zoo, personality: Personality) -> Vec<ToTell> {
    let waiting = &mut zoo.desk().reordered;
    waiting.extract_if(.., |each| each.personality == personality).collect()
}

async fn deliver_once(zoo: &Zoo, to_tell: &ToTell) {
    let letter = {
        let desk = zoo.desk();
        desk.state(to_tell.personality).and_then(|state| {
            let webhook = state.webhooks.iter().find(|each| each.id == to_tell.webhook)?;
            let (url, secret) = (state.webhook_url.clone()?, &state.webhook_secret);
            Some((url, signature(desk.now(), secret, &webhook.body), webhook.body.clone()))
        })
    };
    if let Some((url, signature, body)) = letter {
        let answered = send(&url, &signature, &body).await;
        record_sent(zoo, to_tell.personality, &to_tell.webhook, false, answered);
    }
}

/// Sends a text that only looks as if it came from the provider.
pub(crate) async fn forge(zoo: &Zoo, personality: Personality, webhook: &str, body: &str) {
    let letter = {
        let desk = zoo.desk();
        let url = desk.state(personality).and_then(|state| state.webhook_url.clone());
        url.map(|url| (url, signature(desk.now(), FORGED_SECRET, body)))
    };
    if let Some((url, signature)) = letter {
        let answered = send(&url, &signature, body).await;
        record_sent(zoo, personality, webhook, true, answered);
    }
}

fn record_sent(
    zoo: &Zoo,
    personality: Personality,
    webhook: &str,
    forged: bool,
    answered: Option<u16>,
) {
    let event = Event::WebhookSent { webhook: webhook.to_owned(), forged, answered };
    zoo.desk().record(Some(personality), event);
}

/// `t=…,v1=…` over the moment, a dot and the body.
fn signature(at: i64, secret: &str, body: &str) -> String {
    format!("t={at},v1={}", sign(secret, &format!("{at}.{body}")))
}

fn sign(secret: &str, signed: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(signed.as_bytes());
    hex(&mac.finalize().into_bytes())
}

/// Whether a personality itself has signed that.
pub(crate) fn is_signed(
    desk: &Desk,
    personality: Personality,
    signature: &str,
    signed: &str,
) -> bool {
    let secret = desk.state(personality).map(|state| state.webhook_secret.as_str());
    secret.is_some_and(|secret| sign(secret, signed) == signature)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

async fn send(url: &str, signature: &str, body: &str) -> Option<u16> {
    let posted = tokio::time::timeout(ANSWER_TIMEOUT, post(url, signature, body)).await;
    posted.ok()?.inspect_err(|error| eprintln!("a webhook was not delivered: {error:#}")).ok()
}

async fn post(url: &str, signature: &str, body: &str) -> anyhow::Result<u16> {
    let rest = url.strip_prefix("http://").context("webhooks go to `http://` only")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(host).await?;
    // The same moment and signature under the names that PayPal gives them.
    let (at, own) = signature.split_once(",v1=").unwrap_or_default();
    let at = at.trim_start_matches("t=");
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
         stripe-signature: {signature}\r\npaypal-transmission-id: zoo-{at}\r\n\
         paypal-transmission-time: {at}\r\npaypal-transmission-sig: {own}\r\n\
         paypal-auth-algo: SHA256withRSA\r\npaypal-cert-url: https://api.paypal.com/zoo\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.split(' ').nth(1).context("the receiver did not answer")?;
    status.parse().context("the receiver's answer is not HTTP")
}

#[cfg(test)]
mod tests {
    use super::signature;

    /// Computed apart from this code, with `openssl dgst -sha256 -hmac`.
    #[test]
    fn a_signature_covers_moment_and_body() {
        assert_eq!(
            signature(1_492_774_577, "whsec_test", "{\"id\":\"evt_1\"}"),
            "t=1492774577,v1=7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2"
        );
    }
}
