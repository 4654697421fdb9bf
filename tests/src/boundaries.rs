//! Who may know whom (DESIGN §2), read from `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Our crates, with the crates of ours that each of them is built from (tests apart).
fn ours() -> BTreeMap<String, BTreeSet<String>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline", "--manifest-path", manifest];
    let output = Command::new(env!("CARGO")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    let all: BTreeSet<String> = packages.iter().map(name).collect();
    let built_from = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter();
        let built = dependencies.filter(|it| it["kind"] != "dev").map(name);
        built.filter(|name| all.contains(name)).collect::<BTreeSet<_>>()
    };
    packages.iter().map(|package| (name(package), built_from(package))).collect()
}

/// Everything that a crate is built from, through others too.
fn reaches(of: &str, graph: &BTreeMap<String, BTreeSet<String>>) -> BTreeSet<String> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![of.to_owned()]);
    while let Some(name) = next.pop() {
        for dependency in &graph[&name] {
            if seen.insert(dependency.clone()) {
                next.push(dependency.clone());
            }
        }
    }
    seen
}

#[test]
fn neither_side_knows_the_other() {
    let graph = ours();
    for (one, other) in [("identity", "tenant"), ("tenant", "identity")] {
        for name in graph.keys().filter(|name| name.starts_with(one)) {
            let known = reaches(name, &graph);
            assert!(known.iter().all(|known| !known.starts_with(other)), "{name} knows {known:?}");
        }
    }
    assert!(graph.contains_key("identity-server") && graph.contains_key("tenant-server"), "{:?}", graph.keys());
}

#[test]
fn every_crate_knows_what_lies_below_it_and_nothing_else() {
    // By hand, from DESIGN §2 and ARCHITECTURE.md: a crate may know those of lower floors only.
    const FLOORS: &[&[&str]] = &[
        &["ambient"],
        &["store", "jose", "outbound"],
        &["jobs", "relying-party", "evil-provider"],
        &["oidc", "audit", "mail", "webkit"],
        &["identity", "tenant", "inbox", "sample-app"],
        &["identity-server", "tenant-server"],
        &["latchkey"],
        &["acceptance"],
    ];
    let graph = ours();
    let floor = |name: &str| FLOORS.iter().position(|floor| floor.contains(&name));
    for (name, known) in &graph {
        let own =
            floor(name).unwrap_or_else(|| panic!("{name} has no floor: give it one, here and in ARCHITECTURE.md"));
        for other in known {
            assert!(floor(other).unwrap() < own, "{name} knows {other}");
        }
    }
}

#[test]
fn rules_know_no_http_and_products_know_no_demo() {
    let graph = ours();
    for rules in ["identity", "tenant", "oidc", "jose", "audit", "store", "mail", "jobs"] {
        let known = reaches(rules, &graph);
        assert!(!known.contains("webkit"), "{rules} knows pages");
        let manifest = format!("{}/../crates/{rules}/Cargo.toml", env!("CARGO_MANIFEST_DIR"));
        let manifest = std::fs::read_to_string(manifest).unwrap();
        let built = manifest.split("[dev-dependencies]").next().unwrap();
        // A mail has two forms, one of them HTML: `mail` alone may draw.
        let http = ["axum", "reqwest", "tower-http", "askama"];
        for http in http.into_iter().filter(|http| (rules, *http) != ("mail", "askama")) {
            assert!(!built.lines().any(|line| line.starts_with(http)), "{rules} is built from {http}");
        }
    }
    for product in ["identity-server", "tenant-server", "webkit"] {
        let known = reaches(product, &graph);
        assert!(!known.contains("inbox") && !known.contains("sample-app"), "{product} knows the demo");
    }
    for name in graph.keys().filter(|name| *name != "acceptance") {
        assert!(!reaches(name, &graph).contains("evil-provider"), "{name} is built from the tests' provider");
    }
}
