//! An open tenant from what is known of it.

use std::sync::Arc;

use jobs::Wake;
use store::Store;
use tenant::Tenant;
use tenant::blueprint::Blueprint;
use tenant::control::{Served, Standing, is_slug};
use tenant::keys;
use webkit::{Brand, Kit, KitConfig};

use crate::instance::{App, Elsewhere, Instance};
use crate::rp::RelyingParty;
use crate::{LOCALES, OpenError, ServerConfig, TenantBrand, TenantConfig};

pub(crate) fn origin(served: &Served) -> Result<url::Url, OpenError> {
    let wrong = || OpenError::BaseUrl(served.slug.clone(), served.base_url.clone());
    let url = url::Url::parse(&served.base_url).map_err(|_| wrong())?;
    let fine = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
    if fine { Ok(url) } else { Err(wrong()) }
}

impl TenantConfig {
    /// As the control table knows it, before an identity server has told anything.
    pub(crate) fn served(&self) -> Served {
        Served {
            id: self.id,
            slug: self.slug.clone(),
            base_url: self.base_url.as_str().trim_end_matches('/').to_owned(),
            name: self.name.clone(),
            blueprint: self.blueprint.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            icon: self.brand.logo_icon.clone(),
            accent: self.brand.accent.clone(),
            terms_url: self.brand.terms_url.clone(),
            privacy_url: self.brand.privacy_url.clone(),
            logo: None,
            standing: Standing::Open,
            version: 0,
            marked: true,
            changed: 0,
        }
    }

    pub(crate) fn of(served: &Served) -> Result<Self, OpenError> {
        if !is_slug(&served.slug) {
            return Err(OpenError::Slug(served.slug.clone()));
        }
        let it = served.clone();
        Ok(Self {
            base_url: origin(&it)?,
            id: it.id,
            slug: it.slug,
            name: it.name,
            blueprint: it.blueprint,
            issuer: it.issuer,
            client_id: it.client_id,
            brand: TenantBrand {
                logo_icon: it.icon,
                accent: it.accent,
                terms_url: it.terms_url,
                privacy_url: it.privacy_url,
                logo: it.logo,
            },
        })
    }
}

pub(crate) async fn open_one(config: &ServerConfig, control: &Store, of: &TenantConfig) -> Result<App, OpenError> {
    let slug = || of.slug.clone();
    let blueprint = config.blueprint(&of.blueprint).map_err(|error| OpenError::Blueprint(slug(), error))?;
    let brand = brand(of, &blueprint);
    let tenant = Tenant {
        id: of.id,
        slug: of.slug.clone(),
        name: of.name.clone(),
        base_url: of.base_url.clone(),
        blueprint,
        gather_requests_for: config.gather_requests_for,
    };
    let database = config.databases.open(&of.slug).await.map_err(|error| OpenError::Database(slug(), error))?;
    let store = database.for_tenant(of.id);
    let (master_key, ambient) = (config.master_key.clone(), config.ambient.clone());
    let sealer = Arc::new(audit::Sealer::new(database.clone(), &master_key, ambient.clone()));
    let key = keys::current(&store, &master_key, &ambient).await.map_err(|error| OpenError::Key(slug(), error))?;
    let key = Arc::new(key);
    let mail = config.mail.clone();
    let postman = mail::Postman::new(database.clone(), master_key.clone(), ambient.clone(), mail.transport, mail.from);
    Ok(App(Arc::new(Instance {
        kit: kit(config, of),
        brand,
        told: Elsewhere::of(of),
        issuer: of.issuer.clone(),
        rp: Arc::new(RelyingParty::new(of, &key, config.http.clone(), ambient)),
        postman: Arc::new(postman),
        key,
        tenant: Arc::new(tenant),
        control: control.clone(),
        database,
        store,
        master_key,
        sealer,
        mails: Wake::new(),
        snapshots: Wake::new(),
        groups: Wake::new(),
        invitations: Wake::new(),
        notices: Wake::new(),
        batches: Wake::new(),
        paces: Arc::default(),
        providers: Arc::default(),
        limits: Arc::default(),
        largest_import: config.largest_import,
    })))
}

fn kit(config: &ServerConfig, of: &TenantConfig) -> Kit {
    Kit::new(KitConfig {
        texts: &LOCALES,
        product: config.product.clone(),
        // Cookies ignore ports, so each tenant has names of its own.
        cookie_prefix: format!("t_{}", of.slug),
        secure: of.base_url.scheme() == "https",
        csrf_key: config.master_key.derive(&format!("csrf of tenant {}", of.id)),
        ambient: config.ambient.clone(),
    })
}

pub(crate) fn brand(of: &TenantConfig, blueprint: &Blueprint) -> Brand {
    let TenantBrand { logo_icon, accent, logo, .. } = of.brand.clone();
    let usual = if blueprint.name == "gallery-studio" { "camera" } else { "library" };
    Brand {
        logo_icon: if logo_icon.is_empty() { usual.to_owned() } else { logo_icon },
        accent,
        // Pages of its own, which show or lead to what there is.
        terms_url: Some("/terms".to_owned()),
        privacy_url: Some("/privacy".to_owned()),
        help_url: Some("/help".to_owned()),
        logo,
        ..Brand::named(&of.name)
    }
}
