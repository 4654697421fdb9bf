"""REL-04: an import and a batch over thousands, the server killed again and again meanwhile: nobody twice, nobody left out.

PEOPLE=100000 makes it that many.
"""
import os
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from house import House
from nodes import kill
from person import Person
from test_serve import ADA, move_in

PEOPLE = int(os.environ.get("PEOPLE", 3_000))
PATIENCE = max(180, PEOPLE // 100)
HEAD = "email,given_name,family_name,language,state,roles"


class Killed(unittest.TestCase):
    def setUp(self):
        self.house = house = House(tempfile.mkdtemp(prefix="latchkey-batches-"), tls=False, scheme="http")
        self.addCleanup(house.throw_away)
        move_in(house)
        self.ada = Person(ADA, house.ca)
        self.ada.sign_in(f"{house.issuer}/account")
        page = self.ada.open(house.mailbox.link(ADA["email"], "/invitation"))
        self.ada.submit(page, "accept", {})

    def wait(self, address, holds):
        until = time.monotonic() + PATIENCE
        while not (found := holds(page := self.ada.open(address))):
            self.assertLess(time.monotonic(), until, page)
            time.sleep(0.05)
        return found

    def progress(self, page):
        found = re.search(r"<progress[^>]* max=\"(\d+)\" value=\"(\d+)\"", page.html)
        return int(found[2]) / int(found[1]) if found and int(found[1]) else 0

    def ready(self, page):
        return page if any("start" in form.buttons for form in page.forms) else None

    def run_and_kill(self, page):
        """Gives the word, kills the server at 10, 50 and 90 % of the work, and waits for the end. How often it was killed halfway."""
        address, killed = page.address, 0
        self.ada.submit(page, "start", {})
        server = self.house.tenants
        for part in (0.1, 0.5, 0.9):
            at = self.wait(address, lambda page: p if (p := self.progress(page)) >= part else None)
            killed += at < 1
            kill(server)
            server.start(lambda: self.house.status(f"{self.house.tenant}/health") == 200)
            # Whoever comes meanwhile comes in.
            self.assertEqual(Person(ADA, self.house.ca).sign_in(f"{self.house.tenant}/members").status, 200)
        self.wait(address, lambda page: self.progress(page) == 1)
        return killed

    def lines(self, path):
        page = self.ada.open(self.house.tenant + path)
        self.assertEqual(page.status, 200, page)
        return page.html.splitlines()[1:]

    def test_rel_04_an_import_and_a_batch_are_done_once_however_often_the_server_is_killed(self):
        house, ada = self.house, self.ada
        people = [f"p{n}@crowd.example,Given{n % 50},Family{n % 97},en,active,viewer" for n in range(PEOPLE)]
        page = ada.open(f"{house.tenant}/members/import")
        page = ada.upload(page, "look", "file", "crowd.csv", "\r\n".join([HEAD, *people, ""]).encode())
        page = self.wait(page.address, self.ready)
        self.assertGreaterEqual(self.run_and_kill(page), 1, "too fast to be killed halfway")
        members = self.lines("/members/export.csv")
        addresses = re.findall(r"\bp\d+@crowd\.example", "\n".join(members))
        self.assertEqual((len(addresses), len(set(addresses)), len(members)), (PEOPLE, PEOPLE, PEOPLE + 1))
        self.assert_once("member.imported")

        page = ada.open(f"{house.tenant}/members?role=viewer")
        page = ada.submit(page, "bulk-suspend", {"all": "yes"})
        page = self.wait(page.address, self.ready)
        self.assertGreaterEqual(self.run_and_kill(page), 1, "too fast to be killed halfway")
        self.assertEqual(sum(",suspended," in line for line in self.lines("/members/export.csv")), PEOPLE)
        self.assert_once("member.suspended")

    def assert_once(self, action):
        """Each of them, and each once: as the log says."""
        targets = [line.split(",")[6] for line in self.lines(f"/audit/export.csv?action={action}")]
        self.assertEqual((len(targets), len(set(targets))), (PEOPLE, PEOPLE), action)


if __name__ == "__main__":
    unittest.main()
