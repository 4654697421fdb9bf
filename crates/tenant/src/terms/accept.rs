use store::{TenantStore, params};

use super::Kind;
use crate::Context;
use crate::lifecycle::Denied;
use crate::members::MemberId;

/// Writes down that a member accepted the versions that they were shown. One that does not exist is passed over; whatever is
/// required beside them is asked for next.
///
/// # Errors
/// What the database says.
pub async fn accept(
    store: &TenantStore,
    context: Context,
    member: MemberId,
    shown: Vec<(Kind, i64)>,
) -> Result<(), Denied> {
    store
        .write((context, member, shown), |mut tx, (context, member, shown)| {
            Box::pin(async move {
                for (kind, number) in shown {
                    let written = tx
                        .execute(
                            "INSERT INTO terms_acceptance (tenant_id, member_id, kind, number, accepted_at)
                             SELECT tenant_id, $2, kind, number, $5 FROM terms_version
                             WHERE tenant_id = $1 AND kind = $3 AND number = $4
                             ON CONFLICT (tenant_id, member_id, kind, number) DO NOTHING",
                            params![*member, *kind, *number, context.now],
                        )
                        .await?;
                    if written > 0 {
                        let entry =
                            context.audit(audit::Actor::Member(member.0), "terms.accepted").on("member", *member);
                        let detail = serde_json::json!({ "kind": kind.word(), "number": number });
                        audit::record(&mut tx, &entry.detail(detail)).await?;
                    }
                }
                Ok::<_, Denied>(())
            })
        })
        .await
}
