"""A delivered tree made of a few files, and what is read in it."""

from __future__ import annotations

from pathlib import Path

from verifier.inside.project import Reader, install, of_tests, projects, runs, services

NAMED = '[project]\nname = "a"\n'


def reader(folder: Path, files: dict[str, str | bytes]) -> Reader:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return Reader(str(folder))


def installed(folder: Path, files: dict[str, str | bytes]) -> tuple[dict, dict[str, str]]:
    """(the "install" of project.json, the lists beside it)."""
    tree = reader(folder, files)
    return install(tree, projects(tree))


def parts(folder: Path, files: dict[str, str | bytes], way: str = "as declared") -> list[tuple[str, list[str]]]:
    """(what, lines or words) of each part of one way; the lists that we write are put in the place of their names."""
    found, lists = installed(folder, files)
    (chosen,) = [one for one in found["ways"] if one["name"] == way]
    return [(part["what"], written(part["words"], lists)) for part in chosen["parts"]]


def written(words: list[str], lists: dict[str, str]) -> list[str]:
    name = words[-1].removeprefix("/in/")
    return lists[name].splitlines() if name in lists else words


def everything(folder: Path, files: dict[str, str | bytes]) -> Reader:
    """All that is read of a project, for input that is meant to break it."""
    tree = reader(folder, files)
    found = projects(tree)
    for *_, texts in (install(tree, found), runs(tree, found)):
        for text in texts.values():
            text.encode()
    services(tree)
    of_tests(tree, found)
    return tree
