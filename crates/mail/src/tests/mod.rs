//! Stories of the outbox, on a database file of their own each.

mod delivery;
mod message;
mod relay;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use sqlx::migrate::Migrator;
use store::{Location, MasterKey, Schema, Store, TenantRead};
use uuid::Uuid;

use crate::{Action, Letter, Memory, Postman, Sender, Transport, queue, seal};

const ACME: Uuid = Uuid::from_u128(1);

struct World {
    store: Store,
    ambient: Ambient,
    clock: Arc<FixedClock>,
    key: Arc<MasterKey>,
    relay: Memory,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let migration = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/identity/0001_shared.sql");
        let migrations = folder.path().join("migrations");
        std::fs::create_dir(&migrations).unwrap();
        std::fs::copy(migration, migrations.join("0001_shared.sql")).unwrap();
        let migrator = Migrator::new(migrations).await.unwrap();
        let store =
            Store::open(&Location::for_test(folder.path(), "mail"), &migrator, Schema::BringUpToDate).await.unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_700_000_000)));
        let ambient = Ambient::new(clock.clone(), Arc::new(SeededRandom::from_seed(1)));
        let key = Arc::new(MasterKey::from_bytes(&[7; 32]));
        Self { store, ambient, clock, key, relay: Memory::new(), _folder: folder }
    }

    fn postman(&self) -> Postman {
        self.postman_by(Arc::new(self.relay.clone()))
    }

    fn postman_by(&self, transport: Arc<dyn Transport>) -> Postman {
        let from = Sender::new("no-reply@id.example.test", Some("Acme sign-in")).unwrap();
        Postman::new(self.store.clone(), Arc::clone(&self.key), self.ambient.clone(), transport, from)
    }

    async fn queue(&self, tenant: Uuid, letter: &Letter) -> Uuid {
        let parcel = seal(letter, "sign_up.verify", &self.key, &self.ambient).unwrap();
        let id = parcel.id();
        self.store
            .for_tenant(tenant)
            .write(parcel, |mut tx, parcel| Box::pin(async move { queue(&mut tx, parcel).await }))
            .await
            .unwrap();
        id
    }

    async fn row(&self, id: Uuid) -> Row {
        let mut conn = self.store.for_tenant(ACME).read().await.unwrap();
        let sql = "SELECT letter, next_at, attempt, sent_at, failed_at, trouble FROM mail_outbox
                   WHERE tenant_id = $1 AND id = $2";
        conn.one(sql, store::params![id]).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

#[derive(sqlx::FromRow, Debug, PartialEq)]
struct Row {
    letter: Option<Vec<u8>>,
    next_at: Option<Timestamp>,
    attempt: i64,
    sent_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    trouble: Option<String>,
}

fn letter(to: &str) -> Letter {
    Letter {
        to: to.to_owned(),
        to_name: Some("Alice Müller".to_owned()),
        subject: "Bestätigen Sie Ihre Adresse".to_owned(),
        greeting: "Hello Alice,".to_owned(),
        paragraphs: vec!["Someone asked for this.".to_owned(), "<script>alert('1 & 2')</script>".to_owned()],
        action: Some(Action {
            label: "Confirm".to_owned(),
            url: "https://id.example.test/verify?a=1&token=s3cret".to_owned(),
        }),
        closing: "Sent by Acme.".to_owned(),
        language: "de".to_owned(),
    }
}
