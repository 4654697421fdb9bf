use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;
use tenant::members::MemberState;

use super::cast::{
    APPLICATIONS, DIRECTORY_PEOPLE, DemoPerson, DemoProvider, PEOPLE, PLATFORM_ADMINISTRATOR, PROVIDERS, TENANTS,
};
use super::folder::Folder;
use super::layout::{Layout, Place, Scheme};
use super::seed::Seeded;
use super::tls::CA_FILE;

/// `demo.json`, for tests and scripts; its schema is `docs/demo.schema.json` and only grows.
#[derive(Serialize)]
pub struct Document {
    pub issuer: String,
    pub identity: IdentityPart,
    pub tenants: Vec<TenantPart>,
    pub providers: Vec<ProviderPart>,
    /// Who can sign in at the providers: another password than here.
    pub directory: Vec<Login>,
    pub applications: Vec<ApplicationPart>,
    /// The demo's own certificate authority; null without TLS.
    pub ca_file: Option<String>,
    pub people: Vec<PersonPart>,
    pub inbox: InboxPart,
}

#[derive(Serialize)]
pub struct IdentityPart {
    pub base_url: String,
    pub admin: Login,
}

#[derive(Serialize)]
pub struct TenantPart {
    pub slug: &'static str,
    pub name: &'static str,
    pub blueprint: &'static str,
    pub base_url: String,
    pub admins: Vec<Login>,
}

#[derive(Serialize)]
pub struct ProviderPart {
    pub slug: String,
    pub name: String,
    pub owner: Option<String>,
    pub issuer: String,
    pub base_url: String,
}

#[derive(Serialize)]
pub struct ApplicationPart {
    pub name: &'static str,
    pub client_id: &'static str,
    pub client_secret: String,
    pub auth_method: &'static str,
    pub redirect_uris: Vec<String>,
    pub base_url: String,
    pub tenant: Option<&'static str>,
}

#[derive(Serialize)]
pub struct Login {
    pub name: String,
    pub email: &'static str,
    pub password: &'static str,
}

#[derive(Serialize)]
pub struct PersonPart {
    pub name: String,
    pub email: &'static str,
    pub password: &'static str,
    pub tenants: BTreeMap<&'static str, MemberState>,
}

#[derive(Serialize)]
pub struct InboxPart {
    pub base_url: String,
    pub messages_url: String,
}

impl Document {
    /// What the demo is, as one value.
    pub fn of(folder: &Folder, seeded: &Seeded) -> Self {
        let layout = folder.layout();
        let inbox = layout.origin(Place::Inbox);
        Self {
            issuer: layout.origin(Place::Identity),
            identity: IdentityPart { base_url: layout.origin(Place::Identity), admin: login(&PLATFORM_ADMINISTRATOR) },
            tenants: tenants(layout),
            providers: providers(layout),
            directory: DIRECTORY_PEOPLE
                .iter()
                .map(|(given, family, email, password)| Login { name: format!("{given} {family}"), email, password })
                .collect(),
            applications: applications(layout, seeded),
            ca_file: (layout.scheme == Scheme::Https).then(|| absolute(&folder.path(CA_FILE))),
            people: PEOPLE.iter().map(person).collect(),
            inbox: InboxPart { messages_url: format!("{inbox}/messages.json"), base_url: inbox },
        }
    }

    /// Writes `demo.json`: first beside it, so that nobody reads half of it.
    pub fn write(&self, folder: &Folder) -> anyhow::Result<()> {
        let (file, beside) = (folder.path("demo.json"), folder.path("demo.json.new"));
        fs::write(&beside, serde_json::to_string_pretty(self)?)
            .and_then(|()| fs::rename(&beside, &file))
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

/// As a script in any other folder can open it.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn tenants(layout: Layout) -> Vec<TenantPart> {
    let admins = |slug| PEOPLE.iter().filter(move |person| person.administers == Some(slug)).map(login).collect();
    TENANTS
        .iter()
        .map(|tenant| TenantPart {
            slug: tenant.slug,
            name: tenant.name,
            blueprint: tenant.blueprint,
            base_url: layout.origin(tenant.place),
            admins: admins(tenant.slug),
        })
        .collect()
}

fn providers(layout: Layout) -> Vec<ProviderPart> {
    let of = |provider: &DemoProvider| ProviderPart {
        slug: provider.tenant.map_or_else(|| provider.key.to_owned(), |slug| format!("{slug}.{}", provider.key)),
        name: provider.name.to_owned(),
        owner: provider.tenant.map(str::to_owned),
        issuer: layout.origin(Place::Directory),
        base_url: layout.origin(Place::Directory),
    };
    PROVIDERS.iter().map(of).collect()
}

fn applications(layout: Layout, seeded: &Seeded) -> Vec<ApplicationPart> {
    let with_secrets = APPLICATIONS.iter().zip(&seeded.secrets);
    with_secrets
        .map(|(application, secret)| {
            let base_url = layout.origin(application.place);
            ApplicationPart {
                name: application.name,
                client_id: application.client_id,
                client_secret: secret.clone(),
                auth_method: "client_secret_basic",
                redirect_uris: vec![format!("{base_url}/callback")],
                base_url,
                tenant: application.tenant,
            }
        })
        .collect()
}

fn login(person: &DemoPerson) -> Login {
    Login { name: name(person), email: person.email, password: person.password }
}

fn person(person: &DemoPerson) -> PersonPart {
    PersonPart {
        name: name(person),
        email: person.email,
        password: person.password,
        tenants: person.memberships.iter().map(|(slug, state, _)| (*slug, *state)).collect(),
    }
}

fn name(person: &DemoPerson) -> String {
    format!("{} {}", person.given_name, person.family_name)
}
