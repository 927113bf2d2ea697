"""How to mend what each measure says, whatever its value: what `verifier explain` tells of a criterion. Pure."""

from __future__ import annotations

from verifier.advice import FILES
from verifier.licence_wanted import text_of
from verifier.policy import Criteria, Criterion
from verifier.testing.coverage import SMALL_CHANGE
from verifier.words import Text, joined, later, say

NOTICE = later(
    "Write tests that compare what the code gives with what it should give. Each finding tests:survived names a line and a "
    "change to it at which no test fails."
)
REMEDIES = {
    "licence.reuse.compliant": later(
        "Write the licence and the copyright into every file, or into REUSE.toml for many; the text of each licence belongs "
        "into LICENSES/. `reuse lint` names what is missing, `reuse annotate` writes it."
    ),
    "licence.dependencies.conflicting": later(
        "Use another package in place of the one that the finding names, or license the project under terms that allow it; "
        "declare tools for development as such. Whether importing combines two works is disputed, so the buyer decides."
    ),
    "lint.errors": later(
        "Mend the error at the place of each finding; its message says what is wrong. Where the tool is wrong, tell the buyer."
    ),
    "lint.warnings": later("Mend the warning at the place of each finding, or let a formatter do it."),
    "tests.collected": later("Deliver automated tests in files named test_*.py, so that they are found."),
    "tests.passed": later(
        "Deliver automated tests that pass without help, in files named test_*.py or run by the project's own command; "
        "declare what they need in the project's own files."
    ),
    "tests.failed": later(
        "Mend the code, or the test where the test is wrong. A test that failed before the delivery as well is not counted; one "
        "that cannot be judged here is named with what it lacks."
    ),
    "tests.skipped": later("Let the tests run that are skipped, or remove those that nobody needs."),
    "tests.removed": later(
        "Bring back the tests that are gone or skipped, and let them pass. A test that was only moved or renamed with its file "
        "is not gone."
    ),
    "tests.flaky": later(
        "Make each test give the same answer every time: no order, clock, chance or leftover of another test may decide."
    ),
    "tests.coverage.statements": later(
        "Write tests that run more of the statements that count. Any statement that no test runs yet will do, in any of the "
        "files: the HTML report lists the least covered first, report.json lists all."
    ),
    "tests.coverage.branches": later(
        "Write tests in which conditions go the other way as well. Any branch that no test takes yet will do, in any of the "
        "files."
    ),
    "tests.mutants": later("Write tests that run more of the code: only lines that a test runs are changed."),
    "tests.mutants.killed": NOTICE,
    "tests.mutants.asserted": NOTICE,
    "source.suppressions.unjustified": later(
        "Write beside each marker (noqa, nosec, type: ignore and the like) why the tool is wrong there, or remove the marker."
    ),
    "source.complexity.max": later("Split the function that has the most paths: a function of its own for each case."),
    "source.nesting.max": later("Return early, or move the inner blocks into functions of their own."),
    "source.functions.longest": later(
        "Split the longest function into several, each with one purpose and a name for it."
    ),
    "project.ci": later(
        "Add a file that lets a service run the tests at every change, such as {file}; other services' files count as well."
    ),
    "project.manifest": later("Add a file that declares what the project needs, such as {file}."),
    "project.publiccode": later("Add {file} at the root of the repository; an empty one does not count."),
}
"""By the name of the measure. Those that are not here are of a file for readers, or of the licence."""
FOR_READERS = later(
    "Add {file} at the root of the repository, in .github/, .gitlab/ or docs/; an empty one does not count. "
    "French names, and other ends than .md, count as well."
)
LICENCE = later(
    "Put the full text of the licence into a file named LICENSE at the root of the repository; its name alone, or a field of "
    "the metadata, is no licence."
)
COUNTED = {
    "tests.coverage.statements": later(
        "All statements of the delivered Python files, of those that no test imports as well; tests, documentation, examples, "
        "migrations and set-up are left out, by their path (rules/scope.yml), unless source imports them. "
        "With --base only statements that the delivery changed, where it changed {n} or more."
    ),
    "tests.coverage.branches": later(
        "All branches of the delivered Python files, of those that no test imports as well; tests, documentation, examples, "
        "migrations and set-up are left out, by their path (rules/scope.yml), unless source imports them."
    ),
    "tests.mutants.killed": later(
        "Small changes to lines of the delivered source that the tests run, each tried by itself; which ones hangs on the source "
        "alone. A change counts where any test fails or breaks."
    ),
    "tests.mutants.asserted": later(
        "Small changes to lines of the delivered source that the tests run, each tried by itself; which ones hangs on the source "
        "alone. A change at which the tests only break, without an assertion, says nothing of what they claim."
    ),
}
"""What a share is a share of, by the name of the measure."""


def remedy(criterion: Criterion, criteria: Criteria) -> Text | None:
    """How to mend it; nothing where a person decides or where each rule has its own way."""
    if criterion.severity is not None:
        return say(
            "Mend the code at the place of each finding; its message says what is wrong. "
            "Where the tool is wrong, tell the buyer."
        )
    if criterion.check == "licence.project" and criterion.comparison:
        return joined(" ", [one for one in (say(LICENCE), text_of(criterion.comparison, criteria.licences)) if one])
    words = REMEDIES.get(criterion.check) or (FOR_READERS if criterion.check in FILES else None)
    return say(words, file=FILES.get(criterion.check, "")) if words else None


def counted(criterion: Criterion) -> Text | None:
    """What a share is a share of."""
    words = COUNTED.get(criterion.check)
    return say(words, n=SMALL_CHANGE) if words else None
