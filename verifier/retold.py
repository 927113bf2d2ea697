"""What our scripts inside the sandbox say, in both languages: they run on other interpreters and answer in English. Pure.

retold("over 1048576 bytes").fr == "plus de 1048576 octets"
"""

from __future__ import annotations

import re
from functools import cache

from verifier.words import later, say

SENTENCES = (
    # verifier/inside/inventory.py and verifier/inside/look: why a file was not looked into, or does not parse
    later("over {size} bytes"),
    later("cannot be read: {error}"),
    later("took too long to read"),
    later("ended the process that read it"),
    later("holds NUL bytes"),
    later("too deeply nested or too large for Python's parser"),
    later("its coding cookie, {encoding}, makes Python read other code than people see; use UTF-8"),
    later("a carriage return alone ends a line for Python and for nobody else; use line feeds"),
    # verifier/inside/look/steering.py: what could have steered a tool
    later("configuration of {tool}: only its harmless keys are carried over"),
    later("configuration of {tool}: not applied"),
    later("[{table}] configuration of {tool} (no keys): only its harmless keys are carried over"),
    later("[{table}] configuration of {tool} (no keys): not applied"),
    later("[{table}] configuration of {tool} ({keys}): only its harmless keys are carried over"),
    later("[{table}] configuration of {tool} ({keys}): not applied"),
    later("[{table}] configuration of {tool}: only its harmless keys are carried over"),
    later("[{table}] configuration of {tool}: not applied"),
    later("a module named {module}, as one that we use: ours is used"),
    later("hooks and fixtures of pytest: runs with the delivered tests, in the sandbox only"),
    later("a .pth file: Python runs it at start-up where it lies in site-packages"),
    later("cannot be read as TOML, so that its settings are not known: {error}"),
    later("[{table}] a package index of its own ({keys}): not asked"),
    later("results of the delivery's own: not read"),
    later("registers a plug-in of pytest when installed"),
    later("asks whether it is being tested ({what}): what it then does need not be what its user gets"),
    later("git attributes {attributes} for {pattern}: not applied"),
    later("entry points of a distribution in the tree (none): plug-ins are not loaded from it"),
    later("entry points of a distribution in the tree ({groups}): plug-ins are not loaded from it"),
    # verifier/inside/project: what was not read of it
    later("longer than {size} bytes"),
    later("more than {number} files: not all were looked at"),
    later("more than {number} projects: not all were looked at"),
    # verifier/inside/project/runs.py: why tests are run in this way
    later("named for tests, and run by nothing that the project says"),
    later("with the values of {path}"),
    later("pytest is configured in {path}"),
    later("pytest's own rules"),
    later("the paths that {place} names"),
    later("each file imported for itself: two have one name"),
    later("files named as unittest and Django name them"),
    later("unittest's own discovery"),
    later("a manage.py lies in {folder}"),
    later("load_tests says what the tests are"),
    later("{place} runs {command}"),
    # verifier/inside/project/pytest_settings.py and runs.py: settings that were not applied
    later("{setting} {path}, outside the delivery"),
    # verifier/inside/project/unapplied.py: what would steer the tests or the installation
    later("variable {name} of a test command"),
    later("option {option} of a test command"),
    later("variable {name} of an example"),
    later("names a package index of its own, which is not asked: {line}"),
    later("leads out of the delivery, and is not followed: {line}"),
    later("is no package of the index, and nothing else can be reached: {line}"),
    # verifier/inside/project/installation.py and verifier/inside/build_environment.py: ways and parts
    later("as declared"),
    later("no manifest"),
    later("as declared, with the versions of {files}"),
    later("as declared, and every other manifest"),
    later("as declared, without what lies outside the package index"),
    later("the project"),
    later("the project[{extras}]"),
    later("dependency group {group}"),
    later("{path} (its line ends or encoding made plain)"),
    later("{path} (what is refused left out)"),
    later("{path} without addresses"),
    later("the project's dependencies"),
    later("Poetry's dependencies"),
    later("Poetry's dependencies for tests"),
    later("PDM's dependencies for tests"),
    later("uv's dependencies for development"),
    later("hatch's dependencies for tests"),
    later("Poetry's groups"),
    later("what its CI installs"),
    later("pytest and coverage"),
    later("{package} from the package index"),
    later("interpreter"),
    later("time"),
    later("the installation"),
    # verifier/inside/services.py: why a service did not start
    later("The service {service} did not start: the program {program} is not installed"),
    later("The service {service} did not start: it ended at once"),
    later("The service {service} did not start: it ended at once ({log})"),
    later("The service {service} did not start: it did not answer within {seconds} seconds"),
    later("The service {service} did not start: it did not answer within {seconds} seconds ({log})"),
    later("The service {service} did not start: {reason}"),
    # verifier/inside/licence_metadata.py
    later("ValueError: larger than {size} bytes"),
)
"""The first that fits is taken: what is more exact stands before what is less so."""


def retold(said: str) -> str:
    """The sentence in both languages; words that are none of ours (of Python's parser, of a package) stay as they are."""
    for sentence, pattern in _patterns():
        match = pattern.fullmatch(said)
        if match:
            return say(sentence, **match.groupdict())
    return said


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, re.compile(_pattern(sentence), re.DOTALL)) for sentence in SENTENCES)


def _pattern(sentence: str) -> str:
    parts = re.split(r"\{(\w+)\}", sentence)
    named = (f"(?P<{part}>.+?)" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return "".join(named)
