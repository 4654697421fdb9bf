"""Two nodes of each server on one PostgreSQL: a person meets another one with each request, and notices nothing."""
import json
import os
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urljoin

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from application import Application
from house import run
from nodes import Nodes, kill
from person import Person
from test_serve import ADA, stand_up

# CI's share of what the security bar asks for.
ROUNDS = int(os.environ.get("LATCHKEY_TEST_ROUNDS", "50"))


def sign_up(person, app, address):
    """On the way into an application: no account yet, the address is sent."""
    page = person.open(app.request()[0])
    page = person.open(urljoin(page.address, next(link for link in page.links.values() if link.startswith("/signup"))))
    page = person.submit(page, "send", {"email": address})
    assert page.status == 200, page


class TwoNodes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        assert "LATCHKEY_TEST_DATABASE" in os.environ, "two nodes need PostgreSQL: run this by tests/with-postgres"
        cls.house = stand_up(tempfile.mkdtemp(prefix="latchkey-nodes-"), Nodes)
        cls.addClassCleanup(cls.house.throw_away)
        cls.a, cls.b = cls.house.servers["identity"]
        cls.heard = []
        ada = Person(ADA, cls.house.ca)
        ada.sign_in(f"{cls.house.issuer}/account")
        page = ada.submit(ada.open(cls.house.mailbox.link(ADA["email"], "/invitation")), "accept", {})
        assert "Fjord Archive" in page.text and page.address.startswith(cls.house.tenant), page

    @classmethod
    def tearDownClass(cls):
        middle = sorted(cls.heard or [0])[len(cls.heard) // 2]
        assert middle < 1, f"half of what one node does is known at the other after {middle:.1f} s alone"

    def ada(self, node=None):
        """Ada in a browser of hers that nobody has used; with a node, she gets to that one alone."""
        return Person(ADA, self.house.ca, None if node is None else self.house.at(node))

    def invited(self, ada, email, given_name, family_name):
        """The link of an invitation."""
        page = ada.open(self.house.tenant + "/members/invite")
        page = ada.submit(page, "create", {"email": email, "given_name": given_name, "family_name": family_name, "locale": "en",
                                           "role[]": "viewer", "send_now": "yes"})
        self.assertEqual(page.status, 200, page)
        return self.house.mailbox.link(email, "/invitation")

    def soon(self, what, holds):
        """Well before a worker has rested, which takes five seconds: somebody rang. Of all of them, half within a second."""
        begun = time.monotonic()
        while not holds():
            self.assertLess(time.monotonic() - begun, 4, f"{what}: not known at the other node")
            time.sleep(0.02)
        self.heard.append(time.monotonic() - begun)
        print(f"{what}: {1000 * (time.monotonic() - begun):.0f} ms", file=sys.stderr)

    def test_rel_02_a_login_meets_another_node_with_each_request(self):
        served = {kind: list(balancer.served) for kind, balancer in self.house.balancers.items()}
        page = self.ada().sign_in(self.house.tenant + "/members")
        self.assertEqual((page.status, page.address), (200, self.house.tenant + "/members"), page)
        self.assertIn("Ada Fjord", page.text)
        for kind, before in served.items():
            self.assertTrue(all(now > then for now, then in zip(self.house.balancers[kind].served, before)), kind)

    def test_rel_02_a_tenant_that_one_node_has_enrolled_answers_at_both(self):
        for server in self.house.servers["tenant"]:
            self.soon("a tenant's health", lambda: self.ada(self.house.servers["tenant"].index(server)).open(
                self.house.tenant + "/health").status == 200)

    def test_rel_02_a_code_is_redeemed_once_at_two_nodes_at_once(self):
        app, ada = Application(self.house, "codes"), self.ada()
        with ThreadPoolExecutor(2) as both:
            for number in range(ROUNDS):
                code = app.code(ada)
                answers = list(both.map(lambda node: app.redeem(*code, node.direct), (self.a, self.b)))
                won = [answer for status, answer in answers if status == 200]
                self.assertLessEqual(len(won), 1, f"round {number}: {answers}")
                self.assertTrue(all(status == 200 or answer["error"] == "invalid_grant" for status, answer in answers), answers)
                # A second use ends what the first one gave.
                self.assertTrue(all(app.userinfo(answer["access_token"], self.a.direct) == 401 for answer in won), answers)
        self.assertEqual(app.userinfo(app.tokens(ada, self.a.direct)["access_token"], self.b.direct), 200, "the control")

    def test_rel_02_a_refresh_at_two_nodes_at_once_is_no_replay(self):
        app = Application(self.house, "refreshes")
        token = app.tokens(self.ada())["refresh_token"]
        with ThreadPoolExecutor(2) as both:
            for number in range(ROUNDS):
                answers = list(both.map(lambda node: app.refresh(token, node.direct), (self.a, self.b)))
                self.assertEqual([status for status, _ in answers], [200, 200], f"round {number}: {answers}")
                # Two at once get the same successor: nothing was spent twice, and the family lives.
                successors = {answer["refresh_token"] for _, answer in answers}
                self.assertEqual(len(successors), 1, f"round {number}")
                token = successors.pop()

    def test_rel_02_an_invitation_is_accepted_once_at_two_nodes_at_once(self):
        ada = self.ada()
        ada.sign_in(self.house.tenant + "/members")
        count = min(ROUNDS, 10)
        for number in range(count):
            email = f"guest{number}@fjord.example"
            link = self.invited(ada, email, "Guest", f"N{number:02}")
            guests = [Person({"email": email, "password": "a guest of the fjord"}, self.house.ca, self.house.at(node)) for node in (0, 1)]
            pages = [guest.open(link) for guest in guests]

            def accept(guest, page):
                return guest.submit(page, "create", {"password": guest.login["password"], "locale": "en"}, until=self.house.tenant)
            with ThreadPoolExecutor(2) as both:
                ends = list(both.map(accept, guests, pages))
            entered = [end for end in ends if end.address.startswith(self.house.tenant)]
            self.assertEqual(len(entered), 1, f"{email}: {[str(end) for end in ends]}")

    def test_rel_02_what_is_changed_at_one_node_holds_at_the_other_soon(self):
        app, a, b = Application(self.house, "changes"), self.a.direct, self.b.direct
        ada = self.ada(0)
        tokens, old = app.tokens(ada, a), app.secret
        self.assertTrue(app.is_active(tokens["access_token"], b))
        app.secret = self.house.command("clients", "rotate-secret", app.client_id, "--yes")["client_secret"]
        self.soon("the new secret", lambda: app.ask("/introspect", b, token="x")[0] == 200)
        new, app.secret = app.secret, old
        self.soon("the old secret", lambda: app.ask("/introspect", b, token="x")[0] == 401)
        app.secret = new
        self.house.command("clients", "disable", app.client_id, "--yes")
        self.soon("a disabled client", lambda: app.refresh(tokens["refresh_token"], b)[0] == 401
                             and app.userinfo(tokens["access_token"], b) == 401)
        self.assertNotIn("code=", self.ada(1).sign_in(app.request()[0], until=app.redirect_uri).address)
        self.house.command("clients", "enable", app.client_id)
        # Logged out at the first node: the second does not know this browser any more.
        ada.sign_in(f"{self.house.issuer}/account")
        other = self.ada(1)
        for cookie in ada.cookies:
            other.cookies.set_cookie(cookie)
        self.assertEqual(other.open(f"{self.house.issuer}/account").address, f"{self.house.issuer}/account")
        ada.submit(ada.open(f"{self.house.issuer}/logout"), "logout-confirm", {})
        self.soon("a logout", lambda: "/login" in other.open(f"{self.house.issuer}/account").address)

    def test_in_04_a_lock_at_one_node_holds_at_every_other_soon(self):
        guest = {"email": "locked@fjord.example", "password": "soon to be locked"}
        ada, person = self.ada(0), Person(guest, self.house.ca, self.house.at(1))
        ada.sign_in(self.house.tenant + "/members")
        link = self.invited(ada, guest["email"], "Lou", "Locked")
        page = person.submit(person.open(link), "create", {"password": guest["password"], "locale": "en"})
        self.assertTrue(page.address.startswith(self.house.tenant), page)
        app = Application(self.house, "locks", "--tenant", "fjord")
        tokens = app.tokens(person, self.b.direct)
        self.assertEqual(app.userinfo(tokens["access_token"], self.b.direct), 200)
        page = ada.open(self.house.tenant + ada.open(self.house.tenant + "/members").links["Lou Locked"])
        ada.submit(page, "lock", {})
        self.soon("a lock, at the tenant", lambda: "Lou" not in person.open(self.house.tenant + "/profile").text)
        self.soon("a lock, UserInfo", lambda: app.userinfo(tokens["access_token"], self.b.direct) == 401)
        self.assertEqual(app.refresh(tokens["refresh_token"], self.b.direct)[1]["error"], "invalid_grant")

    def test_rel_06_each_mail_is_sent_once_and_the_audit_log_is_one_chain(self):
        addresses, app = [f"newcomer{number}@fjord.example" for number in range(20)], Application(self.house, "newcomers")
        for number, address in enumerate(addresses):
            # From a network of their own: one that asks for many mails gets few.
            sign_up(Person(None, self.house.ca, self.house.at(number % 2), comes_from=f"127.0.{number + 1}.1"), app, address)
        for address in addresses:
            self.house.mailbox.link(address, "/signup")
        time.sleep(6)  # longer than a postman rests: a second copy would have come
        mails = [mail for mail in self.house.mailbox.mails if any(address in str(mail["To"]) for address in addresses)]
        self.assertEqual(len(mails), len(addresses))
        self.assertEqual(len({mail["Message-ID"] for mail in mails}), len(addresses))
        for kind in ("identity", "tenant"):
            reports = json.loads(run("audit", "verify", kind, "--config", self.house.servers[kind][0].config, "--json")[0])
            self.assertTrue(reports and all(report["broken"] is None for report in reports), reports)
        self.assertEqual(Application(self.house, "after").tokens(self.ada())["token_type"], "Bearer")


class OneNodeIsKilled(unittest.TestCase):
    def test_rel_02_a_login_goes_on_at_the_other_node_when_one_is_killed(self):
        assert "LATCHKEY_TEST_DATABASE" in os.environ, "two nodes need PostgreSQL: run this by tests/with-postgres"
        house = stand_up(tempfile.mkdtemp(prefix="latchkey-killed-"), Nodes)
        self.addCleanup(house.throw_away)
        ada, app = Person(ADA, house.ca), Application(house, "killed")
        tokens = app.tokens(ada)
        # Come before anybody is killed: a mail that a node dies with in its hands is another's once the lease is over (minutes).
        invitation = house.mailbox.link(ADA["email"], "/invitation")
        # Halfway: the address is answered, the password asked for. Then one of each is gone, in the middle of everything.
        newcomer = Person(ADA, house.ca)
        page = newcomer.submit(newcomer.open(app.request()[0]), "next", {"username": ADA["email"]})
        for kind in ("identity", "tenant"):
            kill(house.servers[kind][0])
        page = newcomer.submit(page, "login", {"password": ADA["password"]}, until=app.redirect_uri)
        self.assertIn("code=", page.address)
        status, tokens = app.refresh(tokens["refresh_token"])
        self.assertEqual(status, 200, tokens)
        self.assertEqual(app.userinfo(tokens["access_token"]), 200)
        # The survivor does the work of both.
        page = ada.submit(ada.open(invitation), "accept", {})
        self.assertIn("Fjord Archive", page.text)
        sign_up(Person(None, house.ca), app, "late@fjord.example")
        house.mailbox.link("late@fjord.example", "/signup")
        # Back again, it takes its share.
        for kind in ("identity", "tenant"):
            server = house.servers[kind][0]
            server.start(lambda: house.status(f"{server.direct}/health") in (200, 421))
        self.assertEqual(app.userinfo(tokens["access_token"], house.servers["identity"][0].direct), 200)
        self.assertEqual(Person(ADA, house.ca, house.at(0)).sign_in(house.tenant + "/members").status, 200)


if __name__ == "__main__":
    unittest.main()
