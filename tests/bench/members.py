"""The list of members: first page, a page far behind, each filter, free text (PP-04)."""
import html
import re
import time
import urllib.parse

import paired
from browser import Asker, Browser
from machine import Trouble
from people import people

FAR = 500  # which page is far behind

# Each with the address as the page itself writes it; the filters as crates/tenant/src/members/filter.rs knows them.
FILTERS = [
    *(("state", state) for state in ("invited", "to_review", "reviewed", "rejected", "user_deletion")),
    ("locked", "true"), ("locked", "false"),
    *(("lifecycle", lifecycle) for lifecycle in ("active", "suspended", "deleted", "not_deleted")),
    *(("role", role) for role in ("administrator", "editor", "supplier", "viewer")),
    ("support", "true"), ("support", "false"), ("federated", "true"), ("federated", "false"), ("provider", "contoso"), ("readonly", "true"), ("readonly", "false"),
]
TOGETHER = ["locked=true&role=supplier", "state=reviewed&role=editor", "state=to_review&lifecycle=active", "q=an&role=supplier"]


def texts(known):
    """(what, typed)"""
    yield "an address, with a frequent name", known.email
    yield "a rare whole name", "Åsa Sjöberg"
    yield "a frequent whole name", "Anna Müller"
    yield "a frequent word", "anna"
    yield "a beginning", "sch"
    yield "everybody's word", "example"
    yield "nobody", "zzyzx"


def rows(page):
    return page.count(b"data-deeds=")


def next_page(page):
    found = re.search(r'id="next-page" href="([^"]*)"', page)
    return html.unescape(found[1]) if found else None


def walk(browser, house):
    """The address of page FAR, or of the last full one where there are fewer."""
    at, address, full = 1, "/members", "/members"
    while at < FAR:
        _, _, page = browser.ask(house.url + address)
        following = next_page(page)
        if not following:
            break
        full, address, at = address, following, at + 1
    return (address, at) if at == FAR else (full, at - 1)


def measure(pair, plan, pairs, singles):
    browsers = []
    for house in pair:
        house.start()
        browsers.append(Browser())
        browsers[-1].sign_in(house.url + "/", house.admin)
    cookies = [browser.cookies(house.url) for browser, house in zip(browsers, pair)]
    pids = [house.pid for house in pair]

    found(pair, browsers)

    def compare(name, *addresses):
        if plan.only not in name:
            return
        addresses = addresses * 2 if len(addresses) == 1 else addresses
        askers = [Asker(house.url + address, cookie) for house, address, cookie in zip(pair, addresses, cookies)]
        pairs.append(paired.measure(name, askers, pids, plan.seconds, check=rows))

    compare("first page", "/members")
    far = [walk(browser, house) for browser, house in zip(browsers, pair)]
    compare(f"page {far[1][1]} (small: {far[0][1]})", far[0][0], far[1][0])
    for name, value in FILTERS:
        compare(f"{name}: {value}", f"/members?{name}={value}")
    compare("inactive: every fifth", *(f"/members?inactive={day_before_a_fifth(house)}" for house in pair))
    for together in TOGETHER:
        compare(together, f"/members?{together}")
    known = next(one for one in people(1_000, pair[0].demo.now) if one.state == "reviewed" and one.email.startswith("anna.mueller"))
    for name, typed in texts(known):
        compare(f"text: {name}", "/members?" + urllib.parse.urlencode({"q": typed}))
    compare("requests to join", "/requests")
    compare("one member", *(member(browser, house) for browser, house in zip(browsers, pair)))
    compare("a page without a list", "/profile")
    for house in pair:
        singles.append((f"memory after lists, {house.members:,} members", f"{house.memory():.0f} MB"))
        house.stop()


def found(pair, browsers):
    """Who was seeded last is found by the words that the seeder wrote, as anybody whom the server itself writes down."""
    for house, browser in zip(pair, browsers):
        email, given = house.ask(house.demo.tenant["slug"], "SELECT email || ' ' || given_name FROM member WHERE email NOT LIKE '%@aurora.example' ORDER BY id DESC LIMIT 1").split(" ", 1)
        for typed in (email, f"{given.split()[0]} {email.split('@')[0]}"):
            _, _, page = browser.ask(house.url + "/members?" + urllib.parse.urlencode({"q": typed}))
            if f"<bdi>{email}</bdi>" not in html.unescape(page):
                raise Trouble(f"{house.name}: a search for {typed!r} does not find {email}")


def day_before_a_fifth(house):
    """Since which day every fifth has not been seen: the same question to both, whose people came at other times."""
    seen = house.ask(house.demo.tenant["slug"], f"SELECT COALESCE(last_sign_in, created_at) FROM member ORDER BY 1 LIMIT 1 OFFSET {house.members // 5}")
    return time.strftime("%Y-%m-%d", time.gmtime(int(seen) // 1_000_000))


def member(browser, house):
    _, _, page = browser.ask(house.url + "/members?role=administrator")
    return re.search(r'href="(/members/[0-9a-f-]{36})"', page)[1]
