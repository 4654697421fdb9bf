"""A file that nobody should send: one line of it alone is a gigabyte. It is read as it comes, and is never held."""
import itertools
import re
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from house import House
from test_serve import ADA, Person, stand_up

GIGABYTE, PIECE = 1 << 30, 1 << 20
BEFORE = b"email,given_name,family_name,language,state,roles\r\nnora@crowd.example,Nora,Lind,en,active,viewer\r\n"
AFTER = b",Long,Line,en,active,viewer\r\nomar@crowd.example,Omar,Haddad,en,active,viewer\r\n"


class Roomy(House):
    """Takes files that are larger than anybody needs."""

    def write(self, kind, address, database):
        super().write(kind, address, database)
        if kind == "tenant":
            config = self.folder / "tenant.toml"
            text = config.read_text()
            assert "largest_import = 64\n" in text
            config.write_text(text.replace("largest_import = 64\n", "largest_import = 1200\n"))


def held(process):
    """The most memory that it ever held, in bytes."""
    return int(re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process.pid}/status").read_text(), re.M)[1]) * 1024


class Huge(unittest.TestCase):
    def test_a_line_of_a_gigabyte_is_its_own_error_and_is_never_held(self):
        house = stand_up(tempfile.mkdtemp(prefix="latchkey-huge-"), Roomy)
        self.addCleanup(house.throw_away)
        ada = Person(ADA, house.ca)
        ada.sign_in(f"{house.issuer}/account")
        page = ada.open(house.mailbox.link(ADA["email"], "/invitation"))
        ada.submit(page, "accept", {})
        # What a file costs at all is spent on a small one.
        self.lines(house, ada, "small.csv", [BEFORE, AFTER[AFTER.index(b"omar"):]])
        before = held(house.tenants.process)
        long = itertools.repeat(b"x" * PIECE, GIGABYTE // PIECE)
        page = self.lines(house, ada, "huge.csv", itertools.chain([BEFORE], long, [AFTER]))
        grown = held(house.tenants.process) - before
        self.assertLess(grown, 48 << 20, f"{grown >> 20} MB for one line")
        # The lines before and after it stand there, and the one between says what is wrong with it.
        for said in ("nora@crowd.example", "omar@crowd.example"):
            self.assertIn(said, page.html)
        self.assertIn("The line is longer than 64 kB", page.html)

    def lines(self, house, ada, name, pieces):
        page = ada.upload(ada.open(f"{house.tenant}/members/import"), "look", "file", name, pieces)
        self.assertEqual(page.status, 200, page)
        while not any("start" in form.buttons for form in page.forms):
            page = ada.open(page.address)
        return page


if __name__ == "__main__":
    unittest.main()
