"""The database goes away, or is held by somebody else, while the server runs: 503, nothing half-done, no restart."""
import sqlite3
import sys
import tempfile
import time
import unittest
import urllib.error
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from house import House, with_postgres


class Away(unittest.TestCase):
    def comes_back(self, house, address):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            if house.status(address) == 303:
                return
            time.sleep(0.2)
        self.fail(f"{address} does not recover:\n{house.identity.log.read_text()[-2000:]}")

    def asks_for_patience(self, house, address):
        with self.assertRaises(urllib.error.HTTPError) as refused:
            house.get(address)
        self.assertEqual(refused.exception.code, 503)
        self.assertGreater(int(refused.exception.headers["Retry-After"]), 0)

    def test_rel_11_postgresql_is_restarted(self):
        with tempfile.TemporaryDirectory(prefix="latchkey-away-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
            database = with_postgres().Cluster(Path(folder))
            database.make()
            self.addCleanup(database.stop)
            house = House(tempfile.mkdtemp(prefix="latchkey-away-"), database.address())
            self.addCleanup(house.throw_away)
            house.migrate()
            house.identity.start(lambda: house.status(f"{house.issuer}/health") == 200)
            page = f"{house.issuer}/account"
            self.assertEqual(house.status(page), 303, "the control: whoever is not signed in is sent to sign in")
            database.stop()
            self.asks_for_patience(house, page)
            self.assertEqual(house.status(f"http://127.0.0.1:{house.ports['operations']}/ready"), 503)
            self.assertEqual(house.status(f"{house.issuer}/jwks"), 200, "what needs no database is answered")
            database.up()
            self.comes_back(house, page)
            self.assertEqual(house.identity.stop(), 0)
            house.throw_away()
            database.stop()

    def test_rel_09_sqlite_is_held_by_somebody_else(self):
        house = House(tempfile.mkdtemp(prefix="latchkey-busy-"))
        self.addCleanup(house.throw_away)
        house.migrate()
        house.identity.start(lambda: house.status(f"{house.issuer}/health") == 200)
        page = f"{house.issuer}/account"
        self.assertEqual(house.status(page), 303)
        count = "SELECT COUNT(*) FROM interaction"
        other = sqlite3.connect(house.folder / "data/identity.db", isolation_level=None)
        before = other.execute(count).fetchone()
        other.execute("BEGIN IMMEDIATE")
        self.asks_for_patience(house, page)
        other.execute("ROLLBACK")
        self.assertEqual(other.execute(count).fetchone(), before, "nothing was written")
        self.comes_back(house, page)


if __name__ == "__main__":
    unittest.main()
