"""Opening a tenant that nobody has come to yet, among few and among many; and what many cost when the server starts."""
import urllib.parse

import paired
from browser import Asker
from machine import Trouble

ROUNDS = 3  # opened anew after a restart


def measure(pair, plan, pairs, singles):
    hosts = None
    for turn in range(1 + ROUNDS):
        for house in pair:
            started = house.start()
            if turn:
                singles.append((f"start with {house.tenants:,} tenants, {turn}", f"{started:.0f} ms, {house.memory():.0f} MB"))
        if hosts is None:
            # As many of both, spread over all there are.
            count = min(pair[0].tenants, 30)
            hosts = [[all_[number * len(all_) // count] for number in range(count)] for all_ in (house.tenant_hosts() for house in pair)]
        name = "opening a tenant for the first time" if turn == 0 else f"opening a tenant again, {turn}"
        pairs.append(once(name, pair, hosts))
        askers = [visit(house, there[0]) for house, there in zip(pair, hosts)]
        if turn == 0:
            pairs.append(paired.measure("a tenant that is open", askers, [house.pid for house in pair], plan.seconds))
        for house in pair:
            house.stop()
            # Whatever was opened would be opened at the next start: it might have something to deliver.
            house.ask("control", "UPDATE served_tenant SET opened_at = NULL WHERE changed >= 0", change=True)


def visit(house, host):
    parts = urllib.parse.urlsplit(house.url)
    return Asker(f"http://{parts.netloc}/health", host=host)


def once(name, pair, hosts):
    """Each is opened once: there is no warming up."""
    sides = paired.Side(), paired.Side()
    before = [paired.cpu_seconds(house.pid) for house in pair]
    for turn, both in enumerate(zip(*hosts)):
        for which in (0, 1) if turn % 2 == 0 else (1, 0):
            asker = visit(pair[which], both[which])
            seconds, status, _ = asker.ask()
            asker.close()
            if status != 200:
                raise Trouble(f"{both[which]} answers {status}")
            sides[which].seconds.append(seconds)
    for side, house, then in zip(sides, pair, before):
        side.cpu = paired.cpu_seconds(house.pid) - then
    return paired.Pair(name, *sides)
