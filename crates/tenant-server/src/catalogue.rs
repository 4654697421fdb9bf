//! The providers that this tenant may name: asked for when somebody needs to know, kept for a while. While the identity server is
//! away, what it said last still counts.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use ambient::Timestamp;
use serde::Deserialize;
use tenant::members::Member;
use tenant::providers::{Catalogue, Provider};
use tokio::sync::Mutex;

use crate::delivery::api;
use crate::instance::App;

/// How old an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// To show something.
    ToShow,
    /// To do something: a provider that was disabled a moment ago is not switched to.
    ToDo,
}

impl Age {
    const fn most(self) -> Duration {
        match self {
            Self::ToShow => Duration::from_mins(1),
            Self::ToDo => Duration::from_secs(5),
        }
    }
}

/// How long it is not asked again after it did not answer.
const FAILED_LATELY: Duration = Duration::from_secs(10);

/// What is known.
#[derive(Default)]
pub(crate) struct Providers {
    latest: RwLock<Arc<Catalogue>>,
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    answered: Option<Timestamp>,
    failed: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Answer {
    providers: Vec<Provider>,
}

impl Providers {
    /// As last heard, without asking.
    pub(crate) fn latest(&self) -> Arc<Catalogue> {
        self.latest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// The providers, where somebody has one of their own; nobody else's page needs them.
    pub(crate) async fn catalogue_for(&self, member: &Member) -> Arc<Catalogue> {
        match (&member.provider, &member.stated_by) {
            (None, None) => self.providers.latest(),
            _ => self.catalogue(Age::ToShow).await,
        }
    }

    /// The providers, asked for now: one of them was changed from here.
    pub(crate) async fn catalogue_afresh(&self) -> Arc<Catalogue> {
        *self.providers.asked.lock().await = Asked::default();
        self.catalogue(Age::ToDo).await
    }

    /// The providers, asked for if what is known is too old. One asks, the others wait for the same answer.
    pub(crate) async fn catalogue(&self, age: Age) -> Arc<Catalogue> {
        let mut asked = self.providers.asked.lock().await;
        let now = self.kit.ambient().now();
        let within = |at: Option<Timestamp>, most: Duration| at.is_some_and(|at| now.since(at) < most);
        if !within(asked.answered, age.most()) && !within(asked.failed, FAILED_LATELY) {
            match api::get::<Answer>(self, "/api/v1/tenant/providers").await {
                Ok(answer) => {
                    (asked.answered, asked.failed) = (Some(now), None);
                    let heard = Arc::new(Catalogue::new(answer.providers));
                    *self.providers.latest.write().unwrap_or_else(PoisonError::into_inner) = heard;
                }
                Err(error) => {
                    asked.failed = Some(self.kit.ambient().now());
                    tracing::warn!(%error, tenant = %self.tenant.slug, "the providers could not be asked for");
                }
            }
        }
        drop(asked);
        self.providers.latest()
    }
}
