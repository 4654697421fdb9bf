use std::sync::LazyLock;

use ambient::Timestamp;
use store::{StoreError, TenantStore, TenantTx, Value, params};
use uuid::Uuid;

use super::plan::{Head, Place, Plan};

/// How many entries one statement places.
const PLACES: usize = 100;

/// One statement for [`PLACES`] entries instead of one each: the write door is held up for a fraction of the time.
static PLACE: LazyLock<String> = LazyLock::new(|| {
    let rows = (0..PLACES).map(|row| 2 + 3 * row).map(|n| format!("(${n}, ${}, ${})", n + 1, n + 2));
    format!(
        "WITH place (id, number, hash) AS (VALUES {})
         UPDATE audit_entry SET seal_number = place.number, chain_hash = place.hash FROM place
         WHERE audit_entry.tenant_id = $1 AND audit_entry.id = place.id AND audit_entry.seal_number IS NULL",
        rows.collect::<Vec<_>>().join(", ")
    )
});

/// Takes, or keeps, the right to seal this tenant's log.
pub(crate) async fn lease(
    store: &TenantStore,
    holder: Uuid,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let taken = store
        .write((holder, now, until), |mut tx, (holder, now, until)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO audit_lease (tenant_id, holder, lease_until) VALUES ($1, $2, $3)
                     ON CONFLICT (tenant_id) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
                     WHERE audit_lease.holder = excluded.holder OR audit_lease.lease_until <= $4",
                    params![holder, until, now],
                )
                .await
            })
        })
        .await?;
    Ok(taken == 1)
}

/// Writes a plan down; false, and nothing, if the head is no longer the one it was made for.
pub(crate) async fn seal(mut tx: TenantTx<'_>, plan: &Plan) -> Result<bool, StoreError> {
    if !move_head(&mut tx, plan.from.as_ref(), &plan.to).await? {
        return Ok(false);
    }
    let mut placed = 0;
    for places in plan.places.chunks(PLACES) {
        placed += tx.execute(PLACE.as_str(), parameters(places)).await?;
    }
    if usize::try_from(placed) != Ok(plan.places.len()) {
        return Err(StoreError::Damaged("an audit entry went while it was sealed".to_owned()));
    }
    if plan.checkpoint {
        let end = &plan.to.end;
        tx.execute(
            "INSERT INTO audit_checkpoint (tenant_id, seal_number, chain_hash, at, public_key, signature)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![end.seal_number, end.chain_hash, end.at, end.public_key.0, end.signature],
        )
        .await?;
    }
    Ok(true)
}

/// The one statement that decides who seals, lease or no lease: it finds the head as it was read, or nothing.
async fn move_head(tx: &mut TenantTx<'_>, from: Option<&Head>, to: &Head) -> Result<bool, StoreError> {
    let end = &to.end;
    let mut params = params![
        end.seal_number,
        end.chain_hash,
        end.at,
        end.public_key.0,
        end.signature,
        to.checkpoint_number,
        to.checkpoint_due
    ];
    let moved = match from {
        None => {
            tx.execute(
                "INSERT INTO audit_head (tenant_id, seal_number, chain_hash, at, public_key, signature,
                     checkpoint_number, checkpoint_due)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (tenant_id) DO NOTHING",
                params,
            )
            .await?
        }
        Some(from) => {
            params.extend(params![from.end.seal_number, from.end.chain_hash, from.checkpoint_number]);
            tx.execute(
                "UPDATE audit_head SET seal_number = $2, chain_hash = $3, at = $4, public_key = $5, signature = $6,
                     checkpoint_number = $7, checkpoint_due = $8
                 WHERE tenant_id = $1 AND seal_number = $9 AND chain_hash = $10 AND checkpoint_number = $11",
                params,
            )
            .await?
        }
    };
    Ok(moved == 1)
}

/// The parameters of [`PLACE`]. Fewer entries are filled up with the last one, which is placed once all the same.
fn parameters(places: &[Place]) -> Vec<Value> {
    let last = places.last().copied();
    let padded = places.iter().copied().chain(std::iter::repeat_with(|| last).map_while(|last| last)).take(PLACES);
    padded.flat_map(|place| params![place.id, place.number, place.hash]).collect()
}
