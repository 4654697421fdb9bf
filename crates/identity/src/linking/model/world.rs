//! Who and what there is. A state is a few words of bits, so that all of them can be visited.

use std::hash::{Hash, Hasher};

use super::people::{ACCOUNTS, Account, IDENTITIES, Identity, Opens, Person, Provider, REACHES, Reach};

/// One state. What only its own person could win or lose by is not kept: the attacker's sessions on their own account, the
/// victim's in one tenant, and anybody's in the evil tenant alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    exists: [bool; 3],
    /// Whether the address of the victim's account is proved: always, while rule 4 holds.
    pub proved: bool,
    /// Who knows the password of the victim's account; nobody: there is none.
    pub known_to_victim: bool,
    pub known_to_attacker: bool,
    /// The victim's password was lost to the attacker once.
    pub leaked: bool,
    /// The victim's browser is signed in to the victim's account.
    pub signed_in: bool,
    /// An administrator has voided the only ways into an account.
    voided: [bool; 3],
    ties: u64,
    sessions: u64,
    /// Of the whole victim's account.
    pub whole: Opens,
    /// The victim has claimed themselves in the honest tenant since it switched them; for the law alone.
    pub claimed: bool,
    /// A claim of the victim's account there was unlinked. What the evil tenant's does is its own business.
    pub spent: bool,
    /// Of the victim's account in the evil and in the honest tenant, of the scoped account in the honest one.
    members: [Opens; 3],
}

impl Hash for World {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let flags = [
            self.exists[0],
            self.exists[1],
            self.exists[2],
            self.proved,
            self.known_to_victim,
            self.known_to_attacker,
            self.leaked,
            self.signed_in,
            self.voided[0],
            self.voided[2],
            self.claimed,
            self.spent,
        ];
        let mut word = flags.iter().fold(0, |word, flag| word << 1 | u64::from(*flag));
        for opens in [self.whole, self.members[0], self.members[1], self.members[2]] {
            word = word << 4 | opens.code();
        }
        hasher.write_u64(word);
        hasher.write_u64(self.ties);
        hasher.write_u64(self.sessions);
    }
}

const fn tie(scope: Reach, who: Identity, account: Account) -> u64 {
    1 << ((scope as u64 * 6 + who as u64) * 3 + account as u64)
}

/// By what a session was proved: by an identity, or by the account's own credential.
const fn session(account: Account, reach: Reach, by: Option<Identity>) -> u64 {
    let by = match by {
        None => 0,
        Some(identity) => 1 + identity as u64,
    };
    1 << ((account as u64 * 3 + reach as u64) * 7 + by)
}

impl World {
    /// Nobody has an account.
    pub const EMPTY: Self = Self {
        exists: [false; 3],
        proved: false,
        known_to_victim: false,
        known_to_attacker: false,
        leaked: false,
        signed_in: false,
        voided: [false; 3],
        ties: 0,
        sessions: 0,
        whole: Opens::Any,
        claimed: false,
        spent: false,
        members: [Opens::Outside; 3],
    };

    pub fn exists(&self, account: Account) -> bool {
        self.exists[account as usize]
    }

    pub fn born(&mut self, account: Account) {
        self.exists[account as usize] = true;
    }

    /// The account of the honest tenant's scope goes up in the victim's, with all that the tenant knows; a new one has a password.
    pub fn own(&mut self) {
        let (from, to) = (Account::Scoped, Account::Victims);
        if !self.exists(to) {
            self.born(to);
            (self.proved, self.known_to_victim, self.signed_in) = (true, true, true);
        }
        for who in IDENTITIES.into_iter().filter(|who| self.tied(Reach::Honest, *who, from)).collect::<Vec<_>>() {
            self.unbind(Reach::Honest, who, from);
            self.bind(Reach::Honest, who, to);
        }
        self.set_member(to, Reach::Honest, self.member(from, Reach::Honest));
        self.set_member(from, Reach::Honest, Opens::Outside);
        self.end_in(from, Reach::Honest);
        (self.exists[from as usize], self.voided[from as usize]) = (false, false);
    }

    pub fn has_password(&self, account: Account) -> bool {
        match account {
            Account::Victims => self.known_to_victim || self.known_to_attacker,
            // Whoever has the mailbox sets one when they like.
            Account::Attackers => self.exists(account),
            Account::Scoped => false,
        }
    }

    pub fn knows(&self, person: Person, account: Account) -> bool {
        match (account, person) {
            (Account::Victims, Person::Victim) => self.known_to_victim,
            (Account::Victims, Person::Attacker) => self.known_to_attacker,
            (Account::Attackers, Person::Attacker) => self.exists(account),
            _ => false,
        }
    }

    const fn seat(account: Account, tenant: Reach) -> Option<usize> {
        match (account, tenant) {
            (Account::Victims, Reach::Evil) => Some(0),
            (Account::Victims, Reach::Honest) => Some(1),
            (Account::Scoped, Reach::Honest) => Some(2),
            _ => None,
        }
    }

    pub fn member(&self, account: Account, tenant: Reach) -> Opens {
        Self::seat(account, tenant).map_or(Opens::Outside, |seat| self.members[seat])
    }

    pub fn set_member(&mut self, account: Account, tenant: Reach, opens: Opens) {
        if let Some(seat) = Self::seat(account, tenant) {
            self.members[seat] = opens;
        }
        if (account, tenant) == (Account::Victims, Reach::Honest) {
            (self.claimed, self.spent) = (false, false);
            self.note_claim();
        }
    }

    /// Whose the victim's account is where one provider alone opens the honest tenant to it.
    fn claimant(&self) -> Option<Identity> {
        let Opens::Only(provider, _) = self.member(Account::Victims, Reach::Honest) else { return None };
        self.of_provider(Account::Victims, Reach::Honest, provider)
    }

    fn note_claim(&mut self) {
        self.claimed |= self.claimant().is_some_and(|who| who.person() == Person::Victim);
    }

    /// A person unlinks it.
    pub fn unlink(&mut self, reach: Reach, who: Identity, account: Account, once: bool) {
        let claims = account == Account::Victims && reach == Reach::Honest && self.claimant() == Some(who);
        self.spent |= once && claims;
        self.unbind(reach, who, account);
        self.end(account, reach, Some(who));
    }

    /// Whether the honest tenant opens to the victim by somebody else's claim than theirs.
    pub fn claimed_by_attacker(&self) -> bool {
        self.claimant().is_some_and(|who| who.person() == Person::Attacker)
    }

    pub const fn tied(&self, scope: Reach, who: Identity, account: Account) -> bool {
        self.ties & tie(scope, who, account) != 0
    }

    /// The statement alone: that nobody else has it is for [`super::law`] to see.
    pub fn bind(&mut self, scope: Reach, who: Identity, account: Account) {
        self.ties |= tie(scope, who, account);
        if scope == account.home() {
            self.voided[account as usize] = false;
        }
        self.note_claim();
    }

    pub const fn unbind(&mut self, scope: Reach, who: Identity, account: Account) {
        self.ties &= !tie(scope, who, account);
    }

    pub fn owner(&self, scope: Reach, who: Identity) -> Option<Account> {
        match self.holders(scope, who) {
            0 => None,
            bits => Some(ACCOUNTS[bits.trailing_zeros() as usize]),
        }
    }

    const fn holders(&self, scope: Reach, who: Identity) -> u64 {
        (self.ties >> ((scope as u64 * 6 + who as u64) * 3)) & 0b111
    }

    pub const fn owners(&self, scope: Reach, who: Identity) -> u32 {
        self.holders(scope, who).count_ones()
    }

    pub fn has_ties(&self, scope: Reach, account: Account) -> usize {
        IDENTITIES.into_iter().filter(|who| self.tied(scope, *who, account)).count()
    }

    /// The identity of a provider that an account has in a scope.
    pub fn of_provider(&self, account: Account, scope: Reach, provider: Provider) -> Option<Identity> {
        let (one, other) = provider.identities();
        [one, other].into_iter().find(|who| self.tied(scope, *who, account))
    }

    /// As an administrator chooses.
    pub fn void(&mut self, account: Account, scope: Reach) {
        if scope == account.home() && !self.has_password(account) {
            self.voided[account as usize] = true;
        }
        IDENTITIES.into_iter().for_each(|who| self.unbind(scope, who, account));
        self.claimed &= (account, scope) != (Account::Victims, Reach::Honest);
    }

    /// A new password, which its person alone knows. Every session ends.
    pub fn set_password(&mut self, by: Person) {
        self.end_all();
        (self.known_to_victim, self.known_to_attacker) = (by == Person::Victim, by == Person::Attacker);
        self.voided[0] = false;
    }

    /// Whether somebody is without a way in, and nobody chose it.
    pub fn stranded(&self, account: Account) -> bool {
        let chosen = self.voided[account as usize];
        self.exists(account) && !chosen && !self.has_password(account) && self.has_ties(account.home(), account) == 0
    }

    /// A browser is signed in.
    pub fn open(&mut self, browser: Person, account: Account, reach: Reach, by: Option<Identity>) {
        match browser {
            Person::Victim => self.signed_in |= account == Account::Victims && reach == Reach::Everywhere,
            Person::Attacker if account == Account::Attackers || reach == Reach::Evil => {}
            Person::Attacker => self.sessions |= session(account, reach, by),
        }
    }

    /// What the attacker's browser holds of an account.
    pub fn holds(&self, account: Account, reach: Reach) -> bool {
        self.sessions & (0x7f << ((account as u64 * 3 + reach as u64) * 7)) != 0
    }

    pub const fn holds_by(&self, account: Account, reach: Reach, by: Option<Identity>) -> bool {
        self.sessions & session(account, reach, by) != 0
    }

    pub const fn end(&mut self, account: Account, reach: Reach, by: Option<Identity>) {
        self.sessions &= !session(account, reach, by);
    }

    pub const fn end_in(&mut self, account: Account, reach: Reach) {
        self.sessions &= !(0x7f << ((account as u64 * 3 + reach as u64) * 7));
    }

    /// Every session of the victim's account, in every browser.
    pub fn end_all(&mut self) {
        self.signed_in = false;
        REACHES.into_iter().for_each(|reach| self.end_in(Account::Victims, reach));
    }
}
