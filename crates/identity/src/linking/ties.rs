//! The ties of external identities to accounts: rows, and nothing decided.

use std::sync::LazyLock;

use ambient::Timestamp;
use store::{Conn, ManyRows, StoreError, Tx, params};
use uuid::Uuid;

use super::Scope;
use crate::accounts::{AccountId, Locale, clean_name};
use crate::groups::Groups;
use crate::providers::ProviderId;
use crate::tenants::TenantId;

store::row_id!(
    /// A tie of an external identity to an account.
    TieId
);

store::words!(
    /// How a tie came to be.
    ProvedBy {
        /// By a credential of the account.
        Credential = "credential",
        /// By a mail to the account's address.
        Mail = "mail",
        /// By a verified address, of a domain that the tenant's own provider is trusted for: the first claim of a member.
        FirstClaim = "first_claim",
        /// The account was made with it.
        Birth = "birth",
        /// Whoever switched the member named the subject.
        Preset = "preset",
        /// An invitation was accepted by it, whose link went to the address that the provider states.
        Invitation = "invitation",
    }
);

/// The scope that stands for everywhere in keys of tables.
const EVERYWHERE: Uuid = Uuid::nil();

impl Scope {
    /// In keys of tables; `tenant` is where the login leads to.
    pub(crate) fn id(self, tenant: Option<TenantId>) -> Uuid {
        match self {
            Self::Everywhere => EVERYWHERE,
            // Without a tenant it is nobody's scope.
            Self::Tenant => tenant.map_or(Uuid::max(), |tenant| tenant.0),
        }
    }
}

/// Who a provider says somebody is, at one login. Everything but issuer and subject is contact data (DESIGN §4.1).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ExternalIdentity {
    /// Its issuer.
    pub issuer: String,
    /// Who it is there.
    pub subject: String,
    /// The address that it states.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether it says that this address is verified: only JSON `true` counts (PH-05).
    #[serde(default)]
    pub email_verified: bool,
    /// First name.
    #[serde(default)]
    pub given_name: String,
    /// Last name.
    #[serde(default)]
    pub family_name: String,
    /// Language (BCP 47).
    #[serde(default)]
    pub locale: String,
    /// Its session there.
    #[serde(default)]
    pub sid: Option<String>,
    /// The groups that it is in there.
    #[serde(default)]
    pub groups: Groups,
}

impl ExternalIdentity {
    /// First name, last name and language as they are kept with a tie: clean, and nothing where nothing is stated.
    fn apart(&self) -> [String; 3] {
        let locale = Locale::parse(&self.locale).map_or_else(String::new, |locale| locale.as_str().to_owned());
        [clean_name(&self.given_name), clean_name(&self.family_name), locale]
    }

    /// As it is shown beside a tie.
    pub(crate) fn name(&self) -> String {
        let name = format!("{} {}", self.given_name, self.family_name);
        let name = clean_name(&name);
        if name.is_empty() { clean_name(self.email.as_deref().unwrap_or_default()) } else { name }
    }
}

/// Whose an external identity is in one scope.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub(crate) struct Tied {
    pub id: TieId,
    pub scope_id: Uuid,
    pub account_id: AccountId,
}

/// Whose it is: everywhere, and in the tenant that the login leads to.
///
/// # Errors
/// The database's.
pub(crate) async fn tied(
    conn: &mut Conn,
    provider: ProviderId,
    who: &ExternalIdentity,
    tenant: Option<TenantId>,
) -> Result<Vec<Tied>, StoreError> {
    conn.all(
        "SELECT id, scope_id, account_id FROM external_identity
         WHERE scope_id IN ($1, $2) AND provider_id = $3 AND issuer = $4 AND subject = $5",
        params![EVERYWHERE, Scope::Tenant.id(tenant), provider, who.issuer, who.subject],
    )
    .await
}

/// Which identity of this provider an account has in a scope.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct OfAccount {
    pub scope_id: Uuid,
    pub issuer: String,
    pub subject: String,
}

impl OfAccount {
    pub fn is(&self, who: &ExternalIdentity) -> bool {
        self.issuer == who.issuer && self.subject == who.subject
    }
}

/// An account's identities of one provider, everywhere and in one tenant.
///
/// # Errors
/// The database's.
pub(crate) async fn of_provider(
    conn: &mut Conn,
    account: AccountId,
    provider: ProviderId,
    tenant: Option<TenantId>,
) -> Result<Vec<OfAccount>, StoreError> {
    conn.all(
        "SELECT scope_id, issuer, subject FROM external_identity
         WHERE account_id = $1 AND scope_id IN ($2, $3) AND provider_id = $4",
        params![account, EVERYWHERE, Scope::Tenant.id(tenant), provider],
    )
    .await
}

/// A tie about to be.
#[derive(Debug, Clone)]
pub(crate) struct NewTie<'a> {
    pub id: TieId,
    pub scope: Uuid,
    pub provider: ProviderId,
    pub who: &'a ExternalIdentity,
    pub account: AccountId,
    pub proved_by: ProvedBy,
    pub now: Timestamp,
}

/// Ties it. False if it is somebody's in that scope meanwhile, or the account has another of the provider there: the
/// statement decides, however many try at once (LK-06).
///
/// # Errors
/// The database's.
pub(crate) async fn tie(tx: &mut Tx, new: &NewTie<'_>) -> Result<bool, StoreError> {
    let [given, family, locale] = new.who.apart();
    let tied = tx
        .execute(
            "INSERT INTO external_identity (id, scope_id, provider_id, issuer, subject, account_id, proved_by, name, email,
                 created_at, used_at, stated_given_name, stated_family_name, stated_locale)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11, $12, $13) ON CONFLICT DO NOTHING",
            params![
                new.id,
                new.scope,
                new.provider,
                new.who.issuer,
                new.who.subject,
                new.account,
                new.proved_by,
                new.who.name(),
                new.who.email.clone().unwrap_or_default(),
                new.now,
                given,
                family,
                locale
            ],
        )
        .await?;
    Ok(tied == 1)
}

/// Notes that a tie was used, with what the provider states now: whether that is another address than at the login before. Nothing
/// is linked by it, and no account takes it over (DESIGN §4.1); who is stated without one now has not got another one.
///
/// # Errors
/// The database's.
pub(crate) async fn used(tx: &mut Tx, id: TieId, who: &ExternalIdentity, now: Timestamp) -> Result<bool, StoreError> {
    let email = who.email.clone().unwrap_or_default();
    let [given, family, locale] = who.apart();
    let sql = "UPDATE external_identity SET used_at = $2, name = $3, email = $4,
                   stated_given_name = $5, stated_family_name = $6, stated_locale = $7,
                   email_before = CASE WHEN $4 <> '' AND email <> '' AND LOWER(email) <> LOWER($4) THEN email END
               WHERE id = $1 RETURNING email_before";
    let noted: Option<(Option<String>,)> =
        tx.maybe(sql, params![id, now, who.name(), email, given, family, locale]).await?;
    Ok(noted.is_some_and(|(before,)| before.is_some()))
}

/// A way in, as its person sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Linked {
    /// Its id.
    pub id: TieId,
    /// The provider's key.
    pub key: String,
    /// The provider's name.
    pub provider: String,
    /// The provider's preset: its logo.
    pub preset: String,
    /// Whether the provider can be used at the moment.
    pub usable: bool,
    /// The tenant that it opens alone; none: everything.
    pub tenant: Option<String>,
    /// Whoever runs that tenant has named it: it is their word, and not the person's.
    pub named: bool,
    /// By it its person has claimed themselves where nothing else opens that tenant to them: a claim is made once.
    pub claims: bool,
    /// Its subject at the provider.
    pub subject: String,
    /// Who it is there.
    pub name: String,
    /// The address stated there.
    pub email: String,
    /// The one stated before, if that was another one until its last use.
    pub email_before: Option<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// An account's ways in by providers, those of everywhere first; the first hundred.
///
/// # Errors
/// The database's.
pub async fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Linked>, StoreError> {
    conn.all(
        "SELECT tie.id, provider.key, provider.name AS provider, provider.preset, provider.disabled_at IS NULL AS usable,
                tenant.name AS tenant, tie.proved_by = $2 AS named, tie.subject, tie.name, tie.email, tie.email_before,
                tie.created_at, tie.used_at, tie.proved_by <> $2 AND membership.subject IS NOT NULL AS claims
         FROM external_identity tie
         JOIN provider ON provider.id = tie.provider_id AND provider.deleted_at IS NULL
         LEFT JOIN tenant ON tenant.id = tie.scope_id
         LEFT JOIN subject ON subject.sector_id = tie.scope_id AND subject.account_id = tie.account_id
         LEFT JOIN membership ON membership.tenant_id = tie.scope_id AND membership.subject = subject.subject
            AND membership.provider = provider.key
         WHERE tie.account_id = $1 ORDER BY tie.scope_id, tie.id LIMIT 100",
        params![account, ProvedBy::Preset],
    )
    .await
}

/// How a member stands to a provider that a tenant may switch them to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Their identity of it is claimed in this tenant.
    Claimed,
    /// They can prove themselves, by a credential or by mail.
    Provable,
    /// They have neither.
    Unprovable,
}

/// One member's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stands {
    /// Their pairwise subject.
    pub subject: String,
    /// How.
    pub standing: Standing,
    /// When they last came by their identity of it, if they ever did: what the tenant has named is not claimed by that.
    pub used_at: Option<Timestamp>,
}

static STANDINGS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "SELECT subject.subject, tie.id IS NOT NULL, account.scope_id IS NOT NULL, tie.used_at FROM (VALUES ";
    let after = ") AS asked JOIN subject ON subject.sector_id = $1 AND subject.subject = asked.column1
         JOIN account ON account.id = subject.account_id
         LEFT JOIN external_identity tie ON tie.account_id = account.id AND tie.scope_id = $1 AND tie.provider_id = $2";
    ManyRows::new(before, "", 1, 1, after)
});

/// How these of a tenant's members stand to a provider, by their pairwise subjects; strangers are left out. `compromised`:
/// whoever is about to switch them does not trust what they have claimed before.
///
/// # Errors
/// The database's.
pub async fn standings(
    conn: &mut Conn,
    (tenant, provider): (TenantId, ProviderId),
    subjects: &[String],
    compromised: bool,
) -> Result<Vec<Stands>, StoreError> {
    let rows: Vec<_> = subjects.iter().map(|subject| params![subject.clone()]).collect();
    let found: Vec<(String, bool, bool, Option<Timestamp>)> =
        conn.all_many(&STANDINGS, &params![tenant, provider], &rows).await?;
    let standing = |claimed, without| match (claimed && !compromised, without) {
        (true, _) => Standing::Claimed,
        (false, true) => Standing::Unprovable,
        (false, false) => Standing::Provable,
    };
    let stands =
        |(subject, claimed, without, used_at)| Stands { subject, standing: standing(claimed, without), used_at };
    Ok(found.into_iter().map(stands).collect())
}
