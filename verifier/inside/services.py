"""Starts services in this sandbox, then runs a command with the names in its environment by which projects find them.

    services.py --service postgresql --service redis --databases '[{"name": "shop", "user": "shop"}]' -- COMMAND...

Runs on verifier's own interpreter, standard library only. Exits with the command's code; with 97, and one line that says why,
when a service did not start. The services listen on the loopback of the sandbox's own network and end with it.
"""

import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from glob import glob

FAILED = 97
SECONDS = 30
HOST = "127.0.0.1"
POSTGRESQL_PORT, REDIS_PORT = 5432, 6379
ROLE = "postgres"
HOME = "/tmp/services"  # noqa: S108 - the sandbox's own
# When and by which process a line was logged, as PostgreSQL and Redis write it: it differs from run to run.
STAMP = re.compile(r"^(?:[\d-]+ [\d:.]+ \S+ \[\d+\] |\d+:[A-Z] \d+ \w+ \d+ [\d:.]+ \S )")
TELLING = re.compile(r"\b(?:PANIC|FATAL|error):")


class Failure(Exception):  # noqa: N818 - a word of the field, not an error of ours
    """A service did not start; the text says why."""


def program(name: str) -> str:
    """A server's program: Debian keeps PostgreSQL's out of the path, one folder for each version."""
    places = sorted(glob("/usr/lib/postgresql/*/bin/" + name), key=lambda path: float(path.split("/")[4]), reverse=True)
    found = places[0] if places else shutil.which(name)
    if not found:
        raise Failure("the program %s is not installed" % name)
    return found


def start(name, argv, running):
    with open(os.path.join(HOME, name + ".log"), "wb") as log:
        running.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
    return running[-1]


def wait_for(process, ready):
    """Waits until the service says that it is ready. Raises Failure when it ends or takes too long."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Failure("it ended at once")
        if ready():
            return
        time.sleep(0.02)
    raise Failure("it did not answer within %d seconds" % SECONDS)


def takes_connections(port):
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def postgresql_is_ready():
    """It takes connections before it is: only to say that it is starting up."""
    words = [program("pg_isready"), "-q", "-h", HOST, "-p", str(POSTGRESQL_PORT), "-U", ROLE]
    return subprocess.run(words, stdin=subprocess.DEVNULL, check=False).returncode == 0


def postgresql(databases, running):
    """A cluster of its own, in memory, that trusts every password; roles and databases as asked for."""
    data = os.path.join(HOME, "data")
    done = subprocess.run(
        [
            program("initdb"),
            "-D",
            data,
            "-U",
            ROLE,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise Failure(reason(done.stdout))
    settings = {
        "listen_addresses": HOST,
        "port": POSTGRESQL_PORT,
        "unix_socket_directories": "/tmp",  # noqa: S108 - the sandbox's own
        "timezone": "UTC",
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "32MB",
        "max_connections": "100",
    }
    words = [word for name, value in settings.items() for word in ("-c", "%s=%s" % (name, value))]
    process = start("postgresql", [program(SERVERS["postgresql"]), "-D", data, *words], running)
    wait_for(process, postgresql_is_ready)
    sql = [statement for database in databases for statement in created(database)]
    done = subprocess.run(
        [program("psql"), "-h", HOST, "-p", str(POSTGRESQL_PORT), "-U", ROLE, "-d", "postgres", "-q", "-X"],
        input="\n".join(sql).encode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        raise Failure(reason(done.stdout))


def created(database):
    """The SQL for a role and a database; that one is there already is no error (psql goes on)."""
    user, name = database.get("user") or "", database.get("name") or ""
    if user and user != ROLE:
        yield "CREATE ROLE %s SUPERUSER LOGIN;" % quoted(user)
    if name and name != "postgres":
        yield "CREATE DATABASE %s OWNER %s;" % (quoted(name), quoted(user or ROLE))


def quoted(name):
    return '"%s"' % name.replace('"', '""').replace("\0", "")


def redis(_, running):
    words = [program(SERVERS["redis"]), "--bind", HOST, "--port", str(REDIS_PORT), "--save", "", "--dir", HOME]
    wait_for(start("redis", words, running), lambda: takes_connections(REDIS_PORT))


STARTERS = {"postgresql": postgresql, "redis": redis}
SERVERS = {"postgresql": "postgres", "redis": "redis-server"}


def environment(names, databases):
    """The names by which projects find their services; those that are set already stay as they are.

    The URL names are those of dj-database-url, Flask-SQLAlchemy, libpq, Celery and redis-py; the others are what compose files
    of the official images lead projects to write.
    """
    found = {}
    if "postgresql" in names:
        first = next((one for one in databases if one.get("name")), {"name": "postgres", "user": ROLE})
        name, user = first["name"], first.get("user") or ROLE
        url = "postgresql://%s:%s@%s:%d/%s" % (user, user, HOST, POSTGRESQL_PORT, name)
        for key in (
            "DATABASE_URL",
            "TEST_DATABASE_URL",
            "DATABASE_URL_TEST",
            "DATABASE_TEST_URL",
            "POSTGRES_URL",
            "POSTGRESQL_URL",
            "SQLALCHEMY_DATABASE_URI",
            "SQLALCHEMY_DATABASE_URL",
            "SQLALCHEMY_DATABASE_TEST_URI",
        ):
            found[key] = url
        parts = {"HOST": HOST, "PORT": str(POSTGRESQL_PORT), "USER": user, "PASSWORD": user}
        for prefix, last in (("PG", "DATABASE"), ("POSTGRES_", "DB"), ("DB_", "NAME"), ("DATABASE_", "NAME")):
            found.update({prefix + key: value for key, value in {**parts, last: name}.items()})
    if "redis" in names:
        url = "redis://%s:%d/0" % (HOST, REDIS_PORT)
        found.update(
            {
                "REDIS_URL": url,
                "CELERY_BROKER_URL": url,
                "CACHE_URL": url,
                "REDIS_HOST": HOST,
                "REDIS_PORT": str(REDIS_PORT),
            }
        )
    return {**found, **os.environ}


def reason(output):
    """The last line that tells of an error, or else the last; a server says afterwards that it is shut down."""
    lines = [STAMP.sub("", line) for line in output.decode("utf-8", "replace").strip().splitlines()]
    return ([line for line in lines if TELLING.search(line)] or lines or ["no reason given"])[-1]


def log_of(name):
    try:
        with open(os.path.join(HOME, name + ".log"), "rb") as log:
            return reason(log.read()[-4000:])
    except OSError:
        return ""


def main(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("--service", action="append", default=[], choices=sorted(STARTERS))
    parser.add_argument("--databases", type=json.loads, default=[])
    parser.add_argument("command", nargs="+")
    given = parser.parse_args(words)
    os.makedirs(HOME, exist_ok=True)
    running = []
    try:
        for name in given.service:
            try:
                STARTERS[name](given.databases, running)
            except Failure as failure:
                log = log_of(name)
                sys.stderr.write("The service %s did not start: %s%s\n" % (name, failure, " (%s)" % log if log else ""))
                return FAILED
        return subprocess.run(given.command, env=environment(given.service, given.databases), check=False).returncode
    finally:
        for process in running:
            process.kill()
            process.wait()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.exit(code if code >= 0 else 128 - code)
