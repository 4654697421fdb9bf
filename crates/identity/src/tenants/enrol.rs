//! How a tenant comes to its server: an administrator makes a code, the tenant server shows it once, with its public keys.
//! From then on its clients prove themselves by these keys; the code is spent.

use std::time::Duration;

use ambient::{Ambient, Opaque, SecretHash, Timestamp};
use audit::{Actor, Entry};
use jose::{Algorithm, Jwk, JwkSet};
use oidc::client::{AuthMethod, Client, ClientKind, GrantType};
use oidc::scope;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use super::proof::is_proof;
use super::{Tenant, TenantId};
use crate::clients::{self, ClientRowId, Registered};
use crate::{Fault, Identity};

/// How long an enrolment code works.
pub const CODE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// How many keys one client may bring.
const MOST_KEYS: usize = 4;

/// Who runs a new tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstAdministrator {
    /// Where the invitation goes.
    pub email: String,
    /// First name; may be empty.
    pub given_name: String,
    /// Last name; may be empty.
    pub family_name: String,
    /// Language.
    pub locale: String,
}

/// A code on its way to being stored.
pub(super) struct Code(Opaque);

impl Code {
    pub(super) fn new(identity: &Identity) -> Self {
        Self(identity.ambient.opaque())
    }

    pub(super) fn expose(&self) -> String {
        self.0.expose()
    }
}

pub(super) async fn write_code(
    tx: &mut Tx,
    tenant: TenantId,
    Code(code): &Code,
    now: Timestamp,
) -> Result<(), store::StoreError> {
    tx.execute(
        "INSERT INTO enrolment_code (id, tenant_id, secret_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        params![code.id(), tenant, code.hash(), now, now.plus(CODE_LIFETIME)],
    )
    .await?;
    Ok(())
}

/// A new code, after the first was lost or for a move to another tenant server. Earlier ones are void.
///
/// # Errors
/// [`Fault`].
pub async fn new_code(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<String, Fault> {
    let code = Code::new(identity);
    let shown = code.expose();
    let entry = Entry::new(&identity.ambient, actor, "tenant.enrolment_code_made").on("tenant", tenant);
    identity
        .store
        .write::<_, _, store::StoreError, _>((tenant, code, entry), |tx, (tenant, code, entry)| {
            Box::pin(async move {
                let sql = "UPDATE enrolment_code SET used_at = $2 WHERE tenant_id = $1 AND used_at IS NULL";
                tx.execute(sql, params![tenant, entry.at]).await?;
                write_code(tx, *tenant, code, entry.at).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(shown)
}

/// What a tenant server brings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// The code.
    pub code: String,
    /// The server's own public key (ES256).
    pub server_key: Jwk,
    /// The tenant's public keys.
    pub client_keys: JwkSet,
    /// A JWT by the server's key over this code: whoever has read that key somewhere has not the other half of it. One of before sends
    /// none, and may bring a key that is new here.
    #[serde(default)]
    pub proof: Option<String>,
}

/// What it gets: all that it needs to serve the tenant.
#[derive(Debug, Clone, Serialize)]
pub struct Enrolled {
    /// The tenant's id.
    pub tenant_id: TenantId,
    /// Short name.
    pub slug: String,
    /// Name.
    pub name: String,
    /// Where it must answer.
    pub base_url: String,
    /// What kind of tenant it is.
    pub blueprint: String,
    /// This identity server.
    pub issuer: String,
    /// The tenant's client.
    pub client_id: String,
    /// The server's own client, by which it renews its lease.
    pub server_client_id: String,
    /// Logo.
    pub icon: String,
    /// `rrggbb`.
    pub accent: Option<String>,
    /// Terms.
    pub terms_url: Option<String>,
    /// Privacy notice.
    pub privacy_url: Option<String>,
    /// The hash of its picture.
    pub logo: Option<String>,
    /// Of these facts.
    pub version: i64,
    /// Whom to invite; told once.
    pub first_administrator: Option<FirstAdministrator>,
}

/// Why nothing was enrolled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EnrolmentRefused {
    /// Unknown, used, or too old.
    Code,
    /// No keys that this server takes.
    Keys,
    /// The proof is wrong, or the key is a known server's and there is none.
    Proof,
}

/// Why the transaction was rolled back.
enum Undone {
    Refused(EnrolmentRefused),
    Fault(Fault),
}

impl<E: Into<Fault>> From<E> for Undone {
    fn from(error: E) -> Self {
        Self::Fault(error.into())
    }
}

struct Input {
    code: Opaque,
    is_proved: bool,
    key_hash: SecretHash,
    server: Registered,
    client_keys: JwkSet,
    issuer: String,
    ambient: Ambient,
    now: Timestamp,
}

/// Redeems a code: registers the server if its key is new, ties the tenant to it, and registers the tenant's client with
/// its keys. A tenant that had a server before belongs to the new one alone from now on.
///
/// # Errors
/// [`Fault`].
pub async fn enrol(identity: &Identity, brought: Enrolment) -> Result<Result<Enrolled, EnrolmentRefused>, Fault> {
    let Some(code) = Opaque::parse(&brought.code) else { return Ok(Err(EnrolmentRefused::Code)) };
    let keys = &brought.client_keys.keys;
    let named = |key: &Jwk| key.kid.is_some() && Algorithm::ALL.iter().any(|algorithm| key.fits(*algorithm));
    let good = brought.server_key.fits(Algorithm::ES256)
        && brought.server_key.kid.is_some()
        && (1..=MOST_KEYS).contains(&keys.len())
        && keys.iter().all(named);
    if !good {
        return Ok(Err(EnrolmentRefused::Keys));
    }
    let now = identity.ambient.now();
    let proves = |proof: &str| is_proof(proof, &brought, identity.settings.issuer(), now);
    if brought.proof.as_deref().is_some_and(|proof| !proves(proof)) {
        return Ok(Err(EnrolmentRefused::Proof));
    }
    let input = Input {
        code,
        is_proved: brought.proof.is_some(),
        key_hash: thumbprint(&brought.server_key),
        server: server_client(identity, brought.server_key),
        client_keys: brought.client_keys,
        issuer: identity.settings.issuer().to_owned(),
        ambient: identity.ambient.clone(),
        now,
    };
    match identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await {
        Ok(enrolled) => Ok(Ok(enrolled)),
        Err(Undone::Refused(refused)) => Ok(Err(refused)),
        Err(Undone::Fault(fault)) => Err(fault),
    }
}

/// RFC 7638 §3.2: the required members of an EC key, in order.
fn thumbprint(key: &Jwk) -> SecretHash {
    SecretHash::of(&json!({ "crv": key.crv, "kty": key.kty, "x": key.x, "y": key.y }).to_string())
}

fn server_client(identity: &Identity, key: Jwk) -> Registered {
    let client_id = format!("server-{}", identity.ambient.identifier());
    Registered {
        id: ClientRowId(identity.ambient.row_id()),
        tenant: None,
        client: Client {
            name: client_id.clone(),
            client_id,
            kind: ClientKind::TenantServer,
            auth_method: AuthMethod::PrivateKeyJwt,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            id_token_alg: Algorithm::ES256,
            require_pkce: true,
            grant_types: vec![GrantType::ClientCredentials],
            scopes: vec![scope::LEASE.to_owned()],
            jwks: Some(JwkSet { keys: vec![key] }),
            backchannel_logout_uri: None,
            native: false,
        },
        secret_hash: None,
        home_url: String::new(),
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    tenant: Tenant,
    blueprint: String,
    version: i64,
    first_administrator: Option<String>,
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Enrolled, Undone> {
    let refused = || Undone::Refused(EnrolmentRefused::Code);
    // The gate (DESIGN §4.6).
    let (tenant,): (TenantId,) = tx
        .maybe(
            "UPDATE enrolment_code SET used_at = $1
             WHERE id = $2 AND secret_hash = $3 AND used_at IS NULL AND expires_at > $1 RETURNING tenant_id",
            params![input.now, input.code.id(), input.code.hash()],
        )
        .await?
        .ok_or_else(refused)?;
    let (server, server_client_id) = server(tx, input).await?;
    let row: Row = tx
        .maybe(
            "UPDATE tenant SET server_id = $2, version = version + 1, changed_at = $3
             WHERE id = $1 AND deleted_at IS NULL
             RETURNING id, slug, name, base_url, icon, accent, approval, terms_url, privacy_url, logo, blueprint,
                 version, first_administrator",
            params![tenant, server, input.now],
        )
        .await?
        .ok_or_else(refused)?;
    let client_id = instance(tx, &row.tenant, input).await?;
    let first_administrator = first_administrator(tx, tenant, row.first_administrator.clone()).await?;
    let entry =
        Entry::new(&input.ambient, Actor::Client(server_client_id.clone()), "tenant.enrolled").on("tenant", tenant);
    audit::record(&mut tx.scoped(PLATFORM), &entry).await?;
    let Row { tenant: it, blueprint, version, .. } = row;
    Ok(Enrolled {
        tenant_id: it.id,
        slug: it.slug,
        name: it.name,
        base_url: it.base_url,
        blueprint,
        issuer: input.issuer.clone(),
        client_id,
        server_client_id,
        icon: it.icon,
        accent: it.accent,
        terms_url: it.terms_url,
        privacy_url: it.privacy_url,
        logo: it.logo,
        version,
        first_administrator: first_administrator.as_deref().map(serde_json::from_str).transpose()?,
    })
}

/// Whoever is to run the tenant, until its server has told of anybody: an answer may be lost, and then the next code brings them
/// again (inviting somebody who is here is nothing new). Where people are, nobody is let in by the operator's word.
async fn first_administrator(
    tx: &mut Tx,
    tenant: TenantId,
    waits: Option<String>,
) -> Result<Option<String>, StoreError> {
    if !tx.exists("SELECT 1 FROM membership WHERE tenant_id = $1 LIMIT 1", params![tenant]).await? {
        return Ok(waits);
    }
    tx.execute("UPDATE tenant SET first_administrator = NULL WHERE id = $1", params![tenant]).await?;
    Ok(None)
}

/// The server with this key: known, or registered now. Enrolling counts as its first sign of life.
async fn server(tx: &mut Tx, input: &Input) -> Result<(ClientRowId, String), Undone> {
    let known: Option<(ClientRowId, String)> = tx
        .maybe(
            "SELECT client.id, client.client_id FROM tenant_server JOIN client ON client.id = tenant_server.client_id
             WHERE key_hash = $1 AND disabled_at IS NULL",
            params![input.key_hash],
        )
        .await?;
    if let Some(known) = known {
        // A key that is public is no word of the server that has it.
        return if input.is_proved { Ok(known) } else { Err(Undone::Refused(EnrolmentRefused::Proof)) };
    }
    clients::register(tx, &input.server, input.now).await?;
    tx.execute(
        "INSERT INTO tenant_server (client_id, key_hash, enrolled_at, leased_at, withheld) VALUES ($1, $2, $3, $3, '[]')",
        params![input.server.id, input.key_hash, input.now],
    )
    .await?;
    Ok((input.server.id, input.server.client.client_id.clone()))
}

/// The tenant's own client: its keys are the new server's.
async fn instance(tx: &mut Tx, tenant: &Tenant, input: &Input) -> Result<String, Undone> {
    let jwks = serde_json::to_string(&input.client_keys)?;
    let known: Option<(String,)> = tx
        .maybe(
            "UPDATE client SET jwks = $2 WHERE tenant_id = $1 AND kind = 'tenant_instance' AND disabled_at IS NULL
             RETURNING client_id",
            params![tenant.id, jwks],
        )
        .await?;
    if let Some((client_id,)) = known {
        return Ok(client_id);
    }
    let base = &tenant.base_url;
    let registered = Registered {
        id: ClientRowId(input.ambient.row_id()),
        tenant: Some(tenant.id),
        client: Client {
            client_id: tenant.slug.clone(),
            name: tenant.name.clone(),
            kind: ClientKind::TenantInstance,
            auth_method: AuthMethod::PrivateKeyJwt,
            redirect_uris: vec![format!("{base}/auth/callback")],
            post_logout_redirect_uris: vec![format!("{base}/signed-out")],
            id_token_alg: Algorithm::ES256,
            require_pkce: true,
            grant_types: vec![GrantType::AuthorizationCode, GrantType::ClientCredentials],
            scopes: [scope::OPENID, scope::PROFILE, scope::EMAIL, scope::MEMBERS].map(str::to_owned).to_vec(),
            jwks: Some(input.client_keys.clone()),
            backchannel_logout_uri: Some(format!("{base}/backchannel-logout")),
            native: false,
        },
        secret_hash: None,
        home_url: base.clone(),
    };
    clients::register(tx, &registered, input.now).await?;
    Ok(tenant.slug.clone())
}
