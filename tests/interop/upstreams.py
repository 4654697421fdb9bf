"""Upstream providers that others wrote, each in a process of its own over https on loopback; they end with this one."""
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
CLIENT_ID = "latchkey"
READY_WITHIN = 60


class Upstream:
    """What an administrator is told of a provider, and what its people do on its pages. `people` are name -> password, claims."""
    key, host, program = None, None, ()
    preset, slash, signs_with = None, "", ()
    names_itself = False  # `iss` in answers (RFC 9207)

    def __init__(self, folder, tls, issuer_of_ours, port, people):
        self.folder, self.port, self.people, self.process = Path(folder) / self.key, port, people, None
        self.folder.mkdir()
        self.secret = f"a secret: of {self.key}, with % and +"
        self.redirect_uri = f"{issuer_of_ours}/upstream/{self.key}/callback"
        self.issuer = f"https://{self.host}:{port}" + self.slash
        self.told = {
            "issuer": self.issuer, "host": self.host, "port": port, "people": people, "client_id": CLIENT_ID,
            "client_secret": self.secret, "redirect_uri": self.redirect_uri,
            "backchannel_logout_uri": f"{issuer_of_ours}/upstream/{self.key}/backchannel-logout",
            "tls_certificate": str(tls / "server.pem"), "tls_key": str(tls / "server.key"), "database": str(self.folder / "database"),
            "records": str(self.folder / "records"), "signing_key": str(self.folder / "signing.pem")}
        (self.folder / "records").touch()
        self.environment = os.environ | {"NODE_EXTRA_CA_CERTS": str(tls / "ca.pem")}
        self.makes_a_key()

    def makes_a_key(self):
        subprocess.run(["openssl", "genpkey", *self.signs_with, "-out", self.told["signing_key"]], check=True, capture_output=True)

    def begins(self):
        (self.folder / "told.json").write_text(json.dumps(self.told))
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen([*self.program, self.folder / "told.json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                            stderr=log, env=self.environment, cwd=HERE, text=True)

    def start(self):
        if not self.process:
            self.begins()
        while (line := self.process.stdout.readline()) != "ready\n":
            assert line, f"{self.key} is not ready:\n{(self.folder / 'log').read_text()}"

    def stop(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(READY_WITHIN)
            self.process.stdout.close()
            self.process = None

    def rotates(self):
        """Another key signs from now on, and the old one is gone."""
        self.stop()
        self.makes_a_key()
        self.start()

    def records(self, event):
        """What it has written down itself, oldest first."""
        lines = map(json.loads, (self.folder / "records").read_text().splitlines())
        return [line for line in lines if line["event"] == event]

    def passes(self, person, page, name, until=None, consents=True):
        """Somebody signs in on its pages, as often as they are asked, and consents or not."""
        for _ in range(6):
            if not page.address.startswith(self.issuer):
                return page
            assert page.status == 200, page
            page = self.answers(person, page, name, until, consents)
        raise AssertionError(f"no end of questions at {page}")

    def answers(self, person, page, name, until, consents):
        raise NotImplementedError


class NodeOidcProvider(Upstream):
    """Set up by its issuer; client_secret_basic; ES256; claims at UserInfo alone."""
    key, host, program = "node", "127.0.0.7", ["node", HERE / "upstream-node.mjs"]
    preset, signs_with = "generic", ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
    names_itself = True

    def form(self):
        return {"issuer": self.issuer}

    def answers(self, person, page, name, until, consents):
        if any("login" in form.fields for form in page.forms):
            return person.submit(page, None, {"login": name, "password": self.people[name]["password"]}, until)
        return person.submit(page, None, {}, until) if consents else person.open(page.links["[ Cancel ]"], until)


class DjangoOauthToolkit(Upstream):
    """Set up by the preset for providers whose issuer ends with a slash and who are sent the secret in the form; RS256."""
    key, host, program = "django", "127.0.0.8", [sys.executable, HERE / "upstream_django.py"]
    preset, slash, signs_with = "auth0", "/", ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]

    def form(self):
        return {"domain": f"{self.host}:{self.port}"}

    def answers(self, person, page, name, until, consents):
        if any("username" in form.fields for form in page.forms):
            return person.submit(page, "sign-in", {"username": name, "password": self.people[name]["password"]}, until)
        return person.submit(page, "Authorize" if consents else "Cancel", {}, until)
