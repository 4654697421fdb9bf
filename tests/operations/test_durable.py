"""REL-03: what an answer says has reached the disk before the answer leaves. The system's own calls are the witness."""
import re
import socket
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from application import Application
from house import House, Server
from person import Person
from test_serve import ADA, move_in

READS, WRITES, SYNCS = {"read", "readv", "recvfrom", "recvmsg"}, {"write", "writev", "sendto", "sendmsg"}, {"fdatasync", "fsync"}
NEW_PASSWORD = "ada opens another fjord"


class Witnessed(Server):
    """A server whose calls are written down, one a line, with the files and connections that they are about."""

    def __init__(self, kind, folder):
        super().__init__(kind, folder)
        self.calls = folder / f"{kind}.calls"
        self.under = ("strace", "--daemonize", "--follow-forks", "--decode-fds=path,socket", "--string-limit=0", "--seccomp-bpf",
                      "--signal=none", "--quiet=all", f"--trace={','.join(READS | WRITES | SYNCS)}", f"--output={self.calls}")

    def story(self):
        """(call, what it is about, its line): writes when they begin, all others when they have returned."""
        begun = {}
        for line in self.calls.read_text(errors="replace").splitlines():
            thread, _, call = line.partition(" ")
            call = call.strip().replace("->", " to ")
            if resumed := re.match(r"<\.\.\. (\w+) resumed>", call):
                if resumed[1] not in WRITES:
                    yield resumed[1], begun.pop(thread, ""), call
            elif named := re.match(r"(\w+)\(\d+<(.*?)>", call):
                if named[1] not in WRITES and "<unfinished" in call:
                    begun[thread] = named[2]
                else:
                    yield named[1], named[2], call

    def syncs_before_answering(self, port):
        """How often a database's log was synced between the last word of this client's request and the first of the answer;
        None as long as no answer was seen."""
        synced, before_answer = None, None
        for call, about, line in self.story():
            if f":{port}]" in about:
                if call in READS and re.search(r"= [1-9]\d*$", line):
                    synced, before_answer = 0, None
                elif call in WRITES and before_answer is None:
                    before_answer = synced
            elif call in SYNCS and about.endswith(".db-wal") and line.endswith("= 0") and synced is not None:
                synced += 1
        return before_answer


class Durable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = house = House(tempfile.mkdtemp(prefix="latchkey-durable-"), tls=False, scheme="http")
        cls.addClassCleanup(house.throw_away)
        house.identity, house.tenants = Witnessed("identity", house.folder), Witnessed("tenant", house.folder)
        connect, cls.ports = socket.create_connection, []

        def noted(*arguments, **more):
            connection = connect(*arguments, **more)
            cls.ports.append(connection.getsockname()[1])
            return connection
        noting = mock.patch("socket.create_connection", noted)
        noting.start()
        cls.addClassCleanup(noting.stop)
        move_in(house)

    def syncs(self, server, asks):
        """Of the first request that `asks` makes; and what comes of it in the end."""
        before = len(self.ports)
        answer = asks()
        # The witness writes a little later than it sees.
        until = time.monotonic() + 10
        while (syncs := server.syncs_before_answering(self.ports[before])) is None:
            self.assertLess(time.monotonic(), until, "no answer was seen")
            time.sleep(0.05)
        return syncs, answer

    def on_disk(self, server, what, asks):
        syncs, answer = self.syncs(server, asks)
        self.assertGreaterEqual(syncs, 1, f"{what}: answered before it was on disk")
        return answer

    def test_rel_03_each_security_relevant_write_is_on_disk_before_its_answer(self):
        house, id_server, tenant = self.house, self.house.identity, self.house.tenants
        ada, account = Person(ADA, house.ca), f"{house.issuer}/account"
        # The control: what writes nothing waits for no disk. The audit log's sealer may do so just then, but not each time.
        looks = [self.syncs(id_server, lambda: ada.open(f"{house.issuer}/.well-known/openid-configuration"))[0] for _ in range(5)]
        self.assertEqual(min(looks), 0, looks)

        page = ada.submit(ada.open(account), "next", {"username": ADA["email"]})
        page = self.on_disk(id_server, "a sign-in", lambda: ada.submit(page, "login", {"password": ADA["password"]}))
        self.assertEqual(page.address, account, page)
        app = Application(house, "durable")
        page = ada.open(app.request()[0])
        self.on_disk(id_server, "a consent", lambda: ada.submit(page, "allow", {}, until=app.redirect_uri))
        code = app.code(ada)
        status, tokens = self.on_disk(id_server, "a code's redemption", lambda: app.redeem(*code))
        self.assertEqual(status, 200, tokens)
        status, tokens = self.on_disk(id_server, "a refresh", lambda: app.refresh(tokens["refresh_token"]))
        self.assertEqual(status, 200, tokens)
        self.assertEqual(self.on_disk(id_server, "a revocation", lambda: app.ask("/revoke", token=tokens["refresh_token"]))[0], 200)
        page = ada.open(f"{account}/password")
        entries = {"current": ADA["password"], "password": NEW_PASSWORD}
        page = self.on_disk(id_server, "a change of password", lambda: ada.submit(page, "change-password", entries))
        self.assertEqual(page.address, f"{account}/password/done", page)
        page = ada.open(f"{house.issuer}/logout")
        self.on_disk(id_server, "a logout", lambda: ada.submit(page, "logout-confirm", {}))

        ada = Person(ADA | {"password": NEW_PASSWORD}, house.ca)
        ada.sign_in(account)
        page = ada.open(house.mailbox.link(ADA["email"], "/invitation"))
        page = self.on_disk(id_server, "an invitation's acceptance", lambda: ada.submit(page, "accept", {}))
        self.assertTrue(page.address.startswith(house.tenant), page)
        page = ada.open(f"{house.tenant}/members/invite")
        entries = {"email": "lou@fjord.example", "given_name": "Lou", "family_name": "Locked", "locale": "en", "role[]": "viewer",
                   "send_now": "yes"}
        self.on_disk(tenant, "an invitation", lambda: ada.submit(page, "create", entries))
        lou = Person({"email": "lou@fjord.example", "password": "lou opens the fjord"}, house.ca)
        page = lou.open(house.mailbox.link("lou@fjord.example", "/invitation"))
        lou.submit(page, "create", {"password": lou.login["password"], "locale": "en"})
        page = ada.open(house.tenant + ada.open(f"{house.tenant}/members").links["Lou Locked"])
        page = self.on_disk(tenant, "a lock", lambda: ada.submit(page, "lock", {}))
        self.assertTrue(any("unlock" in form.buttons for form in page.forms), page)


if __name__ == "__main__":
    unittest.main()
