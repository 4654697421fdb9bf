"""One deed done to a quarter of all members, then to a tenth beside people who sign in: how fast, how much memory, and what logins feel of it."""
import statistics
import threading
import time
from dataclasses import dataclass

from browser import Browser
from machine import Trouble, cpu_seconds

IDLE = 20       # seconds of logins before it
PATIENCE = 900  # seconds until everything must be over


class Logins:
    """People who sign in, one after the other, each in a new browser: the complete way from the tenant's door to its page."""

    def __init__(self, house, people, hands=2):
        self.house, self.people, self.stopped = house, iter(people), threading.Event()
        self.seconds, self.failures, self.lock = [], [], threading.Lock()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(hands)]
        for thread in self.threads:
            thread.start()

    def work(self):
        while not self.stopped.is_set():
            with self.lock:
                person = next(self.people, None)
            if person is None:
                return
            begun = time.perf_counter()
            try:
                Browser().sign_in(self.house.url + "/", person)
                self.seconds.append(time.perf_counter() - begun)
            except (Trouble, OSError) as trouble:
                self.failures.append(str(trouble))

    def stop(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        if self.failures or not self.seconds:
            raise Trouble(f"{len(self.failures)} logins failed: {self.failures[:1]}")
        ordered = sorted(self.seconds)
        return len(ordered), statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000


def measure(pair, plan, pairs, singles):
    house = pair[1]
    house.start()
    crowd = house.some(20_000)
    browser = Browser()
    browser.sign_in(house.url + "/", house.admin)

    logins = Logins(house, crowd[:4_000])
    time.sleep(IDLE if plan.seconds >= 5 else plan.seconds)
    idle = logins.stop()
    memory = house.memory()

    # Alone: what the engine can do.
    alone = deed(house, browser, "role=supplier&state=reviewed", "role:supplier state:reviewed", plan.deed)
    # And with people who sign in meanwhile.
    logins = Logins(house, crowd[4_000:])
    beside = deed(house, browser, "role=editor", "role:editor", plan.deed)
    busy = logins.stop()
    for name, it in (("alone", alone), ("with logins", beside)):
        singles += [
            (f"batch {name}: finding {it.items:,} of {house.members:,}", it.speed(it.gathered)),
            (f"batch {name}: doing it ({plan.deed}: {it.changed:,} changed)", it.speed(it.done)),
            (f"batch {name}: until the identity server knows of the last", it.speed(it.told)),
            (f"batch {name}: the server's processor time for each", f"{it.spent / it.items * 1000:.2f} ms"),
        ]
    singles += [
        ("batch: memory before, at its most", house.most_memory(memory)),
        ("logins before (2 at a time)", f"{idle[0]}, p50 {idle[1]:.0f} ms, p99 {idle[2]:.0f} ms"),
        ("logins meanwhile", f"{busy[0]}, p50 {busy[1]:.0f} ms, p99 {busy[2]:.0f} ms: {busy[2] / idle[2]:.1f} × the p99 before"),
    ]
    house.stop()


@dataclass
class Told:
    items: int
    changed: int
    gathered: float
    done: float
    told: float
    spent: float

    def speed(self, seconds):
        return f"{seconds:.1f} s, {self.items / seconds:,.0f} items/s"


def deed(house, browser, query, search, name):
    """One deed done to everybody whom a search finds."""
    slug = house.demo.tenant["slug"]
    sql = lambda what: house.ask(slug, f"SELECT {what} FROM batch ORDER BY made_at DESC LIMIT 1")
    begun = time.monotonic()
    url, page = browser.follow(f"{house.url}/members?{query}")
    # "switch:contoso" is a switch to that provider; what else a deed asks for has its answer already.
    name, _, provider = name.partition(":")
    details = [("provider", provider), ("asked", "yes")] if provider else []
    url, page = browser.press(url, page, "/jobs", ("deed", name), ("all", "yes"), ("search", search), *details)
    wait(lambda: sql("state") == "ready")
    gathered = time.monotonic() - begun
    url, page = browser.follow(url)
    items = int(sql("items"))
    begun, before = time.monotonic(), cpu_seconds(house.pid)
    browser.press(url, page, "/start")
    wait(lambda: sql("state") == "done")
    done = time.monotonic() - begun
    wait(lambda: house.ask(slug, "SELECT 1 FROM snapshot LIMIT 1") in (None, ""))
    told = time.monotonic() - begun
    changed = int(sql("changed"))
    if changed < items // 2:
        raise Trouble(f"of {items:,} only {changed:,} were changed: was this folder used before?")
    return Told(items, changed, gathered, done, told, cpu_seconds(house.pid) - before)


def wait(over):
    until = time.monotonic() + PATIENCE
    while not over():
        if time.monotonic() > until:
            raise Trouble(f"it was not over within {PATIENCE} s")
        time.sleep(0.2)
