//! Facts from JSON: every field known and typed, every fault with a pointer, the first in the order of the document reported.

use std::collections::BTreeMap;

use super::fault::{Fault, FaultCode};
use super::json::{Document, Node, Value};
use super::reader::{Fields, Reader, is_blank, listed, meant, shown};
use super::{ClaimFacts, Facts, InspectionFacts, LineFacts, OrderFacts, OwnFact};
use crate::policy::vocabulary::{Kind, OwnDeclaration, Vocabulary};
use crate::words::{Cause, Condition, Finding, Voucher, Word};

/// Reads the facts of a parsed document with the words of the policy that will judge them.
///
/// # Errors
/// The first fault in the order of the document. A missing field counts at the end of its object.
pub fn read(document: &Document<'_>, vocabulary: &Vocabulary) -> Result<Facts, Fault> {
    let mut reader = Reader::new(document);
    let facts = reader.facts(vocabulary);
    match (facts, reader.into_fault()) {
        (Some(facts), None) => Ok(facts),
        (_, Some(fault)) => Err(fault),
        (None, None) => Err(Fault {
            code: FaultCode::WrongType,
            pointer: String::new(),
            message: "the facts could not be read".to_owned(),
        }),
    }
}

/// The text of a top-level field, where the document has one; used to choose the policy before the rest is read.
#[must_use]
pub fn text_at<'d>(document: &'d Document<'_>, path: &[&str]) -> Option<&'d str> {
    let mut node = &document.root;
    for key in path {
        match &node.value {
            Value::Object(object) => node = object.get(key)?,
            _ => return None,
        }
    }
    match &node.value {
        Value::Text(text) if !is_blank(text) => Some(text),
        _ => None,
    }
}

/// The fault of a policy that is not known, unless the document has an earlier one.
#[must_use]
pub fn unknown_policy(document: &Document<'_>, vocabulary: &Vocabulary, known: &[String]) -> Fault {
    let mut reader = Reader::new(document);
    if let Value::Object(root) = &document.root.value
        && let Some(node) = root.get("policy")
    {
        let given = text_at(document, &["policy"]).unwrap_or_default();
        reader.fault(node.place, FaultCode::UnknownValue, || {
            format!("{} is no known policy; known are {}", shown(given), listed(known))
        });
    }
    reader.facts(vocabulary);
    reader.into_fault().unwrap_or(Fault {
        code: FaultCode::UnknownValue,
        pointer: "/policy".to_owned(),
        message: format!("no policy is known but {}", listed(known)),
    })
}

// What a missing field should have been.
const A_TEXT: &str = "a text that is not blank";
const AN_OBJECT: &str = "an object";
const A_MOMENT: &str = "a moment of RFC 3339 such as `2026-03-04T15:20:00+01:00`";
const A_QUANTITY: &str = "an integer of at least 1";

impl<'d> Reader<'d> {
    fn facts(&mut self, vocabulary: &Vocabulary) -> Option<Facts> {
        let root = self.object(
            &self.document.root,
            &["id", "policy", "order", "line", "claim", "received_at", "inspection", "facts"],
        )?;
        let id = self.required(&root, "id", A_TEXT, Self::owned_text);
        let policy = self.optional(&root, "policy", Self::owned_text);
        let order = self.required(&root, "order", AN_OBJECT, Self::order);
        let line = self.required(&root, "line", AN_OBJECT, Self::line);
        let claim =
            self.required(&root, "claim", AN_OBJECT, |reader, node| reader.claim(node, vocabulary));
        let received_at = self.optional(&root, "received_at", Self::moment_of_order);
        let inspection = self.optional(&root, "inspection", Self::inspection);
        let facts = self
            .optional(&root, "facts", |reader, node| reader.own_facts(node, &vocabulary.own))
            .unwrap_or_default();
        Some(Facts {
            id: id?,
            policy,
            order: order?,
            line: line?,
            claim: claim?,
            received_at,
            inspection,
            facts,
        })
    }

    fn order(&mut self, node: &'d Node<'d>) -> Option<OrderFacts> {
        let fields = self.object(
            node,
            &["number", "placed_at", "signed_at", "time_zone", "country", "voucher"],
        )?;
        let number = self.required(&fields, "number", A_TEXT, Self::owned_text);
        self.known.placed_at = self.required(&fields, "placed_at", A_MOMENT, Self::moment);
        let signed_at = self.optional(&fields, "signed_at", Self::moment_of_order);
        let time_zone =
            self.required(&fields, "time_zone", "an IANA name such as `Europe/Berlin`", Self::zone);
        let country = self.required(
            &fields,
            "country",
            "an ISO 3166-1 alpha-2 code such as `DE`",
            Self::country,
        );
        let voucher = self.required_word(&fields, "voucher", Voucher::ALL);
        Some(OrderFacts {
            number: number?,
            placed_at: self.known.placed_at?,
            signed_at,
            time_zone: time_zone?,
            country: country?,
            voucher: voucher?,
        })
    }

    fn line(&mut self, node: &'d Node<'d>) -> Option<LineFacts> {
        let fields = self.object(
            node,
            &["sku", "category", "quantity", "sold_for", "declared_non_returnable", "components"],
        )?;
        let sku = self.required(&fields, "sku", A_TEXT, Self::owned_text);
        let category = self.required(&fields, "category", A_TEXT, Self::owned_text);
        self.known.sold = self.required(&fields, "quantity", A_QUANTITY, Self::quantity);
        let sold_for = self.optional(&fields, "sold_for", Self::owned_text);
        let declared =
            self.required(&fields, "declared_non_returnable", "true or false", Self::flag);
        self.known.components = match Self::given(&fields, "components") {
            Some(node) => self.line_components(node),
            None => Some(Vec::new()),
        };
        Some(LineFacts {
            sku: sku?,
            category: category?,
            quantity: self.known.sold?,
            sold_for,
            declared_non_returnable: declared?,
            components: self.known.components.clone()?,
        })
    }

    fn line_components(&mut self, node: &'d Node<'d>) -> Option<Vec<String>> {
        let mut components: Vec<String> = Vec::new();
        for item in self.items(node)? {
            let Some(name) = self.text(item) else { continue };
            if components.iter().any(|known| known == name) {
                self.fault(item.place, FaultCode::Impossible, || {
                    format!("component {} is named twice; name it once", shown(name))
                });
                continue;
            }
            components.push(name.to_owned());
        }
        Some(components)
    }

    /// A component of the line.
    fn component(&mut self, node: &'d Node<'d>) -> Option<String> {
        let name = self.text(node)?;
        if let Some(known) = &self.known.components
            && !known.iter().any(|known| known == name)
        {
            let allowed = match known.as_slice() {
                [] => "the line has no components; name none".to_owned(),
                known => format!(
                    "{} is no component of the line; its components are {}",
                    shown(name),
                    listed(known)
                ),
            };
            self.fault(node.place, FaultCode::Impossible, || allowed);
            return None;
        }
        Some(name.to_owned())
    }

    fn claimed_quantity(&mut self, node: &'d Node<'d>) -> Option<i64> {
        let quantity = self.quantity(node)?;
        if let Some(sold) = self.known.sold.filter(|sold| quantity > *sold) {
            self.fault(node.place, FaultCode::Impossible, || {
                format!("the line has {sold}; claim at most that")
            });
        }
        Some(quantity)
    }

    fn claim(&mut self, node: &'d Node<'d>, vocabulary: &Vocabulary) -> Option<ClaimFacts> {
        let fields = self.object(
            node,
            &[
                "cause",
                "remedy",
                "quantity",
                "components",
                "condition",
                "platform",
                "reported_at",
                "evidence",
                "waived",
            ],
        )?;
        self.known.cause = self.required_word(&fields, "cause", Cause::ALL);
        let remedy = self.required_word(&fields, "remedy", &vocabulary.remedies);
        let quantity = self.required(&fields, "quantity", A_QUANTITY, Self::claimed_quantity);
        let components =
            self.optional(&fields, "components", |reader, node| reader.set(node, Self::component));
        let condition = self.required_word(&fields, "condition", Condition::ALL);
        let platform = self.optional(&fields, "platform", Self::owned_text);
        let reported_at = self.required(&fields, "reported_at", A_MOMENT, Self::moment_of_order);
        let evidence = self.slots(&fields, "evidence", vocabulary);
        let waived = self.slots(&fields, "waived", vocabulary);
        Some(ClaimFacts {
            cause: self.known.cause?,
            remedy: remedy?,
            quantity: quantity?,
            components: components.unwrap_or_default(),
            condition: condition?,
            platform,
            reported_at: reported_at?,
            evidence,
            waived,
        })
    }

    fn slots(&mut self, fields: &Fields<'d>, name: &str, vocabulary: &Vocabulary) -> Vec<String> {
        let slots = &vocabulary.slots;
        let read = |reader: &mut Self, item: &'d Node<'d>| {
            let text = reader.text(item)?;
            if slots.iter().any(|slot| slot.id == text) {
                return Some(text.to_owned());
            }
            let known: Vec<&str> = slots.iter().map(|slot| slot.id.as_str()).collect();
            reader.unknown_word(item, text, &known);
            None
        };
        self.optional(fields, name, |reader, node| reader.set(node, read)).unwrap_or_default()
    }

    fn inspection(&mut self, node: &'d Node<'d>) -> Option<InspectionFacts> {
        if self.known.cause == Some(Cause::Missing) {
            self.fault(node.place, FaultCode::Impossible, || {
                "what is `missing` never came back, so there is nothing to inspect; leave the inspection out".to_owned()
            });
        }
        let fields =
            self.object(node, &["condition", "fault_found", "findings", "faulty_components"])?;
        Some(InspectionFacts {
            condition: self
                .optional(&fields, "condition", |reader, node| reader.word(node, Condition::ALL)),
            fault_found: self.optional(&fields, "fault_found", Self::flag),
            findings: self
                .optional(&fields, "findings", |reader, node| {
                    reader.set(node, |reader, item| reader.word(item, Finding::ALL))
                })
                .unwrap_or_default(),
            faulty_components: self.optional(&fields, "faulty_components", |reader, node| {
                reader.set(node, Self::component)
            }),
        })
    }

    fn required_word<W: Word>(
        &mut self,
        fields: &Fields<'d>,
        name: &'static str,
        allowed: &[W],
    ) -> Option<W> {
        if let Some(node) = Self::given(fields, name) {
            return self.word(node, allowed);
        }
        let names: Vec<&str> = allowed.iter().map(|word| word.as_str()).collect();
        self.missing(fields, name, &format!("one of {}", listed(&names)));
        None
    }

    fn own_facts(
        &mut self,
        node: &'d Node<'d>,
        own: &[OwnDeclaration],
    ) -> Option<BTreeMap<String, OwnFact>> {
        let Value::Object(object) = &node.value else {
            self.wrong_type(node, "an object");
            return None;
        };
        let mut facts = BTreeMap::new();
        for (key, value) in &object.entries {
            let Some(declaration) = own.iter().find(|declaration| declaration.name == *key) else {
                self.fault(value.place, FaultCode::UnknownField, || {
                    let names: Vec<&str> =
                        own.iter().map(|declaration| declaration.name.as_str()).collect();
                    let meant = meant(key, names.iter().copied());
                    format!(
                        "the policy declares no fact {}{meant}; it declares {}",
                        shown(key),
                        listed(&names)
                    )
                });
                continue;
            };
            if matches!(&value.value, Value::Null)
                || matches!(&value.value, Value::Text(text) if is_blank(text))
            {
                continue;
            }
            if let Some(fact) = self.own_fact(value, &declaration.kind) {
                facts.insert(declaration.name.clone(), fact);
            }
        }
        Some(facts)
    }

    fn own_fact(&mut self, node: &'d Node<'d>, kind: &Kind) -> Option<OwnFact> {
        match kind {
            Kind::Flag => self.flag(node).map(OwnFact::Bool),
            Kind::Integer => self.integer(node).map(OwnFact::Integer),
            Kind::Moment => {
                self.moment(node)?;
                self.owned_text(node).map(OwnFact::Text)
            }
            Kind::OwnWord(words) => self.own_word(node, words).map(OwnFact::Text),
            Kind::OwnWords(words) => {
                self.set(node, |reader, item| reader.own_word(item, words)).map(OwnFact::Words)
            }
            Kind::Names => self.set(node, Self::owned_text).map(OwnFact::Words),
            Kind::Text | Kind::Word(_) | Kind::Words(_) => self.owned_text(node).map(OwnFact::Text),
        }
    }
}
