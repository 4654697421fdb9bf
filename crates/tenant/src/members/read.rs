use std::collections::{BTreeMap, BTreeSet};
use std::iter;

use store::{StoreError, TenantRead, ToValue, Value, params};
use uuid::Uuid;

use super::{Member, MemberId, MemberRow};

/// What [`MemberRow`] reads of the member `m` beside their columns: their roles as one text, and whether it is a service account.
macro_rules! roles_columns {
    () => {
        "(EXISTS (SELECT 1 FROM service_account a WHERE a.tenant_id = m.tenant_id AND a.member_id = m.id) OR EXISTS
             (SELECT 1 FROM former_service_account a WHERE a.tenant_id = m.tenant_id AND a.member_id = m.id)) AS is_service,
         (SELECT string_agg(CASE WHEN NOT r.by_group THEN r.role WHEN r.by_hand THEN r.role || '+' ELSE r.role || '*' END, ' '
             ORDER BY r.role) FROM member_role r WHERE r.tenant_id = m.tenant_id AND r.member_id = m.id) AS roles, "
    };
}
pub(crate) use roles_columns;

/// Whether the address of the member `m` may find them: an administrator has typed it, the identity server has proved it, or they have
/// accepted an invitation that was mailed there. What a provider alone states finds nobody (DESIGN §4.1, §4.2).
macro_rules! proved_address {
    () => {
        "(m.stated_by IS NULL OR EXISTS (SELECT 1 FROM invitation a WHERE a.tenant_id = m.tenant_id AND a.member_id = m.id
            AND a.state = 'accepted' AND lower(a.email) = lower(m.email)))"
    };
}
pub(crate) use proved_address;

/// The columns of a [`Member`]; with `roles`, also the keys of their roles in one text, so that a list is one statement.
macro_rules! columns {
    (roles, $rest:literal) => {
        $crate::members::columns!(roles from "member m ", $rest)
    };
    (roles from $from:expr, $rest:expr) => {
        $crate::members::columns!(
            $crate::members::roles_columns!(),
            $from,
            $rest
        )
    };
    ($rest:literal) => {
        $crate::members::columns!("", "member m ", $rest)
    };
    ($before:expr, $from:expr, $rest:expr) => {
        concat!(
            "SELECT ",
            $before,
            "m.id, m.subject, m.authorization_state, m.locked, m.lifecycle, m.given_name, m.family_name, m.email, m.stated_by, ",
            "m.locale, m.picture, m.request_text, m.requested_at, m.decided_at, m.decided_by, m.decision_reason, m.epoch, ",
            "m.version, m.provider, m.created_at, m.changed_at, m.last_sign_in, m.deleted_at, ",
            "m.deleted_by, m.deletion_asked_at, m.kept_by, m.switched_version, m.switched_at, m.switch_told_at, ",
            "m.compromised, m.compromised_version, m.preset_subject, m.break_glass, m.reset_at, m.shut_out_at FROM ",
            $from,
            $rest
        )
    };
}
pub(crate) use columns;

/// The member of that id, if this tenant has one.
///
/// # Errors
/// What the database says.
pub async fn by_id(read: &mut impl TenantRead, id: MemberId) -> Result<Option<Member>, StoreError> {
    read.maybe(columns!("WHERE m.tenant_id = $1 AND m.id = $2"), params![id]).await
}

/// The same with the keys of their roles.
///
/// # Errors
/// What the database says.
pub async fn with_roles(read: &mut impl TenantRead, id: MemberId) -> Result<Option<MemberRow>, StoreError> {
    read.maybe(columns!(roles, "WHERE m.tenant_id = $1 AND m.id = $2"), params![id]).await
}

/// How many members one statement names.
const AT_ONCE: usize = 100;

/// The members of these ids who are here, with the keys of their roles.
///
/// # Errors
/// What the database says.
pub async fn some(
    read: &mut impl TenantRead,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, MemberRow>, StoreError> {
    let mut found = BTreeMap::new();
    for values in hundreds(ids) {
        let rows: Vec<MemberRow> = read.all(SOME, values).await?;
        found.extend(rows.into_iter().map(|row| (row.member.id, row)));
    }
    Ok(found)
}

/// Ids in portions for the places of [`a_hundred`], each once.
pub(crate) fn hundreds(ids: impl IntoIterator<Item = MemberId>) -> Vec<Vec<Value>> {
    // A place that is left over asks for nobody.
    hundreds_of(ids, MemberId(Uuid::nil()))
}

/// The same of other ids; `none` is that of nothing.
pub(crate) fn hundreds_of<T: Copy + Ord + ToValue>(ids: impl IntoIterator<Item = T>, none: T) -> Vec<Vec<Value>> {
    let ids: Vec<T> = ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    let filled = |ids: &[T]| {
        let left_over = iter::repeat_n(none, AT_ONCE - ids.len());
        ids.iter().copied().chain(left_over).map(|id| id.to_value()).collect()
    };
    ids.chunks(AT_ONCE).map(filled).collect()
}

/// Places for a hundred ids, behind the tenant's.
macro_rules! a_hundred {
    () => {
        "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
          $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46,
          $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68,
          $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90,
          $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101)"
    };
}
pub(crate) use a_hundred;

const SOME: &str = columns!(roles from "member m ", concat!("WHERE m.tenant_id = $1 AND m.id IN ", a_hundred!()));

/// How many subjects [`of_subjects`] asks about.
const SUBJECTS_AT_ONCE: usize = 10;

/// The members of the first ten of these subjects, as far as they are here.
///
/// # Errors
/// What the database says.
pub async fn of_subjects(read: &mut impl TenantRead, subjects: &[String]) -> Result<Vec<Member>, StoreError> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let some = (0..SUBJECTS_AT_ONCE).map(|at| subjects.get(at).cloned().unwrap_or_default().to_value()).collect();
    read.all(columns!("WHERE m.tenant_id = $1 AND m.subject IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"), some).await
}

/// The member whom the identity server calls `subject` towards this tenant.
///
/// # Errors
/// What the database says.
pub async fn by_subject(read: &mut impl TenantRead, subject: &str) -> Result<Option<Member>, StoreError> {
    read.maybe(columns!("WHERE m.tenant_id = $1 AND m.subject = $2"), params![subject]).await
}
