"""Open publication: met, unmet or undetermined, of every commit that was accepted, by what a stranger sees."""

from __future__ import annotations

import json

import pytest
from support.git_repository import new_repository
from support.git_server import git_server
from support.recorded import ID, begun

from verifier.checkout.published import Published
from verifier.checkout.trouble import RefusedError
from verifier.errors import LimitError, UsageError, WorldError
from verifier.model import Outcome
from verifier.procurement.openness import checked, outcome

MET, UNMET, UNDETERMINED = Outcome.MET, Outcome.UNMET, Outcome.UNDETERMINED


@pytest.mark.parametrize(
    ("seen", "reach", "licence"),
    [
        (Published(reachable=True, files=("README.md", "LICENCE.txt")), MET, MET),
        (Published(reachable=True, files=("LICENSES/MIT.txt",)), MET, MET),
        (Published(reachable=True, files=("docs/LICENSE", "setup.py")), MET, UNMET),
        (Published(reachable=False, files=()), UNMET, UNDETERMINED),
        (RefusedError("asks"), UNMET, UNDETERMINED),
        (WorldError("down"), UNDETERMINED, UNDETERMINED),
        (LimitError("large"), UNDETERMINED, UNDETERMINED),
        (UsageError("no file"), UNDETERMINED, UNDETERMINED),
    ],
)
def test_what_was_seen_is_two_checks(seen, reach, licence):
    assert [one.outcome for one in checked("m1", "1" * 40, seen)] == [reach, licence]


def test_one_unmet_is_all_unmet_and_nothing_is_no_pass():
    seen = {name: checked(name, "1" * 40, Published(True, files)) for name, files in (("a", ("COPYING",)), ("b", ()))}
    assert outcome(seen["a"]) is MET
    assert outcome([*seen["a"], *seen["b"]]) is UNMET
    assert outcome([*seen["a"], *checked("c", "1" * 40, WorldError("down"))]) is UNDETERMINED
    assert outcome([]) is UNDETERMINED


@pytest.fixture
def served(tmp_path):
    for name in ("served", "keys"):
        (tmp_path / name).mkdir()
    with git_server(tmp_path / "served", tmp_path / "keys") as server:
        yield server


def test_what_was_accepted_is_asked_about_by_a_command(served, tmp_path, monkeypatch):
    monkeypatch.setenv("VERIFIER_PASSPHRASE", "a long passphrase")
    repository = new_repository(tmp_path / "delivered")
    without = repository.commit({"a.py": "x = 1\n"})
    licensed = repository.commit({"LICENSE": "MIT\n"})
    (tmp_path / "desk").mkdir()
    desk = begun(tmp_path / "desk", repository=served.url("p.git"))
    desk.award()
    asked = ("record", "open", ID, "--record", "record", "--ca", str(served.ca))
    code, out, _ = desk.run(*asked)
    assert (code, out) == (3, "Nothing was accepted yet.\nOpen publication: undetermined\n")
    desk.decide(desk.assess(1, without))
    desk.accept()
    code, out, _ = desk.run(*asked, "--json")
    assert (code, json.loads(out)["outcome"]) == (1, "unmet"), "there is no repository yet"
    repository.bare(served.root / "p.git")
    code, out, _ = desk.run(*asked, "--json")
    told = json.loads(out)
    assert (code, told["outcome"], told["repository"]) == (1, "unmet", served.url("p.git"))
    assert [(one["check"], one["outcome"], one["commit"]) for one in told["checks"]] == [
        ("reachable", "met", without),
        ("licence", "unmet", without),
    ]
    desk.decide(desk.assess(2, licensed))
    desk.accept()
    assert desk.done(*asked).endswith("Open publication: met\n")
    served.token = "s3cret"
    code, out, _ = desk.run(*asked)
    assert (code, "asks for a name and password" in out) == (1, True)
    code, out, _ = desk.run(*asked[:-2])
    assert (code, out.splitlines()[-1]) == (3, "Open publication: undetermined")
