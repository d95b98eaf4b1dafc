//! What a page says of the step that led to it: a closed list, named in the address, so that no stranger can put words there.

use std::borrow::Cow;

use backhaul_language::{Speaks, words};

macro_rules! notices {
    ($($name:ident = $text:literal => $message:ident,)+) => {
        /// What was done a moment ago.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Notice { $($name,)+ }

        impl Notice {
            /// Every notice.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// As it stands in the address, under `done`.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What is said.
            pub(crate) fn said(self, language: impl Speaks) -> Cow<'static, str> {
                match self { $(Self::$name => words::$message(language),)+ }
            }
        }
    };
}

notices! {
    Saved = "saved" => notice_saved,
    ArrivalHeld = "held" => notice_arrival_held,
    RefundProposed = "proposed" => notice_refund_proposed,
    SignedOut = "signed-out" => notice_signed_out,
    CaseOpened = "opened" => notice_case_opened,
    EvidenceAdded = "evidence" => notice_evidence_added,
    ParcelAnnounced = "announced" => notice_parcel_announced,
    ClaimsCancelled = "cancelled" => notice_claims_cancelled,
    MessageSent = "said" => notice_message_sent,
    Contested = "contested" => notice_contested,
    Withdrawn = "withdrawn" => notice_withdrawn,
    CaseAuthorised = "authorised" => notice_authorised,
    CaseDeclined = "declined" => notice_declined,
    CaseDecided = "decided" => notice_decided,
    DeductionTold = "deduction" => notice_deduction,
    FactSaved = "fact" => notice_fact,
    AnswerSent = "answered" => notice_answered,
    NoteKept = "noted" => notice_noted,
    CaseAssigned = "assigned" => notice_assigned,
    CasesMerged = "merged" => notice_merged,
    CaseSplit = "split" => notice_split,
    OpenedForBuyer = "opened-for" => notice_opened_for,
    TemplateRemoved = "removed" => notice_template_removed,
    PolicyPublished = "policy-published" => notice_policy_published,
    PolicyWithdrawn = "policy-withdrawn" => notice_policy_withdrawn,
    KeyEnded = "key-ended" => notice_key_ended,
    WebhookRemoved = "webhook-removed" => notice_webhook_removed,
    WebhookResent = "webhook-resent" => notice_webhook_resent,
    Verifying = "verifying" => notice_verifying,
}

impl Notice {
    /// The notice in the query of an address.
    pub(crate) fn of(here: &str) -> Option<Self> {
        let (_, query) = here.split_once('?')?;
        let (_, done) =
            form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?;
        Self::ALL.iter().copied().find(|notice| notice.as_str() == done)
    }

    /// An address with this notice.
    pub(crate) fn at(self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}done={}", self.as_str())
    }
}
