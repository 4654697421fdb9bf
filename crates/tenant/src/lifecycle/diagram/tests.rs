use super::*;
use crate::blueprint::Blueprint;

fn rules_of(blueprint: &str) -> LifecycleRules {
    Blueprint::shipped(blueprint).unwrap().lifecycle
}

fn ways(axis: Axis, rules: &LifecycleRules) -> Vec<String> {
    let of = |place: Place| {
        let from = place.word;
        place.ways.into_iter().map(move |(happening, to)| format!("{from} {} {to}", happening.word()))
    };
    diagram(axis, rules).into_iter().flat_map(of).collect()
}

#[test]
fn pp_26_the_diagram_has_the_tables_steps() {
    let library = rules_of("asset-library");
    assert_eq!(
        ways(Axis::Locked, &library),
        ["not_locked lock locked", "not_locked ask_deletion locked", "locked unlock not_locked"]
    );
    assert_eq!(
        ways(Axis::Lifecycle, &library),
        [
            "active suspend suspended",
            "active delete deleted",
            "suspended resume active",
            "suspended delete deleted",
            "deleted reactivate active",
            "deleted purge purged",
            "purged accept active",
            "purged request active",
            "purged return active",
        ]
    );
    assert!(ways(Axis::Authorization, &library).contains(&"user_deletion keep reviewed".to_owned()));
}

#[test]
fn pp_26_a_blueprint_without_a_step_has_no_arrow_for_it() {
    let studio = rules_of("gallery-studio");
    let all: Vec<String> = Axis::ALL.iter().flat_map(|axis| ways(*axis, &studio)).collect();
    for gone in ["ask_deletion", "suspend "] {
        assert!(!all.iter().any(|way| way.contains(gone)), "{gone}: {all:?}");
    }
    assert!(all.contains(&"active delete purged".to_owned()), "for good at once: {all:?}");
    // Where nobody comes, nothing is drawn.
    let unreached = |rules: &LifecycleRules| -> Vec<&str> {
        let places = Axis::ALL.iter().flat_map(|axis| diagram(*axis, rules));
        places.filter(|place| !place.is_reached).map(|place| place.word).collect()
    };
    assert_eq!(unreached(&studio), ["user_deletion", "suspended", "deleted"]);
    assert_eq!(unreached(&rules_of("asset-library")), [""; 0]);
}

#[test]
fn pp_26_the_document_is_drawn_from_the_table() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/member-lifecycle.md");
    let written = std::fs::read_to_string(file).unwrap_or_default();
    let drawn = document();
    if std::env::var_os("WRITE_DOCS").is_some() {
        std::fs::write(file, &drawn).unwrap();
    } else {
        assert_eq!(written, drawn, "`WRITE_DOCS=1 cargo test -p tenant pp_26` writes it anew");
    }
}

fn document() -> String {
    let mut text = "# A member's life\n\n\
        Every member stands somewhere on three axes. These diagrams are drawn from the table of steps\n\
        (`crates/tenant/src/lifecycle/transition.rs`) with every rule of a blueprint switched on; a test compares them. A\n\
        tenant shows its own at `/members/states`, by the words of its blueprint (`[lifecycle.labels]`) where that has any of its own; files and\n\
        the API keep these keys.\n"
        .to_owned();
    let rules = rules_of("asset-library");
    for axis in Axis::ALL {
        text.push_str(&format!("\n## {}\n\n```mermaid\nstateDiagram-v2\n", axis.word()));
        for place in diagram(*axis, &rules) {
            text.push_str(&format!("    {}\n", place.word));
            for (happening, to) in place.ways {
                text.push_str(&format!("    {} --> {to}: {}\n", place.word, happening.word().replace('_', " ")));
            }
        }
        text.push_str("```\n");
    }
    text
}
