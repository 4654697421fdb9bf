"""A relying application by hand: it says every word itself, to the node that it is told to ask."""
import base64
import hashlib
import json
import secrets
import ssl
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlencode, urlsplit


class Application:
    """A confidential client of the platform or of a tenant, made by `latchkey clients create`."""

    def __init__(self, house, name, *more):
        self.redirect_uri = f"https://{name}.example/callback"
        made = house.command("clients", "create", "--name", name, "--redirect-uri", self.redirect_uri, *more)
        self.issuer, self.client_id, self.secret = house.issuer, made["client_id"], made["client_secret"]
        house.change("UPDATE client SET grant_types = '[\"authorization_code\",\"refresh_token\"]' "
                     f"WHERE client_id = '{self.client_id}'")
        trust = ssl.create_default_context(cafile=house.ca)
        self._web = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust))

    def request(self):
        """An authorization request's address, and the verifier that belongs to it."""
        verifier = secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {"client_id": self.client_id, "redirect_uri": self.redirect_uri, "response_type": "code",
                 "scope": "openid", "state": secrets.token_urlsafe(8), "nonce": secrets.token_urlsafe(8),
                 "code_challenge": challenge, "code_challenge_method": "S256"}
        return f"{self.issuer}/authorize?{urlencode(asked)}", verifier

    def code(self, person):
        """Sends somebody who is signed in through a request: (code, verifier)."""
        address, verifier = self.request()
        page = person.sign_in(address, until=self.redirect_uri)
        query = parse_qs(urlsplit(page.address).query)
        assert page.address.startswith(self.redirect_uri) and "code" in query, page
        return query["code"][0], verifier

    def redeem(self, code, verifier, at=None):
        return self.ask("/token", at, grant_type="authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=verifier)

    def refresh(self, token, at=None):
        return self.ask("/token", at, grant_type="refresh_token", refresh_token=token)

    def tokens(self, person, at=None):
        status, tokens = self.redeem(*self.code(person), at)
        assert status == 200, tokens
        return tokens

    def is_active(self, token, at=None):
        return self.ask("/introspect", at, token=token)[1].get("active")

    def ask(self, path, at=None, **fields):
        """(status, JSON), of a node or of whoever is next."""
        basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return self._send(urllib.request.Request((at or self.issuer) + path, urlencode(fields).encode(),
                                                 {"Authorization": f"Basic {basic}"}))

    def userinfo(self, token, at=None):
        return self._send(urllib.request.Request((at or self.issuer) + "/userinfo", headers={"Authorization": f"Bearer {token}"}))[0]

    def _send(self, request):
        try:
            with self._web.open(request, timeout=20) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                status, body = refused.code, refused.read()
        return status, json.loads(body or b"{}")
