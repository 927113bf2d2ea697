"""That every sentence of verifier's own is made by `say`, and that its French is French: found by reading the code."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from verifier.retold import SENTENCES, retold
from verifier.rulebook.sentences import NOUNS, OF_SCHEMAS
from verifier.words import say

pytestmark = pytest.mark.self

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "verifier"
FRENCH = PACKAGE / "locale" / "fr" / "LC_MESSAGES" / "verifier.po"
ELSEWHERE = ("inside", "locale")
"""Scripts of the sandbox, whose words `verifier.retold` says again; and the catalogue."""

SENTENCE_FIELDS = {
    "Trouble": {"message", "mend"},
    "Measure": {"detail"},
    "Finding": {"message", "help"},
    "NotExamined": {"reason"},
    "Steering": {"what"},
    "Tampering": {"what"},
    "OutcomeOf": {"measured", "required", "reason"},
    "Observations": {"notes"},
    "Score": {"derivation"},
    "Leftover": {"trouble"},
    "Candidate": {"reason", "deviation"},
    "Choice": {"refused"},
    "ProjectLicence": {"detail"},
    "Known": {"message", "mend"},
    "Reason": {"because", "mend"},
}
OF_HELP = {"help", "description", "epilog", "metavar", "title"}
"""What argparse is told of a command, in verifier/cli."""
ERRORS = {"VerifierError", "UsageError", "CriteriaError", "WorldError", "LimitError", "TrustError"}
FIRST_ARGUMENT = {
    *ERRORS,
    "absent",
    "unusable",
    "over",
    "no_sandbox",
    "not_delivered",
    "skip",
    "Impossible",
    "error",
} | {"add_argument_group"}
AFTER_A_PATH = {"not_delivered": 1, "skip": 1}
SAID = {
    "say",
    "say_n",
    "joined",
    "joined_words",
    "later",
    "later_n",
    "retold",
    "Text",
    "shown",
    "tr",
    "quoted",
    "in_quotes",
}
TOOLS_WORDS = {
    ("checkers/bandit.py", "Finding.message"): "bandit's own",
    ("checkers/pylint.py", "Finding.message"): "pylint's own",
    ("checkers/pylint.py", "Finding.help"): "an address",
    ("checkers/ruff.py", "Finding.message"): "ruff's own",
    ("checkers/semgrep.py", "Finding.message"): "the rule's, whose metadata may have French beside it",
    ("checkers/semgrep.py", "Finding.help"): "an address",
}
"""Where a literal or an f-string may stand, and why."""


class Sentences(ast.NodeVisitor):
    """Finds literals, f-strings and concatenations that reach a field for sentences, through names and functions of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path.relative_to(PACKAGE).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"))
        self.functions = {n.name: n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.around: list[ast.AST] = [self.tree]
        self.found: list[str] = []
        self.visit(self.tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.around.append(node)
        self.generic_visit(node)
        self.around.pop()

    def visit_Call(self, node: ast.Call) -> None:
        name = called(node)
        for keyword in node.keywords:
            if keyword.arg in SENTENCE_FIELDS.get(name, OF_HELP if self.path.startswith("cli/") else ()):
                self.judge(keyword.value, f"{name}.{keyword.arg}")
        if name in FIRST_ARGUMENT:
            for value in node.args[-1:] if name == "error" else node.args[AFTER_A_PATH.get(name, 0) :][:1]:
                self.judge(value, name)
        self.generic_visit(node)

    def judge(self, value: ast.expr, field: str) -> None:
        if (self.path, field) in TOOLS_WORDS:
            return
        self.found += [f"{self.path}:{bad.lineno} {field}: {ast.unparse(bad)}" for bad in self.bare(value, set())]

    def bare(self, value: ast.AST, seen: set[str]) -> Iterator[ast.expr]:
        """The parts of an expression that are words in one language only."""
        match value:
            case ast.Constant(value=str(text)):
                yield from [value] if re.search(r"[A-Za-z]{2}", text) and not text.startswith("https://") else []
            case ast.JoinedStr() | ast.BinOp():
                yield value
            case ast.IfExp(body=one, orelse=other):
                yield from (bad for part in (one, other) for bad in self.bare(part, seen))
            case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
                yield from (bad for part in parts for bad in self.bare(part, seen))
            case ast.Starred(value=part) | ast.GeneratorExp(elt=part) | ast.ListComp(elt=part):
                yield from self.bare(part, seen)
            case ast.Call():
                yield from self.of_call(value, seen)
            case ast.Name(id=name) if name not in seen:
                for assigned in self.assigned(name):
                    yield from self.bare(assigned, seen | {name})

    def of_call(self, value: ast.Call, seen: set[str]) -> Iterator[ast.expr]:
        name = called(value)
        if name in SAID:
            return
        if name in ("join", "format", "strip", "rstrip") and isinstance(value.func, ast.Attribute):
            yield value
        if name == "tuple":
            yield from (bad for part in value.args for bad in self.bare(part, seen))
        if name in self.functions and name not in seen and isinstance(value.func, ast.Name):
            function = self.functions[name]
            self.around.append(function)
            returned = (n.value for n in ast.walk(function) if isinstance(n, ast.Return) and n.value)
            yield from [bad for part in returned for bad in self.bare(part, seen | {name})]
            self.around.pop()

    def assigned(self, name: str) -> Iterator[ast.expr]:
        """What the name is given, in the innermost place that gives it anything."""
        for place in reversed(self.around):
            found = []
            for node in ast.walk(place):
                targets = (
                    node.targets
                    if isinstance(node, ast.Assign)
                    else [node.target]
                    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr)
                    else []
                )
                if node is not place and any(isinstance(one, ast.Name) and one.id == name for one in targets):
                    found.append(node.value)
            if found:
                yield from (one for one in found if one)
                return


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def sources() -> list[Path]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [path for path in paths if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE]


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_every_sentence_is_in_both_languages(path):
    assert Sentences(path).found == []


SURFACES = ("cli", "render", "explain.py", "report.py")
"""What writes to people without a field for sentences between."""
AS_THEY_ARE = {
    "not applicable": "a value of the document",
    "work tree": "a value of the document",
    "basis points": "a unit of the rules",
    "pragma: allowlist secret": "a marker in source",
    "verifier explain ": "a command",
    "verifier criteria check ": "a command",
    "] if type(it := ": "Python of a template",
    ") is dict and ": "Python of a template",
    " in it else environment.getattr(it, ": "Python of a template",
}
"""Literals of several words that are not for translation, and what they are instead; markup and YAML are told by their signs."""
MARKUP = re.compile(r"<.*>\s*", re.DOTALL)
YAML = re.compile(r"\w+: |[{#]")


def written_bare(node: ast.AST) -> Iterator[ast.Constant]:
    """Literals of several words outside docstrings and calls that translate."""
    match node:
        case ast.Call() if called(node) in SAID | {"tr_n"}:
            yield from (bare for keyword in node.keywords for bare in written_bare(keyword.value))
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Constant(value=str(text)):
            yield from [node] if re.search(r"[A-Za-z]{2,},? [A-Za-z]{2,}", text) else []
        case _:
            yield from (bare for inner in ast.iter_child_nodes(node) for bare in written_bare(inner))


def as_it_is(text: str) -> bool:
    lines = [line for line in text.splitlines() if line]
    return text in AS_THEY_ARE or bool(MARKUP.fullmatch(text)) or (len(lines) > 1 and all(map(YAML.match, lines)))


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_words_of_a_surface_stand_outside_the_catalogue(path):
    if path.relative_to(PACKAGE).parts[0] in SURFACES:
        bare = written_bare(ast.parse(path.read_text("utf-8")))
        assert [f"{one.lineno}: {one.value}" for one in bare if not as_it_is(one.value)] == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('print("It broke.")', 1),
        ('print(f"{name} did break")', 1),
        ('lines = ["It broke."]', 1),
        ('tr("{name} broke.", name="It is")', 1),
        ('tr("It broke.")', 0),
        ('"""It broke."""', 0),
    ],
)
def test_words_outside_the_catalogue_are_found(line, found):
    assert len(list(written_bare(ast.parse(line)))) == found


@pytest.mark.parametrize(
    "line",
    [
        'Trouble(cause=Cause.TOOL, message="It broke.")',
        'Trouble(cause=Cause.TOOL, message=f"{name} broke.")',
        'Trouble(cause=Cause.TOOL, message=say("It broke."), mend="Mend it.")',
        'Trouble(cause=Cause.TOOL, message=say("It broke.") + say("Mend it."))',
        'Trouble(cause=Cause.TOOL, message=" ".join([say("It broke."), say("Mend it.")]))',
        'Measure(name="a.b", value=1, detail="one thing" if name else "")',
        'Observations(notes=(say("Whole."), *(f"{one} was seen" for one in names)))',
        'Observations(notes=tuple(f"{one} was seen" for one in names))',
        'raise UsageError(f"{name} is not there.")',
        'raise WorldError("It is not there.")',
        'raise place.error(f"{name} is not known")',
        'raise source.error("check", f"{name} is not known")',
        'NotExamined(path=path, skip=Skip.TOOL, reason=reason or "it was not read")',
        'group = command.add_argument_group("access rights")',
    ],
)
def test_a_sentence_in_english_alone_is_found(line, tmp_path, monkeypatch):
    """Also where a name or a function of the same file stands between."""
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    direct, through = tmp_path / "direct.py", tmp_path / "through.py"
    direct.write_text(f"def f():\n    {line}\n")
    assert len(Sentences(direct).found) == 1
    through.write_text(
        "def f():\n    words = g()\n    Trouble(message=words)\n\n\ndef g():\n    said = f'{a} broke'\n    return said\n"
    )
    assert len(Sentences(through).found) == 1


@pytest.mark.parametrize("field", sorted(OF_HELP))
def test_a_help_text_in_english_alone_is_found(field, tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "PACKAGE", tmp_path)
    (tmp_path / "cli").mkdir()
    command = tmp_path / "cli" / "command.py"
    command.write_text(f'def add(command, tr):\n    command.add_argument("x", {field}="run it", dest=tr("run it"))\n')
    assert len(Sentences(command).found) == 1


def messages():
    with FRENCH.open("rb") as handle:
        for message in read_po(handle):
            pair = (message.id, message.string)
            if message.id:
                yield from zip(*pair, strict=True) if isinstance(message.id, tuple | list) else [pair]


THE_SAME = {
    "cache",
    "Code",
    "Licence",
    "Signatures",
    "FORMAT",
    "PORT",
    "Pages",
    "Sections",
    "OCID",
    "PayPal",
    "payable",
    "ACTION",
    "COMMIT",
    "DATE",
    "ID",
    "URL",
    "options",
    "source",
    "Commit",
    "Suppressions",
    "Verdict",
    "Version",
    "commit",
    "licence",
    "migrations",
    "tests",
    "version",
    "verdict",
    "version {n}",
    "version {version}",
    "services",
    "service",
    "base, {note}",
    "{profile} version {version}: {criteria}; {gate}; sha256:{digest}",
}
"""Messages that are alike in both languages; those without a word of their own need not be named."""


def own_words(message: str) -> list[str]:
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", message))


def test_the_french_is_not_the_english():
    assert [en for en, fr in messages() if en == fr and own_words(en) and en not in THE_SAME] == []


def test_what_is_filled_in_is_the_same_in_both():
    names = re.compile(r"\{\w+\}|%(?:\(\w+\))?[sr]\b")
    wrong = [en for en, fr in messages() if sorted(names.findall(en)) != sorted(names.findall(fr))]
    assert wrong == []


def test_the_french_reads_as_french():
    """No English word left, French quotation marks, and ordinary spaces: the narrow ones are put in when it is read."""
    for english, french in messages():
        assert not re.search(r" (?:the|of|and|is|with|not|to) ", french), french
        assert '"' not in re.sub(r"`[^`]*`", "", french) or '"' not in english, french
        assert not re.search("[\u00a0\u202f]", french), french
        assert not re.search(r"[^\s«][;?!»](?:\s|$)", french), french


@pytest.mark.parametrize("sentence", SENTENCES)
def test_what_the_sandboxs_scripts_say_is_said_again_in_french(sentence):
    values = dict.fromkeys(re.findall(r"\{(\w+)\}", sentence), "x")
    expected = say(sentence, **values)
    assert (retold(str(expected)), retold(str(expected)).fr) == (expected, expected.fr)
    assert expected.fr != expected


def test_every_message_and_every_noun_of_the_schemas_is_in_the_tables():
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "rules").glob("*.schema.json"))]
    held = list(_within(schemas))
    assert {one["errorMessage"] for one in held if "errorMessage" in one} == set(OF_SCHEMAS)
    assert {one["title"] for one in held if "enum" in one and isinstance(one.get("title"), str)} <= set(NOUNS)


def _within(value):
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _within(inner)


def test_words_that_are_none_of_ours_stay_as_they_are():
    assert retold("invalid syntax. Perhaps you forgot a comma?") == "invalid syntax. Perhaps you forgot a comma?"
    assert not hasattr(retold("invalid syntax"), "fr")
