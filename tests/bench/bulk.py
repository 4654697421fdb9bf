"""Many rows, straight into a database that no server has open: a SQLite file, or a schema of PostgreSQL. What is in the way of
many rows (indexes, checks of references, waiting for the disk) is put aside while they are written and back afterwards."""
import json
import os
import sqlite3
import subprocess
import uuid

from machine import Trouble

CACHE_KB = 128 * 1024


class Table:
    """Columns as `name:kind`; the kinds are text, int, bool, uuid, bytes, and with a `?` may be null."""

    def __init__(self, name, columns):
        self.name = name
        self.columns, self.kinds = zip(*(column.split(":") for column in columns.split()))


def maybe(encode):
    return lambda value: "\\N" if value is None else encode(value)


COPY = {"text": lambda value: value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n"), "int": str,
        "bool": lambda value: "t" if value else "f", "uuid": bytes.hex, "bytes": lambda value: "\\\\x" + value.hex()}
COPY |= {f"{kind}?": maybe(encode) for kind, encode in COPY.items()}


class Sqlite:
    """If this ends before `finish`, the file is of no use any more."""

    def __init__(self, file):
        if not file.is_file():
            raise Trouble(f"{file} is not there: start the servers once, so that they make it, and stop them")
        self.db = sqlite3.connect(file, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.indexes = []

    def one(self, sql, *values):
        rows = self.db.execute(sql.replace("$", "?"), values).fetchall()
        return dict(rows[0]) if rows else None

    def close(self):
        self.db.close()

    def begin(self, tables):
        self.tables = tables
        for pragma in ("journal_mode = OFF", "locking_mode = EXCLUSIVE", "synchronous = OFF", f"cache_size = -{CACHE_KB}"):
            self.db.execute(f"PRAGMA {pragma}")
        self.db.execute("BEGIN")
        for table in tables:
            known = self.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?", [table.name])
            for name, sql in known.fetchall():
                self.indexes.append(sql)
                self.db.execute(f"DROP INDEX {name}")
        self.insert = {table.name: f"INSERT INTO {table.name} ({', '.join(table.columns)}) VALUES ({', '.join('?' * len(table.columns))})"
                       for table in tables}

    def write(self, table, rows):
        self.db.executemany(self.insert[table.name], rows)

    def finish(self, analyze=True):
        for sql in self.indexes:
            self.db.execute(sql)
        self.db.execute("COMMIT")
        if analyze:
            self.db.execute("ANALYZE")
        self.db.execute("PRAGMA journal_mode = WAL")
        self.close()


class Postgres:
    def __init__(self, url, schema):
        self.url, self.schema, self.indexes, self.process = url, schema, [], None
        self.options = f"-c search_path={schema}"
        if self.ask("SELECT 1 FROM information_schema.schemata WHERE schema_name = current_schema()") != "1":
            raise Trouble(f"there is no schema {schema}: start the servers once, so that they make it, and stop them")
        if self.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == "t":
            # References are not checked row by row.
            self.options += " -c session_replication_role=replica"
        self.options += " -c synchronous_commit=off -c maintenance_work_mem=256MB"

    def psql(self, *arguments, **more):
        env = os.environ | {"PGOPTIONS": self.options}
        return subprocess.Popen(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", self.url, *arguments], stdout=subprocess.PIPE,
                                text=True, env=env, **more)

    def ask(self, sql):
        process = self.psql("-At", "-c", sql, stdin=subprocess.DEVNULL)
        told, _ = process.communicate()
        if process.returncode:
            raise Trouble(f"psql failed: {sql}")
        return told.strip()

    def one(self, sql, *values):
        """Values are texts and ids."""
        for value in values:
            sql = sql.replace("$", "'" + (value.hex() if isinstance(value, bytes) else value.replace("'", "''")) + "'", 1)
        told = self.ask(f"SELECT row_to_json(found) FROM ({sql}) AS found LIMIT 1")
        return {name: native(value) for name, value in json.loads(told).items()} if told else None

    def close(self):
        """Each question was a process."""

    def begin(self, tables):
        self.tables = tables
        names = ", ".join(f"'{table.name}'" for table in tables)
        told = self.ask(f"SELECT indexname || '|' || indexdef FROM pg_indexes WHERE schemaname = '{self.schema}' AND tablename IN ({names})"
                        f" AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = indexname)")
        self.process = self.psql(stdin=subprocess.PIPE)
        self.say("BEGIN;\n")
        for name, _, sql in (line.partition("|") for line in told.splitlines()):
            self.indexes.append(sql)
            self.say(f"DROP INDEX {name};\n")

    def say(self, text):
        try:
            self.process.stdin.write(text)
        except BrokenPipeError:
            raise Trouble("psql has ended") from None

    def write(self, table, rows):
        encode = [COPY[kind] for kind in table.kinds]
        lines = ["\t".join([one(value) for one, value in zip(encode, row)]) for row in rows]
        self.say(f"COPY {table.name} ({', '.join(table.columns)}) FROM STDIN;\n" + "\n".join(lines) + "\n\\.\n")

    def finish(self, analyze=True):
        self.say("".join(f"{sql};\n" for sql in self.indexes) + "COMMIT;\n")
        if analyze:
            self.say("".join(f"VACUUM ANALYZE {table.name};\n" for table in self.tables))
        self.process.stdin.close()
        if self.process.wait():
            raise Trouble("psql failed")


def native(value):
    """An id of PostgreSQL's JSON as SQLite has it."""
    try:
        return uuid.UUID(value).bytes if isinstance(value, str) and len(value) == 36 else value
    except ValueError:
        return value
