use ambient::Timestamp;

use crate::members::Member;

/// The platform itself, as `idp` names it: no provider, but the account's own credentials.
const PLATFORM: &str = "platform";

/// How somebody came, as the ID token says.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// `idp`: which provider proved who it is.
    pub idp: &'a str,
    /// `only_by_provider`: whether they have nothing of their own to sign in by, which is said of break-glass members.
    pub only_by_provider: bool,
    /// `member_version`: which of the member's snapshots the identity server had applied.
    pub member_version: i64,
    /// `auth_time`: when they proved who they are.
    pub auth_time: Option<Timestamp>,
    /// When they set out from here.
    pub set_out: Timestamp,
}

/// Whether somebody came the way that their sign-in policy here asks for (DESIGN §4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// They did.
    Admitted,
    /// The identity server had not heard of the last switch when it vouched for them.
    NotToldYet,
    /// Another provider than theirs vouched for them.
    OtherProvider,
    /// A break-glass member proved who they are before they set out: each use is proved anew.
    NotFresh,
}

impl Admission {
    /// For the log.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::NotToldYet => "switch_not_told",
            Self::OtherProvider => "other_provider",
            Self::NotFresh => "proof_not_fresh",
        }
    }
}

/// The rule (SW-01, SW-02, SW-04). Whoever has no provider of their own is let in by whatever the identity server lets them in
/// by, but not by what it knew before they were switched back: the old provider may be the reason for that. A break-glass member
/// comes when providers fail, so by no provider, and with a proof of this very login; but whose account has nothing else, since the
/// platform has switched it as a whole, comes by what it has: the flag asks for what they can't do, and shuts nobody out.
#[must_use]
pub fn admit(member: &Member, came: &Came<'_>) -> Admission {
    let by_own = member.break_glass && !came.only_by_provider;
    let opener = if by_own { Some(PLATFORM) } else { member.provider.as_deref() };
    if opener.is_some_and(|provider| provider != came.idp) {
        return Admission::OtherProvider;
    }
    if came.member_version < member.switched_version {
        return Admission::NotToldYet;
    }
    if member.break_glass && !super::is_fresh(came.auth_time, came.set_out) {
        return Admission::NotFresh;
    }
    Admission::Admitted
}

#[cfg(test)]
mod tests {
    use Admission::{Admitted, NotFresh, NotToldYet, OtherProvider};

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
            let came = Came {
                idp,
                only_by_provider: false,
                member_version: version,
                auth_time: None,
                set_out: Timestamp::from_seconds(0),
            };
            assert_eq!(admit(&member, &came), expected, "{provider:?} {switched_version} {idp} {version}");
        }
    }

    #[test]
    fn id_03_a_break_glass_member_comes_by_no_provider_and_with_a_proof_of_this_login() {
        let table = [
            // break glass, idp, nothing of their own, proved at (s)
            (true, "platform", false, Some(1_000), Admitted),
            (true, "platform", false, Some(1_007), Admitted),
            // The two servers' clocks may differ by a minute.
            (true, "platform", false, Some(940), Admitted),
            (true, "platform", false, Some(939), NotFresh),
            (true, "platform", false, None, NotFresh),
            (true, "contoso", false, Some(1_007), OtherProvider),
            (true, "contoso", true, Some(1_007), Admitted),
            (true, "contoso", true, Some(939), NotFresh),
            (false, "platform", false, Some(1), Admitted),
            (false, "contoso", false, None, Admitted),
        ];
        for (break_glass, idp, only_by_provider, proved, expected) in table {
            let member = Member { break_glass, ..Member::sample(Timestamp::from_seconds(0)) };
            let auth_time = proved.map(Timestamp::from_seconds);
            let came =
                Came { idp, only_by_provider, member_version: 0, auth_time, set_out: Timestamp::from_seconds(1_000) };
            assert_eq!(admit(&member, &came), expected, "{break_glass} {idp} {only_by_provider} {proved:?}");
        }
    }
}
