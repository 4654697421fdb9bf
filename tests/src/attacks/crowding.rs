//! One tenant's long lists hold up nobody: on SQLite, all sign-ins of the platform have one writer.

use identity::links::{self, MemberState, Snapshot};
use identity::tenants::TenantId;
use serde_json::{Value, json};
use store::{StoreError, params};

use crate::harness::{Answer, Rp, World};

const PEOPLE: usize = 120;

/// Accounts whom the tenant knows as `s0`, `s1` and so on.
async fn people(world: &World) -> TenantId {
    let tenant = world.tenant_id("acme").await;
    let ids: Vec<_> = (0..PEOPLE).map(|_| world.ambient.row_id()).collect();
    let made = world.identity.identity().store.write::<_, _, StoreError, _>((tenant, ids), |tx, (tenant, ids)| {
        Box::pin(async move {
            for (number, id) in ids.iter().enumerate() {
                let (address, subject) = (format!("p{number}@people.test"), format!("s{number}"));
                let account =
                    "INSERT INTO account (id, email, email_key, given_name, family_name, locale, email_proved_at,
                                   epoch, created_at, updated_at) VALUES ($1, $2, $2, 'P', 'P', 'en', 0, 1, 0, 0)";
                tx.execute(account, params![id, address]).await?;
                let sql = "INSERT INTO subject (sector_id, account_id, subject) VALUES ($1, $2, $3)";
                tx.execute(sql, params![tenant, id, subject]).await?;
            }
            Ok(())
        })
    });
    made.await.unwrap();
    tenant
}

fn snapshot(number: usize) -> Snapshot {
    // The last two are the only ones of their state.
    let state = if number + 2 < PEOPLE { MemberState::Active } else { MemberState::Rejected };
    let (roles, groups) = (vec![], vec![]);
    Snapshot {
        subject: format!("s{number}"),
        version: 1,
        state,
        roles,
        groups,
        provider: None,
        switched: 0,
        compromised: false,
        compromised_version: 0,
        preset: None,
        break_glass: false,
    }
}

async fn schema(world: &World, sql: &'static str) {
    let store = &world.identity.identity().store;
    let done = store.write::<_, _, StoreError, _>((), move |tx, ()| Box::pin(tx.execute(sql, vec![])));
    done.await.unwrap();
}

const IN_FORCE: &str = "SELECT COUNT(*) FROM membership WHERE subject LIKE 's%' AND version = 1";

#[tokio::test]
async fn rel_09_a_long_list_of_members_is_written_a_few_at_a_time() {
    let world = World::new().await;
    let tenant = people(&world).await;
    let before = world.identity_count(IN_FORCE).await;
    let identity = world.identity.identity();
    let told = |count: usize| (0..count).map(snapshot).collect::<Vec<_>>();
    // The very last one cannot be written: what went before its own few stands, so it was not one transaction.
    schema(&world, "CREATE UNIQUE INDEX broken ON membership (state) WHERE state = 'rejected'").await;
    assert!(links::hear(identity, tenant, told(PEOPLE)).await.is_err());
    assert_eq!(world.identity_count(IN_FORCE).await - before, 100);
    // Told again, with strangers among them: each is applied once.
    schema(&world, "DROP INDEX broken").await;
    for _ in 0..2 {
        let heard = links::hear(identity, tenant, told(PEOPLE + 30)).await.unwrap();
        assert_eq!((heard.applied.len(), heard.unknown.len()), (PEOPLE, 30));
        assert_eq!(world.identity_count(IN_FORCE).await - before, 120);
    }
    let foreign = links::hear(identity, world.tenant_id("studio").await, told(1)).await.unwrap();
    assert_eq!(foreign.unknown, ["s0"], "another tenant's");
}

async fn tells(world: &World, rp: &Rp, token: &str, members: &Value) -> Answer {
    let request = world.net.http.post(format!("{}/api/v1/tenant/members", rp.issuer));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    let answer = request.body(json!({ "members": members }).to_string()).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

#[tokio::test]
async fn rel_09_a_tenant_tells_of_its_members_in_one_request_at_a_time() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes.push("members".to_owned());
    });
    let rp = rp.await;
    let token = rp.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json();
    let token = token["access_token"].as_str().unwrap();
    let of = |n: u32| json!({ "subject": format!("x{n}"), "version": 1, "state": "active", "roles": [], "groups": [] });
    let most: Value = (0..500).map(of).collect();
    let [acme, studio] = [world.tenant_id("acme").await, world.tenant_id("studio").await];
    let others = world.identity.turn_of(studio);
    assert_eq!(tells(&world, &rp, token, &most).await.status, 200, "another tenant's turn is none of its own");
    let turn = world.identity.turn_of(acme);
    assert!(others.is_some() && turn.is_some());
    for _ in 0..2 {
        let answer = tells(&world, &rp, token, &most).await;
        assert_eq!((answer.status, answer.header("retry-after")), (429, "1"));
    }
    drop(turn);
    let later = tells(&world, &rp, token, &most).await;
    assert_eq!(later.json()["unknown"].as_array().unwrap().len(), 500, "then it is heard");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM membership WHERE subject LIKE 'x%'").await, 0);
}
