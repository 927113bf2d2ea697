"""Where the rules lie, and the digest that names them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from verifier.errors import CriteriaError
from verifier.shipped import shipped
from verifier.words import say

CRITERIA = "criteria.yml"
"""What the criteria file itself is called in the digest, whatever its name."""


def rules_dir() -> Path:
    """The `rules` folder."""
    found = shipped("rules")
    if found is None:
        raise CriteriaError(
            say("the rules folder is missing beside the verifier package; install delivery-verifier again")
        )
    return found


def criteria_digest(files: Mapping[str, str]) -> str:
    """criteriaDigest: SHA-256, in hex, of the RFC 8785 form of the manifest path -> SHA-256."""
    return hashlib.sha256(canonical(files)).hexdigest()


def contents(files: Mapping[str, str], criteria: Path, rules: Path) -> dict[str, bytes]:
    """The bytes of what a digest is of: `files` are path -> SHA-256, `criteria` is where `criteria.yml` itself lies."""
    places = {"rules": rules, "own": criteria.parent}
    found = {path: (criteria if path == CRITERIA else _place(path, places)).read_bytes() for path in files}
    if any(sha256(raw) != files[path] for path, raw in found.items()):
        raise CriteriaError(say("The criteria were changed while they were read."))
    return found


def _place(path: str, places: Mapping[str, Path]) -> Path:
    home, _, rest = path.partition("/")
    return places[home] / rest


def canonical(words: Mapping[str, str]) -> bytes:
    """The RFC 8785 form of an object of strings: keys by UTF-16 code units, no spaces, no escapes but JSON's own.

    https://www.rfc-editor.org/rfc/rfc8785#section-3.2
    """
    ordered = {key: words[key] for key in sorted(words, key=lambda key: key.encode("utf-16-be"))}
    return json.dumps(ordered, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def tool_files(rules: Path) -> Iterator[tuple[str, str]]:
    """(path, SHA-256) of every tool configuration and semgrep rule; paths begin with `rules/`."""
    for path in sorted(_files(rules / "tools")) + sorted(filter(_is_rule, _files(rules / "semgrep"))):
        yield "rules/" + path.relative_to(rules).as_posix(), sha256(path.read_bytes())


def _files(folder: Path) -> Iterator[Path]:
    """Without what Python leaves behind when a wheel is installed."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return (path for path in found if "__pycache__" not in path.relative_to(folder).parts)


def _is_rule(path: Path) -> bool:
    """What `semgrep --config FOLDER` loads: YAML, but for samples named x.test.yaml and x.fixed.yaml.

    https://semgrep.dev/docs/writing-rules/testing-rules
    """
    yaml = path.suffix in {".yml", ".yaml"}
    return yaml and Path(path.stem).suffix != ".test" and ".fixed" not in path.suffixes
