use std::sync::RwLock;

use axum::Router;
use tenant::control::Served;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::instance::App;

/// The place of one tenant in this process: what is known of it, and, once somebody came, the open tenant. When its face
/// changes, the whole of it is exchanged: whoever holds the old one finishes with that.
pub(crate) struct Slot {
    id: Uuid,
    state: RwLock<State>,
    /// Held while it is being opened, so that a hundred first visitors open it once.
    pub(crate) opening: Mutex<()>,
}

struct State {
    served: Served,
    open: Option<Open>,
}

/// An open tenant.
#[derive(Clone)]
pub(crate) struct Open {
    pub app: App,
    pub router: Router,
    /// Stops its workers, when it is exchanged.
    pub workers: CancellationToken,
}

impl Slot {
    pub(crate) fn new(served: Served) -> Self {
        Self { id: served.id, state: RwLock::new(State { served, open: None }), opening: Mutex::new(()) }
    }

    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    pub(crate) fn served(&self) -> Option<Served> {
        self.state.read().ok().map(|state| state.served.clone())
    }

    pub(crate) fn open(&self) -> Option<Open> {
        self.state.read().ok().and_then(|state| state.open.clone())
    }

    pub(crate) fn app(&self) -> Option<App> {
        self.open().map(|open| open.app)
    }

    /// What another process did to it changes nothing here but what is known of it.
    pub(crate) fn learn(&self, served: Served) {
        if let Ok(mut state) = self.state.write() {
            state.served = served;
        }
    }

    /// Exchanges what is known of it and the open tenant.
    pub(crate) fn exchange(&self, served: Served, open: Option<Open>) {
        if let Ok(mut state) = self.state.write() {
            state.served = served;
            state.open = open;
        }
    }
}
