use store::{StoreError, TenantRead, TenantStore, params};

use super::apply;
use super::lines::{self, Outcome, Staged, Tally};
use super::plan::{Ground, Plan, plan};
use super::profiles::Profiles;
use super::{Difference, Fault, Import, ImportState, Standing};
use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::Denied;
use crate::members::MemberRow;
use crate::providers::for_newcomers;
use crate::roles;

/// How many lines one go looks at.
const CHUNK: i64 = 500;

/// What one go saw.
struct Seen {
    import: Import,
    outcomes: Vec<Outcome>,
    tally: Tally,
    up_to: i64,
    whole: bool,
}

/// Looks at the next lines, and says what they would come to.
pub(super) async fn some(store: &TenantStore, context: Context, import: Import) -> Result<(), StoreError> {
    let mut read = store.read().await?;
    let acting = match roles::acting(&mut read, &context, import.made_by, permission::MEMBERS_MANAGE).await {
        Ok(acting) => Some(acting),
        Err(Denied::Store(error)) => return Err(error),
        Err(_) => None,
    };
    let staged = lines::next(&mut read, import.id, import.looked, CHUNK).await?;
    let up_to = staged.last().map_or(import.looked, |last| last.line);
    let mut known = lines::known(&mut read, import.id, import.looked, up_to).await?;
    let profiles = Profiles::of(&mut read, &context, &staged, &known).await?;
    let newcomers = for_newcomers(&mut read, &context).await?;
    // What it would come to with every word that can be given.
    let (profiles, newcomers) = (&profiles, Some(&newcomers));
    let ground = Ground { context: &context, acting: acting.as_ref(), profiles, reopens: true, newcomers };
    let (mut tally, mut outcomes) = (Tally::default(), Vec::new());
    for line in &staged {
        let outcome = outlook(&mut read, &ground, line, &known.remove(&line.line).unwrap_or_default()).await?;
        tally.count(outcome.standing);
        if !line.stands(&outcome) {
            outcomes.push(outcome);
        }
    }
    drop(read);
    let whole = i64::try_from(staged.len()).unwrap_or(CHUNK) < CHUNK;
    store
        .write(Seen { import, outcomes, tally, up_to, whole }, |mut tx, seen| {
            Box::pin(async move {
                let (import, tally) = (&seen.import, seen.tally);
                let state = if seen.whole { ImportState::Ready } else { ImportState::Looking };
                // Whoever finds it where it was read goes on from there.
                let moved = tx
                    .execute(
                        "UPDATE import SET state = $3, looked = $4, to_add = to_add + $5, to_change = to_change + $6,
                             to_reopen = to_reopen + $7, to_keep = to_keep + $8, to_fail = to_fail + $9
                         WHERE tenant_id = $1 AND id = $2 AND state = 'looking' AND looked = $10",
                        params![
                            import.id,
                            state,
                            seen.up_to,
                            tally.new,
                            tally.changed,
                            tally.reopened,
                            tally.unchanged,
                            tally.wrong,
                            import.looked
                        ],
                    )
                    .await?;
                if moved == 1 {
                    lines::write(&mut tx, import.id, &seen.outcomes).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn outlook(
    read: &mut impl TenantRead,
    ground: &Ground<'_>,
    line: &Staged,
    known: &[MemberRow],
) -> Result<Outcome, StoreError> {
    let target = lines::target(known);
    let outcome = |standing, fault, difference| {
        let member = target.map(|row| row.member.id);
        Ok(Outcome { line: line.line, standing, fault, difference, member })
    };
    let row = match line.row() {
        Ok(row) => row,
        Err(fault) => return outcome(Standing::Wrong, Some(fault), Difference::default()),
    };
    let plan = plan(ground, &row, known);
    let difference = Difference::of(&row, target, &plan);
    match plan {
        Plan::Add(..) => outcome(Standing::New, None, difference),
        Plan::Keep => outcome(Standing::Unchanged, None, difference),
        Plan::Wrong(fault) => outcome(Standing::Wrong, Some(fault), difference),
        Plan::Change(changes) => {
            let (standing, note) = changes.standing();
            let missed = match target {
                Some(row) => apply::is_missed(read, ground.context, row, &changes).await?,
                None => None,
            };
            // As things stand: a line before it may make another administrator, and decides.
            outcome(standing, missed.map(Fault::from).or(note), difference)
        }
    }
}
