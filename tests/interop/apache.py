"""A private Apache with mod_auth_openidc: its configuration in a throwaway folder, on loopback, without root's rights."""
import contextlib
import itertools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from demo import CA_FILE, CLIENT, DISCOVERY, SCOPE

BINARY, MODULES = "/usr/sbin/apache2", Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "dir", "include", "ssl", "auth_openidc")
NOBODY = "nobody", "nogroup"  # as whom it runs where the tests run as root
READY_WITHIN = 15  # seconds
NEXT = itertools.count(1)

CONFIGURATION = """
{modules}
ServerRoot "{folder}"
DefaultRuntimeDir "{folder}"
PidFile "{folder}/pid"
ErrorLog "{folder}/error.log"
LogLevel warn ssl:error auth_openidc:info
Listen {listen}
ServerName {name}

SSLEngine on
SSLCertificateFile "{folder}/server.pem"
SSLCertificateKeyFile "{folder}/server.key"

OIDCProviderMetadataURL "{discovery}"
OIDCCABundlePath "{folder}/ca.pem"
OIDCClientID "{client.client_id}"
OIDCClientSecret "{secret}"
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI "{client.redirect_uri}"
OIDCScope "{scope}"
OIDCPKCEMethod S256
OIDCCryptoPassphrase "{passphrase}"

DocumentRoot "{folder}/pages"
DirectoryIndex index.html
<Directory "{folder}/pages">
  Options +Includes
  SetOutputFilter INCLUDES
  AuthType openid-connect
  Require valid-user
</Directory>
<Location "/administrators">
  Require claim roles:administrator
</Location>
<Location "{signed_out}">
  AuthType none
  Require all granted
</Location>
"""
SHOWS_ALL = '<h1>Protected</h1>\n<pre>\n<!--#printenv -->\n</pre>\n'


class Apache:
    """Where the client is registered (`CLIENT.base_url`) the demo's own application listens. So Apache has that name, that
    port and the demo's certificate for them, at a loopback address of its own; `elsewhere` tells a browser which."""

    def __init__(self, secret=CLIENT.client_secret, ca_file=CA_FILE):
        home = urlsplit(CLIENT.base_url)
        self.address = (f"127.0.1.{next(NEXT)}", home.port)
        self.elsewhere = {(home.hostname, home.port): self.address}
        self._secret, self._ca_file = secret, ca_file

    def __enter__(self):
        with contextlib.ExitStack() as undo:
            self.folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="latchkey-apache-")))
            self._write()
            # A session of its own: when it ends, Apache ends all of its process group.
            command = [*self._hand_over(), BINARY, "-f", self.folder / "httpd.conf", "-DFOREGROUND"]
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env={}, start_new_session=True)
            undo.callback(self._stop, process)
            self._wait(process)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, *failure):
        self._undo.close()

    def log(self):
        file = self.folder / "error.log"
        return file.read_text(errors="replace") if file.exists() else "(no log)"

    def _write(self):
        signed_out = urlsplit(CLIENT.signed_out).path
        pages = {"index.html": SHOWS_ALL, "administrators/index.html": SHOWS_ALL, signed_out.lstrip("/"): "<h1>Signed out</h1>\n"}
        for name, content in pages.items():
            file = self.folder / "pages" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        shutil.copy(self._ca_file, self.folder / "ca.pem")
        for name in ("server.pem", "server.key"):
            shutil.copy(CA_FILE.with_name(name), self.folder / name)
        (self.folder / "httpd.conf").write_text(CONFIGURATION.format(
            modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED),
            folder=self.folder, listen="{}:{}".format(*self.address), name=urlsplit(CLIENT.base_url).netloc,
            discovery=DISCOVERY, client=CLIENT, secret=self._secret, scope=SCOPE, signed_out=signed_out,
            passphrase=secrets.token_urlsafe(32)))

    def _hand_over(self):
        """How to run what follows: ended with this process, even if that is killed, and not as root."""
        limits = ["setpriv", "--pdeathsig=TERM"]
        if os.geteuid() != 0:
            return limits
        for path in [self.folder, *self.folder.rglob("*")]:
            shutil.chown(path, *NOBODY)
        return [*limits, "--reuid={}".format(NOBODY[0]), "--regid={}".format(NOBODY[1]), "--clear-groups"]

    def _wait(self, process):
        begun = time.monotonic()
        while time.monotonic() < begun + READY_WITHIN:
            assert process.poll() is None, f"Apache ended with {process.returncode} before it was ready"
            try:
                return socket.create_connection(self.address, 1).close()
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"Apache was not ready within {READY_WITHIN} s")

    def _stop(self, process):
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
        finally:
            print(f"\n--- Apache's log\n{self.log()}---", file=sys.stderr)
