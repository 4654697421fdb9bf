"""A person with the little of a browser that a sign-in needs: cookies, redirects, forms. No scripts: every page works without."""
import http.client
import http.cookiejar
import itertools
import re
import socket
import ssl
import urllib.request
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin, urlsplit

REDIRECTS = 20
# By these a server tells a person who goes somewhere from a script that fetches something.
NAVIGATES = {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


class Person:
    """Trusts `ca_file` alone. `elsewhere` says where a host and port really are, as a name server or `curl --connect-to`
    would: `{("127.0.0.4", 8403): ("127.0.0.1", 9000)}`; `comes_from` is their own address; `says` are headers of their own."""

    def __init__(self, login, ca_file, elsewhere=None, comes_from=None, says=None):
        self.login, self.cookies, self.says = login, http.cookiejar.CookieJar(), says or {}
        trust = ssl.create_default_context(cafile=ca_file)
        self._web = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies),
            Connections(trust, elsewhere or {}, comes_from), Manual())

    def open(self, address, until=None, form=None):
        """The page at the end of all redirects. An address that begins with `until` is not visited."""
        for _ in range(REDIRECTS):
            if until and address.startswith(until):
                return Page(address, 0, "")
            page, goes_on = self._ask(address, form)
            if not goes_on:
                return page
            address, form = urljoin(address, goes_on), None
        raise AssertionError(f"too many redirects, last to {address}")

    def submit(self, page, button, answers, until=None):
        """Fills in the form that holds `button`, presses it, and goes on."""
        form = next((form for form in page.forms if button in form.buttons), None)
        assert form, f"no form with “{button}”: {page}"
        return self.open(urljoin(page.address, form.action), until, form.fields | form.buttons[button] | answers)

    def upload(self, page, button, field, name, content):
        """Presses `button` with a file in that field, and goes on; a large one comes in pieces."""
        form = next((form for form in page.forms if button in form.buttons), None)
        assert form, f"no form with “{button}”: {page}"
        mark = "-" * 24 + "a-part"
        parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
                 for key, value in (form.fields | form.buttons[button]).items() if key != field]
        parts.append(f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
                     f"Content-Type: application/octet-stream\r\n\r\n".encode())
        pieces = [content] if isinstance(content, bytes) else content
        sent = itertools.chain(parts, pieces, [f"\r\n--{mark}--\r\n".encode()])
        body = b"".join(sent) if isinstance(content, (bytes, list)) else sent
        return self.open(urljoin(page.address, form.action), None, (body, f"multipart/form-data; boundary={mark}"))

    def sign_in(self, address, until=None):
        """Opens it and answers what the identity server asks, each question once."""
        asked = {"next": {"username": self.login["email"]}, "login": {"password": self.login["password"]}, "allow": {}}
        page = self.open(address, until)
        while step := next((step for step in asked if any(step in form.buttons for form in page.forms)), None):
            page = self.submit(page, step, asked.pop(step), until)
        return page

    def _ask(self, address, form):
        request = urllib.request.Request(address, headers=NAVIGATES | self.says)
        if form is not None:
            request.data, kind = form if isinstance(form, tuple) else (urlencode(form).encode(), None)
            if kind:
                request.add_header("Content-Type", kind)
            request.add_header("Origin", "{0.scheme}://{0.netloc}".format(urlsplit(address)))
            request.add_header("Sec-Fetch-Site", "same-origin")
        try:
            answer = self._web.open(request, timeout=20)
        except HTTPError as refusal:
            answer = refusal
        with answer:
            page = Page(address, answer.status, answer.read().decode("utf-8", "replace"))
        return page, answer.headers.get("Location") or page.refresh


@dataclass
class Form:
    action: str
    fields: dict = field(default_factory=dict)
    buttons: dict = field(default_factory=dict)  # id -> what pressing it adds


class Page(HTMLParser):
    def __init__(self, address, status, html):
        super().__init__()
        self.address, self.status, self.html = address, status, html
        self.forms, self.links, self.refresh, self.text = [], {}, None, ""
        self._inside, self._link = None, None
        self.feed(html)

    def __str__(self):
        return f"{self.status} at {self.address}: {' '.join(self.text.split())[:400]}"

    def handle_starttag(self, tag, attrs):
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(has.get("action", ""))
            self.forms.append(self._inside)
        elif tag == "a":
            self._link = has.get("href")
        elif tag == "meta" and has.get("http-equiv", "").lower() == "refresh" and ";" in has["content"]:  # else: the page itself, later
            self.refresh = re.sub(r"^\d+;\s*url=", "", has["content"], flags=re.I)
        elif self._inside and has.get("name") and tag == "input" and has.get("type") not in ("checkbox", "radio", "submit"):
            self._inside.fields[has["name"]] = has.get("value", "")
        elif self._inside and tag == "input" and has.get("type") == "submit":
            self._inside.buttons[has.get("id") or has.get("value")] = {has["name"]: has.get("value", "")} if has.get("name") else {}
        elif self._inside and tag == "button":
            self._inside.buttons[has.get("id")] = {has["name"]: has.get("value", "")} if has.get("name") else {}

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data):
        self.text += data
        if self._link:
            self.links[data.strip()] = self._link


class Connections(urllib.request.HTTPSHandler):
    """https with one idea of whom to trust, and one of where hosts are."""

    def __init__(self, trust, elsewhere, comes_from=None):
        super().__init__(context=trust)

        class Connection(http.client.HTTPSConnection):
            def connect(self):
                place = (self.host, self.port)
                plain = socket.create_connection(elsewhere.get(place, place), self.timeout, comes_from and (comes_from, 0))
                self.sock = trust.wrap_socket(plain, server_hostname=self.host)

        self._connection, self._trust = Connection, trust

    def https_open(self, request):
        # Told, so that it does not read the system's authorities with each request.
        return self.do_open(self._connection, request, context=self._trust)


class Manual(urllib.request.HTTPRedirectHandler):
    """Redirects come back as answers."""

    def redirect_request(self, *_):
        return None
