//! Where a buyer's money goes by bank transfer.

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use backhaul_app::{AccountDraft, Right};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::orders::NUMBER_CHARS_MAX;
use crate::Service;
use crate::caller::Caller;
use crate::operation::{Access, NUMBER, Operation};
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, InPath};

pub(crate) fn operations() -> Vec<Operation> {
    let access = Access::Right(Right::EnterBankAccounts);
    let path = "/orders/{number}/bank_account";
    vec![
        Operation::new(
            Method::PUT,
            path,
            "put_bank_account",
            "Enter where the buyer's money goes by bank transfer. To change it is for finance, and not while a transfer is on its way; \
             who entered it cannot export it.",
            access,
            put,
        )
        .path("number", NUMBER_CHARS_MAX, NUMBER, "The order's number.")
        .takes::<BankAccountDraft>()
        .answers::<AccountTaken>(200, "It is kept."),
        Operation::new(
            Method::GET,
            path,
            "read_bank_account",
            "Where the buyer's money goes by bank transfer; whoever does not pay sees the last four signs.",
            access,
            show,
        )
        .path("number", NUMBER_CHARS_MAX, NUMBER, "The order's number.")
        .answers::<BankAccountShown>(200, "The account."),
    ]
}

/// An account: an IBAN, or a number with a BIC and a country.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BankAccountDraft {
    /// Whose it is; 1 to 70 characters.
    holder: String,
    /// Its IBAN.
    #[serde(default)]
    iban: Option<String>,
    /// Its number, where it has no IBAN.
    #[serde(default)]
    number: Option<String>,
    /// The bank's BIC; needed where there is no IBAN.
    #[serde(default)]
    bic: Option<String>,
    /// The bank's country, as two capitals; needed where there is no IBAN.
    #[serde(default)]
    country: Option<String>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
struct AccountTaken {
    /// How often the account of this order was entered.
    version: i64,
}

/// An account.
#[derive(Serialize, ToSchema)]
struct BankAccountShown {
    /// Whose it is.
    holder: String,
    /// Its IBAN; empty where it has none.
    iban: String,
    /// Its number; empty where it has an IBAN.
    number: String,
    /// The bank's BIC; empty where it is not known.
    bic: String,
    /// The bank's country.
    country: String,
    /// How often it was entered.
    version: i64,
    /// Who entered it last.
    entered_by: String,
    /// When.
    entered_at: Timestamp,
}

async fn put(
    State(service): State<Service>,
    caller: Caller,
    InPath(order): InPath<String>,
    body: Body<BankAccountDraft>,
) -> Result<Json<AccountTaken>, Problem> {
    let BankAccountDraft { holder, iban, number, bic, country } = body.read;
    let draft = AccountDraft { holder, iban, number, bic, country };
    let version = service.app.put_bank_account(&caller.0.who, &order, &draft).await?;
    Ok(Json(AccountTaken { version }))
}

async fn show(
    State(service): State<Service>,
    caller: Caller,
    InPath(order): InPath<String>,
) -> Result<Json<BankAccountShown>, Problem> {
    let found = service.app.bank_account(&caller.0.who, &order).await?;
    let view = found.ok_or_else(|| Problem::plain(ProblemCode::BankAccountUnknown))?;
    let account = view.account;
    Ok(Json(BankAccountShown {
        holder: account.holder,
        iban: account.iban,
        number: account.number,
        bic: account.bic,
        country: account.country,
        version: view.version,
        entered_by: view.entered_by,
        entered_at: view.entered_at,
    }))
}
