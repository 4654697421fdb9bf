use std::time::Duration;

use identity::Fault;
use store::StoreError;
use webkit::Failure;

/// What a page shows when something on our side failed: 503 with a time to come back where that helps, else 500 with a
/// reference id.
pub fn failure(fault: Fault) -> Failure {
    match fault {
        Fault::TooMany(window) => Failure::too_many(window).detail("requests-too-many"),
        Fault::Busy(_) => Failure::unavailable(Duration::from_secs(5)),
        Fault::Store(StoreError::Unavailable(reason)) => {
            tracing::error!(%reason, "the database is not available");
            Failure::unavailable(Duration::from_secs(5))
        }
        other => Failure::internal(other),
    }
}

/// Another browser's login, a finished one, an old one, none: it is the same page for all.
pub fn gone() -> Failure {
    Failure::gone("flow-gone").title("flow-gone-title").next("/account", "flow-gone-next")
}

/// The same for the database alone.
pub fn store_failure(error: StoreError) -> Failure {
    failure(Fault::from(error))
}
