use store::{StoreError, TenantTx, params};

use crate::members::Member;
use crate::{Context, snapshots};

/// Whom one of this tenant's own providers alone knows comes by it and by nothing else (DESIGN §4.2), also once the account is their
/// own: whoever runs the tenant has let in somebody whom that provider vouches for. Who was switched before is as was decided then.
/// Their sessions go on, and nothing is to be proved anew: it is the way that they came.
pub(crate) async fn keep_to(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: Member,
    only_way: Option<&str>,
) -> Result<Member, StoreError> {
    let Some(provider) = only_way.filter(|_| member.provider.is_none() && member.switched_version == 0) else {
        return Ok(member);
    };
    let kept = tx
        .execute(
            "UPDATE member SET provider = $3, version = version + 1, changed_at = $4
             WHERE tenant_id = $1 AND id = $2 AND version = $5 AND provider IS NULL AND switched_version = 0 AND NOT break_glass",
            params![member.id, provider, context.now, member.version],
        )
        .await?;
    if kept == 0 {
        return Ok(member);
    }
    let provider = Some(provider.to_owned());
    let member = Member { provider, version: member.version + 1, changed_at: context.now, ..member };
    let entry = context.audit(audit::Actor::System, "member.provider_kept").on("member", member.id);
    audit::record(tx, &entry.detail(serde_json::json!({ "provider": member.provider }))).await?;
    snapshots::write(tx, context, &member).await?;
    Ok(member)
}
