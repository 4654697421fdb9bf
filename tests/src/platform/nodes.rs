//! Several processes serve the tenants of one control database (DESIGN §5): what one does with a tenant, the others know.

use audit::Actor;
use identity::tenants;
use serde_json::Value;
use tenant_server::TenantServer;
use tokio_util::sync::CancellationToken;

use super::enrolment::waiting;
use crate::harness::{MINUTE, Person, Place, SECOND, World};

/// Two nodes, and a tenant that waits to be enrolled through the first; the second answers at an address of its own.
struct Nodes {
    code: String,
    first: TenantServer,
    second: TenantServer,
    fjord: Place,
    beside: Place,
    stop: CancellationToken,
}

impl Nodes {
    async fn of(world: &World) -> Self {
        let stop = CancellationToken::new();
        let (code, first, fjord) = waiting(world, &stop).await;
        let second = world.another_server("second").await;
        let (beside, listener) = Place::bind("fjord", "Fjord Archive", "127.0.0.7", "127.0.0.7").await;
        beside.serve(listener, second.router(), &stop);
        Self { code, first, second, fjord, beside, stop }
    }

    /// What the second node answers, asked for a host as a balancer would.
    async fn asked(&self, by: &mut Person, host: &str) -> u16 {
        let url = self.beside.url("/").parse().unwrap();
        by.send(reqwest::Method::GET, url, &[("host", host)], None).await.status
    }

    async fn asked_for_fjord(&self, by: &mut Person) -> u16 {
        self.asked(by, self.fjord.authority()).await
    }

    fn keys(&self) -> [Option<Value>; 2] {
        [&self.first, &self.second].map(|node| node.client_jwks("fjord"))
    }
}

#[tokio::test]
async fn rel_02_a_tenant_that_one_node_enrols_answers_at_the_other_at_once() {
    let world = World::new().await;
    let nodes = Nodes::of(&world).await;
    let mut ida = world.browser();
    nodes.first.enrol(&world.id.base, &nodes.code).await.unwrap();
    assert_eq!(nodes.asked(&mut ida, "nobody.example").await, 421, "the control");
    world.passes(SECOND);
    assert_eq!(nodes.asked_for_fjord(&mut ida).await, 303);
    assert_eq!(nodes.asked(&mut ida, "nobody.example").await, 421);
    let [first, second] = nodes.keys();
    assert!(first.is_some() && first == second, "one tenant, one key");
    nodes.stop.cancel();
}

#[tokio::test]
async fn rel_19_a_flood_of_unknown_hosts_costs_no_query_each() {
    let world = World::new().await;
    let nodes = Nodes::of(&world).await;
    let mut eve = world.browser();
    assert_eq!(nodes.asked(&mut eve, "a0.evil.example").await, 421);
    nodes.first.enrol(&world.id.base, &nodes.code).await.unwrap();
    // The clock stands: whatever is asked for now, nobody looks again, since the tenant would be found then.
    for number in 1..300 {
        assert_eq!(nodes.asked(&mut eve, &format!("a{number}.evil.example")).await, 421);
    }
    assert_eq!(nodes.asked_for_fjord(&mut eve).await, 421);
    world.passes(SECOND);
    assert_eq!(nodes.asked_for_fjord(&mut eve).await, 303, "the flood forgets nobody");
    nodes.stop.cancel();
}

#[tokio::test]
async fn rel_02_what_one_node_hears_of_a_tenant_the_other_knows() {
    let world = World::new().await;
    let nodes = Nodes::of(&world).await;
    nodes.first.enrol(&world.id.base, &nodes.code).await.unwrap();
    let mut ida = world.browser();
    assert_eq!(nodes.asked_for_fjord(&mut ida).await, 303);
    let mut tove = world.platform_admin("tove").await;
    for (by, button, status) in [("suspend", "suspend-do", 403), ("", "resume", 303)] {
        tove.opens(&world.id.url("/admin/tenants/fjord")).await;
        if !by.is_empty() {
            tove.clicks(by).await;
        }
        tove.submits(button, &[]).await;
        // The first renews and hears; there is nothing left to hear for the second.
        nodes.first.renew_leases().await.unwrap();
        nodes.second.catch_up().await.unwrap();
        assert_eq!(nodes.asked_for_fjord(&mut ida).await, status, "{button}");
    }
    nodes.stop.cancel();
}

#[tokio::test]
async fn rel_02_a_tenant_that_is_enrolled_anew_at_one_node_has_its_new_key_at_the_other() {
    let world = World::new().await;
    let nodes = Nodes::of(&world).await;
    nodes.first.enrol(&world.id.base, &nodes.code).await.unwrap();
    assert_eq!(nodes.asked_for_fjord(&mut world.browser()).await, 303);
    let [before, same] = nodes.keys();
    assert_eq!(before, same);
    let identity = world.identity.identity();
    let code = tenants::new_code(identity, Actor::Operator, world.tenant_id("fjord").await).await.unwrap();
    nodes.first.enrol(&world.id.base, &code).await.unwrap();
    nodes.second.catch_up().await.unwrap();
    let [first, second] = nodes.keys();
    assert!(first != before && first == second);
    // The identity server knows the new key alone: the second node can still speak to it.
    nodes.second.deliver_all().await.unwrap();
    nodes.stop.cancel();
}

#[tokio::test]
async fn rel_23_a_node_leaves_out_a_tenant_that_is_stuck_at_another_one() {
    let world = World::new().await;
    let nodes = Nodes::of(&world).await;
    nodes.first.enrol(&world.id.base, &nodes.code).await.unwrap();
    let mut ida = world.who_knows(world.account("ida").await, &nodes.fjord);
    ida.enters(&nodes.fjord).await.submits("allow", &[]).await.sees("asked to join");
    let withheld = "SELECT COUNT(*) FROM tenant_server WHERE withheld <> '[]'";
    nodes.second.renew_leases().await.unwrap();
    assert_eq!(world.identity_count(withheld).await, 0, "the control: nothing waits for long");
    // What the first node tells of ida is not heard: the tenant's keys are others now.
    world.identity_change("UPDATE client SET jwks = '{\"keys\":[]}' WHERE client_id = 'fjord'").await;
    world.passes(3 * MINUTE);
    nodes.second.renew_leases().await.unwrap();
    assert_eq!(world.identity_count(withheld).await, 1, "the second node has never had a visitor there");
    nodes.stop.cancel();
}
