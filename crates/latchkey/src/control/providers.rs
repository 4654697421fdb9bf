use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use relying_party::Turn;
use relying_party::presets::{Typed, TypedMapping};
use serde::{Deserialize, Serialize};

/// The longest secret or key.
const LONGEST: u64 = 64 * 1024;

/// `latchkey providers`
#[derive(Debug, Clone, Subcommand, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProvidersCommand {
    /// List the platform's providers. A tenant's own are its administrators' business.
    List,
    /// Show one provider; its secret is never shown.
    Show {
        /// Its short name.
        key: String,
    },
    /// Add a provider. Which settings it needs depends on its preset; what is missing is named.
    Add {
        /// Its short name, which stands in addresses and policies and never changes.
        key: String,
        /// Which kind: generic, google, entra, apple, github, okta, auth0, keycloak or gitlab.
        #[arg(long, default_value = "generic")]
        preset: String,
        #[command(flatten)]
        settings: ProviderSettings,
    },
    /// Ask a provider everything that can be asked without a person, and say exactly what is wrong.
    Test {
        /// Its short name.
        key: String,
    },
    /// Change a provider: what is named changes, and the rest stays.
    Set {
        /// Its short name.
        key: String,
        #[command(flatten)]
        settings: ProviderSettings,
    },
    /// Say which of its claims state names, address, language and groups: what is named changes, and the rest stays. An empty name
    /// stands for the standard's claim, or for no groups.
    Map {
        /// Its short name.
        key: String,
        #[command(flatten)]
        claims: ClaimNames,
    },
    /// Have our key at a provider followed by another one, where it knows us by one.
    TurnKey {
        /// Its short name.
        key: String,
        /// next: make another key and publish it; use: sign with it from now on; drop: take it back.
        #[arg(value_parser = turn)]
        turn: Turn,
    },
    /// Open a provider that was closed.
    Enable {
        /// Its short name.
        key: String,
    },
    /// Close a provider: it opens nothing, and every session that it opened ends.
    Disable {
        /// Its short name.
        key: String,
    },
    /// Remove a provider for good.
    Remove {
        /// Its short name.
        key: String,
        /// Also if people lose their last way in; without it, the command only says how many.
        #[arg(long)]
        confirm_stranded: bool,
    },
}

/// What is set of a provider.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// Its name, as people see it on the button.
    #[arg(long)]
    pub name: Option<String>,
    /// An e-mail domain that it is trusted for; several times for several, once and empty for none.
    #[arg(long = "domain", value_name = "DOMAIN")]
    pub domains: Option<Vec<String>>,
    /// How it is offered on the sign-in page: button, hidden or forced.
    #[arg(long)]
    pub shown: Option<String>,
    /// Its issuer identifier, exactly as its discovery document spells it (generic).
    #[arg(long, value_name = "URL")]
    pub issuer: Option<String>,
    /// Its host (okta, auth0).
    #[arg(long = "host", value_name = "HOST")]
    pub host: Option<String>,
    /// The id of the directory (entra).
    #[arg(long, value_name = "UUID")]
    pub directory: Option<String>,
    /// The address of the server (keycloak, gitlab).
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    /// The realm (keycloak).
    #[arg(long)]
    pub realm: Option<String>,
    /// What the provider calls us.
    #[arg(long)]
    pub client_id: Option<String>,
    /// The team (apple).
    #[arg(long)]
    pub team_id: Option<String>,
    /// The id of the key (apple; private_key_jwt).
    #[arg(long)]
    pub key_id: Option<String>,
    /// How we prove who we are: client_secret_basic, client_secret_post or private_key_jwt, as far as the vendor has it.
    #[arg(long)]
    pub method: Option<String>,
    /// A file with the client secret, or with the private key in PEM (apple, private_key_jwt); `-` reads it from standard input.
    /// There is no option that takes the secret itself: other users of this machine could read it. For private_key_jwt, a key is
    /// made where none is given.
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub secret_file: Option<PathBuf>,
    /// What that file holds.
    #[arg(skip)]
    pub secret: Option<String>,
}

/// Which claims state what.
#[derive(Debug, Clone, clap::Args, Serialize, Deserialize)]
pub struct ClaimNames {
    /// The first name.
    #[arg(long, value_name = "CLAIM")]
    pub given_name: Option<String>,
    /// The last name.
    #[arg(long, value_name = "CLAIM")]
    pub family_name: Option<String>,
    /// The whole name.
    #[arg(long, value_name = "CLAIM")]
    pub full_name: Option<String>,
    /// The address; from another claim than email, it never counts as verified.
    #[arg(long, value_name = "CLAIM")]
    pub email: Option<String>,
    /// The language.
    #[arg(long, value_name = "CLAIM")]
    pub locale: Option<String>,
    /// The groups.
    #[arg(long, value_name = "CLAIM")]
    pub groups: Option<String>,
}

impl ClaimNames {
    /// Puts what is named over what is there.
    pub fn over(self, known: TypedMapping) -> TypedMapping {
        TypedMapping {
            given_name: self.given_name.unwrap_or(known.given_name),
            family_name: self.family_name.unwrap_or(known.family_name),
            full_name: self.full_name.unwrap_or(known.full_name),
            email: self.email.unwrap_or(known.email),
            locale: self.locale.unwrap_or(known.locale),
            groups: self.groups.unwrap_or(known.groups),
        }
    }
}

/// What is done with the key.
fn turn(word: &str) -> Result<Turn, String> {
    let known = [Turn::Next, Turn::Use, Turn::Drop].into_iter().find(|turn| turn.word() == word);
    known.ok_or_else(|| "one of next, use, drop".to_owned())
}

impl ProvidersCommand {
    /// The question to be asked first, if it destroys something.
    pub fn destroys(&self) -> Option<String> {
        match self {
            Self::Disable { key } => {
                Some(format!("Nobody can sign in by {key} any more, and everyone who did is signed out. Go on?"))
            }
            Self::TurnKey { key, turn: Turn::Use } => {
                Some(format!("The key by which {key} knows us now is gone; it has to know the next one. Go on?"))
            }
            Self::Remove { key, .. } => Some(format!("{key} is removed for good, with everything it opened. Go on?")),
            _ => None,
        }
    }

    /// Reads the secret: the server may not see the file.
    pub fn load(&mut self) -> anyhow::Result<()> {
        let (Self::Add { settings, .. } | Self::Set { settings, .. }) = self else { return Ok(()) };
        if let Some(file) = &settings.secret_file {
            settings.secret = Some(read(file)?);
        }
        Ok(())
    }
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let problem = |error| anyhow::anyhow!("{}: {error}", file.display());
    if file == Path::new("-") {
        std::io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(problem)?;
    } else {
        std::fs::File::open(file).map_err(problem)?.take(LONGEST).read_to_string(&mut text).map_err(problem)?;
    }
    Ok(text)
}

impl ProviderSettings {
    /// Puts what is named over what is there.
    pub fn over(self, mut typed: Typed) -> Typed {
        let Self { name, domains, shown, issuer, host, directory, server, realm, .. } = self;
        let Self { client_id, team_id, key_id, method, secret, .. } = self;
        for (field, value) in [
            (&mut typed.name, name),
            (&mut typed.domains, domains.map(|domains| domains.join("\n"))),
            (&mut typed.shown, shown),
            (&mut typed.issuer, issuer),
            (&mut typed.domain, host),
            (&mut typed.directory, directory),
            (&mut typed.server, server),
            (&mut typed.realm, realm),
            (&mut typed.client_id, client_id),
            (&mut typed.team_id, team_id),
            (&mut typed.key_id, key_id),
            (&mut typed.method, method),
        ] {
            if let Some(value) = value {
                *field = value;
            }
        }
        if let Some(secret) = secret {
            // Which of the two it is, preset and method know.
            typed.client_secret.clone_from(&secret);
            typed.private_key = secret;
        }
        typed
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: ProvidersCommand,
    }

    #[test]
    fn a_secret_comes_from_a_file_and_crosses_the_socket_without_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        std::fs::write(&file, "a secret\n").unwrap();
        let file = file.to_str().unwrap();
        let words =
            ["providers", "set", "contoso", "--secret-file", file, "--domain", "a.example", "--domain", "b.example"];
        let mut command = Line::try_parse_from(words).unwrap().command;
        command.load().unwrap();
        let sent = serde_json::to_string(&command).unwrap();
        assert!(!sent.contains(file));
        let ProvidersCommand::Set { settings, .. } = serde_json::from_str(&sent).unwrap() else { panic!("{sent}") };
        let before = Typed { name: "Contoso".to_owned(), issuer: "https://a.example".to_owned(), ..Typed::default() };
        let typed = settings.over(before);
        assert_eq!(
            (typed.name.as_str(), typed.issuer.as_str()),
            ("Contoso", "https://a.example"),
            "what is not named stays"
        );
        assert_eq!((typed.client_secret.as_str(), typed.domains.as_str()), ("a secret\n", "a.example\nb.example"));
        assert!(
            Line::try_parse_from(["providers", "add", "contoso", "--client-secret", "x"]).is_err(),
            "never an argument"
        );
    }
}
