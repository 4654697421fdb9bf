"""REL-04: an import and batches over thousands, the server killed at 10, 50 and 90 % of each, started twice, cancelled: nobody twice,
nobody left out, and who signs in meanwhile comes in.

PEOPLE=100000 makes it that many. Beside PostgreSQL all of it is done there too.
"""
import collections
import contextlib
import http.client
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from house import House, Server, free_port, fresh_database, with_postgres
from nodes import kill
from person import Person
from test_serve import ADA, move_in

PEOPLE = int(os.environ.get("PEOPLE", 3_000))
# As many are sent a mail each, by two servers: a relay takes its time.
MAILED = max(4_000, PEOPLE // 10)
PATIENCE = max(600, PEOPLE // 100)
HEAD = "email,given_name,family_name,language,state,roles"
PARTS = (0.1, 0.5, 0.9)
# However busy the machine is, whoever is to stop a server comes before it.
BEHIND = ("nice", "-n", "5")
# How long a server needs for what it says in its log, in seconds: as on a slow machine, whose transactions are small (`tenant::Pace`). A
# tenth of the work is more than a first transaction and one of another server after it, so nobody comes from 90 % to the end at a bound.
A_ROW = 0.002
# What a postman leases at once: as many at most lose the word that they were sent, when it is killed.
A_ROUND = 16


class Tenants(House):
    """A house whose tenants' database can be looked into, also while its server is dead."""

    psql = None

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self.tenants.under = BEHIND

    def ask(self, statement, changes=False, patience=20):
        """One number of the tenants' rows; or changes them."""
        if self.database:
            return self._ask_psql(statement + ("; SELECT 0" if changes else ""))
        with contextlib.closing(sqlite3.connect(self.folder / "data/tenants/fjord.db", timeout=patience)) as database, database:
            found = database.execute(statement)
            return None if changes else found.fetchone()[0]

    def is_slow(self):
        """Each row of the tenants' log takes its time from now on."""
        if self.database:
            self.ask(f"CREATE FUNCTION takes_its_time() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN PERFORM pg_sleep({A_ROW}); RETURN NEW; END$$; "
                     "CREATE TRIGGER slow BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION takes_its_time()", changes=True)
        else:
            count = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT COUNT(*) FROM n"

            def took():
                begun = time.monotonic()
                self.ask(count.format(100_000))
                return time.monotonic() - begun
            much = int(100_000 * A_ROW / min(took() for _ in range(7)))
            self.ask(f"CREATE TRIGGER slow BEFORE INSERT ON audit_entry BEGIN SELECT ({count.format(much)}); END", changes=True)

    def lets_everybody_in(self):
        """Whoever a file has brought is invited, and who has not come hears of no lock: now they have come."""
        self.ask("UPDATE member SET authorization_state = 'reviewed' WHERE authorization_state = 'invited'", changes=True)

    def _ask_psql(self, statement):
        if not self.psql:
            command = [with_postgres().programs() / "psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", self.database]
            self.psql = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
            self.psql.stdin.write("SET search_path TO latchkey_tenants;\n")
        self.psql.stdin.write(statement + ";\n")
        self.psql.stdin.flush()
        return int(self.psql.stdout.readline())

    def throw_away(self):
        if self.psql:
            self.psql.communicate()
        super().throw_away()

    def second_node(self):
        """Another process that serves the same tenant. Of a folder there is one, so this takes PostgreSQL."""
        port, server = free_port(), Server("tenant", self.folder)
        server.under = BEHIND
        text = self.tenants.config.read_text()
        for old, new in [(f"127.0.0.2:{self.ports['tenant']}", f"127.0.0.2:{port}"), ("run/tenant.sock", "run/tenant-b.sock")]:
            assert f'"{old}"' in text, old
            text = text.replace(f'"{old}"', f'"{new}"', 1)
        server.config, server.log = self.folder / "tenant-b.toml", self.folder / "tenant-b.log"
        server.config.write_text(text)
        return server.start(lambda: self.status(f"http://127.0.0.2:{port}/health") in (200, 421)), port


class OnSqlite(unittest.TestCase):
    def database(self):
        return None

    def setUp(self):
        # A server that is killed loses nothing that it wrote, on whatever disk.
        folder = tempfile.mkdtemp(prefix="latchkey-batches-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
        self.house = house = Tenants(folder, self.database(), tls=False, scheme="http")
        self.addCleanup(house.throw_away)
        # A postman that is killed hangs up on the relay, which need not tell of it.
        house.mailbox.handle_error = lambda *_: None
        move_in(house)
        self.ada = Person(ADA, house.ca)
        self.ada.sign_in(f"{house.issuer}/account")
        page = self.ada.open(house.mailbox.link(ADA["email"], "/invitation"))
        self.ada.submit(page, "accept", {})
        house.is_slow()

    def wait(self, address, holds):
        until = time.monotonic() + PATIENCE
        while not (found := holds(page := self.ada.open(address))):
            self.assertLess(time.monotonic(), until, page)
            time.sleep(0.02)
        return found

    def progress(self, page):
        found = re.search(r"<progress[^>]* max=\"(\d+)\" value=\"(\d+)\"", page.html)
        return int(found[2]) / int(found[1]) if found and int(found[1]) else 0

    def ready(self, page):
        return page if any("start" in form.buttons for form in page.forms) else None

    def comes_to(self, done, enough):
        """Waits until so many are done, as the rows say."""
        until = time.monotonic() + PATIENCE
        while self.house.ask(done) < enough:
            self.assertLess(time.monotonic(), until, done)
            time.sleep(0.01)

    def kill_at_each_part(self, address, done, people=PEOPLE, servers=None):
        """Kills a server at 10, 50 and 90 % of the work, in turn, and waits for the end. `done` says from the rows how many were done:
        each time there is more to do."""
        servers, logins = servers or [self.house.tenants], []
        with ThreadPoolExecutor() as pool:
            for turn, part in enumerate(PARTS):
                self.comes_to(done, part * people)
                server = servers[turn % len(servers)]
                os.kill(server.process.pid, signal.SIGKILL)
                # Where another goes on meanwhile, it is not waited for.
                found = self.house.ask(done) if len(servers) > 1 else None
                server.process.wait(30)
                found = self.house.ask(done) if found is None else found
                self.assertTrue(part * people <= found < people, f"killed at {found} of {people}, for {part:.0%}")
                server.start(lambda: True)
                logins.append(pool.submit(self.comes_in))
        self.wait(address, lambda page: self.progress(page) == 1)
        self.assertEqual([login.result() for login in logins], [200] * len(PARTS))

    def comes_in(self):
        """Whoever comes meanwhile comes in, as soon as the server is there and not killed once more below them."""
        until = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                status = Person(ADA, self.house.ca).sign_in(f"{self.house.tenant}/members").status
                if status < 500:
                    return status
            self.assertLess(time.monotonic(), until)
            time.sleep(0.2)

    def start_and_kill(self, page, done):
        self.ada.submit(page, "start", {})
        self.kill_at_each_part(page.address, done)

    def lines(self, path):
        page = self.ada.open(self.house.tenant + path)
        self.assertEqual(page.status, 200, page)
        return page.html.splitlines()[1:]

    def looked_at(self, people=PEOPLE):
        """A file of everybody, which waits for the word."""
        people = [f"p{n}@crowd.example,Given{n % 50},Family{n % 97},en,active,viewer" for n in range(people)]
        page = self.ada.open(f"{self.house.tenant}/members/import")
        page = self.ada.upload(page, "look", "file", "crowd.csv", "\r\n".join([HEAD, *people, ""]).encode())
        return self.wait(page.address, self.ready)

    def batch(self, deed):
        """A deed for everybody of them, which waits for the word."""
        page = self.ada.open(f"{self.house.tenant}/members?role=viewer")
        page = self.ada.submit(page, f"bulk-{deed}", {"all": "yes"})
        return self.wait(page.address, self.ready)

    def come_in(self, people=PEOPLE):
        page = self.looked_at(people)
        self.ada.submit(page, "start", {})
        self.wait(page.address, lambda page: self.progress(page) == 1)

    def logged(self, action):
        """Whom the log says that it was done to, each as often as it does."""
        return [line.split(",")[6] for line in self.lines(f"/audit/export.csv?action={action}")]

    def assert_once(self, action, people=PEOPLE):
        """Each of them, and each once: as the log says."""
        targets = self.logged(action)
        self.assertEqual((len(targets), len(set(targets))), (people, people), action)

    def test_rel_04_an_import_and_a_batch_are_done_once_however_often_the_server_is_killed_or_it_is_cancelled(self):
        self.start_and_kill(self.looked_at(), "SELECT added FROM import")
        members = self.lines("/members/export.csv")
        addresses = re.findall(r"\bp\d+@crowd\.example", "\n".join(members))
        self.assertEqual((len(addresses), len(set(addresses)), len(members)), (PEOPLE, PEOPLE, PEOPLE + 1))
        self.assert_once("member.imported")

        self.cancelled_halfway(self.batch("suspend"))
        # The same once more does the rest, and the rest alone.
        self.start_and_kill(self.batch("suspend"), "SELECT come_to FROM batch WHERE state <> 'cancelled'")
        self.assertEqual(sum(",suspended," in line for line in self.lines("/members/export.csv")), PEOPLE)
        self.assert_once("member.suspended")

    def cancelled_halfway(self, page):
        """A batch that is cancelled stays where it was, after a kill too."""
        house, server = self.house, self.house.tenants
        moving = self.ada.submit(page, "start", {})
        self.comes_to("SELECT changed FROM batch", 0.1 * PEOPLE)
        self.assertEqual(self.ada.submit(moving, "cancel", {}).status, 200)
        kill(server)
        done = house.ask("SELECT changed FROM batch WHERE state = 'cancelled'")
        self.assertTrue(0.1 * PEOPLE <= done < PEOPLE, f"cancelled at {done}")
        server.start(lambda: house.status(f"{house.tenant}/health") == 200)
        # It is not taken up again: not even while somebody comes in, and a worker's rest has passed.
        self.assertEqual(self.comes_in(), 200)
        time.sleep(2)
        members = self.lines("/members/export.csv")
        self.assertEqual((sum(",suspended," in line for line in members), len(members)), (done, PEOPLE + 1))
        targets = self.logged("member.suspended")
        self.assertEqual((len(targets), len(set(targets))), (done, done), "what was done is told, and nothing else was")
        outcomes = [house.ask(f"SELECT COUNT(*) FROM batch_item WHERE outcome {what}") for what in ("= 'changed'", "IS NULL")]
        self.assertEqual(outcomes, [done, PEOPLE - done])

    def starters(self):
        """Two who give the same word at the same moment, and the servers that do what they say."""
        return [self.ada, self.ada], [self.house.tenants]

    def test_rel_04_a_batch_that_mails_is_started_twice_and_killed_and_everybody_has_their_one_mail(self):
        house, mailbox = self.house, self.house.mailbox
        self.come_in(MAILED)
        house.lets_everybody_in()
        page = self.batch("lock")
        starters, servers = self.starters()
        pages = [person.open(page.address) for person in starters]
        with ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda at: starters[at].submit(pages[at], "start", {}).status, range(2)))
        self.assertEqual(sorted(answers), [200, 409], "the word is given once")
        self.kill_at_each_part(page.address, "SELECT changed FROM batch", MAILED, servers)
        self.assertEqual(sum(",locked," in line for line in self.lines("/members/export.csv")), MAILED)
        self.assert_once("member.locked", MAILED)
        self.assertEqual(len(self.logged("batch.started")), 1)
        # A mail is a row of the deed's own transaction: as many were written as members were locked.
        of_locks = "SELECT COUNT(*) FROM mail_outbox WHERE purpose = 'member.locked'"
        self.assertEqual(house.ask(of_locks), MAILED)
        # What a postman held when it was killed is leased for five minutes. They pass, once all the others have left.
        until, left = time.monotonic() + PATIENCE, None
        while (now := house.ask(f"{of_locks} AND sent_at IS NULL")) > len(PARTS) * A_ROUND or now != left:
            self.assertLess(time.monotonic(), until, f"{now} mails wait")
            left = now
            time.sleep(5)
        house.ask("UPDATE mail_outbox SET next_at = 0 WHERE next_at IS NOT NULL", changes=True)
        while house.ask(f"{of_locks} AND sent_at IS NULL"):
            self.assertLess(time.monotonic(), until)
            time.sleep(0.2)
        # At least once (REL-06): whoever has it twice has the same one, which its Message-ID says; and they are few.
        had = collections.defaultdict(list)
        for mail in list(mailbox.mails):
            if "@crowd.example" in str(mail["To"]):
                had[str(mail["To"])].append(mail["Message-ID"])
        self.assertEqual((len(had), {len(set(ids)) for ids in had.values()}), (MAILED, {1}), "nobody without, nobody with two")
        again = sum(len(ids) - 1 for ids in had.values())
        self.assertLessEqual(again, len(PARTS) * A_ROUND, "sent once more than was lost")
        self.assertEqual(house.ask(f"{of_locks} AND failed_at IS NOT NULL"), 0)


@unittest.skipUnless("LATCHKEY_TEST_DATABASE" in os.environ, "without PostgreSQL: tests/with-postgres brings one")
class OnPostgres(OnSqlite):
    """The same; and started twice means by two processes here, which both work at it."""

    def database(self):
        return fresh_database()

    def starters(self):
        second, port = self.house.second_node()
        self.addCleanup(second.stop)
        there = {("127.0.0.2", self.house.ports["tenant"]): ("127.0.0.2", port)}
        other = Person(ADA, self.house.ca, there)
        other.sign_in(f"{self.house.tenant}/members")
        return [self.ada, other], [self.house.tenants, second]


if __name__ == "__main__":
    unittest.main()
