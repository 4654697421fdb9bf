use std::collections::HashMap;

use ambient::SecretHash;
use anyhow::Context;
use audit::Actor;
use identity::accounts::{self, AccountId, EmailAddress, Locale, Name, NewAccount};
use identity::clients::{self, ClientRowId, Registered};
use identity::tenants::{self, Tenant, TenantId};
use identity::{Fault, Identity, administrators, links};
use jose::{Algorithm, base64url};
use oidc::client::{AuthMethod, Client, ClientKind, GrantType};
use sample_app::SampleApp;
use store::StoreError;
use tenant::groups::Given;
use tenant::members::{MemberId, MemberState};
use tenant::terms::Draft;
use tenant_server::SeedMember;

use super::cast::{
    APPLICATION_SCOPES, APPLICATIONS, DemoApplication, DemoGroups, DemoPerson, DemoTenant, GROUPS, PEOPLE,
    PLATFORM_ADMINISTRATOR, REJECTION, TENANTS, TEXTS,
};
use super::directory;
use super::layout::{Layout, Place};
use super::open::{House, PRODUCT, tenant_id};

/// What the table and demo.json need to know beyond the cast.
pub struct Seeded {
    /// Secrets of the applications, in the cast's order.
    pub secrets: Vec<String>,
}

/// Makes what is not there yet: on an old folder nothing changes.
pub async fn seed(house: &mut House, layout: Layout) -> anyhow::Result<Seeded> {
    let identity = house.identity.identity().clone();
    for tenant in TENANTS {
        seed_tenant(&identity, house, layout, tenant).await?;
    }
    let mut secrets = Vec::with_capacity(APPLICATIONS.len());
    for application in APPLICATIONS {
        let secret = secret(house, application);
        seed_application(&identity, layout, application, &secret).await?;
        let router = sample_app::router(
            sample(layout, application, &secret)?,
            PRODUCT,
            house.http.clone(),
            house.ambient.clone(),
        );
        house.routers.push((application.place, router));
        secrets.push(secret);
    }
    let mut members = HashMap::new();
    for person in std::iter::once(&PLATFORM_ADMINISTRATOR).chain(PEOPLE) {
        let seeded = seed_person(&identity, house, person).await.with_context(|| person.email.to_owned())?;
        members.extend(seeded.into_iter().map(|(slug, id)| ((slug, person.email), id)));
    }
    directory::seed(house.directory.identity(), &identity, layout).await?;
    seed_groups(house, &members).await?;
    let administrator = EmailAddress::parse(PLATFORM_ADMINISTRATOR.email).context("not an address")?;
    administrators::first(&identity, administrator, "en").await?;
    Ok(Seeded { secrets })
}

/// Derived, so that it is the same at each start while only its hash is stored.
fn secret(house: &House, application: &DemoApplication) -> String {
    base64url(&house.master_key.derive(&format!("demo application {}", application.client_id)))
}

pub fn client(layout: Layout, client_id: &str, name: &str, place: Place, kind: ClientKind) -> Client {
    let home = layout.origin(place);
    Client {
        client_id: client_id.to_owned(),
        name: name.to_owned(),
        kind,
        auth_method: AuthMethod::ClientSecretBasic,
        redirect_uris: vec![format!("{home}/callback")],
        post_logout_redirect_uris: vec![format!("{home}/signed-out")],
        id_token_alg: Algorithm::RS256,
        require_pkce: true,
        grant_types: vec![GrantType::AuthorizationCode],
        scopes: APPLICATION_SCOPES.map(str::to_owned).to_vec(),
        jwks: None,
        backchannel_logout_uri: None,
        native: false,
    }
}

async fn seed_tenant(identity: &Identity, house: &House, layout: Layout, cast: &DemoTenant) -> anyhow::Result<()> {
    let id = TenantId(tenant_id(cast.slug));
    let tenant = Tenant {
        id,
        slug: cast.slug.to_owned(),
        name: cast.name.to_owned(),
        base_url: layout.origin(cast.place),
        icon: cast.icon.to_owned(),
        accent: Some(cast.accent.to_owned()),
        approval: true,
        terms_url: None,
        privacy_url: None,
        logo: None,
    };
    let now = identity.ambient.now();
    let made = identity
        .store
        .write::<_, _, Fault, _>((tenant, cast.blueprint, now), |tx, (tenant, blueprint, now)| {
            Box::pin(async move { Ok(tenants::insert(tx, tenant, blueprint, *now).await?) })
        })
        .await;
    unless_there(made)?;
    let known = tenants::detail(&mut identity.store.read().await?, cast.slug, now).await?;
    let (known, _) = known.context("a tenant of the demo was deleted; begin anew with --fresh")?;
    if known.server.is_none() {
        enrol(identity, house, id, cast.slug).await?;
    }
    for (kind, text) in TEXTS {
        let first = Draft::new(kind, text, "", false, 0).map_err(|wrong| anyhow::anyhow!("{kind:?}: {wrong:?}"))?;
        house.tenants.seed_terms(cast.slug, first).await?;
    }
    Ok(())
}

/// What a tenant server does over HTTP, done here before anybody serves.
async fn enrol(identity: &Identity, house: &House, id: TenantId, slug: &str) -> anyhow::Result<()> {
    let code = tenants::new_code(identity, Actor::Operator, id).await?;
    let request = serde_json::to_value(house.tenants.enrolment(slug, &code)?)?;
    let enrolled = tenants::enrol(identity, serde_json::from_value(request)?).await?;
    let enrolled = enrolled.map_err(|refused| anyhow::anyhow!("{slug} was not enrolled: {refused:?}"))?;
    house.tenants.adopt(serde_json::from_value(serde_json::to_value(enrolled)?)?, None).await?;
    Ok(())
}

async fn seed_application(
    identity: &Identity,
    layout: Layout,
    cast: &DemoApplication,
    secret: &str,
) -> anyhow::Result<()> {
    let home = layout.origin(cast.place);
    let kind = if cast.tenant.is_some() { ClientKind::TenantApplication } else { ClientKind::PlatformApplication };
    let tenant = cast.tenant.map(|slug| TenantId(tenant_id(slug)));
    let client = Client {
        grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        backchannel_logout_uri: Some(format!("{home}/backchannel-logout")),
        ..client(layout, cast.client_id, cast.name, cast.place, kind)
    };
    register(identity, client, tenant, secret, &home).await
}

/// Registers a client, unless it is there.
pub async fn register(
    identity: &Identity,
    client: Client,
    tenant: Option<TenantId>,
    secret: &str,
    home: &str,
) -> anyhow::Result<()> {
    let registered = Registered {
        id: ClientRowId(identity.ambient.row_id()),
        tenant,
        client,
        secret_hash: Some(SecretHash::of(secret)),
        home_url: home.to_owned(),
    };
    let now = identity.ambient.now();
    let made = identity
        .store
        .write((registered, now), |tx, (registered, now)| {
            Box::pin(async move { clients::register(tx, registered, *now).await })
        })
        .await;
    unless_there(made)
}

fn sample(layout: Layout, cast: &DemoApplication, secret: &str) -> anyhow::Result<SampleApp> {
    Ok(SampleApp {
        name: cast.name.to_owned(),
        base_url: layout.url(cast.place)?,
        issuer: layout.origin(Place::Identity),
        client_id: cast.client_id.to_owned(),
        client_secret: secret.to_owned(),
        scopes: APPLICATION_SCOPES.map(str::to_owned).to_vec(),
        tenant: cast.tenant.map(str::to_owned),
    })
}

/// Groups of the directory that give roles, and somebody who is in them.
async fn seed_groups(house: &House, members: &HashMap<(&str, &str), MemberId>) -> anyhow::Result<()> {
    let DemoGroups { tenant, provider, given, said_by, in_them } = GROUPS;
    let id = |email| members.get(&(tenant, email)).copied().context("no such member");
    let given = given.iter().map(|(group, role)| Given {
        role: (*role).to_owned(),
        provider: provider.to_owned(),
        group: (*group).to_owned(),
    });
    Ok(house.tenants.seed_groups(tenant, (id(said_by)?, id(in_them)?), given.collect()).await?)
}

/// Where they are members, by slug.
async fn seed_person(
    identity: &Identity,
    house: &House,
    cast: &DemoPerson,
) -> anyhow::Result<Vec<(&'static str, MemberId)>> {
    let mut members = Vec::new();
    let email = EmailAddress::parse(cast.email).context("not an address")?;
    let known = accounts::find_by_email(&mut identity.store.read().await?, &email).await?;
    let account = match known {
        Some(account) => account.id,
        None => {
            let new = NewAccount {
                email,
                given_name: Name::parse(cast.given_name).context("not a name")?,
                family_name: Name::parse(cast.family_name).context("not a name")?,
                locale: Locale::default(),
            };
            accounts::create(identity, new, cast.password).await?
        }
    };
    for (slug, state, roles) in cast.memberships {
        let subject = link(identity, TenantId(tenant_id(slug)), account).await?;
        let member = SeedMember {
            subject: Some(subject),
            email: cast.email.to_owned(),
            given_name: cast.given_name.to_owned(),
            family_name: cast.family_name.to_owned(),
            locale: "en".to_owned(),
            state: *state,
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            reason: (*state == MemberState::Rejected).then(|| REJECTION.to_owned()),
        };
        members.push((*slug, house.tenants.seed_member(slug, member).await?));
    }
    Ok(members)
}

async fn link(identity: &Identity, tenant: TenantId, account: AccountId) -> anyhow::Result<String> {
    let input = (tenant, account, identity.ambient.identifier(), identity.ambient.now());
    let subject = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (tenant, account, fresh, now)| {
            Box::pin(async move {
                links::link(tx, *tenant, *account, *now).await?;
                links::subject(tx, tenant.0, *account, fresh).await
            })
        })
        .await?;
    Ok(subject)
}

/// What is there already was made by an earlier start.
fn unless_there(made: Result<(), Fault>) -> anyhow::Result<()> {
    match made {
        Ok(()) | Err(Fault::Store(StoreError::Duplicate(_))) => Ok(()),
        Err(fault) => Err(fault.into()),
    }
}
