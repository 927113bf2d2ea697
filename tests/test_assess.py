"""The whole way: a delivery in, an honest verdict out. Small deliveries, each named after its flaw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.git_repository import Repository
from support.tokens import github
from support.unprobed import unprobed

from verifier.cli import main
from verifier.words import in_language

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "parcel-rates"
SAMPLE = ROOT / "tests" / "fixtures" / "checkers" / "scancode" / "delivery"


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """A copy of the flawless example, to be spoilt by a test."""
    target = tmp_path / "delivery"
    shutil.copytree(EXAMPLE, target)
    return target


def assess(delivery: Path, *options: str) -> tuple[int, dict]:
    """The exit code and the report of `assessed`, without the mutation probe."""
    return assessed(delivery, *unprobed(delivery.parent), *options)


def assessed(delivery: Path, *options: str) -> tuple[int, dict]:
    target = delivery.parent / "report.json"
    target.unlink(missing_ok=True)
    code = main(["assess", str(delivery), "--output", f"json={target}", *options])
    return code, in_language(json.loads(target.read_text()), "en")


def committed(folder: Path) -> str:
    """Commits all that is there; gives the id."""
    repository = Repository(folder)
    if not (folder / ".git").exists():
        repository.git("init", "--quiet", "-b", "main")
    return repository.commit()


def outcomes(report: dict) -> dict[str, str]:
    return {outcome["criterion"]: outcome["outcome"] for outcome in report["outcomes"]}


def reason(report: dict, criterion: str) -> str:
    return next(outcome["reason"] for outcome in report["outcomes"] if outcome["criterion"] == criterion)


def measures(report: dict) -> dict[str, object]:
    return {m["name"]: m["value"] for checker in report["checkers"] for m in checker["measures"]}


def test_the_flawless_example_is_pending(delivery):
    code, report = assessed(delivery)
    assert (code, report["verdict"]) == (0, "pending")
    musts = {o["criterion"]: o["outcome"] for o in report["outcomes"] if o["level"] == "must"}
    assert musts.pop("requirements") == "awaiting a decision"
    assert set(musts.values()) == {"met"}
    assert all(checker["state"] == "done" for checker in report["checkers"])


def test_an_insecure_delivery_is_rejected_at_its_line(delivery, capsys):
    source = delivery / "src" / "parcel_rates" / "label.py"
    source.write_text(
        "import subprocess\n\n\ndef label(name):\n    subprocess.run(f'lp {name}', shell=True)  # nosec\n"
    )
    assert main(["assess", str(delivery), "--only", "security", "--output", "text=-"]) == 1
    assert "src/parcel_rates/label.py:5" in capsys.readouterr().out


def test_a_delivery_without_a_licence_is_rejected(delivery):
    (delivery / "LICENSE").unlink()
    code, report = assess(delivery, "--only", "licence")
    assert (code, outcomes(report)["licence.file"]) == (1, "unmet")


def test_a_contract_for_another_licence_rejects(delivery, tmp_path):
    contract = tmp_path / "contract.yml"
    contract.write_text("id: c-1\nlicence: Apache-2.0\n")
    code, report = assess(delivery, "--only", "scancode", "--contract", str(contract))
    assert (code, report["contract"], outcomes(report)["licence.file"]) == (1, "c-1", "unmet")


def test_code_copied_from_the_gpl_rejects_by_the_licence_file_of_its_folder(delivery):
    vendored = delivery / "src" / "parcel_rates" / "_vendor" / "maps"
    vendored.mkdir(parents=True)
    (vendored / "__init__.py").write_text("ZONES = 3\n")
    shutil.copy(SAMPLE / "parcel" / "_vendor" / "maps" / "COPYING", vendored)
    code, report = assess(delivery, "--only", "scancode")
    assert (code, outcomes(report)["licence.consistent"]) == (1, "unmet")
    assert reason(report, "licence.consistent").startswith(
        "src/parcel_rates/_vendor/maps/COPYING src/parcel_rates/_vendor/maps (1 source file, by "
        "src/parcel_rates/_vendor/maps/COPYING) is under GPL-3.0-or-later, LICENSE grants MIT:"
    )


@pytest.mark.network
def test_a_dependency_under_the_gpl_is_shown_and_does_not_reject(delivery):
    """Unidecode is GPL-2.0-or-later, has no dependencies and declares both in its metadata."""
    manifest = delivery / "pyproject.toml"
    manifest.write_text(
        manifest.read_text().replace('license = "MIT"', 'license = "MIT"\ndependencies = ["Unidecode==1.3.8"]')
    )
    source = delivery / "src" / "parcel_rates" / "names.py"
    source.write_text("from unidecode import unidecode\n\n\ndef plain(name):\n    return unidecode(name)\n")
    code, report = assess(delivery, "--only", "scancode", "--only", "dependencies")
    assert (code, outcomes(report)["licence.consistent"], outcomes(report)["licence.dependencies"]) == (
        3,
        "met",
        "unmet",
    )
    assert reason(report, "licence.dependencies") == "1 dependency looked at; in conflict: Unidecode"
    (finding,) = [f for c in report["checkers"] for f in c["findings"] if f["rule"] == "dependencies:conflict"]
    assert finding["path"] == "pyproject.toml"
    assert "Unidecode-1.3.8.dist-info/METADATA" in finding["message"]


def test_a_failing_test_rejects_and_is_named(delivery):
    (delivery / "tests" / "test_bad.py").write_text("def test_it():\n    assert 1 == 2\n")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (1, "unmet")
    (finding,) = [f for c in report["checkers"] for f in c["findings"] if f["rule"] == "tests:failed"]
    assert (finding["path"], finding["line"]) == ("tests/test_bad.py", 2)


def test_too_little_coverage_rejects_and_a_pragma_does_not_help(delivery):
    body = "".join(f"    x = {n}\n" for n in range(60))
    (delivery / "src" / "parcel_rates" / "more.py").write_text(f"def more():  # pragma: no cover\n{body}")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.coverage"]) == (1, "unmet")


def test_a_missing_stranger_is_undetermined_and_named(delivery):
    (delivery / "tests" / "test_more.py").write_text("import not_on_any_index_at_all\n\n\ndef test_it():\n    pass\n")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (3, "undetermined")
    assert "not_on_any_index_at_all" in reason(report, "tests.pass")


def test_the_deliverys_own_missing_module_is_unmet(delivery):
    (delivery / "tests" / "test_more.py").write_text(
        "from parcel_rates.sequencer import run\n\n\ndef test_it():\n    run()\n"
    )
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (1, "unmet")


def test_a_test_that_needs_the_network_is_undetermined(delivery):
    body = "import urllib.request\n\n\ndef test_it():\n    urllib.request.urlopen('http://192.0.2.1/', timeout=3)\n"
    (delivery / "tests" / "test_net.py").write_text(body)
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (3, "undetermined")


@pytest.mark.parametrize(
    "ending",
    ["import os; os._exit(0)", "import sys; sys.exit(0)", "import pytest; pytest.exit('done', 0)"],
)
def test_ending_the_run_early_is_never_a_pass(delivery, ending):
    (delivery / "tests" / "test_a_first.py").write_text(f"def test_it():\n    {ending}\n")
    (delivery / "tests" / "test_bad.py").write_text("def test_it():\n    assert False\n")
    code, report = assess(delivery, "--only", "tests")
    assert code in (1, 3)
    assert outcomes(report)["tests.pass"] != "met"


def test_options_that_run_nothing_are_listed_and_not_applied(delivery):
    text = (delivery / "pyproject.toml").read_text()
    (delivery / "pyproject.toml").write_text(text.replace("testpaths", 'addopts = "-p no:terminal --co"\ntestpaths'))
    _, report = assess(delivery, "--only", "tests")
    assert measures(report)["tests.passed"] == 9
    assert {"pytest option not applied: --co", "pytest option not applied: -p"} <= {
        s["what"] for s in report["steering"]
    }


def test_a_module_that_shadows_pytest_is_not_taken_for_it(delivery):
    (delivery / "pytest.py").write_text("import sys\nsys.exit(0)\n")
    _, report = assess(delivery, "--only", "tests")
    assert measures(report)["tests.passed"] == 9


def test_tests_without_end_are_stopped_and_the_test_is_named(delivery, tmp_path):
    (delivery / "tests" / "test_slow.py").write_text("import time\n\n\ndef test_hangs():\n    time.sleep(600)\n")
    code, report = assessed(delivery, "--only", "tests", *unprobed(tmp_path, "limits: {test_time: 15 s}"))
    assert (code, outcomes(report)["tests.pass"]) == (3, "undetermined")
    assert "tests/test_slow.py::test_hangs" in reason(report, "tests.pass")


def test_an_unparsable_file_is_not_clean(delivery):
    (delivery / "src" / "parcel_rates" / "broken.py").write_text("def f(:\n    import os; os.system('x' + y)\n")
    code, report = assess(delivery, "--only", "security")
    assert (code, outcomes(report)["security.blocking"]) == (3, "undetermined")
    assert "src/parcel_rates/broken.py" in reason(report, "security.blocking")


def test_an_empty_repository_is_rejected(tmp_path):
    repository = tmp_path / "empty"
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    code, report = assess(repository)
    assert (code, report["verdict"]) == (1, "rejected")


def test_a_delivery_without_python_is_inconclusive_about_its_tests(tmp_path):
    repository = tmp_path / "script"
    repository.mkdir()
    (repository / "index.js").write_text("console.log('hello');\n")
    _, report = assess(repository, "--only", "tests")
    assert outcomes(report)["tests.exist"] == "undetermined"
    assert "javascript" in reason(report, "tests.exist")


def test_only_what_changed_is_judged_with_a_base(delivery):
    source = delivery / "src" / "parcel_rates"
    (source / "old.py").write_text(
        "import subprocess\n\n\ndef old(name):\n    subprocess.run(f'lp {name}', shell=True)\n"
    )
    first = committed(delivery)
    (source / "new.py").write_text("def new():\n    return 1\n")
    committed(delivery)
    code, report = assess(delivery, "--only", "security", "--base", first)
    assert outcomes(report)["security.blocking"] == "met"
    assert any(f["inherited"] for c in report["checkers"] for f in c["findings"])
    code, report = assess(delivery, "--only", "security")
    assert (code, outcomes(report)["security.blocking"]) == (1, "unmet")


def test_two_runs_are_equal_but_for_the_clock(delivery, tmp_path):
    """Another path, time zone, locale, umask and order of work, with nothing cached."""
    committed(delivery)
    other = tmp_path / "elsewhere" / "a b é"
    shutil.copytree(delivery, other)
    first = run_apart(delivery, tmp_path / "1.json", {"TZ": "UTC", "LC_ALL": "C.UTF-8"}, 0o022)
    second = run_apart(
        other,
        tmp_path / "2.json",
        {
            "TZ": "Asia/Kathmandu",
            "LC_ALL": "fr_CA.UTF-8",
            "XDG_CACHE_HOME": str(tmp_path / "cold"),
            "PYTHONHASHSEED": "7",
        },
        0o077,
    )
    assert without_clock(first) == without_clock(second)


def run_apart(repository: Path, target: Path, env: dict[str, str], umask: int) -> dict:
    criteria = unprobed(target.parent)
    command = [sys.executable, "-m", "verifier", "assess", str(repository), "--output", f"json={target}", *criteria]
    subprocess.run(command, env=os.environ | env, umask=umask, check=True, stderr=subprocess.DEVNULL)
    return in_language(json.loads(target.read_text()), "en")


def without_clock(value):
    if isinstance(value, dict):
        return {
            k: without_clock(v) for k, v in value.items() if k not in ("started", "finished", "milliseconds", "cached")
        }
    return [without_clock(item) for item in value] if isinstance(value, list) else value


def test_judging_again_under_other_criteria_runs_no_tool(delivery, tmp_path, capsys, monkeypatch):
    assess(delivery, "--only", "tests")
    monkeypatch.setenv("PATH", "/nowhere")
    stricter = tmp_path / "stricter.yml"
    stricter.write_text(
        "profile: stricter\nversion: 1\nextends: micro-ca\ngate: true\ncriteria:\n  - {id: tests.exist, at_least: 100}\n"
    )
    assert main(["rejudge", str(delivery.parent / "report.json"), "--criteria", str(stricter)]) == 1
    out = capsys.readouterr().out
    assert "  tests      ✗ 9 of 9 tests pass, at least 100 needed" in out
    assert "Why: verifier explain tests.exist" in out


def test_a_report_of_a_weaker_sandbox_does_not_count_under_criteria_that_ask_for_more(delivery, tmp_path, capsys):
    _, report = assess(delivery, "--only", "tests")
    assert report["sandbox"]["tier"] in ("namespaces", "namespaces+cgroups")
    assert outcomes(report)["tests.pass"] == "met"
    file = delivery.parent / "report.json"
    told = json.loads(file.read_text())
    told["sandbox"]["tier"] = "namespaces"
    file.write_text(json.dumps(told))
    criteria = tmp_path / "criteria.yml"
    criteria.write_text("profile: ours\nversion: 1\nextends: micro-ca\nsandbox: {at_least: namespaces+cgroups}\n")
    again = tmp_path / "again.json"
    main(["rejudge", str(file), "--criteria", str(criteria), "--output", f"json={again}"])
    judged = in_language(json.loads(again.read_text()), "fr")
    assert outcomes(judged)["tests.pass"] == "undetermined"
    reason = next(one["reason"] for one in judged["outcomes"] if one["criterion"] == "tests.pass")
    assert "les critères exigent au moins namespaces+cgroups" in reason


def test_a_secret_is_found_and_shown_nowhere(delivery):
    token = github("shown nowhere")
    text = f'"""Docs."""\n\nimport os, sys\nTOKEN = "{token}"; eval(os.environ["X"])\n'
    (delivery / "src" / "parcel_rates" / "secret.py").write_text(text)
    folder = delivery.parent / "out"
    assert main(["assess", str(delivery), "--only", "security", "--output", f"folder={folder}"]) == 1
    written = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    assert any(b"secrets:github-token" in content for content in written)
    assert not [content for content in written if token.encode() in content]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/parcel_rates/extra.py", "import base64\n\nexec(base64.b64decode('cHJpbnQoMSk='))\n"),
        ("setup.py", "import requests\nfrom setuptools import setup\n\nrequests.get('https://a.example/')\nsetup()\n"),
    ],
    ids=["a payload", "an installation"],
)
def test_what_is_proven_to_mean_harm_rejects(delivery, path, text):
    (delivery / path).write_text(text)
    code, report = assess(delivery, "--only", "security")
    assert (code, outcomes(report)["security.blocking"]) == (1, "unmet")
    assert path in reason(report, "security.blocking")


def test_a_sign_of_harm_is_told_and_does_not_reject(delivery):
    (delivery / "requirements.txt").write_text("reqeusts\n")
    _, report = assess(delivery, "--only", "security")
    assert (outcomes(report)["security.blocking"], outcomes(report)["security.signs"]) == ("met", "unmet")
    assert "requirements.txt:1 The dependency reqeusts is named almost like requests" in reason(
        report, "security.signs"
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("LEVEL = 'user\u202e \u2066# admin\u2069 \u2066'\n", "mail.py:1"),
        ("def s\u0435nd(to):\n    return to\n", "mail.py:1"),
    ],
    ids=["another order", "a look-alike"],
)
def test_text_that_reads_otherwise_than_it_runs_rejects_and_is_not_shown(delivery, capsys, text, place):
    (delivery / "src" / "parcel_rates" / "mail.py").write_text(text)
    folder = delivery.parent / "out"
    assert (
        main(["assess", str(delivery), "--only", "security", "--output", "text=-", "--output", f"folder={folder}"]) == 1
    )
    assert place in capsys.readouterr().out
    shown = [path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in {".json", ".md", ".html"}]
    assert shown
    assert not any(hidden in one for one in shown for hidden in "\u202e\u2066\u2069\u0435")


def test_right_to_left_words_and_their_translations_are_fine(delivery):
    words = "\u05e9\u05dc\u05d5\u05dd"
    (delivery / "src" / "parcel_rates" / "hello.py").write_text(
        f'"""Hello."""\n\nHELLO = "{words}"  # {words}\n', "utf-8"
    )
    (delivery / "locale").mkdir()
    (delivery / "locale" / "he.json").write_text(f'{{"hello": "\u2067{words}\u2069"}}\n', "utf-8")
    _, report = assess(delivery, "--only", "security")
    assert outcomes(report)["security.blocking"] == "met"


def test_a_secret_that_a_commit_took_out_rejects_and_is_shown_nowhere(delivery):
    token = github("taken out")
    (delivery / "deploy.yml").write_text(f"url: https://{token}@example.gc.ca  # pragma: allowlist secret\n")
    leak = committed(delivery)
    (delivery / "deploy.yml").write_text("url: https://example.gc.ca\n")
    committed(delivery)
    folder = delivery.parent / "out"
    assert main(["assess", str(delivery), "--only", "security", "--output", f"folder={folder}"]) == 1
    report = in_language(json.loads((folder / "report.json").read_text()), "en")
    (finding,) = [f for c in report["checkers"] for f in c["findings"] if f["rule"].startswith("secrets:")]
    assert (finding["rule"], finding["path"], finding["commit"]) == ("secrets:github-token", "deploy.yml", leak)
    assert leak[:12] in reason(report, "security.blocking")
    assert not [path for path in folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]
    assert main(["rejudge", str(folder)]) == 1


@pytest.mark.parametrize("path", ["docs/guide.md", "examples/settings.ini", "tests/data.env"])
def test_a_made_up_secret_in_documentation_examples_or_tests_does_not_reject(delivery, path):
    (delivery / path).parent.mkdir(exist_ok=True)
    (delivery / path).write_text("key: sk_" + "live_" + "qB3dE5fG7hJ9kL8mN3pQ5rS7\n")
    _, report = assess(delivery, "--only", "security")
    assert outcomes(report)["security.blocking"] == "met"
    assert any(f["path"] == path for c in report["checkers"] for f in c["findings"])


def test_a_comment_that_asks_to_look_away_from_a_secret_is_listed_without_it(delivery):
    token = github("taken out")
    (delivery / "a.yml").write_text(f"url: https://x:{token}@a.gc.ca pragma: allowlist secret\n")
    folder = delivery.parent / "out"
    options = ["--only", "security", "--only", "source", "--output", f"folder={folder}"]
    assert main(["assess", str(delivery), *options]) == 1
    report = json.loads((folder / "report.json").read_text())
    assert [(one["kind"], one["path"]) for one in report["suppressions"]] == [("pragma: allowlist secret", "a.yml")]
    assert not [path for path in folder.rglob("*") if path.is_file() and token.encode() in path.read_bytes()]


def test_code_in_a_language_that_nobody_reads_is_not_clean_because_its_text_was_searched(delivery):
    (delivery / "src" / "main.go").write_text("package main\n")
    code, report = assess(delivery, "--only", "security")
    assert (code, outcomes(report)["security.blocking"]) == (3, "undetermined")
    assert "src/main.go" in reason(report, "security.blocking")


def test_a_proposed_waiver_is_shown_and_does_not_count(delivery, tmp_path, capsys):
    (delivery / "LICENSE").unlink()
    waivers = tmp_path / "waivers.yml"
    waivers.write_text(
        "waivers:\n  - {target: licence.file, reason: It will come., by: the supplier, until: '2099-01-01'}\n"
    )
    assert main(["assess", str(delivery), "--only", "licence", "--waivers", str(waivers), "--output", "text=-"]) == 1
    assert "1 waiver is proposed; unsigned, it does not count." in capsys.readouterr().out


UNTESTED = "".join(f"    x = {n}\n" for n in range(40))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("extra.py", f"def more() -> int:  # in cents: ...\n{UNTESTED}"),
        ("extra.py", f"def more():\n    ...\n{UNTESTED}"),
        ("extra.py", f"TYPE_CHECKING = not None\nif TYPE_CHECKING:\n{UNTESTED}"),
        ("ex\ntra.py", f"def more():\n{UNTESTED}"),
        ("extra.py", f"if 0:\n    return\n\n\ndef more():\n{UNTESTED}"),
    ],
    ids=["ellipsis in a comment", "ellipsis first", "another TYPE_CHECKING", "line break in the name", "uncountable"],
)
def test_untested_code_cannot_be_kept_out_of_coverage(delivery, name, text):
    (delivery / "src" / "parcel_rates" / name).write_text(text)
    code, report = assess(delivery, "--only", "tests")
    assert code in (1, 3)
    assert outcomes(report)["tests.coverage"] in ("unmet", "undetermined")


INSECURE = "import os\n\n\ndef label(name):\n    os.system('lp -T ' + name)\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("co\nre.py", INSECURE.encode()),
        ("core.py", b"# a harmless remark\r" + INSECURE.replace("\n", "\r").encode()),
        ("core.py", b"# -*- coding: utf-7 -*-\n# harmless +AAo-" + INSECURE.replace("\n", "+AAo-").encode()),
        ("core.py", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 12\n"),
        ("tool.pyz", b"#!/usr/bin/env python3\nPK\x03\x04\0\0" + INSECURE.encode()),
    ],
    ids=["line break in the name", "carriage returns", "another coding", "not delivered", "an archive that runs"],
)
def test_insecure_code_cannot_be_kept_from_the_scanners(delivery, name, content):
    (delivery / "src" / "parcel_rates" / name).write_bytes(content)
    code, report = assess(delivery, "--only", "security")
    assert code in (1, 3)
    assert outcomes(report)["security.blocking"] in ("unmet", "undetermined")


def test_product_code_in_a_folder_called_tests_is_still_product(delivery):
    package = delivery / "lib" / "parcel_more"
    (package / "tests").mkdir(parents=True)
    (package / "tests" / "core.py").write_text(INSECURE)
    (package / "__init__.py").write_text("from parcel_more.tests.core import label\n")
    code, report = assess(delivery, "--only", "security")
    assert (code, outcomes(report)["security.blocking"]) == (1, "unmet")


def test_a_pytest_of_the_deliverys_own_is_refused(delivery):
    fake = delivery / "tests" / "pt"
    fake.mkdir()
    (fake / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "pytest"\nversion = "9.9"\n'
    )
    (fake / "pytest.py").write_text("__version__ = '9.9'\n\n\ndef main(*_, **__):\n    return 0\n")
    (delivery / "requirements.txt").write_text("./tests/pt\n")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (3, "undetermined")
    assert "pytest from the package index" in reason(report, "tests.pass")


def test_an_interpreter_of_the_deliverys_own_is_refused(delivery):
    text = (delivery / "pyproject.toml").read_text()
    (delivery / "pyproject.toml").write_text(text.replace(">=3.9", "/copy/tests/python3"))
    (delivery / "tests" / "python3").write_text("#!/bin/sh\nexit 0\n")
    (delivery / "tests" / "python3").chmod(0o755)
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (3, "met"), (
        "its package cannot be installed, and its tests are run all the same"
    )
    (delivery / "tests" / "test_bad.py").write_text("def test_bad():\n    assert False\n")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (3, "undetermined"), "one that does nothing would have passed it"


def test_deselecting_a_failing_test_does_not_help(delivery):
    text = (delivery / "pyproject.toml").read_text()
    (delivery / "pyproject.toml").write_text(text.replace("testpaths", "addopts = \"-k 'not bad'\"\ntestpaths"))
    (delivery / "tests" / "test_bad.py").write_text("def test_bad():\n    assert False\n")
    code, report = assess(delivery, "--only", "tests")
    assert (code, outcomes(report)["tests.pass"]) == (1, "unmet")
