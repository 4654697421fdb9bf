use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, params};

use super::rules::{self, ICONS};
use super::{TenantId, Wrong};
use crate::{Fault, Identity};

/// Gives a tenant another name. Its server hears of it within a minute.
///
/// # Errors
/// [`Fault`].
pub async fn rename(
    identity: &Identity,
    actor: Actor,
    tenant: TenantId,
    name: &str,
) -> Result<Result<(), Wrong>, Fault> {
    let name = match rules::name(name) {
        Ok(name) => name.to_owned(),
        Err(wrong) => return Ok(Err(wrong)),
    };
    let entry =
        Entry::new(&identity.ambient, actor, "tenant.renamed").on("tenant", tenant).detail(json!({ "name": name }));
    identity
        .store
        .write::<_, _, StoreError, _>((tenant, name, entry), |tx, (tenant, name, entry)| {
            Box::pin(async move {
                tx.execute(
                    "UPDATE tenant SET name = $2, sort_name = $3, version = version + 1, changed_at = $4
                     WHERE id = $1 AND deleted_at IS NULL",
                    params![tenant, name, name.to_lowercase(), entry.at],
                )
                .await?;
                // People read the instance's name where they sign in.
                let sql = "UPDATE client SET name = $2 WHERE tenant_id = $1 AND kind = 'tenant_instance'";
                tx.execute(sql, params![tenant, name]).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(Ok(()))
}

/// How a tenant looks, as it was entered (PP-19).
#[derive(Debug, Clone, Default)]
pub struct Face {
    /// An icon of the sprite.
    pub icon: String,
    /// `#rrggbb`, or empty: the product's own.
    pub accent: String,
    /// Where its terms are; may be empty.
    pub terms_url: String,
    /// Where its privacy notice is; may be empty.
    pub privacy_url: String,
}

/// Changes how a tenant looks, on its own pages (within a minute) and on ours (at once).
///
/// # Errors
/// [`Fault`].
pub async fn set_face(
    identity: &Identity,
    actor: Actor,
    tenant: TenantId,
    face: &Face,
) -> Result<Result<(), Vec<Wrong>>, Fault> {
    let icon = if ICONS.contains(&face.icon.as_str()) { Ok(face.icon.clone()) } else { Err(Wrong::Icon) };
    let accent = rules::accent(&face.accent);
    let terms = rules::web_address(&face.terms_url, Wrong::TermsUrl);
    let privacy = rules::web_address(&face.privacy_url, Wrong::PrivacyUrl);
    let wrong = [icon.as_ref().err(), accent.as_ref().err(), terms.as_ref().err(), privacy.as_ref().err()];
    let wrong: Vec<Wrong> = wrong.into_iter().flatten().copied().collect();
    let (Ok(icon), Ok(accent), Ok(terms), Ok(privacy)) = (icon, accent, terms, privacy) else { return Ok(Err(wrong)) };
    let entry = Entry::new(&identity.ambient, actor, "tenant.face_changed")
        .on("tenant", tenant)
        .detail(json!({ "icon": icon, "accent": accent, "terms_url": terms, "privacy_url": privacy }));
    let input = (tenant, icon, accent, terms, privacy, entry);
    identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (tenant, icon, accent, terms, privacy, entry)| {
            Box::pin(async move {
                tx.execute(
                    "UPDATE tenant SET icon = $2, accent = $3, terms_url = $4, privacy_url = $5, version = version + 1,
                         changed_at = $6
                     WHERE id = $1 AND deleted_at IS NULL",
                    params![tenant, icon, accent, terms, privacy, entry.at],
                )
                .await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(Ok(()))
}
