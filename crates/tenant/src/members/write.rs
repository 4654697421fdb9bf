use std::sync::LazyLock;

use ambient::Timestamp;
use store::{ManyRows, StoreError, TenantRead, TenantTx, params};

use super::{Authorization, Lifecycle, MemberId, Profile, words};
use crate::lifecycle::Axes;

/// A member's first record, at epoch and version 1. False if the subject (or id) has one already: of two first sign-ins at
/// once, one inserts and the other finds.
pub(crate) async fn insert(
    tx: &mut TenantTx<'_>,
    id: MemberId,
    subject: Option<&str>,
    authorization: Authorization,
    profile: &Profile,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let requested_at = (authorization == Authorization::ToReview).then_some(now);
    let row: Option<(MemberId,)> = tx.maybe(
        "INSERT INTO member (tenant_id, id, subject, authorization_state, locked, lifecycle, given_name, family_name,
             sort_name, email, locale, picture, request_text, requested_at, epoch, version, created_at, changed_at, has_words)
         VALUES ($1, $2, $3, $4, FALSE, $5, $6, $7, $8, $9, $10, $11, '', $12, 1, 1, $13, $13, TRUE)
         ON CONFLICT DO NOTHING RETURNING id",
        params![
            id,
            subject,
            authorization,
            Lifecycle::Active,
            profile.given_name,
            profile.family_name,
            profile.sort_name(),
            profile.email,
            profile.locale,
            profile.picture,
            requested_at,
            now,
        ],
    )
    .await?;
    if row.is_some() {
        words::write(tx, id, profile).await?;
    }
    Ok(row.is_some())
}

/// Somebody who is not here yet, and has not come.
#[derive(Debug, Clone)]
pub(crate) struct Newcomer {
    pub id: MemberId,
    pub profile: Profile,
    pub axes: Axes,
    /// Keys.
    pub roles: Vec<String>,
    pub provider: Option<String>,
    /// Who keeps the record elsewhere (PP-31).
    pub kept_by: Option<String>,
}

static NEWCOMERS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "INSERT INTO member (tenant_id, epoch, version, request_text, has_words, id, authorization_state, locked,
             lifecycle, given_name, family_name, sort_name, email, locale, provider, kept_by,
             created_at, changed_at) VALUES ";
    ManyRows::new(before, "$1, 1, 1, '', TRUE, ", 0, 13, "")
});

/// Many first records, without subjects: what [`insert`] does for one.
pub(crate) async fn insert_all(
    tx: &mut TenantTx<'_>,
    newcomers: &[Newcomer],
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = |it: &Newcomer| {
        let (axes, profile) = (it.axes, &it.profile);
        params![
            it.id,
            axes.authorization,
            axes.locked,
            axes.lifecycle,
            profile.given_name,
            profile.family_name,
            profile.sort_name(),
            profile.email,
            profile.locale,
            it.provider,
            it.kept_by,
            now,
            now,
        ]
    };
    let rows: Vec<_> = newcomers.iter().map(row).collect();
    tx.execute_many(&NEWCOMERS, &[], &rows).await?;
    let worded: Vec<_> = newcomers.iter().map(|it| (it.id, &it.profile)).collect();
    words::write_all(tx, &worded).await
}

/// Takes over what UserInfo states now. Changes neither epoch nor version: no login depends on it.
pub(crate) async fn update_profile(
    tx: &mut TenantTx<'_>,
    id: MemberId,
    profile: &Profile,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let rows = tx
        .execute(
            "UPDATE member SET given_name = $3, family_name = $4, sort_name = $5, email = $6, locale = $7, picture = $8,
                 changed_at = $9, has_words = TRUE
             WHERE tenant_id = $1 AND id = $2 AND NOT (given_name = $3 AND family_name = $4 AND email = $6 AND locale = $7
                 AND COALESCE(picture, '') = COALESCE($8, ''))",
            params![
                id,
                profile.given_name,
                profile.family_name,
                profile.sort_name(),
                profile.email,
                profile.locale,
                profile.picture,
                now,
            ],
        )
        .await?;
    if rows > 0 {
        words::write(tx, id, profile).await?;
        let sql = "UPDATE member_role SET sort_name = $3 WHERE tenant_id = $1 AND member_id = $2 AND sort_name <> $3";
        tx.execute(sql, params![id, profile.sort_name()]).await?;
    }
    Ok(rows > 0)
}

/// They came in; and who states what they are called.
pub(crate) async fn note_sign_in(
    tx: &mut TenantTx<'_>,
    id: MemberId,
    stated_by: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE member SET last_sign_in = $3, stated_by = $4 WHERE tenant_id = $1 AND id = $2";
    tx.execute(sql, params![id, now, stated_by]).await?;
    Ok(())
}
