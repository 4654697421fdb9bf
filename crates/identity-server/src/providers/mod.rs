//! Administering providers: what the platform's page, a tenant by its API, and the command line do. Each of them is a [`Desk`]:
//! one owner's providers, and somebody who acts. Whether they may is asked before.

mod setup;
mod told;

use std::sync::Arc;
use std::time::Duration;

use audit::Actor;
use identity::Fault;
use identity::providers::{self, Change, NewProvider, Provider, Removed, Saved, Stranded};
use identity::tenants::TenantId;
use relying_party::presets::Typed;
use relying_party::{Check, Mapping, Turn};
use store::StoreError;
use webkit::{Failure, FieldErrors, Message};

pub use setup::typed;
pub use told::{Wrong, detail, finding, mapping};

use crate::fault;
use crate::state::IdentityServer;
use crate::upstream::party;

/// When whoever is told to come back may.
const AGAIN: Duration = Duration::from_secs(1);

/// One owner's providers, and who acts on them.
pub struct Desk<'a> {
    server: &'a IdentityServer,
    owner: Option<(TenantId, String)>,
    actor: Actor,
}

/// Why something was not done.
#[derive(Debug)]
pub enum Refused {
    /// There is no such provider, or it is somebody else's: the same (TN-01).
    NotFound,
    /// What was typed does not do.
    Wrong(Wrong),
    /// It was changed since it was looked at.
    Changed,
    /// So many would lose their last way in, and that was not confirmed.
    Strands(Stranded),
    /// This tenant has another one made just now.
    Busy,
    /// Something on our side.
    Fault(Fault),
    /// Its settings or its secret can't be read.
    Broken(Failure),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self::Wrong(wrong)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl Refused {
    /// As a page says it. `back` leads to the provider.
    pub fn failure(self, back: String) -> Failure {
        match self {
            Self::NotFound => Failure::not_found(),
            Self::Wrong(wrong) => Failure::bad_request(wrong.message()),
            Self::Changed => Failure::conflict("provider-changed-meanwhile").next(back, "back"),
            Self::Strands(stranded) => {
                Failure::conflict(Message::new("provider-stranded").with("count", stranded.count)).next(back, "back")
            }
            Self::Busy => Failure::too_many(AGAIN),
            Self::Fault(fault) => fault::failure(fault),
            Self::Broken(failure) => failure,
        }
    }
}

impl<'a> Desk<'a> {
    /// The platform's own.
    #[must_use]
    pub const fn of_platform(server: &'a IdentityServer, actor: Actor) -> Self {
        Self { server, owner: None, actor }
    }

    /// A tenant's own, by its short name.
    #[must_use]
    pub const fn of_tenant(server: &'a IdentityServer, tenant: TenantId, slug: String, actor: Actor) -> Self {
        Self { server, owner: Some((tenant, slug)), actor }
    }

    fn tenant(&self) -> Option<TenantId> {
        self.owner.as_ref().map(|(tenant, _)| *tenant)
    }

    /// All of them.
    ///
    /// # Errors
    /// [`Refused::Fault`].
    pub async fn all(&self) -> Result<Vec<Provider>, Refused> {
        Ok(providers::of_owner(&mut self.server.identity.store.read().await?, self.tenant()).await?)
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Refused::NotFound`].
    pub async fn one(&self, key: &str) -> Result<Provider, Refused> {
        let mut conn = self.server.identity.store.read().await?;
        providers::own(&mut conn, self.tenant(), key).await?.ok_or(Refused::NotFound)
    }

    /// Adds one; its whole key.
    ///
    /// # Errors
    /// [`Refused::Wrong`].
    pub async fn add(&self, typed: &Typed) -> Result<String, Refused> {
        let (identity, key) = (&self.server.identity, typed.key.trim());
        if let Some(unfit) = providers::foresee(identity, self.owner.as_ref(), key, typed.name.trim()).await? {
            return Err(Refused::Wrong(unfit.into()));
        }
        let (asked, ambient) = (typed.clone(), identity.ambient.clone());
        let values = self.aside(move || setup::read(&asked, &ambient)).await?;
        let new = NewProvider { tenant: self.owner.clone(), key: key.to_owned(), values };
        saved(providers::create(&self.server.identity, self.actor.clone(), new).await?)
    }

    /// Changes one: what is typed is all of it, but for a secret that stays if none is. Its key and its preset never change.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn change(&self, key: &str, typed: &Typed) -> Result<Provider, Refused> {
        let it = self.one(key).await?;
        if typed.version.is_some_and(|version| version != it.version) {
            return Err(Refused::Changed);
        }
        let (asked, before, ambient) = (typed.clone(), it.clone(), self.server.identity.ambient.clone());
        let values = self.aside(move || setup::read_change(&asked, &before, &ambient)).await?;
        saved(providers::save(&self.server.identity, self.actor.clone(), &it, values).await?)?;
        self.one(key).await
    }

    /// Says which of its claims state what.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn map(&self, key: &str, mapping: Mapping) -> Result<(), Refused> {
        let it = self.one(key).await?;
        let values = setup::read_mapping(mapping, &it)?;
        saved(providers::save(&self.server.identity, self.actor.clone(), &it, values).await?)?;
        Ok(())
    }

    /// Has its key followed by another one, in two steps: the next one is published before anything is signed with it.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn turn_key(&self, key: &str, turn: Turn) -> Result<Provider, Refused> {
        let it = self.one(key).await?;
        let secret = it.secret(&self.server.identity).map_err(|error| Refused::Broken(Failure::internal(error)))?;
        let (before, ambient) = (it.clone(), self.server.identity.ambient.clone());
        let values = self.aside(move || setup::read_turn(turn, &before, &secret.unwrap_or_default(), &ambient)).await?;
        saved(providers::save(&self.server.identity, self.actor.clone(), &it, values).await?)?;
        self.one(key).await
    }

    /// Away from the threads that serve: a key may be made, which takes up to a second. A tenant has one made at a time, and all
    /// owners together two: neither ends before the work does, also when whoever asked has hung up.
    async fn aside(&self, read: impl FnOnce() -> Result<Change, Wrong> + Send + 'static) -> Result<Change, Refused> {
        let turn = match self.tenant() {
            Some(tenant) => Some(self.server.making.begin(tenant).ok_or(Refused::Busy)?),
            None => None,
        };
        let place = Arc::clone(&self.server.makers).acquire_owned().await;
        let place = place.map_err(|error| Refused::Broken(Failure::internal(error)))?;
        let done = tokio::task::spawn_blocking(move || {
            let _held = (turn, place);
            read()
        });
        Ok(done.await.map_err(|error| Refused::Broken(Failure::internal(error)))??)
    }

    /// Opens it, or closes it: then every session that it proved ends, however many. Whether that changed anything.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn set_enabled(&self, key: &str, enabled: bool) -> Result<bool, Refused> {
        let it = self.one(key).await?;
        Ok(providers::set_enabled(&self.server.identity, self.actor.clone(), &it, enabled).await?)
    }

    /// Asks the provider everything that can be asked without a person, and says exactly what is wrong.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn test(&self, key: &str) -> Result<Vec<Check>, Refused> {
        let it = self.one(key).await?;
        Ok(party(self.server, &it).map_err(Refused::Broken)?.test().await)
    }

    /// Who would lose their last way in with it.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn stranded(&self, it: &Provider) -> Result<Stranded, Refused> {
        Ok(providers::stranded(&mut self.server.identity.store.read().await?, it).await?)
    }

    /// Removes it for good; how many have no way in any more.
    ///
    /// # Errors
    /// [`Refused::Strands`], if that is not `confirmed`.
    pub async fn remove(&self, key: &str, confirmed: bool) -> Result<i64, Refused> {
        let it = self.one(key).await?;
        match providers::remove(&self.server.identity, self.actor.clone(), &it, confirmed).await? {
            Removed::Done(stranded) => Ok(stranded),
            Removed::Strands(stranded) => Err(Refused::Strands(stranded)),
            Removed::Gone => Err(Refused::NotFound),
        }
    }
}

fn saved(saved: Saved) -> Result<String, Refused> {
    match saved {
        Saved::Done(key) => Ok(key),
        Saved::Unfit(unfit) => Err(Refused::Wrong(unfit.into())),
        Saved::Gone => Err(Refused::Changed),
    }
}

/// What a form says of what is wrong: beside the field, or above the form.
pub fn errors(wrong: &Wrong) -> (FieldErrors, Option<String>) {
    match wrong.field {
        "" => (FieldErrors::none(), Some(wrong.about.clone())),
        field => (FieldErrors::one(field, wrong.message()), None),
    }
}
