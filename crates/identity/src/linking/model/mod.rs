//! The law as a model: every order of deeds in a small world, through the product's own [`super::decide()`].
//!
//! ```text
//! world (who has what) ─▶ actions (who may do what) ─▶ login: gather · decide · settle
//!        ▲                                                           │
//!        └──────────── search, breadth first ◀── law (what holds) ◀──┘
//! ```
//! Each cast is searched to its end: no state that can be reached is left out. A mutant is the same world without one of
//! DESIGN's rules.

mod actions;
mod law;
mod login;
mod people;
mod search;
mod steps;
mod world;

use std::fmt::Write as _;

use people::{Account, Identity, Opens, Provider, Reach};
use search::{Found, search};
use world::World;

/// DESIGN §4. One that is off is one that the product would lack.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    pub one: bool,
    /// Of rule 1: another provider proves an account by what is linked with it everywhere, not by what is tied in one tenant.
    pub linked: bool,
    pub two: bool,
    pub three: bool,
    /// Of rule 3: what opens a tenant to a switched member is the identity that was claimed there, not any other of the same
    /// provider.
    pub door: bool,
    /// Of rule 3: what a tenant knew before the whole account was switched proves nothing of the account, and is void if that was done
    /// as compromised.
    pub whole: bool,
    /// Of rule 3: what a switch as compromised voids stays void after a switch back, the password too.
    pub back: bool,
    /// Of rule 3: what proves a claim does so once. Whoever unlinks it does not begin anew.
    pub once: bool,
    pub four: bool,
    /// Of rule 5: a callback.
    pub callback: bool,
    /// Of rule 5: a mailed link.
    pub mailed: bool,
    /// An invitation that was passed on is for whoever has the invited address still.
    pub invited: bool,
    pub nine: bool,
}

const LAW: Rules = Rules {
    one: true,
    linked: true,
    two: true,
    three: true,
    door: true,
    whole: true,
    back: true,
    once: true,
    four: true,
    callback: true,
    mailed: true,
    invited: true,
    nine: true,
};

/// Who plays.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    pub name: &'static str,
    pub evil: bool,
    /// There are people whom the honest tenant's provider alone knows.
    pub scoped: bool,
    /// The victim loses their password.
    pub leak: bool,
}

impl Cast {
    pub fn has(self, tenant: Reach) -> bool {
        tenant != Reach::Evil || self.evil
    }
}

const TENANTS: Cast = Cast { name: "an evil tenant and an honest one", evil: true, scoped: false, leak: false };
const LEAK: Cast = Cast { name: "a password that is lost", evil: false, scoped: false, leak: true };
const SCOPED: Cast = Cast { name: "people of one tenant alone", evil: false, scoped: true, leak: false };

/// More is a mistake in the model.
const MOST: usize = 1_500_000;

#[derive(Debug, Clone, Copy)]
pub struct Game {
    pub rules: Rules,
    pub cast: Cast,
}

const MUTANTS: [(&str, Rules, Cast); 13] = [
    ("Rule 1 off: an equal address links, without a proof", Rules { one: false, ..LAW }, TENANTS),
    ("Rule 1 off for proofs: what a tenant has named proves the account", Rules { linked: false, ..LAW }, TENANTS),
    ("Rule 2 off: the word of a tenant's provider counts everywhere", Rules { two: false, ..LAW }, TENANTS),
    ("Rule 3 off: the first login after a switch proves nothing", Rules { three: false, ..LAW }, LEAK),
    ("Rule 3 off at the door: any identity of the named provider opens the tenant", Rules { door: false, ..LAW }, LEAK),
    ("Rule 3 off for whole accounts: a tenant's tie of before goes on", Rules { whole: false, ..LAW }, LEAK),
    ("Rule 3 off on the way back: the password of before opens the account again", Rules { back: false, ..LAW }, LEAK),
    ("Rule 3 off after an unlinking: a claim can be made again", Rules { once: false, ..LAW }, LEAK),
    ("Rule 4 off: what was there before the address was proved stays", Rules { four: false, ..LAW }, TENANTS),
    ("Rule 5 off: a callback works in another browser", Rules { callback: false, ..LAW }, TENANTS),
    ("Rule 5 off: a mailed proof works in another browser", Rules { mailed: false, ..LAW }, TENANTS),
    ("Invitations: a link that was passed on is for whoever has it", Rules { invited: false, ..LAW }, TENANTS),
    ("Rule 9 off: a tenant sets the password of any member", Rules { nine: false, ..LAW }, TENANTS),
];

#[test]
fn the_law_holds_in_every_order_of_deeds_and_each_rule_is_needed() {
    let mut drawn = String::from("| who plays | states | the farthest, in steps | attacks |\n|---|---|---|---|\n");
    for cast in [TENANTS, LEAK, SCOPED] {
        let found = search(Game { rules: LAW, cast }, MOST);
        assert!(found.attack.is_none(), "{}: {}", cast.name, told(&found));
        happens(cast, &found.states);
        let _ = writeln!(drawn, "| {} | {} | {} | none |", cast.name, found.states.len(), found.depth);
    }
    for (name, rules, cast) in MUTANTS {
        let found = search(Game { rules, cast }, MOST);
        assert!(found.attack.is_some(), "{name}: the model does not see it");
        let _ = write!(drawn, "\n**{name}.** After {} states: {}", found.states.len(), told(&found));
    }
    keep(&drawn);
}

/// Takes minutes without optimisation; those above are this by parts: `cargo test --release -p identity the_law`.
#[cfg(not(debug_assertions))]
#[test]
fn the_law_holds_where_more_play_together() {
    for cast in [Cast { leak: true, ..SCOPED }, Cast { scoped: true, ..TENANTS }, Cast { leak: true, ..TENANTS }] {
        let found = search(Game { rules: LAW, cast }, MOST);
        assert!(found.attack.is_none(), "{cast:?}: {}", told(&found));
    }
}

fn told(found: &Found) -> String {
    let Some((wrong, steps)) = &found.attack else { return "nothing".to_owned() };
    let steps: Vec<String> = steps.iter().enumerate().map(|(at, step)| format!("{}. {step}\n", at + 1)).collect();
    format!("{wrong}.\n{}", steps.concat())
}

/// What must happen in some state, and whether this is one.
type Control = (&'static str, Box<dyn Fn(&World) -> bool>);

/// The control: what may happen does, so that nothing above holds for want of anything happening.
fn happens(cast: Cast, states: &[World]) {
    let victims = Account::Victims;
    let own = Opens::Only(Provider::HonestsOwn, true);
    let whole = Opens::Only(Provider::Platform, true);
    let of_all =
        move |state: &World| state.whole == whole && state.tied(Reach::Everywhere, Identity::PlatformVictim, victims);
    let claimed = move |state: &World| {
        state.member(victims, Reach::Honest) == own && state.tied(Reach::Honest, Identity::HonestVictim, victims)
    };
    let mut expected: Vec<Control> = vec![
        ("a compromised member is claimed", Box::new(claimed)),
        ("a compromised account is claimed", Box::new(of_all)),
        (
            "the attacker has an account with two ways in",
            Box::new(|state| {
                state.tied(Reach::Everywhere, Identity::PlatformAttacker, Account::Attackers)
                    && state.tied(Reach::Everywhere, Identity::Rogue, Account::Attackers)
            }),
        ),
    ];
    expected.push((
        "somebody without a password proves a link by another provider",
        Box::new(move |state| {
            !state.has_password(victims)
                && state.tied(Reach::Everywhere, Identity::PlatformVictim, victims)
                && state.of_provider(victims, Reach::Honest, Provider::HonestsOwn).is_some()
        }),
    ));
    if cast.evil {
        expected.push((
            "the evil tenant's provider opens the evil tenant",
            Box::new(|state| state.tied(Reach::Evil, Identity::EvilsOwn, Account::Victims)),
        ));
        expected.push((
            "the evil tenant names a subject",
            Box::new(|state| state.tied(Reach::Evil, Identity::PlatformAttacker, Account::Victims)),
        ));
    }
    if cast.leak {
        expected.push((
            "whoever has the password is in",
            Box::new(|state| state.holds(Account::Victims, Reach::Everywhere)),
        ));
        expected.push((
            "a lost password claims",
            Box::new(|state| state.tied(Reach::Honest, Identity::PlatformAttacker, Account::Victims)),
        ));
    }
    let invited = Opens::Only(Provider::Platform, false);
    expected.push((
        "somebody invited accepts by the provider",
        Box::new(move |state| {
            !state.has_password(victims)
                && state.member(victims, Reach::Honest) == invited
                && state.tied(Reach::Honest, Identity::PlatformVictim, victims)
        }),
    ));
    if cast.scoped {
        expected.push((
            "who was known to a tenant alone has an account of their own",
            Box::new(move |state| {
                state.tied(Reach::Honest, Identity::HonestVictim, victims)
                    && state.member(victims, Reach::Honest) == Opens::Any
                    && !state.exists(Account::Scoped)
            }),
        ));
        expected.push((
            "one person is two members",
            Box::new(|state| {
                state.tied(Reach::Honest, Identity::HonestVictim, Account::Scoped)
                    && state.member(Account::Victims, Reach::Honest) != Opens::Outside
            }),
        ));
    }
    for (what, is) in expected {
        assert!(states.iter().any(is), "{}: never: {what}", cast.name);
    }
}

/// docs/linking.md says what was found.
fn keep(drawn: &str) {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/linking.md");
    let document = std::fs::read_to_string(file).unwrap();
    let (before, rest) = document.split_once("<!-- model: begin -->\n").unwrap();
    let (kept, after) = rest.split_once("<!-- model: end -->").unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let new = format!("{before}<!-- model: begin -->\n{drawn}<!-- model: end -->{after}");
        std::fs::write(file, new).unwrap();
    } else {
        assert_eq!(kept, drawn, "docs/linking.md: UPDATE_DOCS=1 cargo test -p identity the_law writes it anew");
    }
}
