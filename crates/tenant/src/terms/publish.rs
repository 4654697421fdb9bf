use store::{TenantRead, TenantStore, TenantTx, params};

use super::{Kind, Version};
use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::Denied;
use crate::members::MemberId;
use crate::roles;

/// How many characters a text has at most.
pub const LONGEST: usize = 100_000;

/// A version to publish, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    kind: Kind,
    body: Option<String>,
    address: Option<String>,
    required: bool,
    /// The number of the newest version that the editor saw; 0: there was none.
    after: i64,
}

/// What is wrong with what an editor typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Neither text nor address.
    Empty,
    /// Text and address.
    Both,
    /// More than [`LONGEST`].
    TooLong,
    /// No https address.
    Address,
}

impl Draft {
    /// From what was typed.
    ///
    /// # Errors
    /// [`Wrong`].
    pub fn new(kind: Kind, body: &str, address: &str, required: bool, after: i64) -> Result<Self, Wrong> {
        let body: String = body.replace("\r\n", "\n").chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        let (body, address) = (body.trim(), address.trim());
        match (body.is_empty(), address.is_empty()) {
            (true, true) => return Err(Wrong::Empty),
            (false, false) => return Err(Wrong::Both),
            _ => {}
        }
        if body.chars().count() > LONGEST {
            return Err(Wrong::TooLong);
        }
        if !address.is_empty() && !is_https(address) {
            return Err(Wrong::Address);
        }
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Ok(Self { kind, body: some(body), address: some(address), required, after })
    }

    /// Of what.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The text, if it is one.
    #[must_use]
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }
}

/// A link that a page may show: nothing that a browser would run.
fn is_https(address: &str) -> bool {
    let plain = address.len() <= 2_000 && address.chars().all(|c| c.is_ascii_graphic());
    plain && url::Url::parse(address).is_ok_and(|url| url.scheme() == "https" && url.host_str().is_some())
}

/// Publishes the next version.
///
/// # Errors
/// [`Denied::Forbidden`] without the permission; [`Denied::ChangedSince`] if the newest version is another than they saw.
pub async fn publish(store: &TenantStore, context: Context, by: MemberId, new: Draft) -> Result<Version, Denied> {
    store
        .write((context, by, new), |mut tx, (context, by, new)| {
            Box::pin(async move {
                roles::acting(&mut tx, context, *by, permission::TENANT_SETTINGS).await?;
                insert(&mut tx, context, Some(*by), new).await
            })
        })
        .await
}

/// Publishes a first version as the operator, unless there is one.
///
/// # Errors
/// What the database says.
pub async fn seed(store: &TenantStore, context: Context, new: Draft) -> Result<(), Denied> {
    let first = Draft { after: 0, ..new };
    let made = store
        .write((context, first), |mut tx, (context, new)| {
            Box::pin(async move { insert(&mut tx, context, None, new).await })
        })
        .await;
    match made {
        Ok(_) | Err(Denied::ChangedSince) => Ok(()),
        Err(other) => Err(other),
    }
}

async fn insert(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: Option<MemberId>,
    new: &Draft,
) -> Result<Version, Denied> {
    // The number decides between two who publish at once.
    let made: Option<Version> = tx
        .maybe(
            "INSERT INTO terms_version
               (tenant_id, kind, number, body, address, asked, required, published_at, published_by)
             SELECT $1, $2, $3, $4, $5, $6, $6, $7, $8
             WHERE (SELECT COALESCE(MAX(number), 0) FROM terms_version WHERE tenant_id = $1 AND kind = $2) = $9
             ON CONFLICT DO NOTHING
             RETURNING kind, number, body, address, asked, published_at, published_by",
            params![
                new.kind,
                new.after.saturating_add(1),
                new.body,
                new.address,
                new.required,
                context.now,
                by,
                new.after
            ],
        )
        .await?;
    let made = made.ok_or(Denied::ChangedSince)?;
    if new.required {
        // Whoever accepts this one need not accept those before it.
        tx.execute(
            "UPDATE terms_version SET required = FALSE WHERE tenant_id = $1 AND kind = $2 AND number < $3 AND required",
            params![new.kind, made.number],
        )
        .await?;
    }
    let actor = by.map_or(audit::Actor::Operator, |by| audit::Actor::Member(by.0));
    let entry = context.audit(actor, "terms.published").on(new.kind.word(), made.number);
    audit::record(tx, &entry.detail(serde_json::json!({ "required": new.required }))).await?;
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_19_a_version_is_a_text_or_an_https_address() {
        let check = |body: &str, address: &str| Draft::new(Kind::Terms, body, address, true, 0).map(|_| ());
        for (body, address, expected) in [
            ("Be kind.", "", Ok(())),
            ("", "https://acme.example/terms", Ok(())),
            ("", "", Err(Wrong::Empty)),
            ("  \n", " ", Err(Wrong::Empty)),
            ("x", "https://acme.example", Err(Wrong::Both)),
            ("", "http://acme.example", Err(Wrong::Address)),
            ("", "javascript:alert(1)", Err(Wrong::Address)),
            ("", "https://", Err(Wrong::Address)),
            ("", "https://a b", Err(Wrong::Address)),
        ] {
            assert_eq!(check(body, address), expected, "{body:?} {address:?}");
        }
        assert_eq!(check(&"x".repeat(LONGEST + 1), ""), Err(Wrong::TooLong));
        let cleaned = Draft::new(Kind::Terms, "a\r\nb\u{1b}[31m\0", "", true, 0).unwrap();
        assert_eq!(cleaned.body(), Some("a\nb[31m"));
    }
}
