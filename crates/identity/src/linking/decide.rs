/// Who owns a provider: how far its word goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// The platform.
    Platform,
    /// The tenant that the login leads to. It vouches for that tenant alone (DESIGN §4.2).
    Tenant,
}

/// Where a tie, a session or an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// For everything of the account.
    Everywhere,
    /// In the tenant that the login leads to.
    Tenant,
}

/// What the login was begun for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// To sign in.
    SignIn,
    /// To link, by somebody who is signed in and has just proved it.
    Link,
}

/// Whose the external identity is already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tie {
    /// Nobody's.
    None,
    /// The candidate's, everywhere.
    Account,
    /// The candidate's, in this tenant.
    Member,
    /// Another person's than the one that links.
    Elsewhere,
}

/// The address that the provider states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Address {
    /// None.
    Absent,
    /// Not verified, or of a domain that the provider is not trusted for: worth nothing.
    Untrusted,
    /// Verified by a provider that is trusted for its domain.
    Trusted,
    /// Proved by a mail of ours that was followed.
    Mailed,
}

/// How the first login after a switch stands to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Claim {
    /// Nobody has claimed it yet.
    Open {
        /// Whoever switched it does not trust the old credentials.
        compromised: bool,
    },
    /// It is this external identity's.
    ByThis,
    /// It is another external identity's of this provider.
    ByAnother,
    /// It was made, and its person has unlinked it: what proves a claim does so once (DESIGN §4.3).
    Spent,
}

/// The sign-in policy of a member or an account, seen from the provider that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Whatever the account allows.
    Any,
    /// This provider alone.
    This(Claim),
    /// Another provider alone.
    Other,
}

/// The account in question: the one that the identity is tied to, else the one that has the stated address (within the
/// provider's reach: a tenant's provider reaches the tenant's members), else the one that links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// In the tenant that the login leads to; [`Policy::Any`] without one, and for who is no member.
    pub member: Policy,
    /// Of the whole account.
    pub account: Policy,
    /// Whether its own address is proved. Nothing of one that is not survives its proof (DESIGN §4.4).
    pub address_proved: bool,
    /// Whether it has a credential that can be asked for: a password, or another provider that is linked with it everywhere.
    pub has_credential: bool,
    /// Whether it has an identity of this provider already, in the scope of the tie that would be made.
    pub has_other_of_provider: bool,
}

/// What the person has proved in this very flow, of the candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// Nothing.
    None,
    /// Its password.
    Credential,
    /// Another provider, by the identity of it that is linked with the candidate everywhere (DESIGN §4.1).
    Provider,
    /// Its address, by our mail.
    Mail,
}

/// How the login stands to an invitation whose mailed link this browser has followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invitation {
    /// There is none, or it names another provider.
    None,
    /// It was accepted, withdrawn, or is too old.
    Over,
    /// The provider states another address than the invited one, or none; or is somebody else than who was named.
    SomebodyElse,
    /// It is accepted by whatever is opened. The invited address is proved: the link went there.
    Fits,
}

/// Everything that a decision depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Facts {
    /// What for.
    pub purpose: Purpose,
    /// Whether the provider is there and enabled, and unchanged since the browser was sent to it.
    pub usable: bool,
    /// Whose provider.
    pub owner: Owner,
    /// Whose the identity is.
    pub tie: Tie,
    /// What it states.
    pub address: Address,
    /// What it was begun from.
    pub invitation: Invitation,
    /// Whom it may be; with [`Tie::Account`], [`Tie::Member`] and [`Purpose::Link`] always somebody.
    pub candidate: Option<Candidate>,
    /// For [`Purpose::Link`]: whether who began is signed in here still, under the same credentials.
    pub same_person: bool,
    /// What was proved of the candidate in this flow, under its credentials of now.
    pub proof: Proof,
}

/// What an offer or a question accepts as proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ways {
    /// A credential of the account: its password, or another linked provider.
    Credential,
    /// A credential, or a mail to its proved address.
    CredentialOrMail,
    /// A mail to its proved address alone.
    Mail,
}

/// Why a login ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The provider is disabled, gone, or was changed on the way (LK-13).
    Disabled,
    /// The identity is somebody else's. Of whom, nothing is said.
    LinkedElsewhere,
    /// It is this person's already.
    AlreadyLinked,
    /// The person has another identity of this provider.
    AnotherOfThisProvider,
    /// Somebody else is signed in now than who began (LK-01).
    OtherPerson,
    /// The member is opened by another provider alone.
    MemberElsewhere,
    /// The whole account is opened by another provider alone.
    AccountElsewhere,
    /// Both are, and by two different ones.
    PoliciesDiffer,
    /// The member was claimed by another identity of this provider (SW-02).
    Claimed,
    /// The invitation that it was begun from can't be accepted any more.
    InvitationOver,
    /// Somebody else was invited (TP-04).
    NotInvited,
}

/// What happens now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkDecision {
    /// The candidate is signed in, in a session of this scope.
    SignIn(Scope),
    /// The identity is tied to the candidate in this scope, who is signed in by it.
    Tie(Scope),
    /// A new account is made: everywhere, with the proved address; or of this tenant alone, with none.
    Create(Scope),
    /// The candidate is asked for a proof, and the identity tied after it.
    Offer(Ways),
    /// An address has to be proved first. The page is the same whoever has it; the mail branches.
    CheckMail,
    /// Nothing that could be proved is left, or what was proved is spent: an administrator has to switch them once more, and to name
    /// the identity.
    Hold,
    /// It ends.
    Refuse(Refusal),
}

impl LinkDecision {
    /// Whether somebody is signed in by it.
    #[must_use]
    pub(super) const fn opens(self) -> bool {
        matches!(self, Self::SignIn(_) | Self::Tie(_) | Self::Create(_))
    }
}

/// Whose is this external identity, and what happens now?
///
/// *Step up* is no decision of its own. Where more has to be proved than the provider's word, that is an [`LinkDecision::Offer`], whose
/// ways say what counts; the first login after a switch is one too. What has to be *fresh* is asked for before this function: whoever
/// links or unlinks has proved who they are within ten minutes, or is asked for it before they are sent away
/// (`account/sign_in.rs`), and what an application asks for (`max_age`, `prompt=login`) is judged on the session behind it
/// (`authorize::next_step`). A variant for it would be a second place that decides what a session is good for.
#[must_use]
pub fn decide(facts: &Facts) -> LinkDecision {
    use LinkDecision::{CheckMail, Create, Refuse};
    if !facts.usable {
        return Refuse(Refusal::Disabled);
    }
    if facts.purpose == Purpose::Link {
        return link(facts);
    }
    match facts.invitation {
        Invitation::Over => return Refuse(Refusal::InvitationOver),
        // A link that was passed on is worth nothing: it is for whoever has the invited address, there as here.
        Invitation::SomebodyElse => return Refuse(Refusal::NotInvited),
        Invitation::None | Invitation::Fits => {}
    }
    match (facts.tie, facts.candidate) {
        // An external identity that is somebody's is nobody else's, whatever address it states (DESIGN §4.1, PH-06).
        (Tie::Elsewhere, _) => Refuse(Refusal::LinkedElsewhere),
        // A tenant's provider opens no account, whatever the rows say (DESIGN §4.2).
        (Tie::Account, _) if facts.owner == Owner::Tenant => Refuse(Refusal::LinkedElsewhere),
        (Tie::Member, Some(candidate)) => member(facts, &candidate),
        (Tie::Account, Some(candidate)) => known(facts, &candidate),
        (_, Some(candidate)) if is_worth_something(facts.address) && candidate.address_proved => {
            stranger(facts, &candidate)
        }
        // Our mail comes first where the stated address is worth nothing (PH-05); a tenant's own people need none.
        _ => match (facts.owner, facts.address) {
            (_, Address::Untrusted) | (Owner::Platform, Address::Absent) => CheckMail,
            (owner, _) => Create(scope_of(owner)),
        },
    }
}

/// What a provider's ties open.
const fn scope_of(owner: Owner) -> Scope {
    match owner {
        Owner::Platform => Scope::Everywhere,
        Owner::Tenant => Scope::Tenant,
    }
}

const fn is_worth_something(address: Address) -> bool {
    matches!(address, Address::Trusted | Address::Mailed)
}

/// Both policies apply (DESIGN §1): why this provider does not open the tenant to them. The tie itself is a claim.
const fn policies(candidate: &Candidate) -> Option<Refusal> {
    match (candidate.member, candidate.account) {
        (Policy::Other, Policy::Other) | (Policy::This(_), Policy::Other) => Some(Refusal::PoliciesDiffer),
        (Policy::Other, _) => Some(Refusal::MemberElsewhere),
        (_, Policy::Other) => Some(Refusal::AccountElsewhere),
        (Policy::This(Claim::ByAnother), _) | (_, Policy::This(Claim::ByAnother)) => Some(Refusal::Claimed),
        _ => None,
    }
}

/// Somebody whose account has this identity everywhere. The account is open; whether the tenant is, is asked behind it, but
/// the first login after a switch of the member proves itself here (DESIGN §4.3).
fn known(facts: &Facts, candidate: &Candidate) -> LinkDecision {
    match (candidate.account, candidate.member) {
        (Policy::Other, _) => LinkDecision::Refuse(Refusal::AccountElsewhere),
        (_, Policy::This(Claim::Spent)) => LinkDecision::Hold,
        (Policy::This(Claim::Open { compromised }), _) => claim(facts, candidate, compromised, Scope::Everywhere),
        (_, Policy::This(Claim::Open { compromised })) => claim(facts, candidate, compromised, Scope::Tenant),
        (_, Policy::This(Claim::ByAnother)) => LinkDecision::Refuse(Refusal::Claimed),
        _ => LinkDecision::SignIn(Scope::Everywhere),
    }
}

/// Somebody whose member this identity is, in this tenant. What a tenant knew before the whole account was switched proves
/// nothing of the account: the first login after that switch proves itself on the way to a tenant as anywhere (DESIGN §4.3).
fn member(facts: &Facts, candidate: &Candidate) -> LinkDecision {
    match (policies(candidate), candidate.account) {
        (Some(refusal), _) => LinkDecision::Refuse(refusal),
        _ if candidate.member == Policy::This(Claim::Spent) => LinkDecision::Hold,
        (None, Policy::This(Claim::Open { compromised })) => {
            claim(facts, candidate, compromised, scope_of(facts.owner))
        }
        (None, _) => LinkDecision::SignIn(Scope::Tenant),
    }
}

/// Nobody's identity yet, which states an address that is proved to be the candidate's.
fn stranger(facts: &Facts, candidate: &Candidate) -> LinkDecision {
    if let Some(refusal) = policies(candidate) {
        return LinkDecision::Refuse(refusal);
    }
    let scope = scope_of(facts.owner);
    match (candidate.account, candidate.member) {
        (_, Policy::This(Claim::Spent)) => LinkDecision::Hold,
        (Policy::This(Claim::Open { compromised }), _) => claim(facts, candidate, compromised, scope),
        // The first claim of an unclaimed member: the tenant's own provider, in its own tenant, for a domain that it is trusted
        // for. It binds the identity to that member alone.
        (_, Policy::This(Claim::Open { compromised: false })) if facts.owner == Owner::Tenant => {
            LinkDecision::Tie(Scope::Tenant)
        }
        (_, Policy::This(Claim::Open { compromised })) => claim(facts, candidate, compromised, Scope::Tenant),
        _ if candidate.has_other_of_provider => LinkDecision::Refuse(Refusal::AnotherOfThisProvider),
        // E-mail equality alone never links: it offers (DESIGN §4.1).
        _ => match facts.proof {
            Proof::Credential | Proof::Provider => LinkDecision::Tie(scope),
            Proof::None | Proof::Mail => LinkDecision::Offer(Ways::Credential),
        },
    }
}

/// The first login after a switch: the old credential once, or a mail to the proved address; the mail alone if whoever
/// switched does not trust the credentials.
fn claim(facts: &Facts, candidate: &Candidate, compromised: bool, scope: Scope) -> LinkDecision {
    let by_credential = candidate.has_credential && !compromised;
    let proved = match facts.proof {
        Proof::None => false,
        Proof::Mail => candidate.address_proved,
        Proof::Credential | Proof::Provider => by_credential,
    };
    match (proved, by_credential, candidate.address_proved) {
        (true, ..) => LinkDecision::Tie(scope),
        (_, true, true) => LinkDecision::Offer(Ways::CredentialOrMail),
        (_, true, false) => LinkDecision::Offer(Ways::Credential),
        (_, false, true) => LinkDecision::Offer(Ways::Mail),
        (_, false, false) => LinkDecision::Hold,
    }
}

/// Somebody who is signed in links another way in. What address the provider states does not matter.
fn link(facts: &Facts) -> LinkDecision {
    use LinkDecision::Refuse;
    let Some(candidate) = facts.candidate.filter(|_| facts.same_person) else { return Refuse(Refusal::OtherPerson) };
    match facts.tie {
        Tie::Elsewhere => Refuse(Refusal::LinkedElsewhere),
        Tie::Account | Tie::Member => Refuse(Refusal::AlreadyLinked),
        Tie::None => match candidate.account {
            Policy::Other => Refuse(Refusal::AccountElsewhere),
            _ if candidate.has_other_of_provider => Refuse(Refusal::AnotherOfThisProvider),
            _ if facts.proof != Proof::Credential => LinkDecision::Offer(Ways::Credential),
            _ => LinkDecision::Tie(scope_of(facts.owner)),
        },
    }
}
