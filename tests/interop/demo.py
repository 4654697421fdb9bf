"""The demo that runs beside a test, and the one place that says which client of it a stock program becomes."""
import json
import os
from dataclasses import dataclass
from pathlib import Path

DEMO = json.loads(Path(os.environ["LATCHKEY_DEMO_JSON"]).read_text())
if not DEMO["ca_file"]:
    raise SystemExit("these tests are about https: tests/with-demo --tls")
CA_FILE = Path(DEMO["ca_file"])
ISSUER = DEMO["issuer"]
DISCOVERY = f"{ISSUER}/.well-known/openid-configuration"
SCOPE = "openid profile email membership"


@dataclass(frozen=True)
class Client:
    """What a relying party is told. It stands in for the demo's own application: under its id, at its addresses."""
    client_id: str
    client_secret: str
    base_url: str
    redirect_uri: str
    signed_out: str  # the registered post-logout redirect URI
    tenant: str


def _client():
    told = next(one for one in DEMO["applications"] if one["auth_method"] == "client_secret_basic" and one["tenant"])
    return Client(told["client_id"], told["client_secret"], told["base_url"], told["redirect_uris"][0],
                  f"{told['base_url']}/signed-out", told["tenant"])


CLIENT = _client()


def _member(state, without=()):
    return next(one for one in DEMO["people"] if one["tenants"].get(CLIENT.tenant) == state and one["email"] not in without)


ADMINISTRATOR = next(tenant for tenant in DEMO["tenants"] if tenant["slug"] == CLIENT.tenant)["admins"][0]
MEMBER = _member("active", without=[ADMINISTRATOR["email"]])
LOCKED_OUT = _member("locked")
