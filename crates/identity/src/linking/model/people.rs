//! Who plays, and by what names.

/// Each has a mailbox and a browser of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    Victim,
    Attacker,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    /// Of the victim's address.
    Victims,
    /// Of the attacker's address.
    Attackers,
    /// The victim's, known through the honest tenant's own provider alone.
    Scoped,
}

impl Account {
    /// The scope of the ties that are ways into it.
    pub const fn home(self) -> Reach {
        match self {
            Self::Victims | Self::Attackers => Reach::Everywhere,
            Self::Scoped => Reach::Honest,
        }
    }
}

pub const ACCOUNTS: [Account; 3] = [Account::Victims, Account::Attackers, Account::Scoped];

/// Where a login leads to, or a tie counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To no tenant; everywhere.
    Everywhere,
    /// A tenant whose administrator, and whose own provider, are the attacker's.
    Evil,
    /// An honest tenant.
    Honest,
}

pub const REACHES: [Reach; 3] = [Reach::Everywhere, Reach::Evil, Reach::Honest];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// The platform's, honest, trusted for everybody's domain.
    Platform,
    /// The platform's, and the attacker's: it states anything, and is trusted for no domain.
    Rogue,
    /// The evil tenant's own: it states anything, and its administrator has it trusted for everybody's domain.
    EvilsOwn,
    /// The honest tenant's own, honest, trusted for everybody's domain.
    HonestsOwn,
}

impl Provider {
    pub const fn tenant(self) -> Option<Reach> {
        match self {
            Self::Platform | Self::Rogue => None,
            Self::EvilsOwn => Some(Reach::Evil),
            Self::HonestsOwn => Some(Reach::Honest),
        }
    }

    /// Who there is at it.
    pub const fn identities(self) -> (Identity, Identity) {
        match self {
            Self::Platform => (Identity::PlatformVictim, Identity::PlatformAttacker),
            Self::Rogue => (Identity::Rogue, Identity::Rogue),
            Self::EvilsOwn => (Identity::EvilsOwn, Identity::EvilsOwn),
            Self::HonestsOwn => (Identity::HonestVictim, Identity::HonestAttacker),
        }
    }

    pub fn serves(self, to: Reach) -> bool {
        self.tenant().is_none_or(|tenant| tenant == to)
    }
}

/// An external identity: (provider, subject).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    PlatformVictim,
    PlatformAttacker,
    Rogue,
    EvilsOwn,
    HonestVictim,
    HonestAttacker,
}

pub const IDENTITIES: [Identity; 6] = [
    Identity::PlatformVictim,
    Identity::PlatformAttacker,
    Identity::Rogue,
    Identity::EvilsOwn,
    Identity::HonestVictim,
    Identity::HonestAttacker,
];

impl Identity {
    pub const fn provider(self) -> Provider {
        match self {
            Self::PlatformVictim | Self::PlatformAttacker => Provider::Platform,
            Self::Rogue => Provider::Rogue,
            Self::EvilsOwn => Provider::EvilsOwn,
            Self::HonestVictim | Self::HonestAttacker => Provider::HonestsOwn,
        }
    }

    /// Who can sign in by it.
    pub const fn person(self) -> Person {
        match self {
            Self::PlatformVictim | Self::HonestVictim => Person::Victim,
            _ => Person::Attacker,
        }
    }
}

/// How a member or an account is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// No member.
    Outside,
    /// By whatever the account allows.
    Any,
    /// By this provider alone; whether whoever switched it distrusts the old credentials.
    Only(Provider, bool),
}

impl Opens {
    pub const fn code(self) -> u64 {
        match self {
            Self::Outside => 0,
            Self::Any => 1,
            Self::Only(provider, compromised) => 2 + 2 * provider as u64 + compromised as u64,
        }
    }
}
