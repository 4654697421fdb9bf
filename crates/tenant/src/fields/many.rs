use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantTx, Value, params};

use super::Values;
use crate::Context;
use crate::members::{Member, MemberId};

/// What one person writes into the fields of many who are here, as rows: a few statements write all of it.
#[derive(Debug, Default)]
pub(crate) struct Many {
    touched: Vec<Vec<Value>>,
    values: Vec<Vec<Value>>,
    entries: Vec<audit::Entry>,
}

static VALUES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO member_field (tenant_id, member_id, key, value) VALUES ";
    let after = " ON CONFLICT (tenant_id, member_id, key) DO UPDATE SET value = excluded.value";
    ManyRows::new(before, "$1, ", 0, 3, after)
});
/// Whoever was changed since, or erased, is not found: nothing is written about who is not there.
static TOUCHED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member SET changed_at = $2 FROM (VALUES ";
    let after = ") AS v WHERE member.tenant_id = $1 AND member.id = v.column1 AND member.version = v.column2";
    ManyRows::new(before, "", 1, 2, after)
});

impl Many {
    /// Adds what changes of a member's fields, as it was decided on them as they are.
    pub(crate) fn add(&mut self, context: &Context, by: MemberId, member: &Member, changes: &Values) {
        self.touched.push(params![member.id, member.version]);
        self.values.extend(rows(member.id, changes));
        self.entries.push(entry(context, by, member.id, changes));
    }

    /// Writes all of it. False: somebody was changed since; what was written has to be rolled back.
    pub(crate) async fn write(&self, tx: &mut TenantTx<'_>, context: &Context) -> Result<bool, StoreError> {
        let found = tx.execute_many(&TOUCHED, &params![context.now], &self.touched).await?;
        if usize::try_from(found) != Ok(self.touched.len()) {
            return Ok(false);
        }
        tx.execute_many(&VALUES, &[], &self.values).await?;
        audit::record_all(tx, &self.entries).await?;
        Ok(true)
    }
}

/// Writes into the fields of members who were made, or found as they are, in this transaction.
pub(crate) async fn write_all(
    tx: &mut TenantTx<'_>,
    members: impl IntoIterator<Item = (MemberId, &Values)>,
) -> Result<(), StoreError> {
    let rows: Vec<_> = members.into_iter().flat_map(|(member, values)| rows(member, values)).collect();
    tx.execute_many(&VALUES, &[], &rows).await?;
    Ok(())
}

fn rows(member: MemberId, values: &Values) -> impl Iterator<Item = Vec<Value>> {
    values.iter().map(move |(key, value)| params![member, key, value])
}

/// Which fields, and not what stood or stands in them.
pub(super) fn entry(context: &Context, by: MemberId, member: MemberId, changes: &Values) -> audit::Entry {
    let keys: Vec<&String> = changes.keys().collect();
    let entry = context.audit(audit::Actor::Member(by.0), "member.fields_changed").on("member", member);
    entry.detail(serde_json::json!({ "fields": keys }))
}
