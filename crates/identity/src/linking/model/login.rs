//! One login by a provider: facts from the state as `gather` reads them from rows, the product's own [`decide`], and what
//! `settle` does with the decision.

use super::people::{Account, IDENTITIES, Identity, Opens, Person, Provider, REACHES, Reach};
use super::world::World;
use super::{Game, Rules};
use crate::linking::{
    Address, Candidate, Claim, Facts, Invitation, LinkDecision, Owner, Policy, Proof, Purpose, Refusal, Scope, Tie,
    decide,
};

/// What was proved on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    Nothing,
    /// The account's password, or another provider that is linked with it.
    Credential(Account),
    /// Somebody's address, by a mail of ours that was followed.
    Mail(Person),
    /// Their address by a mail first, and then a credential of the account that has it.
    MailAndCredential(Person, Account),
}

/// A browser is back from a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Login {
    /// Whose browser began, and goes on.
    pub browser: Person,
    pub who: Identity,
    /// Whose address the provider states as verified.
    pub states: Option<Person>,
    pub to: Reach,
    pub linking: Option<Account>,
    /// From the link of an invitation to this person's address, which names this provider.
    pub invited: Option<Person>,
    pub given: Given,
}

pub struct Gathered {
    pub facts: Facts,
    pub account: Option<Account>,
    email: Option<Person>,
}

const fn account_of(address: Person) -> Account {
    match address {
        Person::Victim => Account::Victims,
        Person::Attacker => Account::Attackers,
    }
}

fn owner(rules: Rules, provider: Provider) -> Owner {
    // Rule 2: a tenant's provider vouches for that tenant alone.
    if provider.tenant().is_some() && rules.two { Owner::Tenant } else { Owner::Platform }
}

fn invitation(rules: Rules, login: &Login) -> Invitation {
    match login.invited {
        None => Invitation::None,
        Some(invited) if login.states == Some(invited) || !rules.invited => Invitation::Fits,
        Some(_) => Invitation::SomebodyElse,
    }
}

fn address(world: &World, rules: Rules, login: &Login) -> (Address, Option<Person>) {
    if let Given::Mail(whose) | Given::MailAndCredential(whose, _) = login.given {
        return (Address::Mailed, Some(whose));
    }
    let Some(stated) = login.states else { return (Address::Absent, None) };
    // Rule 1: e-mail is contact data, and matched only where the provider is trusted for it.
    let equal = !rules.one && world.exists(account_of(stated));
    let trusted = login.who.provider() != Provider::Rogue || equal;
    if trusted { (Address::Trusted, Some(stated)) } else { (Address::Untrusted, None) }
}

fn by_address(world: &World, login: &Login, owner: Owner, address: Person) -> Option<Account> {
    let account = account_of(address);
    let reached = owner == Owner::Platform || world.member(account, login.to) != Opens::Outside;
    Some(account).filter(|account| world.exists(*account) && reached)
}

fn candidate(world: &World, login: &Login, owner: Owner, account: Account) -> Candidate {
    let provider = login.who.provider();
    let claim = |scope: Reach, compromised: bool| match world.of_provider(account, scope, provider) {
        None => Claim::Open { compromised },
        Some(own) if own == login.who => Claim::ByThis,
        Some(_) => Claim::ByAnother,
    };
    let policy = |opens: Opens, scope: Reach| match opens {
        Opens::Outside | Opens::Any => Policy::Any,
        Opens::Only(only, compromised) if only == provider => Policy::This(claim(scope, compromised)),
        Opens::Only(..) => Policy::Other,
    };
    let scope_of_tie = if owner == Owner::Platform { Reach::Everywhere } else { login.to };
    let spent = world.spent && (account, login.to) == (Account::Victims, Reach::Honest);
    Candidate {
        member: match policy(world.member(account, login.to), login.to) {
            Policy::This(Claim::Open { .. }) if spent => Policy::This(Claim::Spent),
            policy => policy,
        },
        account: policy(if account == Account::Victims { world.whole } else { Opens::Any }, Reach::Everywhere),
        address_proved: account != Account::Scoped && (account != Account::Victims || world.proved),
        has_credential: world.has_password(account)
            || IDENTITIES.into_iter().any(|by| vouches(world, login, by, account)),
        has_other_of_provider: world.of_provider(account, scope_of_tie, provider).is_some(),
    }
}

/// Whether an identity is another provider's, linked with the account everywhere.
fn vouches(world: &World, login: &Login, by: Identity, account: Account) -> bool {
    by.provider().tenant().is_none()
        && by.provider() != login.who.provider()
        && world.tied(Reach::Everywhere, by, account)
}

/// Whether whoever sits at the browser proves the account by something of its own: its password, or another provider.
pub fn proves(world: &World, rules: Rules, login: &Login, account: Account) -> bool {
    let theirs = |by: &Identity| by.person() == login.browser && by.provider() != login.who.provider();
    let named = |by: Identity| !rules.linked && REACHES.into_iter().any(|reach| world.tied(reach, by, account));
    let by_provider = |by: Identity| vouches(world, login, by, account) || named(by);
    world.knows(login.browser, account) || IDENTITIES.into_iter().filter(theirs).any(by_provider)
}

pub fn gather(world: &World, rules: Rules, login: &Login) -> Gathered {
    let owner = owner(rules, login.who.provider());
    let invitation = invitation(rules, login);
    let (address, email) = match invitation {
        Invitation::Fits => (Address::Mailed, login.invited),
        _ => address(world, rules, login),
    };
    let everywhere = world.owner(Reach::Everywhere, login.who);
    let here = world.owner(login.to, login.who).filter(|_| login.to != Reach::Everywhere);
    let found = here.or(everywhere);
    let known = login.linking.or(found).or_else(|| email.and_then(|email| by_address(world, login, owner, email)));
    let tie = match (known, found) {
        (_, None) => Tie::None,
        (Some(known), _) if everywhere == Some(known) => Tie::Account,
        (Some(known), Some(found)) if found == known => Tie::Member,
        _ => Tie::Elsewhere,
    };
    let open = |policy: Policy| matches!(policy, Policy::This(Claim::Open { .. }));
    let mut candidate = known.map(|known| candidate(world, login, owner, known));
    if let (Some(member), Tie::Member, false) = (&mut candidate, tie, rules.whole)
        && open(member.account)
    {
        member.account = Policy::This(Claim::ByThis);
    }
    let proof = match (login.given, known) {
        (Given::Mail(whose), Some(known)) if account_of(whose) == known => Proof::Mail,
        (Given::Credential(account) | Given::MailAndCredential(_, account), Some(known)) if account == known => {
            Proof::Credential
        }
        _ => Proof::None,
    };
    let proof = match candidate {
        // Rule 1: equality of addresses is no proof.
        Some(_) if !rules.one && found.is_none() && login.linking.is_none() => Proof::Credential,
        // Rule 3: the first login after a switch proves itself.
        Some(candidate) if !rules.three && (open(candidate.member) || open(candidate.account)) => Proof::Mail,
        _ => proof,
    };
    let facts = Facts {
        purpose: if login.linking.is_some() { Purpose::Link } else { Purpose::SignIn },
        usable: login.who.provider().serves(login.to),
        owner,
        tie,
        address,
        invitation,
        candidate,
        same_person: true,
        proof,
    };
    Gathered { facts, account: known, email }
}

/// Decides, and does it.
pub fn settle(world: &World, game: Game, login: &Login) -> (LinkDecision, World) {
    let gathered = gather(world, game.rules, login);
    let decision = decide(&gathered.facts);
    let mut next = *world;
    let reach = |scope: Scope| if scope == Scope::Tenant { login.to } else { Reach::Everywhere };
    let whose = match (decision, gathered.account) {
        (LinkDecision::SignIn(scope), Some(account)) => {
            next.open(login.browser, account, reach(scope), Some(login.who));
            Some(account)
        }
        (LinkDecision::Tie(scope), Some(account)) => {
            // Of two owners, the row is the first's.
            if next.owner(reach(scope), login.who).is_some() {
                return (LinkDecision::Refuse(Refusal::LinkedElsewhere), next);
            }
            next.bind(reach(scope), login.who, account);
            if login.linking.is_none() {
                let everywhere = gathered.facts.tie == Tie::Account;
                let opened = if everywhere { Reach::Everywhere } else { reach(scope) };
                next.open(login.browser, account, opened, Some(login.who));
            }
            Some(account)
        }
        (LinkDecision::Create(scope), _) => create(&mut next, game, login, scope, gathered.email),
        _ => None,
    };
    if let (Some(_), Some(account)) = (login.invited, whose) {
        accept(&mut next, login, account);
    }
    (decision, next)
}

/// Whoever accepts an invitation is a member whom that provider opens the tenant to, and their identity is claimed there. Who was
/// a member stays as they are, and claims nothing by it.
fn accept(next: &mut World, login: &Login, account: Account) {
    let provider = login.who.provider();
    if next.member(account, login.to) != Opens::Outside {
        return;
    }
    next.set_member(account, login.to, Opens::Only(provider, false));
    if next.owner(login.to, login.who).is_none() && next.of_provider(account, login.to, provider).is_none() {
        next.bind(login.to, login.who, account);
    }
}

/// If the address is somebody's meanwhile, nothing of it stays. Of those whom a tenant's provider alone knows, there is one.
fn create(next: &mut World, game: Game, login: &Login, scope: Scope, email: Option<Person>) -> Option<Account> {
    let account = match (scope, email, login.who) {
        (Scope::Everywhere, Some(email), _) => account_of(email),
        (Scope::Tenant, _, Identity::HonestVictim) if game.cast.scoped => Account::Scoped,
        _ => return None,
    };
    if next.exists(account) {
        return None;
    }
    next.born(account);
    next.proved |= account == Account::Victims;
    let reach = if scope == Scope::Tenant { login.to } else { Reach::Everywhere };
    next.bind(reach, login.who, account);
    if account == Account::Scoped {
        let opens = login.invited.map_or(Opens::Any, |_| Opens::Only(login.who.provider(), false));
        next.set_member(account, login.to, opens);
    }
    next.open(login.browser, account, reach, Some(login.who));
    Some(account)
}
