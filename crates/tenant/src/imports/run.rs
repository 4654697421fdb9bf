use store::{StoreError, TenantStore, TenantTx, params};

use super::apply::{self, Done, Together};
use super::lines::{self, Outcome, Staged, Tally};
use super::plan::Ground;
use super::profiles::Profiles;
use super::{Import, ImportId, ImportState, Standing, read};
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal};
use crate::members::MemberId;
use crate::providers::for_newcomers;
use crate::roles::{self, Acting};
use crate::{Context, Pace, fields, invitations, service_accounts};

/// Gives the word. That is for whoever brought the file, and must still be allowed to invite people: it was looked at with their
/// rights, and somebody with more of them would do what the page calls wrong (AZ-01). `reopens` is a word of its own: without it,
/// whoever is locked, deactivated or deleted stays so, whatever an old file says.
///
/// # Errors
/// [`Denied`]; [`Refusal::AlreadySo`] if it is not waiting for it (any more).
pub async fn start(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    id: ImportId,
    reopens: bool,
) -> Result<(), Denied> {
    turn(store, context, by, id, Turn::Start { reopens }).await
}

/// Stops it: what was done stays done, the rest is left alone.
///
/// # Errors
/// As [`start`].
pub async fn cancel(store: &TenantStore, context: Context, by: MemberId, id: ImportId) -> Result<(), Denied> {
    turn(store, context, by, id, Turn::Cancel).await
}

#[derive(Clone, Copy)]
enum Turn {
    Start { reopens: bool },
    Cancel,
}

const START: &str = "UPDATE import SET state = 'running', started_at = $3, reopens = $5
    WHERE tenant_id = $1 AND id = $2 AND state = 'ready' AND made_by = $4";
const CANCEL: &str = "UPDATE import SET state = 'cancelled', ended_at = $3
    WHERE tenant_id = $1 AND id = $2 AND state IN ('looking', 'ready', 'running')";

async fn turn(store: &TenantStore, context: Context, by: MemberId, id: ImportId, to: Turn) -> Result<(), Denied> {
    store
        .write((context, by, id), move |mut tx, (context, by, id)| {
            Box::pin(async move {
                let import = read::by_id(&mut tx, *id).await?.ok_or(Denied::NotFound)?;
                roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let (turned, action) = match to {
                    Turn::Start { .. } if import.made_by != *by => return Err(Denied::Forbidden),
                    Turn::Start { reopens } => {
                        (tx.execute(START, params![id, context.now, by, reopens]).await?, "import.started")
                    }
                    Turn::Cancel => (tx.execute(CANCEL, params![id, context.now]).await?, "import.cancelled"),
                };
                if turned == 0 {
                    return Err(Denied::Refused(Refusal::AlreadySo));
                }
                let detail = serde_json::json!({
                    "lines": import.lines, "new": import.to_add, "changed": import.to_change, "invites": import.invites,
                    "reopens": matches!(to, Turn::Start { reopens: true }),
                });
                let entry = context.audit(audit::Actor::Member(by.0), action).on("import", id).detail(detail);
                Ok(audit::record(&mut tx, &entry).await?)
            })
        })
        .await
}

/// Does the next chunk.
pub(super) async fn some(store: &TenantStore, context: Context, import: Import, pace: &Pace) -> Result<(), StoreError> {
    let context = service_accounts::speaking(&mut store.read().await?, context, import.made_by).await?;
    let (lines, held) = store
        .write((context, import, pace.size()), |mut tx, (context, import, size)| {
            Box::pin(async move {
                let begun = context.ambient.now();
                let lines = chunk(&mut tx, context, import, *size).await?;
                Ok::<_, StoreError>((lines, context.ambient.now().since(begun)))
            })
        })
        .await?;
    pace.took(lines, held);
    Ok(())
}

/// Answers with how many lines it did.
async fn chunk(tx: &mut TenantTx<'_>, context: &Context, import: &Import, size: i64) -> Result<i64, StoreError> {
    let staged = lines::next(tx, import.id, import.reached, size).await?;
    let count = i64::try_from(staged.len()).unwrap_or(size);
    let reached = staged.last().map_or(import.reached, |last| last.line);
    let more = count == size;
    let (state, ended) = if more { (ImportState::Running, None) } else { (ImportState::Done, Some(context.now)) };
    // The gate: of two workers, or after a crash, only who finds the import where it was read does this chunk.
    let moved = tx
        .execute(
            "UPDATE import SET reached = $3, state = $4, ended_at = $5
             WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND reached = $6",
            params![import.id, reached, state, ended, import.reached],
        )
        .await?;
    if moved == 0 {
        return Ok(0);
    }
    roles::raise_guard(tx).await?;
    let (outcomes, tally) = do_lines(tx, context, import, &staged, reached).await?;
    lines::write(tx, import.id, &outcomes).await?;
    let sql =
        "UPDATE import SET added = added + $3, changed = changed + $4, reopened = reopened + $5, kept = kept + $6,
                   failed = failed + $7 WHERE tenant_id = $1 AND id = $2";
    let numbers = params![import.id, tally.new, tally.changed, tally.reopened, tally.unchanged, tally.wrong];
    tx.execute(sql, numbers).await?;
    if !more {
        let detail = serde_json::json!({
            "new": import.added + tally.new, "changed": import.changed + tally.changed,
            "reopened": import.reopened + tally.reopened, "unchanged": import.kept + tally.unchanged,
            "wrong": import.failed + tally.wrong,
        });
        let entry = context.audit(audit::Actor::System, "import.done").on("import", import.id).detail(detail);
        audit::record(tx, &entry).await?;
    }
    Ok(count)
}

/// The lines of a chunk, judged with the rights of this moment. Those who are new come together, at the end.
async fn do_lines(
    tx: &mut TenantTx<'_>,
    context: &Context,
    import: &Import,
    staged: &[Staged],
    reached: i64,
) -> Result<(Vec<Outcome>, Tally), StoreError> {
    let mut known = lines::known(tx, import.id, import.reached, reached).await?;
    let mut acting = who(tx, context, import).await?;
    let profiles = Profiles::of(tx, context, staged, &known).await?;
    let named = for_newcomers(tx, context).await?;
    let (mut outcomes, mut tally, mut newcomers) = (Vec::new(), Tally::default(), Vec::new());
    let mut filled_in = Vec::new();
    let mut together = Together::default();
    for line in staged {
        let here = known.remove(&line.line).unwrap_or_default();
        let target = lines::target(&here).map(|row| row.member.id);
        let (profiles, reopens) = (&profiles, import.reopens);
        let ground = Ground { context, acting: acting.as_ref(), profiles, reopens, newcomers: Some(&named) };
        let done = apply::line(tx, &ground, import.made_by, &mut together, line, &here).await?;
        let (standing, fault, difference, member) = match done {
            Done::New(newcomer, fields, difference) => {
                let id = newcomer.id;
                newcomers.push(newcomer);
                filled_in.push((id, fields));
                (Standing::New, None, difference, Some(id))
            }
            Done::Here(standing, fault, difference) => (standing, fault, difference, target),
        };
        if standing == Standing::Changed && target == Some(import.made_by) {
            // They may have changed their own rights.
            acting = who(tx, context, import).await?;
        }
        tally.count(standing);
        let outcome = Outcome { line: line.line, standing, fault, difference, member };
        if !line.stands(&outcome) {
            outcomes.push(outcome);
        }
    }
    together.write(tx, context, import.made_by).await?;
    let source = serde_json::json!({ "import": import.id });
    invitations::create_all(tx, context, import.made_by, &newcomers, import.invites, &source).await?;
    fields::write_all(tx, filled_in.iter().map(|(id, fields)| (*id, fields))).await?;
    Ok((outcomes, tally))
}

/// The actor with the rights of this moment; none, if they may not invite people any more.
async fn who(tx: &mut TenantTx<'_>, context: &Context, import: &Import) -> Result<Option<Acting>, StoreError> {
    match roles::acting(tx, context, import.made_by, permission::MEMBERS_MANAGE).await {
        Ok(acting) => Ok(Some(acting)),
        Err(Denied::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}
