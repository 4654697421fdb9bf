"""One deed done to a tenth of all members: how fast, how much memory, and what logins feel of it."""
import statistics
import threading
import time

from browser import Browser
from machine import Trouble, cpu_seconds

SEARCH = "role:editor"
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

    logins = Logins(house, crowd[4_000:])
    begun = time.monotonic()
    url, page = browser.follow(house.url + "/members?role=editor")
    url, page = browser.press(url, page, "/jobs", ("deed", plan.deed), ("all", "yes"), ("search", SEARCH))
    sql = lambda what: f"SELECT {what} FROM batch ORDER BY made_at DESC LIMIT 1"
    slug = house.demo.tenant["slug"]
    wait(lambda: house.ask(slug, sql("state")) == "ready")
    gathered = time.monotonic() - begun
    url, page = browser.follow(url)
    items = int(house.ask(slug, sql("items")))
    begun, before = time.monotonic(), cpu_seconds(house.pid)
    browser.press(url, page, "/start")
    wait(lambda: house.ask(slug, sql("state")) == "done")
    done = time.monotonic() - begun
    wait(lambda: house.ask(slug, "SELECT 1 FROM snapshot LIMIT 1") in (None, ""))
    told = time.monotonic() - begun
    spent = cpu_seconds(house.pid) - before
    busy = logins.stop()
    changed = int(house.ask(slug, sql("changed")))
    if changed < items // 2:
        raise Trouble(f"of {items:,} only {changed:,} were changed: was this folder used before?")
    singles += [
        (f"batch: finding {items:,} of {house.members:,}", f"{gathered:.1f} s, {items / gathered:,.0f} items/s"),
        (f"batch: doing it ({plan.deed}: {changed:,} changed)", f"{done:.1f} s, {items / done:,.0f} items/s"),
        ("batch: until the identity server knows of the last", f"{told:.1f} s, {items / told:,.0f} items/s"),
        ("batch: the server's processor time for each, logins with it", f"{spent / items * 1000:.2f} ms"),
        ("batch: memory before, at its most", f"{memory:.0f}, {house.memory('VmHWM'):.0f} MB"),
        ("logins before (2 at a time)", f"{idle[0]}, p50 {idle[1]:.0f} ms, p99 {idle[2]:.0f} ms"),
        ("logins meanwhile", f"{busy[0]}, p50 {busy[1]:.0f} ms, p99 {busy[2]:.0f} ms: {busy[2] / idle[2]:.1f} × the p99 before"),
    ]
    house.stop()


def wait(over):
    until = time.monotonic() + PATIENCE
    while not over():
        if time.monotonic() > until:
            raise Trouble(f"it was not over within {PATIENCE} s")
        time.sleep(0.2)
