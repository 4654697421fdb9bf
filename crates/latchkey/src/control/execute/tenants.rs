use audit::Actor;
use identity::Identity;
use identity::tenants::{self, Creation, FirstAdministrator, NewTenant, Reach, Search, Tenant, Wrong};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Refusal, because};
use crate::control::{Reply, TenantsCommand};

pub async fn execute(
    identity: &Identity,
    command: TenantsCommand,
    answer: &mpsc::Sender<Reply>,
) -> Result<Value, Refusal> {
    match command {
        TenantsCommand::Create {
            slug,
            name,
            base_url,
            blueprint,
            admin_email: email,
            admin_given_name: given_name,
            admin_family_name: family_name,
        } => {
            let first_administrator = FirstAdministrator { email, given_name, family_name, ..Default::default() };
            create(identity, NewTenant { slug, name, base_url, blueprint, first_administrator }).await
        }
        TenantsCommand::List { search: words, after } => {
            let found = tenants::list(&mut identity.store.read().await?, &Search { words, after }).await?;
            let now = identity.ambient.now();
            let rows = found.rows.iter().map(|row| {
                json!({
                    "slug": row.tenant.slug,
                    "name": row.tenant.name,
                    "base_url": row.tenant.base_url,
                    "blueprint": row.blueprint,
                    "stands": stands(row.reach(now)),
                })
            });
            Ok(rows.collect())
        }
        TenantsCommand::Code { slug } => {
            let code = tenants::new_code(identity, Actor::Operator, find(identity, &slug).await?.id).await?;
            Ok(json!({ "slug": slug, "enrolment_code": code }))
        }
        TenantsCommand::Suspend { slug } => {
            let changed = tenants::suspend(identity, Actor::Operator, find(identity, &slug).await?.id).await?;
            Ok(json!({ "slug": slug, "suspended": true, "changed": changed }))
        }
        TenantsCommand::Resume { slug } => {
            let changed = tenants::resume(identity, Actor::Operator, find(identity, &slug).await?.id).await?;
            Ok(json!({ "slug": slug, "suspended": false, "changed": changed }))
        }
        TenantsCommand::Export { slug } => export(identity, &slug, answer).await,
        TenantsCommand::Delete { slug } => {
            tenants::delete(identity, Actor::Operator, find(identity, &slug).await?.id).await?;
            while tenants::end_some(identity).await? {}
            Ok(json!({ "slug": slug, "deleted": true }))
        }
    }
}

const fn stands(reach: Reach) -> &'static str {
    match reach {
        Reach::Open => "open",
        Reach::CutOff => "not heard of",
        Reach::Suspended => "suspended",
    }
}

async fn find(identity: &Identity, slug: &str) -> Result<Tenant, Refusal> {
    let found = tenants::find_by_slug(&mut identity.store.read().await?, slug).await?;
    found.ok_or_else(|| because(format!("there is no tenant {slug}")))
}

async fn create(identity: &Identity, new: NewTenant) -> Result<Value, Refusal> {
    match tenants::create(identity, Actor::Operator, new).await? {
        Creation::Created(created) => Ok(json!({
            "slug": created.tenant.slug,
            "base_url": created.tenant.base_url,
            "issuer": identity.settings.issuer(),
            "enrolment_code": created.code,
        })),
        Creation::Wrong(wrong) => {
            let blueprints = identity.settings.blueprints.names();
            Err(because(wrong.into_iter().map(|one| told(one, blueprints)).collect::<Vec<_>>().join("; ")))
        }
    }
}

fn told(wrong: Wrong, blueprints: &[String]) -> String {
    let told = match wrong {
        Wrong::Slug => "the short name is 2 to 40 lower-case letters, digits and single hyphens, a letter first",
        Wrong::SlugTaken => "a tenant or an application has (or had) this short name",
        Wrong::Name => "--name: 1 to 80 characters on one line",
        Wrong::BaseUrl => "--base-url: an https origin without a path, or http on this machine",
        Wrong::BaseUrlTaken => "--base-url: another tenant lives there",
        Wrong::Blueprint => return format!("--blueprint: one of {}", blueprints.join(", ")),
        Wrong::Email => "--admin-email: not one e-mail address",
        Wrong::Icon | Wrong::Accent | Wrong::TermsUrl | Wrong::PrivacyUrl => "the branding is not as it should be",
    };
    told.to_owned()
}

async fn export(identity: &Identity, slug: &str, answer: &mpsc::Sender<Reply>) -> Result<Value, Refusal> {
    let tenant = find(identity, slug).await?.id;
    let mut export = tenants::export(identity, Actor::Operator, tenant).await?;
    while let Some(lines) = export.next(identity).await? {
        answer.send(Reply::Line(lines)).await.map_err(|_| Refusal::Gone)?;
    }
    Ok(Value::Null)
}
