use crate::members::Member;

/// Whether somebody came the way that their sign-in policy here asks for (DESIGN §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// They did.
    Admitted,
    /// The identity server had not heard of the last switch when it vouched for them.
    NotToldYet,
    /// Another provider than theirs vouched for them.
    OtherProvider,
}

impl Admission {
    /// For the log.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::NotToldYet => "switch_not_told",
            Self::OtherProvider => "other_provider",
        }
    }
}

/// The rule (SW-01, SW-02, SW-04). `idp` and `member_version` as the ID token says: which provider proved who it is, and which of
/// the member's snapshots the identity server had applied. Whoever has no provider of their own is let in by whatever the identity
/// server lets them in by, but not by what it knew before they were switched back: the old provider may be the reason for that.
#[must_use]
pub fn admit(member: &Member, idp: &str, member_version: i64) -> Admission {
    if member.provider.as_deref().is_some_and(|provider| provider != idp) {
        return Admission::OtherProvider;
    }
    if member_version < member.switched_version { Admission::NotToldYet } else { Admission::Admitted }
}

#[cfg(test)]
mod tests {
    use Admission::{Admitted, NotToldYet, OtherProvider};
    use ambient::Timestamp;

    use super::*;

    #[test]
    fn sw_01_a_member_comes_by_their_one_provider_after_the_switch_or_not_at_all() {
        let table = [
            // provider, switched at, idp, version the identity server knew
            (None, 0, "platform", 0, Admitted),
            (None, 0, "contoso", 7, Admitted),
            (None, 0, "acme.corp", 7, Admitted),
            // Switched back: what the identity server knew before does not count, whoever vouches.
            (None, 5, "platform", 4, NotToldYet),
            (None, 5, "contoso", 4, NotToldYet),
            (None, 5, "platform", 5, Admitted),
            (None, 5, "platform", 9, Admitted),
            (Some("contoso"), 5, "contoso", 5, Admitted),
            (Some("contoso"), 5, "contoso", 6, Admitted),
            (Some("contoso"), 5, "contoso", 4, NotToldYet),
            (Some("contoso"), 5, "contoso", 0, NotToldYet),
            (Some("contoso"), 5, "platform", 5, OtherProvider),
            (Some("contoso"), 5, "platform", 0, OtherProvider),
            (Some("contoso"), 5, "fabrikam", 9, OtherProvider),
            (Some("contoso"), 5, "acme.contoso", 9, OtherProvider),
            (Some("contoso"), 5, "", 9, OtherProvider),
            (Some("acme.corp"), 5, "corp", 9, OtherProvider),
            (Some("acme.corp"), 5, "acme.corp", 9, Admitted),
            // Imported with a provider, and never switched.
            (Some("contoso"), 0, "contoso", 0, Admitted),
            (Some("contoso"), 0, "platform", 3, OtherProvider),
        ];
        for (provider, switched_version, idp, version, expected) in table {
            let member = Member {
                provider: provider.map(str::to_owned),
                switched_version,
                version: 9,
                ..Member::sample(Timestamp::from_seconds(0))
            };
            assert_eq!(admit(&member, idp, version), expected, "{provider:?} {switched_version} {idp} {version}");
        }
    }
}
