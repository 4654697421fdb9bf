//! One member is switched to a provider only after the identity server has said that they could prove themselves there: nobody knows
//! it here. The answer is a value that only the question gives, and the deed takes nothing else, so that no caller forgets to ask.
//! (Of many, a batch asks: `batches::sorting`.)

use super::{Deed, Denied, Refusal};
use crate::batches::Claims;
use crate::members::{Member, MemberId};
use crate::providers;

/// A switch of one member that leaves them a way in, as far as the identity server can tell.
#[derive(Debug, Clone)]
pub struct Switching {
    member: MemberId,
    /// Whom the answer was about: as the identity server knows them, if it does.
    subject: Option<String>,
    deed: Deed,
}

/// What the identity server has to be asked before.
#[derive(Debug, Clone)]
pub struct Question {
    /// The provider's key.
    pub provider: String,
    /// The member, as it knows them.
    pub subject: String,
    /// Whether what they have claimed before counts for nothing.
    pub compromised: bool,
    then: Switching,
}

/// What stands before a switch.
#[derive(Debug, Clone)]
pub enum Before {
    /// Nothing: they keep what they have, are nobody there yet, or whoever switches them says who they are.
    Nothing(Switching),
    /// A question.
    Ask(Box<Question>),
}

impl Switching {
    /// What stands before this deed, of a member as they are now.
    ///
    /// # Errors
    /// What is wrong with it in itself; [`Denied::Forbidden`] if it is no switch.
    pub fn of(member: &Member, deed: Deed) -> Result<Before, Denied> {
        let Deed::Switch { to, compromised, mut preset } = deed else { return Err(Denied::Forbidden) };
        providers::tidy(&to, &mut preset)?;
        let asked = to.clone().filter(|_| preset.is_none()).zip(member.subject.clone());
        let (subject, deed) = (member.subject.clone(), Deed::Switch { to, compromised, preset });
        let then = Self { member: member.id, subject, deed };
        Ok(match asked {
            Some((provider, subject)) => Before::Ask(Box::new(Question { provider, subject, compromised, then })),
            None => Before::Nothing(then),
        })
    }

    /// Whom it is about.
    #[must_use]
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// What is done.
    #[must_use]
    pub const fn deed(&self) -> &Deed {
        &self.deed
    }

    /// Whether the answer is still about them: whoever was merely invited may have come meanwhile.
    pub(super) fn is_about(&self, member: &Member) -> bool {
        self.member == member.id && self.subject == member.subject
    }
}

impl Question {
    /// What the answer comes to.
    ///
    /// # Errors
    /// [`Refusal::NoProof`].
    pub fn answered(self, claims: &Claims) -> Result<Switching, Refusal> {
        if claims.unprovable.contains(&self.subject) { Err(Refusal::NoProof) } else { Ok(self.then) }
    }
}

#[cfg(test)]
mod tests {
    use ambient::Timestamp;

    use super::*;

    #[test]
    fn sw_05_a_switch_is_asked_about_unless_it_cannot_strand_anybody() {
        let member = |subject: Option<&str>| Member {
            subject: subject.map(str::to_owned),
            ..Member::sample(Timestamp::from_seconds(0))
        };
        let switch = |to: Option<&str>, preset: Option<&str>| Deed::Switch {
            to: to.map(str::to_owned),
            compromised: false,
            preset: preset.map(str::to_owned),
        };
        for (subject, to, preset, asked) in [
            (Some("mina"), Some("contoso"), None, true),
            // Blanks name nobody.
            (Some("mina"), Some("contoso"), Some(" \n"), true),
            (Some("mina"), Some("contoso"), Some("m-1"), false),
            (Some("mina"), None, None, false),
            (None, Some("contoso"), None, false),
        ] {
            let before = Switching::of(&member(subject), switch(to, preset)).unwrap();
            assert_eq!(matches!(before, Before::Ask(_)), asked, "{subject:?} {to:?} {preset:?}");
            let Before::Ask(question) = before else { continue };
            let nobody = Claims { unprovable: ["mina".to_owned()].into(), ..Claims::default() };
            assert_eq!(question.clone().answered(&nobody).unwrap_err(), Refusal::NoProof);
            let switching = question.answered(&Claims::default()).unwrap();
            assert!(switching.is_about(&member(subject)) && !switching.is_about(&member(Some("another"))));
        }
        assert!(Switching::of(&member(None), Deed::Lock).is_err());
    }
}
