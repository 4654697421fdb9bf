use serde_json::{Value, json};
use tenant::control::{self, Served};
use uuid::Uuid;

use super::world::World;
use crate::{EnrolError, OpenError};

fn answer(world: &World, number: u128, slug: &str) -> Value {
    json!({
        "tenant_id": Uuid::from_u128(number), "slug": slug, "name": "Fjord", "base_url": format!("http://h{number}.test:8401"),
        "blueprint": "gallery-studio", "issuer": world.idp.issuer(), "client_id": format!("tenant-{slug}"),
        "server_client_id": "server", "icon": "camera", "version": 1,
    })
}

async fn adopts(world: &World, answer: Value) -> Result<String, EnrolError> {
    world.server.adopt(serde_json::from_value(answer).unwrap(), None).await
}

async fn known(world: &World) -> Vec<Served> {
    control::all(&mut world.server.control().read().await.unwrap()).await.unwrap()
}

#[tokio::test]
async fn tn_01_an_identity_server_names_no_file_of_ours() {
    let world = World::new().await;
    let before = known(&world).await;
    for (slug, number) in
        ["control", "../fjord", "a/b", "", "a", "Fjord", "9lives", ".fjord", "fjord\0", "fjörd"].iter().zip(100..)
    {
        let refused = adopts(&world, answer(&world, number, slug)).await;
        assert!(matches!(refused, Err(EnrolError::Open(OpenError::Slug(_)))), "{slug}: {refused:?}");
    }
    let mut nowhere = answer(&world, 99, "fjord");
    nowhere["base_url"] = "http://h99.test/below".into();
    let refused = adopts(&world, nowhere).await;
    assert!(matches!(refused, Err(EnrolError::Open(OpenError::BaseUrl(..)))), "{refused:?}");
    assert_eq!(known(&world).await, before, "nothing of it is found again at the next start");
    assert_eq!(adopts(&world, answer(&world, 3, "fjord-2")).await.unwrap(), "fjord-2");
    assert_eq!(known(&world).await.len(), before.len() + 1);
}

#[tokio::test]
async fn tn_01_an_identity_server_takes_over_no_tenant_of_another_one() {
    let world = World::new().await;
    let before = known(&world).await;
    let mut evil = answer(&world, 1, "acme");
    evil["issuer"] = "http://evil.test".into();
    let refused = adopts(&world, evil).await;
    assert!(matches!(refused, Err(EnrolError::Open(OpenError::OtherIssuer(_)))), "{refused:?}");
    assert_eq!(known(&world).await, before);
    let issuers = control::issuers(&mut world.server.control().read().await.unwrap()).await.unwrap();
    assert!(issuers.is_empty(), "{issuers:?}");
    let mut mina = world.browser();
    mina.signs_in(&world.idp, "mina").await.sent_to();
    // Its own one it may tell of anew.
    let mut own = answer(&world, 1, "acme");
    (own["base_url"], own["client_id"]) = ("http://acme.test:8401".into(), "tenant-acme".into());
    assert_eq!(adopts(&world, own).await.unwrap(), "acme");
    let acme = known(&world).await.into_iter().find(|it| it.slug == "acme").unwrap();
    assert_eq!((acme.name.as_str(), acme.issuer.as_str()), ("Fjord", world.idp.issuer()));
}
