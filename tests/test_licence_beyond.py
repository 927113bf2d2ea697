"""What a licence file holds beyond a licence: what restricts makes the licence unclear, what honest files add does not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.licence_beyond import beyond
from verifier.licence_detected import detected, text_of
from verifier.licence_findings import altered
from verifier.licence_project import ProjectLicence, project_licence

ROOT = Path(__file__).parents[1]
MIT = (ROOT / "LICENSE").read_text(encoding="utf-8")
BSD = """Copyright (c) 2019-2026, The Town of Example and contributors
All rights reserved.

Redistribution and use in source and binary forms, with or without modification, are permitted provided that
the following conditions are met:

1. Redistributions of source code must retain the above copyright notice, this list of conditions and the
following disclaimer.

2. Redistributions in binary form must reproduce the above copyright notice, this list of conditions and the
following disclaimer in the documentation and/or other materials provided with the distribution.

3. Neither the name of the Town of Example nor the names of its contributors may be used to endorse or promote
products derived from this software without specific prior written permission.

THIS SOFTWARE IS PROVIDED BY THE TOWN OF EXAMPLE AND CONTRIBUTORS "AS IS" AND ANY EXPRESS OR IMPLIED
WARRANTIES, INCLUDING, BUT NOT LIMITED TO, THE IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS FOR A
PARTICULAR PURPOSE ARE DISCLAIMED. IN NO EVENT SHALL THE TOWN OF EXAMPLE OR CONTRIBUTORS BE LIABLE FOR ANY
DIRECT, INDIRECT, INCIDENTAL, SPECIAL, EXEMPLARY, OR CONSEQUENTIAL DAMAGES (INCLUDING, BUT NOT LIMITED TO,
PROCUREMENT OF SUBSTITUTE GOODS OR SERVICES; LOSS OF USE, DATA, OR PROFITS; OR BUSINESS INTERRUPTION) HOWEVER
CAUSED AND ON ANY THEORY OF LIABILITY, WHETHER IN CONTRACT, STRICT LIABILITY, OR TORT (INCLUDING NEGLIGENCE OR
OTHERWISE) ARISING IN ANY WAY OUT OF THE USE OF THIS SOFTWARE, EVEN IF ADVISED OF THE POSSIBILITY OF SUCH
DAMAGE.
"""
COMMONS = """"Commons Clause" License Condition v1.0

The Software is provided to you by the Licensor under the License, as defined below, subject to the following condition.

Without limiting other conditions in the License, the grant of rights under the License will not include, and the License does not
grant to you, the right to Sell the Software.

Software: Parcel rates
License: MIT

"""
CONDITIONS = "subject to the following conditions:"
HOLDER = next(line for line in MIT.splitlines() if line.startswith("Copyright"))
HONEST = {
    "plain": MIT,
    "years and names": MIT.replace(HOLDER, "Copyright (c) 2019-2026 A. Person <a@example.org>\n" + HOLDER),
    "all rights reserved": MIT.replace(HOLDER, HOLDER + ". All rights reserved."),
    "address": MIT.replace(HOLDER, HOLDER + "\nhttps://example.org/parcel"),
    "headings": "# Licence\n\n## The MIT License (MIT)\n\n" + MIT.partition("\n")[2],
    "one line each": "\n\n".join(" ".join(part.split()) for part in MIT.split("\n\n")),
    "indented": "\n".join("    " + line for line in MIT.splitlines()),
    "tag": "SPDX-License-" + "Identifier: MIT\n\n" + MIT,
    "two licences": "This software is available under either of two licences, at your choice.\n\n"
    + MIT
    + "\n---\n\n"
    + BSD,
    "code of others": MIT
    + "\n\nThird-party software\n\nparcel/six.py is copied from six and licensed as follows:\n\n"
    + BSD,
    "bsd": BSD,
    "except where noted": "Except where otherwise noted, all files are under this licence:\n\n" + MIT,
    "what it is": MIT + "\nParcel rates computes what a parcel costs. It was written in 2024 by the Town of Example.\n",
}
CHANGED = {
    "for some": MIT.replace(
        CONDITIONS, "for non-commercial purposes only, and only\nuntil 31 December 2026, " + CONDITIONS
    ),
    "one word": MIT.replace("is hereby granted", "is hereby not granted"),
    "appended": MIT
    + "\nNotwithstanding the above, the Software may not be used by anybody without a paid subscription.\n",
    "commons clause": COMMONS + MIT,
    "rights cut out": MIT.replace(" publish, distribute, sublicense, and/or sell", ""),
    "in a line of copyright": MIT.replace(HOLDER, HOLDER + ". Commercial use requires a paid licence."),
    "in French": MIT + "\nToute utilisation commerciale est interdite sans autorisation écrite.\n",
    "bsd for some": BSD.replace(
        "with or without modification,", "with or without modification, for evaluation purposes only,"
    ),
}


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ProjectLicence]:
    """The project's licence by each text: scancode's index is loaded once, for all of them."""
    folder = tmp_path_factory.mktemp("texts")
    texts = [*HONEST.items(), *CHANGED.items()]
    for number, (_, text) in enumerate(texts):
        (folder / f"{number}").mkdir()
        (folder / f"{number}" / "LICENSE").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "verifier" / "inside" / "run_scancode.py"),
            str(folder / "a.json"),
            str(folder / "known"),
            str(folder / "made"),
            *_options(),
            str(folder),
        ],
        input=b"[]",
        check=False,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr.decode()
    entries = {
        one["path"]: one for one in json.loads((folder / "a.json").read_text())["files"] if one["type"] == "file"
    }
    found = {}
    for number, (name, _) in enumerate(texts):
        text = text_of(detected(entries[f"{number}/LICENSE"]))
        found[name] = project_licence([replace(text, path="LICENSE")], ())
    return found.__getitem__


def _options() -> list[str]:
    return ["--license", "--copyright", "--info", "--strip-root", "--quiet", "--no-check-version"]


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_files_add_changes_nothing(name: str, read: Callable[[str], ProjectLicence]) -> None:
    licence = read(name)
    assert altered(licence) is None
    assert {"bsd": "BSD-3-Clause"}.get(name, "MIT") in licence.expression


@pytest.mark.parametrize("name", CHANGED)
def test_words_that_take_back_make_it_unclear(name: str, read: Callable[[str], ProjectLicence]) -> None:
    assert read(name).altered, read(name)


def test_where_and_what_is_said(read: Callable[[str], ProjectLicence]) -> None:
    assert str(altered(read("appended"))).startswith('LICENSE holds more than MIT: at 23 "Notwithstanding the above')


@pytest.mark.self
def test_a_short_phrase_that_names_closed_terms_is_one_of_them() -> None:
    match = {"license_expression_spdx": "LicenseRef-scancode-proprietary-license", "start_line": 3, "end_line": 3}
    entry = {"license_detections": [{"matches": [match]}], "beyond": {"added": [], "cut": []}}
    assert [(one.line, one.words) for one in beyond(entry)] == [(3, "LicenseRef-scancode-proprietary-license")]
    assert beyond({"license_detections": [{"matches": [match]}]}) == ()  # no licence file
