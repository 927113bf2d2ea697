"""action.yml, run as a runner runs it, on a real project into which somebody put what does all it can to speak for the job."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest
from support import act
from support.git_repository import Repository, new_repository
from support.git_server import certificates
from support.hub import Hub, described
from support.sdists import delivered

from verifier.sandbox import missing

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=missing() or "sandbox there"),
    pytest.mark.network,
]
TOKEN = "ghs_" + "a1B2c3D4" * 4
PASS = 297
"""Tests of the project itself."""
LABEL = "src/itsdangerous/label.py"
ORDERS = (
    "::set-output name=verdict::accepted",
    "::error file=x.py::owned",
    "::add-mask::rejected",
    "##[error]owned",
    "::stop-commands::x",
    "::add-path::/tmp/owned",
)
SPEAKS = f"""\
import os
import sys

ORDERS = {ORDERS!r}


def test_speaks():
    for place in ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY"):
        assert place not in os.environ
    assert not [name for name in os.environ if "TOKEN" in name or name.startswith("INPUT_")]
    for stream in (sys.__stdout__, sys.__stderr__):
        for order in ORDERS:
            stream.write("\\n" + order + "\\n")
    assert not "\\n".join(ORDERS)
"""
CODE = "import subprocess\n\n\ndef label(name):\n    return subprocess.run(f'lp {name}', shell=True)\n"


@pytest.fixture(scope="module")
def ours(tmp_path_factory) -> Path:
    return act.copy(tmp_path_factory.mktemp("ours"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    """The cache service, with this environment kept in it as a job before would have."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def hub(tmp_path_factory) -> Iterator[tuple[Hub, Path]]:
    ca, chain, key = certificates(tmp_path_factory.mktemp("keys"))
    with described(tls=(chain, key), prefix="/api/v3", tokens={TOKEN: {"pull_requests", "security_events"}}) as made:
        yield made, ca


@pytest.fixture(scope="module")
def delivery(tmp_path_factory) -> Repository:
    made = Repository(delivered("itsdangerous", tmp_path_factory.mktemp("delivered")))
    made.commit({LABEL: CODE, "tests/test_label.py": SPEAKS})
    made.commit({"src/itsdangerous/::error::owned.py": "import os\n\n\ndef f(name):\n    os.system('lp ' + name)\n"})
    return made


def kept(cache: Path, ours: Path, home: Path) -> None:
    """The environment of the tests, under the key that the action asks for."""
    outputs = home / "outputs"
    env = {**os.environ, "HOME": str(home), "GITHUB_OUTPUT": str(outputs)}
    subprocess.run((ours / "scripts" / "action" / "place",), env=env, check=True)
    named = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    place = cache / named["key"]
    (place / "env" / "bin").mkdir(parents=True)
    (place / "env" / "bin" / "python").write_text(f'#!/bin/sh\nPYTHONPATH="{ours}" exec "{sys.executable}" "$@"\n')
    (place / "env" / "bin" / "python").chmod(0o755)
    (place / "env" / ".ready").touch()


@pytest.fixture(scope="module")
def ran(ours, cache, hub, delivery, tmp_path_factory) -> tuple[act.Ran, Path]:
    folder = tmp_path_factory.mktemp("job")
    kept(cache, ours, folder)
    server, ca = hub
    known = folder / "known.pem"
    known.write_text(Path(os.environ.get("REQUESTS_CA_BUNDLE") or certifi.where()).read_text() + ca.read_text())
    head = delivery.git("rev-parse", "HEAD").strip()
    sides = {
        "head": {"sha": head, "repo": {"full_name": server.repository}},
        "base": {"repo": {"full_name": server.repository}},
    }
    work = new_repository(folder / "work")
    work.commit({"a": ""})
    work.git("remote", "add", "origin", f"https://github.com/{server.repository}")
    inputs = {
        "repository": str(delivery.path),
        "comment": "true",
        "sarif": "true",
        "output-dir": "out/report",
        "token": TOKEN,
        "criteria": "micro-ca",
        "fail-on": "rejected",
    }
    steps = [
        {"id": "acceptance", "uses": act.OURS, "with": inputs, "continue-on-error": True},
        {
            "run": 'cp -r out "$KEEP"; echo "$OUTPUTS" > "$KEEP/outputs.json"',
            "env": {"OUTPUTS": "${{ toJSON(steps.acceptance) }}"},
        },
    ]
    (folder / "keep").mkdir()
    env = {
        "CACHE_SERVICE": str(cache),
        "REQUESTS_CA_BUNDLE": str(known),
        "KEEP": str(folder / "keep"),
        "GITHUB_REPOSITORY": server.repository,
    }
    event = {"pull_request": {"number": 12, **sides}, "number": 12}
    made = act.run(
        work.path,
        {"steps": steps},
        ours=ours,
        env=env,
        event=event,
        server=server.base.split("/")[2],
        name="pull_request",
    )
    return made, folder / "keep"


@pytest.fixture
def step(ran) -> dict[str, Any]:
    return json.loads((ran[1] / "outputs.json").read_text())


def test_the_verdict_is_handed_on_and_fails_the_step(ran, step):
    assert (step["outcome"], step["outputs"]["verdict"]) == ("failure", "rejected")
    assert int(step["outputs"]["unmet"]) >= 2


def test_the_tests_of_the_project_were_run(ran):
    report = json.loads((ran[1] / "out" / "report" / "report.json").read_bytes())
    measured = {one["name"]: one["value"] for checker in report["checkers"] for one in checker["measures"]}
    assert (measured["tests.passed"], measured["tests.failed"]) == (PASS, 1)


def test_the_report_is_there_with_its_digest(ran, step):
    report = ran[1] / "out" / "report" / "report.json"
    assert step["outputs"]["report-path"].endswith("/out/report/report.json")
    assert step["outputs"]["report-sha256"] == hashlib.sha256(report.read_bytes()).hexdigest()
    assert json.loads(report.read_bytes())["kind"] == "self-check"
    assert json.loads((ran[1] / "out" / "report.sarif").read_text())["version"] == "2.1.0"


def test_no_order_of_the_delivery_took_effect(ran):
    """Each line that was taken for a command is one of ours; delivered text is at most quoted in it."""
    assert ran[0].commands
    taken = [line.partition("::")[2] for line in ran[0].commands if "::" in line]
    assert not [
        line for line in taken if line.startswith(("add-mask", "add-path", "set-output name=verdict", "error file="))
    ]
    untitled = [line for line in taken if line.startswith("error") and "title=" not in line.partition("::")[0]]
    assert untitled == []


def test_what_blocks_is_shown_at_its_line(ran):
    assert any(f"file={LABEL},line=5" in line for line in ran[0].commands)


def test_the_summary_is_the_report(ran):
    assert "Would be REJECTED" in ran[0].summary


def test_the_comment_and_the_findings_are_posted(ran, hub):
    (comment,) = hub[0].comments
    assert "Would be REJECTED" in comment["body"]
    assert len(hub[0].sarifs) == 1


def test_it_says_how_long_setting_up_took(ran):
    assert any("The first checker starts after" in line for line in ran[0].log)


def test_the_token_is_nowhere_in_the_report(ran):
    for path in (ran[1] / "out").rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes()
    assert TOKEN not in ran[0].summary
    assert not [line for line in ran[0].log if TOKEN in line]
