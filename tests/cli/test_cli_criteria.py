"""`verifier criteria new` and `verifier criteria check`, as a person types them."""

from __future__ import annotations

import dataclasses
import errno
import os
import re
from pathlib import Path

import pytest
from support.rules_folder import make_rules

from verifier import rulebook
from verifier.cli import main

pytestmark = pytest.mark.self


@pytest.fixture(autouse=True)
def small_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped profiles over small lists, and an empty folder to type in."""
    rules = make_rules(tmp_path / "shop" / "rules")
    monkeypatch.setattr(rulebook, "rules_dir", lambda: rules)
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")


@pytest.mark.parametrize("profile", ["micro-ca", "micro-ca-strict", "qasp-18f", "standard-for-public-code"])
def test_a_new_file_says_what_it_starts_from_and_is_valid(profile: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["criteria", "new", "--profile", profile, "mine.yml"]) == 0
    text = Path("mine.yml").read_text(encoding="utf-8")
    base = rulebook.load_profile(profile)
    assert all(re.search(rf"^#   {re.escape(c.id)} +{c.level} +", text, re.MULTILINE) for c in base.criteria)
    mine = rulebook.load_criteria(Path("mine.yml"))
    assert (mine.profile, mine.criteria, mine.gate) == (f"my-{profile}", base.criteria, base.gate)
    assert capsys.readouterr().out == ""


def uncommented(text: str) -> str:
    commented = r"^# ?(title: |criteria:|  - id: tests.coverage|    at_least: |limits: |services: )"
    return re.sub(commented, r"\1", text, flags=re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_the_comments_suggest_is_valid(language: str) -> None:
    main(["criteria", "new", "--language", language])
    Path("criteria.yml").write_text(uncommented(Path("criteria.yml").read_text(encoding="utf-8")), encoding="utf-8")
    mine = rulebook.load_criteria(Path("criteria.yml"))
    assert mine.title.fr == "Mon achat"
    assert mine.services == ("postgresql",)
    assert [c.comparison.value for c in mine.criteria if c.id == "tests.coverage" and c.comparison] == [9000]


@pytest.mark.parametrize("profile", ["micro-ca", "micro-ca-strict", "qasp-18f", "standard-for-public-code"])
def test_in_french_the_comments_differ_and_the_meaning_does_not(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["criteria", "new", "--profile", profile, "en.yml"])
    monkeypatch.setenv("LC_ALL", "fr_CA.UTF-8")
    main(["criteria", "new", "--profile", profile, "fr.yml"])
    english, french = (Path(name).read_text(encoding="utf-8") for name in ("en.yml", "fr.yml"))
    assert [line.split(" #")[0] for line in _data(english)] == [line.split(" #")[0] for line in _data(french)]
    assert not set(filter(_speaks, _comments(english))) & set(_comments(french))
    assert max(map(len, french.splitlines())) <= 130
    loaded = [dataclasses.replace(rulebook.load_criteria(Path(name)), digest="") for name in ("en.yml", "fr.yml")]
    assert loaded[0] == loaded[1]


def _data(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def _comments(text: str) -> list[str]:
    return [line for line in uncommented(text).splitlines() if line.startswith("#")]


def _speaks(comment: str) -> bool:
    return len(comment.split()) > 1


def test_new_never_writes_over_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    Path("criteria.yml").write_text("mine", encoding="utf-8")
    assert main(["criteria", "new"]) == 2
    assert Path("criteria.yml").read_text(encoding="utf-8") == "mine"
    assert "criteria.yml exists already and is left as it is; name another file" in capsys.readouterr().err


def test_new_never_writes_through_a_link() -> None:
    Path("criteria.yml").symlink_to("elsewhere.yml")
    assert main(["criteria", "new"]) == 2
    assert not Path("elsewhere.yml").exists()


def test_new_into_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["criteria", "new", "none/criteria.yml"]) == 2
    assert "none/criteria.yml cannot be written (No such file or directory)" in capsys.readouterr().err


def test_new_on_a_full_disk_leaves_nothing(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Path.open

    def full(path: Path, mode: str = "r", **options: str) -> object:
        stream = opened(path, mode, **options)  # type: ignore[call-overload]  # whatever the caller asked for
        if "x" not in mode:
            return stream
        stream.close()
        return opened(Path("/dev/full"), "w", encoding="utf-8")

    monkeypatch.setattr(Path, "open", full)
    assert main(["criteria", "new"]) == 3
    assert f"criteria.yml could not be written ({os.strerror(errno.ENOSPC)})" in capsys.readouterr().err
    assert not Path("criteria.yml").exists()


def test_check_says_in_one_line_what_the_file_holds(capsys: pytest.CaptureFixture[str]) -> None:
    main(["criteria", "new"])
    capsys.readouterr()
    assert main(["criteria", "check", "criteria.yml"]) == 0
    digest = rulebook.load_criteria(Path("criteria.yml")).digest
    assert capsys.readouterr().out == (
        f"my-micro-ca version 1: 10 must, 7 should, 3 info; a payment gate; sha256:{digest}\n"
    )


def test_check_names_the_place_of_a_typo(capsys: pytest.CaptureFixture[str]) -> None:
    Path("criteria.yml").write_text(
        "profile: mine\nversion: 1\ncriteria:\n  - id: tests.coverage\n    levle: must\n", encoding="utf-8"
    )
    assert main(["criteria", "check", "criteria.yml"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'criteria.yml:5:5: unknown key "levle" in criterion "tests.coverage" (did you mean "level"?)' in said.err
    assert len(said.err.splitlines()) == 1


def test_an_unknown_profile_is_the_caller_s_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["criteria", "new", "--profile", "micro-ac"]) == 2
    assert 'did you mean "micro-ca"?' in capsys.readouterr().err
    assert not Path("criteria.yml").exists()
