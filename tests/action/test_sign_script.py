"""The step of the buyer's workflow that signs: a report that another job wrote, as data, by a key or as the workflow itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from support import desks
from support.desks import Desk
from support.loopback_sigstore import GITHUB_ISSUER, WORKFLOW, sigstore

SCRIPT = Path(__file__).parents[2] / "scripts" / "action" / "sign"
REQUEST_TOKEN = "what the runner gives the job"
PASSPHRASE = "correct horse battery staple"
IDENTITY = {
    "subject": f"https://github.com/{WORKFLOW['job_workflow_ref']}",
    "issuer": GITHUB_ISSUER,
    "signerDigest": "1" * 40,
    "repository": "1001",
    "owner": "2002",
    "runner": "github-hosted",
    "trigger": "push",
}


@pytest.fixture(scope="module")
def services(tmp_path_factory) -> Iterator[Any]:
    with sigstore(tmp_path_factory.mktemp("sigstore")) as made:
        yield made


@pytest.fixture
def desk(tmp_path, services, monkeypatch) -> Desk:
    """The buyer's repository, with an assessor who has a key and is the workflow as well."""
    monkeypatch.setenv("VERIFIER_PASSPHRASE", PASSPHRASE)
    folder = tmp_path / "purchase"
    folder.mkdir()
    made = desks.keyed(folder)
    roster = yaml.safe_load((folder / "roster.yml").read_text())
    for person in roster["people"]:
        if "assessor" in person["roles"]:
            person["identities"] = [IDENTITY]
    (folder / "roster.yml").write_text(yaml.safe_dump({**roster, "sigstore": "root.json"}))
    (folder / "root.json").write_text(json.dumps(services.root()))
    (folder / "services.json").write_bytes(services.services())
    desks.awarded(made)
    report = tmp_path / "verifier-report"
    report.mkdir()
    (folder / "report.json").rename(report / "report.json")
    return made


@pytest.fixture
def runner(services) -> Iterator[str]:
    """The address at which a runner gives a job its identity token, for an audience."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = parse_qs(urlsplit(self.path).query)
            known = self.headers["Authorization"] == f"bearer {REQUEST_TOKEN}" and told["audience"] == ["sigstore"]
            self.send_response(200 if known else 401)
            self.end_headers()
            self.wfile.write(json.dumps({"value": services.token()} if known else {}).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/token?api-version=2"
    server.shutdown()
    server.server_close()


def sign(desk: Desk, **given: str) -> subprocess.CompletedProcess[str]:
    env = {
        **os.environ,
        "PYTHON": sys.executable,
        "VERIFIER_TRUST": "purchase/trust",
        "CONTRACT": "purchase/chain",
        "ROUND": "1",
        "KEY": "",
        "SIGSTORE": "",
        "RUNNER_TEMP": str(desk.folder.parent),
        **given,
    }
    return subprocess.run((SCRIPT,), cwd=desk.folder.parent, env=env, capture_output=True, text=True, check=False)


def verified(desk: Desk) -> dict[str, Any]:
    out = desk.done("verify", "../assessment.sigstore.json", "--json")
    (told,) = json.loads(out)["files"]
    return told


def test_a_key_signs(desk):
    done = sign(desk, KEY="file:purchase/assessor.key")
    assert done.returncode == 0, done.stderr
    assert (verified(desk)["kind"], verified(desk)["says"]["kind"]) == ("assessment", "official")


def test_the_workflow_signs_as_itself(desk, runner):
    given = {"ACTIONS_ID_TOKEN_REQUEST_URL": runner, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN}
    done = sign(desk, SIGSTORE="services.json", **given)
    assert done.returncode == 0, done.stderr
    (signer,) = verified(desk)["signers"]
    assert signer["person"] == "a.tech"
    assert (desk.folder.parent / "identity").stat().st_mode & 0o077 == 0


def test_without_the_runners_word_nothing_is_signed(desk, runner):
    given = {"ACTIONS_ID_TOKEN_REQUEST_URL": runner, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "another"}
    assert sign(desk, SIGSTORE="services.json", **given).returncode != 0
    assert not (desk.folder.parent / "assessment.sigstore.json").exists()


def test_a_report_that_was_edited_on_the_way_is_not_signed(desk):
    report = desk.folder.parent / "verifier-report" / "report.json"
    edited = json.loads(report.read_text())
    edited["outcomes"][0]["outcome"] = "unmet"
    report.write_text(json.dumps(edited))
    assert sign(desk, KEY="file:purchase/assessor.key").returncode == 4
    assert not (desk.folder.parent / "assessment.sigstore.json").exists()


def test_a_milestone_that_is_none_is_told(desk):
    done = sign(desk, KEY="file:purchase/assessor.key", MILESTONE="m9")
    assert (done.returncode, "milestone" in done.stderr) == (2, True)
