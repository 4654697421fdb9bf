use store::TenantStore;

use super::invite::{here_already, merely_invited, put_on_its_way};
use super::many::tell_again;
use super::of_member;
use crate::Context;
use crate::lifecycle::{Denied, Refusal};
use crate::members::{self, Member, MemberId, Profile};

/// Corrects the address of someone who is merely invited, and invites there: whoever got the mail before cannot use it.
///
/// # Errors
/// As an invitation; [`Denied::AlreadyHere`].
pub async fn correct_email(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    email: String,
) -> Result<(), Denied> {
    store
        .write((context, by, member, email), |mut tx, (context, by, member, email)| {
            Box::pin(async move {
                let (_, member) = merely_invited(&mut tx, context, *by, *member).await?;
                // TP-04, TP-09: the address is the one that the provider will state.
                if let Some(owner) = context.providers.owner_of(&member, "email") {
                    return Err(Denied::ProviderOwns(owner.to_owned()));
                }
                let (given, family) = (&member.given_name, &member.family_name);
                let profile = Profile::new(given, family, email, &member.locale, member.picture.as_deref());
                if let Some(other) = here_already(&mut tx, &profile.email).await?.filter(|other| *other != member.id) {
                    return Err(Denied::AlreadyHere(other));
                }
                members::update_profile(&mut tx, member.id, &profile, context.now).await?;
                let entry = context
                    .audit(audit::Actor::Member(by.0), "member.email_corrected")
                    .on("member", member.id)
                    .personal("email", profile.email.as_str(), &context.ambient);
                audit::record(&mut tx, &entry).await?;
                let message = of_member(&mut tx, member.id).await?.into_iter().next().map(|last| last.message);
                let to = (member.id, profile.email.as_str());
                put_on_its_way(&mut tx, context, *by, to, &message.unwrap_or_default()).await?;
                Ok(())
            })
        })
        .await
}

/// What somebody is called who has not come yet, and the language in which they are written to. What is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// The given name.
    pub given_name: Option<String>,
    /// The family name.
    pub family_name: Option<String>,
    /// A tag (BCP 47).
    pub locale: Option<String>,
}

impl Details {
    fn corrected(&self, member: &Member) -> Profile {
        let or = |said: &Option<String>, has: &String| said.clone().unwrap_or_else(|| has.clone());
        Profile::new(
            &or(&self.given_name, &member.given_name),
            &or(&self.family_name, &member.family_name),
            &member.email,
            &or(&self.locale, &member.locale),
            member.picture.as_deref(),
        )
    }
}

/// Corrects the name or the language of someone who is merely invited; nobody is mailed, and whoever follows the link that they have is
/// called so there. Whoever has come states both themselves.
/// Answers whether anything was otherwise.
///
/// # Errors
/// [`Denied`].
pub async fn correct_details(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    details: Details,
) -> Result<bool, Denied> {
    let corrected = store
        .write((context, by, member, details), |mut tx, (context, by, member, details)| {
            Box::pin(async move {
                let (_, member) = merely_invited(&mut tx, context, *by, *member).await?;
                let profile = details.corrected(&member);
                let owned = [
                    ("given_name", profile.given_name != member.given_name),
                    ("family_name", profile.family_name != member.family_name),
                    ("locale", profile.locale != member.locale),
                ];
                // PP-07: what the provider states is stated there.
                let owner = |(field, changes): (&str, bool)| {
                    context.providers.owner_of(&member, field).filter(|_| changes).map(str::to_owned)
                };
                if let Some(owner) = owned.into_iter().find_map(owner) {
                    return Err(Denied::ProviderOwns(owner));
                }
                if !members::update_profile(&mut tx, member.id, &profile, context.now).await? {
                    return Err(Denied::Refused(Refusal::AlreadySo));
                }
                tell_again(&mut tx, context, &[member.id]).await?;
                let entry = context.audit(audit::Actor::Member(by.0), "member.details_corrected");
                audit::record(&mut tx, &entry.on("member", member.id)).await?;
                Ok(())
            })
        })
        .await;
    match corrected {
        Ok(()) => Ok(true),
        Err(Denied::Refused(Refusal::AlreadySo)) => Ok(false),
        Err(denied) => Err(denied),
    }
}
