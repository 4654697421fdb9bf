use std::ops::{Deref, DerefMut};

use super::browser::Browser;
use super::place::{Address, Place};
use super::world::World;

/// Somebody with a browser. A person derefs to it.
pub struct Person {
    pub browser: Browser,
    pub email: String,
    pub password: String,
    pub given_name: String,
    pub family_name: String,
}

impl Deref for Person {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl DerefMut for Person {
    fn deref_mut(&mut self) -> &mut Browser {
        &mut self.browser
    }
}

impl World {
    /// Somebody whom nobody knows yet.
    pub fn stranger(&self, name: &str) -> Person {
        let mut given_name = name.to_owned();
        given_name[..1].make_ascii_uppercase();
        Person {
            browser: self.browser(),
            email: format!("{name}@people.test"),
            password: format!("{name} keeps a secret"),
            given_name,
            family_name: "Doe".to_owned(),
        }
    }

    /// Somebody who signed up on the way into a tenant and asked to join it: they look at where their request stands.
    pub async fn sign_up_at(&self, name: &str, door: &Place) -> Person {
        let mut person = self.stranger(name);
        person.asks_for_sign_up(door).await;
        let link = self.mailed_link(&person.email.clone()).await;
        person.opens(&link).await;
        person.completes_sign_up().await;
        person.submits("allow", &[]).await;
        person
    }

    /// The same at the first tenant.
    pub async fn sign_up(&self, name: &str) -> Person {
        self.sign_up_at(name, &self.acme).await
    }
}

impl Person {
    /// On the way into a door: no account yet, the address is sent.
    pub async fn asks_for_sign_up(&mut self, door: &(impl Address + ?Sized)) -> &mut Self {
        let email = self.email.clone();
        self.opens(door).await.clicks("create-account").await.submits("send", &[("email", &email)]).await;
        self
    }

    /// On the page that the mailed link has opened.
    pub async fn completes_sign_up(&mut self) -> &mut Self {
        let (given, family, password) = (self.given_name.clone(), self.family_name.clone(), self.password.clone());
        let entries = [("given_name", &*given), ("family_name", &*family), ("password", &*password)];
        self.submits("create", &entries).await;
        self
    }

    /// On the sign-in page: address, then password.
    pub async fn proves_who_they_are(&mut self) -> &mut Self {
        let (email, password) = (self.email.clone(), self.password.clone());
        self.submits("next", &[("username", &email)]).await.submits("login", &[("password", &password)]).await;
        self
    }

    /// Opens a place and signs in on the way, if asked to.
    pub async fn enters(&mut self, to: &(impl Address + ?Sized)) -> &mut Self {
        self.opens(to).await;
        if self.page.has("next") {
            self.proves_who_they_are().await;
        }
        self
    }

    /// Signs in at the identity server alone.
    pub async fn signs_in(&mut self, world: &World) -> &mut Self {
        self.enters(&world.id.url("/account")).await;
        assert_eq!(self.page.url.path(), "/account", "{:?}", self.page);
        self
    }

    /// The same person in a browser of theirs that nobody has used.
    pub fn elsewhere(&self, world: &World) -> Person {
        Person {
            browser: world.browser(),
            email: self.email.clone(),
            password: self.password.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
        }
    }
}
