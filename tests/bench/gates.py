"""What speed must reach: ratios of figures from one run. The only place where a gate stands."""
import statistics
from dataclasses import dataclass, field


@dataclass
class Figure:
    """An operation at one subject, over all its rounds."""
    rates: list = field(default_factory=list)      # a second
    costs: list = field(default_factory=list)      # the server's processor time for each, in ms
    busy: list = field(default_factory=list)       # share of its processor that the server had
    p50: list = field(default_factory=list)        # ms
    p99: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def add(self, measured):
        if measured["failed"] or not measured["completed"]:
            self.failures.append(measured.get("failure") or f"{measured['failed']} of {measured['completed']} failed")
            return
        self.rates.append(measured["completed"] / measured["seconds"])
        self.costs.append(measured["cpu"] / measured["completed"] * 1000)
        self.busy.append(measured["cpu"] / measured["seconds"])
        self.p50.append(measured["p50_ms"])
        self.p99.append(measured["p99_ms"])

    @property
    def void(self):
        return bool(self.failures) or not self.rates

    def median(self, what="rates"):
        return statistics.median(getattr(self, what))

    def data(self):
        return {name: getattr(self, name) for name in ("rates", "costs", "busy", "p50", "p99", "failures")}


def both(figure):
    """(a second, a second of the server's processor)."""
    return figure.median(), 1000 / max(figure.median("costs"), 1e-9)


def bound(*parts):
    """What one processor can do that has to do all of it: B = 1/(n1/R1 + n2/R2 + …). Parts are (how often, figure)."""
    rates = [[count / both(figure)[which] for count, figure in parts] for which in (0, 1)]
    return tuple(1 / sum(costs) for costs in rates)


@dataclass
class Row:
    """One comparison. `gate` and `stretch` are at least, or at most where `at_most`; goals are reported only."""
    operation: str
    against: str
    ours: str
    theirs: str
    value: float | None           # as measured; none: void
    by_cpu: float | None = None   # the same by processor time, which neighbours disturb less
    gate: float | None = None
    stretch: float | None = None
    unit: str = "×"
    goal: bool = False
    at_most: bool = False

    @property
    def verdict(self):
        if self.value is None:
            return "VOID"
        if self.gate is None:
            return ""
        said = self.judge(self.value)
        # A machine that is busy with other things, or a disk that is waited for: then the two differ.
        other = said if self.by_cpu is None else self.judge(self.by_cpu)
        return ("goal " if self.goal else "") + said + ("" if other == said else f" (by CPU: {other})")

    def judge(self, value):
        reaches = (lambda mark: value <= mark) if self.at_most else (lambda mark: value >= mark)
        if self.stretch is not None and reaches(self.stretch):
            return "stretch"
        return "reached" if reaches(self.gate) else "MISSED"

    @property
    def missed(self):
        return self.gate is not None and not self.goal and (self.value is None or self.judge(self.value) == "MISSED")


def rows(figures, singles):
    """All comparisons that the figures allow. `figures`: (operation, subject) -> Figure; `singles`: name -> number."""
    get = lambda operation, subject: figures.get((operation, subject))
    raw = lambda what: get("raw", what)
    out = []

    def compare(operation, against, limit, parts, gate=None, stretch=None, unit="%"):
        ours = get(operation, "latchkey")
        if ours is None or any(figure is None for _, figure in parts):
            return
        if ours.void or any(figure.void for _, figure in parts):
            out.append(Row(operation, against, "void", "void", None, gate=gate, stretch=stretch, unit=unit))
            return
        mine, theirs = both(ours), bound(*parts)
        scale = 100 if unit == "%" else 1
        out.append(Row(operation, against, rate(mine[0]), f"{limit}{rate(theirs[0])}", scale * mine[0] / theirs[0],
                       scale * mine[1] / theirs[1], gate, stretch, unit))

    def number(operation, what, name, gate, stretch=None, unit="ms", goal=True, at_most=True):
        if name in singles:
            value = singles[name]
            out.append(Row(operation, what, f"{value:,.1f}", "", value, None, gate, stretch, unit, goal, at_most))

    for operation in ("discovery", "jwks"):
        compare(operation, "prepared JSON", "J ", [(1, get(operation, "limit"))], 75, 90)
        compare(operation, "node", "", [(1, get(operation, "node"))], 8, unit="×")
    compare("tenant page", "prepared body", "J ", [(1, get("tenant page", "limit"))], 30, 50)
    compare("password login", "argon2id", "A ", [(1, raw("argon2"))], 90, 96)
    compare("password login", "argon2id, memory kept", "", [(1, raw("argon2-kept"))])
    number("password login", "processor beside the hash", "login beside hash", 2)
    compare("password login", "node, which hashes nothing", "", [(1, get("password login", "node"))], unit="×")
    compare("SSO login", "node", "", [(1, get("SSO login", "node"))], 15, unit="×")
    number("SSO login", "a second", "sso rate", 2500, 4500, "/s", at_most=False)
    compare("code exchange", "1/(1/H + 2/S)", "B ", [(1, get("hello", "limit")), (2, raw("es256"))], 40, 55)
    compare("code exchange", "skeleton, durable", "", [(1, get("code exchange", "limit"))])
    compare("code exchange", "node, in memory", "", [(1, get("code exchange", "node"))], 8, unit="×")
    number("durable write", "p50, 1 connection : fdatasync", "write to fdatasync", 5, 2.7, "×", goal=False)
    number("memory", "idle", "idle MB", 30, 20, "MB")
    number("memory", "at its most under load", "loaded MB", 120, 90, "MB")
    number("start", "warm", "warm start ms", 60, 25)
    number("start", "first ever", "first start ms", 300, 80)
    return out


def rate(value):
    return f"{value:,.0f}/s" if value >= 100 else f"{value:,.1f}/s"
