"""verifier verify PACK.zip: an audit pack, with nothing but itself and, where there are some, root keys of one's own."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from verifier.cli import signing, verify
from verifier.cli.language import language
from verifier.cli.recording import FOLDER
from verifier.errors import TrustError, UsageError
from verifier.words import Text, say

if TYPE_CHECKING:
    from verifier.ledger import Found
    from verifier.procurement.pack.opening import Pack
    from verifier.procurement.pack.sources import Sources
    from verifier.procurement.pack.trusted import Trusted
    from verifier.trust.signed import Signed

SUFFIX = ".zip"
OWN = ("evidence", "ledger", "head", "proof", "entry", "bare")
"""Options whose answer a pack brings along."""


@dataclass(frozen=True, kw_only=True)
class Proven:
    """What holds before any statement is read: the digest of each file, whose root keys count, what the ledger has.

    `revoked` is digest -> from when on; `moment` the time of the newest entry.
    """

    pack: Pack
    digests: Mapping[str, str]
    trusted: Trusted
    entries: tuple[Found, ...]
    revoked: Mapping[str, str]
    moment: str

    def entered(self, digest: str) -> str:
        """When the ledger entered a statement, as of which it is judged; of one that it has not, the newest entry's time."""
        return min((one.entry.time for one in self.entries if one.entry.statement == digest), default=self.moment)


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What came of a pack: under which root keys, what came of each statement, and what it rests on where all of them hold."""

    trusted: Trusted
    files: list[verify.Verified]
    revoked: Mapping[str, str]
    sources: Sources | None = None
    again: bool = False
    """Whether its pages were made again and compared: only the versions that made them can."""

    @property
    def held(self) -> bool:
        return self.sources is not None


def named(arguments: argparse.Namespace) -> bool:
    """Whether the one file is a pack. Raises UsageError where one is among others, and for --pins without one."""
    packs = [one for one in arguments.files if one.lower().endswith(SUFFIX)]
    if packs and len(arguments.files) > 1:
        raise UsageError(say("An audit pack is verified alone."))
    if arguments.pins and not packs:
        raise UsageError(say("--pins is for an audit pack (FILE.zip)."))
    return bool(packs)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where everything holds, else 4."""
    from verifier.procurement.pack.opening import opened

    _refuse_options(arguments)
    try:
        with opened(Path(arguments.files[0])) as pack, TemporaryDirectory() as folder:
            checked = _checked(pack, arguments, Path(folder))
    except TrustError as error:
        if arguments.json:
            verify.print_json({"pack": None, "policy": None, "files": [], **verify.trouble(error)})
        raise
    if arguments.json:
        verify.print_json(_document(checked))
    else:
        spoken = language(arguments)
        sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in _lines(checked)))
        verify.tell(checked.files, checked.trusted.policy, spoken)
    return 0 if checked.held else verify.TRUST_FAILURE


def _checked(pack: Pack, arguments: argparse.Namespace, folder: Path) -> Checked:
    """Raises TrustError for what is wrong with the pack as such; what is wrong with a statement is told with the others."""
    from verifier.procurement.pack import checking, manifest

    document, digests = manifest.read(pack.content(manifest.NAME)), pack.digests()
    manifest.check_files(document["files"], digests)
    proven = _proven(pack, digests, arguments, folder)
    files = _statements(proven)
    if not all(one.trouble is None for one in files):
        return Checked(trusted=proven.trusted, files=files, revoked=proven.revoked)
    found = _sources(proven, document["contract"])
    checking.check(found, document, digests)
    again = document["made"] == manifest.maker()
    if again:
        checking.check_pages(found, digests)
    return Checked(trusted=proven.trusted, files=files, revoked=proven.revoked, sources=found, again=again)


def _proven(pack: Pack, digests: Mapping[str, str], arguments: argparse.Namespace, folder: Path) -> Proven:
    from verifier.gate import book
    from verifier.procurement.pack import checking
    from verifier.procurement.pack.trusted import trusted

    trust, moment = Path(arguments.trust), _moment(pack)
    expected = trust.exists() or arguments.trust != FOLDER
    trusting = trusted(pack.small, trust, fingerprint=arguments.pins, expected=expected, moment=moment, folder=folder)
    entries = checking.entries(pack.small, trusting.packed)
    revocations = [one for one in entries if one.entry.kind == "revocation"]
    revoked = book.revoked_among(entries, revocations, trusting.policy, moment)
    return Proven(pack=pack, digests=digests, trusted=trusting, entries=entries, revoked=revoked, moment=moment)


def _moment(pack: Pack) -> str:
    """The newest time among the entries: what they are is proven afterwards. Without an entry it is now."""
    from verifier.ledger.entry import entry_of
    from verifier.procurement.pack.sources import ENTRIES

    times = [entry_of(raw).time for file, raw in pack.small.items() if file.startswith(ENTRIES)]
    return max(times, default=signing.now())


def _statements(proven: Proven) -> list[verify.Verified]:
    """Each statement by the steps of `verifier verify`, judged as of when the ledger entered it."""
    from verifier.gate.alone import Others
    from verifier.procurement.pack.sources import STATEMENTS

    policy = proven.trusted.policy
    reader, others = verify.Reader(policy, proven.trusted.store), Others()

    def in_role(signed: Signed) -> None:
        verify.check_signer(signed, policy, proven.entered(signed.digest), reader, others)

    def shown(signed: Signed) -> bool:
        return verify.can_tell(signed, others)

    def unrevoked(signed: Signed) -> None:
        verify.check_unrevoked(signed, policy, proven.entered(signed.digest), "")

    further = {
        verify.ROLE: verify.Further(check=in_role, concerns=shown),
        verify.UNREVOKED: verify.Further(check=unrevoked, concerns=lambda signed: signed.digest not in proven.revoked),
        **_bound(proven),
    }
    small = proven.pack.small
    files = ((Path(file), small[file]) for file in sorted(small) if file.startswith(STATEMENTS))
    return verify.verified(files, reader, others, further)


def _bound(proven: Proven) -> dict[str, verify.Further]:
    """The steps that ask for evidence, where all of it is there, and for the ledger."""
    from verifier.ledger.entry import RELEASE
    from verifier.procurement.pack.checking import check_evidence_of
    from verifier.procurement.pack.sources import EVIDENCE, evidence_of
    from verifier.statements import uris

    released = {one.entry.statement for one in proven.entries if one.entry.kind == RELEASE}

    def whole(signed: Signed) -> bool:
        return all(EVIDENCE + one["sha256"] in proven.pack.names for one in evidence_of(signed))

    def unchanged(signed: Signed) -> None:
        check_evidence_of(signed, proven.digests)

    def recorded(signed: Signed) -> None:
        verify.demand_recorded(signed.digest in released)

    return {
        verify.EVIDENCE: verify.Further(type=uris.ASSESSMENT, check=unchanged, concerns=whole),
        verify.RECORDED: verify.Further(type=uris.RELEASE, check=recorded),
    }


def _sources(proven: Proven, contract: str) -> Sources:
    from verifier.procurement.pack import checking
    from verifier.trust.holders import Holders
    from verifier.trust.reading import read

    policy = proven.trusted.packed
    holders = Holders.of(policy)
    return checking.sources(
        contract,
        proven.pack.small,
        proven.pack.names,
        read=lambda raw: read(raw, policy, holders),
        content=proven.pack.content,
        policy=policy,
        entries=proven.entries,
    )


def _refuse_options(arguments: argparse.Namespace) -> None:
    """A ledger that --record stands for was not asked for."""
    given = [name for name in OWN if getattr(arguments, name) and not (name == "ledger" and arguments.record)]
    if given:
        options = ", ".join(f"--{name}" for name in given)
        raise UsageError(say("An audit pack brings along what {options} would give.", options=options))


def _lines(checked: Checked) -> Iterator[Text]:
    """What goes for the pack as a whole; the statements are told after it."""
    from verifier.procurement.pack.sources import missing
    from verifier.render.inert import inert

    trusting = checked.trusted
    if not trusting.own:
        yield say("THE ROOT KEYS CAME WITH THE PACK: nothing here shows whose they are.")
    yield say("Fingerprint of the root keys: {pins}", pins=trusting.pins)
    if not trusting.own:
        yield say(
            "Compare it with what the buyer publishes; --pins FINGERPRINT then checks it, and --trust FOLDER takes your own."
        )
    if trusting.policy.expires < signing.now():
        yield say(
            "The trust policy expired since: what it says is judged as of when each statement was entered in the ledger."
        )
    for digest, moment in sorted(checked.revoked.items()):
        yield say("Revoked from {moment} on, and told as such: {digest}", moment=moment, digest=digest[:16])
    if checked.sources is None:
        yield say("The pack does not hold: a statement in it does not.")
        return
    yield say("Audit pack of contract {contract}: it holds.", contract=inert(checked.sources.contract))
    for one in missing(checked.sources):
        yield _gone(one)
    if not checked.again:
        yield say(
            "Its pages were written by other versions than these, and were not made again: believe the statements alone."
        )


def _gone(one: Mapping[str, Any]) -> Text:
    from verifier.render.inert import inert

    why = say("deleted when its time was over") if one["deleted"] else say("was not kept, or is not there any more")
    return say("Not in it: {name} {digest}, {why}", name=inert(one["name"]), digest=one["digest"][:16], why=why)


def _document(checked: Checked) -> dict[str, Any]:
    from verifier.procurement.pack.sources import missing

    trusting, found = checked.trusted, checked.sources
    return {
        "pack": {
            "held": checked.held,
            "contract": found.contract if found else None,
            "pins": {"fingerprint": trusting.pins, "own": trusting.own},
            "revoked": dict(checked.revoked),
            "missing": list(missing(found)) if found else None,
            "pagesMadeAgain": checked.again,
        },
        "policy": verify.policy_document(trusting.policy),
        "files": [verify.document(one) for one in checked.files],
    }
