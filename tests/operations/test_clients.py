"""Three stock clients sign in at servers that were set up by hand: the client was made by `latchkey clients create`."""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from house import ROOT
from test_serve import ADA, Person, stand_up

INTEROP = ROOT / "tests/interop"
NOBODY = {"name": "Nobody", "email": "nobody@fjord.example", "password": "is not here"}


class StockClients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = stand_up(tempfile.mkdtemp(prefix="latchkey-clients-"))
        cls.addClassCleanup(cls.house.throw_away)
        ada = Person(ADA, cls.house.ca)
        ada.sign_in(f"{cls.house.issuer}/account")
        page = ada.open(cls.house.mailbox.link(ADA["email"], "/invitation"))
        page = ada.submit(page, "accept", {})
        assert "Fjord Archive" in page.text and page.address.startswith(cls.house.tenant), page
        base = f"https://127.0.0.4:{cls.house.ports['application']}"
        made = cls.house.command("clients", "create", "--name", "Stock client", "--tenant", "fjord", "--redirect-uri", f"{base}/callback",
                                 "--post-logout-redirect-uri", f"{base}/signed-out")
        # The programs are told what they are told of a demo, in the same words.
        told = {
            "issuer": cls.house.issuer, "ca_file": str(cls.house.ca),
            "applications": [{"client_id": made["client_id"], "client_secret": made["client_secret"], "tenant": "fjord",
                              "auth_method": made["auth_method"], "redirect_uris": [f"{base}/callback"], "base_url": base}],
            "tenants": [{"slug": "fjord", "base_url": cls.house.tenant, "admins": [ADA | {"name": "Ada Fjord"}]}],
            "people": [NOBODY | {"tenants": {"fjord": state}} for state in ("active", "locked")],
        }
        file = cls.house.folder / "told.json"
        file.write_text(json.dumps(told))
        cls.env = os.environ | {"LATCHKEY_DEMO_JSON": str(file), "NODE_EXTRA_CA_CERTS": str(cls.house.ca)}

    def passes(self, *command, count):
        done = subprocess.run([str(part) for part in command], cwd=INTEROP, env=self.env, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn(count, done.stdout + done.stderr)

    def test_openid_client(self):
        self.passes("node", "--test", "--test-reporter=tap", "--test-name-pattern", "the whole code flow", "openid-client.test.mjs",
                    count="# pass 1")

    def test_authlib(self):
        self.passes(ROOT / "target/interop-authlib/bin/python", "-m", "unittest",
                    "test_authlib.Authlib.test_a_login_from_discovery_to_userinfo", count="Ran 1 test")

    def test_apache_mod_auth_openidc(self):
        self.passes(sys.executable, "-m", "unittest", "test_apache.ModAuthOpenidc.test_it_asks_and_shows_the_page_with_the_claims",
                    count="Ran 1 test")


if __name__ == "__main__":
    unittest.main()
