//! The policy for machines: schema.org's `MerchantReturnPolicy` as JSON-LD. Only what follows from the policy's own answers is
//! stated; the engine is asked, so that machines read what buyers are answered.

use std::collections::BTreeMap;

use backhaul_app::Merchant;
use backhaul_core::decision::Decision;
use backhaul_core::facts::{ClaimFacts, Country, Facts, LineFacts, OrderFacts};
use backhaul_core::policy::Policy;
use backhaul_core::words::{Cause, Condition, Payer, Remedy, Verdict, Voucher};
use jiff::Timestamp;
use serde_json::{Value, json};

/// The policy as JSON-LD, safe to stand inside a script element.
pub(super) fn return_policy(policy: &Policy, language: usize, merchant: &Merchant) -> String {
    let title = policy.title.get(language).map_or("", String::as_str);
    let mut document = json!({
        "@context": "https://schema.org",
        "@type": "MerchantReturnPolicy",
        "name": title,
        "inLanguage": policy.languages.get(language),
        "returnMethod": "https://schema.org/ReturnByMail",
    });
    let own = asked(policy, Cause::OwnReasons);
    let faulty = asked(policy, Cause::Quality);
    let set = |document: &mut Value, name: &str, value: Value| {
        if let Some(fields) = document.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    let is_permitted = own.iter().chain(&faulty).any(is_open);
    let category = if is_permitted {
        // Whether there is an end to it depends on the goods and the cause: the words say it.
        "https://schema.org/MerchantReturnUnspecified"
    } else {
        "https://schema.org/MerchantReturnNotPermitted"
    };
    set(&mut document, "returnPolicyCategory", json!(category));
    if !merchant.public_url.is_empty() {
        let link = format!("{}/policy", merchant.public_url);
        set(&mut document, "merchantReturnLink", json!(link));
    }
    let refunds: Vec<&str> = policy.vocabulary.remedies.iter().filter_map(refund_type).collect();
    set(&mut document, "refundType", json!(refunds));
    for (name, decisions) in
        [("customerRemorseReturnFees", &own), ("itemDefectReturnFees", &faulty)]
    {
        let payer =
            decisions.iter().filter(|d| is_open(d)).find_map(|decision| decision.freight.r#return);
        let fees = match payer {
            Some(Payer::Merchant) => "https://schema.org/FreeReturn",
            Some(Payer::Buyer) => "https://schema.org/ReturnFeesCustomerResponsibility",
            _ => continue,
        };
        set(&mut document, name, json!(fees));
    }
    // `<` would let a text end the element that it stands in.
    document.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

fn is_open(decision: &Decision) -> bool {
    decision.verdict != Verdict::Declined
}

fn refund_type(remedy: &Remedy) -> Option<&'static str> {
    match remedy {
        Remedy::Refund => Some("https://schema.org/FullRefund"),
        Remedy::Replacement => Some("https://schema.org/ExchangeRefund"),
        Remedy::Credit => Some("https://schema.org/StoreCreditRefund"),
        Remedy::Repair => None,
    }
}

/// What a plain claim of that cause is answered, for each remedy.
fn asked(policy: &Policy, cause: Cause) -> Vec<Decision> {
    let remedies = policy.vocabulary.remedies.iter();
    let facts = remedies.filter_map(|remedy| plain_claim(policy, cause, *remedy));
    facts.map(|facts| policy.decide(&facts)).collect()
}

fn plain_claim(policy: &Policy, cause: Cause, remedy: Remedy) -> Option<Facts> {
    // Any day will do: what it is asked for does not depend on it.
    let day = policy.zone.noon(policy.effective).unwrap_or(Timestamp::UNIX_EPOCH);
    let order = OrderFacts {
        number: String::new(),
        placed_at: day,
        signed_at: Some(day),
        time_zone: policy.zone.clone(),
        country: Country::parse("US")?,
        voucher: Voucher::OnFile,
    };
    let line = LineFacts {
        sku: String::new(),
        category: String::new(),
        quantity: 1,
        sold_for: None,
        declared_non_returnable: false,
        components: Vec::new(),
    };
    let claim = ClaimFacts {
        cause,
        remedy,
        quantity: 1,
        components: Vec::new(),
        condition: Condition::Unused,
        platform: None,
        reported_at: day,
        evidence: policy.vocabulary.slots.iter().map(|slot| slot.id.clone()).collect(),
        waived: Vec::new(),
    };
    Some(Facts {
        id: String::new(),
        policy: None,
        order,
        line,
        claim,
        received_at: None,
        inspection: None,
        facts: BTreeMap::new(),
    })
}
