"""Who is measured at an operation. Each subject has `measure(warm, seconds)`, which returns its figures as a dict:
completed, seconds, cpu (the server's, in seconds), p50_ms, p99_ms, failed, failure."""
import json
import subprocess

from machine import Program, Trouble, cpu_seconds, fetch
from servers import HERE, LIMIT


class Wrk:
    """GET of one address, over and over."""

    def __init__(self, url, program, cpu, connections, cookie=None, check=lambda body: None):
        self.url, self.program, self.cpu, self.connections = url, program, cpu, connections
        self.headers = {"Cookie": cookie} if cookie else {}
        status, headers, body = fetch(url, headers=self.headers)
        if status != 200:
            raise Trouble(f"{url} answers {status}")
        check(body)
        self.body = len(body)

    def measure(self, warm, seconds):
        if warm:
            self.wrk(warm)
        before = cpu_seconds(self.program.pid)
        figures = self.wrk(seconds)
        figures["cpu"] = cpu_seconds(self.program.pid) - before
        # wrk takes a redirect for success. An answer without this body would show in the bytes.
        if figures["completed"] and figures["bytes"] / figures["completed"] < self.body:
            figures |= {"failed": figures["failed"] or 1, "failure": "answers shorter than the one that was checked"}
        return figures

    def wrk(self, seconds):
        whole = max(1, round(seconds))
        headers = [word for name, value in self.headers.items() for word in ("-H", f"{name}: {value}")]
        command = ["taskset", "-c", str(self.cpu), "wrk", "-t1", f"-c{self.connections}", f"-d{whole}s", "--timeout", "5s",
                   "-s", str(HERE / "report.lua"), *headers, self.url]
        self.program.alive()
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=whole + 30)
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        if not lines:
            raise Trouble(f"wrk failed at {self.url}: {done.stdout}{done.stderr}")
        return json.loads(lines[-1])

    def stop(self):
        pass


class Load:
    """A flow of the load generator."""

    def __init__(self, flow, program, cpu, folder, connections, people=(), target=None, start=None):
        setup = {"connections": connections, "server_pid": program.pid, "people": list(people), "target": target, "start": start}
        self.flow, self.program = flow, program
        self.load = Program(f"the load generator ({flow})", [LIMIT / "load", flow, json.dumps(setup)], cpu,
                            folder / "load.log", talks=True)
        # It checks one answer in full, then signs its people in.
        self.checked = json.loads(self.load.ask(None, 120))

    def measure(self, warm, seconds):
        self.program.alive()
        return json.loads(self.load.ask(f"{warm} {seconds}", warm + seconds + 60))

    def stop(self):
        self.load.stop()


class Raw:
    """One thing on one thread, without a server."""

    def __init__(self, what, cpu, file=None):
        self.command = ["taskset", "-c", str(cpu), str(LIMIT / "raw"), what]
        self.file = [str(file)] if file else []

    def measure(self, warm, seconds):
        done = subprocess.run([*self.command, str(seconds), *self.file], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=seconds + 60)
        if done.returncode:
            raise Trouble(f"{' '.join(self.command)} failed: {done.stderr}")
        return json.loads(done.stdout)

    def stop(self):
        pass


def visit(url, person, program, cpu, folder):
    """Signs a person in at a tenant; returns the cookies for its pages."""
    setup = {"connections": 1, "server_pid": program.pid, "people": [person], "start": url}
    done = subprocess.run(["taskset", "-c", str(cpu), str(LIMIT / "load"), "visit", json.dumps(setup)], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=60)
    if done.returncode:
        raise Trouble(f"cannot sign in at {url}: {done.stderr}")
    arrived = json.loads(done.stdout)
    if arrived["status"] != 200 or not arrived["url"].startswith(url) or 'name="password"' in arrived["body"]:
        raise Trouble(f"signing in at {url} ended at {arrived['url']} with {arrived['status']}")
    return arrived["cookie"]
