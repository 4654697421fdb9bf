use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use store::{Location, MasterKey, Schema, Store, TenantRead, TenantStore, params};
use tempfile::TempDir;
use uuid::Uuid;

use crate::batches::Claims;
use crate::blueprint::Blueprint;
use crate::groups::Stated;
use crate::lifecycle::{Before, Deed, Denied, Done, Switching, act, switch};
use crate::logins::{Arrival, SignIn, sign_in};
use crate::members::{Member, MemberId, MemberState, Profile, Seed, by_id, seed};
use crate::providers::{Catalogue, Owner, Provider};
use crate::sessions::SessionId;
use crate::{Context, MIGRATIONS, Pace, Tenant};

/// One tenant of the blueprint `asset-library`, with a second one in the same database.
pub(super) struct World {
    pub store: TenantStore,
    pub other: TenantStore,
    pub clock: Arc<FixedClock>,
    pub pace: Pace,
    tenant: Arc<Tenant>,
    ambient: Ambient,
    key: Arc<MasterKey>,
    _folder: TempDir,
}

pub(super) const DAY: Duration = Duration::from_hours(24);
pub(super) const HOUR: Duration = Duration::from_hours(1);
pub(super) const MINUTE: Duration = Duration::from_mins(1);

impl World {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::for_test(folder.path(), "tenant");
        Self::at(folder, &location).await
    }

    /// A tenant of another kind.
    pub(super) async fn with(change: impl FnOnce(&mut Blueprint)) -> Self {
        let mut world = Self::new().await;
        change(&mut Arc::make_mut(&mut world.tenant).blueprint);
        world
    }

    /// Whatever the tests run on: for what is to be seen in SQLite alone.
    pub(super) async fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("tenant.db"));
        Self::at(folder, &location).await
    }

    async fn at(folder: TempDir, location: &Location) -> Self {
        let store = Store::open(location, &MIGRATIONS, Schema::BringUpToDate).await.unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_800_000_000)));
        let ambient = Ambient::new(clock.clone(), Arc::new(SeededRandom::from_seed(7)));
        let tenant = Tenant {
            id: Uuid::from_u128(1),
            slug: "acme".into(),
            name: "Acme Library".into(),
            base_url: "https://acme.example".parse().unwrap(),
            blueprint: Blueprint::shipped("asset-library").unwrap(),
            gather_requests_for: Duration::from_mins(2),
        };
        Self {
            store: store.for_tenant(tenant.id),
            other: store.for_tenant(Uuid::from_u128(2)),
            clock,
            pace: Pace::begins_with(50),
            tenant: Arc::new(tenant),
            ambient,
            key: Arc::new(MasterKey::from_bytes(&[3; 32])),
            _folder: folder,
        }
    }

    pub(super) fn context(&self) -> Context {
        let known = Arc::new(Catalogue::new(known_providers()));
        Context::new(self.tenant.clone(), self.ambient.clone(), self.key.clone()).knowing(known)
    }

    /// The same, where one of the providers is switched off.
    pub(super) fn without(&self, key: &str) -> Context {
        let mut known = known_providers();
        known.iter_mut().filter(|provider| provider.key == key).for_each(|provider| provider.enabled = false);
        self.context().knowing(Arc::new(Catalogue::new(known)))
    }

    pub(super) async fn member(&self, name: &str, state: MemberState, roles: &[&str]) -> MemberId {
        let seeded = Seed {
            subject: Some(format!("subject-of-{name}")),
            profile: profile(name),
            state,
            roles: roles.iter().map(ToString::to_string).collect(),
            reason: None,
        };
        seed(&self.store, self.context(), seeded).await.unwrap()
    }

    /// One member does something to another; the identity server says that whoever is switched can prove themselves.
    pub(super) async fn acts(&self, by: MemberId, member: MemberId, deed: Deed) -> Result<Done, Denied> {
        if !matches!(deed, Deed::Switch { .. }) {
            return act(&self.store, self.context(), by, member, deed).await;
        }
        let found = by_id(&mut self.store.read().await.unwrap(), member).await.unwrap();
        let switching = match Switching::of(&found.ok_or(Denied::NotFound)?, deed)? {
            Before::Nothing(switching) => switching,
            Before::Ask(question) => question.answered(&Claims::default()).unwrap(),
        };
        switch(&self.store, self.context(), by, switching).await
    }

    /// One member does something to another.
    pub(super) async fn does(&self, by: MemberId, member: MemberId, deed: Deed) -> Result<Member, Denied> {
        match self.acts(by, member, deed).await? {
            Done::Changed(after) => Ok(*after),
            Done::Unchanged => Ok(self.get(member).await),
        }
    }

    pub(super) async fn approves(&self, by: MemberId, member: MemberId, role: &str) -> Result<Member, Denied> {
        self.does(by, member, Deed::Approve { roles: [role.to_owned()].into() }).await
    }

    pub(super) async fn admin(&self) -> MemberId {
        self.member("Ada", MemberState::Active, &["administrator"]).await
    }

    pub(super) fn arrival(&self, name: &str) -> Arrival {
        Arrival {
            session: SessionId(self.ambient.row_id()),
            replaces: None,
            subject: format!("subject-of-{name}"),
            profile: profile(name),
            invitations: vec![],
            idp: "platform".into(),
            groups: Stated::default(),
            email_verified: true,
            only_by_provider: false,
            only_here: false,
            member_version: 0,
            set_out: self.context().now,
            once_more: false,
            sid: Some(format!("sid-of-{name}")),
            auth_time: None,
            acr: None,
            amr: vec!["pwd".into()],
            sealed_id_token: vec![],
        }
    }

    pub(super) async fn arrives(&self, name: &str) -> SignIn {
        sign_in(&self.store, self.context(), self.arrival(name)).await.unwrap()
    }

    /// Someone who signs in and gets a session.
    pub(super) async fn enters(&self, name: &str) -> (SessionId, MemberId) {
        match self.arrives(name).await {
            SignIn::In { session, member, .. } => (session, member),
            out => panic!("{name} does not get in: {out:?}"),
        }
    }

    pub(super) async fn get(&self, id: MemberId) -> Member {
        by_id(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        self.store.read().await.unwrap().one::<(i64,)>(sql, params![]).await.unwrap().0
    }

    /// How many roles do not stand where their holder's name does.
    pub(super) async fn misplaced(&self) -> i64 {
        let sql = "SELECT COUNT(*) FROM member_role r JOIN member m ON m.tenant_id = r.tenant_id AND m.id = r.member_id
                   WHERE r.tenant_id = $1 AND r.sort_name <> m.sort_name";
        self.count(sql).await
    }

    /// How many entries the audit log has.
    pub(super) async fn audited_all(&self) -> i64 {
        self.count("SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1").await
    }

    pub(super) async fn mails(&self, purpose: &str) -> i64 {
        let sql = "SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1 AND purpose = $2";
        self.store.read().await.unwrap().one::<(i64,)>(sql, params![purpose]).await.unwrap().0
    }

    pub(super) async fn audited(&self, id: MemberId) -> Vec<String> {
        let mut read = self.store.read().await.unwrap();
        let lines = audit::page_of(&mut read, audit::Of::Target("member", &id.to_string()), None, 50).await.unwrap();
        lines.into_iter().rev().map(|line| line.action).collect()
    }
}

/// Two of the platform, one of the tenant, one that is switched off.
fn known_providers() -> Vec<Provider> {
    let of = |key: &str, name: &str, owner, enabled| Provider {
        key: key.into(),
        name: name.into(),
        owner,
        preset: "oidc".into(),
        enabled,
        fields: vec!["given_name".into(), "family_name".into(), "email".into(), "company".into()],
        groups: true,
    };
    vec![
        of("contoso", "Contoso", Owner::Platform, true),
        of("fabrikam", "Fabrikam", Owner::Platform, true),
        of("acme.corp", "Acme Corporate", Owner::Tenant, true),
        of("off", "Off", Owner::Platform, false),
    ]
}

fn profile(name: &str) -> Profile {
    Profile::new(name, "Test", &format!("{}@people.example", name.to_lowercase()), "en", None)
}
