//! What must hold of every state.

use super::Game;
use super::login::{Given, Login, settle};
use super::people::{ACCOUNTS, Account, IDENTITIES, Identity, Opens, Person, REACHES, Reach};
use super::world::World;
use crate::linking::LinkDecision;

/// What is wrong with a state, if anything is.
pub fn broken(world: &World, game: Game) -> Option<&'static str> {
    opened(world, game).or_else(|| shared(world)).or_else(|| stranded(world, game))
}

/// 1: The attacker opens nothing of the victim's. What the evil tenant opens alone is its own business; and who has lost
/// their password, has lost what it opens: but nothing to which it was switched off as compromised, and nothing that they have
/// claimed since a switch.
fn opened(world: &World, game: Game) -> Option<&'static str> {
    let protected = [Reach::Everywhere, Reach::Honest];
    let attackers = |account: Account, scope: Reach| {
        let mut own = IDENTITIES.into_iter().filter(|who| who.person() == Person::Attacker);
        own.any(|who| world.tied(scope, who, account))
    };
    let held = |account: Account| protected.into_iter().any(|reach| world.holds(account, reach));
    let bound = |account: Account| protected.into_iter().any(|scope| attackers(account, scope));
    if held(Account::Scoped) || bound(Account::Scoped) {
        return Some("the attacker opens the victim's account of the honest tenant's scope");
    }
    let victims = Account::Victims;
    if !world.proved {
        return None;
    }
    if !world.leaked {
        return match (held(victims), bound(victims)) {
            (true, _) => Some("the attacker is signed in to the victim's account"),
            (_, true) => Some("the attacker's identity is tied to the victim's account"),
            _ => None,
        };
    }
    if matches!(world.whole, Opens::Only(_, true)) && (held(victims) || attackers(victims, Reach::Everywhere)) {
        return Some("the attacker opens an account that was switched as compromised");
    }
    if matches!(world.member(victims, Reach::Honest), Opens::Only(_, true))
        && (attackers(victims, Reach::Honest) || enters(world, game))
    {
        return Some("the attacker enters a tenant that has switched its member as compromised");
    }
    if world.claimed && (world.claimed_by_attacker() || enters(world, game)) {
        return Some("the attacker enters a tenant in which the victim has claimed themselves");
    }
    None
}

/// Whether the honest tenant opens to a session of the attacker's browser on the victim's account: the door.
fn enters(world: &World, game: Game) -> bool {
    let victims = Account::Victims;
    let opens = |by: Option<Identity>| match (world.member(victims, Reach::Honest), by) {
        (Opens::Outside, _) => false,
        (Opens::Any, _) => true,
        (Opens::Only(provider, _), Some(who)) => {
            who.provider() == provider && (!game.rules.door || world.tied(Reach::Honest, who, victims))
        }
        (Opens::Only(..), None) => false,
    };
    let bys = IDENTITIES.into_iter().map(Some).chain([None]);
    bys.into_iter().any(|by| {
        let held = |reach| world.holds_by(victims, reach, by);
        (held(Reach::Everywhere) || held(Reach::Honest)) && opens(by)
    })
}

/// 3: In a scope, an external identity has one owner, and an account one identity of a provider. The rows' unique keys are not
/// modelled: the decisions alone keep it.
fn shared(world: &World) -> Option<&'static str> {
    let siblings =
        [(Identity::PlatformVictim, Identity::PlatformAttacker), (Identity::HonestVictim, Identity::HonestAttacker)];
    for scope in REACHES {
        if IDENTITIES.into_iter().any(|who| world.owners(scope, who) > 1) {
            return Some("an external identity has two owners");
        }
        for account in ACCOUNTS {
            if siblings
                .into_iter()
                .any(|(one, other)| world.tied(scope, one, account) && world.tied(scope, other, account))
            {
                return Some("an account has two identities of a provider");
            }
        }
    }
    None
}

/// 2: Nobody is without a way in, unless an administrator has chosen so.
fn stranded(world: &World, game: Game) -> Option<&'static str> {
    let victims = Account::Victims;
    if ACCOUNTS.into_iter().any(|account| world.stranded(account)) {
        return Some("an account has no way in");
    }
    if !world.exists(victims) || !world.proved {
        return None;
    }
    // Whoever has lost their password may have lost a claim with it, until somebody switches them as compromised.
    let reliable = |opens: Opens| match opens {
        Opens::Only(_, compromised) => compromised || !world.leaked,
        _ => false,
    };
    if reliable(world.whole) && !comes_in(world, game, Reach::Everywhere, world.whole) {
        return Some("the provider that alone opens the account does not open it");
    }
    let member = world.member(victims, Reach::Honest);
    // Two policies that name different providers are two administrators' choices.
    let agree = match (member, world.whole) {
        (Opens::Only(one, _), Opens::Only(other, _)) => one == other && reliable(world.whole),
        _ => true,
    };
    // Who was unlinked where they had claimed themselves waits for an administrator.
    if reliable(member) && agree && !world.spent && !comes_in(world, game, Reach::Honest, member) {
        return Some("the provider that alone opens the tenant to the victim does not open it");
    }
    None
}

/// Whether the victim gets in by the named provider, with what they can prove. Who is two members of a tenant comes in as the
/// one that has the identity.
fn comes_in(world: &World, game: Game, to: Reach, opens: Opens) -> bool {
    let Opens::Only(provider, _) = opens else { return true };
    let mut own = IDENTITIES.into_iter().filter(|who| who.provider() == provider && who.person() == Person::Victim);
    own.any(|who| {
        let login = |given| Login {
            browser: Person::Victim,
            who,
            states: Some(Person::Victim),
            to,
            linking: None,
            invited: None,
            given,
        };
        let opened =
            |given| matches!(settle(world, game, &login(given)).0, LinkDecision::SignIn(_) | LinkDecision::Tie(_));
        world.tied(Reach::Honest, who, Account::Scoped) || opened(Given::Nothing) || opened(Given::Mail(Person::Victim))
    })
}
