"""The Python versions that a project names, in its pin files, its CI, tox, containers and classifiers; each with its place."""

import re

from .reader import inside, table

VERSION = r"(?<![\d.])(?:2\.[67]|3\.\d{1,2})(?!\d)"


def wanted(reader, projects):
    """[{text, path, line, source}] in the order of the files, the most deliberate source first."""
    folders = list(dict.fromkeys([".", *(project.folder for project in projects)]))
    found = [one for folder in folders for one in _pins(reader, folder)]
    found += [one for path in reader.files if _is_ci(path) for one in _named(reader, path, "ci")]
    found += [one for folder in folders for one in _tox(reader, folder)]
    found += [
        one
        for path in reader.files
        if re.search(r"(^|/)Dockerfile[^/]*$", path)
        for one in _images(reader, path, "container")
    ]
    found += [one for project in projects for one in _classifiers(project)]
    seen = {}
    for one in found:
        seen.setdefault((one["text"], one["source"], one["path"]), one)
    return list(seen.values())


def _said(reader, path, text, source, words=None):
    return {"text": text, "path": path, "line": reader.line(path, words or text), "source": source}


def _pins(reader, folder):
    found = []
    for name, pattern in ((".python-version", r"(%s)" % VERSION), ("runtime.txt", r"python-(%s)" % VERSION)):
        path = inside(folder, name)
        found += [_said(reader, path, text, "pin") for text in re.findall(pattern, reader.text(path) or "")]
    path = inside(folder, "Pipfile")
    requires = table(reader.toml(path), "requires")
    version = requires.get("python_version") or requires.get("python_full_version")
    if isinstance(version, str) and re.match(VERSION, version):
        found.append(_said(reader, path, version, "pin"))
    return found


def _is_ci(path):
    return re.fullmatch(
        r"\.github/workflows/[^/]+\.ya?ml|\.travis\.yml|\.circleci/config\.yml|\.gitlab-ci\.yml|azure-pipelines\.yml|appveyor\.yml",
        path,
    )


def _named(reader, path, source):
    """Versions beside the words that CI files use for them, and in the names of images."""
    text = reader.text(path) or ""
    found = _images(reader, path, source)
    for match in re.finditer(
        r"python(?:[-_ ]?version)?s?[\"']?\s*[:=][ \t]*(\[[^\]]{0,2000}\]|(?:[ \t]*\n\s*-[^\n]*)+|[^\n#]*)",
        text,
        re.IGNORECASE,
    ):
        versions = re.findall(VERSION, match[1])
        line = text.count("\n", 0, match.start()) + 1 if versions else 0
        found += [{"text": version, "path": path, "line": line, "source": source} for version in versions]
    return found


def _images(reader, path, source):
    pattern = r"(?:^|[\s/\"'])python:(%s)" % VERSION
    return [
        _said(reader, path, text, source, "python:" + text) for text in re.findall(pattern, reader.text(path) or "")
    ]


def _tox(reader, folder):
    path = inside(folder, "tox.ini")
    ini = reader.ini(path)
    listed = ini.get("tox", "envlist", fallback=ini.get("tox", "env_list", fallback="")) if ini is not None else ""
    short = ["%s.%s" % pair for pair in re.findall(r"py(2|3)(\d{1,2})(?!\d)", listed)]
    short += ["3." + minor for block in re.findall(r"py3\{([\d,]+)\}", listed) for minor in block.split(",")]
    braced = re.findall(r"py(?:thon)?\{([^}]*)\}", listed)
    short += ["%s.%s" % pair for block in braced for pair in re.findall(r"\b(2|3)(\d{1,2})\b", block)]
    long = re.findall(r"python(%s)" % VERSION, listed)
    long += [v for block in braced for v in re.findall(VERSION, block)]
    return [_said(reader, path, text, "tox", "envlist") for text in dict.fromkeys(short + long)]


def _classifiers(project):
    path = next(
        (
            project.path(n)
            for n in ("pyproject.toml", "setup.cfg", "setup.py")
            if project.reader.exists(project.path(n))
        ),
        "",
    )
    found = []
    for line in project.classifiers():
        match = re.fullmatch(r"Programming Language :: Python :: (%s)" % VERSION, line)
        if match:
            where = next(
                (
                    p
                    for p in (project.path(n) for n in ("pyproject.toml", "setup.cfg", "setup.py"))
                    if project.reader.line(p, line)
                ),
                path,
            )
            found.append(_said(project.reader, where, match[1], "classifier", line))
    return found
