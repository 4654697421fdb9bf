use super::*;

const SMALL: &str = include_str!("../../blueprints/gallery-studio.toml");

fn refused(from: &str, to: &str) -> String {
    let text = SMALL.replacen(from, to, 1);
    assert_ne!(text, SMALL, "nothing was replaced");
    Blueprint::parse("studio.toml", &text).unwrap_err().to_string()
}

#[test]
fn every_shipped_blueprint_is_sound_and_has_its_files_name() {
    for (name, _) in SHIPPED {
        assert_eq!(Blueprint::shipped(name).unwrap().name, name);
    }
    let unknown = Blueprint::shipped("zoo").unwrap_err().to_string();
    assert_eq!(unknown, "there is no blueprint \"zoo\"; there are: asset-library, gallery-studio");
}

#[test]
fn a_damaged_blueprint_is_refused_with_file_line_and_key() {
    let cases = [
        ("entry = \"to_review\"", "entry = \"maybe\"", "studio.toml:6: unknown variant `maybe`"),
        ("ask_again_after = \"3d\"", "ask_again_after = \"3w\"", "studio.toml:7: `3w` is no length of time"),
        ("ask_again_after", "ask_agian_after", "studio.toml:7: unknown field `ask_agian_after`"),
        ("key = \"ftp.use\"", "key = \"FTP!\"", "permission.key: keys are lower-case"),
        ("key = \"ftp.use\"", "key = \"galleries.view\"", "twice"),
        ("key = \"ftp.use\"", "key = \"ftp.used\"", "role owner: permissions: `ftp.use` is not in the catalogue"),
        ("key = \"members.manage\"", "key = \"team.manage\"", "the catalogue must contain `members.manage`"),
        ("key = \"member-writing\"", "key = \"member\"", "there are two roles of this key"),
        (", \"members.review\", ", ", ", "no role may review requests"),
        (
            "[lifecycle]",
            "[newcomers]\nprovider = \"studio.corp\"\n[lifecycle]",
            "no key of one of the platform's providers",
        ),
        (
            "permissions = [\"account.settings\"]",
            "permissions = [\"account.settings\", \"providers.manage\"]",
            "role settings: permissions: `providers.manage` goes with",
        ),
    ];
    for (from, to, expected) in cases {
        let error = refused(from, to);
        assert!(error.starts_with("studio.toml:") && error.contains(expected), "{from} → {to}: {error}");
    }
}

#[test]
fn operators_bring_blueprints_along_and_each_name_means_one() {
    let called = |name: &str| (format!("{name}.toml"), SMALL.replacen("\"gallery-studio\"", &format!("\"{name}\""), 1));
    let own = Blueprint::own(&[called("zoo"), called("member")]).unwrap();
    assert_eq!(own.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["zoo", "member"]);
    let (file, text) = called("member");
    for (files, expected) in [
        (vec![called("gallery-studio")], "gallery-studio.toml:2: name: a blueprint \"gallery-studio\" ships already"),
        (vec![called("member"), ("b.toml".to_owned(), text.clone())], "b.toml:2: name: another file has a blueprint"),
        (vec![(file, text.replacen("\"providers.manage\", \"tenant.settings\", ", "", 1))], "no role runs the tenant"),
        (
            vec![("c.toml".to_owned(), text.replacen("deletion_mail = true", "deletion_mial = true", 1))],
            "c.toml:12: unknown",
        ),
    ] {
        let refused = Blueprint::own(&files).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
}

#[test]
fn pd_matrix_the_two_rights_of_team_members_are_independent() {
    let studio = Blueprint::shipped("gallery-studio").unwrap();
    let may = |role: &str, permission: &str| studio.role(role).unwrap().permissions.contains(permission);
    for (role, write, settings, team) in [
        ("owner", true, true, true),
        ("member-writing", true, false, false),
        ("member", false, false, false),
        ("settings", false, true, false),
    ] {
        assert_eq!(may(role, "galleries.write"), write, "{role}");
        assert_eq!(may(role, "account.settings"), settings, "{role}");
        assert_eq!(may(role, "members.review"), team, "{role}");
        assert_eq!(may(role, "billing.manage"), team, "{role}");
    }
}

#[test]
fn pp_26_a_blueprint_names_states_of_every_axis_and_nothing_else() {
    let text = include_str!("../../blueprints/asset-library.toml");
    let with = |key: &str| {
        text.replacen("[lifecycle.labels]\n", &format!("[lifecycle.labels]\n{key} = {{ en = \"A\", de = \"B\" }}\n"), 1)
    };
    for key in ["active", "locked", "reviewed", "user_deletion", "purged", "to_review"] {
        let blueprint = Blueprint::parse("asset-library.toml", &with(key)).unwrap();
        assert!(blueprint.lifecycle.labels[key].is("b") && !blueprint.lifecycle.labels[key].is("c"), "{key}");
    }
    for key in ["removed", "not_deleted", "Locked"] {
        let refused = Blueprint::parse("asset-library.toml", &with(key)).unwrap_err().to_string();
        assert!(refused.contains(&format!("there is no state `{key}`")), "{refused}");
    }
}

#[test]
fn pp_18_roles_alone_decide_what_a_member_counts_as() {
    let blueprint = Blueprint::shipped("asset-library").unwrap();
    for (roles, class) in [
        (&[][..], SeatClass::Regular),
        (&["viewer"], SeatClass::Regular),
        (&["viewer", "supplier", "support"], SeatClass::Regular),
        (&["editor"], SeatClass::Core),
        (&["viewer", "administrator"], SeatClass::Core),
        (&["of-an-older-blueprint"], SeatClass::Regular),
    ] {
        assert_eq!(blueprint.seat_class(roles.iter().copied()), class, "{roles:?}");
    }
}

#[test]
fn pp_25_one_role_at_most_is_the_role_of_support_users() {
    let text = include_str!("../../blueprints/asset-library.toml");
    let blueprint = Blueprint::parse("asset-library.toml", text).unwrap();
    assert_eq!(blueprint.support().map(|role| role.key.as_str()), Some("support"));
    let twice = text.replacen("key = \"viewer\"\n", "key = \"viewer\"\nsupport = true\n", 1);
    let refused = Blueprint::parse("asset-library.toml", &twice).unwrap_err().to_string();
    assert!(refused.contains("one role at most"), "{refused}");
}

#[test]
fn pp_16_the_library_ships_its_profile_fields_and_a_blueprint_cannot_take_the_accounts_own() {
    let library = Blueprint::shipped("asset-library").unwrap();
    let keys: Vec<&str> = library.fields.iter().map(|field| field.key.as_str()).collect();
    let expected = ["telephone", "company", "department", "address", "alternative_address", "zip", "city", "country"];
    assert_eq!(keys, expected);
    assert!(library.fields.iter().all(|field| !field.required));
    let text = include_str!("../../blueprints/asset-library.toml");
    for (from, to, expected) in [
        ("key = \"zip\"", "key = \"city\"", "two fields of this key"),
        ("key = \"zip\"", "key = \"email\"", "comes from the account"),
        ("key = \"zip\"", "key = \"Zip code\"", "field.key: keys are lower-case"),
        ("longest = 20", "longest = 1001", "1 to 1000 characters"),
        ("longest = 20", "longest = 0", "1 to 1000 characters"),
        ("longest = 20", "most = 20", "unknown field `most`"),
    ] {
        let damaged = text.replacen(from, to, 1);
        assert_ne!(damaged, text, "{from}");
        let refused = Blueprint::parse("asset-library.toml", &damaged).unwrap_err().to_string();
        assert!(refused.contains(expected), "{refused}");
    }
    let field = |n| format!("\n[[field]]\nkey = \"f{n}\"\nlabel = {{ en = \"F\", de = \"F\" }}\n");
    let with = |n: usize| format!("{text}{}", (expected.len()..n).map(field).collect::<String>());
    assert_eq!(Blueprint::parse("many.toml", &with(MOST_FIELDS)).unwrap().fields.len(), MOST_FIELDS);
    assert!(Blueprint::parse("many.toml", &with(MOST_FIELDS + 1)).unwrap_err().to_string().contains("more than 30"));
}
