"""The machine: which processors, who uses them, what is missing on it, and programs that end when the benchmark does."""
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

TICKS = os.sysconf("SC_CLK_TCK")
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Trouble(Exception):
    """Something that ends the benchmark, in words for whoever started it."""


def processors():
    """(the server's, the load's): two of those that this process may use."""
    free = sorted(os.sched_getaffinity(0))
    if len(free) < 2:
        raise Trouble("two processors are needed: one for the server, one for the load")
    return free[0], free[1]


def cpu_seconds(pid):
    """Processor time that all threads of a process have used."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid, what="VmRSS"):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith(what + ":"):
                return int(line.split()[1]) / 1024
    raise Trouble(f"the kernel does not tell {what} of process {pid}")


def busy_seconds(cpus):
    """How long these processors have worked, for anyone."""
    busy = 0
    with open("/proc/stat") as stat:
        for line in stat:
            name, *fields = line.split()
            if name in {f"cpu{cpu}" for cpu in cpus}:
                user, nice, system, _idle, _wait, irq, soft, steal, *_ = map(int, fields)
                busy += user + nice + system + irq + soft + steal
    return busy / TICKS


class Quiet:
    """What others used of our processors between start and stop, as a share of the time."""

    def __init__(self, cpus):
        self.cpus = cpus

    def own(self):
        # Children count once they have been waited for; those that run are read one by one.
        times = os.times()
        running = sum(cpu_seconds(one.pid) for one in Program.running if one.process.poll() is None)
        return times.user + times.system + times.children_user + times.children_system + running

    def start(self):
        self.begun, self.busy, self.mine = time.monotonic(), busy_seconds(self.cpus), self.own()

    def stop(self):
        spent = time.monotonic() - self.begun
        others = busy_seconds(self.cpus) - self.busy - (self.own() - self.mine)
        return max(0.0, others / (spent * len(self.cpus)))


def free_ports(count):
    """The first of `count` free neighbours, below the range from which the system takes ports for connections."""
    for _ in range(200):
        base = random.randrange(20_000, 32_000, 20)
        try:
            for port in range(base, base + count):
                with socket.socket() as trial:
                    trial.bind(("", port))
            return base
        except OSError:
            continue
    raise Trouble("no free ports between 20000 and 32000")


class Program:
    """A process on one processor, in a session of its own, ended by its id."""
    running = []

    def __init__(self, name, command, cpu, log, talks=False, env=None):
        self.name, self.log = name, log
        pipe = subprocess.PIPE if talks else subprocess.DEVNULL
        with log.open("a") as output:
            self.process = subprocess.Popen(
                ["taskset", "-c", str(cpu), *map(str, command)], stdin=pipe, stdout=pipe if talks else output, stderr=output,
                text=True, start_new_session=True, env=os.environ | {"NO_COLOR": "1"} | (env or {}))
        self.pid = self.process.pid  # taskset becomes the program
        Program.running.append(self)

    def alive(self):
        if (code := self.process.poll()) is not None:
            raise Trouble(f"{self.name} ended with {code}:\n{tail(self.log)}")

    def ask(self, line, seconds):
        """Sends a line (none: only listens) and returns the next one that it says."""
        if line is not None:
            self.alive()
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        try:
            answer = self.process.stdout.readline()
        finally:
            timer.cancel()
        if not answer:
            self.process.wait(10)
            raise Trouble(f"{self.name} said nothing within {seconds:.0f} s, or failed:\n{tail(self.log)}")
        return answer

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        if self in Program.running:
            Program.running.remove(self)


def stop_all(*_):
    for program in list(Program.running):
        program.stop()


def end_on_signals():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def tail(log, lines=15):
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def fetch(url, seconds=5, headers=None):
    """(status, headers, body); redirects are answers too."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        with opener.open(urllib.request.Request(url, headers=headers or {}), timeout=seconds) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def wait_for(url, program, seconds=30):
    """Until the first 200; returns the moment it came."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        program.alive()
        try:
            with direct.open(url, timeout=seconds) as answer:
                answer.read()
                return time.monotonic()
        except OSError:
            time.sleep(0.001)
    raise Trouble(f"{program.name} does not answer at {url} within {seconds} s:\n{tail(program.log)}")


def apt(command, package):
    if shutil.which(command):
        return
    print(f"installing Debian's {package}: {command} is missing", flush=True)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    subprocess.run([*sudo, "apt-get", "update", "-qq"], **quiet)
    subprocess.run([*sudo, "apt-get", "install", "-qq", "-y", "--no-install-recommends", package], check=True, **quiet,
                   env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
