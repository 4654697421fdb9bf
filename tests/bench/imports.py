"""A hundred thousand people from a file: how fast, how much memory, and what logins feel of it."""
import time

from batch import IDLE, Logins, wait
from browser import Browser
from machine import Trouble, cpu_seconds
from people import people

LINES = 100_000
HEAD = "email,given_name,family_name,language,state,roles"


def file(now, lines):
    """Names as frequent as those of the seeded; addresses that nobody has."""
    who = (f"n{number}.{one.email},{one.given},{one.family},{one.locale},active,viewer" for number, one in enumerate(people(lines, now)))
    return "\r\n".join([HEAD, *who, ""]).encode()


def measure(pair, plan, pairs, singles):
    house = pair[1]
    house.start()
    crowd = house.some(20_000)
    lines = min(LINES, house.members)
    browser = Browser()
    browser.sign_in(house.url + "/", house.admin)
    data = file(house.demo.now, lines)

    logins = Logins(house, crowd[:4_000])
    time.sleep(IDLE if plan.seconds >= 5 else plan.seconds)
    idle = logins.stop()
    memory = house.memory()

    logins = Logins(house, crowd[4_000:])
    url, page = browser.follow(house.url + "/members/import")
    begun = time.monotonic()
    url, page = browser.upload(url, page, "file", "crowd.csv", data)
    read = time.monotonic() - begun
    slug = house.demo.tenant["slug"]
    sql = lambda what: house.ask(slug, f"SELECT {what} FROM import ORDER BY made_at DESC LIMIT 1")
    begun = time.monotonic()
    wait(lambda: sql("state") == "ready")
    looked = time.monotonic() - begun
    url, page = browser.follow(url)
    begun, before = time.monotonic(), cpu_seconds(house.pid)
    browser.press(url, page, "/start")
    wait(lambda: sql("state") == "done")
    done = time.monotonic() - begun
    spent = cpu_seconds(house.pid) - before
    busy = logins.stop()
    if int(sql("added")) != lines:
        raise Trouble(f"of {lines:,} only {sql('added')} were added: was this folder used before?")
    speed = lambda seconds: f"{seconds:.1f} s, {lines / seconds:,.0f} lines/s"
    singles += [
        (f"import: reading {lines:,} lines ({len(data) / 1e6:.0f} MB)", speed(read)),
        ("import: looking at them", speed(looked)),
        ("import: doing it", speed(done)),
        ("import: the server's processor time for each, logins with it", f"{spent / lines * 1000:.2f} ms"),
        ("import: memory before, at its most", house.most_memory(memory)),
        ("import: logins before (2 at a time)", f"{idle[0]}, p50 {idle[1]:.0f} ms, p99 {idle[2]:.0f} ms"),
        ("import: logins meanwhile", f"{busy[0]}, p50 {busy[1]:.0f} ms, p99 {busy[2]:.0f} ms: {busy[2] / idle[2]:.1f} × the p99 before"),
    ]
    house.stop()
