"""What a criterion, a rule or a word of the verdict means, in one language. Pure: criteria in, lines out.

lines = explained("security.blocking", criteria, "fr", options=("--profile", "micro-ca"))
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from verifier.criteria import requirement
from verifier.errors import UsageError
from verifier.explain_licence import CHECK, LISTS, choice, of_licence, of_list
from verifier.flip import Run, topic
from verifier.licence import known
from verifier.licence_rules import RULES as LICENCE_RULES
from verifier.policy import BlockingRule, Criteria, Criterion
from verifier.remedies import counted, remedy
from verifier.render.words import NOT_ASKED, word
from verifier.testing.rules import RULES, Effect, Rule
from verifier.words import Text, counter, later, say, translator

TOOLS = frozenset(
    {
        "bandit",
        "dependencies",
        "malware",
        "pylint",
        "reuse",
        "ruff",
        "scancode",
        "secrets",
        "semgrep",
        "tests",
        "unicode",
    }
)
"""What a rule's name begins with: a finding of any of their rules may be asked about."""

UNLISTED = later("{rule} is on no list of {profile}: a finding of it never blocks by its rule.")

EFFECTS: Mapping[Effect, str] = {
    "counted": later("It counts as a failure under {criterion} ({level}): {title}; required: {required}."),
    "open": later(
        "It is not counted as a failure, but {criterion} ({level}: {title}) is undetermined because of it, "
        "unless another test fails."
    ),
    "alone": later(
        "Where they pass by themselves, nothing follows; where they do not, {criterion} ({level}: {title}) "
        "is undetermined, unless another test fails."
    ),
    "none": later("It is not counted as a failure under {criterion} ({level}: {title})."),
    "noticed": later("It lowers the share that {criterion} ({level}) asks for: {title}; required: {required}."),
}
"""What a finding about a test does to a criterion."""
UNCOUNTED = {
    "tests.failed": later("No criterion of {profile} counts tests that fail."),
    "tests.mutants.": later("No criterion of {profile} asks whether the tests notice changes."),
}
"""By the measures that a rule of the tests touches."""


@cache
def meanings() -> Mapping[str, Text]:
    """The words of outcomes and verdicts."""
    return {
        "met": say("What was measured is what the criterion requires."),
        "unmet": say("What was measured is not what the criterion requires. Only the supplier's work can be unmet."),
        "undetermined": say(
            "It could not be checked, and the report says why and who can provide what is missing. It is nobody's failure."
        ),
        "awaiting a decision": say("A person decides about it, with a rationale; no tool can."),
        "waived": say("It is not met, and the buyer's signed waiver lets it pass."),
        "not applicable": say("Nothing that the criterion is about was delivered."),
        NOT_ASKED: say("This run looked at a part only (`--only`), and this is not in it; a run of all looks at it."),
        "accepted": say("Every required criterion is met, waived or decided. Payment can follow certification."),
        "rejected": say(
            "At least one required criterion is unmet; the report lists what to mend. A new commit is a new round."
        ),
        "inconclusive": say(
            "Nothing required is unmet, but something required could not be checked: neither paid nor blamed."
        ),
        "pending": say("Nothing required is unmet or unknown; a person's decision is awaited."),
        "must": say("Only criteria of this level decide."),
        "should": say("It is counted in the score and decides nothing."),
        "info": say("It shows a reviewer where to look first and decides nothing."),
    }


def explained(name: str, criteria: Criteria, language: str, *, options: tuple[str, ...] = ()) -> list[str]:
    """Lines of plain text. A name that nothing has is a UsageError with the nearest one."""
    words = {value: value for value in meanings()} | {word(value, "fr"): value for value in meanings()}
    if name.lower() in words:
        return _word(words[name.lower()], language)
    for criterion in criteria.criteria:
        if criterion.id == name:
            return list(_criterion(criterion, criteria, language, Run(options=options)))
    rules = {rule.rule: (criterion, rule) for criterion, rule in _rules(criteria)}
    if name in rules:
        return list(_rule(*rules[name], language, Run(options=options)))
    if name in RULES or name in LICENCE_RULES:
        return list((_of_tests if name in RULES else _of_licences)(name, criteria, language, Run(options=options)))
    if name in LISTS or known(name):
        return list((of_list if name in LISTS else of_licence)(name, criteria, language))
    named = [one.id for one in criteria.criteria] + [
        *rules,
        *RULES,
        *LICENCE_RULES,
        *LISTS,
        *criteria.licences.accepted,
        *words,
    ]
    near = difflib.get_close_matches(name, named, 1, 0.9 if ":" in name else 0.75)
    tool, _, rest = name.partition(":")
    if rest and tool in TOOLS:
        return list(_unlisted(name, criteria, near, language))
    hint = say(" Did you mean {name}?", name=near[0]) if near else ""
    raise UsageError(
        say(
            "No criterion, rule, licence or word of {profile} is named {name}.{hint}",
            profile=criteria.profile,
            name=name,
            hint=hint,
        )
    )


def _rules(criteria: Criteria) -> Iterator[tuple[Criterion, BlockingRule]]:
    for criterion in criteria.criteria:
        for rule in criterion.blocking.rules.values() if criterion.blocking else ():
            yield criterion, rule


def _word(value: str, language: str) -> list[str]:
    return [word(value, language), f"  {meanings()[value].in_language(language)}"]


def _criterion(criterion: Criterion, criteria: Criteria, language: str, run: Run) -> Iterator[str]:
    tr = translator(language)
    yield f"{criterion.id} · {criterion.title.in_language(language)}"
    yield tr("  Level: {level}. {meaning}", level=word(criterion.level, language), meaning=_level(criterion, language))
    yield f"  {_compared(criterion, language)}"
    for item in criterion.manual or ():
        yield f"    - {item.text.in_language(language)}"
    if criterion.why:
        yield tr("  Why: {why}", why=criterion.why.in_language(language))
    if criterion.blocking:
        yield tr("  How to mend: `verifier explain RULE` says it of each rule:")
        yield from (f"    {rule}" for rule in criterion.blocking.rules)
    if fix := remedy(criterion, criteria):
        yield tr("  How to mend: {fix}", fix=fix.in_language(language))
    if what := counted(criterion):
        yield tr("  What counts: {what}", what=what.in_language(language))
    if criterion.comparison and criterion.check == CHECK:
        yield from choice(criterion.comparison, criteria, language)
    if criterion.manual is None:
        yield tr("  Check just this: {command}", command=run.command(topic(criterion)))
    yield tr("  Criteria: {profile}, version {n}", profile=criteria.profile, n=criteria.version)


def _level(criterion: Criterion, language: str) -> str:
    return meanings()[criterion.level.value].in_language(language)


def _compared(criterion: Criterion, language: str) -> str:
    """What is held against what."""
    tr, tr_n = translator(language), counter(language)
    if criterion.manual is not None:
        return tr("A person decides, with a rationale, about:")
    scope = tr(" Left out: {roles}.", roles=_listed(criterion.outside, language)) if criterion.outside else ""
    if criterion.comparison is not None:
        said = requirement(criterion.comparison).in_language(language)
        return tr("Compared: the measure {check}; required: {required}.", check=criterion.check, required=said) + scope
    by = ", ".join(criterion.by) or topic(criterion)
    if criterion.blocking is not None:
        number = len(criterion.blocking.rules)
        said = tr_n(
            number,
            "Searched by {by}: findings of the {n} rule that blocks; required: none.",
            "Searched by {by}: findings of the {n} rules that block; required: none.",
            by=by,
        )
        return said + scope
    severity = word(criterion.severity or "note", language)
    return (
        tr("Searched by {by}: findings of severity {severity} or above; required: none.", by=by, severity=severity)
        + scope
    )


def _listed(roles: Sequence[str] | frozenset[str], language: str) -> str:
    return ", ".join(sorted(word(role, language) for role in roles))


def _rule(criterion: Criterion, rule: BlockingRule, language: str, run: Run) -> Iterator[str]:
    tr = translator(language)
    title = criterion.title.in_language(language)
    yield tr("{rule} · blocks a payment: {title}", rule=rule.rule, title=title)
    yield tr("  Why: {why}", why=rule.reason.in_language(language))
    if rule.fix:
        yield tr("  How to mend: {fix}", fix=rule.fix.in_language(language))
    if rule.confidence != "low":
        yield tr("  Counts from confidence {confidence} upwards.", confidence=word(rule.confidence, language))
    if rule.outside:
        yield tr("  Does not count in {roles}.", roles=_listed(rule.outside, language))
    if rule.environment:
        yield tr("  Counts only where the delivery's dependencies were installed.")
    yield tr("  Check just this: {command}", command=run.command(topic(criterion)))
    command = f"verifier explain {criterion.id}"
    yield tr("  Criterion: {command}", command=command)


def _of_tests(name: str, criteria: Criteria, language: str, run: Run) -> Iterator[str]:
    """A rule of the tests: no list has it, a criterion may count it."""
    tr, rule = translator(language), RULES[name]
    yield f"{name} · {tr(rule.means)}"
    counting = [one for one in criteria.criteria if one.check.startswith(rule.touches)]
    yield from (f"  {_effect(rule, one, language)}" for one in counting)
    if not counting:
        yield f"  {tr(UNCOUNTED[rule.touches], profile=criteria.profile)}"
    for whose, mend in rule.mend:
        yield tr("  How to mend ({who}): {fix}", who=word(whose, language), fix=tr(mend))
    if not rule.mend:
        yield tr("  Nothing has to be mended for this delivery.")
    yield tr("  Check just this: {command}", command=run.command("tests"))
    for one in counting:
        command = f"verifier explain {one.id}"
        yield tr("  Criterion: {command}", command=command)


def _of_licences(name: str, criteria: Criteria, language: str, run: Run) -> Iterator[str]:
    """A rule about licences that is on no list."""
    tr, (means, mend) = translator(language), LICENCE_RULES[name]
    yield f"{name} · {tr(means)}"
    yield f"  {tr(UNLISTED, rule=name, profile=criteria.profile)}"
    yield tr("  How to mend: {fix}", fix=tr(mend))
    yield tr("  Check just this: {command}", command=run.command(name.partition(":")[0]))


def _effect(rule: Rule, criterion: Criterion, language: str) -> str:
    """What a finding of a rule of the tests does to a criterion that hangs on it."""
    return translator(language)(
        EFFECTS[rule.effect],
        criterion=criterion.id,
        level=word(criterion.level, language),
        title=criterion.title.in_language(language),
        required=requirement(criterion.comparison).in_language(language) if criterion.comparison else "",
    )


def _unlisted(name: str, criteria: Criteria, near: Sequence[str], language: str) -> Iterator[str]:
    tr, profile = translator(language), criteria.profile
    yield tr(UNLISTED, rule=name, profile=profile)
    severe = ", ".join(one.id for one in criteria.criteria if one.severity)
    if severe:
        yield tr("  These criteria count findings by severity, whatever the rule: {names}", names=severe)
    if near:
        yield tr("  The nearest rule on a list: {rule}", rule=near[0])
