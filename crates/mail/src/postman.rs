use std::sync::Arc;
use std::time::Duration;

use ambient::Ambient;
use futures_util::{StreamExt, stream};
use jobs::{Progress, Wake, Worker, retry_within};
use store::{MasterKey, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::outbox::{self, Claimed, Outcome};
use crate::render::render;
use crate::{Outgoing, Sender, Transport, Undelivered, parcel};

/// How many mails one round takes, and how many of them travel at once.
const BATCH: i64 = 16;
const AT_ONCE: usize = 4;
/// The most that one hand-over may take, and how long a round's rows are leased: longer than its slowest course
/// (16 / 4 × 60 s).
const HAND_OVER: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(300);
/// How long the postman rests when nobody rings: what a lost wake-up or a retry costs at most.
const IDLE: Duration = Duration::from_secs(5);
/// The wait after a failed attempt, from the first to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(15);
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// When a mail is given up (RFC 5321 §4.5.4.1 asks for 4 to 5 days). A refusal is believed sooner, yet not at once: a relay
/// whose settings are wrong refuses everything, and an hour later would have taken it.
const GIVE_UP: Duration = Duration::from_secs(5 * 86_400);
const GIVE_UP_REFUSED: Duration = Duration::from_secs(6 * 3_600);

/// How much of what the relay said is kept, in characters.
const LONGEST_TROUBLE: usize = 300;

/// What the relay said, as it may be kept and logged: a relay that answers garbage would otherwise have it refused by a database that
/// takes no NUL, and its mails would wait until their lease is over.
fn plain(said: &str) -> String {
    said.chars().take(LONGEST_TROUBLE).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Carries the outbox to the relay. Any number of nodes may run one.
pub struct Postman {
    store: Store,
    master_key: Arc<MasterKey>,
    ambient: Ambient,
    transport: Arc<dyn Transport>,
    from: Sender,
}

/// Why a round ended early; the worker waits and tries again.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The outbox.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The relay took none of the round's mails.
    #[error("the mail relay is away: {0}")]
    RelayAway(String),
}

impl Postman {
    /// For the outbox of one database, every tenant in it included.
    #[must_use]
    pub fn new(
        store: Store,
        master_key: Arc<MasterKey>,
        ambient: Ambient,
        transport: Arc<dyn Transport>,
        from: Sender,
    ) -> Self {
        Self { store, master_key, ambient, transport, from }
    }

    /// Starts the postman; `wake` is what is rung after a commit that queued a mail.
    #[must_use]
    pub fn run(self, wake: Wake, cancel: &CancellationToken) -> Worker {
        let postman = Arc::new(self);
        Worker::spawn("postman", cancel, wake, IDLE, move || {
            let postman = Arc::clone(&postman);
            async move { postman.round().await }
        })
    }

    /// One round: leases what is due, at most 16 mails, and carries it. Tests call it instead of [`Postman::run`].
    ///
    /// # Errors
    /// [`PostError`]; what was due stays due.
    pub async fn round(&self) -> Result<Progress, PostError> {
        let now = self.ambient.now();
        let due = outbox::due(&self.store, now, BATCH).await?;
        if due.is_empty() {
            return Ok(Progress::Idle);
        }
        let claimed = outbox::claim(&self.store, due, now, now.plus(LEASE)).await?;
        let answers: Vec<_> =
            stream::iter(claimed).map(|row| self.carry(row)).buffer_unordered(AT_ONCE).collect().await;
        let mut away = None;
        let mut reached = answers.is_empty();
        for answer in answers {
            match answer? {
                Err(Undelivered::Unreachable(reason)) => away = Some(reason),
                _ => reached = true,
            }
        }
        match away {
            Some(reason) if !reached => Err(PostError::RelayAway(reason)),
            _ => Ok(Progress::More),
        }
    }

    /// One attempt at one mail, and its result written down.
    async fn carry(&self, row: Claimed) -> Result<Result<(), Undelivered>, StoreError> {
        let answer = match self.prepare(&row) {
            Ok(mail) => match tokio::time::timeout(HAND_OVER, self.transport.send(&mail)).await {
                Ok(answer) => answer,
                Err(_) => Err(Undelivered::Unreachable("no answer in time".to_owned())),
            },
            // Most likely the wrong master key: kept, since the right one may come back.
            Err(reason) => Err(Undelivered::Deferred(reason)),
        };
        let outcome = self.judge(&row, &answer);
        outbox::settle(&self.store, row.tenant_id, row.id, row.attempt, outcome).await?;
        Ok(answer)
    }

    fn prepare(&self, row: &Claimed) -> Result<Outgoing, String> {
        let letter = parcel::open(row.id, &row.letter, &self.master_key).map_err(|error| error.to_string())?;
        let letter = letter.ok_or("what is sealed is no letter")?;
        let message = render(&letter, &self.from, row.id, row.queued_at).map_err(|error| error.to_string())?;
        Ok(Outgoing {
            id: row.id,
            purpose: row.purpose.clone(),
            letter,
            envelope: message.envelope().clone(),
            raw: message.formatted(),
        })
    }

    /// What an answer means for the row.
    fn judge(&self, row: &Claimed, answer: &Result<(), Undelivered>) -> Outcome {
        let now = self.ambient.now();
        let Err(error) = answer else { return Outcome::Sent { at: now } };
        let attempt = u32::try_from(row.attempt).unwrap_or(u32::MAX);
        let (wait, patience) = match error {
            Undelivered::Refused(_) => (LONGEST_WAIT, GIVE_UP_REFUSED),
            Undelivered::Deferred(_) | Undelivered::Unreachable(_) => {
                (retry_within(attempt, FIRST_WAIT, LONGEST_WAIT), GIVE_UP)
            }
        };
        let (mail, purpose, trouble) = (row.id, &row.purpose, plain(&error.to_string()));
        if now.since(row.queued_at) >= patience {
            tracing::error!(%mail, purpose, trouble, attempt, "a mail is given up");
            Outcome::GivenUp { at: now, trouble }
        } else {
            tracing::warn!(%mail, purpose, trouble, attempt, wait_seconds = wait.as_secs(), "a mail was not delivered");
            Outcome::Again { at: now.plus(wait), trouble }
        }
    }
}
