use identity::clients::Registered;
use identity::tenants::Tenant;
use webkit::{Brand, Kit};

/// The face of a page: the tenant's where the person is on the way into one, else the product's.
pub fn brand(kit: &Kit, tenant: Option<&Tenant>, client: Option<&Registered>) -> Brand {
    let mut brand = kit.brand();
    if let Some(tenant) = tenant {
        brand.name.clone_from(&tenant.name);
        brand.logo_icon.clone_from(&tenant.icon);
        brand.accent = tenant.accent.as_ref().map(|accent| format!("#{accent}"));
        brand.terms_url.clone_from(&tenant.terms_url);
        brand.privacy_url.clone_from(&tenant.privacy_url);
    }
    if let Some(client) = client {
        brand.home_url.clone_from(&client.home_url);
    }
    brand
}
