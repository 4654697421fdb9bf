use super::*;

#[test]
fn oa_05_nothing_but_the_registered_bytes_match() {
    let registered = "https://rp.test/app/cb";
    assert!(matches(registered, registered, false), "the control");
    for attack in [
        "",
        "https://rp.test/app",
        "https://rp.test/app/",
        "https://rp.test/app/cb/",
        "https://rp.test/app/cb/evil",
        "https://rp.test/app/cb2",
        "https://rp.test/app/cb?",
        "https://rp.test/app/cb?x=1",
        "https://rp.test/app/cb#",
        "https://rp.test/app/cb#x",
        "https://rp.test/app/../app/cb",
        "https://rp.test/app/..;/app/cb",
        "https://rp.test/app//cb",
        "https://rp.test//app/cb",
        "https://rp.test/app/%2e/cb",
        "https://rp.test/app/%63b",
        "https://rp.test/app\\cb",
        "https:\\\\rp.test\\app\\cb",
        "https://rp.test\\@evil.test/app/cb",
        "https://evil.test\\@rp.test/app/cb",
        "https://rp.test@evil.test/app/cb",
        "https://a@b@rp.test/app/cb",
        "https://user:pw@rp.test/app/cb",
        "https://rp.test:443/app/cb",
        "https://rp.test:8443/app/cb",
        "https://rp.test./app/cb",
        "https://RP.test/app/cb",
        "HTTPS://rp.test/app/cb",
        "https://rp.test/APP/cb",
        "http://rp.test/app/cb",
        "//rp.test/app/cb",
        "/app/cb",
        " https://rp.test/app/cb",
        "https://rp.test/app/cb ",
        "https://rp.test/app/cb\n",
        "https://rp.test/\tapp/cb",
        "https://rp.test.evil.test/app/cb",
        "https://evil.test/https://rp.test/app/cb",
        "https://rp.tеst/app/cb",
        "javascript:alert(1)//https://rp.test/app/cb",
        "data:text/html,https://rp.test/app/cb",
    ] {
        for native in [false, true] {
            assert!(!matches(registered, attack, native), "{attack}");
        }
    }
    let with_query = "https://rp.test/cb?flow=1";
    assert!(matches(with_query, with_query, false));
    for attack in ["https://rp.test/cb", "https://rp.test/cb?flow=2", "https://rp.test/cb?flow=1&flow=1"] {
        assert!(!matches(with_query, attack, false), "{attack}");
    }
}

#[test]
fn oa_05_only_the_port_of_a_loopback_address_varies_and_only_for_native_clients() {
    for (registered, given) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:53211/cb"),
        ("http://127.0.0.1:1/cb", "http://127.0.0.1:2/cb"),
        ("http://127.0.0.1:1/cb?x=1", "http://127.0.0.1/cb?x=1"),
        ("http://127.0.0.1", "http://127.0.0.1:8080"),
        ("http://[::1]/cb", "http://[::1]:8080/cb"),
    ] {
        assert!(matches(registered, given, true), "{registered} {given}");
        assert!(!matches(registered, given, false), "{registered} {given}");
    }
    let registered = "http://127.0.0.1/cb";
    for attack in [
        "http://127.0.0.1:8080/cb2",
        "http://127.0.0.1:8080/cb?x=1",
        "http://127.0.0.1:8080/cb#x",
        "http://127.0.0.1:8080@evil.test/cb",
        "http://127.0.0.1:80:80/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:8080\\cb",
        "http://127.0.0.1.evil.test/cb",
        "http://127.0.0.10/cb",
        "http://127.0.0.2:8080/cb",
        "http://localhost:8080/cb",
        "http://localhost.evil.test/cb",
        "http://[::1]:8080/cb",
        "https://127.0.0.1:8080/cb",
    ] {
        assert!(!matches(registered, attack, true), "{attack}");
    }
    let other_host = "http://127.0.0.1@evil.test/cb";
    assert!(!matches(other_host, "http://127.0.0.1:80@evil.test/cb", true), "an address that merely begins like one");
    assert!(!matches("http://localhost/cb", "http://localhost:8080/cb", true), "RFC 8252 §8.3: addresses only");
    assert!(!matches("https://rp.test/cb", "https://rp.test:8080/cb", true));
}

#[test]
fn what_may_be_registered() {
    for uri in [
        "https://rp.test",
        "https://rp.test/",
        "https://rp.test/cb?flow=1&x=%2e",
        "https://rp.test:8443/a/b.c/...d/cb",
        "https://rp.test/cb?back=user@rp.test/../x",
        "https://[2001:db8::1]:8443/cb",
        "http://localhost:8080/cb",
        "http://acme.localhost:8080/cb",
        "http://127.0.0.1/cb",
        "http://127.0.0.2:8401/auth/callback",
        "http://[::1]:5000/cb",
    ] {
        for native in [false, true] {
            assert_eq!(acceptable_for_registration(uri, native), Ok(()), "{uri}");
        }
    }
    assert_eq!(acceptable_for_registration("com.example.app:/cb", true), Ok(()));
    assert_eq!(acceptable_for_registration("com.example.app:/cb", false), Err(Unacceptable::Scheme));
}

#[test]
fn oa_05_what_may_not_be_registered() {
    use Unacceptable::{Characters, DotSegments, Fragment, Host, Relative, Scheme, Userinfo};
    for (uri, why) in [
        ("", Relative),
        ("/cb", Relative),
        ("//rp.test/cb", Relative),
        ("rp.test/cb", Relative),
        ("https://rp.test/cb#", Fragment),
        ("https://rp.test/cb#x", Fragment),
        ("https://user@rp.test/cb", Userinfo),
        ("https://user:pw@rp.test/cb", Userinfo),
        ("https://a@b@rp.test/cb", Userinfo),
        ("https://@rp.test/cb", Userinfo),
        ("https:rp.test/cb", Host),
        ("https:/rp.test/cb", Host),
        ("https:///rp.test/cb", Host),
        ("https://", Host),
        ("https://?x", Host),
        ("https://rp.test:99999/cb", Host),
        ("https://rp%2etest/cb", Host),
        ("https://*.rp.test/cb", Host),
        ("https://rp.test/a/../cb", DotSegments),
        ("https://rp.test/./cb", DotSegments),
        ("https://rp.test/a/%2E%2e/cb", DotSegments),
        ("https://rp.test/a/.%2e/cb", DotSegments),
        ("https://rp.test/a/..;/cb", DotSegments),
        ("https://rp.test/..", DotSegments),
        ("https://rp.test\\cb", Characters),
        ("https://rp.test/c b", Characters),
        ("https://rp.test/cb\n", Characters),
        ("https://rp.tеst/cb", Characters),
        ("https://rp.test/<script>", Characters),
        ("http://rp.test/cb", Scheme),
        ("http://localhost.evil.test/cb", Scheme),
        ("http://evillocalhost/cb", Scheme),
        ("http://127.0.0.1.evil.test/cb", Scheme),
        ("http://2130706433/cb", Scheme),
        ("http://127.1/cb", Scheme),
        ("http://10.0.0.1/cb", Scheme),
        ("HTTPS://rp.test/cb", Scheme),
        ("javascript:alert(1)", Scheme),
        ("JavaScript:alert(1)", Scheme),
        ("data:text/html,x", Scheme),
        ("vbscript:x", Scheme),
        ("file:///etc/passwd", Scheme),
        ("blob:https://rp.test/x", Scheme),
        ("about:blank", Scheme),
        ("ftp://rp.test/cb", Scheme),
        ("myapp:/cb", Scheme),
    ] {
        for native in [false, true] {
            assert_eq!(acceptable_for_registration(uri, native), Err(why), "{uri}");
        }
    }
}
