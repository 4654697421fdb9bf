use crate::harness::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pp_27_a_stranger_signs_up_on_the_way_in_and_waits_for_review() {
    let world = World::new().await;
    let mut alice = world.sign_up("alice").await;
    alice.is("/").sees("You asked to join Acme Library");
    alice.opens(&world.acme).await.sees("To review");
}
