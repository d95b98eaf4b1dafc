//! How the world speaks to the returns desk. Each adapter turns something foreign into the desk's own words, or says where it
//! cannot.
//!
//! - [`blob_files`]: what people send, as files below a folder.
//! - [`mailer`]: mails out, over SMTP.
//! - [`order_file`]: orders from files, as CSV and as JSON lines.
//! - [`webhook_sender`]: others are told of events, over HTTP, and nobody of one's own network.
//! - [`provider`]: payment providers.
//! - [`single_sign_on`]: the merchant's own sign-in, by `OpenID` Connect.
//! - [`shop`]: orders as shops write them: Shopify, `WooCommerce`.
//! - [`single_sign_on`]: the merchant's own sign-in, by `OpenID` Connect.
//!
//! Not for rules, nor for what is kept.

pub mod blob_files;
pub mod mailer;
pub mod order_file;
pub mod provider;
pub mod shop;
pub mod single_sign_on;
pub mod webhook_sender;
