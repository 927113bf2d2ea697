"""verifier trust: who may sign what. Root keys are pinned once; every version of the policy is signed by enough of them."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verifier.cli import signing
from verifier.cli.language import add_language, language
from verifier.cli.passphrase import add_passphrase, passphrase
from verifier.errors import TrustError, UsageError
from verifier.words import Text, Translate, joined, say

if TYPE_CHECKING:
    from verifier.keys import Signer
    from verifier.statements.envelope import Envelope
    from verifier.trust.policy import Grant, TrustPolicy
    from verifier.trust.store import Store

DIGEST = re.compile(r"[0-9a-f]{64}")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser], tr: Translate) -> None:
    trust = commands.add_parser(
        "trust",
        help=tr("say who may sign what, until when"),
        description=tr(
            "The trust policy: who may sign what, for which contracts, until when; signed by pinned root keys."
        ),
    )
    actions = trust.add_subparsers(dest="action", required=True, metavar=tr("ACTION"))
    init = actions.add_parser("init", help=tr("pin the root keys and sign the first version of the policy"))
    init.add_argument(
        "roster", type=Path, metavar=tr("ROSTER"), help=tr("who holds which key and has which roles (YAML)")
    )
    told = tr("the public key of another root; repeats")
    init.add_argument("--root", action="append", default=[], type=Path, metavar=tr("FILE"), help=told)
    init.add_argument("--threshold", type=int, default=1, help=tr("how many root keys sign a version (default: 1)"))
    more = actions.add_parser(
        "add", help=tr("sign a version with other people, or keep a version that another root signed")
    )
    told = tr("a roster that adds to the one before, or a signed version of the policy")
    more.add_argument("roster", type=Path, metavar=tr("ROSTER|FILE"), help=told)
    revoke = actions.add_parser("revoke", help=tr("sign a version in which a key or a statement no longer counts"))
    what = revoke.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--key-id", dest="key_id", metavar=tr("ID"), help=tr("the key's id, as `verifier keys show` prints it")
    )
    told = tr("the signed statement, or its digest, as `verifier verify` prints it")
    what.add_argument("--statement", metavar=tr("FILE|DIGEST"), help=told)
    revoke.add_argument("--from", dest="start", metavar=tr("TIME"), help=tr("from when on (default: now)"))
    revoke.add_argument("--reason", required=True, metavar=tr("TEXT"), help=tr("why"))
    show = actions.add_parser("show", help=tr("print the policy that is in force"))
    told = tr("the public key of a root of the version to come; repeats, and names all of them")
    more.add_argument("--root", action="append", default=[], type=Path, metavar=tr("FILE"), help=told)
    told = tr("how many root keys sign the versions after this one (default: as before)")
    more.add_argument("--threshold", type=int, help=told)
    for action in (init, more, revoke):
        told = tr("where a root's private key is; repeats")
        action.add_argument("--key", action="append", default=[], metavar=tr("LOCATION"), help=told)
        add_passphrase(action, tr)
        action.add_argument("--yes", action="store_true", help=tr("sign without asking"))
    for action in (init, more, revoke, show):
        signing.add_trust(action, tr)
        add_language(action, tr)
    trust.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """0. Raises TrustError where the policy does not hold, CriteriaError for a roster that is not valid."""
    from verifier.trust.store import Store

    store = Store(Path(arguments.trust))
    now = signing.now()
    if arguments.action == "init":
        _init(store, arguments, now)
    elif arguments.action == "add":
        _add(store, arguments, now)
    elif arguments.action == "revoke":
        _revoke(store, arguments, now)
    return _show(store, arguments, now) if arguments.action == "show" else _done(store, arguments, now)


def _done(store: Store, arguments: argparse.Namespace, now: str) -> int:
    """What is in force now; a first version that others have yet to sign is no failure."""
    try:
        return _show(store, arguments, now)
    except TrustError as error:
        if error.code != "policy-threshold":
            raise
        sys.stdout.write(error.in_language(language(arguments)) + "\n")
        return 0


def _init(store: Store, arguments: argparse.Namespace, now: str) -> None:
    """The keys are pinned once the first version is signed: whoever says no may begin again."""
    from verifier.trust import roster
    from verifier.trust.store import pinned

    signers = _signers(arguments)
    pins = pinned([*(one.public.pem for one in signers), *_roots(arguments)], arguments.threshold)
    predicate = roster.first(arguments.roster, roots=list(pins.keys), threshold=pins.threshold, now=now)
    signed = _signed(predicate, pins.digest, signers, arguments)
    store.pin(pins)
    _keep(store, signed)


def _add(store: Store, arguments: argparse.Namespace, now: str) -> None:
    from verifier.statements import envelope
    from verifier.trust import roster
    from verifier.trust.store import pinned

    if arguments.roster.suffix not in (".yml", ".yaml"):
        store.add(envelope.read(signing.content(arguments.roster)))
        return
    policy = store.newest()
    before = store.predicate(policy)
    if arguments.root or arguments.threshold is not None:
        threshold = policy.threshold if arguments.threshold is None else arguments.threshold
        pins = pinned(_roots(arguments) or policy.roots, threshold)
        before = {**before, "roots": {"threshold": pins.threshold, "keys": list(pins.keys)}}
    _sign_next(store, roster.added(arguments.roster, before, now=now), policy, arguments)


def _revoke(store: Store, arguments: argparse.Namespace, now: str) -> None:
    start = now if arguments.start is None else signing.moment(arguments.start)
    policy = store.newest()
    predicate = store.predicate(policy)
    what = {"key": _key(policy, arguments.key_id)} if arguments.key_id else {"statement": _digest(arguments)}
    one = {**what, "from": start, "reason": arguments.reason}
    _sign_next(store, {**predicate, "revoked": [*predicate["revoked"], one]}, policy, arguments)


def _key(policy: TrustPolicy, key: str) -> str:
    """The id of a key or an identity. Raises UsageError for one that nobody has: what was mistyped is not revoked."""
    from verifier.trust.roots import ids

    roots = ids(policy.roots)
    if key not in roots and key not in policy.held:
        raise UsageError(say("The trust policy has no key {key}.", key=key))
    if key in roots and len(roots - policy.revoked_keys.keys() - {key}) < policy.threshold:
        words = say(
            "Without this root key fewer than {n} could sign; `verifier trust add ROSTER --root FILE` names others.",
            n=policy.threshold,
        )
        raise UsageError(words)
    return key


def _digest(arguments: argparse.Namespace) -> str:
    """Of the statement that the file holds; of a digest alone nobody can see what it is of."""
    from verifier.statements import envelope

    named: str = arguments.statement
    if not DIGEST.fullmatch(named):
        return envelope.digest(envelope.read(signing.content(Path(named))))
    words = say(
        "Warning: whether a statement has this digest nobody can see here; the file itself may be named instead."
    )
    sys.stderr.write(words.in_language(language(arguments)) + "\n")
    return named


def _sign_next(store: Store, predicate: dict[str, Any], policy: TrustPolicy, arguments: argparse.Namespace) -> None:
    following = {**predicate, "version": policy.version + 1, "issued": signing.now()}
    _keep(store, _signed(following, policy.digest, _signers(arguments), arguments))


def _signers(arguments: argparse.Namespace) -> list[Signer]:
    from verifier import keys

    if not arguments.key:
        raise UsageError(say("Give at least one root key with --key."))
    return [keys.signer(one, passphrase(arguments, one)) for one in arguments.key]


def _roots(arguments: argparse.Namespace) -> list[str]:
    from verifier.files import read
    from verifier.keys import public

    return [public.from_pem(read(one, most=public.LONGEST)).pem for one in arguments.root]


def _keep(store: Store, signed: list[Envelope]) -> None:
    for envelope in signed:
        store.add(envelope)


def _signed(
    predicate: dict[str, Any], before: str, signers: list[Signer], arguments: argparse.Namespace
) -> list[Envelope]:
    """Shows the version, then signs it with each key."""
    from verifier.statements import uris
    from verifier.statements.envelope import Envelope, Signature, pae
    from verifier.statements.statement import Statement, write
    from verifier.trust.policy import trust_policy
    from verifier.trust.store import check

    statement = Statement(
        subject="trust-policy", digests={"sha256": before}, predicate_type=uris.TRUST_POLICY, predicate=predicate
    )
    payload = write(statement)
    signing.show(payload, arguments)
    check(trust_policy(before, predicate))
    return [Envelope(payload, (Signature(one.sign(pae(payload)), one.public.id),)) for one in signers]


def _show(store: Store, arguments: argparse.Namespace, now: str) -> int:
    from verifier.render.inert import inert

    policy = store.current(now)
    spoken = language(arguments)
    lines = [
        say("Trust policy: version {version}, until {moment}", version=policy.version, moment=policy.expires),
        say("  signed by {n} of {all} root keys", n=policy.threshold, all=len(policy.roots)),
        say("Fingerprint of the root keys: {pins}", pins=store.pins().digest),
    ]
    lines += [_granted(one) for one in policy.grants]
    for address, several in policy.shared_addresses():
        words = say(
            "  {address} is an address of {people}: the commits of one are those of all",
            address=inert(address),
            people=", ".join(several),
        )
        lines.append(words)
    for key, moment in sorted(policy.revoked_keys.items()):
        lines.append(say("  revoked: key {key} from {moment} on", key=key[:16], moment=moment))
    for digest, moment in sorted(policy.revoked_statements.items()):
        lines.append(say("  revoked: statement {digest} from {moment} on", digest=digest[:16], moment=moment))
    sys.stdout.write("".join(line.in_language(spoken) + "\n" for line in lines))
    return 0


def _granted(one: Grant) -> Text:
    """One role of one person, with what narrows it."""
    from verifier.units import amount

    about = ", ".join(sorted(one.contracts))
    said = say(
        "  {person}: {role} for {contracts}, until {until}",
        person=one.person,
        role=one.role,
        contracts=about,
        until=one.until,
    )
    more = [say("at most {amount}", amount=amount(one.limit))] if one.limit is not None else []
    return joined(", ", [said, *more, *([say("suspended")] if one.suspended else [])])
