use std::collections::BTreeSet;

use super::*;
use LinkDecision::{CheckMail, Create, Hold, Offer, Refuse, SignIn};

/// A member of the tenant with a password, who may sign in as their account allows.
const MINA: Candidate = Candidate {
    member: Policy::Any,
    account: Policy::Any,
    address_proved: true,
    has_credential: true,
    has_other_of_provider: false,
};

/// A login by a platform provider that states nothing and is nobody's.
const FACTS: Facts = Facts {
    purpose: Purpose::SignIn,
    usable: true,
    owner: Owner::Platform,
    tie: Tie::None,
    address: Address::Absent,
    invitation: Invitation::None,
    candidate: None,
    same_person: false,
    proof: Proof::None,
};

const fn open(compromised: bool) -> Policy {
    Policy::This(Claim::Open { compromised })
}

fn of(candidate: Candidate) -> Facts {
    Facts { candidate: Some(candidate), ..FACTS }
}

fn proved(facts: Facts, proof: Proof) -> Facts {
    Facts { proof, same_person: true, ..facts }
}

#[test]
fn ph_06_lk_01_the_table() {
    let own = Facts { owner: Owner::Tenant, ..FACTS };
    let trusted = |facts: Facts| Facts { address: Address::Trusted, ..facts };
    let by_own = |facts: Facts| Facts { owner: Owner::Tenant, ..facts };
    let tied = |tie: Tie, candidate: Candidate| Facts { tie, ..of(candidate) };
    let link = |facts: Facts| Facts { purpose: Purpose::Link, ..facts };
    let switched = |compromised| Candidate { member: open(compromised), ..MINA };
    let spent = Candidate { member: Policy::This(Claim::Spent), ..MINA };
    let whole = |compromised| Candidate { account: open(compromised), ..MINA };
    let elsewhere = Candidate { member: Policy::Other, ..MINA };
    let account_elsewhere = Candidate { account: Policy::Other, ..MINA };
    // From an invitation's link, whose address the provider states too: our mail has proved it.
    let invited = |facts: Facts| Facts { address: Address::Mailed, invitation: Invitation::Fits, ..facts };
    let other = |facts: Facts| Facts { invitation: Invitation::SomebodyElse, ..facts };
    let bare = |candidate: Candidate| Candidate { address_proved: false, has_credential: false, ..candidate };
    let table: &[(&str, Facts, LinkDecision)] = &[
        // A disabled provider opens nothing, whoever it is.
        ("disabled", Facts { usable: false, ..tied(Tie::Account, MINA) }, Refuse(Refusal::Disabled)),
        ("disabled, linking", link(Facts { usable: false, ..of(MINA) }), Refuse(Refusal::Disabled)),
        // Known.
        ("linked", tied(Tie::Account, MINA), SignIn(Scope::Everywhere)),
        ("linked, another address meanwhile", trusted(tied(Tie::Account, MINA)), SignIn(Scope::Everywhere)),
        ("linked in this tenant", by_own(tied(Tie::Member, MINA)), SignIn(Scope::Tenant)),
        ("linked, the member is opened by another", tied(Tie::Account, elsewhere), SignIn(Scope::Everywhere)),
        ("linked, the account by another", tied(Tie::Account, account_elsewhere), Refuse(Refusal::AccountElsewhere)),
        (
            "linked, the member is another's of this provider",
            tied(Tie::Account, Candidate { member: Policy::This(Claim::ByAnother), ..MINA }),
            Refuse(Refusal::Claimed),
        ),
        (
            "linking, one of this provider is linked",
            link(proved(of(Candidate { has_other_of_provider: true, ..MINA }), Proof::Credential)),
            Refuse(Refusal::AnotherOfThisProvider),
        ),
        ("claimed, then switched away", by_own(tied(Tie::Member, elsewhere)), Refuse(Refusal::MemberElsewhere)),
        (
            "claimed, the account is switched elsewhere",
            by_own(tied(
                Tie::Member,
                Candidate { member: Policy::This(Claim::ByThis), account: Policy::Other, ..MINA },
            )),
            Refuse(Refusal::PoliciesDiffer),
        ),
        (
            "a tenant's provider and an account's tie",
            by_own(tied(Tie::Account, MINA)),
            Refuse(Refusal::LinkedElsewhere),
        ),
        ("claimed, the whole account switched since", tied(Tie::Member, whole(false)), Offer(Ways::CredentialOrMail)),
        ("… compromised", tied(Tie::Member, whole(true)), Offer(Ways::Mail)),
        ("… proved by mail", proved(tied(Tie::Member, whole(true)), Proof::Mail), LinkDecision::Tie(Scope::Everywhere)),
        // New, and nobody has the address.
        ("trusted, new", trusted(FACTS), Create(Scope::Everywhere)),
        ("mailed, new", Facts { address: Address::Mailed, ..FACTS }, Create(Scope::Everywhere)),
        ("untrusted, new", Facts { address: Address::Untrusted, ..FACTS }, CheckMail),
        ("no address, new", FACTS, CheckMail),
        ("a tenant's provider, no address", own, Create(Scope::Tenant)),
        ("a tenant's provider, trusted, new", trusted(own), Create(Scope::Tenant)),
        ("a tenant's provider, untrusted", Facts { address: Address::Untrusted, ..own }, CheckMail),
        // The address is somebody's.
        ("untrusted, collides: the same page", Facts { address: Address::Untrusted, ..of(MINA) }, CheckMail),
        ("trusted, collides", trusted(of(MINA)), Offer(Ways::Credential)),
        ("mailed, collides", Facts { address: Address::Mailed, ..of(MINA) }, Offer(Ways::Credential)),
        ("collides with one that is not proved", trusted(of(bare(MINA))), Create(Scope::Everywhere)),
        ("after the credential", proved(trusted(of(MINA)), Proof::Credential), LinkDecision::Tie(Scope::Everywhere)),
        (
            "after another linked provider",
            proved(trusted(of(MINA)), Proof::Provider),
            LinkDecision::Tie(Scope::Everywhere),
        ),
        ("after a mail alone", proved(trusted(of(MINA)), Proof::Mail), Offer(Ways::Credential)),
        ("a tenant's provider, a member's address", by_own(trusted(of(MINA))), Offer(Ways::Credential)),
        (
            "… after the credential",
            by_own(proved(trusted(of(MINA)), Proof::Credential)),
            LinkDecision::Tie(Scope::Tenant),
        ),
        (
            "collides, has another of the provider",
            trusted(of(Candidate { has_other_of_provider: true, ..MINA })),
            Refuse(Refusal::AnotherOfThisProvider),
        ),
        ("collides, is opened by another", trusted(of(elsewhere)), Refuse(Refusal::MemberElsewhere)),
        // The first login after a switch.
        ("first claim", by_own(trusted(of(switched(false)))), LinkDecision::Tie(Scope::Tenant)),
        ("no first claim for a platform provider", trusted(of(switched(false))), Offer(Ways::CredentialOrMail)),
        ("no first claim if compromised", by_own(trusted(of(switched(true)))), Offer(Ways::Mail)),
        (
            "no first claim by an untrusted address",
            by_own(Facts { address: Address::Untrusted, ..of(switched(false)) }),
            CheckMail,
        ),
        (
            "sw_02 claimed by another",
            by_own(trusted(of(Candidate { member: Policy::This(Claim::ByAnother), ..MINA }))),
            Refuse(Refusal::Claimed),
        ),
        ("linked, member switched here", tied(Tie::Account, switched(false)), Offer(Ways::CredentialOrMail)),
        (
            "… the old credential, once",
            proved(tied(Tie::Account, switched(false)), Proof::Credential),
            LinkDecision::Tie(Scope::Tenant),
        ),
        (
            "… another linked provider",
            proved(tied(Tie::Account, switched(false)), Proof::Provider),
            LinkDecision::Tie(Scope::Tenant),
        ),
        ("… by mail", proved(tied(Tie::Account, switched(false)), Proof::Mail), LinkDecision::Tie(Scope::Tenant)),
        (
            "… compromised: the credential is worth nothing",
            proved(tied(Tie::Account, switched(true)), Proof::Credential),
            Offer(Ways::Mail),
        ),
        (
            "… compromised: so is another linked provider",
            proved(tied(Tie::Account, switched(true)), Proof::Provider),
            Offer(Ways::Mail),
        ),
        (
            "… compromised, by mail",
            proved(tied(Tie::Account, switched(true)), Proof::Mail),
            LinkDecision::Tie(Scope::Tenant),
        ),
        ("… nothing to prove by", tied(Tie::Account, bare(switched(true))), Hold),
        ("claimed, and unlinked since", proved(tied(Tie::Account, spent), Proof::Credential), Hold),
        ("… by mail", proved(trusted(of(spent)), Proof::Mail), Hold),
        ("… no first claim either", by_own(trusted(of(spent))), Hold),
        ("whole account switched", trusted(of(whole(false))), Offer(Ways::CredentialOrMail)),
        ("… proved", proved(trusted(of(whole(false))), Proof::Mail), LinkDecision::Tie(Scope::Everywhere)),
        ("… compromised", proved(trusted(of(whole(true))), Proof::Credential), Offer(Ways::Mail)),
        // Begun from the mailed link of an invitation.
        ("invited, new", invited(FACTS), Create(Scope::Everywhere)),
        ("invited by a tenant's provider, new there", invited(own), Create(Scope::Tenant)),
        ("invited, linked already", invited(tied(Tie::Account, MINA)), SignIn(Scope::Everywhere)),
        ("invited, known in this tenant already", invited(by_own(tied(Tie::Member, MINA))), SignIn(Scope::Tenant)),
        ("invited, an account has the address", invited(of(MINA)), Offer(Ways::Credential)),
        ("… its owner proves it", invited(proved(of(MINA), Proof::Credential)), LinkDecision::Tie(Scope::Everywhere)),
        (
            "invited, the account is opened by another",
            invited(of(account_elsewhere)),
            Refuse(Refusal::AccountElsewhere),
        ),
        ("invited, first claim", invited(by_own(of(switched(false)))), LinkDecision::Tie(Scope::Tenant)),
        ("invited, another address is stated", other(trusted(FACTS)), Refuse(Refusal::NotInvited)),
        ("… by somebody who is known", other(tied(Tie::Account, MINA)), Refuse(Refusal::NotInvited)),
        ("… by a tenant's provider", other(trusted(own)), Refuse(Refusal::NotInvited)),
        (
            "invited, accepted or withdrawn meanwhile",
            Facts { invitation: Invitation::Over, ..trusted(FACTS) },
            Refuse(Refusal::InvitationOver),
        ),
        ("invited, disabled meanwhile", Facts { usable: false, ..invited(FACTS) }, Refuse(Refusal::Disabled)),
        // Linking while signed in.
        ("link, not proved", link(Facts { same_person: true, ..of(MINA) }), Offer(Ways::Credential)),
        ("link", link(proved(of(MINA), Proof::Credential)), LinkDecision::Tie(Scope::Everywhere)),
        (
            "link, ignores the address",
            link(proved(trusted(of(MINA)), Proof::Credential)),
            LinkDecision::Tie(Scope::Everywhere),
        ),
        (
            "link, somebody else is signed in now",
            link(Facts { proof: Proof::Credential, ..of(MINA) }),
            Refuse(Refusal::OtherPerson),
        ),
        (
            "link, another's identity",
            link(proved(tied(Tie::Elsewhere, MINA), Proof::Credential)),
            Refuse(Refusal::LinkedElsewhere),
        ),
        (
            "link, one's own already",
            link(proved(tied(Tie::Account, MINA), Proof::Credential)),
            Refuse(Refusal::AlreadyLinked),
        ),
        (
            "link, switched elsewhere",
            link(proved(of(account_elsewhere), Proof::Credential)),
            Refuse(Refusal::AccountElsewhere),
        ),
    ];
    let mut drawn = String::from("| the login | what happens |\n|---|---|\n");
    for (what, facts, expected) in table {
        assert_eq!(decide(facts), *expected, "{what}");
        drawn.push_str(&format!("| {what} | {} |\n", in_words(*expected)));
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/linking.md");
    let document = std::fs::read_to_string(file).unwrap();
    let kept = document.split("<!-- table: begin -->\n").nth(1).unwrap().split("<!-- table: end -->").next().unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(file, document.replace(&format!("begin -->\n{kept}<!--"), &format!("begin -->\n{drawn}<!--")))
            .unwrap();
    } else {
        assert_eq!(kept, drawn, "docs/linking.md: UPDATE_DOCS=1 cargo test -p identity the_table writes it anew");
    }
}

fn in_words(decision: LinkDecision) -> String {
    let scope = |scope| if scope == Scope::Everywhere { "everywhere" } else { "in this tenant" };
    match decision {
        SignIn(at) => format!("signed in, {}", scope(at)),
        LinkDecision::Tie(at) => format!("tied, {}", scope(at)),
        Create(at) => format!("a new account, {}", scope(at)),
        Offer(ways) => format!("a proof is asked for: {ways:?}"),
        CheckMail => "our mail first".to_owned(),
        Hold => "held for an administrator".to_owned(),
        Refuse(refusal) => format!("refused: {refusal:?}"),
    }
}

/// The boxes of the diagram in docs/linking.md are the outcomes, in the words of the table: each that any facts lead to, and no
/// other. Questions have braces, and the beginning is round.
#[test]
fn the_diagram_ends_in_every_outcome_and_in_no_other() {
    let document = include_str!("../../../../docs/linking.md");
    let drawn = document.split("```mermaid\n").nth(1).unwrap().split("```").next().unwrap();
    let boxes: Vec<&str> = drawn.split("[\"").skip(1).map(|rest| rest.split("\"]").next().unwrap()).collect();
    assert_eq!(drawn.matches('[').count(), boxes.len() + drawn.matches("([").count(), "every box is quoted");
    let ends: BTreeSet<&str> = boxes.iter().flat_map(|label| label.split("<br/>")).collect();
    let reached: BTreeSet<String> = all().map(|facts| in_words(decide(&facts))).collect();
    assert_eq!(ends, reached.iter().map(String::as_str).collect::<BTreeSet<_>>());
    // What ends a login leads nowhere; what asks for something leads back to a question.
    for line in drawn.lines().filter(|line| line.contains("[\"")) {
        let id = line.split("[\"").next().unwrap().rsplit(' ').next().unwrap();
        let goes_on = drawn.lines().any(|other| other.trim_start().starts_with(&format!("{id} --")));
        let asks = line.contains("a proof is asked for") || line.contains("our mail first");
        assert_eq!(goes_on, asks, "{line}");
    }
}

/// Every combination of facts there is.
fn all() -> impl Iterator<Item = Facts> {
    let policies = [
        Policy::Any,
        Policy::Other,
        open(false),
        open(true),
        Policy::This(Claim::ByThis),
        Policy::This(Claim::ByAnother),
        Policy::This(Claim::Spent),
    ];
    let bools = [false, true];
    let candidates: Vec<Option<Candidate>> = candidates(&policies, &bools);
    let mut all = Vec::new();
    for purpose in [Purpose::SignIn, Purpose::Link] {
        for usable in bools {
            for owner in [Owner::Platform, Owner::Tenant] {
                for (tie, invitation) in ties() {
                    for address in [Address::Absent, Address::Untrusted, Address::Trusted, Address::Mailed] {
                        for candidate in &candidates {
                            for same_person in bools {
                                for proof in [Proof::None, Proof::Credential, Proof::Provider, Proof::Mail] {
                                    let candidate = *candidate;
                                    all.push(Facts {
                                        purpose,
                                        usable,
                                        owner,
                                        tie,
                                        address,
                                        invitation,
                                        candidate,
                                        same_person,
                                        proof,
                                    });
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    all.into_iter()
}

fn ties() -> impl Iterator<Item = (Tie, Invitation)> {
    let invitations = [Invitation::None, Invitation::Over, Invitation::SomebodyElse, Invitation::Fits];
    let all = [Tie::None, Tie::Account, Tie::Member, Tie::Elsewhere];
    all.into_iter().flat_map(move |tie| invitations.map(|invitation| (tie, invitation)))
}

fn candidates(policies: &[Policy], bools: &[bool]) -> Vec<Option<Candidate>> {
    let mut candidates = vec![None];
    for member in policies {
        for account in policies {
            for address_proved in bools {
                for has_credential in bools {
                    for has_other_of_provider in bools {
                        candidates.push(Some(Candidate {
                            member: *member,
                            account: *account,
                            address_proved: *address_proved,
                            has_credential: *has_credential,
                            has_other_of_provider: *has_other_of_provider,
                        }));
                    }
                }
            }
        }
    }
    candidates
}

/// What must hold of every decision, whatever the facts: the rules of DESIGN §4 one by one.
#[test]
fn the_trust_rules_hold_for_every_combination_of_facts() {
    for facts in all() {
        let decision = decide(&facts);
        let opens = matches!(decision, SignIn(_) | LinkDecision::Tie(_) | Create(_));
        assert!(facts.usable || !opens, "a disabled provider opens something: {facts:?}");
        assert!(facts.tie != Tie::Elsewhere || !opens, "another's identity: {facts:?}");
        let invited = facts.purpose == Purpose::Link || matches!(facts.invitation, Invitation::None | Invitation::Fits);
        assert!(invited || !opens, "somebody else's invitation: {facts:?}");
        let everywhere = SignIn(Scope::Everywhere) == decision
            || LinkDecision::Tie(Scope::Everywhere) == decision
            || Create(Scope::Everywhere) == decision;
        let tenants = facts.owner == Owner::Tenant;
        assert!(!everywhere || !tenants, "a tenant's provider beyond its tenant: {facts:?}");
        let Some(candidate) = facts.candidate else { continue };
        if opens && !matches!(decision, Create(_)) {
            let spent = candidate.member == Policy::This(Claim::Spent);
            assert!(facts.purpose == Purpose::Link || !spent, "a second claim: {facts:?}");
            assert!(candidate.account != Policy::Other, "past the account's policy: {facts:?}");
            assert!(everywhere || facts.purpose == Purpose::Link || candidate.member != Policy::Other, "{facts:?}");
        }
        let LinkDecision::Tie(_) = decision else { continue };
        if facts.purpose == Purpose::Link {
            assert!(facts.same_person && facts.proof == Proof::Credential && facts.tie == Tie::None, "{facts:?}");
            continue;
        }
        let first_claim = facts.owner == Owner::Tenant
            && candidate.member == open(false)
            && matches!(facts.address, Address::Trusted | Address::Mailed);
        assert!(first_claim || facts.proof != Proof::None, "no proof: {facts:?}");
        let compromised =
            candidate.account == open(true) || (candidate.account == Policy::Any && candidate.member == open(true));
        assert!(!compromised || facts.proof == Proof::Mail, "a credential that is not trusted: {facts:?}");
    }
}

#[test]
fn what_opens_is_what_an_invitation_is_accepted_by() {
    for (decision, opens) in [
        (SignIn(Scope::Tenant), true),
        (SignIn(Scope::Everywhere), true),
        (LinkDecision::Tie(Scope::Tenant), true),
        (Create(Scope::Everywhere), true),
        (CheckMail, false),
        (Hold, false),
        (Refuse(Refusal::NotInvited), false),
    ] {
        assert_eq!(decision.opens(), opens, "{decision:?}");
    }
}
