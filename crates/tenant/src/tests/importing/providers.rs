//! By whom somebody new comes in.

use std::collections::BTreeMap;

use super::super::world::World;
use super::{counted, done};

#[tokio::test]
async fn tp_04_a_line_whose_provider_is_shut_or_is_not_there_adds_nobody() {
    let told = |lines: &[(i64, &str)]| -> BTreeMap<i64, String> {
        lines.iter().map(|(line, word)| (*line, (*word).to_owned())).collect()
    };
    let world = World::new().await;
    let admin = world.admin().await;
    let file = "email,provider\n\
        open@people.example,contoso\n\
        shut@people.example,off\n\
        none@people.example,nobody\n\
        others@people.example,globex.corp\n\
        any@people.example,\n";
    let expected = told(&[
        (2, "new"),
        (3, "provider_disabled off"),
        (4, "provider_unknown nobody"),
        (5, "provider_unknown globex.corp"),
        (6, "new"),
    ]);
    let looked = world.looks(admin, true, file).await;
    assert_eq!((counted(&looked), world.lines(&looked).await), ([2, 0, 0, 3], expected.clone()));
    let import = world.begins(admin, looked.id).await;
    assert_eq!((done(&import), world.lines(&import).await), ([2, 0, 0, 3], expected));
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 3);
    assert_eq!(world.of_address("open@people.example").await.provider.as_deref(), Some("contoso"));
    assert_eq!(world.count("SELECT COUNT(*) FROM invitation WHERE tenant_id = $1").await, 2);

    // The tenant's own for newcomers is closed: whoever comes by it waits; a line's own counts before it; who is here is as they are.
    let world = World::with(|blueprint| blueprint.newcomers.provider = Some("off".into())).await;
    let admin = world.admin().await;
    let file = "email,provider\nnew@people.example,\nown@people.example,contoso\nada@people.example,\n";
    let import = world.imports(admin, file).await;
    let expected = told(&[(2, "provider_disabled off"), (3, "new"), (4, "unchanged")]);
    assert_eq!((done(&import), world.lines(&import).await), ([1, 0, 1, 1], expected));
}
