use ambient::SecretHash;
use audit::{Actor, Entry};
use jose::{Algorithm, JwkSet};
use oidc::client::{AuthMethod, Client, ClientKind, GrantType};
use oidc::redirect_uri::{Unacceptable, acceptable_for_registration};
use oidc::scope;
use serde_json::json;
use store::{PLATFORM, StoreError, Value, params};

use super::{ClientRowId, Registered, ending, register};
use crate::tenants::{self, TenantId};
use crate::{Fault, Identity};

/// How many addresses one application may have.
const MOST_URIS: usize = 20;

/// What every application may ask for.
const SCOPES: [&str; 6] =
    [scope::OPENID, scope::PROFILE, scope::EMAIL, scope::PHONE, scope::MEMBERSHIP, scope::OFFLINE_ACCESS];

/// What one may ask for: a tenant's also its API's, where a person's own rights and consent, or a service account's roles, say
/// what that comes to; one that nobody signs in with, nothing else.
fn scopes(new: &NewApplication) -> Vec<String> {
    let of_people = SCOPES.iter().filter(|_| !new.service);
    let of_api = scope::API.iter().filter(|_| new.tenant.is_some());
    of_people.chain(of_api).map(|scope| (*scope).to_owned()).collect()
}

/// An application as it is asked for.
#[derive(Debug, Clone)]
pub struct NewApplication {
    /// Name for people.
    pub name: String,
    /// The tenant it belongs to; none: platform-wide.
    pub tenant: Option<TenantId>,
    /// How it proves itself.
    pub auth_method: AuthMethod,
    /// For `private_key_jwt`: its public keys.
    pub jwks: Option<JwkSet>,
    /// Where codes may go.
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after a logout.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it hears of logouts.
    pub backchannel_logout_uri: Option<String>,
    /// What its ID tokens are signed with.
    pub id_token_alg: Algorithm,
    /// Whether it must use PKCE; public and native ones must anyway.
    pub require_pkce: bool,
    /// Whether it runs on the person's own device.
    pub native: bool,
    /// Whether it acts for itself at its tenant's API, by `client_credentials`, and nobody signs in with it (PP-28).
    pub service: bool,
}

/// What is wrong with what was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// 1 to 80 characters on one line.
    Name,
    /// None, or too many.
    RedirectUris,
    /// This one cannot be registered.
    RedirectUri(String, Unacceptable),
    /// This one cannot be registered.
    PostLogoutUri(String, Unacceptable),
    /// It cannot be registered.
    BackchannelUri(Unacceptable),
    /// `private_key_jwt` without a public key that this server takes.
    Keys,
    /// It is to act for itself, but belongs to no tenant, or proves itself by nothing.
    Service,
}

/// What became of it.
#[derive(Debug)]
pub enum Registration {
    /// It is there.
    Registered {
        /// Its public name.
        client_id: String,
        /// Its secret, if it has one: shown now and never again.
        secret: Option<String>,
    },
    /// What is wrong.
    Unfit(Vec<Unfit>),
}

/// Registers an application.
///
/// # Errors
/// [`Fault`].
pub async fn register_application(
    identity: &Identity,
    actor: Actor,
    new: NewApplication,
) -> Result<Registration, Fault> {
    let unfit = unfit(&new);
    if !unfit.is_empty() {
        return Ok(Registration::Unfit(unfit));
    }
    let secret = has_secret(new.auth_method).then(|| new_secret(identity));
    let registered = registered(identity, new, secret.as_deref());
    let client_id = registered.client.client_id.clone();
    let entry = Entry::new(&identity.ambient, actor, "application.registered").on("client", registered.id).detail(
        json!({ "client_id": client_id, "tenant": registered.tenant, "auth_method": registered.client.auth_method }),
    );
    identity
        .store
        .write::<_, _, Fault, _>((registered, entry), |tx, (registered, entry)| {
            Box::pin(async move {
                register(tx, registered, entry.at).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(())
            })
        })
        .await?;
    Ok(Registration::Registered { client_id, secret })
}

fn unfit(new: &NewApplication) -> Vec<Unfit> {
    let mut unfit = Vec::new();
    if tenants::name(&new.name).is_err() {
        unfit.push(Unfit::Name);
    }
    let fewest = if new.service { 0 } else { 1 };
    if !(fewest..=MOST_URIS).contains(&new.redirect_uris.len()) || new.post_logout_redirect_uris.len() > MOST_URIS {
        unfit.push(Unfit::RedirectUris);
    }
    if new.service && (new.tenant.is_none() || new.auth_method == AuthMethod::None) {
        unfit.push(Unfit::Service);
    }
    let bad = |uri: &String| acceptable_for_registration(uri, new.native).err().map(|why| (uri.clone(), why));
    unfit.extend(new.redirect_uris.iter().filter_map(bad).map(|(uri, why)| Unfit::RedirectUri(uri, why)));
    unfit.extend(new.post_logout_redirect_uris.iter().filter_map(bad).map(|(uri, why)| Unfit::PostLogoutUri(uri, why)));
    let backchannel = new.backchannel_logout_uri.as_ref().map(|uri| acceptable_for_registration(uri, false));
    if let Some(Err(why)) = backchannel {
        unfit.push(Unfit::BackchannelUri(why));
    }
    let keys = new.jwks.as_ref().map(|jwks| jwks.keys.as_slice()).unwrap_or_default();
    let good = keys.iter().any(|key| Algorithm::ALL.iter().any(|algorithm| key.fits(*algorithm)));
    if new.auth_method == AuthMethod::PrivateKeyJwt && !good {
        unfit.push(Unfit::Keys);
    }
    unfit
}

fn registered(identity: &Identity, new: NewApplication, secret: Option<&str>) -> Registered {
    let scopes = scopes(&new);
    let grant = if new.service { GrantType::ClientCredentials } else { GrantType::AuthorizationCode };
    let kind = if new.tenant.is_some() { ClientKind::TenantApplication } else { ClientKind::PlatformApplication };
    Registered {
        id: ClientRowId(identity.ambient.row_id()),
        tenant: new.tenant,
        secret_hash: secret.map(SecretHash::of),
        // Where its codes go is where its people begin.
        home_url: new.redirect_uris.first().map(|uri| origin_of(uri)).unwrap_or_default(),
        client: Client {
            client_id: identity.ambient.identifier(),
            name: new.name.trim().to_owned(),
            kind,
            auth_method: new.auth_method,
            redirect_uris: new.redirect_uris,
            post_logout_redirect_uris: new.post_logout_redirect_uris,
            id_token_alg: new.id_token_alg,
            require_pkce: new.require_pkce,
            grant_types: vec![grant],
            scopes,
            jwks: new.jwks.filter(|_| new.auth_method == AuthMethod::PrivateKeyJwt),
            backchannel_logout_uri: new.backchannel_logout_uri,
            native: new.native,
        },
    }
}

fn origin_of(uri: &str) -> String {
    let url = url::Url::parse(uri).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    url.map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}

const fn has_secret(method: AuthMethod) -> bool {
    matches!(method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost)
}

/// 256 random bits, base64url.
fn new_secret(identity: &Identity) -> String {
    jose::base64url(&identity.ambient.bytes::<32>())
}

/// Gives an application a new secret, shown now and never again; the old one stops working at once. None: it has no secret,
/// or is not there.
///
/// # Errors
/// [`Fault`].
pub async fn rotate_secret(identity: &Identity, actor: Actor, id: ClientRowId) -> Result<Option<String>, Fault> {
    let secret = new_secret(identity);
    let sql = "UPDATE client SET secret_hash = $2
               WHERE id = $1 AND disabled_at IS NULL AND auth_method IN ('client_secret_basic', 'client_secret_post')
                 AND kind IN ('tenant_application', 'platform_application')";
    let entry = Entry::new(&identity.ambient, actor, "application.secret_rotated").on("client", id);
    let done = change(identity, sql, params![id, SecretHash::of(&secret)], entry).await?;
    Ok(done.then_some(secret))
}

/// Closes an application: it gets no codes and no tokens, and what it got opens nothing, now or when it is open again. What
/// ends with it is ended after this, by [`super::end_some`]. True if it was open.
///
/// # Errors
/// [`Fault`].
pub async fn disable(identity: &Identity, actor: Actor, id: ClientRowId) -> Result<bool, Fault> {
    let sql = "UPDATE client SET disabled_at = $2, ending_at = $2
               WHERE id = $1 AND disabled_at IS NULL AND kind IN ('tenant_application', 'platform_application')";
    let entry = Entry::new(&identity.ambient, actor, "application.disabled").on("client", id);
    let disabled = change(identity, sql, params![id, entry.at], entry).await?;
    identity.ending_wake.ring();
    Ok(disabled)
}

/// Opens it again, once all that ends with it has ended: who was signed in there signs in anew. True if it was closed.
///
/// # Errors
/// [`Fault`].
pub async fn enable(identity: &Identity, actor: Actor, id: ClientRowId) -> Result<bool, Fault> {
    while ending::end_some_of(identity, id).await? {}
    let sql = "UPDATE client SET disabled_at = NULL
               WHERE id = $1 AND disabled_at IS NOT NULL AND ending_at IS NULL AND kind IN ('tenant_application', 'platform_application')";
    let entry = Entry::new(&identity.ambient, actor, "application.enabled").on("client", id);
    change(identity, sql, params![id], entry).await
}

async fn change(identity: &Identity, sql: &'static str, params: Vec<Value>, entry: Entry) -> Result<bool, Fault> {
    Ok(identity
        .store
        .write::<_, _, StoreError, _>((params, entry), move |tx, (params, entry)| {
            Box::pin(async move {
                if tx.execute(sql, params.clone()).await? == 0 {
                    return Ok(false);
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(true)
            })
        })
        .await?)
}
