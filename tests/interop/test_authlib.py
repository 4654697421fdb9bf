"""Authlib as a web application uses it: its registry of clients, told nothing but discovery, id, secret and redirect URI.

Authlib makes state, nonce and PKCE's verifier, exchanges the code, and reads ID tokens (by its own joserfc). What a web
framework would add is `Application`: a session, and the two addresses."""
import unittest
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.integrations.base_client import BaseApp, BaseOAuth, FrameworkIntegration, MismatchingStateError
from authlib.integrations.base_client import OAuth2Mixin, OAuthError, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import BadSignatureError, InvalidClaimError
from requests.exceptions import HTTPError, SSLError

from demo import ADMINISTRATOR, CA_FILE, CLIENT, DISCOVERY, ISSUER, LOCKED_OUT, SCOPE
from person import Person


class RemoteApp(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session


class Framework(FrameworkIntegration):
    @staticmethod
    def load_config(oauth, name, params):
        return {}


class OAuth(BaseOAuth):
    oauth2_client_cls = RemoteApp
    framework_integration_cls = Framework


class Application:
    """Follows Authlib's integrations of web frameworks, one session long."""

    def __init__(self, secret=CLIENT.client_secret, ca_file=str(CA_FILE)):
        # Without trust_env, requests would prefer REQUESTS_CA_BUNDLE to what is said here.
        self.remote = OAuth().register(
            "latchkey", client_id=CLIENT.client_id, client_secret=secret, server_metadata_url=DISCOVERY,
            client_kwargs={"scope": SCOPE, "code_challenge_method": "S256", "verify": ca_file, "trust_env": False})
        self.session = {}

    def login(self, **asked):
        """The address to which it sends a browser."""
        request = self.remote.create_authorization_url(CLIENT.redirect_uri, **asked)
        self.remote.framework.set_state_data(self.session, request["state"], request | {"redirect_uri": CLIENT.redirect_uri})
        return request["url"]

    def callback(self, address, forget=True):
        """What it makes of the browser's return."""
        answer = query(address)
        if "error" in answer:
            raise OAuthError(answer["error"], answer.get("error_description"))
        state = self.remote.framework.get_state_data(self.session, answer.get("state"))
        if forget:
            self.remote.framework.clear_state_data(self.session, answer.get("state"))
        # Refuses a state that is not of this session.
        token = self.remote.fetch_access_token(**self.remote._format_state_params(state, {"code": answer["code"]}))
        return token | {"claims": self.remote.parse_id_token(token, nonce=state["nonce"])}

    def remembered(self):
        """The pending login in its session."""
        (kept,) = self.session.values()
        return kept["data"]


def query(address):
    return dict(parse_qsl(urlsplit(address).query))


def administrator():
    return Person(ADMINISTRATOR, CA_FILE)


def come_back(application, person, **asked):
    """A whole login in a browser, up to the address that comes back to the application."""
    page = person.sign_in(application.login(**asked), until=CLIENT.redirect_uri)
    assert page.address.startswith(CLIENT.redirect_uri), f"it ended on {page}"
    return page.address


class Authlib(unittest.TestCase):
    def test_a_login_from_discovery_to_userinfo(self):
        application = Application()
        address = application.login()
        asked = query(address)
        self.assertTrue(address.startswith(ISSUER))
        self.assertEqual(asked["code_challenge_method"], "S256")
        self.assertGreaterEqual(len(asked["code_challenge"]), 43)
        page = administrator().sign_in(address, until=CLIENT.redirect_uri)
        token = application.callback(page.address)
        claims = token["claims"]
        self.assertEqual((claims["iss"], claims["nonce"]), (ISSUER, asked["nonce"]))
        self.assertIn(claims["aud"], (CLIENT.client_id, [CLIENT.client_id]))
        told = application.remote.userinfo(token=token)
        self.assertEqual(told["sub"], claims["sub"])
        self.assertEqual((told["name"], told["email"]), (ADMINISTRATOR["name"], ADMINISTRATOR["email"]))
        self.assertIs(told["email_verified"], True)
        self.assertEqual(told["tenant"], CLIENT.tenant)
        self.assertIn("administrator", told["roles"])

    def test_logout_ends_the_session_at_the_identity_server_and_comes_back(self):
        application, person = Application(), administrator()
        first = application.callback(come_back(application, person))
        silent = application.callback(come_back(application, person, prompt="none"))
        self.assertEqual(silent["claims"]["sub"], first["claims"]["sub"], "still signed in")
        self.assertTrue(application.remote.userinfo(token=silent))
        leaving = application.remote.create_logout_url(CLIENT.signed_out, id_token_hint=silent["id_token"])
        page = person.open(leaving["url"], until=CLIENT.signed_out)
        self.assertEqual(page.address, f"{CLIENT.signed_out}?{urlencode({'state': leaving['state']})}")
        with self.assertRaises(OAuthError) as refused:
            application.callback(come_back(application, person, prompt="none"))
        self.assertEqual(refused.exception.error, "login_required")
        self.userinfo_refuses(application, silent)

    def test_a_code_works_once(self):
        application = Application()
        address = come_back(application, administrator())
        token = application.callback(address, forget=False)
        self.assertTrue(application.remote.userinfo(token=token))
        self.refuses(application, address, "invalid_grant")
        # Whoever replayed it, what it gave is worth nothing from now on.
        self.userinfo_refuses(application, token)

    def test_a_wrong_secret_is_refused_and_spoils_nothing(self):
        application, person = Application("not the secret"), administrator()
        self.refuses(application, come_back(application, person), "invalid_client")
        application = Application()
        self.assertIn("claims", application.callback(come_back(application, person)))

    def test_a_code_needs_the_verifier_of_its_own_request(self):
        application, person = Application(), administrator()
        address = come_back(application, person)
        application.remembered()["code_verifier"] += "x"
        self.refuses(application, address, "invalid_grant")
        self.assertIn("claims", application.callback(come_back(application, person)))

    def test_the_nonce_of_another_login_is_refused(self):
        application = Application()
        address = come_back(application, administrator())
        nonce = application.remembered()["nonce"]
        token = application.callback(address)
        self.assertEqual(token["claims"]["nonce"], nonce)
        with self.assertRaisesRegex(InvalidClaimError, "nonce"):
            application.remote.parse_id_token(token, nonce=f"{nonce}x")

    def test_the_state_of_another_session_is_refused(self):
        application = Application()
        address = come_back(application, administrator())
        with self.assertRaises(MismatchingStateError):
            Application().callback(address)
        self.assertIn("claims", application.callback(address))

    def test_an_altered_id_token_is_refused(self):
        application = Application()
        address = come_back(application, administrator())
        nonce = application.remembered()["nonce"]
        token = application.callback(address)
        self.assertTrue(application.remote.parse_id_token(token, nonce=nonce), "as it came, it is read again")
        head, body, signature = token["id_token"].split(".")
        middle = len(body) // 2
        body = body[:middle] + ("B" if body[middle] == "A" else "A") + body[middle + 1:]
        with self.assertRaises(BadSignatureError):
            application.remote.parse_id_token(token | {"id_token": f"{head}.{body}.{signature}"}, nonce=nonce)

    def test_whom_the_tenant_locked_out_never_comes_back(self):
        page = Person(LOCKED_OUT, CA_FILE).sign_in(Application().login(), until=CLIENT.redirect_uri)
        self.assertTrue(page.address.startswith(ISSUER), page)
        self.assertIn('id="not-a-member"', page.html)

    def test_an_authority_that_signed_nothing_here_is_not_trusted(self):
        with self.assertRaises(SSLError):
            Application(ca_file=True).login()
        self.assertTrue(Application().login())

    def refuses(self, application, address, error):
        with self.assertRaises(OAuthError) as refused:
            application.callback(address)
        self.assertEqual(refused.exception.error, error)

    def userinfo_refuses(self, application, token):
        with self.assertRaises(HTTPError) as refused:
            application.remote.userinfo(token=token)
        self.assertEqual(refused.exception.response.status_code, 401)


if __name__ == "__main__":
    unittest.main()
