"""What is measured: our demo, the limit programs, the peer. Each runs on the server's processor from start to end."""
import base64
import json
import os
import sqlite3
import statistics
import subprocess
import time
import uuid
from pathlib import Path

from machine import Program, Trouble, fetch, free_ports, resident_mb, wait_for

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
RESULTS = TARGET / "bench"
LIMIT = RESULTS / "limit/release"
DISCOVERY = "/.well-known/openid-configuration"


def build():
    """Returns the product's binary."""
    given = os.environ.get("LATCHKEY_BIN")
    if not given:
        run("cargo", "build", "--release", "--locked", "-p", "latchkey", cwd=ROOT)
    run("cargo", "build", "--release", "--locked", "--target-dir", RESULTS / "limit", cwd=HERE / "limit")
    lock, done = HERE / "package-lock.json", HERE / "node_modules/.package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        run("npm", "ci", "--ignore-scripts", "--silent", cwd=HERE)
    binary = Path(given) if given else TARGET / "release/latchkey"
    if not binary.is_file():
        raise Trouble(f"{binary} is not there")
    return binary


def run(*command, cwd):
    print("▸", *command, flush=True)
    if subprocess.run([str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL).returncode:
        raise Trouble(f"{command[0]} {command[1]} failed in {cwd}")


class Demo:
    """`latchkey demo` on a folder of its own."""

    def __init__(self, binary, cpu, folder):
        self.binary, self.cpu, self.folder, self.data = binary, cpu, folder, folder / "data"
        self.port, self.program, self.people, self.starts = free_ports(7), None, [], []

    def start(self):
        """Starts it; returns the milliseconds until its first 200."""
        begun = time.monotonic()
        self.program = Program("the demo", [self.binary, "demo", "--data", self.data, "--port-base", self.port], self.cpu,
                               self.folder / "demo.log")
        ready = wait_for(f"http://localhost:{self.port}{DISCOVERY}", self.program)
        return (ready - begun) * 1000

    def stop(self):
        self.program.stop()

    def prepare(self, people, starts):
        """The first start ever, more people, then `starts` warm starts, the last of which stays."""
        self.first_start = self.start()
        self.document = json.loads((self.data / "demo.json").read_text())
        tenant = self.document["tenants"][0]["slug"]
        self.application = next(one for one in self.document["applications"] if one["tenant"] == tenant)
        self.member = next(one for one in self.document["people"]
                           if one["tenants"].get(tenant) == "active" and one["email"] not in
                           [admin["email"] for admin in self.document["tenants"][0]["admins"]])
        self.tenant_url = self.document["tenants"][0]["base_url"]
        self.wait_for_membership()
        self.stop()
        self.seed(people)
        for last in range(starts, 0, -1):
            self.starts.append(self.start())
            if last > 1:
                self.stop()
        self.warm_start = statistics.median(self.starts)
        time.sleep(1)
        self.idle_mb = resident_mb(self.program.pid)

    def database(self):
        return sqlite3.connect(self.data / "identity.db")

    def wait_for_membership(self):
        """The tenant tells the identity server of its members after the start."""
        until = time.monotonic() + 20
        while time.monotonic() < until:
            db = self.database()
            known = db.execute("SELECT 1 FROM membership JOIN subject USING (subject) JOIN account ON account.id = account_id"
                               " WHERE email = ? AND state = 'active'", [self.member["email"]]).fetchone()
            db.close()
            if known:
                return
            time.sleep(0.1)
        raise Trouble(f"{self.member['email']} did not become a member at the identity server within 20 s")

    def seed(self, count):
        """Copies of one member, since guesses at one account are limited; and the application's ID tokens become ES256,
        as the gates have it. The demo is stopped meanwhile."""
        db = self.database()
        db.row_factory = sqlite3.Row
        db.execute("UPDATE client SET id_token_alg = 'ES256' WHERE client_id = ?", [self.application["client_id"]])
        account = db.execute("SELECT * FROM account WHERE email = ?", [self.member["email"]]).fetchone()
        for number in range(count):
            email = f"bench-{number}@bench.example"
            new, subjects = uuid.uuid4().bytes, {}
            insert(db, "account", account, id=new, email=email, email_key=email)
            for table in ("password", "link", "subject"):
                for row in db.execute(f"SELECT * FROM {table} WHERE account_id = ?", [account["id"]]).fetchall():
                    changes = {"account_id": new}
                    if table == "subject":
                        changes["subject"] = subjects[row["subject"]] = base64.urlsafe_b64encode(os.urandom(16)).decode().strip("=")
                    insert(db, table, row, **changes)
            for old, subject in subjects.items():
                for row in db.execute("SELECT * FROM membership WHERE subject = ?", [old]).fetchall():
                    insert(db, "membership", row, subject=subject)
            self.people.append({"email": email, "password": self.member["password"]})
        db.commit()
        db.close()

    def target(self):
        one = self.application
        return provider(f"http://localhost:{self.port}", one["client_id"], one["client_secret"], one["redirect_uris"][0])


def insert(db, table, row, **changes):
    values = dict(row) | changes
    marks = ", ".join("?" * len(values))
    db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", list(values.values()))


def provider(issuer, client_id, secret, redirect_uri, scope="openid profile email"):
    """What the load needs to know of a provider, as its discovery says."""
    status, _, body = fetch(issuer + DISCOVERY)
    if status != 200:
        raise Trouble(f"{issuer}{DISCOVERY} answers {status}")
    told = json.loads(body)
    if told["issuer"] != issuer:
        raise Trouble(f"{issuer} calls itself {told['issuer']}")
    names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
    return {name: told[name] for name in names} | {
        "client_id": client_id, "client_secret": secret, "redirect_uri": redirect_uri, "scope": scope}


class Peer:
    """node's oidc-provider."""

    def __init__(self, cpu, folder):
        self.port = free_ports(1)
        client = {"client_id": "bench", "client_secret": "a secret of the benchmark, thirty-two bytes or more",
                  "redirect_uri": "http://127.0.0.1:1/callback", "scope": "openid profile email"}
        client["client_secret"] = client["client_secret"].replace(" ", "-").replace(",", "")
        begun = time.monotonic()
        self.program = Program("node's oidc-provider", ["node", HERE / "peer.mjs", self.port, json.dumps(client)], cpu,
                               folder / "peer.log", env={"NODE_ENV": "production"})
        self.issuer = f"http://localhost:{self.port}"
        self.start_ms = (wait_for(self.issuer + DISCOVERY, self.program) - begun) * 1000
        self.target = provider(self.issuer, client["client_id"], client["client_secret"], client["redirect_uri"])
        time.sleep(0.5)
        self.idle_mb = resident_mb(self.program.pid)


class Web:
    """Bare axum and the skeleton."""

    def __init__(self, cpu, folder, sizes):
        port = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        self.program = Program("the limit server", [LIMIT / "web", port, folder / "skeleton.log.bin", *sizes], cpu,
                               folder / "web.log")
        wait_for(self.url + "/hello", self.program)
