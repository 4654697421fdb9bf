use audit::Actor;
use identity_server::IdentityServer;
use identity_server::providers::{Desk, Refused, Wrong, detail, finding, mapping, typed};
use relying_party::Mapping;
use relying_party::presets::Typed;
use serde_json::{Value, json};

use super::{Refusal, because};
use crate::control::providers::ProvidersCommand;

pub async fn execute(server: &IdentityServer, command: ProvidersCommand) -> Result<Value, Refusal> {
    let desk = Desk::of_platform(server, Actor::Operator);
    match command {
        ProvidersCommand::List => Ok(desk.all().await.map_err(told)?.iter().map(|it| {
            json!({ "key": it.key, "name": it.name, "preset": it.preset, "issuer": it.issuer, "enabled": !it.disabled })
        }).collect()),
        ProvidersCommand::Show { key } => Ok(detail(server, &desk.one(&key).await.map_err(told)?)),
        ProvidersCommand::Add { key, preset, settings } => {
            let new = Typed { key, preset, ..Typed::default() };
            let key = desk.add(&settings.over(new)).await.map_err(told)?;
            Ok(detail(server, &desk.one(&key).await.map_err(told)?))
        }
        ProvidersCommand::Test { key } => {
            let checks = desk.test(&key).await.map_err(told)?;
            Ok(checks.iter().map(finding).collect())
        }
        ProvidersCommand::Set { key, settings } => {
            let before = typed(&desk.one(&key).await.map_err(told)?);
            Ok(detail(server, &desk.change(&key, &settings.over(before)).await.map_err(told)?))
        }
        ProvidersCommand::Map { key, claims } => {
            let known = mapping(&desk.one(&key).await.map_err(told)?);
            desk.map(&key, Mapping::from(&claims.over(known))).await.map_err(told)?;
            Ok(detail(server, &desk.one(&key).await.map_err(told)?))
        }
        ProvidersCommand::TurnKey { key, turn } => {
            Ok(detail(server, &desk.turn_key(&key, turn).await.map_err(told)?))
        }
        ProvidersCommand::Enable { key } => turn(&desk, key, true).await,
        ProvidersCommand::Disable { key } => turn(&desk, key, false).await,
        ProvidersCommand::Remove { key, confirm_stranded } => {
            let stranded = desk.remove(&key, confirm_stranded).await.map_err(told)?;
            Ok(json!({ "key": key, "removed": true, "stranded": stranded }))
        }
    }
}

async fn turn(desk: &Desk<'_>, key: String, on: bool) -> Result<Value, Refusal> {
    let changed = desk.set_enabled(&key, on).await.map_err(told)?;
    Ok(json!({ "key": key, "enabled": on, "changed": changed }))
}

fn told(refused: Refused) -> Refusal {
    match refused {
        Refused::NotFound => because("the platform has no such provider; `latchkey providers list` names them"),
        Refused::Wrong(wrong) => because(said(&wrong)),
        Refused::Changed => because("it was changed at this moment by somebody else; look at it again"),
        Refused::Strands(stranded) => because(format!(
            "{} people would lose their last way in; --confirm-stranded says that it is meant",
            stranded.count
        )),
        Refused::Busy => because("another one is being made just now"),
        Refused::Fault(fault) => fault.into(),
        Refused::Broken(_) => because("its settings or its secret cannot be read; the server's log has the reason"),
    }
}

fn said(wrong: &Wrong) -> String {
    match wrong.code {
        "name" => "--name: 1 to 80 characters on one line".to_owned(),
        "name_not_plain" => "--name: no address, no link, and none of @ < > / \\ :".to_owned(),
        "key" => "the short name is 2 to 40 small letters, digits and hyphens".to_owned(),
        "key_taken" => "another provider has this short name, or had it".to_owned(),
        "domain" => format!("--domain {}: this is no domain", wrong.about),
        "domain_taken" => format!("--domain {}: another provider is trusted for it", wrong.about),
        "domains" => "--domain: fifty at most".to_owned(),
        "too_many" => "there are as many providers as there may be; remove one first".to_owned(),
        "secret_missing" => "--secret-file: the provider has given a secret, and it is needed here".to_owned(),
        "private_key" => format!("--secret-file: {}", wrong.about),
        "without_keys" => "it knows us by a secret; `providers set --method private_key_jwt` makes a key".to_owned(),
        "without_next_key" => "no next key has been made; `providers turn-key KEY next` makes one".to_owned(),
        "secret_for_issuer" => "--secret-file: another issuer needs the secret that it knows".to_owned(),
        "issuer_in_use" => {
            "--issuer: people sign in by the present one; add another provider and switch them".to_owned()
        }
        _ => wrong.about.clone(),
    }
}
