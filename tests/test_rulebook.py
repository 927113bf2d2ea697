"""What the criteria files mean once read: amounts, references, `extends`, and the digest that names them."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.rules_folder import SHIPPED, make_rules

import verifier
from verifier.errors import CriteriaError
from verifier.model import Level, Role, Waiver
from verifier.policy import Comparison, Contract, Criteria, Criterion, Item, Limits, Text
from verifier.rulebook import (
    criteria_digest,
    load_contract,
    load_criteria,
    load_profile,
    load_waivers,
    profile_names,
    rules_dir,
)
from verifier.rulebook.build import NO_CONTRACT
from verifier.rulebook.comparisons import spdx
from verifier.rulebook.document import read
from verifier.scope import Scope

pytestmark = pytest.mark.self

Write = Callable[[str], Path]

SKETCH = """\
profile: micro-ca
version: 1
gate: true
title: {en: Micro-acquisition, fr: Micro-acquisition}
criteria:
  - id: licence.file
    level: must            # must | should | info
    title: {en: "An open source licence, as contracted", fr: "Une licence de source ouverte, conforme au contrat"}
    check: licence.project # a measure or findings of a checker
    equals: contract.licence
    why: "Without it nobody may reuse the code."
  - id: tests.coverage
    level: must
    check: tests.coverage.statements
    at_least: 80 %
  - id: requirements
    level: must
    manual: {items: from-contract}
limits: {repository: 400 MB, files: 20000, file: 25 MB, test_time: 15 min}
services: [postgresql]
sandbox: {at_least: namespaces}
"""


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_rules(tmp_path_factory.mktemp("small") / "rules")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "criteria.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def one(criteria: Criteria, name: str) -> Criterion:
    return next(criterion for criterion in criteria.criteria if criterion.id == name)


# What a criteria file says


def test_the_whole_file(rules: Path, write: Write) -> None:
    criteria = load_criteria(write(SKETCH), rules=rules)
    assert (criteria.profile, criteria.version, criteria.gate) == ("micro-ca", 1, True)
    assert criteria.title == Text(en="Micro-acquisition", fr="Micro-acquisition")
    assert [c.id for c in criteria.criteria] == ["licence.file", "tests.coverage", "requirements"]
    assert criteria.limits == Limits(repository=400_000_000, files=20_000, file=25_000_000, test_time=900)
    assert (criteria.services, criteria.sandbox_at_least) == (("postgresql",), "namespaces")
    assert criteria.scope == {"tests": ["tests/**"]}
    assert criteria.tests.marker == ""


def test_the_buyer_names_more_places_of_a_role(write: Write) -> None:
    own = "profile: mine\nversion: 1\nextends: micro-ca\nscope: {examples: [/recipes/]}\n"
    theirs, shipped = load_criteria(write(own)).scope, load_profile("micro-ca").scope
    assert theirs["roles"]["examples"] == [*shipped["roles"]["examples"], "/recipes/"]
    assert Scope.from_mapping(theirs).role("recipes/a.py") is Role.EXAMPLES
    assert Scope.from_mapping(shipped).role("recipes/a.py") is Role.SOURCE
    assert theirs["roles"]["tests"] == shipped["roles"]["tests"]


def test_words_in_one_language_serve_for_both_and_an_id_for_a_missing_title(rules: Path, write: Write) -> None:
    criteria = load_criteria(write(SKETCH), rules=rules)
    assert one(criteria, "licence.file").why == Text(
        en="Without it nobody may reuse the code.", fr="Without it nobody may reuse the code."
    )
    assert one(criteria, "tests.coverage").title == Text(en="tests.coverage", fr="tests.coverage")


def with_value(check: str, *lines: str) -> str:
    inner = "".join(f"    {line}\n" for line in lines)
    return f"profile: mine\nversion: 1\ncriteria:\n  - id: x\n    level: should\n    check: {check}\n{inner}"


@pytest.mark.parametrize(
    ("check", "lines", "comparison"),
    [
        ("tests.coverage.branches", ["at_least: 80 %"], Comparison(op="at_least", value=8000, unit="basis points")),
        ("tests.coverage.branches", ["at_least: 80%"], Comparison(op="at_least", value=8000, unit="basis points")),
        (
            "tests.coverage.branches",
            ["at_least: 80\N{NO-BREAK SPACE}%"],
            Comparison(op="at_least", value=8000, unit="basis points"),
        ),
        (
            "tests.coverage.branches",
            ["at_least: 80\N{NARROW NO-BREAK SPACE}%"],
            Comparison(op="at_least", value=8000, unit="basis points"),
        ),
        ("tests.coverage.branches", ["equals: 100 %"], Comparison(op="equals", value=10_000, unit="basis points")),
        ("tests.failed", ["at_most: 0"], Comparison(op="at_most", value=0, unit="count")),
        ("project.readme", ["equals: 1"], Comparison(op="equals", value=1, unit="count")),
        (
            "mine.wait",
            ["unit: milliseconds", "at_most: 2 s"],
            Comparison(op="at_most", value=2000, unit="milliseconds"),
        ),
        ("mine.word", ["unit: text", "one_of: [a, b]"], Comparison(op="one_of", value=frozenset("ab"), unit="text")),
        ("licence.project", ["equals: mit"], Comparison(op="equals", value="MIT", unit="expression")),
        (
            "licence.project",
            ["one_of: [MIT, GPL-3.0+]"],
            Comparison(op="one_of", value=frozenset({"MIT", "GPL-3.0-or-later"}), unit="expression"),
        ),
        (
            "licence.project",
            ["one_of: licences.recommended"],
            Comparison(op="one_of", value=frozenset({"MIT", "Apache-2.0"}), unit="expression"),
        ),
    ],
)
def test_comparisons(check: str, lines: list[str], comparison: Comparison, rules: Path, write: Write) -> None:
    criteria = load_criteria(write(with_value(check, *lines)), rules=rules)
    assert one(criteria, "x").comparison == comparison


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ("repository: 1 B", Limits(repository=1)),
        ("repository: 3 kB", Limits(repository=3000)),
        ("repository: 3 KiB", Limits(repository=3072)),
        ("file: 2 MiB", Limits(file=2 * 1024**2)),
        ("file: 2 GB", Limits(file=2_000_000_000)),
        ("test_time: 90 s", Limits(test_time=90)),
        ("probe_time: 4 min", Limits(probe_time=240)),
        ("install_time: 2 h", Limits(install_time=7200)),
        ("checkout_time: 3 min", Limits(checkout_time=180)),
        ("files: 7", Limits(files=7)),
    ],
)
def test_limits(limit: str, expected: Limits, rules: Path, write: Write) -> None:
    text = with_value("tests.failed", "at_most: 0") + f"limits: {{{limit}}}\n"
    assert load_criteria(write(text), rules=rules).limits == expected


def test_findings(rules: Path, write: Write) -> None:
    text = with_value("security.findings", "blocking: security", "by: [bandit, semgrep]", "outside: [tests, docs]")
    criterion = one(load_criteria(write(text), rules=rules), "x")
    assert criterion.by == ("bandit", "semgrep")
    assert criterion.outside == frozenset({Role.TESTS, Role.DOCS})
    assert criterion.blocking is not None
    rule = criterion.blocking.rules["bandit:B602"]
    assert (rule.confidence, rule.environment) == ("medium", False)
    assert rule.reason == Text(
        en="Whoever picks the name runs commands.", fr="Qui choisit le nom exécute des commandes."
    )
    assert criterion.blocking.rules["semgrep:python.sql"].confidence == "low"


def test_a_list_may_ask_for_the_environment(rules: Path, write: Write) -> None:
    text = with_value("lint.findings", "blocking: lint", "by: [pylint]")
    criterion = one(load_criteria(write(text), rules=rules), "x")
    assert criterion.blocking is not None
    assert criterion.blocking.rules["pylint:no-member"].environment


def test_a_buyer_may_keep_a_list_beside_the_file(rules: Path, write: Write, tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "own.yml").write_text("rules: [{rule: 'bandit:B1', reason: a}]\n", encoding="utf-8")
    text = with_value("security.findings", "blocking: lists/own.yml", "by: [bandit]")
    criterion = one(load_criteria(write(text), rules=rules), "x")
    assert criterion.blocking is not None
    assert (criterion.blocking.name, list(criterion.blocking.rules)) == ("lists/own.yml", ["bandit:B1"])


def test_a_severity_instead_of_a_list(rules: Path, write: Write) -> None:
    criterion = one(
        load_criteria(write(with_value("security.findings", "severity: warning", "by: [bandit]")), rules=rules), "x"
    )
    assert (criterion.severity, criterion.blocking, criterion.comparison) == ("warning", None, None)


# What a contract adds


def test_the_contracted_licence_is_the_one_that_will_do(rules: Path, write: Write) -> None:
    criteria = load_criteria(write(SKETCH), contract=Contract(id="c", licence="MIT"), rules=rules)
    assert one(criteria, "licence.file").comparison == Comparison(op="equals", value="MIT", unit="expression")


@pytest.mark.parametrize("contract", [None, Contract(id="c")])
@pytest.mark.parametrize(
    ("otherwise", "expected"),
    [
        ("", {"MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0"}),
        ("otherwise: licences.accepted", {"MIT", "Apache-2.0", "BSD-3-Clause", "CC0-1.0"}),
        ("otherwise: licences.recommended", {"MIT", "Apache-2.0"}),
        ("otherwise: [0BSD]", {"0BSD"}),
    ],
)
def test_where_no_contract_names_a_licence(
    contract: Contract | None, otherwise: str, expected: set[str], rules: Path, write: Write
) -> None:
    text = with_value("licence.project", "equals: contract.licence", otherwise)
    criteria = load_criteria(write(text), contract=contract, rules=rules)
    assert one(criteria, "x").comparison == Comparison(op="one_of", value=frozenset(expected), unit="expression")


def test_the_contract_s_requirements_are_decided_one_by_one(rules: Path, write: Write, tmp_path: Path) -> None:
    file = tmp_path / "contract.yml"
    file.write_text(
        "id: MA-7\nlicence: mit\nrepository: https://code.example/rates\n"
        f"commit: {'a' * 40}\n"
        "requirements:\n  - {id: labels, text: {en: Prints labels., fr: Imprime des étiquettes.}}\n"
        "  - {id: '2', text: Is quick.}\n",
        encoding="utf-8",
    )
    contract = load_contract(file, rules=rules)
    assert contract == Contract(
        id="MA-7",
        licence="MIT",
        repository="https://code.example/rates",
        commit="a" * 40,
        requirements=(
            Item(id="labels", text=Text(en="Prints labels.", fr="Imprime des étiquettes.")),
            Item(id="2", text=Text(en="Is quick.", fr="Is quick.")),
        ),
    )
    criteria = load_criteria(write(SKETCH), contract=contract, rules=rules)
    assert one(criteria, "requirements").manual == contract.requirements


def test_the_contract_s_services_are_offered_beside_the_criteria_s(rules: Path, write: Write, tmp_path: Path) -> None:
    file = tmp_path / "contract.yml"
    file.write_text("id: MA-7\nservices: [redis, postgresql]\n", encoding="utf-8")
    criteria = load_criteria(write(SKETCH), contract=load_contract(file, rules=rules), rules=rules)
    assert criteria.services == ("postgresql", "redis")


def test_a_contract_may_say_no_more_than_its_name(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "contract.yml"
    file.write_text("id: MA-7\n", encoding="utf-8")
    assert load_contract(file, rules=rules) == Contract(id="MA-7")


@pytest.mark.parametrize("contract", [None, Contract(id="c")])
def test_without_listed_requirements_there_is_still_something_to_decide(
    contract: Contract | None, rules: Path, write: Write
) -> None:
    criteria = load_criteria(write(SKETCH), contract=contract, rules=rules)
    assert one(criteria, "requirements").manual == (NO_CONTRACT,)


def test_items_of_the_criteria_file_itself(rules: Path, write: Write) -> None:
    text = "profile: a\nversion: 1\ncriteria: [{id: x, level: must, manual: {items: [{id: a, text: A}]}}]\n"
    criterion = one(load_criteria(write(text), rules=rules), "x")
    assert criterion.manual == (Item(id="a", text=Text(en="A", fr="A")),)


def test_waivers_of_a_file_are_never_signed(rules: Path, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yml"
    file.write_text(
        "waivers:\n  - {target: tests.coverage, reason: Generated code., by: The supplier, until: 2027-03-31}\n",
        encoding="utf-8",
    )
    assert load_waivers(file, rules=rules) == (
        Waiver(target="tests.coverage", reason="Generated code.", by="The supplier", until="2027-03-31", signed=False),
    )


# extends


def extending(*lines: str) -> str:
    return "profile: mine\nversion: 3\nextends: micro-ca\n" + "".join(f"{line}\n" for line in lines)


def test_extending_keeps_the_order_and_changes_what_is_given(rules: Path, write: Write) -> None:
    base = load_profile("micro-ca", rules=rules)
    text = extending(
        "criteria:",
        "  - {id: tests.coverage, at_least: 90 %}",
        "  - {id: style, level: must}",
        "  - {id: ci, level: info, check: project.ci, equals: 1}",
        "limits: {files: 3}",
    )
    mine = load_criteria(write(text), rules=rules)
    assert (mine.profile, mine.version, mine.gate, mine.title) == ("mine", 3, True, base.title)
    assert [c.id for c in mine.criteria] == [*(c.id for c in base.criteria), "ci"]
    coverage = one(mine, "tests.coverage")
    assert coverage.comparison == Comparison(op="at_least", value=9000, unit="basis points")
    assert (coverage.level, coverage.title) == (Level.MUST, one(base, "tests.coverage").title)
    assert one(mine, "style").level == Level.MUST
    assert mine.limits == Limits(files=3)
    unchanged = {c.id for c in base.criteria} - {"tests.coverage", "style"}
    assert all(one(mine, name) == one(base, name) for name in unchanged)


def test_a_new_way_of_judging_replaces_the_old_one(rules: Path, write: Write) -> None:
    text = extending(
        "criteria:",
        "  - {id: security.blocking, severity: error}",
        "  - {id: licence.file, one_of: [MIT]}",
        "  - {id: style, manual: {items: [{id: a, text: A}]}}",
    )
    mine = load_criteria(write(text), rules=rules)
    security = one(mine, "security.blocking")
    assert (security.severity, security.blocking, security.by) == (
        "error",
        None,
        ("bandit", "semgrep", "secrets", "unicode"),
    )
    assert one(mine, "licence.file").comparison == Comparison(op="one_of", value=frozenset({"MIT"}), unit="expression")
    assert (one(mine, "style").manual is not None, one(mine, "style").check) == (True, "")


def test_a_chain_of_profiles(rules: Path, write: Write) -> None:
    mine = load_criteria(write("profile: mine\nversion: 1\nextends: micro-ca-strict\n"), rules=rules)
    assert one(mine, "suppressions.justified").level == Level.MUST
    assert one(mine, "tests.pass").level == Level.MUST


def test_an_error_in_a_change_stands_in_the_file_that_makes_it(rules: Path, write: Write) -> None:
    path = write(extending("criteria:", "  - id: tests.coverage", "    at_least: 90"))
    with pytest.raises(CriteriaError, match=re.escape(f"{path}:6:15: ")):
        load_criteria(path, rules=rules)


# criteriaDigest

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)


@given(st.dictionaries(TEXT, TEXT), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_order(files: dict[str, str], order: random.Random) -> None:
    shuffled = list(files.items())
    order.shuffle(shuffled)
    assert criteria_digest(dict(shuffled)) == criteria_digest(files)


@given(st.dictionaries(TEXT, TEXT, min_size=1), TEXT, TEXT)
def test_the_digest_changes_with_the_manifest(files: dict[str, str], path: str, digest: str) -> None:
    other = {**files, path: digest}
    assert (criteria_digest(other) == criteria_digest(files)) == (other == files)


def test_the_digest_is_over_the_rfc_8785_form() -> None:
    """Keys by UTF-16 code units: RFC 8785, section 3.2.3, has this order for these keys."""
    files = {"\u20ac": "a", "\r": "b", "\ufb33": "c", "1": "d", "\U0001f600": "e", "\u0080": "f", "ö": 'g"\\\x1f'}
    exact = '{"\\r":"b","1":"d","\u0080":"f","ö":"g\\"\\\\\\u001f","€":"a","\U0001f600":"e","\ufb33":"c"}'
    assert criteria_digest(files) == hashlib.sha256(exact.encode()).hexdigest()


def test_the_digest_names_exactly_the_files_referred_to(rules: Path, write: Write) -> None:
    path = write(extending())
    names = [
        "licences.yml",
        "scope.yml",
        "repairs.yml",
        "blocking/licence.yml",
        "blocking/security.yml",
        "blocking/lint.yml",
        "profiles/micro-ca.yml",
        "tools/bandit.ini",
        "tools/.coveragerc",
        "semgrep/python/sql.yml",
    ]
    manifest = {f"rules/{name}": hashlib.sha256((rules / name).read_bytes()).hexdigest() for name in names}
    manifest["criteria.yml"] = hashlib.sha256(path.read_bytes()).hexdigest()
    plain = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
    assert load_criteria(path, rules=rules).digest == hashlib.sha256(plain.encode()).hexdigest()


def test_the_digest_does_not_depend_on_where_anything_lies(rules: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(rules, tmp_path / "__pycache__" / "other name")
    copied = shutil.copy(rules / "profiles" / "micro-ca.yml", tmp_path / "my own.yml")
    digest = load_profile("micro-ca", rules=rules).digest
    assert load_profile("micro-ca", rules=elsewhere).digest == digest
    assert load_criteria(Path(copied), rules=rules).digest == digest


def test_the_digest_does_not_depend_on_the_contract(rules: Path) -> None:
    contract = Contract(id="c", licence="MIT", requirements=(NO_CONTRACT,))
    assert (
        load_profile("micro-ca", rules=rules, contract=contract).digest == load_profile("micro-ca", rules=rules).digest
    )


def test_the_digest_leaves_out_samples_and_what_python_writes(tmp_path: Path) -> None:
    rules = make_rules(tmp_path / "rules")
    before = load_profile("micro-ca", rules=rules).digest
    for name in ("semgrep/python/sql.py", "semgrep/python/config.test.yaml", "tools/__pycache__/a.pyc"):
        (rules / name).parent.mkdir(exist_ok=True)
        (rules / name).write_bytes(b"changed")
    (rules / "profiles" / "qasp-18f.yml").write_text("other", encoding="utf-8")
    assert load_profile("micro-ca", rules=rules).digest == before


@pytest.fixture(scope="module")
def changeable(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_rules(tmp_path_factory.mktemp("changeable") / "rules")


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_the_digest_changes_with_any_byte_of_a_tool_s_file(changeable: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["tools/bandit.ini", "tools/.coveragerc", "semgrep/python/sql.yml"]))
    path = changeable / name
    before, content = load_profile("micro-ca", rules=changeable).digest, path.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(1, 255)) ^ content[at]
    try:
        path.write_bytes(content[:at] + bytes([other]) + content[at + 1 :])
        assert load_profile("micro-ca", rules=changeable).digest != before
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("name", ["licences.yml", "scope.yml", "blocking/lint.yml", "profiles/micro-ca.yml"])
def test_the_digest_changes_with_a_comment_too(name: str, tmp_path: Path) -> None:
    rules = make_rules(tmp_path / "rules")
    before = load_profile("micro-ca-strict", rules=rules).digest
    (rules / name).write_bytes((rules / name).read_bytes() + b"#\n")
    assert load_profile("micro-ca-strict", rules=rules).digest != before


def test_the_digest_holds_a_buyer_s_own_list(rules: Path, write: Write, tmp_path: Path) -> None:
    own = tmp_path / "own.yml"
    path = write(with_value("security.findings", "blocking: own.yml", "by: [bandit]"))
    digests = set()
    for reason in "ab":
        own.write_text(f"rules: [{{rule: 'bandit:B1', reason: {reason}}}]\n", encoding="utf-8")
        digests.add(load_criteria(path, rules=rules).digest)
    assert len(digests) == 2


# Whatever a file holds


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, len(SKETCH)), length=st.integers(0, 12), text=st.text(max_size=12))
def test_a_broken_file_is_one_sentence_or_valid(changeable: Path, at: int, length: int, text: str) -> None:
    path = changeable.parent / "criteria.yml"
    path.write_text(SKETCH[:at] + text + SKETCH[at + length :], encoding="utf-8", errors="surrogatepass")
    said = said_of(path, changeable)
    assert not said or (said.startswith(f"{path}:") and said.isprintable())


def said_of(path: Path, rules: Path) -> str:
    """The error's sentence; empty where the file is valid, and then it holds criteria."""
    try:
        return "" if load_criteria(path, rules=rules).criteria else "no criteria"
    except CriteriaError as error:
        return str(error)


# Where the rules lie


def test_the_rules_of_a_source_checkout() -> None:
    assert rules_dir() == SHIPPED


def test_the_rules_of_an_installed_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "verifier"
    (package / "_data" / "rules").mkdir(parents=True)
    (tmp_path / "site-packages" / "rules").mkdir()  # another distribution's
    monkeypatch.setattr(verifier, "__file__", str(package / "__init__.py"))
    assert rules_dir() == package / "_data" / "rules"


def test_rules_of_another_distribution_are_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "verifier").mkdir()
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(verifier, "__file__", str(tmp_path / "verifier" / "__init__.py"))
    with pytest.raises(CriteriaError, match="the rules folder is missing"):
        rules_dir()


# The shipped profiles

PROFILES = ("micro-ca", "micro-ca-strict", "qasp-18f", "standard-for-public-code")
FRENCH = re.compile(r"[^\u202f][:;?!](\s|$)|[^\u202f\u00a0]%|\"|«[^\u202f]|[^\u202f]»")
"""What French typography has otherwise: no thin space before the sign, or straight quotation marks."""


def levels(criteria: Criteria, level: Level) -> list[str]:
    return [criterion.id for criterion in criteria.criteria if criterion.level == level]


def test_these_profiles_ship() -> None:
    assert tuple(profile_names(rules_dir())) == PROFILES


@pytest.mark.parametrize("name", PROFILES)
def test_a_shipped_profile_is_called_by_its_file_s_name(name: str) -> None:
    assert load_profile(name).profile == name


@pytest.mark.parametrize("name", PROFILES)
def test_a_shipped_profile_speaks_both_languages(name: str) -> None:
    criteria = load_profile(name)
    for criterion in criteria.criteria:
        texts = [criterion.title, criterion.why, *(item.text for item in criterion.manual or ())]
        assert all(text.en and text.fr and text.en != text.fr for text in texts), criterion.id
        assert not [text.fr for text in texts if FRENCH.search(text.fr)]


def test_micro_ca() -> None:
    criteria = load_profile("micro-ca")
    assert criteria.gate
    assert criteria.limits == Limits()
    assert levels(criteria, Level.MUST) == [
        "licence.file",
        "licence.consistent",
        "security.blocking",
        "lint.errors",
        "tests.exist",
        "tests.pass",
        "tests.kept",
        "tests.coverage",
        "tests.test",
        "requirements",
    ]
    shoulds = [
        "suppressions.justified",
        "security.signs",
        "licence.reuse",
        "licence.dependencies",
        "tests.branches",
        "tests.notice",
        "style",
    ]
    assert levels(criteria, Level.SHOULD) == shoulds
    assert levels(criteria, Level.INFO) == ["review.complexity", "review.nesting", "review.functions"]
    assert one(criteria, "tests.coverage").comparison == Comparison(op="at_least", value=8000, unit="basis points")
    assert one(criteria, "security.blocking").outside == {Role.TESTS}
    assert one(criteria, "lint.errors").outside == {Role.TESTS, Role.DOCS, Role.EXAMPLES, Role.SETUP}
    assert one(criteria, "security.blocking").by == ("bandit", "semgrep", "secrets", "unicode")


def test_micro_ca_strict_differs_in_one_level_only() -> None:
    strict, plain = load_profile("micro-ca-strict"), load_profile("micro-ca")
    assert [c.id for c in strict.criteria if c != one(plain, c.id)] == ["suppressions.justified"]
    assert one(strict, "suppressions.justified").level == Level.MUST
    assert strict.gate


def test_qasp_18f() -> None:
    criteria = load_profile("qasp-18f")
    assert not criteria.gate
    assert {c.level for c in criteria.criteria} == {Level.MUST}
    assert one(criteria, "tests.coverage").comparison == Comparison(op="at_least", value=9000, unit="basis points")
    assert one(criteria, "security.static").severity == "warning"


def test_the_standard_for_public_code_is_no_gate() -> None:
    assert not load_profile("standard-for-public-code").gate


def test_blocking_lists_hold_rules_of_the_checkers_that_are_asked() -> None:
    for name in PROFILES:
        for criterion in load_profile(name).criteria:
            rules = criterion.blocking.rules if criterion.blocking else ()
            assert {rule.split(":")[0] for rule in rules} <= set(criterion.by), criterion.id


def test_shipped_licences_are_spdx_and_hold_the_five_recommended_ones() -> None:
    """Government of Canada, guide for publishing open source code."""
    licences = load_profile("micro-ca").licences
    assert licences.recommended == {
        "MIT",
        "Apache-2.0",
        "GPL-3.0-or-later",
        "LGPL-3.0-or-later",
        "AGPL-3.0-or-later",
    }
    assert {spdx(licence) for licence in licences.accepted} == licences.accepted
    assert licences.recommended | {"CC0-1.0", "BSD-3-Clause"} <= licences.accepted


def test_a_file_that_has_changed_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("a: 1\n")
    first = read(file)
    assert read(file).data is first.data  # nobody changes it
    file.write_text("a: 2\n")
    assert read(file).data == {"a": 2}
    assert read(file, "b.yml").place(("a",)).name == "b.yml"
