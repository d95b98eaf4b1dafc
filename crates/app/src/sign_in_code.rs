//! A buyer signs in for one order: by its number, its e-mail address, and a one-time code that goes to that address.
//!
//! Whether such an order exists is told to nobody: a pair that fits none is answered alike, after the same work, and counts alike.

use std::net::IpAddr;

use backhaul_store::rate_slots::{self, Rate};
use backhaul_store::sign_in_codes::{self, CodeRow};
use backhaul_store::{Error, Hash, OrderId, Tx, buyers, orders};
use jiff::{SignedDuration, Timestamp};

use crate::keys::{PeopleError, chance};
use crate::letters::{Code, post_code};
use crate::{App, Email};

/// How many digits a code has.
pub const CODE_DIGITS: usize = 8;
/// How long a code is good.
pub const CODE_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be typed wrongly.
pub const CODE_TRIES_MAX: u32 = 5;
/// The most characters of an order's number.
pub const ORDER_NUMBER_CHARS_MAX: usize = 200;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// How many codes go to one address.
const OF_ADDRESS: Rate = Rate { name: "code_address", uses_max: 5, each: HOUR };
/// How many are asked for of one order.
const OF_ORDER: Rate = Rate { name: "code_order", uses_max: 10, each: HOUR };
/// How many one client asks for.
const OF_CLIENT: Rate = Rate { name: "code_client", uses_max: 30, each: HOUR };
/// How many one client types.
const TYPED_BY_CLIENT: Rate = Rate { name: "code_typed", uses_max: 100, each: HOUR };

/// Somebody who asks for a code.
#[derive(Clone, Debug)]
pub struct CodeWanted {
    /// The order's number, as it was typed.
    pub number: String,
    /// The address, as it was typed.
    pub email: Email,
    /// The language to write in, as a tag.
    pub language: String,
    /// From where it is asked, where that is known.
    pub client: Option<IpAddr>,
}

/// What comes of asking for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeAsked {
    /// If the pair fits, a code is on its way. The token is for the browser, which shows it together with the code.
    Begun {
        /// The token.
        attempt: String,
    },
    /// Too many codes were asked for in an hour: for this order, this address, or from there.
    TooMany,
}

/// What comes of typing a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeTried {
    /// It is right, and good no more.
    Right {
        /// The number of the order.
        order: String,
    },
    /// It is wrong.
    Wrong,
    /// No code is good any more: the time is over, it was used, or it was typed wrongly too often.
    Over,
    /// Too many codes were typed from there in an hour.
    TooMany,
}

impl App {
    /// Sends a code to the buyer of an order, if the address is the order's.
    ///
    /// # Errors
    /// [`PeopleError::Secret`] and [`PeopleError::Database`].
    pub async fn ask_for_code(&self, wanted: CodeWanted) -> Result<CodeAsked, PeopleError> {
        let (attempt, id, salt) = (chance::<32>()?, chance::<16>()?, chance::<16>()?);
        let drawn = Drawn { attempt_hash: hash(&attempt), id, salt, code: code()? };
        let now = self.clock.now();
        let write = self.store.write(move |tx| drawn.keep(tx, &wanted, now));
        let is_begun = write.await?;
        Ok(if is_begun { CodeAsked::Begun { attempt } } else { CodeAsked::TooMany })
    }

    /// Tries a code.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn try_code(
        &self,
        attempt: &str,
        code: &str,
        client: Option<IpAddr>,
    ) -> Result<CodeTried, Error> {
        let (attempt_hash, now) = (hash(attempt), self.clock.now());
        // People copy a code with the blanks that a mail shows in it.
        let code: String = code.chars().filter(char::is_ascii_digit).collect();
        let write = self.store.write(move |tx| -> Result<CodeTried, Error> {
            if !takes_client(tx, TYPED_BY_CLIENT, client, now)? {
                return Ok(CodeTried::TooMany);
            }
            let tried = sign_in_codes::try_one(tx, &attempt_hash, CODE_TRIES_MAX, now)?;
            let Some(row) = tried else { return Ok(CodeTried::Over) };
            // Hashes with a salt of chance: how long comparing them takes tells nothing of the code.
            if !row.is_real || salted(&row.salt, &code) != row.code_hash {
                return Ok(CodeTried::Wrong);
            }
            // Two at the same moment: one of them ends it.
            if !sign_in_codes::end(tx, &attempt_hash)? {
                return Ok(CodeTried::Over);
            }
            Ok(CodeTried::Right { order: row.number })
        });
        write.await
    }
}

/// What chance gave for one attempt.
#[derive(Clone)]
struct Drawn {
    attempt_hash: String,
    /// The name of the attempt, for its letter; it opens nothing.
    id: String,
    salt: String,
    code: String,
}

impl Drawn {
    /// Keeps the attempt and sends the code, if it may be asked for; says whether it may.
    fn keep(&self, tx: &mut dyn Tx, wanted: &CodeWanted, now: Timestamp) -> Result<bool, Error> {
        sign_in_codes::forget(tx, now)?;
        rate_slots::forget(tx, now)?;
        let number = wanted.number.trim();
        // None of the three knows whether there is such an order.
        let may = takes_client(tx, OF_CLIENT, wanted.client, now)?
            && rate_slots::take(tx, OF_ADDRESS, &wanted.email.key(), now)?
            && rate_slots::take(tx, OF_ORDER, &number.to_uppercase(), now)?;
        if !may {
            return Ok(false);
        }
        let found = fitting(tx, number, &wanted.email)?;
        let expires_at = now.checked_add(CODE_LASTS).unwrap_or(Timestamp::MAX);
        let row = CodeRow {
            attempt_hash: self.attempt_hash.clone(),
            number: found.as_ref().map_or(number, |(_, number, _)| number).to_owned(),
            is_real: found.is_some(),
            salt: self.salt.clone(),
            code_hash: salted(&self.salt, &self.code),
            expires_at,
        };
        sign_in_codes::put(tx, &row)?;
        if let Some((order, _, to)) = &found {
            let code = Code {
                id: &self.id,
                order: Some(order),
                to,
                language: Some(&wanted.language),
                code: &self.code,
                now,
                expires_at,
            };
            post_code(tx, &code)?;
        }
        Ok(true)
    }
}

/// The order of that number whose buyer has that address, with the address as the shop wrote it.
fn fitting(
    tx: &mut dyn Tx,
    number: &str,
    email: &Email,
) -> Result<Option<(OrderId, String, Email)>, Error> {
    for number in [number.to_owned(), number.to_uppercase()] {
        let Some(order) = orders::find(tx, &number)? else { continue };
        let known = buyers::get(tx, &order)?.and_then(|buyer| buyer.email().cloned());
        if let Some(known) = known.filter(|known| known.key() == email.key()) {
            return Ok(Some((order, number, known)));
        }
    }
    Ok(None)
}

/// Counts a use of a client: an IPv6 network of 64 bits is one, since whoever has it has all of its addresses.
fn takes_client(
    tx: &mut dyn Tx,
    rate: Rate,
    client: Option<IpAddr>,
    now: Timestamp,
) -> Result<bool, Error> {
    let subject = match client {
        None => return Ok(true),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => format!("{:x?}", address.segments().get(..4).unwrap_or_default()),
        },
    };
    rate_slots::take(tx, rate, &subject, now)
}

fn hash(token: &str) -> String {
    Hash::of_text(token).to_string()
}

fn salted(salt: &str, code: &str) -> String {
    Hash::of_text(&format!("{salt}\n{code}")).to_string()
}

/// Digits of chance.
fn code() -> Result<String, PeopleError> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes).map_err(|error| PeopleError::Secret(error.to_string()))?;
    // Of 2^64 numbers a hundred million remain: that they do not come out even is beyond measuring.
    let number = u64::from_le_bytes(bytes).checked_rem(100_000_000).unwrap_or_default();
    Ok(format!("{number:0CODE_DIGITS$}"))
}
