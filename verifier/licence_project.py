"""The licence of a project as a whole, from its licence files, what was detected in them, and its metadata. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.licence import NOASSERTION, NONE, PROPRIETARY, alike, canonical, choice, joined, keys, known, recognised
from verifier.licence_beyond import Beyond
from verifier.licence_claims import Claim, classified, declared
from verifier.words import joined as joined_words
from verifier.words import say

# Names by the Government of Canada's Guide for Publishing Open Source Code (LICENSE, LICENCE or COPYING, with or
# without an extension) and by habit: LICENSE-MIT, COPYING.LESSER, LICENSE-fr.md, UNLICENSE.
_NAME = re.compile(r"(?:licen[cs]es?|copying|unlicen[cs]e)(?P<rest>[-_.].+)?", re.IGNORECASE)
_SUFFIXES = re.compile(r"\.(?:md|markdown|txt|text|rst|html?|adoc|asciidoc|org|rtf)$", re.IGNORECASE)
_OTHERS = re.compile(
    r"third|3rd|vendor|bundle|depend|notice|header|template|docs?\b|font|icon|image|asset", re.IGNORECASE
)
_CODE = re.compile(
    r"\.(?:py|js|ts|json|ya?ml|toml|xml|c|h|cc|cpp|go|rs|java|sh|in|j2|tmpl|tpl|license|spdx|csv|pdf)$",
    re.IGNORECASE,
)
_CONTENT = re.compile(r"CC-|CC0-|OFL-|GFDL-|ODbL-|PDDL-")
"""Licences for text, pictures, fonts and data: beside a software licence in LICENSES/ they cover other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What one licence file holds: the licences whose texts or notices are in it, and those it only names."""

    path: str
    terms: str | None = None
    names: tuple[str, ...] = ()
    beyond: tuple[Beyond, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLicence:
    """The project's licence: an expression, NONE or NOASSERTION; the files it is read from, and how, in words."""

    expression: str
    files: tuple[str, ...]
    detail: str
    naming: Text | None = None  # a licence file that holds no text, where it is all there is
    altered: tuple[Text, ...] = ()  # of the files it is read from, those that hold more or less than a licence's text


def is_licence_file(path: str) -> bool:
    """Whether a file of the root is a licence file by its name, or one of REUSE's `LICENSES/`."""
    if path.startswith("LICENSES/"):
        return not path.endswith(".license")
    match = _NAME.fullmatch(path)
    rest = (match["rest"] or "") if match else ""
    return bool(match) and not _OTHERS.search(rest) and not _CODE.search(rest)


def project_licence(texts: Sequence[Text], claims: Sequence[Claim], notices: Iterable[str] = ()) -> ProjectLicence:
    """The licence of the whole from its licence files; `notices` are what source files say of themselves.

    Metadata alone is no licence text: the value is then NONE, and the detail says what the metadata claims.
    """
    root = [text for text in texts if "/" not in text.path]
    found = [text for text in root if text.terms] or [text for text in texts if "/" in text.path and text.terms]
    if not found:
        return _without(root, claims)
    later = _later(claims, notices)
    terms = {text.path: _named(text, later) for text in found}
    expression, how = _together(terms, claims)
    return ProjectLicence(
        expression=expression,
        files=tuple(terms),
        detail=joined_words(say("; "), [word for word in (_listed(terms), how) if word]),
        altered=tuple(text for text in found if text.beyond),
    )


def conflicts(project: ProjectLicence, claims: Sequence[Claim]) -> list[Claim]:
    """The claims that cannot be true of the licence files: every licence they may mean is another one.

    Nothing is said where either side is unsure: "Other/Proprietary" is also the classifier of licences that have none.
    Classifiers of one file are read together, because a project under a choice of licences has one for each.
    """
    if not recognised(project.expression) or not known(project.expression):
        return []
    return [
        one
        for one in _grouped(claims)
        if one.means and not _may_mean(one.means) & alike(project.expression) and not _other(one, project.expression)
    ]


def _other(one: Claim, expression: str) -> bool:
    if one.kind != "classifier" or PROPRIETARY not in one.means:
        return False
    return len(one.means) > 1 or not classified(expression)


def _grouped(claims: Sequence[Claim]) -> list[Claim]:
    single = [one for one in claims if one.kind != "classifier"]
    for path in dict.fromkeys(one.path for one in claims):
        listed = [one for one in claims if one.path == path and one.kind == "classifier"]
        if listed and all(one.means for one in listed):
            means = frozenset[str]().union(*(one.means for one in listed))
            words = ", ".join(one.words for one in listed)
            single.append(Claim(path=path, kind="classifier", words=words, means=means, line=listed[0].line))
    return single


def _may_mean(means: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(alike(key) for key in means))


def _without(root: Sequence[Text], claims: Sequence[Claim]) -> ProjectLicence:
    said = [say("{path} says {words}", path=one.path, words=repr(one.words)) for one in claims[:1]]
    files = tuple(text.path for text in root)
    named = [text for text in root if text.names]
    if named:
        words = say(
            "{path} names {licences} without a text or notice", path=named[0].path, licences=", ".join(named[0].names)
        )
        detail = joined_words(say("; "), [words, *said])
        return ProjectLicence(expression=NONE, files=files, detail=detail, naming=named[0])
    if root:
        words = say("{files}: no licence that scancode knows", files=", ".join(files))
        return ProjectLicence(expression=NOASSERTION, files=files, detail=joined_words(say("; "), [words, *said]))
    detail = joined_words(say("; "), [say("no licence file"), *said])
    return ProjectLicence(expression=NONE, files=(), detail=detail)


def _listed(terms: Mapping[str, str]) -> str:
    return joined_words(", ", [say("{path}: {words}", path=path, words=one) for path, one in terms.items()])


def _named(text: Text, later: frozenset[str]) -> str:
    """The terms of one file. A file of LICENSES/ is named by its licence; a GPL text alone does not say "or later"."""
    stem = _SUFFIXES.sub("", text.path.removeprefix("LICENSES/"))
    if "/" in text.path and known(stem):
        return canonical(stem) or NOASSERTION
    terms = text.terms or NOASSERTION
    for key in sorted(later):
        terms = re.sub(rf"(?<![\w.-]){re.escape(key.replace('-or-later', '-only'))}(?![\w.-])", key, terms)
    return canonical(terms) or NOASSERTION


def _later(claims: Sequence[Claim], notices: Iterable[str]) -> frozenset[str]:
    """The GNU licences granted "or later": by metadata that leaves no doubt, else by the notices of source files."""
    stated = [one.means for one in claims if one.means]
    means = frozenset[str]().union(*(one for one in stated if not any(_twin(key) in one for key in one)))
    noted = frozenset[str]().union(*(keys(notice) for notice in notices))
    return frozenset(
        key
        for key in means | noted
        if key.endswith("-or-later") and _twin(key) not in means and (key in means or _twin(key) not in noted)
    )


def _twin(key: str) -> str:
    return key.replace("-or-later", "-only") if key.endswith("-or-later") else key.replace("-only", "-or-later")


def _together(terms: Mapping[str, str], claims: Sequence[Claim]) -> tuple[str, str]:
    """Several licence files as one expression, with the reason in words."""
    distinct = list(dict.fromkeys(terms.values()))
    if any("/" in path for path in terms):
        distinct = [one for one in distinct if not _CONTENT.match(one)] or distinct
    texts = [one for one in distinct if not choice(one)]
    stated = declared(claims)
    if (
        [stated] != distinct
        and len(keys(stated)) > 1
        and alike(stated) in (alike(joined(distinct)), alike(joined(texts)))
    ):
        return stated, say("together as the metadata says")
    if len(distinct) == 1:
        return distinct[0], ""
    if lesser := _lesser(distinct):
        return lesser, say("the LGPL is written as an addition to the GPL")
    if len(texts) < len(distinct):
        return joined(texts, "OR") if len(texts) > 1 else joined(set(distinct) - set(texts)), say(
            "a choice, as a file says"
        )
    if all(_suffix_names(path, expression) for path, expression in terms.items()):
        return joined(distinct, "OR"), say("a choice, by the names of the files")
    return joined(distinct), ""


def _lesser(distinct: Sequence[str]) -> str:
    """The LGPL where its text stands beside the GPL's of the same version (https://www.gnu.org/licenses/gpl-howto.html)."""
    lesser = [one for one in distinct if one.startswith("LGPL-3.0")]
    others = [one for one in distinct if one not in lesser]
    return lesser[0] if len(lesser) == 1 and all(one.startswith("GPL-3.0") for one in others) else ""


def _suffix_names(path: str, expression: str) -> bool:
    """Whether a file is named after its licence: LICENSE-MIT, LICENSE.APACHE.txt, LICENSE-APACHE-2.0."""
    match = _NAME.fullmatch(_SUFFIXES.sub("", path))
    word = re.sub(r"[^a-z]", "", (match["rest"] or "").lower()) if match else ""
    return bool(word) and word in re.sub(r"[^a-z]", "", expression.lower())
