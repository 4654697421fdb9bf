use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;

use super::file::{Database, IdentityFile, IdentityOutbound, Listen, Log, Mail, Operations, Outbound, TenantFile};
use super::overlay::parse;
use super::{Config, IDENTITY_REFERENCE, TENANT_REFERENCE};

fn read<F: DeserializeOwned>(text: &str, variables: &[(&str, &str)]) -> Result<F, String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    parse(Path::new("latchkey.toml"), text, variables).map_err(|problem| problem.to_string())
}

/// Every key, those without a default too.
fn complete(reference: &str) -> String {
    reference.replace("\n#: ", "\n")
}

/// The keys that a type knows, as its refusal of another one lists them.
fn known<F: DeserializeOwned>() -> BTreeSet<String> {
    let refusal = read::<F>("no_such_key = 1", &[]).err().unwrap();
    refusal.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn keys(table: &toml::Table) -> BTreeSet<String> {
    table.keys().cloned().collect()
}

#[test]
fn the_printed_references_are_complete_and_can_be_read() {
    read::<IdentityFile>(IDENTITY_REFERENCE, &[]).unwrap();
    read::<TenantFile>(TENANT_REFERENCE, &[]).unwrap();
    for (reference, top, outbound) in [
        (IDENTITY_REFERENCE, known::<IdentityFile>(), known::<IdentityOutbound>()),
        (TENANT_REFERENCE, known::<TenantFile>(), known::<Outbound>()),
    ] {
        let tables: toml::Table = complete(reference).parse().unwrap();
        assert_eq!(keys(&tables), top);
        let tables_of_keys = [
            ("listen", known::<Listen>()),
            ("operations", known::<Operations>()),
            ("log", known::<Log>()),
            ("database", known::<Database>()),
            ("mail", known::<Mail>()),
            ("outbound", outbound),
        ];
        for (table, expected) in tables_of_keys {
            assert_eq!(keys(tables[table].as_table().unwrap()), expected, "[{table}]");
        }
    }
    read::<IdentityFile>(&complete(IDENTITY_REFERENCE), &[]).unwrap();
    read::<TenantFile>(&complete(TENANT_REFERENCE), &[]).unwrap();
}

#[test]
fn the_references_show_the_defaults() {
    let minimal = "issuer = \"https://id.example.com\"\n[database]\nurl = \"sqlite:data/identity.db\"\n[mail]\n\
                   relay = \"smtps://mailer@mail.example.com\"\nsender = \"no-reply@example.com\"";
    let of = |text: &str| format!("{:?}", read::<IdentityFile>(text, &[]).unwrap());
    assert_eq!(of(minimal), of(IDENTITY_REFERENCE));
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_what_there_is() {
    let text = IDENTITY_REFERENCE.replace("connections = 16", "conections = 16");
    let line = text.lines().position(|line| line.starts_with("conections")).unwrap() + 1;
    let refusal = read::<IdentityFile>(&text, &[]).err().unwrap();
    assert_eq!(refusal, format!("latchkey.toml:{line}:1: unknown field `conections`, expected `url` or `connections`"));
}

#[test]
fn wrong_values_and_wrong_toml_are_refused_with_their_line() {
    for (wrong, reason) in [
        ("address = \"localhost\"", "socket address"),
        ("trusted_proxies = [\"10.0.0.0/40\"]", "no network"),
        ("address = ", "value"),
    ] {
        let text = format!("issuer = \"https://id.example\"\n[listen]\n{wrong}\n");
        let refusal = read::<IdentityFile>(&text, &[]).err().unwrap();
        assert!(refusal.starts_with("latchkey.toml:3:") && refusal.contains(reason), "{refusal}");
    }
    let missing = read::<IdentityFile>("product = \"x\"", &[]).err().unwrap();
    assert!(missing.contains("missing field `issuer`"), "{missing}");
}

#[test]
fn pp_13_an_operators_own_blueprints_are_read_and_refused_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("tenant.toml");
    let library = tenant::blueprint::Blueprint::text("asset-library").unwrap();
    let write = |file: &str, name: &str, span: &str| {
        let text = library.replacen("name = \"asset-library\"", &format!("name = \"{name}\""), 1);
        fs::write(folder.path().join(file), text.replacen("reactivate_within = \"30d\"", span, 1)).unwrap();
    };
    let read = |files: &str| {
        fs::write(&config, TENANT_REFERENCE.replacen("blueprints = []", &format!("blueprints = {files}"), 1)).unwrap();
        Config::<TenantFile>::read(&config)?.blueprints()
    };
    assert!(read("[]").unwrap().is_empty());
    write("week.toml", "week", "reactivate_within = \"7d\"");
    fs::create_dir(folder.path().join("kinds")).unwrap();
    write("kinds/day.toml", "day", "reactivate_within = \"1d\"");
    let own = read("[\"week.toml\", \"kinds/day.toml\"]").unwrap();
    let days = |at: usize| own[at].lifecycle.reactivate_within.unwrap().0.as_secs() / 86_400;
    assert_eq!((own[0].name.as_str(), days(0), own[1].name.as_str(), days(1)), ("week", 7, "day", 1));

    write("slip.toml", "slip", "reactivate_within = \"7 days\"");
    write("typo.toml", "typo", "reactivate_wihtin = \"7d\"");
    write("shipped.toml", "asset-library", "");
    write("again.toml", "week", "");
    for (files, expected) in [
        ("[\"none.toml\"]", "none.toml: No such file"),
        ("[\"slip.toml\"]", "slip.toml:13: `7 days` is no length of time"),
        ("[\"typo.toml\"]", "typo.toml:13: unknown field `reactivate_wihtin`"),
        ("[\"shipped.toml\"]", "shipped.toml:2: name: a blueprint \"asset-library\" ships already"),
        ("[\"week.toml\", \"again.toml\"]", "again.toml:2: name: another file has a blueprint \"week\" too"),
    ] {
        let refused = read(files).unwrap_err().to_string();
        assert!(refused.starts_with(&format!("{}: blueprints: ", config.display())), "{refused}");
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn environment_variables_lie_above_the_file_and_are_named_when_wrong() {
    let file: IdentityFile = read(
        IDENTITY_REFERENCE,
        &[
            ("LATCHKEY__DATABASE__URL", "postgres://u:p@db/x"),
            ("LATCHKEY__DATABASE__CONNECTIONS", "4"),
            ("LATCHKEY__OPERATIONS__ADDRESS", "127.0.0.1:1"),
            ("LATCHKEY__LISTEN__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
            ("LATCHKEY__PRODUCT", "Acme ID"),
        ],
    )
    .unwrap();
    assert_eq!(file.database.url, "postgres://u:p@db/x");
    assert_eq!((file.database.connections, file.listen.trusted_proxies.len()), (4, 1));
    assert_eq!((file.product.as_str(), file.operations.address.is_some()), ("Acme ID", true));

    let refusal = read::<IdentityFile>(IDENTITY_REFERENCE, &[("LATCHKEY__DATABASE__CONNECTIONS", "many")]);
    let refusal = refusal.err().unwrap();
    assert!(refusal.starts_with("environment variable LATCHKEY__DATABASE__CONNECTIONS: "), "{refusal}");
    let refusal = read::<IdentityFile>(IDENTITY_REFERENCE, &[("LATCHKEY__DATABSE__URL", "x")]).err().unwrap();
    assert!(refusal.starts_with("environment variable LATCHKEY__DATABSE__URL: unknown field"), "{refusal}");
}
