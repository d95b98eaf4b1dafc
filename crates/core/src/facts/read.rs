//! Facts from JSON: every field known and typed, every fault with a pointer, the first in the order of the document reported.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::fault::{Fault, FaultCode};
use super::json::{Document, Node, Value};
use super::reader::{Fields, Reader, is_blank, listed, meant, shown};
use super::{ClaimFacts, Facts, InspectionFacts, LineFacts, OrderFacts, OwnFact};
use crate::policy::vocabulary::{Kind, OwnDeclaration, Vocabulary};
use crate::words::{Cause, Word};

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

impl<'d> Reader<'d> {
    fn facts(&mut self, vocabulary: &Vocabulary) -> Option<Facts> {
        let root = self.object(
            &self.document.root,
            &["id", "policy", "order", "line", "claim", "received_at", "inspection", "facts"],
        )?;
        let id = self.required(&root, "id", Self::owned_text);
        let policy = self.optional(&root, "policy", Self::owned_text);
        let order = self.required(&root, "order", Self::order);
        let line = self.required(&root, "line", Self::line);
        let claim = self
            .required(&root, "claim", |reader, node| reader.claim(node, vocabulary, line.as_ref()));
        let received_at = self.optional(&root, "received_at", Self::moment);
        let inspection = self
            .optional(&root, "inspection", |reader, node| reader.inspection(node, line.as_ref()));
        let facts = self
            .optional(&root, "facts", |reader, node| reader.own_facts(node, &vocabulary.own))
            .unwrap_or_default();

        let placed_at = order.as_ref().map(|order| order.placed_at);
        self.not_before(placed_at, received_at, Self::given(&root, "received_at"));
        if let Some(claim_node) = Self::given(&root, "claim")
            && let Value::Object(object) = &claim_node.value
        {
            let fields = Fields { object, place: claim_node.place };
            let reported_at = claim.as_ref().map(|claim| claim.reported_at);
            self.not_before(placed_at, reported_at, Self::given(&fields, "reported_at"));
        }
        let claims_missing = claim.as_ref().is_some_and(|claim| claim.cause == Cause::Missing);
        if let Some(node) = Self::given(&root, "inspection").filter(|_| claims_missing) {
            self.fault(node.place, FaultCode::Impossible, || {
                "what is `missing` never came back, so there is nothing to inspect; leave the inspection out".to_owned()
            });
        }
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

    fn not_before(
        &mut self,
        placed_at: Option<Timestamp>,
        moment: Option<Timestamp>,
        node: Option<&Node<'_>>,
    ) {
        if let (Some(placed_at), Some(moment), Some(node)) = (placed_at, moment, node)
            && moment < placed_at
        {
            self.fault(node.place, FaultCode::Impossible, || {
                format!("this is before the order was placed; allowed is {placed_at} or later")
            });
        }
    }

    fn order(&mut self, node: &'d Node<'d>) -> Option<OrderFacts> {
        let fields = self.object(
            node,
            &["number", "placed_at", "signed_at", "time_zone", "country", "voucher"],
        )?;
        let number = self.required(&fields, "number", Self::owned_text);
        let placed_at = self.required(&fields, "placed_at", Self::moment);
        let signed_at = self.optional(&fields, "signed_at", Self::moment);
        let time_zone = self.required(&fields, "time_zone", Self::zone);
        let country = self.required(&fields, "country", Self::country);
        let voucher =
            self.required(&fields, "voucher", |reader, node| reader.word(node, Word::ALL));
        self.not_before(placed_at, signed_at, Self::given(&fields, "signed_at"));
        Some(OrderFacts {
            number: number?,
            placed_at: placed_at?,
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
        let sku = self.required(&fields, "sku", Self::owned_text);
        let category = self.required(&fields, "category", Self::owned_text);
        let quantity = self.required(&fields, "quantity", Self::quantity);
        let sold_for = self.optional(&fields, "sold_for", Self::owned_text);
        let declared = self.required(&fields, "declared_non_returnable", Self::flag);
        let components =
            self.optional(&fields, "components", Self::line_components).unwrap_or_default();
        Some(LineFacts {
            sku: sku?,
            category: category?,
            quantity: quantity?,
            sold_for,
            declared_non_returnable: declared?,
            components,
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

    fn component(&mut self, node: &'d Node<'d>, line: Option<&LineFacts>) -> Option<String> {
        let name = self.text(node)?;
        if let Some(line) = line
            && !line.components.iter().any(|known| known == name)
        {
            self.fault(node.place, FaultCode::Impossible, || {
                if line.components.is_empty() {
                    return "the line has no components; name none".to_owned();
                }
                let known = listed(&line.components);
                format!("{} is no component of the line; its components are {known}", shown(name))
            });
            return None;
        }
        Some(name.to_owned())
    }

    fn claim(
        &mut self,
        node: &'d Node<'d>,
        vocabulary: &Vocabulary,
        line: Option<&LineFacts>,
    ) -> Option<ClaimFacts> {
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
        let slots: Vec<String> = vocabulary.slots.iter().map(|slot| slot.id.clone()).collect();
        let cause = self.required(&fields, "cause", |reader, node| reader.word(node, Word::ALL));
        let remedy = self
            .required(&fields, "remedy", |reader, node| reader.word(node, &vocabulary.remedies));
        let quantity = self.required(&fields, "quantity", |reader, node| {
            let quantity = reader.quantity(node)?;
            let sold = line.map_or(quantity, |line| line.quantity);
            if quantity > sold {
                reader.fault(node.place, FaultCode::Impossible, || {
                    format!("the line has {sold}; claim at most that")
                });
            }
            Some(quantity)
        });
        let components = self.optional(&fields, "components", |reader, node| {
            reader.set(node, |reader, item| reader.component(item, line))
        });
        let condition =
            self.required(&fields, "condition", |reader, node| reader.word(node, Word::ALL));
        let platform = self.optional(&fields, "platform", Self::owned_text);
        let reported_at = self.required(&fields, "reported_at", Self::moment);
        let mut slots_of = |name| {
            self.optional(&fields, name, |reader, node| {
                reader.set(node, |reader, item| reader.own_word(item, &slots))
            })
            .unwrap_or_default()
        };
        let (evidence, waived) = (slots_of("evidence"), slots_of("waived"));
        Some(ClaimFacts {
            cause: cause?,
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

    fn inspection(
        &mut self,
        node: &'d Node<'d>,
        line: Option<&LineFacts>,
    ) -> Option<InspectionFacts> {
        let fields =
            self.object(node, &["condition", "fault_found", "findings", "faulty_components"])?;
        Some(InspectionFacts {
            condition: self
                .optional(&fields, "condition", |reader, node| reader.word(node, Word::ALL)),
            fault_found: self.optional(&fields, "fault_found", Self::flag),
            findings: self
                .optional(&fields, "findings", |reader, node| {
                    reader.set(node, |reader, item| reader.word(item, Word::ALL))
                })
                .unwrap_or_default(),
            faulty_components: self.optional(&fields, "faulty_components", |reader, node| {
                reader.set(node, |reader, item| reader.component(item, line))
            }),
        })
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
