"""The seeder: each database is filled by a process of its own, which thinks up the same people."""
import itertools
import json
import os
import resource
import signal
import time
import traceback
import urllib.parse
from contextlib import closing
from dataclasses import dataclass

from bulk import Postgres, Sqlite
from machine import Trouble
from people import people
from rows import IDENTITY, CLIENT, MOST_TENANTS, PLATFORM, SERVED, TENANT, IdentityRows, TenantRows, platform_rows, served_rows

CHUNK = 5_000  # people in memory at a time
BLUEPRINT = "asset-library"  # whose roles the people have


@dataclass
class Told:
    count: int
    seconds: float
    memory_mb: float
    processes: int

    @property
    def speed(self):
        return self.count / self.seconds


class Stopped:
    """A demo that does not run."""

    def __init__(self, data, database=None, now=None):
        try:
            self.document = json.loads((data / "demo.json").read_text())
        except (OSError, ValueError) as error:
            raise Trouble(f"{data} is not the folder of a demo that was started once: {error}") from None
        self.data, self.database = data, database
        self.now = now or time.time_ns() // 1_000
        self.tenant = next((one for one in self.document["tenants"] if one["blueprint"] == BLUEPRINT), None)
        if not self.tenant:
            raise Trouble(f"the demo has no tenant of the kind {BLUEPRINT}")
        admins = [admin["email"] for admin in self.tenant["admins"]]
        member = next(one for one in self.document["people"]
                      if one["tenants"].get(self.tenant["slug"]) == "active" and one["email"] not in admins)
        self.known, self.password = member["email"], member["password"]

    def identity(self):
        return Postgres(self.database, "latchkey_demo_identity") if self.database else Sqlite(self.data / "identity.db")

    def tenants_of(self, slug):
        return Postgres(self.database, "latchkey_demo_tenants") if self.database else Sqlite(self.data / f"tenants/{slug}.db")

    def people(self, count, analyze=True, seed=1):
        slug, admin = self.tenant["slug"], self.tenant["admins"][0]["email"]
        with closing(self.identity()) as identity, closing(self.tenants_of(slug)) as tenants:
            id_ = identity.one("SELECT id FROM tenant WHERE slug = $", slug)["id"]
            phc = identity.one("SELECT phc FROM password JOIN account ON account.id = account_id WHERE email = $", self.known)["phc"]
            by = tenants.one("SELECT id FROM member WHERE tenant_id = $ AND email = $", id_, admin)["id"]
        return side_by_side(count, [
            lambda: fill(self.identity(), IDENTITY, IdentityRows(id_, phc), people(count, self.now, seed), analyze),
            lambda: fill(self.tenants_of(slug), TENANT, TenantRows(id_, by), people(count, self.now, seed), analyze)])

    def tenants(self, count, analyze=True):
        if count > MOST_TENANTS:
            raise Trouble(f"there are names for {MOST_TENANTS:,} tenants")
        with closing(self.identity()) as identity:
            model = identity.one("SELECT * FROM tenant WHERE slug = $", self.tenant["slug"])
            client = identity.one("SELECT * FROM client WHERE client_id = $", self.tenant["slug"])
        if not model["server_id"]:
            raise Trouble(f"{self.tenant['slug']} is not enrolled")
        port = urllib.parse.urlsplit(self.tenant["base_url"]).port
        return side_by_side(count, [
            lambda: write(self.identity(), [PLATFORM, CLIENT], [platform_rows(model, client, count, self.now, port)], analyze),
            lambda: write(self.tenants_of("control"), [SERVED], [served_rows(self.document["issuer"], count, self.now, port)], analyze)])


def fill(database, tables, rows, crowd, analyze):
    chunks = iter(lambda: list(itertools.islice(crowd, CHUNK)), [])
    write(database, tables, map(rows.of, chunks), analyze)


def write(database, tables, parts, analyze):
    database.begin(tables)
    for part in parts:
        for table, rows in part:
            database.write(table, rows)
    database.finish(analyze)


def side_by_side(count, works):
    """Each in a process of its own, on whatever processors there are."""
    begun, running = time.monotonic(), []
    for work in works:
        if (pid := os.fork()) == 0:
            code = 1
            try:
                work()
                code = 0
            except Trouble as trouble:
                print(f"seed: {trouble}", flush=True)
            except Exception:
                traceback.print_exc()
            finally:
                os._exit(code)
        running.append(pid)
    failed = False
    try:
        while running:
            failed |= os.waitpid(running[0], 0)[1] != 0
            running.pop(0)
    finally:
        for pid in running:
            os.kill(pid, signal.SIGTERM)
    if failed:
        raise Trouble("the databases are not filled, and of no use any more: begin the demo anew with --fresh")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Told(count, time.monotonic() - begun, memory, len(works))
