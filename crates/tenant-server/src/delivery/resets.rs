use serde::{Deserialize, Serialize};

use super::api;
use crate::instance::App;
use crate::rp::RpError;

#[derive(Serialize)]
struct Asked<'a> {
    subject: &'a str,
}

#[derive(Deserialize)]
struct Heard {}

/// Asks the identity server to mail a member, by the subject that it knows them by, what replaces a forgotten password.
///
/// # Errors
/// It cannot be asked, or does not know that question yet.
pub(crate) async fn ask_for_reset(app: &App, subject: &str) -> Result<(), RpError> {
    let Heard {} = api::post(app, "/api/v1/tenant/resets", &Asked { subject }).await?;
    Ok(())
}
