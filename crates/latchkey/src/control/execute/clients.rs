use audit::Actor;
use identity::Identity;
use identity::clients::{self, ClientRowId, Line, NewApplication, Registration, Unfit};
use identity::tenants::{self, TenantId};
use jose::Algorithm;
use oidc::client::AuthMethod;
use serde_json::{Value, json};
use store::Conn;

use super::{Refusal, because};
use crate::control::ClientsCommand;
use crate::control::command::NewClient;

pub async fn execute(identity: &Identity, command: ClientsCommand) -> Result<Value, Refusal> {
    match command {
        ClientsCommand::Create(new) => create(identity, new).await,
        ClientsCommand::List { search, after } => list(identity, search, after).await,
        ClientsCommand::Show { client_id } => {
            Ok(detail(&application(&mut identity.store.read().await?, &client_id).await?))
        }
        ClientsCommand::RotateSecret { client_id } => {
            let secret = clients::rotate_secret(identity, Actor::Operator, row(identity, &client_id).await?).await?;
            let secret = secret.ok_or_else(|| because(format!("{client_id} has no secret, or is disabled")))?;
            Ok(json!({ "client_id": client_id, "client_secret": secret }))
        }
        ClientsCommand::Disable { client_id } => {
            let changed = clients::disable(identity, Actor::Operator, row(identity, &client_id).await?).await?;
            Ok(json!({ "client_id": client_id, "disabled": true, "changed": changed }))
        }
        ClientsCommand::Enable { client_id } => {
            let changed = clients::enable(identity, Actor::Operator, row(identity, &client_id).await?).await?;
            Ok(json!({ "client_id": client_id, "disabled": false, "changed": changed }))
        }
    }
}

async fn create(identity: &Identity, new: NewClient) -> Result<Value, Refusal> {
    let method = AuthMethod::named(&new.auth_method).ok_or_else(|| {
        let known: Vec<&str> = AuthMethod::ALL.iter().map(|method| method.as_str()).collect();
        because(format!("--auth-method {}: one of {}", new.auth_method, known.join(", ")))
    })?;
    let algorithm = algorithm(identity, &new.id_token_alg)?;
    let jwks = new.jwks.as_deref().map(serde_json::from_str).transpose();
    let application = NewApplication {
        name: new.name,
        tenant: tenant(identity, new.tenant.as_deref()).await?,
        auth_method: method,
        jwks: jwks.map_err(|error| because(format!("--jwks-file: no JWK set (RFC 7517 §5): {error}")))?,
        redirect_uris: new.redirect_uris,
        post_logout_redirect_uris: new.post_logout_redirect_uris,
        backchannel_logout_uri: new.backchannel_logout_uri,
        id_token_alg: algorithm,
        require_pkce: !new.without_pkce,
        native: new.native,
        service: new.service,
    };
    match clients::register_application(identity, Actor::Operator, application).await? {
        Registration::Registered { client_id, secret } => Ok(json!({
            "issuer": identity.settings.issuer(),
            "client_id": client_id,
            "client_secret": secret,
            "auth_method": method.as_str(),
            "id_token_alg": algorithm.name(),
        })),
        Registration::Unfit(unfit) => Err(because(unfit.iter().map(told).collect::<Vec<_>>().join("; "))),
    }
}

/// An algorithm that a key of this server signs with.
fn algorithm(identity: &Identity, named: &str) -> Result<Algorithm, Refusal> {
    let signing = identity.keys.algorithms();
    let algorithm = Algorithm::named(named).filter(|algorithm| signing.contains(algorithm));
    algorithm.ok_or_else(|| {
        let known: Vec<&str> = signing.iter().map(|algorithm| algorithm.name()).collect();
        because(format!("--id-token-alg {named}: this server signs with {}", known.join(", ")))
    })
}

async fn tenant(identity: &Identity, slug: Option<&str>) -> Result<Option<TenantId>, Refusal> {
    let Some(slug) = slug else { return Ok(None) };
    let found = tenants::find_by_slug(&mut identity.store.read().await?, slug).await?;
    found.map(|tenant| Some(tenant.id)).ok_or_else(|| because(format!("--tenant {slug}: there is no such tenant")))
}

fn told(unfit: &Unfit) -> String {
    match unfit {
        Unfit::Name => "--name: 1 to 80 characters on one line".to_owned(),
        Unfit::RedirectUris => "--redirect-uri: at least one, at most 20".to_owned(),
        Unfit::RedirectUri(uri, why) => format!("--redirect-uri {uri}: {why}"),
        Unfit::PostLogoutUri(uri, why) => format!("--post-logout-redirect-uri {uri}: {why}"),
        Unfit::BackchannelUri(why) => format!("--backchannel-logout-uri: {why}"),
        Unfit::Service => "--service: needs --tenant, and a secret or a key".to_owned(),
        Unfit::Keys => "--jwks-file: private_key_jwt needs a public key that this server takes".to_owned(),
    }
}

async fn application(conn: &mut Conn, client_id: &str) -> Result<Line, Refusal> {
    clients::application(conn, client_id).await?.ok_or_else(|| because(format!("there is no application {client_id}")))
}

async fn row(identity: &Identity, client_id: &str) -> Result<ClientRowId, Refusal> {
    Ok(application(&mut identity.store.read().await?, client_id).await?.registered.id)
}

async fn list(identity: &Identity, words: String, after: Option<String>) -> Result<Value, Refusal> {
    let mut conn = identity.store.read().await?;
    let after = match after {
        Some(client_id) => {
            let last = application(&mut conn, &client_id).await?.registered;
            Some((last.client.name, last.id.0))
        }
        None => None,
    };
    let found = clients::list(&mut conn, &clients::Search { words, after }).await?;
    let rows = found.rows.iter().map(|line| {
        let client = &line.registered.client;
        json!({
            "client_id": client.client_id,
            "name": client.name,
            "tenant": line.tenant,
            "auth_method": client.auth_method.as_str(),
            "disabled": line.disabled_at.is_some(),
        })
    });
    Ok(rows.collect())
}

fn detail(line: &Line) -> Value {
    let client = &line.registered.client;
    json!({
        "client_id": client.client_id,
        "name": client.name,
        "tenant": line.tenant,
        "auth_method": client.auth_method.as_str(),
        "id_token_alg": client.id_token_alg.name(),
        "pkce_required": client.must_use_pkce(),
        "native": client.native,
        "redirect_uris": client.redirect_uris,
        "post_logout_redirect_uris": client.post_logout_redirect_uris,
        "backchannel_logout_uri": client.backchannel_logout_uri,
        "scopes": client.scopes,
        "created_at": line.created_at.to_rfc3339(),
        "disabled_at": line.disabled_at.map(|at| at.to_rfc3339()),
    })
}
