//! An order as the world hands it over: the order, which is kept as it is, and its buyer, who can be erased.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use backhaul_core::ledger::OrderDraft;
use backhaul_store::buyers::Buyer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The field beside the order's own fields.
const BUYER: &str = "buyer";

/// An order on its way in, and who bought it.
///
/// In JSON it is one object: the fields of [`OrderDraft`], and beside them `buyer`, which may be left out.
#[derive(Clone, Debug, PartialEq)]
pub struct NewOrder {
    /// The order; its version is set when it is imported.
    pub order: OrderDraft,
    /// The buyer, where the shop says who. What is kept of the buyer stays where it does not.
    pub buyer: Option<Buyer>,
}

impl From<OrderDraft> for NewOrder {
    fn from(order: OrderDraft) -> Self {
        Self { order, buyer: None }
    }
}

impl<'de> Deserialize<'de> for NewOrder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

impl Serialize for NewOrder {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            #[serde(flatten)]
            order: &'a OrderDraft,
            #[serde(skip_serializing_if = "Option::is_none")]
            buyer: Option<&'a Buyer>,
        }
        Written { order: &self.order, buyer: self.buyer.as_ref() }.serialize(serializer)
    }
}

/// Reads the order from a view of the object that leaves the buyer out. Serde's own `flatten` would read everything into memory
/// first and forget where it stood, so that no mistake could be told with its column.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = NewOrder;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an order: an object with its fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<NewOrder, A::Error> {
        let mut buyer = None;
        let fields =
            WithoutBuyer { map, buyer: &mut buyer, is_given: false, lifetime: PhantomData };
        let order = OrderDraft::deserialize(MapAccessDeserializer::new(fields))?;
        Ok(NewOrder { order, buyer })
    }
}

struct WithoutBuyer<'b, 'de, A> {
    map: A,
    buyer: &'b mut Option<Buyer>,
    /// Whether the field was met, be it null.
    is_given: bool,
    lifetime: PhantomData<&'de ()>,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for WithoutBuyer<'_, 'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = seed;
        loop {
            seed = match self.map.next_key_seed(UnlessBuyer(seed))? {
                None => return Ok(None),
                Some(Key::Other(read)) => return Ok(Some(read)),
                Some(Key::Buyer(unused)) => unused,
            };
            if self.is_given {
                return Err(A::Error::duplicate_field(BUYER));
            }
            self.is_given = true;
            *self.buyer = self.map.next_value()?;
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// Reads a key within the map that it stands in, so that a key which is none of the order's is told with its place; hands the seed
/// back where the key is the buyer's.
struct UnlessBuyer<K>(K);

enum Key<K, V> {
    Buyer(K),
    Other(V),
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for UnlessBuyer<K> {
    type Value = Key<K, K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        let key = Cow::<'de, str>::deserialize(deserializer)?;
        if key == BUYER {
            return Ok(Key::Buyer(self.0));
        }
        self.0.deserialize(key.into_deserializer()).map(Key::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::NewOrder;

    const ORDER: &str = r#""number":"SO-1","placed_at":"2026-02-20T09:00:00Z","time_zone":"Europe/Berlin","country":"DE",
        "voucher":"on_file","currency":"EUR","lines":[],"shipping":{"minor":0,"currency":"EUR"}"#;

    fn read(text: &str) -> Result<NewOrder, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn the_buyer_stands_anywhere_beside_the_order_s_fields() {
        let buyer = r#""buyer":{"email":"one@shop.example","language":"de"}"#;
        for text in [format!("{{{buyer},{ORDER}}}"), format!("{{{ORDER},{buyer}}}")] {
            let buyer = read(&text).unwrap().buyer.unwrap();
            assert_eq!(buyer.email().unwrap().as_str(), "one@shop.example");
            assert_eq!((buyer.name(), buyer.language()), (None, Some("de")));
            let written = serde_json::to_string(&read(&text).unwrap()).unwrap();
            assert_eq!(read(&written), read(&text));
        }
        for text in [format!("{{{ORDER}}}"), format!("{{{ORDER},\"buyer\":null}}")] {
            assert_eq!(read(&text).unwrap().buyer, None);
        }
    }

    #[test]
    fn what_is_unknown_doubled_or_malformed_is_refused() {
        for (extra, told) in [
            (r#""colour":1"#, "unknown field `colour`"),
            (r#""buyer":null,"buyer":null"#, "duplicate field `buyer`"),
            (r#""number":"SO-2""#, "duplicate field `number`"),
            (r#""buyer":{"email":"nobody"}"#, "not an e-mail address"),
            (r#""buyer":{"phone":"1"}"#, "unknown field `phone`"),
        ] {
            let error = read(&format!("{{{ORDER},{extra}}}")).unwrap_err();
            assert!(error.contains(told) && error.contains(" at line 2 column "), "{error}");
        }
        assert!(read("[]").is_err());
    }
}
