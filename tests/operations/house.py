"""Both servers as an operator runs them: set up by the commands of the README, over https, in a throwaway folder."""
import contextlib
import importlib.machinery
import importlib.util
import json
import os
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

from mailbox_of_tests import Mailbox

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
LATCHKEY = Path(os.environ.get("LATCHKEY_BIN", TARGET / "debug/latchkey"))
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("LATCHKEY_") and name != "RUST_LOG"}


GIVEN = set()


def free_port():
    """One that is free, and was given to nobody here before: of two who have not begun to listen, each gets another."""
    while True:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = trial.getsockname()[1]
        if port not in GIVEN:
            GIVEN.add(port)
            return port


def run(*arguments, code=0, env=None, stdin=""):
    """A command; its exit code has to be `code`. Gives (stdout, stderr)."""
    done = subprocess.run([LATCHKEY, *map(str, arguments)], input=stdin, capture_output=True, text=True, timeout=60,
                          env=CLEAN | (env or {}))
    assert done.returncode == code, f"{' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def answer(*arguments):
    """What a command answers in JSON."""
    return json.loads(run(*arguments, "--json")[0])


def certificates(folder, hosts):
    """An authority and one certificate for these hosts, as any company has them: folder/{ca,server}.pem, server.key."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ",".join(("IP:" if re.fullmatch(r"[\d.]+", host) else "DNS:") + host for host in hosts)
    openssl = lambda *arguments: subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, cwd=folder)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    if not (folder / "ca.pem").exists():
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign")
    openssl("req", *key, "-keyout", "new.key", "-out", "server.csr", "-subj", "/CN=Latchkey")
    (folder / "names").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "new.pem")
    os.replace(folder / "new.key", folder / "server.key")
    os.replace(folder / "new.pem", folder / "server.pem")


class Server:
    """One `latchkey serve`; `under` is what it is started by, if by anything."""
    under = ()

    def __init__(self, kind, folder, env=None):
        self.kind, self.config, self.log, self.process = kind, folder / f"{kind}.toml", folder / f"{kind}.log", None
        self.env = CLEAN | (env or {})

    def start(self, health):
        with self.log.open("a") as log:
            self.process = subprocess.Popen([*self.under, LATCHKEY, "serve", self.kind, "--config", self.config],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            assert self.process.poll() is None, f"serve {self.kind} ended:\n{self.log.read_text()}"
            if health():
                return self
            time.sleep(0.05)
        raise AssertionError(f"serve {self.kind} is not ready:\n{self.log.read_text()}")

    def stop(self):
        """Asks it to end; gives its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30) if self.process else 0
        finally:
            if self.process and self.process.poll() is None:
                self.process.kill()


def with_postgres():
    """tests/with-postgres as a module: it has no ending that Python would import by itself."""
    loader = importlib.machinery.SourceFileLoader("with_postgres", str(ROOT / "tests/with-postgres"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def fresh_database():
    """A database of its own on the cluster that LATCHKEY_TEST_DATABASE names; None without one: SQLite."""
    told = os.environ.get("LATCHKEY_TEST_DATABASE")
    if not told:
        return None
    at, name = urlsplit(told), f"house_{secrets.token_hex(6)}"
    subprocess.run([with_postgres().programs() / "createdb", "-h", at.hostname, "-p", str(at.port), "-U", at.username, name],
                   check=True, env=os.environ | {"PGPASSWORD": at.password})
    return at._replace(path=f"/{name}").geturl()


class Stays(urllib.request.HTTPRedirectHandler):
    """Follows nothing."""

    def redirect_request(self, *_):
        return None


class House:
    """An identity server at https://localhost, a tenant server at https://127.0.0.2, and a mailbox folder's worth of trust.
    Without TLS of their own they speak plain http, and `scheme` says what browsers speak."""

    def __init__(self, folder, database=None, tls=True, scheme="https"):
        self.folder, self.database, self.tls = Path(folder), database, tls
        self.ca, self.mailbox = self.folder / "tls/ca.pem", Mailbox()
        certificates(self.folder / "tls", ["localhost", "127.0.0.2", "127.0.0.4"])
        self.ports = {"identity": free_port(), "tenant": free_port(), "operations": free_port(), "application": free_port()}
        self.issuer = f"{scheme}://localhost:{self.ports['identity']}"
        self.tenant = f"{scheme}://127.0.0.2:{self.ports['tenant']}"
        self.write("identity", "127.0.0.1", database or "sqlite:data/identity.db")
        self.write("tenant", "127.0.0.2", database or "sqlite:data/tenants")
        self.identity, self.tenants = Server("identity", self.folder), Server("tenant", self.folder)

    def write(self, kind, address, database):
        """Its configuration: what the program prints, with the few lines that an operator changes."""
        text = run("config", kind)[0]
        for old, new in [
            ('issuer = "https://id.example.com"', f'issuer = "{self.issuer}"'),
            ('address = "127.0.0.1:8080"', f'address = "{address}:{self.ports[kind]}"'),
            ('relay = "smtps://mailer@mail.example.com"', f'relay = "{self.mailbox.address}"'),
            ('allowed_origins = []', f'allowed_origins = ["{self.issuer}", "{self.tenant}"]'),
            ('#: ca_file = "tls/ca.pem"', 'ca_file = "tls/ca.pem"'),
            (re.search(r'^url = .*$', text, re.M)[0], f'url = "{database}"'),
        ] + [('#: address = "127.0.0.1:9464"', f'address = "127.0.0.1:{self.ports["operations"]}"')] * (kind == "identity") + [
            ('#: tls_certificate_file =', 'tls_certificate_file ='), ('#: tls_key_file =', 'tls_key_file =')] * self.tls:
            assert old in text, old
            text = text.replace(old, new, 1)
        (self.folder / f"{kind}.toml").write_text(text)

    def migrate(self):
        for kind in ("identity", "tenant"):
            run("migrate", kind, "--config", self.folder / f"{kind}.toml")

    def start(self):
        self.identity.start(lambda: self.status(f"{self.issuer}/health") == 200)
        # No tenant answers there yet: 421.
        self.tenants.start(lambda: self.status(f"{self.tenant}/health") in (200, 421))
        return self

    def stop(self):
        return self.tenants.stop(), self.identity.stop()

    def command(self, *arguments):
        return answer(*arguments, "--config", self.identity.config)

    def change(self, statement):
        """Changes the identity server's database behind its back: what no command does."""
        if self.database:
            done = subprocess.run([with_postgres().programs() / "psql", "--quiet", "--set=ON_ERROR_STOP=1", self.database, "--command",
                                   f"SET search_path TO latchkey_identity; {statement}"], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        else:
            with contextlib.closing(sqlite3.connect(self.folder / "data/identity.db", timeout=10)) as database, database:
                database.execute(statement)

    def get(self, address):
        trust = ssl.create_default_context(cafile=self.ca)
        web = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trust), Stays())
        return web.open(address, timeout=30)

    def status(self, address):
        try:
            with self.get(address) as page:
                return page.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return None

    def copy_of(self, name, **changes):
        """A configuration with other values, to be refused."""
        text = (self.folder / "identity.toml").read_text()
        for key, line in changes.items():
            text = re.sub(rf"^{key} = .*$", line.replace("\\", "\\\\"), text, count=1, flags=re.M)
        path = self.folder / name
        path.write_text(text)
        return path

    def throw_away(self):
        self.stop()
        self.mailbox.shutdown()
        self.mailbox.server_close()
        shutil.rmtree(self.folder, ignore_errors=True)
