use audit::Actor;
use identity::Identity;
use identity::accounts::{self, Account, EmailAddress};
use identity::administrators::{self, Changed, First};
use identity::{keys, links};
use serde_json::{Value, json};

use super::{Refusal, because};
use crate::control::{AccountsCommand, AdministratorsCommand, KeysCommand};

pub async fn accounts(identity: &Identity, command: AccountsCommand) -> Result<Value, Refusal> {
    let AccountsCommand::Show { email } = command;
    let account = account(identity, &email).await?;
    let instances = links::instances(&mut identity.store.read().await?, account.id).await?;
    let slugs: Vec<&str> = instances.iter().map(|instance| instance.tenant.slug.as_str()).collect();
    Ok(json!({
        "id": account.id,
        "email": account.email,
        "given_name": account.given_name,
        "family_name": account.family_name,
        "locale": account.locale,
        "tenants": slugs,
    }))
}

pub async fn administrators(identity: &Identity, command: AdministratorsCommand) -> Result<Value, Refusal> {
    match command {
        AdministratorsCommand::First { email, locale } => first(identity, &email, &locale).await,
        AdministratorsCommand::List => {
            let all = administrators::list(&mut identity.store.read().await?).await?;
            let rows = all.iter().map(|it| {
                let name = it.account.full_name();
                json!({ "email": it.account.email, "name": name, "since": it.granted_at.to_rfc3339(), "by": it.granted_by() })
            });
            Ok(rows.collect())
        }
        AdministratorsCommand::Add { email } => {
            let account = account(identity, &email).await?;
            changed(&email, administrators::add(identity, Actor::Operator, &account).await?)
        }
        AdministratorsCommand::Remove { email } => {
            let account = account(identity, &email).await?;
            changed(&email, administrators::remove(identity, Actor::Operator, account.id).await?)
        }
    }
}

async fn first(identity: &Identity, email: &str, locale: &str) -> Result<Value, Refusal> {
    let address = address(email)?;
    match administrators::first(identity, address, locale).await? {
        First::Account => Ok(json!({ "email": email, "administrator": true })),
        First::Invited { link } => Ok(json!({ "email": email, "set_a_password_at": link })),
        First::NotTheFirst => {
            Err(because("there was a first administrator already; `latchkey administrators add` makes another one"))
        }
    }
}

fn changed(email: &str, changed: Changed) -> Result<Value, Refusal> {
    match changed {
        Changed::Done | Changed::AsBefore => Ok(json!({ "email": email, "changed": changed == Changed::Done })),
        Changed::LastOne => Err(because("the last administrator keeps the right; make another one first")),
    }
}

fn address(email: &str) -> Result<EmailAddress, Refusal> {
    EmailAddress::parse(email).ok_or_else(|| because(format!("{email} is not one e-mail address")))
}

async fn account(identity: &Identity, email: &str) -> Result<Account, Refusal> {
    let found = accounts::find_by_email(&mut identity.store.read().await?, &address(email)?).await?;
    found.ok_or_else(|| because(format!("there is no account for {email}")))
}

pub async fn keys(identity: &Identity, command: KeysCommand) -> Result<Value, Refusal> {
    let KeysCommand::List = command;
    let now = identity.ambient.now();
    let all = keys::list(&mut identity.store.read().await?, now).await?;
    let rows = all.iter().map(|key| {
        json!({
            "kid": key.kid,
            "algorithm": key.algorithm,
            "signs": key.times.signs_at(now),
            "sign_from": key.times.sign_from.to_rfc3339(),
            "sign_until": key.times.sign_until.to_rfc3339(),
            "retire_at": key.times.retire_at.to_rfc3339(),
        })
    });
    Ok(rows.collect())
}
