"""Prints what a project's metadata and its files' SPDX headers say of the licence, and who its authors are, as JSON.

Runs in the sandbox on verifier's interpreter. scancode reads such headers too, but names whichever of its rules is
nearest: structlog's `MIT OR Apache-2.0` came out as "BSD-3-Clause OR Apache-2.0".

Hostile input: nothing is executed or imported, sizes are bounded, what cannot be read is said and passed over.
"""

import ast
import configparser
import json
import os
import re
import sys
import tomllib

MAX_BYTES = 2_000_000
MAX_TEXT = 1000
MAX_CLAIMS = 50
AUTHOR = "author"
HEADER_LINES = 30  # further down, a tag is as likely a string of a program that writes such tags
HEADER_BYTES = 16_384
TAG = re.compile(
    rb"[\s#/*;%!<({.-]*(?:(?:rem|dnl)\s+)?SPDX-License-" rb"Identifier:[ \t]*([A-Za-z0-9.+() \t:-]+)", re.IGNORECASE
)  # in two halves, or REUSE would read it as this file's licence


def main(root):
    claims, authors, unreadable = [], [], []
    for name, reader in READERS.items():
        try:
            text = read(os.path.join(root, name))
            found = [] if text is None else [said for said in reader(text) if is_said(said)]
            claims += [located(name, text, *said) for said in found if said[0] != AUTHOR]
            authors += [said[1].strip()[:MAX_TEXT] for said in found if said[0] == AUTHOR]
        except (ValueError, SyntaxError, RecursionError, MemoryError, KeyError, configparser.Error) as error:
            reason = " ".join(f"{type(error).__name__}: {error}".split())
            unreadable.append({"path": name, "reason": reason[:200]})
    found = {"claims": claims[:MAX_CLAIMS], "authors": authors[:MAX_CLAIMS], "unreadable": unreadable}
    print(json.dumps(found | {"headers": list(headers(root))}))


def read(path):
    """The text of a regular file, None where there is none. Raises ValueError where it is too large or not UTF-8."""
    if os.path.islink(path) or not os.path.isfile(path):
        return None
    if os.path.getsize(path) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES} bytes")
    with open(path, encoding="utf-8") as handle:
        return handle.read()


def headers(root):
    """The SPDX tags at the head of every file, in order of path and line."""
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if not os.path.islink(path) and os.path.isfile(path):
                for line, words in tags(path):
                    yield {"path": os.path.relpath(path, root), "line": line, "words": words}


def tags(path):
    with open(path, "rb") as handle:
        lines = handle.read(HEADER_BYTES).splitlines()[:HEADER_LINES]
    found = ((number, TAG.match(line)) for number, line in enumerate(lines, 1))
    return [(number, match[1].decode("ascii").rstrip(" \t-")[:MAX_TEXT]) for number, match in found if match]


def is_said(said):
    return isinstance(said[1], str) and bool(said[1].strip())


def located(name, text, kind, words):
    """One claim, with the line that has both the word licence and the claim's words, where there is one."""
    first = words.strip().splitlines()[0][:MAX_TEXT]
    lines = text.splitlines()
    at = next(
        (n for n, line in enumerate(lines, 1) if first in line and "licen" in line.lower().partition("#")[0]), None
    )
    return {"path": name, "kind": kind, "words": words[:MAX_TEXT], "line": at}


def from_pyproject(text):
    document = tomllib.loads(text)
    project = table(document, "project")
    tool = table(document, "tool")
    licence = project.get("license")
    if isinstance(licence, str):
        yield "expression", licence
    yield "text", table(project, "license").get("text")
    for section in (table(tool, "poetry"), table(table(tool, "flit"), "metadata")):
        yield "text", section.get("license")
        yield from classifiers(section.get("classifiers"))
    yield from classifiers(project.get("classifiers"))
    for person in listed(project.get("authors")) + listed(project.get("maintainers")):
        yield AUTHOR, person.get("name") if isinstance(person, dict) else None
    for person in listed(table(tool, "poetry").get("authors")):
        yield AUTHOR, person


def from_setup_cfg(text):
    parser = configparser.RawConfigParser(strict=False)
    parser.read_string(text)
    if parser.has_section("metadata"):
        metadata = {name.replace("-", "_"): value for name, value in parser.items("metadata")}
        yield "expression", metadata.get("license_expression")
        yield "text", metadata.get("license")
        yield from classifiers((metadata.get("classifiers") or metadata.get("classifier") or "").splitlines())
        yield AUTHOR, metadata.get("author")


def from_setup_py(text):
    tree = ast.parse(text)
    constants = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = node.value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node.func) == "setup":
            given = {word.arg: literal(word.value, constants) for word in node.keywords}
            yield "expression", given.get("license_expression")
            yield "text", given.get("license")
            yield from classifiers(given.get("classifiers"))
            yield AUTHOR, given.get("author")


def from_package_json(text):
    document = json.loads(text)
    if not isinstance(document, dict):
        return
    yield AUTHOR, document.get("author")
    yield AUTHOR, table(document, "author").get("name")
    if document.get("private") is True:
        return  # a private package is not published: npm reads no licence from it
    licence = document.get("license")
    if isinstance(licence, str) and not licence.startswith("SEE LICENSE IN"):
        yield "expression", licence
    yield "text", table(document, "license").get("type")
    several = document.get("licenses")  # deprecated by npm; a list of choices
    names = [one.get("type") for one in several if isinstance(one, dict)] if isinstance(several, list) else []
    if names and all(isinstance(name, str) for name in names):
        yield "expression", " OR ".join(names)


def table(document, name):
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def listed(value):
    return value if isinstance(value, list) else []


def classifiers(lines):
    for line in lines if isinstance(lines, (list, tuple)) else ():
        if isinstance(line, str) and line.strip().startswith("License ::"):
            yield "classifier", line.strip()


def called(node):
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def literal(node, constants):
    """The value of a literal, or of a name that the module binds to one; None for anything that would have to run."""
    if isinstance(node, ast.Name):
        node = constants.get(node.id)
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError):
        return None


READERS = {
    "pyproject.toml": from_pyproject,
    "setup.cfg": from_setup_cfg,
    "setup.py": from_setup_py,
    "package.json": from_package_json,
}

if __name__ == "__main__":
    sys.setrecursionlimit(1000)
    main(sys.argv[1] if len(sys.argv) > 1 else ".")
