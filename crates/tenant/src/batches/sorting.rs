//! Before many are switched: what becomes of each, as far as the identity server can tell.
//!
//! ```text
//! unsorted (who is it about?) ──▶ (identity server: whose identity is claimed, who can prove nothing) ──▶ sort
//! will link    the new provider knows them, or the list names their subject
//! needs proof  they prove once that they are who they were
//! no match     a list was given, and does not name them: left out
//! last way in  nobody who runs the tenant would surely get in, or they could prove nothing: left out
//! changed      a switch is taken back, and they have claimed since: left out
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ambient::Timestamp;
use serde::Deserialize;
use store::{ManyRows, StoreError, TenantRead, TenantStore, params};

use super::item::{Outcome, has_changed, items_between};
use super::{Batch, BatchState, read, read_deed, write_deed};
use crate::Context;
use crate::lifecycle::{Deed, Refusal};
use crate::members::{self, MemberId, MemberRow, proved_address};
use crate::providers::takes_the_last_way_in;

/// How many are asked about in one go (ARCHITECTURE.md).
const SOME: i64 = 500;

/// What a batch has to know of some of its members.
#[derive(Debug)]
pub struct Unsorted {
    batch: Batch,
    /// The provider's key.
    pub provider: String,
    /// Whether what they have claimed before counts for nothing.
    pub compromised: bool,
    items: Vec<Looked>,
    reached: i64,
    whole: bool,
}

/// What the identity server tells of those it was asked about.
#[derive(Debug, Default, Deserialize)]
pub struct Claims {
    /// Their identity of that provider is claimed.
    #[serde(default)]
    pub claimed: BTreeSet<String>,
    /// They could prove nothing.
    #[serde(default)]
    pub unprovable: BTreeSet<String>,
    /// When they last came there by their identity of that provider, if they ever did. An older identity server does not tell.
    #[serde(default)]
    pub used: BTreeMap<String, Timestamp>,
}

impl Claims {
    /// Whether they have come there by it since.
    #[must_use]
    pub fn used_since(&self, subject: &str, switched_at: Option<Timestamp>) -> bool {
        self.used.get(subject).copied() > switched_at
    }
}

#[derive(Debug)]
struct Looked {
    position: i64,
    before: Outcome,
    deed: Option<String>,
    now: Look,
}

#[derive(Debug)]
enum Look {
    Known(Outcome),
    /// By their subject.
    Ask(String),
    /// The same, of whose switch at that time is taken back.
    AskSince(String, Option<Timestamp>),
}

impl Unsorted {
    /// The subjects that the identity server is to be asked about; perhaps none.
    #[must_use]
    pub fn subjects(&self) -> Vec<&str> {
        let asked = self.items.iter().filter_map(|item| match &item.now {
            Look::Ask(subject) | Look::AskSince(subject, _) => Some(subject.as_str()),
            Look::Known(_) => None,
        });
        asked.collect()
    }
}

#[derive(sqlx::FromRow)]
struct Next {
    position: i64,
    member_id: MemberId,
    deed: Option<String>,
    since: Option<i64>,
    outlook: String,
}

/// The next members whom a batch has to know more of, if there is such a batch.
///
/// # Errors
/// What the database says.
pub async fn unsorted(read: &mut impl TenantRead, context: &Context) -> Result<Option<Unsorted>, StoreError> {
    let Some(batch) = read::to_sort(read).await? else { return Ok(None) };
    let general = batch.deed()?;
    let Deed::Switch { to: Some(provider), compromised, .. } = &general else {
        return Err(StoreError::Damaged("a batch is sorted that switches nobody".to_owned()));
    };
    let sql = "SELECT position, member_id, deed, since, outlook FROM batch_item
               WHERE tenant_id = $1 AND batch_id = $2 AND position > $3 ORDER BY position LIMIT $4";
    let next: Vec<Next> = read.all(sql, params![batch.id, batch.sorted, SOME]).await?;
    let whole = i64::try_from(next.len()).unwrap_or(SOME) < SOME;
    let reached = next.last().map_or(batch.sorted, |last| last.position);
    let named = named(read, &batch, reached).await?;
    let here = members::some(read, next.iter().map(|next| next.member_id)).await?;
    let mut items = Vec::with_capacity(next.len());
    for Next { position, member_id, deed, since, outlook } in next {
        let Some((before, row)) = Outcome::parse(&outlook).filter(|it| it.is_sorted()).zip(here.get(&member_id)) else {
            continue;
        };
        // What a list before this one named does not count any more. What takes back a switch knows where to, and no list says otherwise.
        let own = deed.as_deref().filter(|_| since.is_some() || batch.matches == 0).map(read_deed).transpose()?;
        let own = own.unwrap_or_else(|| general.clone());
        let named = named.get(&position).filter(|_| since.is_none());
        let own = named.map_or(own, |subject| with_subject(&general, subject));
        let now = match taken_back(context, provider, row, since, &own) {
            Some(now) => now,
            None => look(read, context, (&batch, provider), row, &own).await?,
        };
        let deed = if own != general { Some(write_deed(&own)?) } else { deed.filter(|_| since.is_some()) };
        items.push(Looked { position, before, deed, now });
    }
    Ok(Some(Unsorted { provider: provider.clone(), compromised: *compromised, batch, items, reached, whole }))
}

/// The subjects that the batch's list names for those up to a position, by their positions.
async fn named(read: &mut impl TenantRead, batch: &Batch, reached: i64) -> Result<BTreeMap<i64, String>, StoreError> {
    if batch.matches == 0 {
        return Ok(BTreeMap::new());
    }
    let mut named = BTreeMap::new();
    // Who is named by id and by address is named by id.
    for sql in [
        concat!(
            "SELECT i.position, x.subject FROM batch_item i JOIN member m ON m.tenant_id = i.tenant_id AND m.id = i.member_id
             JOIN batch_match x ON x.tenant_id = i.tenant_id AND x.batch_id = i.batch_id AND x.list = $3
                 AND x.email IS NOT NULL AND x.email = lower(m.email)
             WHERE i.tenant_id = $1 AND i.batch_id = $2 AND i.position > $4 AND i.position <= $5 AND ",
            proved_address!()
        ),
        "SELECT i.position, x.subject FROM batch_item i
         JOIN batch_match x ON x.tenant_id = i.tenant_id AND x.batch_id = i.batch_id AND x.list = $3
             AND x.member_id IS NOT NULL AND x.member_id = i.member_id
         WHERE i.tenant_id = $1 AND i.batch_id = $2 AND i.position > $4 AND i.position <= $5",
    ] {
        let rows: Vec<(i64, String)> =
            read.all(sql, params![batch.id, batch.matches, batch.sorted, reached]).await?;
        named.extend(rows);
    }
    Ok(named)
}

fn with_subject(general: &Deed, subject: &str) -> Deed {
    match general {
        Deed::Switch { to, compromised, .. } => {
            Deed::Switch { to: to.clone(), compromised: *compromised, preset: Some(subject.to_owned()) }
        }
        other => other.clone(),
    }
}

/// Of whoever is to be taken back from this provider: whether they have claimed since is for the identity server to say. They may
/// have come no further than there.
fn taken_back(context: &Context, provider: &str, row: &MemberRow, since: Option<i64>, deed: &Deed) -> Option<Look> {
    if has_changed(row, since, deed) {
        return Some(Look::Known(Outcome::ChangedSince));
    }
    let member = &row.member;
    if since.is_none() || member.provider.as_deref() != Some(provider) {
        return None;
    }
    // Of one that is removed, it knows nothing.
    let subject = member.subject.clone().filter(|_| context.providers.get(provider).is_some());
    Some(subject.map_or(Look::Known(Outcome::Fits), |subject| Look::AskSince(subject, member.switched_at)))
}

async fn look(
    read: &mut impl TenantRead,
    context: &Context,
    (batch, provider): (&Batch, &String),
    row: &MemberRow,
    deed: &Deed,
) -> Result<Look, StoreError> {
    let Deed::Switch { to, preset, .. } = deed else { return Ok(Look::Known(Outcome::Fits)) };
    // Disabled or removed since it was looked at: there is nothing to ask.
    match context.providers.get(provider).map(|known| known.enabled) {
        None => return Ok(Look::Known(Outcome::Refused(Refusal::ProviderUnknown))),
        Some(false) => return Ok(Look::Known(Outcome::Refused(Refusal::ProviderDisabled))),
        Some(true) => {}
    }
    if takes_the_last_way_in(read, context, &row.member, &row.roles(), to.as_deref()).await? {
        return Ok(Look::Known(Outcome::Refused(Refusal::LastWayIn)));
    }
    Ok(match (preset, &row.member.subject) {
        (Some(_), _) => Look::Known(Outcome::WillLink),
        (None, _) if batch.matches > 0 => Look::Known(Outcome::NoMatch),
        // What takes back a switch goes elsewhere: nothing was asked about that.
        _ if to.as_ref() != Some(provider) => Look::Known(Outcome::Fits),
        // Who has not come yet proves themselves by coming.
        (None, None) => Look::Known(Outcome::NeedsProof),
        (None, Some(subject)) => Look::Ask(subject.clone()),
    })
}

static SORTED: LazyLock<ManyRows> = items_between!("outlook = v.column2, deed = v.column3", 3);

/// Takes note of what the identity server told of them; the batch waits for somebody's word once that was all.
///
/// # Errors
/// What the database says.
pub async fn sort(store: &TenantStore, unsorted: Unsorted, claims: &Claims) -> Result<(), StoreError> {
    let Unsorted { batch, items, reached, whole, .. } = unsorted;
    let (mut rows, mut fitting) = (Vec::with_capacity(items.len()), 0_i64);
    let positions = || items.iter().map(|it| it.position);
    let between = (positions().min(), positions().max());
    for Looked { position, before, deed, now } in items {
        let now = match now {
            Look::Known(outcome) => outcome,
            Look::Ask(subject) if claims.claimed.contains(&subject) => Outcome::WillLink,
            Look::Ask(subject) if claims.unprovable.contains(&subject) => Outcome::Refused(Refusal::LastWayIn),
            Look::Ask(_) => Outcome::NeedsProof,
            Look::AskSince(subject, switched_at) if claims.used_since(&subject, switched_at) => Outcome::ChangedSince,
            Look::AskSince(..) => Outcome::Fits,
        };
        fitting += i64::from(now.will_be_done()) - i64::from(before.will_be_done());
        rows.push(params![position, now.word(), deed]);
    }
    store
        .write((batch, (rows, between), reached, whole, fitting), |mut tx, (batch, looked, reached, whole, fitting)| {
            Box::pin(async move {
                let state = if *whole { BatchState::Ready } else { BatchState::Sorting };
                // Whoever finds it where it was read goes on from there.
                let moved = tx
                    .execute(
                        "UPDATE batch SET state = $3, sorted = $4, fitting = fitting + $5
                         WHERE tenant_id = $1 AND id = $2 AND state = 'sorting' AND sorted = $6 AND matches = $7",
                        params![batch.id, state, reached, fitting, batch.sorted, batch.matches],
                    )
                    .await?;
                if moved == 1 {
                    let (rows, (first, last)) = looked;
                    tx.execute_many(&SORTED, &params![batch.id, first, last], rows).await?;
                }
                Ok(())
            })
        })
        .await
}
