//! What somebody does, in words.

use std::fmt;

use super::login::{Given, Login};
use super::people::{Account, Identity, Opens, Person, Provider, Reach};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    SignUp(Person),
    /// With the victim's address, by the attacker. With rule 4 nothing exists until the mail was followed.
    Squat,
    /// By the password, into the victim's account.
    Password(Person),
    Reset,
    Leak,
    Join(Reach),
    /// The account of the honest tenant's scope becomes the victim's own.
    Own,
    Upstream(Login),
    Unlink(Person, Account, Identity),
    /// In the honest tenant alone.
    UnlinkThere(Person, Account, Identity),
    Member(Account, Reach, Opens, Option<Identity>),
    Whole(Opens),
    /// The evil tenant's administrator, of the victim's account. With rule 9 that ends the tenant's own sessions alone.
    SetPassword,
    /// The attacker's own callback, in the victim's browser. With rule 5 it is refused there.
    Deliver(Identity),
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Victim { "victim" } else { "attacker" })
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Victims => "the victim's account",
            Self::Attackers => "the attacker's account",
            Self::Scoped => "the account of the honest tenant's scope",
        })
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Platform => "the platform's provider",
            Self::Rogue => "the rogue provider",
            Self::EvilsOwn => "the evil tenant's own provider",
            Self::HonestsOwn => "the honest tenant's own provider",
        })
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everywhere => "no tenant",
            Self::Evil => "the evil tenant",
            Self::Honest => "the honest tenant",
        })
    }
}

impl fmt::Display for Opens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outside | Self::Any => f.write_str("back to the platform"),
            Self::Only(provider, false) => write!(f, "to {provider}"),
            Self::Only(provider, true) => write!(f, "to {provider}, as compromised"),
        }
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} comes by {}", self.browser, self.who.provider())?;
        // What is stated where everybody has their own address goes without saying.
        if let (Some(states), Provider::Rogue | Provider::EvilsOwn) = (self.states, self.who.provider()) {
            write!(f, ", which states the {states}'s address")?;
        }
        if let Some(invited) = self.invited {
            write!(f, ", from an invitation of the {invited}")?;
        }
        match self.linking {
            Some(account) => return write!(f, ", to link it with {account}"),
            None if self.to == Reach::Everywhere => {}
            None => write!(f, ", on the way to {}", self.to)?,
        }
        match self.given {
            Given::Nothing => Ok(()),
            Given::Credential(account) => write!(f, ", and proves it by a credential of {account}"),
            Given::Mail(whose) if whose == self.browser => f.write_str(", and follows our mail to their own address"),
            Given::MailAndCredential(_, account) => {
                write!(f, ", and proves it by our mail and then by a credential of {account}")
            }
            Given::Mail(whose) => write!(f, ", and the {whose} follows our mail in another browser"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignUp(person) => write!(f, "the {person} signs up and follows our mail"),
            Self::Squat => f.write_str("the attacker signs up with the victim's address, and no mail is followed"),
            Self::Password(person) => write!(f, "the {person} signs in to the victim's account by its password"),
            Self::Reset => f.write_str("the victim sets a new password by mail"),
            Self::Leak => f.write_str("the attacker learns the victim's password"),
            Self::Join(tenant) => write!(f, "the victim joins {tenant}"),
            Self::Own => f.write_str("the victim makes the account of the honest tenant's scope their own"),
            Self::Upstream(login) => login.fmt(f),
            Self::Unlink(person, account, who) => write!(f, "the {person} unlinks {} from {account}", who.provider()),
            Self::UnlinkThere(person, account, who) => {
                write!(f, "the {person} unlinks {} from {account}, in the honest tenant", who.provider())
            }
            Self::Member(account, tenant, opens, preset) => {
                write!(f, "{tenant} switches its member, {account}, {opens}")?;
                preset.map_or(Ok(()), |who| write!(f, ", and names the {}'s identity there", who.person()))
            }
            Self::Whole(opens) => write!(f, "the platform switches the victim's whole account {opens}"),
            Self::SetPassword => f.write_str("the evil tenant's administrator sets its member's password"),
            Self::Deliver(who) => {
                write!(f, "the attacker's callback from {} is opened in the victim's browser", who.provider())
            }
        }
    }
}
