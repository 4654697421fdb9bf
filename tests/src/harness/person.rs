use super::browser::Person;
use super::place::{Address, Place};
use super::world::World;

impl World {
    /// Somebody whom nobody knows yet.
    pub fn stranger(&self, name: &str) -> Person {
        Person::new(self.net.clone(), name)
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

    /// An administrator opens somebody's request.
    pub async fn reviews(&mut self, door: &Place, name: &str) -> &mut Self {
        self.opens(&door.url("/requests")).await.follows(name).await;
        self
    }

    /// Their full name.
    pub fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    /// The same person in a browser of theirs that nobody has used.
    pub fn elsewhere(&self, world: &World) -> Person {
        Person {
            email: self.email.clone(),
            password: self.password.clone(),
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            ..world.browser()
        }
    }
}
