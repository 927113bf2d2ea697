"""Every way in which a criteria, contract, waiver or list file can be wrong: one sentence with its exact place."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.rules_folder import make_rules

from verifier.errors import CriteriaError
from verifier.rulebook import load_contract, load_criteria, load_profile, load_waivers

pytestmark = pytest.mark.self

HEAD = "profile: mine\nversion: 1\ncriteria:\n"
ONE = "  - id: tests.pass\n    level: must\n    check: tests.failed\n    at_most: 0\n"
VALID = HEAD + ONE


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_rules(tmp_path_factory.mktemp("shop") / "rules")


def criterion(*lines: str) -> str:
    """A file whose one criterion is called x and holds these lines, from line 5 on."""
    return HEAD + "  - id: x\n" + "".join(f"    {line}\n" for line in lines)


def measure(check: str, *lines: str) -> str:
    return criterion("level: must", f"check: {check}", *lines)


def findings(*lines: str) -> str:
    return measure("security.findings", *lines)


def manual(items: str) -> str:
    return criterion("level: must", f"manual: {{items: {items}}}")


def error_of(load: Callable[[], object], folder: Path) -> str:
    with pytest.raises(CriteriaError) as caught:
        load()
    assert caught.value.exit_code == 2
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(f"{folder}/", "")


NOT_YAML = {
    "empty": ("", "1:1: the file is empty"),
    "only a comment": ("# later\n", "1:1: the file is empty"),
    "nothing": ("---\n", "2:1: the file must be a mapping, not nothing"),
    "a list": ("- 1\n", "1:1: the file must be a mapping, not a list"),
    "text": ("hello\n", "1:1: the file must be a mapping, not text"),
    "a tab before a key": ("profile: mine\n\tversion: 1\n", "2:1: a tab; indent with spaces"),
    "a tab before a list": ("criteria:\n\t- id: x\n", "2:1: a tab; indent with spaces"),
    "an open bracket": ("a: [a\n", "2:1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
    "two colons": ("a: b: c\n", "1:5: not valid YAML: mapping values are not allowed here"),
    "a list as a key": ("? [a]\n: 1\n", "1:3: a key must be a word, not a list or a mapping"),
    "a second document": ("a: 1\n---\nb: 2\n", "2:1: a second document starts here; one file holds one"),
    "a break that is not seen": (
        "a: é\n# see the annex\u2028b: 1\n",
        "2:16: a line break that most programs do not show; write a plain one",
    ),
    "an old break that is not seen": (
        "# a\x85b: 1\n",
        "1:4: a line break that most programs do not show; write a plain one",
    ),
    "a NUL": ("a: 1\nb: x\0y\n", "2:5: a control character; this is not a text file"),
    "a bell after other letters": ("à: é\nô: ü\a\n", "2:5: a control character; this is not a text file"),
    "an anchor": (
        "a: &x 1\n",
        "1:4: anchors and aliases (& and *) are not allowed; write the value out",
    ),
    "an alias": (
        "a: *x\n",
        "1:4: anchors and aliases (& and *) are not allowed; write the value out",
    ),
    "a tag": (
        "a: !!python/object:os.system x\n",
        '1:4: the tag "tag:yaml.org,2002:python/object:os.system" is not allowed; write a plain value',
    ),
    "duplicate key": (VALID + "version: 2\n", '8:1: duplicate key "version", first at line 2'),
    "duplicate inner key": (
        criterion("level: must", "level: info"),
        '6:5: duplicate key "level", first at line 5',
    ),
    "deep": ("a: " + "[" * 30 + "]" * 30, "1:23: nested more than 20 deep"),
    "very deep": ("[" * 100_000, "1:21: nested more than 20 deep"),
    "a fraction": (
        measure("tests.coverage.statements", "at_least: 80.5"),
        "7:15: 80.5 is not a plain whole number; write one, or put quotes around text",
    ),
    "leading zero": (
        VALID.replace("1", "012", 1),
        "2:10: 012 is not a plain whole number; write one, or put quotes around text",
    ),
    "a number without end": (
        VALID.replace("1", "9" * 5000, 1),
        f"2:10: {'9' * 60} is not a plain whole number; write one, or put quotes around text",
    ),
}

TOP = {
    "unknown key": (
        "profil: mine\nversion: 1\n",
        '1:1: unknown key "profil" (did you mean "profile"?)',
    ),
    "an unknown key that would act on a terminal": (
        '"\\e[31m": 1\n',
        '1:1: unknown key "\\x1b[31m"',
    ),
    "no profile": ("version: 1\ncriteria: []\n", '1:1: "profile" is missing'),
    "no criteria": ("profile: mine\nversion: 1\n", '1:1: "criteria" is missing'),
    "no criterion": (
        "profile: mine\nversion: 1\ncriteria: []\n",
        '3:11: "criteria" is empty; nothing is ever accepted without a criterion',
    ),
    "a name with capitals": (
        VALID.replace("mine", "Mine"),
        '1:10: "profile" must be lower-case letters and digits, with . _ or - between them',
    ),
    "a name with a line feed": (
        VALID.replace("mine", '"mine\\n"'),
        '1:10: "profile" must be lower-case letters and digits, with . _ or - between them',
    ),
    "version nought": (VALID.replace("1", "0", 1), '2:10: "version" must be at least 1'),
    "version in words": (VALID.replace("1", "one", 1), '2:10: "version" must be a whole number, not text'),
    "fresh in words": ("fresh: yes\n" + VALID, '1:8: "fresh" must be true or false, not text'),
    "gate in words": ("gate: yes\n" + VALID, '1:7: "gate" must be true or false, not text'),
    "unknown limit": (
        VALID + "limits: {repositry: 1 MB}\n",
        '8:10: unknown key "repositry" in "limits" (did you mean "repository"?)',
    ),
    "size without a unit": (
        VALID + "limits: {repository: 500}\n",
        '8:22: "repository" in "limits" must be a whole number with its unit, such as 500 MB',
    ),
    "size in an unknown unit": (
        VALID + "limits: {repository: 500 mb}\n",
        '8:22: "repository" in "limits" must be a whole number with its unit, such as 500 MB',
    ),
    "no time at all": (
        VALID + "limits: {test_time: 0 min}\n",
        '8:21: "test_time" in "limits" must be a whole number with its unit, such as 15 min',
    ),
    "no file at all": (VALID + "limits: {files: 0}\n", '8:17: "files" in "limits" must be at least 1'),
    "unknown sandbox": (
        VALID + "sandbox: {at_least: namespace}\n",
        '8:21: unknown sandbox tier "namespace" in "sandbox"; known: namespaces, namespaces+cgroups (did you mean "namespaces"?)',
    ),
    "services in one word": (VALID + "services: postgresql\n", '8:11: "services" must be a list, not text'),
    "a service that nobody can start": (
        VALID + "services: [redis, my sql]\n",
        '8:19: unknown service "my sql"; known: postgresql, redis',
    ),
    "a place of a role that does not exist": (
        VALID + "scope: {samples: [/recipes/]}\n",
        '8:9: unknown key "samples" in "scope" (did you mean "examples"?)',
    ),
    "no place at all": (
        VALID + "scope: {docs: []}\n",
        '8:15: "docs" in "scope" is empty; name a place or leave the key out',
    ),
    "a place that no pattern can be": (
        VALID + "scope: {docs: ['!']}\n",
        (
            '8:16: entry 1 of "docs" in "scope" must be a path such as /recipes/ or *.example, as in .gitignore, '
            "without ! [ ] and \\"
        ),
    ),
    "unknown profile to extend": (
        "profile: mine\nversion: 1\nextends: micro-cb\n",
        (
            '3:10: there is no profile "micro-cb"; known: micro-ca, micro-ca-strict, qasp-18f, '
            'standard-for-public-code (did you mean "micro-ca"?)'
        ),
    ),
    "nothing to extend": (
        'profile: mine\nversion: 1\nextends: ""\n',
        '3:10: there is no profile ""; known: micro-ca, micro-ca-strict, qasp-18f, standard-for-public-code',
    ),
    "a change to a criterion that is not there": (
        "profile: mine\nversion: 1\nextends: micro-ca\ncriteria:\n  - id: test.coverage\n    at_least: 90 %\n",
        '5:5: "level" is missing in criterion "test.coverage"',
    ),
    "a gate without a licence": (
        "gate: true\n" + VALID,
        '1:7: "gate: true" needs a must that checks licence.project',
    ),
    "a gate with a licence that only should be": (
        "gate: true\n" + VALID + "  - {id: licence, level: should, check: licence.project, equals: MIT}\n",
        '1:7: "gate: true" needs a must that checks licence.project',
    ),
    "a gate without requirements": (
        "gate: true\n" + VALID + "  - {id: licence, level: must, check: licence.project, equals: MIT}\n",
        '1:7: "gate: true" needs a must that a person decides: requirements, with "manual"',
    ),
    "a gate that extends one and weakens it": (
        "profile: mine\nversion: 1\nextends: micro-ca\ncriteria: [{id: requirements, level: should}]\n",
        '3:10: "gate: true" needs a must that a person decides: requirements, with "manual"',
    ),
}

CRITERION = {
    "unknown key": (
        criterion("levle: must", "check: tests.failed", "at_most: 0"),
        '5:5: unknown key "levle" in criterion "x" (did you mean "level"?)',
    ),
    "unknown comparison": (
        measure("tests.passed", "at_lest: 1"),
        '7:5: unknown key "at_lest" in criterion "x" (did you mean "at_least"?)',
    ),
    "unknown key of a title": (
        criterion("title: {eng: a, fr: b}"),
        '5:13: unknown key "eng" in "title" in criterion "x" (did you mean "en"?)',
    ),
    "no French": (
        criterion("level: must", "title: {en: a}", "check: tests.failed", "at_most: 0"),
        '6:12: "fr" is missing in "title" in criterion "x"',
    ),
    "empty title": (
        criterion("level: must", 'title: ""', "check: tests.failed", "at_most: 0"),
        '6:12: "title" in criterion "x" is empty',
    ),
    "no id": (
        HEAD + "  - level: must\n    check: tests.passed\n    at_least: 1\n",
        '4:5: "id" is missing in criterion 1',
    ),
    "an id without end": (
        VALID.replace("tests.pass\n", "x" * 81 + "\n"),
        f'4:9: "id" in criterion "{"x" * 60}…" is longer than 80 characters',
    ),
    "the same id twice": (
        HEAD + ONE + ONE,
        '8:9: the criterion id "tests.pass" is used twice, first at line 4',
    ),
    "no level": (criterion("check: tests.passed", "at_least: 1"), '4:5: "level" is missing in criterion "x"'),
    "unknown level": (
        criterion("level: muts", "check: tests.failed", "at_most: 0"),
        '5:12: unknown level "muts" in criterion "x"; known: must, should, info (did you mean "must"?)',
    ),
    "unknown role": (
        findings("blocking: security", "by: [bandit]", "outside: [test]"),
        (
            '9:15: unknown role "test" in criterion "x"; known: source, tests, docs, examples, migrations, setup '
            '(did you mean "tests"?)'
        ),
    ),
    "nothing to judge by": (
        measure("tests.passed"),
        (
            '4:5: criterion "x" says nothing to judge by; '
            "give one of manual, equals, one_of, at_least, at_most, blocking, severity"
        ),
    ),
    "two comparisons at once": (
        measure("tests.passed", "at_least: 1", "at_most: 2"),
        '4:5: criterion "x" has both "at_least" and "at_most"; keep one',
    ),
    "nothing to check": (
        criterion("level: must", "at_least: 1"),
        '4:5: "at_least" needs "check" beside it in criterion "x"',
    ),
    "findings by nobody": (
        findings("blocking: security"),
        '4:5: "blocking" needs "by" beside it in criterion "x"',
    ),
    "findings by an empty list": (
        findings("severity: error", "by: []"),
        '8:9: "by" in criterion "x" is empty; name the checkers that must have done their work',
    ),
    "the same checker twice": (
        findings("severity: error", "by: [bandit, bandit]"),
        '8:9: "by" in criterion "x" has "bandit" twice',
    ),
    "unknown severity": (
        findings("severity: high", "by: [bandit]"),
        '7:15: unknown severity "high" in criterion "x"; known: error, warning, note',
    ),
    "unknown measure": (
        measure("tests.coverge.statements", "at_least: 80 %"),
        (
            '6:12: unknown measure "tests.coverge.statements" in criterion "x" '
            '(did you mean "tests.coverage.statements"?)'
        ),
    ),
    "unknown findings": (
        measure("secruity.findings", "severity: error", "by: [bandit]"),
        '6:12: unknown measure "secruity.findings" in criterion "x" (did you mean "security.findings"?)',
    ),
    "a measure of nobody's": (
        measure("weather.sun", "at_least: 80"),
        '6:12: unknown measure "weather.sun" in criterion "x"; a checker of your own needs its "unit" beside it',
    ),
    "another unit than the measure's": (
        measure("tests.passed", "unit: text", "equals: a"),
        '7:11: "unit" in criterion "x" must be count: tests.passed is a count',
    ),
    "findings compared": (
        measure("lint.findings", "at_most: 0"),
        '7:14: "at_most" cannot judge lint.findings in criterion "x"; use blocking or severity',
    ),
    "a measure that blocks": (
        measure("tests.passed", "blocking: lint", "by: [pylint]"),
        '7:15: "blocking" in criterion "x" judges findings, and tests.passed is a measure',
    ),
}

VALUES = {
    "a share without its unit": (
        measure("tests.coverage.statements", "at_least: 80"),
        (
            '7:15: "at_least" in criterion "x" must be a whole number with its unit (%): '
            "tests.coverage.statements is a share"
        ),
    ),
    "a share in minutes": (
        measure("tests.coverage.statements", "at_least: 80 min"),
        (
            '7:15: "at_least" in criterion "x" must be a whole number with its unit (%): '
            "tests.coverage.statements is a share"
        ),
    ),
    "a time in percent": (
        measure("mine.waited", "unit: milliseconds", "at_most: 80 %"),
        (
            '8:14: "at_most" in criterion "x" must be a whole number with its unit (ms, s, min or h): '
            "mine.waited is a time"
        ),
    ),
    "a fraction of a percent": (
        measure("tests.coverage.statements", "at_least: 80.5 %"),
        '7:15: "at_least" in criterion "x" must be a whole number, with its unit where it has one, such as 80 %',
    ),
    "more than all": (
        measure("tests.coverage.statements", "at_least: 101 %"),
        '7:15: "at_least" in criterion "x" must be at most 100 %',
    ),
    "a count in percent": (
        measure("tests.passed", "at_least: 80 %"),
        '7:15: "at_least" in criterion "x" must be a whole number without a unit: tests.passed is a count',
    ),
    "a count below nought": (
        measure("tests.passed", "at_least: -1"),
        '7:15: "at_least" in criterion "x" must be at least 0',
    ),
    "equal to less than nought": (
        measure("tests.passed", "equals: -1"),
        '7:13: "equals" in criterion "x" must be a whole number without a unit: tests.passed is a count',
    ),
    "equal to true": (
        measure("project.readme", "equals: true"),
        '7:13: "equals" in criterion "x" must be a whole number or text, not true or false',
    ),
    "a set of counts": (
        measure("tests.passed", "one_of: ['1']"),
        '7:13: "one_of" cannot judge tests.passed in criterion "x": it is a count; use equals, at_least or at_most',
    ),
    "at least a licence": (
        measure("licence.project", "at_least: 1"),
        (
            '7:15: "at_least" cannot judge licence.project in criterion "x": it is an SPDX expression; '
            "use equals or one_of"
        ),
    ),
    "a licence that is a number": (
        measure("licence.project", "equals: 1"),
        '7:13: "equals" in criterion "x" must be text: licence.project is an SPDX expression',
    ),
    "a licence in words": (
        measure("licence.project", "equals: MIT License"),
        '7:13: "equals" in criterion "x" is not an SPDX expression, such as MIT or MIT OR Apache-2.0: "MIT License"',
    ),
    "an unknown licence among others": (
        measure("licence.project", "one_of: [MIT, Foo-1]"),
        '7:19: "one_of" in criterion "x" is not an SPDX expression, such as MIT or MIT OR Apache-2.0: "Foo-1"',
    ),
    "an unknown set of licences": (
        measure("licence.project", "one_of: licence.accepted"),
        '7:13: "one_of" in criterion "x" must be licences.accepted, licences.recommended or a list of values',
    ),
    "otherwise than a licence": (
        measure("licence.project", "equals: MIT", "otherwise: licences.accepted"),
        '8:16: "otherwise" in criterion "x" goes with "equals: contract.licence" only',
    ),
    "unknown blocking list": (
        findings("blocking: securty", "by: [bandit]"),
        (
            '7:15: unknown blocking list "securty" in criterion "x"; known: licence, lint, security '
            '(did you mean "security"?)'
        ),
    ),
    "an own list that is not there": (
        findings("blocking: own.yml", "by: [bandit]"),
        '7:15: there is no blocking list "own.yml" beside the criteria file in criterion "x"',
    ),
    "an own list above the file": (
        findings("blocking: ../own.yml", "by: [bandit]"),
        '7:15: "blocking" in criterion "x" must lie beside the criteria file or below it',
    ),
    "an own list anywhere": (
        findings("blocking: /etc/own.yml", "by: [bandit]"),
        (
            '7:15: "blocking" in criterion "x" must be the name of a list in rules/blocking, '
            "or the path of a .yml file beside the criteria file"
        ),
    ),
    "a person with a tool": (
        criterion("level: must", "check: tests.passed", "manual: {items: from-contract}"),
        '6:12: "check" in criterion "x" does not go with "manual": a person decides it, no tool',
    ),
    "items from elsewhere": (
        manual("from-contact"),
        (
            '6:21: "items" in "manual" in criterion "x" must be from-contract, '
            "or a list of at least one item with id and text"
        ),
    ),
    "no items": (
        manual("[]"),
        (
            '6:21: "items" in "manual" in criterion "x" must be from-contract, '
            "or a list of at least one item with id and text"
        ),
    ),
    "an item without words": (
        manual("[{id: a}]"),
        '6:22: "text" is missing in item "a" in "manual" in criterion "x"',
    ),
    "the same item twice": (
        manual("[{id: a, text: A}, {id: a, text: B}]"),
        '6:45: the item id "a" is used twice in criterion "x"',
    ),
}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(*case, id=f"{group}: {name}")
        for group, cases in {"yaml": NOT_YAML, "top": TOP, "criterion": CRITERION, "value": VALUES}.items()
        for name, case in cases.items()
    ],
)
def test_invalid_criteria(text: str, message: str, rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    file.write_text(text, encoding="utf-8")
    assert error_of(lambda: load_criteria(file, rules=rules), tmp_path) == f"criteria.yml:{message}"


def test_the_file_that_these_cases_break_is_valid(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    file.write_text(VALID, encoding="utf-8")
    assert load_criteria(file, rules=rules).profile == "mine"


def test_unknown_keys_are_named_before_what_follows_from_them(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    file.write_text(criterion("check: tests.failed", "at_most: 0", "levle: must"), encoding="utf-8")
    message = error_of(lambda: load_criteria(file, rules=rules), tmp_path)
    assert message == 'criteria.yml:7:5: unknown key "levle" in criterion "x" (did you mean "level"?)'


def test_bytes_that_are_not_text(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    file.write_bytes(b"profile: mine\nversion: \xff\xfe\n")
    assert error_of(lambda: load_criteria(file, rules=rules), tmp_path) == "criteria.yml:2:10: not UTF-8 text"


def test_a_byte_order_mark_is_no_error(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    file.write_bytes(b"\xef\xbb\xbf" + VALID.encode())
    assert load_criteria(file, rules=rules).version == 1


def test_fifty_megabytes_are_refused_at_once(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    with file.open("wb") as stream:
        stream.truncate(50_000_000)
    started = time.monotonic()
    message = error_of(lambda: load_criteria(file, rules=rules), tmp_path)
    assert message == "criteria.yml: longer than 256000 bytes, the most that is read"
    assert time.monotonic() - started < 1


def test_an_alias_bomb_is_refused_at_its_first_anchor(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "criteria.yml"
    lines = ["a0: &a0 [x, x]"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 40)]
    file.write_text("\n".join(lines), encoding="utf-8")
    message = error_of(lambda: load_criteria(file, rules=rules), tmp_path)
    assert message == "criteria.yml:1:5: anchors and aliases (& and *) are not allowed; write the value out"


def test_a_missing_file_a_folder_and_a_pipe(rules: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "folder.yml").mkdir()
    for name, message in {
        "none.yml": "there is no such file",
        "folder.yml": "not an ordinary file",
        "pipe.yml": "not an ordinary file",
    }.items():
        assert error_of(lambda name=name: load_criteria(tmp_path / name, rules=rules), tmp_path) == f"{name}: {message}"  # type: ignore[misc]  # mypy cannot infer a default's type


def test_a_file_that_the_system_refuses(rules: Path, tmp_path: Path) -> None:
    name = "x" * 300
    message = error_of(lambda: load_criteria(tmp_path / name, rules=rules), tmp_path)
    assert message == f"{name}: cannot be read (File name too long)"


def test_an_unknown_profile(rules: Path, tmp_path: Path) -> None:
    message = error_of(lambda: load_profile("micro-ac", rules=rules), tmp_path)
    assert message == (
        'there is no profile "micro-ac"; known: micro-ca, micro-ca-strict, qasp-18f, standard-for-public-code '
        '(did you mean "micro-ca"?)'
    )


def test_a_profile_name_is_never_a_path(rules: Path, tmp_path: Path) -> None:
    assert error_of(lambda: load_profile("../licences", rules=rules), tmp_path).startswith("there is no profile")


def test_a_profile_that_extends_itself(tmp_path: Path) -> None:
    rules = make_rules(tmp_path / "rules")
    (rules / "profiles" / "micro-ca.yml").write_text(
        "profile: micro-ca\nversion: 1\nextends: micro-ca-strict\n", encoding="utf-8"
    )
    message = error_of(lambda: load_profile("micro-ca-strict", rules=rules), tmp_path)
    assert message == 'rules/profiles/micro-ca-strict.yml:5:10: the profile "micro-ca" extends itself'


LISTS = {
    "blocking/security.yml": {
        "rules: []\n": '1:8: "rules" is empty; a list that blocks nothing accepts everything',
        "rules:\n  - {rule: B602, reason: a}\n": (
            '2:12: "rule" in rule "B602" must be a tool and its rule, such as bandit:B602'
        ),
        "rules:\n  - {rule: bandit:B1, reason: a}\n  - {rule: bandit:B1, reason: b}\n": (
            '3:12: the rule "bandit:B1" is listed twice'
        ),
        "rules:\n  - {rule: bandit:B1, reason: a, confidence: sure}\n": (
            '2:46: unknown confidence "sure" in rule "bandit:B1"; known: low, medium, high'
        ),
        "rules:\n  - {rule: bandit:B1}\n": '2:5: "reason" is missing in rule "bandit:B1"',
    },
    "licences.yml": {
        "recommended: [MIT]\n": '1:1: "accepted" is missing',
        "recommended: [MIT]\naccepted: []\n": '2:11: "accepted" is empty; no delivery could meet it',
        "recommended: [MIT]\naccepted: [MIT OR X]\n": '2:12: entry 1 of "accepted" must be one SPDX identifier',
    },
    "scope.yml": {"- tests\n": "1:1: the file must be a mapping"},
}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [(name, text, message) for name, cases in LISTS.items() for text, message in cases.items()],
)
def test_invalid_lists(name: str, text: str, message: str, tmp_path: Path) -> None:
    rules = make_rules(tmp_path / "rules")
    (rules / name).write_text(text, encoding="utf-8")
    assert error_of(lambda: load_profile("micro-ca", rules=rules), tmp_path) == f"rules/{name}:{message}"


@pytest.mark.parametrize("name", ["licences.yml", "scope.yml"])
def test_missing_lists(name: str, tmp_path: Path) -> None:
    rules = make_rules(tmp_path / "rules")
    (rules / name).unlink()
    assert error_of(lambda: load_profile("micro-ca", rules=rules), tmp_path) == f"rules/{name}: there is no such file"


CONTRACT = {
    "licence: MIT\n": '1:1: "id" is missing',
    "id: c\nlicense: MIT\n": '2:1: unknown key "license" (did you mean "licence"?)',
    "id: c\nlicence: MIT License\n": (
        '2:10: "licence" is not an SPDX expression, such as MIT or MIT OR Apache-2.0: "MIT License"'
    ),
    'id: c\nlicence: " "\n': '2:10: "licence" is not an SPDX expression, such as MIT or MIT OR Apache-2.0: " "',
    "id: c\nlicence: MIT OR\n": (
        '2:10: "licence" is not an SPDX expression, such as MIT or MIT OR Apache-2.0: "MIT OR"'
    ),
    "id: 7\n": '1:5: "id" must be one line of text',
    "id: c\ncommit: 3f2c9e1\n": '2:9: "commit" must be a full commit id in lower-case hex',
    "id: c\nrepository: https://token@host.example/a\n": (
        '2:13: "repository" must be an address without spaces, user name or password'
    ),
    "id: c\nrepository: ssh://me:secret@host.example/a\n": (
        '2:13: "repository" must be an address without spaces, user name or password'
    ),
    "id: c\nrequirements: []\n": '2:15: "requirements" is empty; leave the key out where the contract lists none',
    "id: c\nrequirements: [{id: a}]\n": '2:16: "text" is missing in requirement "a"',
    "id: c\nrequirements: [{id: a, text: A}, {id: a, text: B}]\n": '2:39: the requirement id "a" is used twice',
}


@pytest.mark.parametrize(("text", "message"), CONTRACT.items())
def test_invalid_contracts(text: str, message: str, rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "contract.yml"
    file.write_text(text, encoding="utf-8")
    assert error_of(lambda: load_contract(file, rules=rules), tmp_path) == f"contract.yml:{message}"


WAIVERS = {
    "[]\n": "1:1: the file must be a mapping, not a list",
    "waivers: [{target: a, reason: r, by: b}]\n": '1:11: "until" is missing in waiver "a"',
    "waivers: [{target: a, reason: r, by: b, until: soon}]\n": (
        '1:48: "until" in waiver "a" must be a date such as 2027-03-31'
    ),
    "waivers: [{target: a, reason: r, by: b, until: 2027-02-30}]\n": "1:48: 2027-02-30 is not a day of the calendar",
    "waivers: [{target: a, reason: '', by: b, until: 2027-02-28}]\n": '1:31: "reason" in waiver "a" is empty',
    "waivers: [{target: a, reason: r, by: b, until: 2027-02-28, signed: true}]\n": (
        '1:60: unknown key "signed" in waiver "a"'
    ),
}


@pytest.mark.parametrize(("text", "message"), WAIVERS.items())
def test_invalid_waivers(text: str, message: str, rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yml"
    file.write_text(text, encoding="utf-8")
    assert error_of(lambda: load_waivers(file, rules=rules), tmp_path) == f"waivers.yml:{message}"
