use std::sync::Arc;

use ambient::Timestamp;
use store::{StoreError, TenantStore, TenantTx};
use uuid::Uuid;

use super::{Admission, Came, admit};
use crate::access::{Closed, Entry, decide_entry};
use crate::groups::{self, Stated};
use crate::lifecycle::{By, Change, Denied, Event, apply};
use crate::members::{self, Authorization, Lifecycle, Member, MemberId, Profile};
use crate::providers::{Untold, UseTold};
use crate::sessions::{self, SessionId};
use crate::{Context, invitations, providers, requests, snapshots};

/// Someone whom the identity server has just vouched for: ID token and UserInfo are checked.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The id that their session will have.
    pub session: SessionId,
    /// The session that this browser had before.
    pub replaces: Option<SessionId>,
    /// `sub`: pairwise.
    pub subject: String,
    /// Names and address from UserInfo.
    pub profile: Profile,
    /// Whether the address is proved at the identity server (`email_verified`).
    pub email_verified: bool,
    /// Invitations of this tenant that they have accepted at the identity server.
    pub invitations: Vec<Uuid>,
    /// `idp`: which provider proved who it is.
    pub idp: String,
    /// The groups that it stated, as far as this tenant asked for them.
    pub groups: Stated,
    /// `only_by_provider`: they have nothing of their own to sign in by there.
    pub only_by_provider: bool,
    /// `only_here`: this tenant's own providers alone know them.
    pub only_here: bool,
    /// `member_version`: the last of their snapshots that the identity server had applied; 0 for none.
    pub member_version: i64,
    /// When they set out from here.
    pub set_out: Timestamp,
    /// Whether it is the second try ([`Proof::OnceMore`](super::Proof::OnceMore)).
    pub once_more: bool,
    /// `sid`.
    pub sid: Option<String>,
    /// `auth_time`.
    pub auth_time: Option<Timestamp>,
    /// `acr`.
    pub acr: Option<String>,
    /// `amr`.
    pub amr: Vec<String>,
    /// The ID token, sealed for the session ([`sessions::seal_context`]).
    pub sealed_id_token: Vec<u8>,
}

impl Arrival {
    /// The provider whose word alone names and address are.
    fn stated_by(&self) -> Option<&str> {
        (!self.email_verified).then_some(&*self.idp)
    }

    /// The provider that alone knows them.
    fn only_way(&self) -> Option<&str> {
        self.only_here.then_some(&*self.idp)
    }

    fn came(&self) -> Came<'_> {
        let Self { only_by_provider, member_version, auth_time, set_out, .. } = *self;
        Came { idp: &self.idp, only_by_provider, member_version, auth_time, set_out }
    }
}

/// How a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// With a session.
    In {
        /// It.
        session: SessionId,
        /// Whose.
        member: MemberId,
        /// What they will see.
        entry: Entry,
    },
    /// With a page that says why not.
    Closed(Closed),
    /// Not yet: they did not come by what their policy asks for, perhaps because the identity server has not heard of it, or proved
    /// too long ago who they are. It is to be told now, and they prove themselves once more.
    OneMoment(MemberId),
    /// Not at all: nor did they the second time.
    OtherWay(Way),
    /// Not at all: meanwhile, a logout token has ended the session at the identity server that they came by.
    LoggedOut,
}

/// What would let somebody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// The one provider that opens this tenant to them, by its key.
    Provider(String),
    /// Whatever their account allows, after a switch back.
    Account,
    /// Their account's own credentials, proved in this very login: they are a break-glass member.
    BreakGlass,
}

impl Way {
    fn of(member: &Member) -> Self {
        match &member.provider {
            Some(provider) => Self::Provider(provider.clone()),
            None if member.break_glass => Self::BreakGlass,
            None => Self::Account,
        }
    }
}

/// Binds the invitations that the person has accepted, then finds the member by subject, or makes one *to review* (PP-02, PP-27), and begins a session. E-mail equality finds nobody
/// (DESIGN §4.1). Safe when one person signs in twice at once for the first time: one member, two sessions.
///
/// # Errors
/// What the database says.
pub async fn sign_in(store: &TenantStore, context: Context, arrival: Arrival) -> Result<SignIn, StoreError> {
    let mut told = providers::prepare_use(store, &context, &arrival.subject).await?;
    let who = Arc::new((context, arrival));
    for _ in 0..TRIES {
        let tried = store
            .write((Arc::clone(&who), told), |tx, (who, told)| {
                Box::pin(async move { write(tx, &who.0, &who.1, told.as_ref()).await })
            })
            .await;
        match tried {
            Ok(done) => return Ok(done),
            Err(Undone::Store(error)) => return Err(error),
            // The record of an invited member has their subject from this sign-in on.
            Err(Undone::Untold(Untold(member))) => told = providers::prepare_use_of(store, &who.0, member).await?,
        }
    }
    Err(StoreError::RolledBack("a break-glass member whose use could not be told of".to_owned()))
}

/// How often a sign-in is tried, that turns out to be a break-glass member's while it is written.
const TRIES: usize = 3;

/// Why nothing was written.
#[derive(Debug)]
enum Undone {
    Store(StoreError),
    Untold(Untold),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

async fn write(
    mut tx: TenantTx<'_>,
    context: &Context,
    arrival: &Arrival,
    told: Option<&UseTold>,
) -> Result<SignIn, Undone> {
    if sessions::was_ended(&mut tx, context, arrival).await? {
        return Ok(SignIn::LoggedOut);
    }
    let strangers = &context.tenant.blueprint.strangers;
    invitations::accept(&mut tx, context, &arrival.subject, &arrival.invitations).await?;
    let mut member = members::by_subject(&mut tx, &arrival.subject).await?;
    // Before anything is said of where they stand: who comes by the wrong way has proved too little for that.
    let known = member.as_ref().filter(|member| member.lifecycle != Lifecycle::Purged);
    if let Some(member) = known {
        let admission = admit(member, &arrival.came());
        if admission != Admission::Admitted {
            return Ok(not_this_way(&mut tx, context, member, arrival, admission).await?);
        }
    }
    let mut entry = decide_entry(member.as_ref(), strangers, context.now);
    if entry == Entry::Apply {
        match &member {
            Some(purged) => drop(happen(&mut tx, context, purged, Event::Return).await?),
            None => create(&mut tx, context, arrival).await?,
        }
        member = members::by_subject(&mut tx, &arrival.subject).await?;
        entry = decide_entry(member.as_ref(), strangers, context.now);
    }
    let member = match (&entry, member) {
        (Entry::Closed(closed), member) => {
            turned_away(&mut tx, context, member.as_ref(), *closed).await?;
            return Ok(SignIn::Closed(*closed));
        }
        (_, None) => return Err(StoreError::Damaged("a member that was just created is not there".to_owned()).into()),
        (Entry::AcceptInvitation, Some(invited)) => {
            let accepted = happen(&mut tx, context, &invited, Event::Accept).await?;
            entry = decide_entry(Some(&accepted), strangers, context.now);
            accepted
        }
        (_, Some(member)) => member,
    };
    let member = providers::keep_to(&mut tx, context, member, arrival.only_way()).await?;
    members::update_profile(&mut tx, member.id, &arrival.profile, context.now).await?;
    members::note_sign_in(&mut tx, member.id, arrival.stated_by(), context.now).await?;
    // Who was turned down is given nothing; who waits has it when they are let in.
    let counts = matches!(entry, Entry::Admit | Entry::Standing { .. });
    let member = groups::follow(&mut tx, context, member, (&arrival.idp, &arrival.groups), counts).await?;
    let session = sessions::begin(&mut tx, context, &member, arrival).await?;
    let signed_in = context.audit(audit::Actor::Member(member.id.0), "session.began").on("member", member.id);
    audit::record(&mut tx, &signed_in).await?;
    providers::note_use(&mut tx, context, &member, (&arrival.amr, told)).await?.map_err(Undone::Untold)?;
    Ok(SignIn::In { session, member: member.id, entry })
}

/// They came by another provider than theirs, or by what the identity server knew before they were switched.
async fn not_this_way(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    arrival: &Arrival,
    why: Admission,
) -> Result<SignIn, StoreError> {
    let detail = serde_json::json!({
        "why": why.word(), "provider": member.provider, "idp": arrival.idp, "once_more": arrival.once_more,
        "switched": member.switched_version, "told": arrival.member_version,
    });
    let refused = context.audit(audit::Actor::Member(member.id.0), "session.refused").on("member", member.id);
    audit::record(tx, &refused.detail(detail)).await?;
    Ok(if arrival.once_more { SignIn::OtherWay(Way::of(member)) } else { SignIn::OneMoment(member.id) })
}

/// Someone has proved who they are, and may not come in. Of a stranger, nothing is kept but that one came.
async fn turned_away(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: Option<&Member>,
    closed: Closed,
) -> Result<(), StoreError> {
    let actor = member.map_or(audit::Actor::Nobody, |member| audit::Actor::Member(member.id.0));
    let mut entry = context.audit(actor, "session.refused").detail(serde_json::json!({ "why": closed.word() }));
    if let Some(member) = member {
        entry = entry.on("member", member.id);
    }
    audit::record(tx, &entry).await
}

/// A request to join. The insert decides which of two first sign-ins makes it.
async fn create(tx: &mut TenantTx<'_>, context: &Context, arrival: &Arrival) -> Result<(), StoreError> {
    let id = MemberId(context.ambient.row_id());
    let (subject, profile) = (&arrival.subject, &arrival.profile);
    if !members::insert(tx, id, Some(subject), Authorization::ToReview, profile, context.now).await? {
        return Ok(());
    }
    if let Some(member) = members::by_id(tx, id).await? {
        snapshots::write(tx, context, &member).await?;
    }
    requests::schedule_notice(tx, context).await?;
    let entry = context.audit(audit::Actor::Member(id.0), "member.requested").on("member", id);
    let entry = entry.personal("email", profile.email.as_str(), &context.ambient);
    audit::record(tx, &entry).await
}

/// What signing in changes: an invited person is reviewed (PP-26), a purged one asks to join again.
async fn happen(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    event: Event<'_>,
) -> Result<Member, StoreError> {
    let change = match Change::of(member, event, By::Themselves, context) {
        Ok(change) => change,
        Err(denied) => return Err(StoreError::RolledBack(denied.to_string())),
    };
    match apply(tx, context, &change).await {
        Ok(member) => Ok(member),
        Err(Denied::Store(error)) => Err(error),
        Err(denied) => Err(StoreError::RolledBack(denied.to_string())),
    }
}
