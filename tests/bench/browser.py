"""A browser without eyes, and a connection that asks for one page over and over. Real cookies, real CSRF tokens."""
import html
import http.client
import re
import socket
import time
import urllib.parse

from machine import Trouble

MOST_HOPS = 20
FIELD = re.compile(r"<input\b[^>]*>")


def attribute(tag, name):
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None


def forms(page):
    """(tag, fields) of each form."""
    for part in page.split("<form")[1:]:
        tag, _, rest = part.partition(">")
        inputs = FIELD.findall(rest.split("</form>")[0])
        yield tag, [(attribute(one, "name"), attribute(one, "value") or "") for one in inputs if attribute(one, "name")]


class Browser:
    def __init__(self):
        self.connections, self.jar = {}, {}

    def cookies(self, url):
        host = urllib.parse.urlsplit(url).hostname
        return "; ".join(f"{name}={value}" for (owner, name), value in self.jar.items() if owner == host)

    def ask(self, url, fields=None):
        """(status, where it goes on, page). `fields` are a form's, or (kind, body)."""
        parts = urllib.parse.urlsplit(url)
        connection = self.connections.setdefault(parts.netloc, http.client.HTTPConnection(parts.netloc, timeout=60))
        headers = {"Accept": "text/html"}
        if cookies := self.cookies(url):
            headers["Cookie"] = cookies
        body = None
        if fields is not None:
            kind, body = fields if isinstance(fields, tuple) else ("application/x-www-form-urlencoded", urllib.parse.urlencode(fields))
            headers |= {"Origin": f"{parts.scheme}://{parts.netloc}", "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        method = "GET" if fields is None else "POST"
        try:
            answer, page = self.send(connection, method, path, body, headers)
        except http.client.RemoteDisconnected:
            # It rested too long: the server has closed it.
            connection.close()
            answer, page = self.send(connection, method, path, body, headers)
        for line in answer.headers.get_all("set-cookie", []):
            name, _, value = line.split(";")[0].partition("=")
            ended = "max-age=0" in line.lower() or "01 jan 1970" in line.lower()
            self.jar.pop((parts.hostname, name), None)
            if value and not ended:
                self.jar[parts.hostname, name] = value
        if answer.status >= 400:
            raise Trouble(f"{url} answers {answer.status}: {' '.join(re.sub('<[^>]*>', ' ', page.partition('<main')[2]).split())[:300]}")
        goes_on = answer.headers.get("location")
        if not goes_on and (refresh := re.search(r'http-equiv="refresh"[^>]*content="[^"]*url=([^"]*)"', page)):
            goes_on = html.unescape(refresh[1])
        return answer.status, goes_on and urllib.parse.urljoin(url, goes_on), page

    @staticmethod
    def send(connection, *request):
        connection.request(*request)
        answer = connection.getresponse()
        return answer, answer.read().decode()

    def follow(self, url, fields=None, person=None):
        """On until nothing goes on; signs in as `person` where that is asked. (address, page)"""
        for _ in range(MOST_HOPS):
            _, goes_on, page = self.ask(url, fields)
            fields = None
            if goes_on:
                url = goes_on
                continue
            asked = person and self.asked(page, person)
            if not asked:
                return url, page
            action, fields = asked
            url = urllib.parse.urljoin(url, action)
        raise Trouble(f"more than {MOST_HOPS} hops, the last to {url}")

    @staticmethod
    def asked(page, person):
        """The form that asks for a name or a password, filled in."""
        known = {"username": person["email"], "login": person["email"], "password": person["password"]}
        for tag, fields in forms(page):
            if any(name in known for name, _ in fields):
                return attribute(tag, "action") or "", [(name, known.get(name, value)) for name, value in fields]
        return None

    def sign_in(self, url, person):
        where, page = self.follow(url, person=person)
        if not where.startswith(url) or 'name="password"' in page:
            raise Trouble(f"signing {person['email']} in at {url} ended at {where}")
        return page

    def press(self, url, page, action, *more):
        """Sends the form that goes to `action`, with more fields."""
        for tag, fields in forms(page):
            if (attribute(tag, "action") or "").endswith(action):
                # Boxes are not ticked by being there.
                kept = [(name, value) for name, value in fields if name == "csrf"]
                return self.follow(urllib.parse.urljoin(url, attribute(tag, "action")), [*kept, *more])
        raise Trouble(f"{url} has no form for {action}")


    def upload(self, url, page, name, file_name, data):
        """Sends the form that takes a file."""
        for tag, fields in forms(page):
            if "multipart/form-data" in tag:
                edge = "edge-of-the-parts"
                csrf = dict(fields).get("csrf", "")
                head = (f'--{edge}\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
                        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\nContent-Type: text/csv\r\n\r\n')
                body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
                return self.follow(urllib.parse.urljoin(url, attribute(tag, "action") or ""), (f"multipart/form-data; boundary={edge}", body))
        raise Trouble(f"{url} has no form for a file")


class Asker:
    """One kept connection, one request, ready made: what is measured is the server."""

    def __init__(self, url, cookie="", host=None):
        parts = urllib.parse.urlsplit(url)
        self.url, self.address = url, (parts.hostname, parts.port)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"GET {path} HTTP/1.1", f"Host: {host or parts.netloc}", "Accept: text/html", *([f"Cookie: {cookie}"] if cookie else [])]
        self.request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self.connection = None

    def ask(self):
        """(seconds, status, page)."""
        if not self.connection:
            self.connection = socket.create_connection(self.address, 60)
            self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        begun = time.perf_counter()
        self.connection.sendall(self.request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self.more()
        head = data[:end].decode().lower()
        length = re.search(r"\r\ncontent-length: (\d+)", head)
        if not length:
            raise Trouble(f"{self.url} does not tell how long its answer is")
        wanted = end + 4 + int(length[1])
        while len(data) < wanted:
            data += self.more()
        seconds = time.perf_counter() - begun
        if "\r\nconnection: close" in head:
            self.close()
        return seconds, int(head.split(" ", 2)[1]), data[end + 4:]

    def more(self):
        part = self.connection.recv(262_144)
        if not part:
            raise Trouble(f"{self.url}: the connection ended")
        return part

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None
