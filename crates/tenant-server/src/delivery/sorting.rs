use serde::Serialize;
use store::StoreError;
use tenant::batches::{self, Claims};
use tenant::lifecycle::{Before, Deed, Denied, Question, Refusal, Switching};
use tenant::members::Member;

use super::api;
use crate::instance::App;
use crate::rp::RpError;

#[derive(Serialize)]
struct Asked<'a> {
    provider: &'a str,
    subjects: Vec<&'a str>,
    compromised: bool,
}

/// Sorts some members of a batch that is to switch them. While the identity server cannot be asked, the batch goes on waiting:
/// without its word, nobody knows who would be left without a way in.
pub(super) async fn some(app: &App) -> Result<bool, StoreError> {
    let context = app.background();
    let Some(unsorted) = batches::unsorted(&mut app.store.read().await?, &context).await? else { return Ok(false) };
    let (provider, compromised) = (unsorted.provider.as_str(), unsorted.compromised);
    match ask(app, &Asked { provider, subjects: unsorted.subjects(), compromised }).await {
        Ok(claims) => {
            batches::sort(&app.store, unsorted, &claims).await?;
            Ok(true)
        }
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "the identity server could not be asked who can prove themselves");
            Ok(false)
        }
    }
}

async fn ask(app: &App, asked: &Asked<'_>) -> Result<Claims, RpError> {
    if asked.subjects.is_empty() {
        return Ok(Claims::default());
    }
    api::post(app, "/api/v1/tenant/claims", asked).await
}

/// Asks the identity server whether this switch leaves the member a way to prove who they are: without its word, nobody is switched.
///
/// # Errors
/// It cannot be asked.
pub(crate) async fn ask_about(app: &App, member: &Member, deed: Deed) -> Result<Result<Switching, Denied>, RpError> {
    let question = match Switching::of(member, deed) {
        Ok(Before::Nothing(switching)) => return Ok(Ok(switching)),
        Ok(Before::Ask(question)) => question,
        Err(denied) => return Ok(Err(denied)),
    };
    let Question { provider, subject, compromised, .. } = &*question;
    if app.providers.latest().get(provider).is_none() {
        // Another tenant's, or nobody's: the identity server tells nothing of it.
        return Ok(Err(Denied::Refused(Refusal::ProviderUnknown)));
    }
    let asked = Asked { provider, subjects: vec![subject.as_str()], compromised: *compromised };
    let claims = ask(app, &asked).await?;
    Ok(question.answered(&claims).map_err(Denied::Refused))
}

/// The same of a switch that takes another back: nobody is taken back who has come by the new provider since, whatever is known here.
///
/// # Errors
/// It cannot be asked.
pub(crate) async fn ask_about_the_way_back(
    app: &App,
    member: &Member,
    deed: Deed,
) -> Result<Result<Switching, Denied>, RpError> {
    // Of one that is removed, it knows nothing.
    let there = member.provider.as_deref().filter(|key| app.providers.latest().get(key).is_some());
    if let Some((provider, subject)) = there.zip(member.subject.as_deref()) {
        let claims = ask(app, &Asked { provider, subjects: vec![subject], compromised: false }).await?;
        if claims.used_since(subject, member.switched_at) {
            return Ok(Err(Denied::ChangedSince));
        }
    }
    ask_about(app, member, deed).await
}
