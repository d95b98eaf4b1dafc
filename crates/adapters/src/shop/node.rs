//! A value of a shop's JSON and the way to it, so that whatever is wrong is told with its place.

use std::fmt::Display;

use backhaul_core::facts::moment;
use backhaul_core::money::{Currency, Money, Rounding};
use jiff::Timestamp;
use serde_json::Value;

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) path: String,
    pub(super) message: String,
}

/// A value and its place; a field that is not there is null.
pub(super) struct Node<'v> {
    value: &'v Value,
    path: String,
}

impl<'v> Node<'v> {
    pub(super) fn root(value: &'v Value) -> Self {
        Self { value, path: String::new() }
    }

    pub(super) fn get(&self, key: &str) -> Node<'v> {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{key}", self.path);
        Node { value: self.value.get(key).unwrap_or(&Value::Null), path }
    }

    pub(super) fn wrong(&self, message: impl Display) -> Fault {
        Fault { path: self.path.clone(), message: message.to_string() }
    }

    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// The items of an array; none where there is nothing.
    pub(super) fn items(&self) -> Result<Vec<Node<'v>>, Fault> {
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::Array(items) => Ok(items
                .iter()
                .enumerate()
                .map(|(place, value)| Node { value, path: format!("{}[{place}]", self.path) })
                .collect()),
            _ => Err(self.wrong("not an array")),
        }
    }

    /// A text; nothing where it is null or empty.
    pub(super) fn text(&self) -> Result<Option<&'v str>, Fault> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
            _ => Err(self.wrong("not a text")),
        }
    }

    pub(super) fn required_text(&self) -> Result<&'v str, Fault> {
        self.text()?.ok_or_else(|| self.wrong("this is missing"))
    }

    /// A whole number or a text, as shops name things; nothing where there is none.
    pub(super) fn name(&self) -> Result<Option<String>, Fault> {
        match self.value {
            Value::Number(number) if number.is_u64() => Ok(Some(number.to_string())),
            _ => Ok(self.text()?.map(str::to_owned)),
        }
    }

    /// Such a name as one of our ids.
    pub(super) fn id<T: TryFrom<String, Error: Display>>(&self) -> Result<T, Fault> {
        let name = self.name()?.ok_or_else(|| self.wrong("this is missing"))?;
        T::try_from(name).map_err(|error| self.wrong(error))
    }

    pub(super) fn count(&self) -> Result<u32, Fault> {
        let count = self.value.as_u64().and_then(|count| u32::try_from(count).ok());
        count.ok_or_else(|| self.wrong("not a whole number"))
    }

    /// Yes or no; no where there is nothing.
    pub(super) fn flag(&self) -> Result<bool, Fault> {
        match self.value {
            Value::Null => Ok(false),
            Value::Bool(flag) => Ok(*flag),
            _ => Err(self.wrong("not true or false")),
        }
    }

    /// An amount in a text, from 0, with no more digits than the currency has but zeros.
    pub(super) fn money(&self, currency: Currency) -> Result<Money, Fault> {
        let text = self.required_text()?;
        let told = |error| self.wrong(format!("`{}` is {error}", text.escape_debug()));
        let amount = Money::from_decimal(text, currency, Rounding::Refuse).map_err(told)?;
        if amount.is_negative() {
            return Err(self.wrong(format!("`{}` is below 0", text.escape_debug())));
        }
        Ok(amount)
    }

    /// The sum of an amount of each item of an array.
    pub(super) fn sum(&self, field: &str, currency: Currency) -> Result<Money, Fault> {
        let mut sum = Money::zero(currency);
        for item in self.items()? {
            let part = item.get(field).money(currency)?;
            sum = sum.plus(part).map_err(|error| self.wrong(error))?;
        }
        Ok(sum)
    }

    /// A moment with an offset; nothing where there is none.
    pub(super) fn moment(&self) -> Result<Option<Timestamp>, Fault> {
        let wrong = |text: &str| {
            self.wrong(format!(
                "`{}` is no moment such as `2026-03-04T15:20:00+01:00`",
                text.escape_debug()
            ))
        };
        self.text()?.map(|text| moment(text).ok_or_else(|| wrong(text))).transpose()
    }

    /// A moment of Greenwich, written without its offset; nothing where there is none.
    pub(super) fn moment_gmt(&self) -> Result<Option<Timestamp>, Fault> {
        let wrong = |text: &str| {
            self.wrong(format!(
                "`{}` is no moment such as `2026-03-04T15:20:00`",
                text.escape_debug()
            ))
        };
        let read = |text: &str| moment(&format!("{text}Z")).ok_or_else(|| wrong(text));
        self.text()?.map(read).transpose()
    }

    pub(super) fn currency(&self) -> Result<Currency, Fault> {
        Currency::parse(self.required_text()?)
            .map_err(|error| self.wrong(format!("this is {error}")))
    }
}
