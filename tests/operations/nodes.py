"""Several nodes of each server behind a balancer that gives each connection to the next one."""
import itertools
import os
import re
import signal
import socket
import threading

from house import House, Server, free_port


class Balancer:
    """Passes TCP connections on in turn, TLS and all; a node that takes none is passed over."""

    def __init__(self, address, port, nodes):
        self.nodes, self.turn, self.served = nodes, itertools.count(), [0] * len(nodes)
        self.listener = socket.create_server((address, port))
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client, next(self.turn)), daemon=True).start()

    def _pass_on(self, client, turn):
        for number in (turn % len(self.nodes), (turn + 1) % len(self.nodes)):
            try:
                node = socket.create_connection(self.nodes[number], timeout=5)
            except OSError:
                continue
            node.settimeout(None)
            self.served[number] += 1
            back = threading.Thread(target=copy, args=(node, client), daemon=True)
            back.start()
            copy(client, node)
            back.join()
            node.close()
            break
        client.close()

    def close(self):
        self.listener.close()


def copy(source, target):
    try:
        while part := source.recv(65536):
            target.sendall(part)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Nodes(House):
    """Two identity servers and two tenant servers on one database. The addresses of the house are the balancers'."""

    def __init__(self, folder, database):
        super().__init__(folder, database)
        self.balancers, self.servers = {}, {}
        for kind, address in (("identity", "127.0.0.1"), ("tenant", "127.0.0.2")):
            ports = [free_port(), free_port()]
            self.servers[kind] = [self.node(kind, name, address, port) for name, port in zip("ab", ports)]
            self.balancers[kind] = Balancer(address, self.ports[kind], [(address, port) for port in ports])
        self.identity, self.tenants = self.servers["identity"][0], self.servers["tenant"][0]

    def node(self, kind, name, address, port):
        """The same configuration, but for where it listens."""
        text = (self.folder / f"{kind}.toml").read_text()
        for old, new in [(rf"^address = \"{re.escape(address)}:\d+\"", f'address = "{address}:{port}"'),
                         (r"^socket = .*", f'socket = "run/{kind}-{name}.sock"'),
                         (r'^address = "127.0.0.1:%d"' % self.ports["operations"], f'address = "127.0.0.1:{free_port()}"')]:
            text = re.sub(old, new, text, count=1, flags=re.M)
        server = Server(kind, self.folder)
        server.config, server.log = self.folder / f"{kind}-{name}.toml", self.folder / f"{kind}-{name}.log"
        server.config.write_text(text)
        server.port, server.direct = port, f"https://{'localhost' if kind == 'identity' else address}:{port}"
        return server

    def start(self):
        for server in self.servers["identity"]:
            server.start(lambda: self.status(f"{server.direct}/health") == 200)
        for server in self.servers["tenant"]:
            server.start(lambda: self.status(f"{server.direct}/health") in (200, 421))
        return self

    def stop(self):
        return tuple(server.stop() for kind in ("tenant", "identity") for server in self.servers[kind])

    def at(self, node):
        """Where a Person finds both servers who always gets to the same node."""
        return {(host, self.ports[kind]): (host.replace("localhost", "127.0.0.1"), self.servers[kind][node].port)
                for kind, host in (("identity", "localhost"), ("tenant", "127.0.0.2"))}

    def throw_away(self):
        super().throw_away()
        for balancer in self.balancers.values():
            balancer.close()


def kill(server):
    """As a machine that loses its power does: nothing is finished."""
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait(30)
