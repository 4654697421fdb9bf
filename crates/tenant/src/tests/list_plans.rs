//! How the databases go about the statements of the list.

use store::{TenantRead, params};

use super::world::World;
use crate::members::statements_of_the_list;

#[tokio::test]
async fn pp_04_every_statement_of_the_list_seeks_an_index() {
    // SQLite says so of empty tables too; PostgreSQL's plans follow the tables' sizes.
    let world = World::on_sqlite().await;
    let mut read = world.store.read().await.unwrap();
    let statements = statements_of_the_list();
    assert!(statements.len() > 20);
    for sql in statements {
        let explain: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
        let plan: Vec<(i64, i64, i64, String)> = read.all(explain, params![]).await.unwrap();
        assert!(!plan.is_empty());
        for (.., step) in &plan {
            let name = step.strip_prefix("SCAN ").filter(|name| name.starts_with('m'));
            // A subquery may be named as a table is: it says so.
            let of = |name: &str| [format!("CO-ROUTINE {name}"), format!("MATERIALIZE {name}")];
            let is_subquery = |name: &str| plan.iter().any(|(.., step)| of(name).contains(step));
            assert!(name.is_none_or(is_subquery), "reads a whole table: {step}\n{sql}\n{plan:#?}");
        }
        assert!(plan.iter().any(|(.., step)| step.contains("USING")), "{sql}\n{plan:#?}");
        // A walk ends as soon as the page is full, counting as soon as there are many: nothing is sorted before.
        let sorts = plan.iter().any(|(.., step)| step == "USE TEMP B-TREE FOR ORDER BY");
        let ends_early =
            ["AS m WHERE TRUE", "AS walk CROSS JOIN", "AS walk ORDER BY", "LIMIT 501) AS m", "LIMIT 2001) AS most"];
        let walks = ends_early.iter().any(|part| sql.contains(part));
        assert!(!sorts || !walks, "{sql}\n{plan:#?}");
        // What names few is found by its own index, and the erased are passed over by the order.
        for (asks, index) in [(" AND locked", "member_by_lock"), (" AND kept_by", "member_by_keeper")] {
            let by = plan.iter().any(|(.., step)| step.contains(index));
            assert!(by || !sql.contains(asks), "{index}\n{sql}\n{plan:#?}");
        }
    }
}
