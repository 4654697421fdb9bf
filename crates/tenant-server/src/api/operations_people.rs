//! Operations of [`people`].

use super::operations::{Operation, deed};
use super::people;

pub(super) fn of_people() -> [Operation; 1] {
    [Operation {
        body: Some("NameKeeper"),
        run: |call| Box::pin(people::name_keeper(call)),
        ..deed(
            "/members/{id}/keeper",
            "nameKeeper",
            "Says who keeps the record elsewhere: then it is neither edited nor deleted here. With null, releases it",
        )
    }]
}
