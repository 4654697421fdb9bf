"""The mail relay of these tests: takes every mail on a loopback port, and keeps it."""
import collections
import email
import email.policy
import re
import socketserver
import threading
import time


class _Session(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self):
        mood = self.server.mood
        self.server.met[mood] += 1
        if mood == "away":
            return
        if mood == "garbage":
            self.wfile.write(bytes(range(256)) * 64 + b"\r\n999 \xff\x00 nonsense\r\n250\r\n")
            return

        def say(line):
            if mood == "slow":
                time.sleep(0.25)
            self.wfile.write(line.encode() + b"\r\n")
        say("220 mailbox ESMTP")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                say("354 go on")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part[1:] if part.startswith(b".") else part)
                self.server.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
            elif verb == b"QUIT":
                say("221 bye")
                return
            if verb in (b"EHLO", b"HELO"):
                say("250 mailbox")
            elif verb != b"QUIT":
                say("250 ok")


class Mailbox(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Session)
        self.mails = []
        # How it takes whoever comes: None (as it should), "away", "garbage", "slow"; and how often it was met so.
        self.mood, self.met = None, collections.Counter()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def link(self, to, containing, within=30):
        """The link in the newest mail to somebody, once it has come."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            for mail in reversed(self.mails):
                text = mail.get_body(("plain",)).get_content()
                if to in str(mail["To"]) and (found := re.search(rf"https?://\S*{re.escape(containing)}\S*", text)):
                    return found[0]
            time.sleep(0.1)
        raise AssertionError(f"no mail with {containing} to {to}")
