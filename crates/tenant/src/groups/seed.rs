use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::follow::follow;
use super::map::{MapError, write};
use super::{Given, Stated};
use crate::Context;
use crate::lifecycle::Denied;
use crate::members::{self, MemberId};

/// Groups of one provider that give roles to begin with, as one member has said, and another who is in all of them. Once: who has
/// changed any of it since, finds it as they left it.
///
/// # Errors
/// [`Denied`].
pub async fn seed(
    store: &TenantStore,
    context: Context,
    (by, in_them): (MemberId, MemberId),
    given: Vec<Given>,
) -> Result<(), Denied> {
    store
        .write((context, given), move |mut tx, (context, given)| {
            Box::pin(async move { begin(&mut tx, context, (by, in_them), given).await })
        })
        .await
}

async fn begin(
    tx: &mut TenantTx<'_>,
    context: &Context,
    (by, in_them): (MemberId, MemberId),
    given: &[Given],
) -> Result<(), Denied> {
    let Some(provider) = given.first().map(|one| one.provider.as_str()) else { return Ok(()) };
    if tx.exists("SELECT 1 FROM group_ask WHERE tenant_id = $1 AND provider = $2", params![provider]).await? {
        return Ok(());
    }
    for one in given {
        write(tx, context, by, one).await.map_err(denied)?;
    }
    let names = given.iter().map(|one| one.group.clone()).collect();
    let stated = Stated { idp: provider.to_owned(), names, ..Stated::default() };
    if let Some(member) = members::by_id(tx, in_them).await? {
        follow(tx, context, member, (provider, &stated), true).await?;
    }
    Ok(())
}

fn denied(error: MapError) -> Denied {
    match error {
        MapError::Denied(denied) => denied,
        MapError::Unconfirmed | MapError::Group | MapError::TooMany => {
            StoreError::RolledBack("these groups cannot begin".to_owned()).into()
        }
    }
}
