use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use super::enrol::{self, Code, FirstAdministrator};
use super::{Tenant, TenantId, Wrong, insert, rules};
use crate::accounts::EmailAddress;
use crate::{Fault, Identity};

/// A tenant as it is asked for.
#[derive(Debug, Clone, Default)]
pub struct NewTenant {
    /// Short name: in addresses, in the parameter `tenant=`, as its client's id.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// The origin that its server will answer at.
    pub base_url: String,
    /// What kind of tenant it is.
    pub blueprint: String,
    /// Who runs it.
    pub first_administrator: FirstAdministrator,
}

/// What became of it.
#[derive(Debug)]
pub enum Creation {
    /// It is there.
    Created(Box<Created>),
    /// What is wrong, field by field.
    Wrong(Vec<Wrong>),
}

/// A new tenant.
#[derive(Debug)]
pub struct Created {
    /// It.
    pub tenant: Tenant,
    /// Its enrolment code: shown now and never again.
    pub code: String,
}

struct Input {
    tenant: Tenant,
    blueprint: String,
    first_administrator: String,
    code: Code,
    entry: Entry,
}

/// Makes a tenant and its first enrolment code. Nobody can enter before a tenant server has enrolled with it.
///
/// # Errors
/// [`Fault`].
pub async fn create(identity: &Identity, actor: Actor, new: NewTenant) -> Result<Creation, Fault> {
    let input = match check(identity, actor, &new) {
        Ok(input) => input?,
        Err(wrong) => return Ok(Creation::Wrong(wrong)),
    };
    let (tenant, code) = (input.tenant.clone(), input.code.expose());
    let wrong = identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await?;
    Ok(match wrong {
        None => Creation::Created(Box::new(Created { tenant, code })),
        Some(wrong) => Creation::Wrong(vec![wrong]),
    })
}

fn check(identity: &Identity, actor: Actor, new: &NewTenant) -> Result<Result<Input, Fault>, Vec<Wrong>> {
    let mut wrong = Vec::new();
    wrong.extend(rules::slug(&new.slug).err());
    wrong.extend(rules::name(&new.name).err());
    let base_url = rules::base_url(&new.base_url);
    wrong.extend(base_url.as_ref().err());
    if !identity.settings.blueprints.contains(&new.blueprint) {
        wrong.push(Wrong::Blueprint);
    }
    let email = EmailAddress::parse(&new.first_administrator.email);
    if email.is_none() {
        wrong.push(Wrong::Email);
    }
    let (Ok(base_url), Some(email), true) = (base_url, email, wrong.is_empty()) else { return Err(wrong) };
    let id = TenantId(identity.ambient.row_id());
    let tenant = Tenant {
        id,
        slug: new.slug.clone(),
        name: new.name.trim().to_owned(),
        base_url,
        icon: if new.blueprint == "gallery-studio" { "camera" } else { "library" }.to_owned(),
        accent: None,
        approval: true,
        terms_url: None,
        privacy_url: None,
        logo: None,
    };
    let entry = Entry::new(&identity.ambient, actor, "tenant.created")
        .on("tenant", id)
        .detail(json!({ "slug": new.slug, "blueprint": new.blueprint }))
        .personal("first_administrator", email.key(), &identity.ambient);
    let first = FirstAdministrator { email: email.to_string(), ..new.first_administrator.clone() };
    Ok(serde_json::to_string(&first).map_err(Fault::from).map(|first_administrator| Input {
        tenant,
        blueprint: new.blueprint.clone(),
        first_administrator,
        code: Code::new(identity),
        entry,
    }))
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Option<Wrong>, StoreError> {
    // A deleted tenant's short name stays taken: applications know tenants, and their clients, by it.
    let sql = "SELECT 1 FROM tenant WHERE slug = $1 UNION ALL SELECT 1 FROM client WHERE client_id = $1 LIMIT 1";
    if tx.exists(sql, params![input.tenant.slug]).await? {
        return Ok(Some(Wrong::SlugTaken));
    }
    let sql = "SELECT 1 FROM tenant WHERE base_url = $1";
    if tx.exists(sql, params![input.tenant.base_url]).await? {
        return Ok(Some(Wrong::BaseUrlTaken));
    }
    insert(tx, &input.tenant, &input.blueprint, input.entry.at).await?;
    tx.execute(
        "UPDATE tenant SET first_administrator = $2 WHERE id = $1",
        params![input.tenant.id, input.first_administrator],
    )
    .await?;
    enrol::write_code(tx, input.tenant.id, &input.code, input.entry.at).await?;
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    Ok(None)
}
