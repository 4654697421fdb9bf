//! Other systems that act for themselves at the API (PP-28). A service account holds roles as people do, and is locked,
//! deleted and given roles as people are: it is a member's row without a person, tied to a client of the identity server. It
//! never signs in, gets no mail, and never counts as somebody who runs the tenant.

mod deeds;

use ambient::Timestamp;
pub use deeds::{Actors, done_by};
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::Denied;
use crate::members::{self, Authorization, MemberId, Profile, clean};
use crate::roles;

/// How many a page shows.
pub const ON_A_PAGE: i64 = 50;
/// The longest client id.
const LONGEST: usize = 200;

/// One as it is asked for.
#[derive(Debug, Clone)]
pub struct NewServiceAccount {
    /// What people call it.
    pub name: String,
    /// Its client at the identity server.
    pub client_id: String,
    /// Keys of roles.
    pub roles: Vec<String>,
}

/// One with its record.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ServiceAccount {
    /// Its client.
    pub client_id: String,
    /// Its record.
    pub member_id: MemberId,
    /// What people call it.
    #[sqlx(rename = "family_name")]
    pub name: String,
    /// Who made it.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
}

/// A service account that acts: by its client id it stands in the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its record.
    pub member: MemberId,
    /// Its client.
    pub client_id: String,
}

/// Makes a service account. Whoever does so must hold every right that it gets (AZ-01).
///
/// # Errors
/// [`Denied`]; [`Denied::AlreadyHere`] names the record of that client.
pub async fn create(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    new: NewServiceAccount,
) -> Result<MemberId, Denied> {
    let id = MemberId(context.ambient.row_id());
    store
        .write((context, by, id, new), |mut tx, (context, by, id, new)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::ROLES_MANAGE).await?;
                for key in &new.roles {
                    let role = context.tenant.blueprint.role(key).ok_or(Denied::UnknownRole)?;
                    // It outlives what a group gives, so that a hand must have given it (DESIGN §4.10).
                    if !roles::may_grant(&acting.by_hand, role) {
                        return Err(Denied::Forbidden);
                    }
                }
                insert(&mut tx, context, *by, *id, new).await?;
                Ok(*id)
            })
        })
        .await
}

async fn insert(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    id: MemberId,
    new: &NewServiceAccount,
) -> Result<(), Denied> {
    // A client whose record was erased can be let in anew. That record stays no person's.
    let gone = "DELETE FROM service_account WHERE tenant_id = $1 AND client_id = $2 AND EXISTS (SELECT 1 FROM member m
                WHERE m.tenant_id = $1 AND m.id = service_account.member_id AND m.lifecycle = 'purged')
                RETURNING member_id, made_by, made_at";
    if let Some((former, made_by, made_at)) =
        tx.maybe::<(MemberId, MemberId, Timestamp)>(gone, params![new.client_id]).await?
    {
        let kept = "INSERT INTO former_service_account (tenant_id, client_id, member_id, made_by, made_at)
                    VALUES ($1, $2, $3, $4, $5)";
        tx.execute(kept, params![new.client_id, former, made_by, made_at]).await?;
    }
    let sql =
        "INSERT INTO service_account (tenant_id, client_id, member_id, made_by, made_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (tenant_id, client_id) DO NOTHING";
    if tx.execute(sql, params![new.client_id, id, by, context.now]).await? == 0 {
        let known = of_client(tx, &new.client_id).await?;
        return Err(known.map_or(Denied::Forbidden, Denied::AlreadyHere));
    }
    let profile = Profile::new("", &new.name, "", "", None);
    members::insert(tx, id, None, Authorization::Reviewed, &profile, context.now).await?;
    for role in &new.roles {
        roles::grant(tx, context, id, role, Some(by)).await?;
    }
    let detail = serde_json::json!({ "client_id": new.client_id, "roles": new.roles });
    let entry = context.audit(audit::Actor::Member(by.0), "service_account.created").on("member", id);
    Ok(audit::record(tx, &entry.detail(detail)).await?)
}

/// A name that people can read, and a client id as the identity server gives them.
#[must_use]
pub fn is_fit(new: &NewServiceAccount) -> bool {
    let id = &new.client_id;
    let named = clean(&new.name) == new.name && !new.name.is_empty() && new.name.chars().count() <= 80;
    named && !id.is_empty() && id.len() <= LONGEST && id.chars().all(|c| c.is_ascii_graphic())
}

/// The record of a client, if it has a service account here.
///
/// # Errors
/// What the database says.
pub async fn of_client(read: &mut impl TenantRead, client_id: &str) -> Result<Option<MemberId>, StoreError> {
    let sql = "SELECT member_id FROM service_account WHERE tenant_id = $1 AND client_id = $2";
    Ok(read.maybe::<(MemberId,)>(sql, params![client_id]).await?.map(|(id,)| id))
}

/// The client of a record, if it is a service account's: also of one that was erased, whoever has its client now.
///
/// # Errors
/// What the database says.
pub async fn client_of(read: &mut impl TenantRead, member: MemberId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT client_id FROM service_account WHERE tenant_id = $1 AND member_id = $2
               UNION ALL SELECT client_id FROM former_service_account WHERE tenant_id = $1 AND member_id = $2";
    Ok(read.maybe::<(String,)>(sql, params![member]).await?.map(|(id,)| id))
}

/// The service accounts that there are, by client id, after that one; one more than a page, to tell that there are more.
///
/// # Errors
/// What the database says.
pub async fn list(read: &mut impl TenantRead, after: &str, size: i64) -> Result<Vec<ServiceAccount>, StoreError> {
    read.all(
        "SELECT s.client_id, s.member_id, m.family_name, s.made_by, s.made_at FROM service_account s
         JOIN member m ON m.tenant_id = s.tenant_id AND m.id = s.member_id
         WHERE s.tenant_id = $1 AND s.client_id > $2 AND m.lifecycle <> 'purged' ORDER BY s.client_id LIMIT $3",
        params![after, size + 1],
    )
    .await
}

/// The context of what that member does: a service account's deeds stand in the audit log under its client.
pub(crate) async fn speaking(
    read: &mut impl TenantRead,
    context: Context,
    member: MemberId,
) -> Result<Context, StoreError> {
    let service = client_of(read, member).await?.map(|client_id| Service { member, client_id });
    Ok(Context { service, ..context })
}
