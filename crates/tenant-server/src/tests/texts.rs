/// The files of one language and of the other.
macro_rules! texts {
    ($($name:literal),*) => {
        [$((
            include_str!(concat!("../../locales/en/", $name, ".ftl")),
            include_str!(concat!("../../locales/de/", $name, ".ftl")),
        )),*]
    };
}

const TEXTS: [(&str, &str); 11] = texts![
    "tenant",
    "deeds",
    "fields",
    "groups",
    "help",
    "imports",
    "leaving",
    "providers",
    "records",
    "states",
    "terms"
];

#[test]
fn both_languages_have_the_same_messages() {
    for (english, german) in TEXTS {
        webkit::assert_same_keys(english, german);
    }
}

/// Every key that a template or a source file names exists.
#[test]
fn every_text_that_is_named_exists() {
    let own = TEXTS.iter().flat_map(|(english, _)| english.lines());
    let known: Vec<&str> = own
        .chain(include_str!("../../../webkit/locales/en/webkit.ftl").lines())
        .chain(include_str!("../../../webkit/locales/en/providers.ftl").lines())
        .filter_map(|line| line.split_once(" =").map(|(key, _)| key))
        .collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/tenant");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for call in ["visit.t(\"", "visit.t_with(\""] {
            for after in text.split(call).skip(1) {
                let key = after.split('"').next().unwrap();
                assert!(known.contains(&key), "{}: {key}", path.display());
            }
        }
        assert!(!text.contains("style=") && !text.contains("onclick"), "{}: nothing inline", path.display());
    }
    for (action, _, key) in crate::pages::timeline::ACTIONS {
        assert!(known.contains(key), "{action}: {key}");
    }
    for closed in tenant::access::Closed::ALL {
        for part in ["title", "detail"] {
            assert!(known.contains(&format!("closed-{}-{part}", closed.word()).as_str()), "{}", closed.word());
        }
    }
    for (why, key) in crate::pages::audit_login::REASONS {
        assert!(known.contains(key), "{why}: {key}");
    }
    for outcome in tenant::batches::Outcome::OWN {
        assert!(known.contains(&format!("outcome-{}", outcome.word()).as_str()), "{}", outcome.word());
    }
    for rest in tenant::groups::Rest::ALL {
        assert!(known.contains(&format!("group-rests-{}", rest.word()).as_str()), "{}", rest.word());
    }
    for fault in tenant::batches::MatchFault::ALL {
        assert!(known.contains(&format!("subjects-{}", fault.word()).as_str()), "{}", fault.word());
    }
    for refusal in tenant::lifecycle::Refusal::ALL {
        for kind in ["refusal", "outcome"] {
            assert!(known.contains(&format!("{kind}-{}", refusal.word()).as_str()), "{kind}-{}", refusal.word());
        }
    }
    for (axis, words) in [
        ("job-state", tenant::batches::BatchState::ALL.iter().map(|it| it.word()).collect::<Vec<_>>()),
        ("import-state", tenant::imports::ImportState::ALL.iter().map(|it| it.word()).collect()),
        ("import-will", tenant::imports::Standing::ALL.iter().map(|it| it.word()).collect()),
        ("import-was", tenant::imports::Standing::ALL.iter().map(|it| it.word()).collect()),
        ("ledger", tenant::invitations::Progress::ALL.iter().map(|it| it.word()).collect()),
        ("import-file", tenant::imports::FileFault::ALL.iter().map(|it| it.word()).collect()),
        ("reopen-will", tenant::imports::Reopening::ALL.iter().map(|it| it.word()).collect()),
        ("reopen-was", tenant::imports::Reopening::ALL.iter().map(|it| it.word()).collect()),
        ("reopen-left", tenant::imports::Reopening::ALL.iter().map(|it| it.word()).collect()),
        ("trouble", tenant::imports::Trouble::ALL.iter().map(|it| it.word()).collect()),
        ("authorization", tenant::members::Authorization::ALL.iter().map(|it| it.word()).collect::<Vec<_>>()),
        ("state", tenant::members::MemberState::ALL.iter().map(|it| it.word()).collect()),
        ("step", tenant::lifecycle::Happening::ALL.iter().map(|it| it.word()).collect()),
        ("axis", tenant::lifecycle::Axis::ALL.iter().map(|it| it.word()).collect()),
        ("lifecycle", tenant::members::Lifecycle::ALL.iter().map(|it| it.word()).collect()),
        ("lifecycle", tenant::members::Stage::ALL.iter().map(|it| it.word()).collect()),
    ] {
        for word in words {
            assert!(known.contains(&format!("{axis}-{word}").as_str()), "{axis}-{word}");
        }
    }
}
