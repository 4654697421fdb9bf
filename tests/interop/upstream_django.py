"""django-oauth-toolkit as an upstream provider, with Django's own accounts and its own page of consent, in one file.

  python upstream_django.py CONFIGURATION     says "ready" once it listens, and ends with its standard input.

What it was asked stands in the file `records`, a line of JSON for each: from its own rows and checks.
"""
import json
import os
import ssl
import sys
import threading
from pathlib import Path

import django
from django.conf import settings
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application

TOLD = json.loads(Path(sys.argv[1]).read_text())
SCOPES = {"openid": "Who you are", "profile": "Your name", "email": "Your address"}
LOGIN = '<title>Sign in</title><form method="post">{% csrf_token %}{{ form.as_p }}<button id="sign-in">Sign in</button></form>'

settings.configure(
    SECRET_KEY="a key for these tests alone", ALLOWED_HOSTS=[TOLD["host"]], ROOT_URLCONF="__main__", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": TOLD["database"]}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "oauth2_provider"],
    # The tables as they are now, without their history.
    MIGRATION_MODULES=dict.fromkeys(["auth", "contenttypes", "sessions", "oauth2_provider"]),
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
                "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "OPTIONS": {
        "context_processors": ["django.template.context_processors.request"],
        "loaders": [("django.template.loaders.locmem.Loader", {"login.html": LOGIN}),
                    "django.template.loaders.app_directories.Loader"]}}],
    LOGIN_URL="/login", STATIC_URL="/static/", DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    # Quick, since these passwords guard nothing.
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    OAUTH2_PROVIDER={
        "OIDC_ENABLED": True, "OIDC_ISS_ENDPOINT": TOLD["issuer"], "OIDC_RSA_PRIVATE_KEY": Path(TOLD["signing_key"]).read_text(),
        "PKCE_REQUIRED": True, "SCOPES": SCOPES, "OAUTH2_VALIDATOR_CLASS": "__main__.Validator"})
django.setup()

from django.contrib.auth.models import User  # noqa: E402  after the settings
from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db.models.signals import post_save  # noqa: E402
from django.urls import include, path  # noqa: E402
from oauth2_provider.models import Application, Grant  # noqa: E402
from oauth2_provider.oauth2_validators import OAuth2Validator  # noqa: E402

urlpatterns = [path("login", LoginView.as_view(template_name="login.html")), path("", include("oauth2_provider.urls"))]


def record(event, **what):
    with open(TOLD["records"], "a") as file:
        file.write(json.dumps({"event": event, **what}) + "\n")


def granted(sender, instance, created, **_):
    record("code", nonce=instance.nonce, code_challenge=instance.code_challenge,
           code_challenge_method=instance.code_challenge_method)


class Validator(OAuth2Validator):
    """Its own, with the claims that a person is to have, and a record of how the client has proved itself."""

    def get_additional_claims(self):
        of = lambda request: TOLD["people"][request.user.username]["claims"]
        return {name: lambda request, name=name: of(request).get(name)
                for name in ("name", "given_name", "family_name", "email", "email_verified")}

    def _authenticate_basic_auth(self, request):
        done = super()._authenticate_basic_auth(request)
        if done:
            record("client", method="client_secret_basic")
        return done

    def _authenticate_request_body(self, request):
        done = super()._authenticate_request_body(request)
        record("client" if done else "client refused", method="client_secret_post")
        return done

    def finalize_id_token(self, id_token, token, token_handler, request):
        done = super().finalize_id_token(id_token, token, token_handler, request)
        record("tokens", kid=request.client.jwk_key.thumbprint(), verifier=bool(request.code_verifier))
        return done


def seed():
    call_command("migrate", verbosity=0, run_syncdb=True)
    for name, person in TOLD["people"].items():
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(name, person["claims"].get("email"), person["password"])
    Application.objects.update_or_create(client_id=TOLD["client_id"], defaults={
        "name": "Latchkey", "client_secret": TOLD["client_secret"], "redirect_uris": TOLD["redirect_uri"],
        "client_type": Application.CLIENT_CONFIDENTIAL, "algorithm": Application.RS256_ALGORITHM,
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE})
    post_save.connect(granted, sender=Grant)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


def serve():
    server = ThreadedWSGIServer((TOLD["host"], TOLD["port"]), Quiet)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(TOLD["tls_certificate"], TOLD["tls_key"])
    server.socket = trust.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.base_environ["HTTPS"] = "on"
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    seed()
    serve()
