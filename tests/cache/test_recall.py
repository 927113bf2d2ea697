"""What may come from the cache: the same question about the same things, never what delivered code could have written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from support import inventoried
from support.cached import Kept, cache_of

from verifier.cache import Recalls
from verifier.cache.digests import AT_ONCE, of_file, of_folder
from verifier.cache.name import of_command, of_each
from verifier.checker import APART, MADE, OUT, Command, Edit, Settings, ToolOutput
from verifier.model import File, History
from verifier.runner import Places, perform
from verifier.sandbox import Ended

COMMAND = Command(argv=("true",), repeatable=True)
EACH = replace(COMMAND, argv=("true", *APART), stdin=b'[["a.py", 1], ["b.py", 1]]', apart=True)


class Asks:
    """A checker with these commands."""

    name = tool = "asks"

    def __init__(self, *commands):
        self.commands = commands

    def steps(self, *_):
        return self.commands


class Answers:
    """A box that counts its runs, and leaves what it is told to; of single files what it does not know."""

    def __init__(self, *, whole=True, killed="", code=0, parts=None, files=None):
        self.runs, self.whole, self.killed, self.code = [], whole, killed, code
        self.parts, self.files = parts, files or {}

    def run(self, job):
        places = {mount.target: mount.source for mount in job.mounts}
        known = places["/in"] / "known.json"
        knows = json.loads(known.read_text()) if known.exists() else {}
        self.runs.append(sorted(knows))
        if APART[0] in job.argv:
            fresh = {target[0]: {"said": 1} for target in json.loads(job.stdin) if target[0] not in knows}
            made = {"whole": self.whole, "parts": fresh if self.parts is None else self.parts}
            (places[OUT] / MADE).write_text(json.dumps(made))
        for name, content in self.files.items():
            (places[OUT] / name).write_bytes(content)
        stdout = b"answer" + b"".join(file.read_bytes() for file in sorted(places["/in"].iterdir()) if file != known)
        code = None if self.killed else self.code
        return Ended(exit_code=code, stdout=stdout, stderr=b"", milliseconds=9, killed=self.killed)


class Bench:
    """A delivery of two files, and a cache."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.rules, self.store, self.told = folder, folder / "rules", Kept(), []
        for name in ("tree", "rules"):
            (folder / name).mkdir()
        (folder / "tree" / "a.py").write_text("a = 1\n")
        (folder / "tree" / "b.py").write_text("b = 1\n")
        self.number = 0

    def asked(self, *commands, box, tree=None):
        """(how much of each answer came from the cache, the outputs)."""
        self.number += 1
        workspace = self.folder / f"run-{self.number}"
        workspace.mkdir()
        recalls = Recalls(cache_of(self.store, told=self.told), self.rules)
        places = Places(workspace=workspace, rules=self.rules, recalls=recalls)
        tree = tree or inventoried.checkout(self.folder / "tree")
        outputs, _ = perform(Asks(*commands), tree, Settings(), places, box)
        return [output.cached for output in outputs], outputs


@pytest.fixture
def bench(tmp_path):
    return Bench(tmp_path)


def test_the_same_question_is_answered_once(bench):
    box = Answers()
    assert bench.asked(COMMAND, box=box)[0] == [""]
    marks, (output,) = bench.asked(COMMAND, box=box)
    assert marks == ["all"]
    assert (output.exit_code, output.stdout, output.milliseconds) == (0, b"answer", 0)
    assert len(box.runs) == 1


def test_a_file_that_is_otherwise_is_looked_at_and_the_others_are_not(bench):
    box = Answers()
    bench.asked(EACH, box=box)
    (bench.folder / "tree" / "b.py").write_text("b = 2\n")
    marks, (output,) = bench.asked(EACH, box=box)
    assert (marks, box.runs) == (["part"], [[], ["a.py"]])
    assert MADE not in output.files
    assert bench.asked(EACH, box=box)[0] == ["all"]


def test_what_the_command_is_told_of_a_file_counts_as_well(bench):
    box = Answers()
    bench.asked(EACH, box=box)
    bench.asked(replace(EACH, stdin=b'[["a.py", 1], ["b.py", 2]]'), box=box)
    assert box.runs == [[], ["a.py"]]


@pytest.mark.parametrize(
    "more",
    [
        {"repeatable": False},
        {"delivered_code": True},
        {"index": True},
        {"services": ("redis",)},
        {"records": "events"},
        {"edits": (Edit(path="a.py", start=0, end=0, text=""),)},
        {"base": True},
        {"volatile": ("x",), "produces": ("y",)},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_runs_delivered_code_or_asks_others_is_never_kept(bench, more):
    recalls = Recalls(cache_of(bench.store), bench.rules)
    tree = inventoried.checkout(bench.folder / "tree")
    assert recalls.of(COMMAND, tree, given=bench.rules, env=bench.folder) is not None
    assert recalls.of(replace(COMMAND, **more), tree, given=bench.rules, env=bench.folder) is None


@pytest.mark.parametrize("how", [{"killed": "time"}, {"killed": "memory"}, {"code": 1}], ids=str)
def test_what_was_cut_or_failed_is_not_kept(bench, how):
    for command in (COMMAND, EACH):
        bench.asked(command, box=Answers(**how))
    assert bench.store == {}


def test_what_may_be_otherwise_the_next_time_is_not_kept_whole(bench):
    box = Answers(whole=False)
    bench.asked(EACH, box=box)
    assert bench.asked(EACH, box=box)[0] == ["part"]
    assert box.runs == [[], ["a.py", "b.py"]]


@pytest.mark.parametrize("parts", [{"other.py": {}}, {"a.py/../b.py": {}}, []], ids=str)
def test_an_answer_about_a_file_that_was_not_asked_about_is_not_kept(bench, parts):
    bench.asked(EACH, box=Answers(parts=parts, whole=False))
    assert bench.store == {}


def test_an_answer_about_a_file_that_was_known_is_not_kept_either(bench):
    bench.asked(EACH, box=Answers(whole=False))
    before = dict(bench.store)
    bench.asked(EACH, box=Answers(parts={"a.py": {"said": "another"}}, whole=False))
    assert bench.store == before


def test_what_a_step_hands_on_is_handed_on_from_the_cache_and_told_apart(bench):
    first = replace(COMMAND, name="first", passes=("list",))
    box = Answers(files={"list": b"1"})
    _, cold = bench.asked(first, COMMAND, box=box)
    marks, warm = bench.asked(first, COMMAND, box=box)
    assert marks == ["all", "all"]
    assert [one.stdout for one in warm] == [one.stdout for one in cold] == [b"answer", b"answer1"]
    bench.store.clear()
    assert bench.asked(first, COMMAND, box=Answers(files={"list": b"2"}))[1][1].stdout == b"answer2"


def test_a_poisoned_entry_costs_a_run_and_nothing_else(bench):
    box = Answers()
    bench.asked(EACH, box=box)
    for name in bench.store:
        bench.store[name] = b"poison" * 9
    assert bench.asked(EACH, box=box)[0] == [""]
    assert len(bench.told) == 2  # of the whole answer, of those about files
    assert bench.asked(EACH, box=box)[0] == ["all"]


def changed(bench, what):
    """A tree after something that the answer may hang on has changed."""
    tree = inventoried.checkout(bench.folder / "tree")
    if what == "rules":
        (bench.rules / "more.yml").touch()
    elif what == "manifest":
        return replace(tree, delivery=replace(tree.delivery, manifest="1" * 64))
    elif what == "mode":
        return replace(tree, files=tuple(replace(file, mode="100755") for file in tree.files))
    elif what == "history":
        (bench.folder / "patch").write_text("more\n")
        return replace(tree, history=History(patch=bench.folder / "patch"))
    return tree


@pytest.mark.parametrize("what", ["rules", "manifest", "mode", "history"])
def test_whatever_it_can_read_counts(bench, what):
    box = Answers()
    command = replace(COMMAND, history=True)
    bench.asked(command, box=box)
    bench.asked(command, box=box, tree=changed(bench, what))
    assert len(box.runs) == 2


def test_the_environment_counts_where_a_command_may_read_it(tmp_path):
    venv, names = tmp_path / "venv", []
    (venv / "lib" / "__pycache__").mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    recalls = lambda: Recalls(cache_of(Kept()), tmp_path / "rules")  # noqa: E731
    (tmp_path / "tree").mkdir()
    tree = inventoried.checkout(tmp_path / "tree")
    record = "a.py,sha256=1,9\n{}a.dist-info/uv_cache.json,sha256={},9\n"
    (venv / "lib" / "a.dist-info").mkdir()
    (venv / "lib" / "a.dist-info" / "RECORD").write_text(record.format("", 1))
    made_again = (
        ("lib/__pycache__/a.cpython-311.pyc", "3"),
        ("lib/a.dist-info/uv_cache.json", "4"),
        ("lib/a.dist-info/RECORD", record.format("", 2)),
    )
    counts = (("lib/a.dist-info/RECORD", record.format("b.py,sha256=2,9\n", 2)), ("lib/__pycache__/a.pyc", "5"))
    for path, content in (("lib/a.py", "1"), ("lib/a.py", "2"), *made_again, *counts):
        (venv / path).write_text(content)
        seen = [replace(COMMAND, environment=True), COMMAND]
        names.append([recalls().of(one, tree, given=tmp_path / "rules", env=venv).whole for one in seen])
    seeing, blind = zip(*names, strict=True)
    first, second, *again, other, last = seeing
    assert {*again} == {second}
    assert len({first, second, other, last}) == 4
    assert len(set(blind)) == 1


def test_every_word_of_a_command_is_in_its_name():
    others = {"argv": ("false",), "stdin": b"x", "env": {"A": "b"}, "ok": frozenset({1}), "edits": ("x",), "seconds": 1}
    others |= {"memory_mb": 1, "cwd": "/", "name": "x", "media_type": "x", "records": "x"}
    names = {of_command(COMMAND, {})}
    for field in fields(Command):
        now = getattr(COMMAND, field.name)
        other = others.get(field.name, (not now) if isinstance(now, bool) else ("x",))
        names.add(of_command(replace(COMMAND, **{field.name: other}), {}))
    assert len(names) == 1 + len(fields(Command))
    assert of_command(COMMAND, {"tools": "1"}) not in names


def test_the_name_of_a_files_answer_hangs_on_nothing_beside_it():
    files = {
        path: File(path=path, mode="100644", size=1, sha256=digest * 64) for path, digest in (("a", "1"), ("b", "2"))
    }
    one = of_each(EACH, {}, [["a", 1], ["b", 1], ["gone", 1]], files)
    assert one.keys() == {"a", "b"}
    assert of_each(replace(EACH, stdin=b"[]", seconds=1), {}, [["a", 1]], files)["a"] == one["a"]
    others = [
        of_each(EACH, {}, [["a", 2]], files)["a"],
        of_each(EACH, {"tools": "1"}, [["a", 1]], files)["a"],
        of_each(replace(EACH, argv=("false",)), {}, [["a", 1]], files)["a"],
        of_each(EACH, {}, [["a", 1]], {"a": replace(files["a"], mode="100755")})["a"],
        of_each(EACH, {}, [["a", 1]], {"a": files["b"]})["a"],
    ]
    assert len({*others, *one.values()}) == 7


def test_the_digest_of_a_folder_follows_no_link_and_tells_kinds_apart(tmp_path):
    digests = [of_folder(tmp_path)]
    for make in (
        lambda place: place.mkdir(),
        lambda place: place.touch(),
        lambda place: place.write_text("x"),
        lambda place: place.symlink_to("/etc/passwd"),
        lambda place: place.symlink_to("/nowhere"),
    ):
        folder = tmp_path / str(len(digests))
        folder.mkdir()
        make(folder / "a")
        digests.append(of_folder(folder))
    assert len(set(digests)) == len(digests)


@pytest.mark.parametrize("size", [0, 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE])
def test_the_digest_of_a_file_is_over_all_of_it(tmp_path, size):
    content = bytes(number % 251 for number in range(1000)) * (size // 1000 + 1)
    (tmp_path / "a").write_bytes(content[:size])
    assert of_file(tmp_path / "a") == hashlib.sha256(content[:size]).hexdigest()


def test_an_output_that_is_no_answer_of_ours_is_made_anew(bench):
    box = Answers()
    bench.asked(COMMAND, box=box)
    (name,) = bench.store
    bench.store.clear()
    cache_of(bench.store).put({name: b"sealed with our key, of another shape"})
    assert bench.asked(COMMAND, box=box)[0] == [""]
    assert isinstance(bench.asked(COMMAND, box=box)[1][0], ToolOutput)


def test_a_module_that_is_imported_for_the_first_time_changes_nothing(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "a.py").write_text("1\n")
    before = of_folder(tmp_path)
    made = tmp_path / "inner" / "__pycache__"
    made.mkdir()
    assert of_folder(tmp_path) == before
    (made / "a.cpython-311.pyc.140234").write_bytes(b"being written")
    assert of_folder(tmp_path) == before
    (made / "a.py").write_text("2\n")
    assert of_folder(tmp_path) != before
