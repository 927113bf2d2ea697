"""Files that a project keeps for its readers: which of them are there, by name and place.

Names and places are those that the code hosts look for (root, `.github/`, `docs/`), in English and in French; the list
follows the requirements of the Standard for Public Code 0.8 (contributing guidelines, code of conduct, security policy,
governance, continuous integration) and publiccode.yml.
"""

from __future__ import annotations

import re

_AT = r"(?:\.github/|\.gitlab/|docs/)?"
_TEXT = r"(?:[.-](?:en|fr|eng|fra))?(?:\.(?:md|markdown|rst|txt|adoc|asciidoc|org|html))?"

KINDS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "readme": rf"{_AT}(?:readme|lisezmoi|lisez-moi){_TEXT}",
        "contributing": rf"{_AT}(?:contributing|contribuer){_TEXT}",
        "code_of_conduct": rf"{_AT}(?:code[_-]of[_-]conduct|code[_-]de[_-]conduite){_TEXT}",
        "security_policy": rf"{_AT}(?:security|securite){_TEXT}|(?:\.well-known/)?security\.txt",
        "changelog": rf"{_AT}(?:changelog|changes|history|news|releases|journal){_TEXT}",
        "publiccode": r"publiccode\.ya?ml",
        "governance": rf"{_AT}(?:governance|gouvernance){_TEXT}",
        "ci": r"\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml"
        r"|\.circleci/config\.ya?ml|\.travis\.ya?ml|appveyor\.ya?ml|\.?appveyor\.ya?ml|\.woodpecker(?:/[^/]+)?\.ya?ml"
        r"|\.drone\.ya?ml|\.builds/[^/]+\.ya?ml|\.forgejo/workflows/[^/]+\.ya?ml|\.gitea/workflows/[^/]+\.ya?ml"
        r"|Jenkinsfile|\.ci/[^/]+|\.cirrus\.ya?ml",
        "manifest": r"(?:.*/)?(?:pyproject\.toml|setup\.(?:py|cfg)|requirements[^/]*\.(?:txt|in)"
        r"|requirements/[^/]+\.txt|Pipfile|environment\.ya?ml|package\.json|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|Gemfile"
        r"|[^/]+\.gemspec|composer\.json|[^/]+\.csproj|mix\.exs|DESCRIPTION|[^/]+\.psd1|Package\.swift|pubspec\.yaml)",
        "tests": r"((?:.*/)?(?:tests?|specs?|__tests__))/.+",
    }.items()
}


def community(sizes: dict[str, int]) -> dict[str, list[str]]:
    """The paths found of each kind, sorted; `sizes` maps path to bytes, and an empty file is not there.

    `tests` are folders.
    """
    paths = sorted(path for path, size in sizes.items() if size)
    found = {kind: [path for path in paths if pattern.fullmatch(path)] for kind, pattern in KINDS.items()}
    found["tests"] = sorted({match[1] for path in paths if (match := KINDS["tests"].fullmatch(path))})
    return found
