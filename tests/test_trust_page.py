"""The example of docs/trust.md, from making keys to a release, as it stands there: a real delivery from a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from attacks.base import BASE
from support.git_repository import new_repository
from support.git_server import git_server
from support.page import blocks, shell

PAGE = (Path(__file__).parents[1] / "docs" / "trust.md").read_text("utf-8")
MOST_COMMANDS = 12


def block(language: str, containing: str = "") -> str:
    return next(one for one in blocks(PAGE, language) if containing in one)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    repository = new_repository(folder / "parcels.git")
    commit = repository.commit({path: content for path, content in BASE.items() if content is not None})
    with git_server(folder, tmp_path_factory.mktemp("keys")) as server:
        yield server, commit


@pytest.mark.network
def test_the_example_leads_to_a_release(served, tmp_path):
    server, commit = served
    address = server.url("parcels.git")
    for name in ("roster.yml", "contract.yml"):
        (tmp_path / name).write_text(block("yaml", f"# {name}").replace("REPOSITORY", address))
    lines = block("sh").replace("REPOSITORY", address).replace("COMMIT", commit).splitlines()
    assert len(lines) <= MOST_COMMANDS
    for line in lines:
        asks = line.startswith(("verifier assess", "verifier gate"))
        done = shell(f"{line} --ca {server.ca}" if asks else line, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    assert "release" in done.stdout
    assert done.stdout.count("✗") == 0
    assert (tmp_path / "chain" / "release.sigstore.checkpoint").read_text().startswith("example.org/payments\n1\n")
    again = shell(f"{lines[-2]} --json --ca {server.ca}", tmp_path)
    told = json.loads(again.stdout)
    assert (again.returncode, told["answer"], told["repeated"]) == (0, "pay", True)
