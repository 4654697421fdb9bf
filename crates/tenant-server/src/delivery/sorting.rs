use serde::Serialize;
use store::StoreError;
use tenant::batches::{self, Claims};
use tenant::lifecycle::{Deed, Refusal};
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

/// Whether a switch of one member leaves them a way to prove who they are, as far as the identity server can tell.
///
/// # Errors
/// It cannot be asked.
pub(crate) async fn leaves_a_way_in(app: &App, member: &Member, deed: &Deed) -> Result<Result<(), Refusal>, RpError> {
    let (Deed::Switch { to: Some(provider), compromised, preset: None }, Some(subject)) = (deed, &member.subject)
    else {
        return Ok(Ok(()));
    };
    let asked = Asked { provider, subjects: vec![subject.as_str()], compromised: *compromised };
    let claims = ask(app, &asked).await?;
    Ok(if claims.unprovable.contains(subject) { Err(Refusal::NoProof) } else { Ok(()) })
}
