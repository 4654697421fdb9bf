"""The files of deploy/ as they stand there, in front of `latchkey serve`: nginx and Caddy, the units, the image's settings."""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
import unittest
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "interop"))
from house import CLEAN, LATCHKEY, ROOT, TARGET, House, free_port, fresh_database, run
from person import Person
from test_serve import ADA, move_in

DEPLOY = ROOT / "deploy"
# Whom the proxies see, whom a client claims to be, and a proxy that the configuration does not name.
CLIENT, CLAIMED, UNNAMED = "127.0.0.77", "203.0.113.9", "127.0.0.66"
SERVERS = ("identity", "tenant")
# Where `tests/run` unpacks proxies that the system does not have.
PROGRAMS = os.pathsep.join([os.environ["PATH"], "/usr/sbin", str(TARGET / "debian/usr/bin"), str(TARGET / "debian/usr/sbin")])


class BehindProxy(House):
    """Both servers speak plain http on loopback; TLS ends at a proxy, at the addresses of the house."""

    def __init__(self, folder, database=None):
        super().__init__(folder, database, tls=False)
        self.inside = {kind: free_port() for kind in SERVERS}
        for kind, address in zip(SERVERS, ("127.0.0.1", "127.0.0.2")):
            # What the proxies' files ask for.
            file = self.folder / f"{kind}.toml"
            file.write_text(self.replaced(
                file.read_text(), (f'address = "{address}:{self.ports[kind]}"', f'address = "127.0.0.1:{self.inside[kind]}"'),
                ('#: trusted_proxies = ["127.0.0.1"]', 'trusted_proxies = ["127.0.0.1"]')))
        self.proxy = None

    def start(self):
        self.identity.start(lambda: self.status(f"http://127.0.0.1:{self.inside['identity']}/health") == 200)
        self.start_proxy()
        # No tenant answers there yet: 421.
        self.tenants.start(lambda: self.status(f"{self.tenant}/health") in (200, 421))
        return self

    def start_proxy(self):
        with (self.folder / "proxy.log").open("a") as log:
            self.proxy = subprocess.Popen(self.configured(), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                          env=CLEAN | {"HOME": str(self.folder), "PATH": PROGRAMS})
        until = time.monotonic() + 20
        while self.status(f"{self.issuer}/health") != 200:
            assert self.proxy.poll() is None and time.monotonic() < until, (self.folder / "proxy.log").read_text()
            time.sleep(0.05)

    def throw_away(self):
        if self.proxy and self.proxy.poll() is None:
            self.proxy.send_signal(signal.SIGTERM)
            self.proxy.wait(20)
        super().throw_away()

    def replaced(self, text, *pairs):
        """The file with the places of this machine in it; each has to be there."""
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, str(new))
        return text

    def upstreams(self):
        return [("127.0.0.1:8080", f"127.0.0.1:{self.inside['identity']}"), ("127.0.0.1:8081", f"127.0.0.1:{self.inside['tenant']}")]


class BehindNginx(BehindProxy):
    def __init__(self, folder, database=None):
        super().__init__(folder, database)
        self.unnamed = {kind: free_port() for kind in SERVERS}

    def configured(self):
        tls = self.folder / "tls"
        text = self.replaced((DEPLOY / "proxy/nginx.conf").read_text(), *self.upstreams(),
                             ("/etc/ssl/id.example.com.pem", tls / "server.pem"), ("/etc/ssl/id.example.com.key", tls / "server.key"),
                             ("/etc/ssl/tenants.example.com.pem", tls / "server.pem"),
                             ("/etc/ssl/tenants.example.com.key", tls / "server.key"),
                             ("server_name id.example.com;", "server_name localhost;"),
                             ("server_name library.example.com studio.example.com;", "server_name 127.0.0.2;"))
        upstreams, servers = text[:text.index("server {")], text[text.index("server {"):]
        self.assert_listens(servers)
        named, unnamed = servers, servers.replace("location / {", f"location / {{ proxy_bind {UNNAMED};")
        for kind, address in zip(SERVERS, ("127.0.0.1", "127.0.0.2")):
            named = re.sub(r"listen 443 ssl", f"listen {address}:{self.ports[kind]} ssl", named, count=1)
            unnamed = re.sub(r"listen 443 ssl", f"listen {address}:{self.unnamed[kind]} ssl", unnamed, count=1)
        # A proxy that nobody named passes on what the client wrote.
        unnamed = unnamed.replace("X-Forwarded-For $remote_addr", "X-Forwarded-For $http_x_forwarded_for")
        # Upstreams of its own: connections that are kept are shared by whoever names the same one.
        unnamed = (upstreams + unnamed).replace("latchkey_", "unnamed_")
        (self.folder / "latchkey.conf").write_text(upstreams + named + unnamed)
        temporary = "".join(f"  {kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(
            f"daemon off;\npid {self.folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n"
            f"http {{\n  access_log off;\n{temporary}  include {self.folder}/latchkey.conf;\n}}\n")
        return [shutil.which("nginx", path=PROGRAMS), "-p", self.folder, "-c", self.folder / "nginx.conf"]

    def assert_listens(self, servers):
        assert servers.count("listen 443 ssl") == len(SERVERS), servers

    def past_the_named_one(self):
        """Where a Person goes who comes by the proxy that nobody named."""
        return {("localhost", self.ports["identity"]): ("127.0.0.1", self.unnamed["identity"]),
                ("127.0.0.2", self.ports["tenant"]): ("127.0.0.2", self.unnamed["tenant"])}


class BehindCaddy(BehindProxy):
    def configured(self):
        tls = f"{{\n\ttls {self.folder}/tls/server.pem {self.folder}/tls/server.key"
        text = self.replaced((DEPLOY / "proxy/Caddyfile").read_text(), *self.upstreams(),
                             ("id.example.com {", f"{self.issuer} {tls}"),
                             ("library.example.com, studio.example.com {", f"{self.tenant} {tls}"))
        # Two certificates of a company instead of the public authority's, no port 80, no door for commands.
        (self.folder / "Caddyfile").write_text("{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + text)
        return [shutil.which("caddy", path=PROGRAMS), "run", "--adapter", "caddyfile", "--config", self.folder / "Caddyfile"]


class Proxied:
    """What has to hold behind either."""
    Behind = None

    @classmethod
    def setUpClass(cls):
        cls.house = cls.Behind(tempfile.mkdtemp(prefix="latchkey-proxied-"))
        cls.addClassCleanup(cls.house.throw_away)
        move_in(cls.house)

    def last_used_from(self):
        """Where the identity server saw the newest sign-in come from."""
        with sqlite3.connect(f"file:{self.house.folder}/data/identity.db?mode=ro", uri=True) as database:
            return database.execute("SELECT address FROM session ORDER BY created_at DESC LIMIT 1").fetchone()[0]

    def signs_in(self, **who):
        ada = Person(ADA, self.house.ca, **who)
        page = ada.sign_in(f"{self.house.issuer}/account")
        self.assertEqual((page.status, page.address), (200, f"{self.house.issuer}/account"), page)
        return ada

    def test_a_login_over_the_proxy_and_cookies_that_stay_with_their_host(self):
        ada = self.signs_in(comes_from=CLIENT)
        page = ada.sign_in(f"{self.house.tenant}/")
        self.assertTrue(page.status == 200 and "Fjord Archive" in page.text, page)
        self.assertTrue(any("session" in cookie.name for cookie in ada.cookies))
        for cookie in ada.cookies:
            self.assertTrue(cookie.name.startswith("__Host-") and cookie.secure and cookie.path == "/", cookie)

    def test_the_client_is_whom_the_proxy_saw(self):
        self.signs_in(comes_from=CLIENT)
        self.assertEqual(self.last_used_from(), CLIENT)

    def test_a_forged_x_forwarded_for_is_replaced(self):
        for forged in (CLAIMED, f"{CLAIMED}, 127.0.0.1", f"127.0.0.1, {CLAIMED}"):
            self.signs_in(comes_from=CLIENT, says={"X-Forwarded-For": forged, "X-Real-Ip": CLAIMED, "Forwarded": f"for={CLAIMED}"})
            self.assertEqual(self.last_used_from(), CLIENT, forged)

    def test_the_name_that_was_asked_for_tells_the_tenants_apart(self):
        page = Person(ADA, self.house.ca, says={"X-Forwarded-Host": "evil.example"}).open(f"{self.house.tenant}/")
        self.assertTrue(page.address.startswith(self.house.issuer), page)
        self.assertNotIn("evil.example", page.html)


class Nginx(Proxied, unittest.TestCase):
    Behind = BehindNginx

    def test_a_proxy_that_is_not_named_is_not_believed(self):
        self.signs_in(comes_from=CLIENT, says={"X-Forwarded-For": CLAIMED}, elsewhere=self.house.past_the_named_one())
        self.assertEqual(self.last_used_from(), UNNAMED)


class Caddy(Proxied, unittest.TestCase):
    Behind = BehindCaddy


class Units(unittest.TestCase):
    """systemd reads the units without a complaint, and finds them shut in."""

    def test_units(self):
        with tempfile.TemporaryDirectory() as folder:
            for unit in sorted((DEPLOY / "systemd").glob("*.service")):
                text = unit.read_text()
                self.assertIn("ExecStart=/usr/local/bin/latchkey ", text)
                here = Path(folder) / unit.name
                here.write_text(text.replace("/usr/local/bin/latchkey", str(LATCHKEY)))
                for ask in (["verify", "--man=no", here], ["security", "--offline=true", "--threshold=15", "--no-pager", here]):
                    done = subprocess.run(["systemd-analyze", *ask], capture_output=True, text=True)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    self.assertNotIn(unit.name + ":", done.stderr)


    def test_the_sandbox_forbids_nothing_that_the_servers_call(self):
        """From the first start to a login, everything that they ask of the system is among what the units allow."""
        house = House(tempfile.mkdtemp(prefix="latchkey-sandbox-"), tls=False, scheme="http")
        self.addCleanup(house.throw_away)
        for server in (house.identity, house.tenants):
            server.under = ("strace", "--daemonize", "--follow-forks", "--summary-only", f"--output={house.folder}/{server.kind}.calls")
        move_in(house)
        Person(ADA, house.ca).sign_in(f"{house.issuer}/account")
        self.assertEqual(house.stop(), (0, 0))
        for server in (house.identity, house.tenants):
            summary, until = Path(f"{house.folder}/{server.kind}.calls"), time.monotonic() + 10
            while "total" not in summary.read_text() and time.monotonic() < until:
                time.sleep(0.05)
            # A row is share, seconds, microseconds a call, calls, errors if there were any, and its name: what strace says beside them is none.
            row = re.compile(r"^\s*[\d.]+\s+[\d.]+\s+\d+\s+\d+(?:\s+\d+)?\s+(\w+)$", re.M)
            called = set(row.findall(summary.read_text())) - {"total"}
            self.assertLessEqual({"fsync", "accept4"}, called, "the control")
            # As root, which it is not under its unit, SQLite gives its log to the owner of the database.
            forbidden = called - self.allowed(DEPLOY / f"systemd/latchkey-{server.kind}.service") - ({"fchown"} if os.geteuid() == 0 else set())
            self.assertEqual(forbidden, set())

    def allowed(self, unit):
        """What `SystemCallFilter=` leaves: the first line names what may be called, a line with ~ what of it may not."""
        allowed = set()
        for line in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.M):
            for name in line.lstrip("~").split():
                allowed = allowed - self.calls(name) if line.startswith("~") else allowed | self.calls(name)
        return allowed

    def calls(self, name):
        if not name.startswith("@"):
            return {name}
        listed = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
        words = [line.strip() for line in listed.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
        return set().union(*map(self.calls, words))


class Image(unittest.TestCase):
    """No image is built here; what can be told from its files is."""

    def test_the_containerfile(self):
        text = (DEPLOY / "Containerfile").read_text()
        steps = [line.split(None, 1) for line in re.sub(r"\\\n", " ", text).splitlines() if line and not line.startswith("#")]
        known = {"FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
        self.assertLessEqual({step for step, _ in steps}, known)
        value = dict(reversed([(step, rest) for step, rest in steps]))
        last = lambda step: [rest for name, rest in steps if name == step][-1]
        self.assertTrue(last("USER").isdigit() and last("USER") != "0", "nobody in particular")
        self.assertEqual((last("ENTRYPOINT"), last("STOPSIGNAL")), ('["latchkey"]', "SIGTERM"))
        self.assertTrue(all(":" in rest and ":latest" not in rest for step, rest in steps if step == "FROM"))
        # The toolchain is one that the workspace can be built with.
        wanted = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
        self.assertIn(f"rust:{wanted}", value["FROM"])

    def test_the_settings_of_the_compose_file_start_both_servers(self):
        """Its environment, its commands, on this machine's PostgreSQL."""
        text = (DEPLOY / "compose.yaml").read_text()
        # The few shapes that the file has: settings of all servers, the sockets of two, a command each.
        settings = {name: value.strip("'") for name, value in re.findall(r"^    (LATCHKEY_\w+): (.*)$", text, re.M)}
        settings["LATCHKEY_MASTER_KEY"] = "ab" * 32
        sockets = re.findall(r"LATCHKEY__SOCKET: (\S+) }", text)
        commands = [command.split(", ") for command in re.findall(r"^    command: \[(.*)\]$", text, re.M)]
        self.assertEqual((len(commands), len(sockets), settings["LATCHKEY__LISTEN__ADDRESS"]), (4, 2, "0.0.0.0:8080"))
        database = fresh_database()
        assert database, "the compose file is about PostgreSQL: run this by tests/with-postgres"
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(f"{folder}/etc")
            for kind in SERVERS:
                (Path(folder) / f"etc/{kind}.toml").write_text(run("config", kind)[0].replace(
                    "smtps://mailer@mail.example.com", "smtp://127.0.0.1:25"))
            started = []
            settings |= {"LATCHKEY__DATABASE__URL": database}
            try:
                for command in commands:
                    there = [part.replace("/etc/latchkey", f"{folder}/etc") for part in command]
                    if command[0] == "migrate":
                        subprocess.run([LATCHKEY, *there], env=CLEAN | settings, check=True, capture_output=True, timeout=60)
                        continue
                    port, socket = free_port(), sockets.pop(0).replace("/var/lib/latchkey", folder)
                    told = settings | {"LATCHKEY__LISTEN__ADDRESS": f"0.0.0.0:{port}", "LATCHKEY__SOCKET": socket}
                    self.answers([LATCHKEY, *there], CLEAN | told, port, started)
            finally:
                for process in started:
                    process.terminate()
                    process.communicate(timeout=30)

    def answers(self, command, env, port, started):
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
        started.append(process)
        until = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as page:
                    return self.assertEqual(page.status, 200)
            except urllib.error.HTTPError as error:
                return self.assertEqual(error.code, 421, "a tenant server without tenants")
            except OSError:
                self.assertIsNone(process.poll(), process.poll() is not None and process.stdout.read())
                self.assertLess(time.monotonic(), until)
                time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
