use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Label, Span};

/// Which of a member's transitions exist in this kind of tenant, and what its people call the states.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifecycleRules {
    /// How long someone deleted can be reactivated (PP-13). Without it, deleting is for good at once (PS-09, TP-10).
    pub reactivate_within: Option<Span>,
    /// Whether members may ask for their own deletion (PP-14).
    pub self_deletion: bool,
    /// Whether requests to join can be turned down (PP-20).
    pub rejection: bool,
    /// Whether members can be deactivated, to come back (PS-05).
    pub suspension: bool,
    /// Whether a deleted member is told by mail (PD-05; PP-12: not).
    pub deletion_mail: bool,
    /// The states by other words than ours, by the key of the state: `deleted = { en = "Inactive", … }`. A state is the one word
    /// for all three axes (`MemberState`), or stands on one of them; one that both know is called the same in both.
    pub labels: BTreeMap<String, Label>,
}
