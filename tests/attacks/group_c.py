"""Group C: what a repository holds beside its files. What git itself is made to do is in tests/checkout."""

from __future__ import annotations

from attacks.attack import Trees, attack
from attacks.base import INSECURE, INSECURE_CODE, SECURE_CODE

MOVED = {"label.py": None}
FOUND = "command line"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12345\n"


def filtered(repository):
    """Whoever checks out with this configuration sees another file."""
    repository.git("config", "filter.clean.smudge", "cat rates.py")
    repository.git("config", "filter.clean.clean", "cat")
    repository.git("config", "core.fsmonitor", "false")
    repository.git("config", "core.hooksPath", "hooks")


@attack("C2a", "security", ("steering", ".gitattributes", "filter=clean"), ("findings", "label.py", FOUND))
def a_filter_that_shows_another_file():
    hook = "#!/bin/sh\ncp rates.py label.py\n"
    trick = {".gitattributes": "label.py filter=clean -diff linguist-generated\n", "hooks/post-checkout": hook}
    harmless = {".gitattributes": "*.bin filter=lfs\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless=harmless, by_git=filtered, harmless_by_git=filtered)


def submodule(name):
    def add(repository):
        commit = repository.git("rev-parse", "HEAD")
        repository.write(
            {".gitmodules": f'[submodule "x"]\n\tpath = {name}\n\turl = ext::sh -c true\n\tupdate = !true\n'}
        )
        repository.git("add", ".gitmodules")
        repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},{name}")
        repository.git("commit", "--quiet", "--message=submodule")

    return add


@attack("C3a", "security", ("steering", ".gitmodules", "not applied"), ("notExamined", "label", "submodule"))
def code_in_a_submodule():
    return Trees(flaw=INSECURE, trick=MOVED, by_git=submodule("label"), harmless_by_git=submodule("tests/data"))


def linked(**links):
    def add(repository):
        for name, target in links.items():
            place = repository.path / name.replace("__", ".")
            place.symlink_to(target)
        repository.commit()

    return add


@attack("C4a", "security", ("findings", "tests/label.py", FOUND))
def product_code_among_the_tests_behind_a_link():
    trick = {**MOVED, "tests/label.py": INSECURE_CODE}
    by_git = linked(label__py="tests/label.py")
    return Trees(flaw=INSECURE, trick=trick, by_git=by_git, harmless_by_git=linked(READING__md="README.md"))


@attack("C4b", "security", ("notExamined", "label.py", ""))
def code_behind_a_link_that_leads_out():
    return Trees(flaw=INSECURE, trick=MOVED, by_git=linked(label__py="../../label.py"))


@attack("C4c", "security", ("findings", "label.py", FOUND))
def names_that_differ_in_their_case():
    harmless = {"docs/Label.md": "A label.\n", "docs/label.md": "Another.\n"}
    return Trees(flaw=INSECURE, trick={"Label.py": SECURE_CODE, "LABEL.PY": SECURE_CODE}, harmless=harmless)


@attack("C5a", "security", ("notExamined", "label.py", ""), ("steering", ".gitattributes", "filter=lfs"))
def code_in_a_store_that_was_not_delivered():
    trick = {"label.py": POINTER, ".gitattributes": "label.py filter=lfs diff=lfs merge=lfs\n"}
    harmless = {"docs/picture.png": POINTER, ".gitattributes": "*.png filter=lfs diff=lfs merge=lfs\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless=harmless)


@attack("C7a", "security", ("steering", ".gitattributes", "export-ignore"), ("findings", "label.py", FOUND))
def code_that_an_export_leaves_out_or_writes_anew():
    trick = {".gitattributes": "label.py export-ignore\nlabel.py export-subst ident\n"}
    harmless = {".gitattributes": "docs export-ignore\nversion.txt export-subst\n", "version.txt": "$Format:%H$\n"}
    return Trees(flaw=INSECURE, trick=trick, harmless=harmless)


@attack("C8a", "security", ("notExamined", "la\\nbel.py", ""))
def a_name_with_a_line_break():
    return Trees(flaw=INSECURE, trick={**MOVED, "la\nbel.py": INSECURE_CODE}, harmless={"docs/é à.md": "A name.\n"})


@attack("C9a", "security", ("notExamined", "label.py", "nested"))
def code_too_deep_for_a_parser():
    deep = INSECURE_CODE + "DEEP = " + "[" * 10_000 + "]" * 10_000 + "\n"
    wide = "docs/wide.json"
    return Trees(flaw=INSECURE, trick={"label.py": deep}, harmless={wide: "[" + "1, " * 100_000 + "1]\n"})


TURNED = "if name != 'user\u202e \u2066# checked\u2069 \u2066':\n        "
"""Shown as a comment on a check that the machine does not make."""


@attack("C10a", "security", ("findings", "label.py", "unicode:bidi-control"), ("findings", "label.py", "command line"))
def code_that_reads_otherwise_than_it_runs():
    trick = {"label.py": INSECURE_CODE.replace("os.system", TURNED + "os.system")}
    return Trees(flaw=INSECURE, trick=trick, harmless={"docs/price.md": "\u0627\u0644\u0633\u0639\u0631: 900\n"})
