"""Two demos side by side, a small one and a large one, seeded with the same people."""
import itertools
import os
import sqlite3
import subprocess
import time
import urllib.parse
from pathlib import Path

import seeding
from machine import Program, Trouble, free_ports, resident_mb, wait_for
from people import people
from rows import tenants
from servers import DISCOVERY
from telling import say

# Six servers in one process, whatever is done to however many: a hundred thousand rows held at once would be more.
MOST_MB = 400


class House:
    def __init__(self, name, binary, cpu, folder, database, members, tenants):
        self.name, self.binary, self.cpu, self.folder, self.database = name, binary, cpu, folder, database
        self.members, self.tenants, self.data, self.program = members, tenants, folder / name, None

    def prepare(self):
        """Starts it for the first time, stops it, fills it; or takes what is there."""
        if (self.data / "seeded").exists():
            return None
        self.start()
        self.stop()
        demo = self.stopped()
        told = demo.people(self.members)
        say(f"{self.name}: {self.members:,} members and accounts in {told.seconds:.0f} s, {told.speed:,.0f}/s, at most {told.memory_mb:.0f} MB"
            f" in each of {told.processes} processes")
        demo.tenants(self.tenants)
        (self.data / "seeded").touch()
        return told

    def stopped(self):
        return seeding.Stopped(self.data, self.database)

    def start(self):
        """Milliseconds until its first 200."""
        known = self.data / "addresses.json"
        port = ["--port-base", free_ports(7)] if not known.exists() else []
        database = {"LATCHKEY_DEMO_DATABASE": self.database} if self.database else {}
        begun = time.monotonic()
        self.program = Program(f"the {self.name} demo", [self.binary, "demo", "--data", self.data, *port], self.cpu,
                               self.folder / f"{self.name}.log", env=database)
        while not (self.data / "demo.json").exists():
            self.program.alive()
            time.sleep(0.005)
        self.demo = self.stopped()
        self.url = self.demo.tenant["base_url"]
        ready = wait_for(self.demo.document["issuer"] + DISCOVERY, self.program, 60)
        return (ready - begun) * 1000

    def stop(self):
        self.program.stop()

    @property
    def pid(self):
        return self.program.pid

    def memory(self, what="VmRSS"):
        return resident_mb(self.pid, what)

    def most_memory(self, before):
        """What it held before, and at its most since it started, as a row says it: beyond its bound, whatever was done is not bounded."""
        most = self.memory("VmHWM")
        if most > MOST_MB:
            raise Trouble(f"{most:.0f} MB at its most, {before:.0f} MB before: more than {MOST_MB} MB")
        return f"{before:.0f}, {most:.0f} MB"

    @property
    def admin(self):
        return self.demo.tenant["admins"][0]

    def some(self, count):
        """Members who are in, with the role that no batch here touches."""
        crowd = (one for one in people(self.members, self.demo.now) if one.comes_and_looks and not one.provider and not one.kept_by)
        return [{"email": one.email, "password": self.demo.password} for one in itertools.islice(crowd, count)]

    # --- what no page tells ---

    def ask(self, name, sql, change=False):
        """One value, from the database of that name; `change` needs a stopped demo."""
        if self.database:
            schema = "latchkey_demo_identity" if name == "identity" else "latchkey_demo_tenants"
            done = subprocess.run(["psql", "-X", "-q", "-At", "-d", self.database, "-c", sql], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, env=os.environ | {"PGOPTIONS": f"-c search_path={schema}"})
            if done.returncode:
                raise Trouble(f"psql: {done.stderr}")
            return done.stdout.strip()
        file = self.data / ("identity.db" if name == "identity" else f"tenants/{name}.db")
        db = sqlite3.connect(f"file:{file}?mode={'rw' if change else 'ro'}", uri=True, timeout=10, isolation_level=None)
        try:
            rows = db.execute(sql).fetchall()
            return rows[0][0] if rows else None
        finally:
            db.close()

    def tenant_hosts(self):
        """Hosts of the tenants without members."""
        port = urllib.parse.urlsplit(self.url).port
        return [urllib.parse.urlsplit(url).netloc for *_, url in tenants(self.tenants, self.demo.now, port)]


def database(url, name):
    """A database of that name, in the cluster of `url`; made if it is not there."""
    parts = urllib.parse.urlsplit(url)
    there = subprocess.run(["psql", "-X", "-At", "-d", url, "-c", f"SELECT 1 FROM pg_database WHERE datname = '{name}'"], check=True,
                           capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout.strip()
    if not there:
        subprocess.run(["psql", "-X", "-q", "-d", url, "-c", f"CREATE DATABASE {name}"], check=True, stdin=subprocess.DEVNULL)
    return parts._replace(path=f"/{name}").geturl()


def pair(binary, cpu, folder, plan, cluster=None):
    Path(folder).mkdir(parents=True, exist_ok=True)
    where = lambda name: database(cluster, f"growth_{name}") if cluster else None
    return (House("small", binary, cpu, folder, where("small"), plan.few, plan.few_tenants),
            House("large", binary, cpu, folder, where("large"), plan.many, plan.many_tenants))
