//! What goes on in the background: mails, snapshots, invitations, groups that are asked for, gathered notices, housekeeping, the sealing of the audit log. What is
//! to be done stands in the database; a wake-up only saves waiting.

pub(crate) mod api;
mod groups;
mod invitations;
mod resets;
mod snapshots;
mod sorting;

use std::ops::AddAssign;
use std::sync::Arc;
use std::time::Duration;

use jobs::{Progress, Worker};
use store::{StoreError, WebSessions};
use tenant::housekeeping::sweep;
use tenant::lifecycle::purge_some;
use tenant::members::{MemberId, add_missing_words};
use tenant::requests::{Due, announce};
use tenant::{batches, imports};
use tokio_util::sync::CancellationToken;

pub(crate) use resets::{NotAsked, reset};
pub(crate) use sorting::{ask_about, ask_about_the_way_back};

use crate::catalogue::Age;
use crate::instance::App;
use crate::rp::RpError;

/// How long a delivery rests when nobody rings: what a lost wake-up costs.
const IDLE: Duration = Duration::from_secs(5);
/// How often what has expired is removed.
const TIDY: Duration = Duration::from_mins(10);

/// Why a delivery ended early.
#[derive(Debug, thiserror::Error)]
pub enum DeliverError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The identity server.
    #[error("{0}")]
    IdentityServer(String),
    /// The mail relay.
    #[error(transparent)]
    Mail(#[from] mail::PostError),
}

impl From<RpError> for DeliverError {
    fn from(error: RpError) -> Self {
        Self::IdentityServer(error.to_string())
    }
}

/// What [`TenantServer::deliver_all`](crate::TenantServer::deliver_all) did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Gathered mails that were written.
    pub notices: usize,
    /// Snapshots that the identity server applied.
    pub snapshots: usize,
    /// Invitations whose standing the identity server told.
    pub invitations: usize,
    /// Rounds in which the postman carried something.
    pub mail_rounds: usize,
}

impl AddAssign for Delivered {
    fn add_assign(&mut self, other: Self) {
        self.notices += other.notices;
        self.snapshots += other.snapshots;
        self.invitations += other.invitations;
        self.mail_rounds += other.mail_rounds;
    }
}

/// What a round of telling the identity server did.
struct Round {
    applied: usize,
    progress: Progress,
}

/// Everything of one tenant that waits.
pub(crate) async fn deliver(app: &App) -> Result<Delivered, DeliverError> {
    let mut done =
        Delivered { notices: announce(&app.store, app.background(), Due::Any).await?, ..Delivered::default() };
    while work(app).await? == Progress::More {}
    done.snapshots += reconcile(app).await?;
    loop {
        let round = invitations::round(app).await?;
        done.invitations += round.applied;
        if round.progress == Progress::Idle || round.applied == 0 {
            break;
        }
    }
    while groups::round(app).await? == Progress::More {}
    while app.postman.round().await? == Progress::More {
        done.mail_rounds += 1;
    }
    Ok(done)
}

/// Every snapshot of one tenant that is due.
pub(crate) async fn reconcile(app: &App) -> Result<usize, DeliverError> {
    let mut applied = 0;
    loop {
        let round = snapshots::round(app).await?;
        applied += round.applied;
        if round.progress == Progress::Idle || round.applied == 0 {
            return Ok(applied);
        }
    }
}

/// Tells the identity server of one member at once: they stand at the door, and it may not have heard of their switch. If it
/// cannot be told, it is tried later as ever; whoever waits sees at their second try.
pub(crate) async fn tell_of(app: &App, member: MemberId) {
    if let Err(error) = snapshots::of(app, member).await {
        tracing::warn!(%error, %member, "the identity server could not be told of a member at the door");
    }
}

/// One worker for each kind of delivery.
pub(crate) fn spawn(app: &App, cancel: &CancellationToken) -> Vec<Worker> {
    let (mails, deliveries, notices, tidy, invited) = (app.clone(), app.clone(), app.clone(), app.clone(), app.clone());
    let (many, asked) = (app.clone(), app.clone());
    vec![
        Worker::spawn("tenant mails", cancel, app.mails.clone(), IDLE, move || {
            let app = mails.clone();
            async move { app.postman.round().await }
        }),
        Worker::spawn("tenant snapshots", cancel, app.snapshots.clone(), IDLE, move || {
            let app = deliveries.clone();
            async move { snapshots::round(&app).await.map(|round| round.progress) }
        }),
        Worker::spawn("tenant invitations", cancel, app.invitations.clone(), IDLE, move || {
            let app = invited.clone();
            async move { invitations::round(&app).await.map(|round| round.progress) }
        }),
        Worker::spawn("tenant groups", cancel, app.groups.clone(), IDLE, move || {
            let app = asked.clone();
            async move { groups::round(&app).await }
        }),
        Worker::spawn("tenant notices", cancel, app.notices.clone(), IDLE, move || {
            let app = notices.clone();
            async move { announce_due(&app).await }
        }),
        Worker::spawn("tenant batches", cancel, app.batches.clone(), IDLE, move || {
            let app = many.clone();
            async move { work(&app).await }
        }),
        Worker::spawn("tenant housekeeping", cancel, jobs::Wake::new(), TIDY, move || {
            let app = tidy.clone();
            async move { tidy_up(&app).await }
        }),
        Arc::clone(&app.sealer).run(app.tenant.id, cancel),
    ]
}

/// One round of housekeeping.
pub(crate) async fn tidy_up(app: &App) -> Result<Progress, StoreError> {
    let browsers = WebSessions::new(app.database.clone(), app.kit.ambient().clone()).forget_expired().await?;
    let swept = sweep(&app.store, app.kit.ambient().now()).await? || browsers;
    let purged = purge_some(&app.store, app.background()).await? || swept;
    let more = add_missing_words(&app.store).await? || purged;
    Ok(if more { Progress::More } else { Progress::Idle })
}

/// One chunk of whatever batch, and of whatever import is at work; what they caused may leave.
pub(crate) async fn work(app: &App) -> Result<Progress, StoreError> {
    let mut read = app.store.read().await?;
    let (switches, imports) = (batches::asks_for_providers(&mut read).await?, imports::is_at_work(&mut read).await?);
    drop(read);
    if switches || imports {
        // Who is switched, or comes by a file, comes by a provider that is open; and what it owns of a profile, no file changes.
        app.catalogue(Age::ToDo).await;
    }
    // What fails holds up nothing else.
    let imported = imports::tick(&app.store, app.background(), &app.paces.imports).await;
    let ticked = batches::tick(&app.store, app.background(), &app.paces.batches).await;
    if !sorting::some(app).await? && !ticked? && !imported? {
        return Ok(Progress::Idle);
    }
    app.ring();
    Ok(Progress::More)
}

async fn announce_due(app: &App) -> Result<Progress, StoreError> {
    if announce(&app.store, app.background(), Due::Now).await? > 0 {
        app.mails.ring();
    }
    Ok(Progress::Idle)
}
