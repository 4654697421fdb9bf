use std::fmt::Write as _;
use std::io::{self, Write as _};

use super::cast::DIRECTORY_NAME;
use super::document::Document;
use super::folder::Folder;

/// Prints where everything is and who can sign in.
pub fn print(document: &Document, folder: &Folder) -> io::Result<()> {
    let mut rows: Vec<(String, String)> = vec![("Identity server".to_owned(), document.identity.base_url.clone())];
    rows.extend(document.tenants.iter().map(|tenant| (tenant.name.to_owned(), tenant.base_url.clone())));
    rows.extend(
        document.applications.iter().map(|application| (application.name.to_owned(), application.base_url.clone())),
    );
    rows.push((
        DIRECTORY_NAME.to_owned(),
        document.providers.first().map_or_else(String::new, |it| it.base_url.clone()),
    ));
    rows.push(("Mail inbox".to_owned(), document.inbox.base_url.clone()));

    let mut text = String::from("\nLatchkey is running. Open a door in your browser:\n\n");
    for (name, address) in rows {
        let _infallible = writeln!(text, "  {name:<18}{address}");
    }
    text.push_str("\nPeople (or sign up yourself; mails arrive in the inbox):\n\n");
    let mut line = |name: &str, email: &str, password: &str, what: &str| {
        let _infallible = writeln!(text, "  {name:<16}{email:<30}{password:<24}{what}");
    };
    let admin = &document.identity.admin;
    line(&admin.name, admin.email, admin.password, "runs the platform");
    for person in &document.people {
        let states: Vec<String> =
            person.tenants.iter().map(|(slug, state)| format!("{slug}: {}", state.word().replace('_', " "))).collect();
        let runs = document.tenants.iter().any(|tenant| tenant.admins.iter().any(|admin| admin.email == person.email));
        let what = if runs { format!("{} (administrator)", states.join(", ")) } else { states.join(", ") };
        line(&person.name, person.email, person.password, &what);
    }
    text.push_str("\nIn the company directory (its passwords open it, and through it what it is linked with):\n\n");
    for person in &document.directory {
        let _infallible = writeln!(text, "  {:<16}{:<30}{}", person.name, person.email, person.password);
    }
    let _infallible = writeln!(
        text,
        "\nThe same for scripts: {}\nCtrl-C stops it; the next start goes on where it was, --fresh begins anew.\n",
        folder.path("demo.json").display()
    );
    say(&text)
}

/// One text to the terminal.
pub fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}
