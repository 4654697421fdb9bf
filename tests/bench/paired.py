"""Two servers, asked in turn, one request each (A B, B A, …): whatever else the machine does meets both. The ratio of the medians
is the figure."""
import statistics
import time
from dataclasses import dataclass, field

from machine import Trouble, cpu_seconds

FLAT = 1.2  # what the larger may cost, of the smaller


@dataclass
class Side:
    seconds: list = field(default_factory=list)
    cpu: float = 0.0
    rows: int = 0

    @property
    def median(self):
        return statistics.median(self.seconds) * 1000

    @property
    def p99(self):
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)] * 1000

    @property
    def cpu_ms(self):
        return self.cpu / len(self.seconds) * 1000


@dataclass
class Pair:
    name: str
    small: Side
    large: Side
    gated: bool = True

    @property
    def ratio(self):
        return self.large.median / self.small.median

    @property
    def by_cpu(self):
        return self.large.cpu / self.small.cpu if self.small.cpu else None

    @property
    def verdict(self):
        if not self.gated:
            return ""
        return "flat" if self.ratio <= FLAT else "NOT FLAT"

    def data(self):
        return {"name": self.name, "ratio": self.ratio, "by_cpu": self.by_cpu, "verdict": self.verdict,
                **{side: {"median_ms": it.median, "p99_ms": it.p99, "cpu_ms": it.cpu_ms, "rows": it.rows, "n": len(it.seconds)}
                   for side, it in (("small", self.small), ("large", self.large))}}


def measure(name, askers, pids, seconds, check=lambda page: 0, least=30, gated=True):
    """`askers`: of the small and of the large. Each is warmed up, and one answer of each checked; `check` counts its rows."""
    sides = Side(), Side()
    for asker, side in zip(askers, sides):
        for _ in range(8):
            _, status, page = asker.ask()
            if status != 200:
                raise Trouble(f"{asker.url} answers {status}")
        side.rows = check(page)
    before = [cpu_seconds(pid) for pid in pids]
    until, turn = time.monotonic() + seconds, 0
    while time.monotonic() < until or turn < least:
        for which in (0, 1) if turn % 2 == 0 else (1, 0):
            spent, status, _ = askers[which].ask()
            if status != 200:
                raise Trouble(f"{askers[which].url} answers {status}")
            sides[which].seconds.append(spent)
        turn += 1
    for side, pid, then in zip(sides, pids, before):
        side.cpu = cpu_seconds(pid) - then
    for asker in askers:
        asker.close()
    return Pair(name, *sides, gated)
