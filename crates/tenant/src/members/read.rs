use store::{StoreError, TenantRead, params};

use super::{Member, MemberId, MemberRow};

/// The columns of a [`Member`]; with `roles`, also the keys of their roles in one text, so that a list is one statement.
macro_rules! columns {
    (roles, $rest:literal) => {
        $crate::members::columns!(roles from "member m ", $rest)
    };
    (roles from $from:expr, $rest:expr) => {
        $crate::members::columns!(
            "(SELECT string_agg(r.role, ' ' ORDER BY r.role) FROM member_role r
               WHERE r.tenant_id = m.tenant_id AND r.member_id = m.id) AS roles, ",
            $from,
            $rest
        )
    };
    ($rest:literal) => {
        $crate::members::columns!("", "member m ", $rest)
    };
    ($before:literal, $from:expr, $rest:expr) => {
        concat!(
            "SELECT ",
            $before,
            "m.id, m.subject, m.authorization_state, m.locked, m.lifecycle, m.given_name, m.family_name, m.email, ",
            "m.locale, m.picture, m.request_text, m.requested_at, m.decided_at, m.decided_by, m.decision_reason, m.epoch, ",
            "m.version, m.provider, m.created_at, m.changed_at, m.last_sign_in, m.deleted_at, ",
            "m.deleted_by, m.deletion_asked_at, m.kept_by FROM ",
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

/// The member whom the identity server calls `subject` towards this tenant.
///
/// # Errors
/// What the database says.
pub async fn by_subject(read: &mut impl TenantRead, subject: &str) -> Result<Option<Member>, StoreError> {
    read.maybe(columns!("WHERE m.tenant_id = $1 AND m.subject = $2"), params![subject]).await
}
