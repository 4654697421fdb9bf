use std::path::PathBuf;

use clap::Subcommand;
use serde::{Deserialize, Serialize};

use super::providers::ProvidersCommand;

/// A command to the identity server, as it is typed and as it passes through the socket.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Relying applications.
    Clients(ClientsCommand),
    /// Tenants.
    Tenants(TenantsCommand),
    /// Accounts.
    Accounts(AccountsCommand),
    /// Administrators of the platform.
    Administrators(AdministratorsCommand),
    /// Signing keys.
    Keys(KeysCommand),
    /// The platform's upstream providers.
    Providers(ProvidersCommand),
}

/// `latchkey clients`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientsCommand {
    /// Register a relying application; its secret is shown once.
    Create(NewClient),
    /// List applications by name.
    List {
        /// Only those with this in their name or client id.
        #[arg(long, default_value = "")]
        search: String,
        /// The last client id of the page before.
        #[arg(long, value_name = "CLIENT_ID")]
        after: Option<String>,
    },
    /// Show one application.
    Show {
        /// Its client id.
        client_id: String,
    },
    /// Give an application a new secret, shown once; the old one stops working at once.
    RotateSecret {
        /// Its client id.
        client_id: String,
    },
    /// Close an application: it gets no codes and no tokens.
    Disable {
        /// Its client id.
        client_id: String,
    },
    /// Open a closed application again.
    Enable {
        /// Its client id.
        client_id: String,
    },
}

/// `latchkey clients create`
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize)]
pub struct NewClient {
    /// Its name, as people see it when they are asked for consent.
    #[arg(long)]
    pub name: String,
    /// The tenant it belongs to, by short name; without one, it is an application of the whole platform.
    #[arg(long, value_name = "SLUG")]
    pub tenant: Option<String>,
    /// Where codes may go, byte for byte; several times for several.
    #[arg(long = "redirect-uri", value_name = "URI", required_unless_present = "service")]
    pub redirect_uris: Vec<String>,
    /// Where browsers may go after a logout; several times for several.
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it hears of logouts (OpenID Connect Back-Channel Logout).
    #[arg(long, value_name = "URI")]
    pub backchannel_logout_uri: Option<String>,
    /// How it proves itself: client_secret_basic, client_secret_post, private_key_jwt or none (a public client).
    #[arg(long, value_name = "METHOD", default_value = "client_secret_basic")]
    pub auth_method: String,
    /// For private_key_jwt: a file with its public keys, a JWK set.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub jwks_file: Option<PathBuf>,
    /// What that file holds.
    #[arg(skip)]
    pub jwks: Option<String>,
    /// What its ID tokens are signed with: RS256, PS256, ES256 or EdDSA, as far as the server has such a key.
    #[arg(long, value_name = "ALGORITHM", default_value = "RS256")]
    pub id_token_alg: String,
    /// Accept authorization requests without PKCE: for old applications.
    #[arg(long)]
    pub without_pkce: bool,
    /// It runs on the person's own device: loopback redirect URIs match with any port.
    #[arg(long)]
    pub native: bool,
    /// It acts for itself at its tenant's API, and nobody signs in with it: client credentials instead of codes.
    #[arg(long)]
    pub service: bool,
}

/// `latchkey tenants`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TenantsCommand {
    /// Make a tenant and print its enrolment code, which a tenant server redeems with `latchkey enrol`.
    Create {
        /// Its short name: in addresses, and in the parameter `tenant=`.
        slug: String,
        /// Its name, as people see it.
        #[arg(long)]
        name: String,
        /// Where its tenant server will answer: an origin.
        #[arg(long, value_name = "URL")]
        base_url: String,
        /// What kind of tenant it is: a blueprint that ships, or one that the configuration names.
        #[arg(long, default_value = "asset-library")]
        blueprint: String,
        /// Who runs it: invited as its first administrator.
        #[arg(long, value_name = "EMAIL")]
        admin_email: String,
        /// First name of that person.
        #[arg(long, value_name = "NAME", default_value = "")]
        admin_given_name: String,
        /// Last name of that person.
        #[arg(long, value_name = "NAME", default_value = "")]
        admin_family_name: String,
    },
    /// List tenants by short name.
    List {
        /// Only those with this in their name.
        #[arg(long, default_value = "")]
        search: String,
        /// The last short name of the page before.
        #[arg(long, value_name = "SLUG")]
        after: Option<String>,
    },
    /// Make another enrolment code; earlier ones are void.
    Code {
        /// Its short name.
        slug: String,
    },
    /// Close a tenant for now: nobody gets in, its sessions end.
    Suspend {
        /// Its short name.
        slug: String,
    },
    /// Open a suspended tenant again.
    Resume {
        /// Its short name.
        slug: String,
    },
    /// Print everything that the identity server holds of a tenant, as JSON lines.
    Export {
        /// Its short name.
        slug: String,
    },
    /// Delete a tenant, with its links, memberships and applications. Accounts stay.
    Delete {
        /// Its short name.
        slug: String,
    },
}

/// `latchkey accounts`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountsCommand {
    /// Show an account with the tenants it is linked to.
    Show {
        /// Its address.
        email: String,
    },
}

/// `latchkey administrators`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministratorsCommand {
    /// Make the first administrator of the platform: once and never again. Prints a link if the address has no account.
    First {
        /// Their address.
        email: String,
        /// The language of their pages.
        #[arg(long, default_value = "en")]
        locale: String,
    },
    /// List them.
    List,
    /// Make an account an administrator.
    Add {
        /// Its address.
        email: String,
    },
    /// Take the right away; the last one keeps it.
    Remove {
        /// Its address.
        email: String,
    },
}

/// `latchkey keys`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysCommand {
    /// List signing keys with the moments of their lives.
    List,
}

impl Command {
    /// The question to be asked first, if it destroys something.
    pub fn destroys(&self) -> Option<String> {
        match self {
            Self::Clients(ClientsCommand::RotateSecret { client_id }) => {
                Some(format!("The present secret of {client_id} stops working at once. Go on?"))
            }
            Self::Clients(ClientsCommand::Disable { client_id }) => {
                Some(format!("Nobody can sign in to {client_id} any more. Go on?"))
            }
            Self::Tenants(TenantsCommand::Suspend { slug }) => {
                Some(format!("Everyone in {slug} is signed out, and nobody gets in. Go on?"))
            }
            Self::Tenants(TenantsCommand::Delete { slug }) => Some(format!(
                "{slug} is deleted for good, with its links, memberships and applications; `latchkey tenants export` keeps a \
                 copy. Go on?"
            )),
            Self::Administrators(AdministratorsCommand::Remove { email }) => {
                Some(format!("{email} can no longer administer the platform. Go on?"))
            }
            Self::Providers(command) => command.destroys(),
            _ => None,
        }
    }

    /// Reads the files that it names: the server may not see them.
    pub fn load(mut self) -> anyhow::Result<Self> {
        if let Self::Clients(ClientsCommand::Create(new)) = &mut self
            && let Some(file) = &new.jwks_file
        {
            let text = std::fs::read_to_string(file).map_err(|error| anyhow::anyhow!("{}: {error}", file.display()))?;
            new.jwks = Some(text);
        }
        if let Self::Providers(command) = &mut self {
            command.load()?;
        }
        Ok(self)
    }
}
