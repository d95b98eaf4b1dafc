//! Who the merchant is, as buyers read it on pages, in mails and on papers.

/// The merchant, from its settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// What buyers know it by.
    pub name: String,
    /// Where returns are sent: lines of an address.
    pub return_address: Vec<String>,
    /// How the service staff are reached.
    pub contact_email: Option<String>,
    /// How the desk is reached from outside, without a slash at its end; links in mails begin with it.
    pub public_url: String,
}

impl Default for Merchant {
    fn default() -> Self {
        Self {
            name: "Backhaul".to_owned(),
            return_address: Vec::new(),
            contact_email: None,
            public_url: String::new(),
        }
    }
}
