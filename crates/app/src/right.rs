//! Who may ask for what: one table, asked at one place. What is not in it is denied.
//!
//! The core asks further: for a named person, for a person of finance, for the reason of an exception. This table is about
//! roles alone.

use std::fmt;

use backhaul_core::ledger::Command;

/// What somebody is to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The buyer of the order, signed in by its link.
    Buyer,
    /// A representative, who guides returns.
    Representative,
    /// The dock, where parcels arrive and are inspected.
    Dock,
    /// Finance, who pays back.
    Finance,
    /// The owner, who sets the policy and may do everything that staff may.
    Owner,
    /// A job of this system, acting on what was decided before.
    System,
}

/// What may be done beside asking for a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Ask what the policy says to facts.
    Decide,
    /// See orders, cases, their ledgers and texts.
    Read,
    /// Bring orders in.
    ImportOrders,
    /// See the money that is on its way, and its sums.
    ReadRefunds,
    /// Work where parcels arrive: scan, hold, inspect.
    WorkAtDock,
    /// Enter where a buyer's money goes by bank; to change it is for who pays.
    EnterBankAccounts,
    /// Ask the providers what became of refunds, and let paused refunds go on.
    ManageRefunds,
    /// Pay and book bank transfers.
    PayByBank,
    /// Draft answers to buyers, and change the templates that they are made of.
    WriteAnswers,
    /// See who bought an order, and state it.
    ManageBuyers,
    /// Erase who bought an order, and what was typed about it.
    EraseBuyers,
    /// Set up where events are sent, and send them again.
    ManageWebhooks,
    /// Add and end the keys of machines.
    ManageKeys,
    /// Add staff and change their roles.
    ManageStaff,
    /// Read the reports: what came back and why, how long it took, what it cost.
    ReadReports,
    /// Publish policy versions, and compare them over what happened.
    ManagePolicy,
    /// Verify the chains, see what happened across all orders, and take a copy of everything.
    Audit,
    /// See what the desk runs with.
    ReadSettings,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] =
        &[Self::Buyer, Self::Representative, Self::Dock, Self::Finance, Self::Owner, Self::System];
    /// The roles that people and machines can be given.
    pub const OF_STAFF: &'static [Self] =
        &[Self::Representative, Self::Dock, Self::Finance, Self::Owner];

    /// The role as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::Representative => "representative",
            Self::Dock => "dock",
            Self::Finance => "finance",
            Self::Owner => "owner",
            Self::System => "system",
        }
    }

    /// Whether the role may do that.
    #[must_use]
    pub fn has(self, right: Right) -> bool {
        let allowed: &[Self] = match right {
            Right::Decide | Right::Read => {
                &[Self::Representative, Self::Dock, Self::Finance, Self::Owner]
            }
            Right::WorkAtDock => &[Self::Dock, Self::Owner],
            Right::ImportOrders | Right::ManageBuyers | Right::WriteAnswers => {
                &[Self::Representative, Self::Owner]
            }
            Right::EnterBankAccounts | Right::ReadReports => {
                &[Self::Representative, Self::Finance, Self::Owner]
            }
            Right::ReadRefunds | Right::ManageRefunds | Right::PayByBank => {
                &[Self::Finance, Self::Owner]
            }
            Right::EraseBuyers
            | Right::ManageWebhooks
            | Right::ManageKeys
            | Right::ManageStaff
            | Right::ManagePolicy
            | Right::Audit
            | Right::ReadSettings => &[Self::Owner],
        };
        allowed.contains(&self)
    }

    /// Whether the role may ask for the command.
    #[must_use]
    pub fn may(self, command: &Command) -> bool {
        let allowed: &[Self] = match command {
            // A note is for whoever works on the case; the buyer is written to by those who guide the return.
            Command::WriteMessage(message) if message.internal => Self::OF_STAFF,
            Command::OpenCase(_)
            | Command::AddEvidence(_)
            | Command::AmendClaim(_)
            | Command::AnnounceParcel(_)
            | Command::CancelClaims(_)
            | Command::ContestFinding(_)
            | Command::WriteMessage(_) => {
                &[Self::Buyer, Self::Representative, Self::Owner, Self::System]
            }
            Command::WaiveEvidence(_)
            | Command::ConfirmFact(_)
            | Command::Overrule(_)
            | Command::Authorise(_)
            | Command::Decline(_)
            | Command::CloseCase(_)
            | Command::ReopenCase(_)
            | Command::TellDeduction(_)
            | Command::AssignCase(_)
            | Command::AnswerContest(_)
            | Command::MergeCases(_)
            | Command::SplitCase(_)
            | Command::AllocateReplacement(_)
            | Command::CancelReplacement(_) => &[Self::Representative, Self::Owner],
            Command::ReceiveParcel(_)
            | Command::MatchArrival(_)
            | Command::SendBackArrival(_)
            | Command::InspectUnit(_)
            | Command::DisposeUnit(_)
            | Command::SendBackUnit(_)
            | Command::ShipReplacement(_) => &[Self::Dock, Self::Owner],
            Command::DeliverReplacement(_) => {
                &[Self::Representative, Self::Dock, Self::Owner, Self::System]
            }
            Command::RecordFreight(_) => {
                &[Self::Representative, Self::Dock, Self::Finance, Self::Owner]
            }
            Command::ApproveRefund(_)
            | Command::CancelRefund(_)
            | Command::ReissueRefund(_)
            | Command::WriteOffRest(_)
            | Command::ResolveInstruction(_)
            | Command::WithdrawInstruction(_)
            | Command::RefundFreight(_)
            | Command::SettleFreight(_) => &[Self::Finance, Self::Owner],
            Command::RecordChargeback(_) | Command::CloseChargeback(_) => {
                &[Self::Finance, Self::Owner, Self::System]
            }
            Command::ExpireCase(_)
            | Command::SubmitInstruction(_)
            | Command::ResendInstruction(_)
            | Command::RecordAnswer(_) => &[Self::System],
        };
        allowed.contains(&self)
    }
}

/// What somebody is to the desk, all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Roles(Vec<Role>);

impl Roles {
    /// Reads roles of staff, parted by blanks; at least one.
    ///
    /// # Errors
    /// The word that is none of them, or nothing where there is no word.
    pub fn parse(words: &str) -> Result<Self, String> {
        let role = |word: &str| Role::OF_STAFF.iter().copied().find(|role| role.as_str() == word);
        let mut roles = words
            .split_whitespace()
            .map(|word| role(word).ok_or_else(|| word.to_owned()))
            .collect::<Result<Vec<_>, _>>()?;
        roles.sort();
        roles.dedup();
        if roles.is_empty() { Err(String::new()) } else { Ok(Self(roles)) }
    }

    /// Whether one of them may ask for the command.
    #[must_use]
    pub fn may(&self, command: &Command) -> bool {
        self.0.iter().any(|role| role.may(command))
    }

    /// Whether one of them may do that.
    #[must_use]
    pub fn has(&self, right: Right) -> bool {
        self.0.iter().any(|role| role.has(right))
    }

    /// Whether whoever has them acts for finance.
    #[must_use]
    pub fn is_finance(&self) -> bool {
        self.0.iter().any(|role| matches!(role, Role::Finance | Role::Owner))
    }
}

impl From<Role> for Roles {
    fn from(role: Role) -> Self {
        Self(vec![role])
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|role| role.as_str()).collect();
        f.write_str(&words.join(" "))
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
