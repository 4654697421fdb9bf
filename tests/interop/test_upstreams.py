"""Two upstream providers that we did not write, at servers that an operator has set up: an administrator adds them on the pages,
people come by them, link them, are switched to them, and are told what is wrong where something is."""
import contextlib
import re
import sqlite3
import sys
import tempfile
import time
import unittest
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "operations"))
from house import House, certificates, free_port
from person import Person
from test_serve import ADA, stand_up
from upstreams import DjangoOauthToolkit, NodeOidcProvider

KINDS = (NodeOidcProvider, DjangoOauthToolkit)
PATIENCE = 20
PASSWORD = "of an account that is ours"


def claims(name, domain):
    return {"name": f"{name.title()} Doe", "given_name": name.title(), "family_name": "Doe", "email": f"{name}@{domain}",
            "email_verified": True}


def people(kind):
    """Name there -> password there, and what it says of them. It is trusted for the domain of its key."""
    names = ["nora", "kim", "dora", "iris", "stan", "rosa", "will", "mina"]
    known = {name: claims(name, f"{kind.key}.example") for name in names} | {
        name: claims(name, "elsewhere.example") for name in ("otto", "linda")}
    return {name: {"password": f"{name} is known there", "claims": said} for name, said in known.items()}


class Town(House):
    """The house, and the two providers, which it may ask."""

    def __init__(self, folder, database):
        super().__init__(folder, None)
        certificates(self.folder / "tls", ["localhost", "127.0.0.2", *(kind.host for kind in KINDS)])
        self.upstreams = {kind: kind(folder, self.folder / "tls", self.issuer, free_port(), people(kind)) for kind in KINDS}
        config = self.folder / "identity.toml"
        origins = "".join(f', "{one.issuer.rstrip("/")}"' for one in self.upstreams.values())
        text, done = re.subn(r"^(allowed_origins = \[.*)\]$", rf"\1{origins}]", config.read_text(), flags=re.M)
        assert done == 1
        config.write_text(text)

    def start(self):
        for upstream in self.upstreams.values():
            upstream.begins()
        super().start()
        for upstream in self.upstreams.values():
            upstream.start()
        return self

    def rows(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.folder / "data/identity.db", timeout=10)) as database:
            return database.execute(statement, values).fetchall()

    def throw_away(self):
        for upstream in self.upstreams.values():
            upstream.stop()
        super().throw_away()


def setUpModule():
    global HOUSE, ADMINISTRATOR
    HOUSE = stand_up(tempfile.mkdtemp(prefix="latchkey-upstreams-"), Town)
    unittest.addModuleCleanup(HOUSE.throw_away)
    ADMINISTRATOR = Person(ADA, HOUSE.ca)
    ADMINISTRATOR.sign_in(f"{HOUSE.issuer}/account")
    ADMINISTRATOR.submit(ADMINISTRATOR.open(HOUSE.mailbox.link(ADA["email"], "/invitation")), "accept", {})
    for upstream in HOUSE.upstreams.values():
        page = ADMINISTRATOR.open(f"{HOUSE.issuer}/admin/providers/new?preset={upstream.preset}")
        page = ADMINISTRATOR.submit(page, "add-provider", upstream.form() | {
            "name": upstream.key.title(), "key": upstream.key, "client_id": "latchkey", "client_secret": upstream.secret,
            "domains": f"{upstream.key}.example", "shown": "button"})
        assert urlsplit(page.address).path == f"/admin/providers/{upstream.key}" and page.status == 200, page
        assert upstream.redirect_uri in page.text and upstream.issuer in page.text, page


class ForeignProvider:
    """What holds with each of them."""
    kind = None

    @property
    def upstream(self):
        return HOUSE.upstreams[self.kind]

    def browser(self, **login):
        return Person(login, HOUSE.ca)

    def comes(self, person, name, page=None, button=None, until=None, consents=True):
        """Presses a button that leads there, and passes its pages."""
        page = page or person.open(f"{HOUSE.issuer}/account")
        page = person.submit(page, button or f"by-{self.kind.key}", {}, until)
        return self.upstream.passes(person, page, name, until, consents)

    def has_account(self, name, domain):
        """Somebody with an account and a password of ours, who is a member of the tenant: their browser."""
        login = {"email": f"{name}@{domain}", "password": PASSWORD}
        page = ADMINISTRATOR.open(f"{HOUSE.tenant}/members/invite")
        ADMINISTRATOR.submit(page, "create", {"email": login["email"], "given_name": name.title(), "family_name": self.kind.key.title(),
                                              "locale": "en", "role[]": "viewer", "send_now": "yes"})
        person = self.browser(**login)
        page = person.submit(person.open(HOUSE.mailbox.link(login["email"], "/invitation")), "create",
                             {"password": PASSWORD, "locale": "en"})
        self.assertTrue(page.address.startswith(HOUSE.tenant), page)
        return person

    def inside(self, page, name):
        """On the page of their account."""
        self.assertEqual((page.status, urlsplit(page.address).path), (200, "/account"), page)
        self.assertIn(name.title(), page.text)

    def refused(self, page, status, code):
        """Ours, with a word, a reference that the server's log or the audit log knows, and a way on."""
        self.assertEqual((page.status, re.findall(r'id="error-code">(\w+)<', page.html)), (status, [code]), page)
        self.assertTrue(page.address.startswith(HOUSE.issuer), page)
        reference = re.findall(r'id="error-reference">([^<]+)<', page.html)
        self.assertEqual(len(reference), 1, page)
        known = HOUSE.rows("SELECT action FROM audit_entry WHERE reference = ?", reference[0])
        self.assertTrue(known or reference[0] in HOUSE.identity.log.read_text(), page)
        self.assertIn('id="error-next"', page.html)

    def ties(self):
        return HOUSE.rows("SELECT issuer, subject FROM external_identity WHERE issuer = ?", self.upstream.issuer)

    def checks(self):
        """What the button Test finds: word -> tone."""
        page = ADMINISTRATOR.open(f"{HOUSE.issuer}/admin/providers/{self.kind.key}")
        page = ADMINISTRATOR.submit(page, "test", {})
        found = page.html.split('id="checks"')[1].split("</ul>")[0]
        return {word: tone for tone, word in re.findall(r'<li><span class="disc (\w+)">.*?<strong>(\w+)</strong>', found, re.S)}

    def secret_is(self, secret):
        page = ADMINISTRATOR.open(f"{HOUSE.issuer}/admin/providers/{self.kind.key}")
        page = ADMINISTRATOR.submit(page, "save", {"name": self.kind.key.title(), "domains": f"{self.kind.key}.example", "shown": "button",
                                                   "client_secret": secret})
        self.assertEqual(page.status, 200, page)

    def test_the_button_test_passes_and_finds_a_wrong_secret(self):
        good = self.checks()
        self.assertEqual({word for word in good if good[word] == "bad"}, set(), good)
        for word in ("discovery", "issuer", "algorithms", "pkce", "client_method", "keys", "client"):
            self.assertEqual(good.get(word), "good", good)
        try:
            self.secret_is("another one")
            self.assertEqual(self.checks()["client"], "bad")
            self.refused(self.comes(self.browser(), "will"), 502, "client_refused")
        finally:
            self.secret_is(self.upstream.secret)
        self.inside(self.comes(self.browser(), "will"), "will")

    def test_who_is_new_and_of_a_trusted_domain_begins_an_account(self):
        person, before = self.browser(), self.ties()
        self.inside(self.comes(person, "nora"), "nora")
        self.assertEqual(len(self.ties()), len(before) + 1)
        # What it has seen of us, by its own records.
        asked, given = self.upstream.records("code")[-1], self.upstream.records("tokens")[-1]
        self.assertEqual((asked["code_challenge_method"], len(asked["code_challenge"])), ("S256", 43))
        self.assertGreaterEqual(len(asked["nonce"]), 22)
        self.assertTrue(given["verifier"], given)
        self.proved_by_its_method()
        # The second time asks nothing of ours, and makes nothing: in a browser that nobody has used.
        self.inside(self.comes(self.browser(), "nora"), "nora")
        self.assertEqual(len(self.ties()), len(before) + 1)
        self.assertNotEqual(self.upstream.records("code")[-1]["nonce"], asked["nonce"])

    def test_who_is_new_and_of_another_domain_follows_our_mail_first(self):
        person, address = self.browser(), f"otto.{self.kind.key}@elsewhere.example"
        page = self.comes(person, "otto")
        self.assertEqual(urlsplit(page.address).path, "/link/address", page)
        page = person.submit(page, "send", {"email": address})
        self.assertEqual(urlsplit(page.address).path, "/link/sent", page)
        page = person.submit(person.open(HOUSE.mailbox.link(address, "/link/mail")), "confirm", {})
        self.inside(page, "otto")
        self.inside(self.comes(self.browser(), "otto"), "otto")

    def test_an_address_that_has_an_account_asks_for_its_password(self):
        self.has_account("kim", f"{self.kind.key}.example")
        before, person = self.ties(), self.browser()
        page = self.comes(person, "kim")
        self.assertEqual(urlsplit(page.address).path, "/link", page)
        self.assertEqual(person.submit(page, "link", {"password": "is not hers"}).status, 422)
        self.assertEqual(self.ties(), before)
        self.inside(person.submit(page, "link", {"password": PASSWORD}), "kim")
        self.inside(self.comes(self.browser(), "kim"), "kim")

    def test_a_person_links_it_signs_out_and_comes_in_by_it(self):
        linda = self.has_account(f"linda.{self.kind.key}", "fjord.example")
        page = linda.open(f"{HOUSE.issuer}/account/sign-in")
        page = self.comes(linda, "linda", page, f"link-{self.kind.key}")
        self.assertEqual((page.status, urlsplit(page.address).path), (200, "/account/sign-in"), page)
        self.assertIn("linda@elsewhere.example", page.text)
        page = linda.submit(linda.open(f"{HOUSE.issuer}/logout"), "logout-confirm", {})
        self.assertEqual(page.status, 200, page)
        page = linda.open(f"{HOUSE.issuer}/account")
        self.assertEqual(urlsplit(page.address).path, "/login", page)
        self.inside(self.comes(linda, "linda", page), "linda")
        # Another account cannot have it.
        other = self.has_account(f"other.{self.kind.key}", "fjord.example")
        page = self.comes(other, "linda", other.open(f"{HOUSE.issuer}/account/sign-in"), f"link-{self.kind.key}")
        self.refused(page, 403, "linked_elsewhere")
        self.assertNotIn("fjord.example", page.text.replace(other.login["email"], ""))

    def test_who_declines_there_is_told_and_can_come_again(self):
        person, before = self.browser(), self.ties()
        page = self.comes(person, "dora", consents=False)
        self.refused(page, 403, "denied")
        self.assertEqual(self.ties(), before)
        self.assertEqual(urlsplit(person.open(f"{HOUSE.issuer}/account").address).path, "/login")
        self.inside(self.comes(person, "dora"), "dora")

    def test_an_answer_under_anothers_name_is_refused(self):
        """RFC 9207: whoever promises to name itself in its answers has to."""
        stated = {"iss": self.upstream.issuer} if self.kind.names_itself else {}
        for changed, code in (({"iss": "https://elsewhere.example"}, "answer_iss"),
                              ({}, "answer_iss_missing" if self.kind.names_itself else None), (stated, None)):
            person = self.browser()
            answer = dict(parse_qsl(urlsplit(self.comes(person, "iris", until=self.upstream.redirect_uri).address).query))
            self.assertEqual({name: answer.pop(name) for name in ("iss",) if name in answer}, stated)
            page = person.open(f"{self.upstream.redirect_uri}?{urlencode(answer | changed)}")
            if code:
                self.refused(page, 502, code)
            else:
                self.inside(page, "iris")

    def test_an_answer_opens_nothing_in_another_browser(self):
        back = self.comes(self.browser(), "iris", until=self.upstream.redirect_uri).address
        self.assertIn("code", parse_qs(urlsplit(back).query))
        other = self.browser()
        self.assertGreaterEqual(other.open(back).status, 400)
        self.assertEqual(urlsplit(other.open(f"{HOUSE.issuer}/account").address).path, "/login")

    def test_it_is_stopped_and_comes_back(self):
        person, before = self.browser(), self.ties()
        back = self.comes(person, "stan", until=self.upstream.redirect_uri).address
        self.upstream.stop()
        try:
            # Its answer is in the browser, and nobody takes the code.
            self.refused(person.open(back), 502, "token_away")
            # Once what it said a moment ago is old, nobody is sent there any more.
            page = self.once(lambda page: page.address.startswith(HOUSE.issuer), self.begins)
            self.refused(page, 502, "discovery_away")
            self.assertEqual(self.ties(), before)
        finally:
            self.upstream.start()
        self.once(lambda page: page.address.startswith(self.upstream.issuer), self.begins)
        self.inside(self.comes(person, "stan"), "stan")

    def begins(self):
        """Where the button leads somebody: our page, or an address of the provider's, which is not visited."""
        person = self.browser()
        return person.submit(person.open(f"{HOUSE.issuer}/account"), f"by-{self.kind.key}", {}, self.upstream.issuer)

    def once(self, holds, asks):
        until = time.monotonic() + PATIENCE
        while not holds(found := asks()):
            self.assertLess(time.monotonic(), until, found)
            time.sleep(0.2)
        return found

    def test_it_signs_with_another_key_from_one_login_to_the_next(self):
        person = self.browser()
        self.inside(self.comes(person, "rosa"), "rosa")
        first = self.upstream.records("tokens")[-1]["kid"]
        self.upstream.rotates()
        self.inside(self.comes(self.browser(), "rosa"), "rosa")
        self.assertNotEqual(self.upstream.records("tokens")[-1]["kid"], first)

    def test_a_member_who_is_switched_to_it_comes_in_by_it_alone(self):
        mina = self.has_account("mina", f"{self.kind.key}.example")
        by_password = self.browser(**mina.login)
        page = by_password.sign_in(f"{HOUSE.tenant}/profile")
        self.assertEqual((page.status, page.address), (200, f"{HOUSE.tenant}/profile"), page)
        name = f"Mina {self.kind.key.title()}"
        page = ADMINISTRATOR.open(HOUSE.tenant + ADMINISTRATOR.open(f"{HOUSE.tenant}/members").links[name])
        page = ADMINISTRATOR.open(f"{page.address}/provider")
        page = ADMINISTRATOR.submit(page, "look", {"provider": self.kind.key})
        page = ADMINISTRATOR.submit(page, "switch", {})
        self.assertEqual(re.findall(r'id="provider">([^<]+)<', page.html), [self.kind.key.title()], page)
        # Whoever comes before the identity server has heard of it holds a code that ends with the switch, and begins anew.
        self.once(bool, lambda: HOUSE.rows("SELECT 1 FROM membership WHERE provider = ?", self.kind.key))
        # The session that the password had opened has ended with it, and the password opens the account, but not the tenant.
        for browser in (by_password, self.browser(**mina.login)):
            page = browser.sign_in(f"{HOUSE.tenant}/profile")
            self.assertEqual(urlsplit(page.address).path, "/login/elsewhere", page)
        page = self.comes(browser, "mina", page, "continue-with")
        self.assertEqual(urlsplit(page.address).path, "/link", page)
        page = browser.submit(page, "link", {"password": PASSWORD})
        self.assertEqual((page.status, page.address), (200, f"{HOUSE.tenant}/profile"), page)
        # From now on the provider is asked, and nothing else.
        again = self.browser()
        page = self.comes(again, "mina", again.open(f"{HOUSE.tenant}/profile"))
        self.assertEqual((page.status, page.address), (200, f"{HOUSE.tenant}/profile"), page)
        page = self.browser(**mina.login).sign_in(f"{HOUSE.tenant}/profile")
        self.assertEqual(urlsplit(page.address).path, "/login/elsewhere", page)
        # Another identity of the same provider opens nothing of hers.
        page = self.comes(stranger := self.browser(), "rosa", stranger.open(f"{HOUSE.tenant}/profile"))
        self.assertNotEqual(page.address, f"{HOUSE.tenant}/profile", page)


class Node(ForeignProvider, unittest.TestCase):
    """node's oidc-provider."""
    kind = NodeOidcProvider

    def proved_by_its_method(self):
        given = self.upstream.records("tokens")[-1]
        self.assertEqual((given["method"], given["header"], given["in_the_form"]), ("client_secret_basic", "Basic", False))

    def test_whoever_links_is_asked_anew_there_by_a_prompt_that_it_knows(self):
        """It lists no prompts, and refuses the request of whoever asks for one that it does not know."""
        lou = self.has_account("lou", "fjord.example")
        page = lou.open(f"{HOUSE.issuer}/account/sign-in")
        asks = lou.submit(page, "link-node", {}, self.upstream.issuer).address
        self.assertIn("prompt=login", asks)
        refused = lou.open(asks.replace("prompt=login", "prompt=select_account"), self.upstream.redirect_uri).address
        self.assertEqual(parse_qs(urlsplit(refused).query)["error"], ["invalid_request"])
        self.upstream.passes(lou, lou.open(asks), "will", self.upstream.redirect_uri)
        self.assertEqual(self.upstream.records("code")[-1]["prompt"], "login")
        # She is signed in there already, and is asked all the same.
        page = lou.submit(lou.open(f"{HOUSE.issuer}/account/sign-in"), "link-node", {}, self.upstream.redirect_uri)
        self.assertTrue(any("login" in form.fields for form in page.forms), page)

    def test_a_logout_there_ends_what_it_has_opened_here(self):
        """OpenID Connect Back-Channel Logout, sent by it."""
        iris, other = self.browser(), self.browser()
        self.inside(self.comes(iris, "iris"), "iris")
        self.inside(self.comes(other, "will"), "will")
        form = iris.open(f"{self.upstream.issuer}/session/end").forms[0]
        self.assertEqual(iris.open(form.action, form=form.fields | {"logout": "yes"}).status, 200)
        self.assertTrue(self.upstream.records("logout told"), self.upstream.records("logout not told"))
        self.assertEqual(urlsplit(iris.open(f"{HOUSE.issuer}/account").address).path, "/login")
        self.inside(other.open(f"{HOUSE.issuer}/account"), "will")


class Django(ForeignProvider, unittest.TestCase):
    """django-oauth-toolkit."""
    kind = DjangoOauthToolkit

    def proved_by_its_method(self):
        self.assertEqual(self.upstream.records("client")[-1]["method"], "client_secret_post")


if __name__ == "__main__":
    unittest.main()
