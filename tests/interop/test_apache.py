"""A page behind Apache's mod_auth_openidc, which is told nothing but discovery, id, secret and redirect URI."""
import unittest
from urllib.parse import parse_qs, urlencode, urlsplit

from apache import Apache
from demo import ADMINISTRATOR, CA_FILE, CLIENT, ISSUER, LOCKED_OUT, MEMBER
from person import Person

HOME = f"{CLIENT.base_url}/"
FOR_ADMINISTRATORS = f"{CLIENT.base_url}/administrators/"
LOGOUT = f"{CLIENT.redirect_uri}?{urlencode({'logout': CLIENT.signed_out})}"
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


class ModAuthOpenidc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.apache = cls.enterClassContext(Apache())

    def test_it_asks_and_shows_the_page_with_the_claims(self):
        asked = visitor(self.apache).open(HOME, until=f"{ISSUER}/authorize").address
        self.assertEqual(parse_qs(urlsplit(asked).query)["code_challenge_method"], ["S256"])
        person = visitor(self.apache)
        page = person.sign_in(HOME)
        self.shows(page, HOME)
        said = dict(line.split("=", 1) for line in page.text.splitlines() if "=" in line)
        self.assertEqual(said["AUTH_TYPE"], "openid-connect")
        self.assertEqual(said["REMOTE_USER"], f"{said['OIDC_CLAIM_sub']}@{urlsplit(ISSUER).netloc}")
        told = {"iss": ISSUER, "aud": CLIENT.client_id, "email": ADMINISTRATOR["email"], "email_verified": "1",
                "name": ADMINISTRATOR["name"], "tenant": CLIENT.tenant, "roles": "administrator"}
        self.assertEqual({name: said[f"OIDC_CLAIM_{name}"] for name in told}, told)
        self.shows(person.open(HOME), HOME)  # unasked

    def test_a_role_in_the_tenant_opens_a_page_that_requires_it(self):
        self.shows(visitor(self.apache).sign_in(FOR_ADMINISTRATORS), FOR_ADMINISTRATORS)
        member = visitor(self.apache, MEMBER)
        self.shows(member.sign_in(HOME), HOME)
        self.assertEqual(member.open(FOR_ADMINISTRATORS).status, 401)

    def test_after_logout_it_asks_again(self):
        person = visitor(self.apache)
        self.shows(person.sign_in(HOME), HOME)
        page = person.open(LOGOUT)
        self.assertEqual((page.address, page.status), (CLIENT.signed_out, 200))
        # Not only Apache's session has ended: the identity server wants the e-mail address.
        self.asks(person.open(HOME))
        self.shows(person.sign_in(HOME), HOME)

    def test_whom_the_tenant_locked_out_does_not_get_in(self):
        page = visitor(self.apache, LOCKED_OUT).sign_in(HOME)
        self.assertTrue(page.address.startswith(ISSUER), page)
        self.assertIn('id="not-a-member"', page.html)

    def test_a_callback_in_another_browser_is_refused(self):
        person, thief = visitor(self.apache), visitor(self.apache)
        callback = person.sign_in(HOME, until=CLIENT.redirect_uri).address
        self.assertEqual(thief.open(callback).status, 400)
        self.asks(thief.open(HOME))
        self.shows(person.open(callback), HOME)

    def test_with_a_wrong_secret_nobody_gets_in(self):
        with Apache(secret="not the secret") as apache:
            person = visitor(apache)
            page = person.sign_in(HOME)
            self.assertTrue(page.address.startswith(CLIENT.redirect_uri), page)
            self.assertNotIn("Protected", page.text)
            self.assertNotIn("Protected", person.open(HOME).text)
            self.assertIn("invalid_client", apache.log())

    def test_an_authority_that_signed_nothing_here_is_not_trusted(self):
        with Apache(ca_file=PUBLIC_AUTHORITIES) as apache:
            self.assertEqual(visitor(apache).open(HOME).status, 500)
            self.assertIn("SSL certificate problem", apache.log())
        self.asks(visitor(self.apache).open(HOME))

    def shows(self, page, address):
        self.assertEqual((page.address, page.status), (address, 200), f"{page}")
        self.assertIn("Protected", page.text)

    def asks(self, page):
        self.assertTrue(page.address.startswith(f"{ISSUER}/login"), page)
        self.assertTrue(any("username" in form.fields for form in page.forms), page)


def visitor(apache, login=ADMINISTRATOR):
    return Person(login, CA_FILE, apache.elsewhere)


if __name__ == "__main__":
    unittest.main()
