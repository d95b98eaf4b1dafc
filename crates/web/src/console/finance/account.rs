//! Where a buyer's money goes by bank transfer: entered by one person, paid by another.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{AccountDraft, BankError, Right};
use backhaul_language::words as w;

use crate::Service;
use crate::pages::address::part;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const ACCOUNT: &str = "/desk/refunds/bank/account/{order}";

pub(super) fn pages() -> Vec<Page> {
    let enter = Reader::With(Right::EnterBankAccounts);
    vec![Page::get(ACCOUNT, enter, show), Page::post(ACCOUNT, enter, put)]
}

#[derive(askama::Template)]
#[template(path = "console/finance/account.html")]
struct AccountPage {
    layout: Layout,
    faults: Faults,
    href: String,
    order: String,
    /// The account that is known, and who entered it.
    known: Option<(String, String)>,
    holder: String,
    iban: String,
    number: String,
    bic: String,
    country: String,
}

fn href(order: &str) -> String {
    format!("/desk/refunds/bank/account/{}", part(order))
}

async fn page(
    service: &Service,
    visit: &Visit,
    order: &str,
    fields: &Fields,
) -> Result<AccountPage, PageFault> {
    let known = service.app.bank_account(&visit.who()?, order).await?;
    let known = known.map(|known| {
        let account = known.account;
        let number = if account.iban.is_empty() { account.number } else { account.iban };
        (format!("{} · {number}", account.holder), known.entered_by)
    });
    let text = |name| fields.text(name).to_owned();
    Ok(AccountPage {
        layout: Layout::of(visit, &w::buyer_account_title(visit, order)),
        faults: Faults::default(),
        href: href(order),
        order: order.to_owned(),
        known,
        holder: text("holder"),
        iban: text("iban"),
        number: text("number"),
        bic: text("bic"),
        country: text("country"),
    })
}

async fn show(State(service): State<Service>, visit: Visit, Path(order): Path<String>) -> Answer {
    draw(&page(&service, &visit, &order, &Fields::default()).await?)
}

async fn put(
    State(service): State<Service>,
    visit: Visit,
    Path(order): Path<String>,
    fields: Fields,
) -> Answer {
    let given = |name| fields.get(name).map(str::to_owned);
    let draft = AccountDraft {
        holder: fields.text("holder").to_owned(),
        iban: given("iban"),
        number: given("number"),
        bic: given("bic"),
        country: given("country"),
    };
    match service.app.put_bank_account(&visit.who()?, &order, &draft).await {
        Ok(_) => Ok(Redirect::to(&Notice::Saved.at(&href(&order))).into_response()),
        Err(
            error @ (BankError::Account(_) | BankError::AccountChange | BankError::AccountInUse),
        ) => {
            let mut page = page(&service, &visit, &order, &fields).await?;
            page.faults.add("holder", w::account_wrong(&visit, error));
            draw(&page)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = |known, holder: &str| AccountPage {
        layout: Layout {
            here: href("SO-1001"),
            ..layout(&w::buyer_account_title(layout(""), "SO-1001"))
        },
        faults: Faults::default(),
        href: href("SO-1001"),
        order: "SO-1001".to_owned(),
        known,
        holder: holder.to_owned(),
        iban: String::new(),
        number: String::new(),
        bic: String::new(),
        country: String::new(),
    };
    let mut wrong = page(None, "A. Buyer");
    wrong.faults.add("holder", w::account_wrong(layout(""), "the IBAN is not right"));
    let known = Some(("A. Buyer · ••••3000".to_owned(), "ada".to_owned()));
    vec![
        sample("console-buyer-account", &page(None, "")),
        sample("console-buyer-account-known", &page(known, "")),
        sample("console-buyer-account-wrong", &wrong),
    ]
}
