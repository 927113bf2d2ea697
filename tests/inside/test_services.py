"""Services for the delivered tests: the real ones in the sandbox, and what is said of one that does not start."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from verifier import interpreters
from verifier.inside import services
from verifier.retold import retold
from verifier.sandbox import Bubblewrap, Job, Mount, missing, tool_mounts

FOLDER = Path(services.__file__).parent
DATABASES = [{"name": "shop", "user": "keeper"}, {"name": "shop", "user": "keeper"}, {"name": 'odd "name"', "user": ""}]
ASKS = """
psql -Atc "select current_database(), current_user, rolsuper from pg_roles where rolname = current_user"
psql -Atc "select datname, pg_get_userbyid(datdba) from pg_database where not datistemplate order by 1"
redis-cli ping
env | sed -n 's/^DATABASE_URL=//p; s/^REDIS_URL=//p' | sort
"""
TAKEN = """
import socket, subprocess, sys
with socket.create_server(("127.0.0.1", 5432)):
    sys.exit(subprocess.call(sys.argv[1:]))
"""
LISTENS = """\
import os, socket, sys
open(sys.argv[0] + ".pid", "w").write(str(os.getpid()))
listener = socket.create_server((sys.argv[2], int(sys.argv[4])))
while True:
    listener.accept()
"""


def inside(*words: str, before: tuple[str, ...] = ()) -> tuple[int | None, str, str]:
    """(exit code, output, errors) in the sandbox, where the network and the folders are its own."""
    argv = (*before, sys.executable, "-I", "/inside/services.py", *words)
    mounts = (*tool_mounts(), Mount(source=FOLDER, target="/inside"))
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    ended = Bubblewrap().run(Job(argv=argv, cwd="/", mounts=mounts, env=env, seconds=60))
    return ended.exit_code, ended.stdout.decode(), ended.stderr.decode()


needs_sandbox = pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there")


@needs_sandbox
def test_both_services_answer_with_the_databases_and_names_that_were_asked_for():
    asked = ("--service", "postgresql", "--service", "redis", "--databases", json.dumps(DATABASES))
    code, output, errors = inside(*asked, "--", "sh", "-c", ASKS)
    assert (code, errors) == (0, "")
    assert output.splitlines() == [
        "shop|keeper|t",
        'odd "name"|postgres',
        "postgres|postgres",
        "shop|keeper",
        "PONG",
        "postgresql://keeper:keeper@127.0.0.1:5432/shop",
        "redis://127.0.0.1:6379/0",
    ]


@needs_sandbox
def test_a_server_that_ends_at_once_is_quoted_with_its_error_and_not_its_clock():
    code, output, errors = inside("--service", "postgresql", "--", "echo", "ran", before=(sys.executable, "-c", TAKEN))
    assert (code, output) == (services.FAILED, "")
    assert errors == (
        "The service postgresql did not start: it ended at once (FATAL:  could not create any TCP/IP sockets)\n"
    )


@pytest.mark.parametrize("python", interpreters.found(), ids=lambda path: path.name)
def test_the_command_keeps_its_words_and_its_exit_code_is_told(python):
    script = [python, "-I", FOLDER / "services.py", "--"]
    done = subprocess.run([*script, "echo", "--service", "--", "-x"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "--service -- -x\n", "")
    assert subprocess.run([*script, "sh", "-c", "exit 3"], check=False).returncode == 3
    assert subprocess.run([*script, "sh", "-c", "kill -9 $$"], check=False).returncode == 137


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder for programs, the only ones that there are, and services of this test's own."""
    (tmp_path / "bin").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        monkeypatch.setattr(services, "REDIS_PORT", probe.getsockname()[1])
    monkeypatch.setattr(services, "HOME", str(tmp_path / "home"))
    monkeypatch.setattr(services, "SECONDS", 10)
    monkeypatch.setattr(services, "glob", lambda _: [])
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path / "bin"


def program(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o755)
    return path.with_name(path.name + ".pid")


def redis_that(place: Path, text: str) -> Path:
    return program(place / "redis-server", text)


def gone(pid: Path) -> bool:
    return not psutil.pid_exists(int(pid.read_text()))


def said(capsys, *words: str) -> str:
    """What is said when no service starts; the command would say something else."""
    assert services.main([*words, "--", "/bin/sh", "-c", "echo ran >&2"]) == services.FAILED
    line = capsys.readouterr().err.removesuffix("\n")
    assert retold(line).fr.startswith("Le service")
    return line


def test_a_service_that_is_not_installed_is_named_with_its_program(place, capsys):
    assert said(capsys, "--service", "redis") == (
        "The service redis did not start: the program redis-server is not installed"
    )
    assert said(capsys, "--service", "postgresql") == (
        "The service postgresql did not start: the program initdb is not installed"
    )


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("", "no reason given"),
        ("first\nlast\n", "last"),
        (
            "7:C 28 Nov 2026 18:22:01.263 * starting\n7:M 28 Nov 2026 18:22:01.263 # Failed listening, aborting.\n",
            "Failed listening, aborting.",
        ),
    ],
)
def test_a_service_that_ends_at_once_is_quoted(place, capsys, log, words):
    redis_that(place, f"#!/bin/sh\nprintf '{log}'\nexit 1\n")
    assert said(capsys, "--service", "redis") == f"The service redis did not start: it ended at once ({words})"


def test_a_service_that_never_answers_is_waited_for_so_long_and_then_ended(place, capsys, monkeypatch):
    monkeypatch.setattr(services, "SECONDS", 1)
    pid = redis_that(place, '#!/bin/sh\necho $$ > "$0.pid"\necho loading\nexec /bin/sleep 60\n')
    assert said(capsys, "--service", "redis") == (
        "The service redis did not start: it did not answer within 1 seconds (loading)"
    )
    assert gone(pid)


def test_a_service_that_is_slow_to_answer_is_waited_for(place):
    redis_that(place, f"#!{sys.executable} -IS\nimport time\ntime.sleep(0.5)\n{LISTENS}")
    code = f"import socket; socket.create_connection(('127.0.0.1', {services.REDIS_PORT}), 5)"
    assert services.main(["--service", "redis", "--", sys.executable, "-c", code]) == 0


@pytest.mark.parametrize(
    ("more", "code"), [([], 4), (["--service", "postgresql"], services.FAILED)], ids=["command", "failure"]
)
def test_services_end_with_the_command_and_where_another_does_not_start(place, more, code):
    pid = redis_that(place, f"#!{sys.executable} -IS\n{LISTENS}")
    assert services.main(["--service", "redis", *more, "--", "/bin/sh", "-c", "exit 4"]) == code
    assert gone(pid)


def test_a_cluster_that_cannot_be_made_is_told_by_its_error_and_not_by_the_hint_after_it(place, capsys):
    program(
        place / "initdb", "#!/bin/sh\necho 'initdb: error: cannot be run as root'\necho 'initdb: hint: no'\nexit 1\n"
    )
    assert said(capsys, "--service", "postgresql") == (
        "The service postgresql did not start: initdb: error: cannot be run as root"
    )


def test_databases_that_cannot_be_made_are_a_failure(place, capsys):
    program(place / "initdb", "#!/bin/sh\n")
    program(place / "pg_isready", "#!/bin/sh\n")
    program(place / "psql", "#!/bin/sh\necho 'psql: error: no route'\nexit 2\n")
    pid = program(place / "postgres", '#!/bin/sh\necho $$ > "$0.pid"\nexec /bin/sleep 60\n')
    assert said(capsys, "--service", "postgresql") == (
        "The service postgresql did not start: psql: error: no route (no reason given)"
    )
    assert gone(pid)


def test_the_newest_postgresql_is_taken(monkeypatch):
    found = [f"/usr/lib/postgresql/{version}/bin/initdb" for version in ("15", "9.6", "17", "14")]
    monkeypatch.setattr(services, "glob", lambda _: found)
    assert services.program("initdb") == "/usr/lib/postgresql/17/bin/initdb"


def test_names_that_are_set_already_stay_and_only_what_was_asked_for_is_named(monkeypatch):
    for name in ("DATABASE_URL", "PGHOST", "REDIS_HOST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    given = services.environment(["redis"], DATABASES)
    assert (given["REDIS_URL"], given["REDIS_HOST"], given["CELERY_BROKER_URL"]) == (
        "redis://elsewhere",
        "127.0.0.1",
        "redis://127.0.0.1:6379/0",
    )
    assert "DATABASE_URL" not in given
    assert given["PATH"] == os.environ["PATH"]
    assert "REDIS_HOST" not in services.environment(["postgresql"], [])


@pytest.mark.parametrize(
    ("databases", "user", "name"),
    [
        ([], "postgres", "postgres"),
        ([{"name": "", "user": "only"}, {"name": "shop", "user": ""}], "postgres", "shop"),
        ([{"name": "a", "user": "b"}, {"name": "c", "user": "d"}], "b", "a"),
    ],
)
def test_the_first_database_with_a_name_is_the_projects(monkeypatch, databases, user, name):
    monkeypatch.setattr(os, "environ", {})
    given = services.environment(["postgresql"], databases)
    assert given["SQLALCHEMY_DATABASE_URI"] == f"postgresql://{user}:{user}@127.0.0.1:5432/{name}"
    for prefix, last in (("PG", "DATABASE"), ("POSTGRES_", "DB"), ("DB_", "NAME"), ("DATABASE_", "NAME")):
        found = [given[prefix + key] for key in ("HOST", "PORT", "USER", "PASSWORD", last)]
        assert found == ["127.0.0.1", "5432", user, user, name]


def test_roles_without_a_database_and_databases_without_a_role_are_made():
    made = [
        list(services.created(one)) for one in ({"user": "a"}, {"name": "b"}, {"name": "postgres", "user": "postgres"})
    ]
    assert made == [['CREATE ROLE "a" SUPERUSER LOGIN;'], ['CREATE DATABASE "b" OWNER "postgres";'], []]
