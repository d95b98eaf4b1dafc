//! Others are told of events over HTTP, by the [Standard Webhooks](https://www.standardwebhooks.com) specification.
//!
//! - `endpoints`: who is told, and with which secret; messages that a person sends again.
//! - `job`: sends an order's events one by one, in their order, each at least once.
//! - `schedule`: when a message is tried again, and when it is given up.
//! - [`Message`]: what is sent, the same each time. [`Secret`]: how it is signed.
//! - [`WebhookUrl`]: where it may be sent to. [`WebhookSender`]: the port that sends it.
//!
//! Not for HTTP, which is an adapter's, nor for rights: whoever calls has checked them.

mod endpoints;
mod job;
mod message;
mod schedule;
mod sender;
mod signature;
mod url;

pub use backhaul_store::webhooks::{
    Delivery, DeliveryState, ENDPOINTS_MAX, PAGE_MAX, Standing, Wanted,
};

pub use self::endpoints::{
    DELIVERIES_KEPT, EndpointView, FORGET_MAX, NewEndpoint, OLD_SECRET_LASTS, WebhookError,
};
pub use self::job::{BATCH_MAX, WebhookJobError};
pub use self::message::{Message, PAYLOAD_BYTES_MAX, kind_of_type, message_id, type_of_kind};
pub use self::schedule::{DELAYS, FAILING_MAX, RETRY_AFTER_MAX, TRIES_MAX};
pub use self::sender::{RetryAfter, SendAnswer, SendFault, SignedMessage, WebhookSender};
pub use self::signature::{
    MalformedSecret, NEW_SECRET_BYTES, SECRET_BYTES_MAX, SECRET_BYTES_MIN, Secret, signature_header,
};
pub use self::url::{Reach, URL_CHARS_MAX, UrlFault, WebhookUrl, is_public};
