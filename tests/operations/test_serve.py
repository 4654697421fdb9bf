"""What an operator does and meets: setting up, commands, refusals at start, certificates, stops."""
import json
import socket
import sqlite3
import ssl
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from house import House, answer, certificates, free_port, fresh_database, run
from person import Person

ADA = {"email": "ada@fjord.example", "password": "ada opens the fjord"}


def stand_up(folder, kind=House):
    """README, *Run it yourself*: from nothing to a tenant that is served."""
    house = kind(folder, fresh_database())
    try:
        move_in(house)
    except BaseException:
        house.throw_away()
        raise
    return house


def move_in(house):
    house.migrate()
    house.start()
    first = house.command("administrators", "first", ADA["email"])
    ada = Person(ADA, house.ca)
    page = ada.open(first["set_a_password_at"])
    form = next(form for form in page.forms if "password" in form.fields)
    names = {"given_name": "Ada", "family_name": "Fjord", "locale": "en", "password": ADA["password"]}
    page = ada.submit(page, next(iter(form.buttons)), names)
    assert page.status == 200 and not any("password" in form.fields for form in page.forms), page
    made = house.command("tenants", "create", "fjord", "--name", "Fjord Archive", "--base-url", house.tenant,
                         "--admin-email", ADA["email"], "--admin-given-name", "Ada", "--admin-family-name", "Fjord")
    enrolled = answer("enrol", made["enrolment_code"], "--config", house.tenants.config)
    assert enrolled == {"enrolled": True, "tenant": "fjord"}, enrolled


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="latchkey-operations-")
        cls.house = stand_up(cls.folder)

    @classmethod
    def tearDownClass(cls):
        codes = cls.house.stop()
        cls.house.throw_away()
        assert codes == (0, 0), f"the servers ended with {codes}"

    def test_a_tenant_that_was_enrolled_answers_at_its_address(self):
        page = Person(ADA, self.house.ca).open(self.house.tenant + "/")
        self.assertIn("Fjord Archive", page.text)
        self.assertTrue(page.address.startswith(self.house.issuer))

    def test_a_second_first_administrator_is_refused(self):
        _, error = run("administrators", "first", "eve@evil.example", "--config", self.house.identity.config, code=1)
        self.assertIn("administrators add", error)

    def test_a_code_enrols_once(self):
        made = self.house.command("tenants", "create", "other", "--name", "Other", "--base-url", "https://127.0.0.9:1",
                                  "--admin-email", "o@other.example")
        config = self.house.folder / "tenant.toml"
        run("enrol", made["enrolment_code"], "--config", config)
        _, error = run("enrol", made["enrolment_code"], "--config", config, code=1)
        self.assertIn("refused", error)

    def test_clients_are_created_listed_shown_rotated_disabled(self):
        uri = "https://wiki.example/callback"
        made = self.house.command("clients", "create", "--name", "Wiki", "--redirect-uri", uri, "--auth-method", "client_secret_post")
        self.assertEqual(made["issuer"], self.house.issuer)
        listed = self.house.command("clients", "list", "--search", "wiki")
        self.assertEqual([row["client_id"] for row in listed], [made["client_id"]])
        self.assertEqual(self.house.command("clients", "show", made["client_id"])["redirect_uris"], [uri])
        config = ["--config", self.house.identity.config]
        # Nobody is at a terminal, so nobody can have meant it.
        _, error = run("clients", "rotate-secret", made["client_id"], *config, code=1)
        self.assertIn("--yes", error)
        rotated = self.house.command("clients", "rotate-secret", made["client_id"], "--yes")
        self.assertNotEqual(rotated["client_secret"], made["client_secret"])
        self.assertTrue(self.house.command("clients", "disable", made["client_id"], "--yes")["disabled"])
        for wrong, reason in [(["--redirect-uri", "http://wiki.example/cb"], "https"),
                              (["--redirect-uri", uri, "--auth-method", "guess"], "private_key_jwt"),
                              (["--redirect-uri", uri, "--id-token-alg", "HS256"], "RS256"),
                              (["--redirect-uri", uri, "--tenant", "nowhere"], "no such tenant")]:
            _, error = run("clients", "create", "--name", "X", *wrong, *config, code=1)
            self.assertIn(reason, error)

    def test_providers_are_added_tested_changed_disabled_removed(self):
        config, secret = ["--config", self.house.identity.config], "a secret that no list shows"
        file = self.house.folder / "provider-secret"
        file.write_text(secret + "\n")
        made = self.house.command("providers", "add", "partner", "--name", "Partner", "--issuer", "https://127.0.0.1:9/",
                                  "--client-id", "us", "--secret-file", file, "--domain", "partner.example")
        self.assertEqual((made["key"], made["domains"], made["has_secret"]), ("partner", ["partner.example"], True))
        self.assertEqual([row["key"] for row in self.house.command("providers", "list")], ["partner"])
        # Nobody is there, and inside nobody is asked: the test says so, where it was stopped.
        found = json.loads(run("providers", "test", "partner", "--json", *config, code=1)[0])
        self.assertEqual([(row["check"], row["outcome"]) for row in found], [("settings", "ok"), ("discovery", "wrong")])
        changed = self.house.command("providers", "set", "partner", "--name", "Partner GmbH", "--shown", "hidden")
        self.assertEqual((changed["name"], changed["shown"], changed["issuer"]), ("Partner GmbH", "hidden", made["issuer"]))
        _, error = run("providers", "set", "partner", "--issuer", "https://evil.example", *config, code=1)
        self.assertIn("--secret-file", error)
        self.assertFalse(self.house.command("providers", "disable", "partner", "--yes")["enabled"])
        self.assertTrue(self.house.command("providers", "enable", "partner")["enabled"])
        for wrong, reason in [(["none"], "no such provider"), (["partner", "--domain", "nonsense"], "no domain"),
                              (["partner", "--shown", "everywhere"], "button")]:
            _, error = run("providers", "set", *wrong, *config, code=1)
            self.assertIn(reason, error)
        mapped = self.house.command("providers", "map", "partner", "--groups", "realm_access.roles")
        self.assertEqual((mapped["mapping"]["groups"], mapped["mapping"]["email"]), ("realm_access.roles", ""))
        # A key in the place of the secret, and another one after it.
        self.assertIsNone(mapped["jwks"])
        keys = [self.house.command("providers", "set", "partner", "--method", "private_key_jwt")]
        keys += [self.house.command("providers", "turn-key", "partner", *step) for step in [["next"], ["use", "--yes"]]]
        self.assertEqual([len(one["jwks"]["keys"]) for one in keys], [1, 2, 1])
        self.assertEqual(keys[1]["jwks"]["keys"][1:], keys[2]["jwks"]["keys"])
        for wrong, reason in [(["turn-key", "partner", "drop"], "no next key"), (["turn-key", "partner", "around"], "next, use, drop"),
                              (["set", "partner", "--method", "client_secret_post"], "--secret-file"),
                              (["set", "partner", "--method", "none"], "none of client_secret_basic")]:
            _, error = run("providers", *wrong, *config, code=2 if "around" in wrong else 1)
            self.assertIn(reason, error)
        shown = json.dumps(self.house.command("providers", "show", "partner"))
        self.assertIn("/logout/upstream", shown)
        self.assertNotIn("PRIVATE KEY", shown + self.house.identity.log.read_text())
        self.assertNotIn(secret, shown + self.house.identity.log.read_text())
        self.assertEqual(self.house.command("providers", "remove", "partner", "--yes")["stranded"], 0)
        self.assertEqual(self.house.command("providers", "list"), [])

    def test_web_26_a_secret_is_shown_once_and_the_socket_is_its_owners(self):
        made = self.house.command("clients", "create", "--name", "Once", "--redirect-uri", "https://once.example/cb")
        shown = json.dumps(self.house.command("clients", "show", made["client_id"]))
        self.assertNotIn(made["client_secret"], shown)
        self.assertNotIn(made["client_secret"], self.house.identity.log.read_text())
        for path, mode in [("run/identity.sock", 0o600), ("run", 0o700), ("keys/master.key", 0o600)]:
            self.assertEqual((self.house.folder / path).stat().st_mode & 0o777, mode, path)

    def test_the_audit_log_is_verified_beside_the_running_server(self):
        config = ["--config", self.house.identity.config]
        reports = json.loads(run("audit", "verify", "identity", *config, "--json")[0])
        self.assertTrue(reports and all(report["broken"] is None for report in reports))
        self.assertIn("PUBLIC KEY", run("audit", "public-key", "identity", *config)[0])

    def test_metrics_name_routes_and_no_addresses(self):
        self.house.status(f"{self.house.issuer}/signup/confirm?token=secret-in-an-address")
        with self.house.get(f"http://127.0.0.1:{self.house.ports['operations']}/metrics") as page:
            text = page.read().decode()
        self.assertIn('latchkey_http_requests_total{method="GET",route="/signup/confirm",status="', text)
        self.assertNotIn("secret-in-an-address", text)
        with self.house.get(f"http://127.0.0.1:{self.house.ports['operations']}/ready") as page:
            self.assertEqual(page.status, 200)

    def test_a_certificate_is_replaced_without_a_restart(self):
        def shown():
            with socket.create_connection(("127.0.0.1", self.house.ports["identity"])) as raw:
                with ssl.create_default_context(cafile=self.house.ca).wrap_socket(raw, server_hostname="localhost") as tls:
                    return tls.getpeercert()["serialNumber"]
        before = shown()
        certificates(self.house.folder / "tls", ["localhost", "127.0.0.2", "127.0.0.4"])
        waited = threading.Event()
        self.assertTrue(any(shown() != before or waited.wait(0.5) for _ in range(60)), "the old certificate is still shown")

    def test_a_request_without_an_end_is_not_waited_for(self):
        """REL-19: a head that never ends holds a connection for seconds, not for ever."""
        with socket.create_connection(("127.0.0.1", self.house.ports["identity"]), timeout=40) as raw:
            with ssl.create_default_context(cafile=self.house.ca).wrap_socket(raw, server_hostname="localhost") as tls:
                tls.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                self.assertIn(tls.recv(200)[:12], (b"", b"HTTP/1.1 408"))


class Refusals(unittest.TestCase):
    """At start, each with its place and what to do."""

    @classmethod
    def setUpClass(cls):
        cls.house = House(tempfile.mkdtemp(prefix="latchkey-refusals-"))

    @classmethod
    def tearDownClass(cls):
        cls.house.throw_away()

    def refused(self, config, code, *words):
        _, error = run("serve", "identity", "--config", config, code=code)
        for word in words:
            self.assertIn(word, error)

    def test_refusals(self):
        house, config = self.house, self.house.identity.config
        self.refused(house.folder / "nowhere.toml", 3, "nowhere.toml", "latchkey config")
        self.refused(house.copy_of("a.toml", product='prodcut = "x"'), 3, "a.toml:", "prodcut", "expected")
        self.refused(config, 3, "master.key", "latchkey migrate")
        house.migrate()
        self.refused(house.copy_of("b.toml", tls_certificate_file='tls_certificate_file = "tls/none.pem"'), 3,
                     "listen.tls_certificate_file", "none.pem")
        self.refused(house.copy_of("c.toml", tls_key_file='tls_key_file = "tls/ca.key"'), 3, "ca.key", "not the key")
        self.refused(house.copy_of("d.toml", url=f'url = "postgres://u:hidden@127.0.0.1:{free_port()}/x"'), 4, "is it running")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", house.ports["identity"]))
            taken.listen()
            self.refused(config, 3, "listen.address", "in use")
        key = house.folder / "keys/master.key"
        kept = key.read_bytes()
        # The keys are made by the first start.
        house.identity.start(lambda: house.status(f"{house.issuer}/health") == 200)
        self.assertEqual(house.identity.stop(), 0)
        key.write_bytes(bytes(32))
        self.refused(config, 3, "another master key", "restore")
        key.write_bytes(kept)
        database = sqlite3.connect(house.folder / "data/identity.db")
        newest, = database.execute("SELECT MAX(version) FROM _sqlx_migrations").fetchone()
        database.execute("UPDATE _sqlx_migrations SET version = version + 1 WHERE version = ?", (newest,))
        database.commit()
        self.refused(config, 4, f"version {newest + 1}", "latchkey migrate")
        database.execute("UPDATE _sqlx_migrations SET version = version + 1 WHERE version = ?", (newest + 1,))
        database.commit()
        self.refused(config, 4, "run a newer latchkey")

    def test_plain_http_to_others_is_refused(self):
        text = (self.house.folder / "identity.toml").read_text()
        plain = "\n".join(line for line in text.splitlines() if not line.startswith("tls_")).replace("127.0.0.1:", "0.0.0.0:", 1)
        (self.house.folder / "plain.toml").write_text(plain)
        self.refused(self.house.folder / "plain.toml", 3, "listen.address", "trusted_proxies")

    def test_web_06_a_proxy_without_a_name_is_refused(self):
        """Behind it, every network would be the proxy's: limits for one would be limits for all."""
        for kind in ("identity", "tenant"):
            lines = (self.house.folder / f"{kind}.toml").read_text().splitlines()
            (self.house.folder / "behind.toml").write_text("\n".join(
                line for line in lines if not line.startswith("tls_")).replace("127.0.0.2:", "127.0.0.1:", 1))
            _, error = run("serve", kind, "--config", self.house.folder / "behind.toml", code=3)
            for word in ("behind.toml", "listen.trusted_proxies", "https", "127.0.0.1", "tls_certificate_file"):
                self.assertIn(word, error)
            # Named, it goes on to the next thing that is not there yet.
            named = {"LATCHKEY__LISTEN__TRUSTED_PROXIES": '["127.0.0.1"]', "LATCHKEY__MASTER_KEY_FILE": "keys/none.key"}
            _, error = run("serve", kind, "--config", self.house.folder / "behind.toml", code=3, env=named)
            self.assertIn("none.key", error)
            self.assertNotIn("trusted_proxies", error)

    def test_pp_13_own_blueprints_are_read_at_start(self):
        """Each with its file and line; what is right goes on to the next thing that is not there yet."""
        library, folder = run("blueprint", "asset-library")[0], self.house.folder
        week = library.replace('name = "asset-library"', 'name = "week"', 1).replace('"30d"', '"7d"', 1)
        (folder / "kinds").mkdir()
        for name, text in [("week", week), ("slip", week.replace('"7d"', '"7 days"')), ("again", week), ("shipped", library),
                           ("typo", week.replace("reactivate_within", "reactivate_wihtin"))]:
            (folder / f"kinds/{name}.toml").write_text(text)
        for kind, named, code, words in [
                ("tenant", ["week"], 3, ["none.key"]),
                ("tenant", ["none"], 3, ["tenant.toml: blueprints: ", "kinds/none.toml", "No such file"]),
                ("tenant", ["slip"], 3, ["tenant.toml: blueprints: ", "kinds/slip.toml:13: `7 days` is no length of time"]),
                ("tenant", ["typo"], 3, ["kinds/typo.toml:13: unknown field `reactivate_wihtin`"]),
                ("tenant", ["week", "again"], 3, ["kinds/again.toml:2: name: another file has a blueprint \"week\" too"]),
                ("tenant", ["shipped"], 3, ["kinds/shipped.toml:2: name: a blueprint \"asset-library\" ships already"]),
                ("identity", ["week"], 3, ["none.key"]),
                ("identity", ["Week"], 3, ["identity.toml: blueprints: \"Week\" is no name of a blueprint"]),
                ("identity", ["asset-library"], 3, ["identity.toml: blueprints: \"asset-library\": that one ships"])]:
            named = named if kind == "identity" else [f"kinds/{name}.toml" for name in named]
            env = {"LATCHKEY__BLUEPRINTS": json.dumps(named), "LATCHKEY__MASTER_KEY_FILE": "keys/none.key"}
            _, error = run("serve", kind, "--config", folder / f"{kind}.toml", code=code, env=env)
            for word in words:
                self.assertIn(word, error)
        self.assertIn("asset-library, gallery-studio", run("blueprint", "zoo", code=1)[1])

    def test_a_wrong_command_line_is_told_apart(self):
        self.assertIn("Usage", run("serve", "nothing", code=2)[1])


class Stops(unittest.TestCase):
    def test_rel_20_a_stop_under_load_resets_nobody(self):
        house = House(tempfile.mkdtemp(prefix="latchkey-stops-"))
        self.addCleanup(house.throw_away)
        house.migrate()
        house.identity.start(lambda: house.status(f"{house.issuer}/health") == 200)
        answered, broken, stopping = [0], [], threading.Event()

        def ask():
            trust = ssl.create_default_context(cafile=house.ca)
            while not stopping.is_set():
                try:
                    raw = socket.create_connection(("127.0.0.1", house.ports["identity"]), timeout=10)
                except OSError:
                    return  # no more connections are taken: that is told, not a reset
                try:
                    connected = time.monotonic()
                    with trust.wrap_socket(raw, server_hostname="localhost") as tls:
                        tls.sendall(b"GET /jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                        took = time.monotonic() - connected
                        answer = b""
                        while part := tls.recv(65536):
                            answer += part
                    if answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}"):
                        answered[0] += 1
                    elif answer or took < 1.5:
                        # Who connects and asks for nothing for two seconds is not waited for at the end.
                        broken.append(answer[:60])
                except (ConnectionResetError, ssl.SSLError) as error:
                    # A connection that the system had taken, and the server not yet, may end with the listener.
                    if house.identity.process.poll() is None and "EOF" not in str(error) and not isinstance(error, ConnectionResetError):
                        broken.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        while answered[0] < 100:
            self.assertTrue(any(thread.is_alive() for thread in threads))
            threading.Event().wait(0.01)
        self.assertEqual(house.identity.stop(), 0)
        stopping.set()
        for thread in threads:
            thread.join(20)
        self.assertEqual(broken, [])
        self.assertGreaterEqual(answered[0], 100)


if __name__ == "__main__":
    unittest.main()
