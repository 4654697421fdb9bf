//! Whoever may do something does it, in every order. What a rule refuses is not there: with the rule off, it is.
//!
//! A login that waits for a proof adds no state: it can be begun anew at any moment, and is decided anew when the proof comes.
//! So each proof that the question accepts is a step of its own.

use super::Game;
use super::login::{Given, Login, gather, proves, settle};
use super::people::{ACCOUNTS, Account, IDENTITIES, Identity, Opens, Person, Provider, REACHES, Reach};
use super::steps::Step;
use super::world::World;
use crate::linking::{LinkDecision, Ways, decide};

/// Every step that changes something, and where it leads to.
pub fn successors(world: &World, game: Game) -> Vec<(Step, World)> {
    let mut next = Vec::new();
    credentials(world, game, &mut next);
    upstream(world, game, &mut next);
    invitations(world, game, &mut next);
    own_account(world, &mut next);
    links(world, game, &mut next);
    unlinks(world, game, &mut next);
    administrators(world, game, &mut next);
    next.retain(|(_, to)| to != world);
    next
}

type Next = Vec<(Step, World)>;

fn push(next: &mut Next, world: &World, step: Step, does: impl FnOnce(&mut World)) {
    let mut to = *world;
    does(&mut to);
    next.push((step, to));
}

/// Whom the honest tenant alone knows makes that their own account, or takes it over into the one that they have, after its proof.
fn own_account(world: &World, next: &mut Next) {
    let victims = Account::Victims;
    let free = world.member(victims, Reach::Honest) == Opens::Outside && world.has_ties(Reach::Honest, victims) == 0;
    let theirs = !world.exists(victims) || (world.signed_in && world.known_to_victim);
    if world.exists(Account::Scoped) && free && theirs {
        push(next, world, Step::Own, World::own);
    }
}

fn credentials(world: &World, game: Game, next: &mut Next) {
    let victims = Account::Victims;
    let exists = world.exists(victims);
    if !exists || !world.proved {
        // Of an account that stood there before, all stays; with rule 4 there is none.
        push(next, world, Step::SignUp(Person::Victim), |to| {
            to.born(victims);
            (to.proved, to.known_to_victim, to.known_to_attacker, to.signed_in) = (true, true, false, true);
        });
    }
    if !world.exists(Account::Attackers) {
        push(next, world, Step::SignUp(Person::Attacker), |to| to.born(Account::Attackers));
    }
    if !exists && !game.rules.four {
        push(next, world, Step::Squat, |to| {
            to.born(victims);
            to.known_to_attacker = true;
            to.open(Person::Attacker, victims, Reach::Everywhere, None);
        });
    }
    // A switched account has no password and no recovery.
    if exists && world.whole == Opens::Any {
        for person in [Person::Victim, Person::Attacker] {
            if world.knows(person, victims) {
                push(next, world, Step::Password(person), |to| to.open(person, victims, Reach::Everywhere, None));
            }
        }
        push(next, world, Step::Reset, |to| {
            to.set_password(Person::Victim);
            to.signed_in = true;
        });
    }
    if game.cast.leak && world.known_to_victim {
        push(next, world, Step::Leak, |to| (to.leaked, to.known_to_attacker) = (true, true));
    }
    for tenant in [Reach::Evil, Reach::Honest] {
        if world.signed_in && game.cast.has(tenant) && world.member(victims, tenant) == Opens::Outside {
            push(next, world, Step::Join(tenant), |to| to.set_member(victims, tenant, Opens::Any));
        }
    }
}

/// What a provider states of somebody: an honest one their own address, the attacker's whatever they like.
fn stated(who: Identity) -> &'static [Option<Person>] {
    match who.provider() {
        Provider::Rogue | Provider::EvilsOwn => &[None, Some(Person::Victim), Some(Person::Attacker)],
        Provider::Platform | Provider::HonestsOwn if who.person() == Person::Victim => &[Some(Person::Victim)],
        Provider::Platform | Provider::HonestsOwn => &[Some(Person::Attacker)],
    }
}

fn upstream(world: &World, game: Game, next: &mut Next) {
    for who in IDENTITIES {
        for to in REACHES.into_iter().filter(|to| game.cast.has(*to) && who.provider().serves(*to)) {
            for states in stated(who) {
                let browser = who.person();
                let login =
                    Login { browser, who, states: *states, to, linking: None, invited: None, given: Given::Nothing };
                one(world, game, login, next);
            }
        }
    }
}

/// A tenant invites an address, to come by one provider: the honest one by an honest provider, the evil one by whichever it likes.
/// Whoever has the mailbox has the link; the victim passes the honest tenant's on.
fn invitations(world: &World, game: Game, next: &mut Next) {
    for to in [Reach::Evil, Reach::Honest].into_iter().filter(|to| game.cast.has(*to)) {
        for who in IDENTITIES.into_iter().filter(|who| who.provider().serves(to)) {
            let browser = who.person();
            let honest = matches!(who.provider(), Provider::Platform | Provider::HonestsOwn);
            if to == Reach::Honest && !honest {
                continue;
            }
            for invited in [Person::Victim, Person::Attacker] {
                if invited != browser && to == Reach::Evil {
                    continue;
                }
                for states in stated(who) {
                    let given = Given::Nothing;
                    let login =
                        Login { browser, who, states: *states, to, linking: None, invited: Some(invited), given };
                    one(world, game, login, next);
                }
            }
        }
    }
}

fn one(world: &World, game: Game, login: Login, next: &mut Next) {
    let mut go = |given: Given| {
        let login = Login { given, ..login };
        next.push((Step::Upstream(login), settle(world, game, &login).1));
    };
    let (decision, provable) = question(world, game, login);
    if let Some(account) = provable {
        go(Given::Credential(account));
    }
    if !matches!(decision, LinkDecision::Offer(_) | LinkDecision::CheckMail) {
        return go(Given::Nothing);
    }
    // Any address may be mailed; the link counts in the browser that began, whose person has one mailbox.
    go(Given::Mail(login.browser));
    let mailed = Login { given: Given::Mail(login.browser), ..login };
    if let (LinkDecision::Offer(_), Some(account)) = question(world, game, mailed) {
        go(Given::MailAndCredential(login.browser, account));
    }
    if !game.rules.mailed && login.browser == Person::Attacker {
        go(Given::Mail(Person::Victim));
    }
}

/// What is decided, and the account whose credential is asked for, if who sits there has one.
fn question(world: &World, game: Game, login: Login) -> (LinkDecision, Option<Account>) {
    let asked = gather(world, game.rules, &login);
    let decision = decide(&asked.facts);
    let by_credential = matches!(decision, LinkDecision::Offer(Ways::Credential | Ways::CredentialOrMail));
    (decision, asked.account.filter(|account| by_credential && proves(world, game.rules, &login, *account)))
}

fn attacker_in(world: &World, account: Account) -> bool {
    match account {
        Account::Attackers => world.exists(account),
        _ => world.holds(account, Reach::Everywhere),
    }
}

/// By whoever is signed in to the account everywhere.
fn links(world: &World, game: Game, next: &mut Next) {
    let linking = |who: Identity, account: Account| Login {
        browser: who.person(),
        who,
        states: None,
        to: Reach::Everywhere,
        linking: Some(account),
        invited: None,
        given: Given::Credential(account),
    };
    for who in [Identity::PlatformVictim, Identity::PlatformAttacker, Identity::Rogue] {
        for account in [Account::Victims, Account::Attackers] {
            let signed_in = match who.person() {
                Person::Victim => world.signed_in && account == Account::Victims,
                Person::Attacker => attacker_in(world, account),
            };
            if signed_in {
                let login = linking(who, account);
                next.push((Step::Upstream(login), settle(world, game, &login).1));
            }
        }
        if !game.rules.callback && who.person() == Person::Attacker && world.signed_in {
            next.push((Step::Deliver(who), settle(world, game, &linking(who, Account::Victims)).1));
        }
    }
}

/// Whoever is signed in to the account everywhere unlinks what opens it, in every scope, and what opens the honest tenant alone, there.
/// (A subject that a tenant has named stays; without it more is open, not less.)
fn unlinks(world: &World, game: Game, next: &mut Next) {
    for account in [Account::Victims, Account::Attackers] {
        let ways = world.has_ties(Reach::Everywhere, account) + usize::from(world.has_password(account));
        let leaves_a_way = |who: Identity| match world.whole {
            Opens::Only(provider, _) if account == Account::Victims => who.provider() != provider,
            _ => ways > 1,
        };
        let leaves_it = match world.whole {
            Opens::Only(provider, _) => world.of_provider(account, Reach::Everywhere, provider).is_some(),
            _ => ways > 0,
        };
        let people = [
            (Person::Victim, world.signed_in && account == Account::Victims),
            (Person::Attacker, attacker_in(world, account)),
        ];
        for (person, _) in people.into_iter().filter(|(_, signed_in)| *signed_in) {
            let tied = |reach: Reach| IDENTITIES.into_iter().filter(move |who| world.tied(reach, *who, account));
            for who in tied(Reach::Everywhere).filter(|who| leaves_a_way(*who)) {
                push(next, world, Step::Unlink(person, account, who), |to| {
                    REACHES.into_iter().for_each(|reach| to.unlink(reach, who, account, game.rules.once));
                });
            }
            for who in tied(Reach::Honest).filter(|_| leaves_it) {
                push(next, world, Step::UnlinkThere(person, account, who), |to| {
                    to.unlink(Reach::Honest, who, account, game.rules.once);
                });
            }
        }
    }
}

fn administrators(world: &World, game: Game, next: &mut Next) {
    for account in ACCOUNTS {
        for tenant in [Reach::Evil, Reach::Honest] {
            if world.member(account, tenant) != Opens::Outside {
                push(next, world, Step::Member(account, tenant, Opens::Any, None), |to| {
                    switch(to, account, tenant, Opens::Any, None);
                });
                switches(world, account, tenant, next);
            }
        }
    }
    if world.exists(Account::Victims) {
        let only = |compromised| Opens::Only(Provider::Platform, compromised);
        for opens in [Opens::Any, only(false), only(true)].into_iter().filter(|opens| *opens != world.whole) {
            push(next, world, Step::Whole(opens), |to| {
                to.end_all();
                to.whole = opens;
                if opens == only(true) {
                    if game.rules.back {
                        (to.known_to_victim, to.known_to_attacker) = (false, false);
                    }
                    // What was lost is void: from here on nobody has lost anything.
                    to.leaked = false;
                    let void = REACHES.into_iter().filter(|reach| game.rules.whole || *reach == Reach::Everywhere);
                    void.for_each(|reach| to.void(Account::Victims, reach));
                }
            });
        }
    }
    if !game.rules.nine && world.member(Account::Victims, Reach::Evil) != Opens::Outside {
        push(next, world, Step::SetPassword, |to| to.set_password(Person::Attacker));
    }
}

/// Honest administrators name honest providers and the victim's identity; the attacker as administrator whom they like.
fn switches(world: &World, account: Account, tenant: Reach, next: &mut Next) {
    let choices: &[(Provider, Identity)] = match tenant {
        Reach::Evil => &[(Provider::EvilsOwn, Identity::EvilsOwn), (Provider::Platform, Identity::PlatformAttacker)],
        _ => &[(Provider::HonestsOwn, Identity::HonestVictim), (Provider::Platform, Identity::PlatformVictim)],
    };
    for (provider, named) in choices {
        for compromised in [false, true] {
            let opens = Opens::Only(*provider, compromised);
            for preset in [None, Some(*named)] {
                push(next, world, Step::Member(account, tenant, opens, preset), |to| {
                    switch(to, account, tenant, opens, preset);
                });
            }
        }
    }
}

/// What a tenant's snapshot does: `end_of_member`, `release`, `void` and `preset`. How a tie came to be is not kept here: those of the
/// tenant's own provider stay, as if all of them had been proved to it.
fn switch(to: &mut World, account: Account, tenant: Reach, opens: Opens, preset: Option<Identity>) {
    to.end_in(account, tenant);
    let platforms = |who: &Identity| who.provider().tenant().is_none();
    let has_own = IDENTITIES.into_iter().any(|who| !platforms(&who) && to.tied(tenant, who, account));
    if account != Account::Scoped || has_own {
        IDENTITIES.into_iter().filter(platforms).for_each(|who| to.unbind(tenant, who, account));
    }
    if let Opens::Only(_, true) = opens {
        to.void(account, tenant);
    }
    // Who is left then counts as claimed.
    to.set_member(account, tenant, opens);
    if let Some(named) = preset {
        if let Some(replaced) = to.of_provider(account, tenant, named.provider()) {
            to.unbind(tenant, replaced, account);
        }
        if to.owner(tenant, named).is_none() {
            to.bind(tenant, named, account);
        }
    }
}
