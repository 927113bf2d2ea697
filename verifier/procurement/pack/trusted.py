"""Under whose root keys a pack is read: the verifier's own, or, where there are none, those that came with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from verifier.errors import TrustError
from verifier.keys.public import from_pem
from verifier.procurement.pack.sources import PINS, TRUST, payload_digest
from verifier.procurement.store import SUFFIX
from verifier.statements import strict
from verifier.trust.policy import TrustPolicy
from verifier.trust.store import Store
from verifier.words import Text, say

_PINS, _SEEN = "pins.json", "seen.json"


@dataclass(frozen=True, slots=True)
class Trusted:
    """`packed` is the policy that the pack's own versions come to. `policy` is the one that judges, `store` its folder: where the
    verifier's own folder knows newer versions, the newest. `own`: the pins are the verifier's.
    """

    packed: TrustPolicy
    policy: TrustPolicy
    store: Store
    pins: str
    own: bool


def trusted(
    small: Mapping[str, bytes], trust: Path, *, fingerprint: str | None, expected: bool, moment: str, folder: Path
) -> Trusted:
    """`trust` is the verifier's folder; without pins, where none are `expected`, the pack's count, which are the verifier's own
    where they have the `fingerprint` that was given. Works in `folder`.

    Raises TrustError: `pins` for pins of another fingerprint, `pack-roots` where no policy of the pack leads from the pins, and
    those of the policy where it was not in force at the moment, or is not alone.
    """
    pins = Store(trust).pins() if expected or (trust / _PINS).exists() else None
    raw = (trust / _PINS).read_bytes() if pins else _checked(small.get(PINS, b""))
    versions = [content for name, content in small.items() if name.startswith(TRUST) and name != PINS]
    alone = _store(folder / "pack", raw, versions)
    if fingerprint:
        _check_fingerprint(alone.pins().digest, fingerprint)
    own = pins is not None or bool(fingerprint)
    packed = _led(alone, moment, own=own)
    _refuse_others(small, alone)
    if pins is None:
        return Trusted(packed, packed, alone, alone.pins().digest, own=own)
    known = [path.read_bytes() for path in sorted(trust.glob(f"policy-*{SUFFIX}"))]
    both = _store(folder / "both", raw, [*versions, *known])
    if (trust / _SEEN).exists():
        (both.folder / _SEEN).write_bytes((trust / _SEEN).read_bytes())
    return Trusted(packed, both.current(moment), both, pins.digest, own=own)


def _check_fingerprint(pins: str, wanted: str) -> None:
    if wanted.lower().removeprefix("sha256:") != pins:
        words = say(
            "The root keys have the fingerprint {pins}, not the one that you gave: nothing shows that they are the buyer's. "
            "Compare yours with what the buyer publishes; if it is the same, do not rely on the pack.",
            pins=pins,
        )
        raise TrustError(words, code="pins")


def _led(pack: Store, moment: str, *, own: bool) -> TrustPolicy:
    """The policy that the pack's versions come to. Where there is none, the pack is at fault, and no folder has to be begun."""
    try:
        return pack.current(moment)
    except TrustError as error:
        if error.code != "policy-missing":
            raise
        raise TrustError(_foreign(pack.pins().digest, own=own), code="pack-roots") from error


def _foreign(pins: str, *, own: bool) -> Text:
    if own:
        return say(
            "The pack holds no trust policy signed by the root keys that you trust (fingerprint {pins}): nothing shows that "
            "anything in it is the buyer's. Do not rely on it; ask the buyer for the pack, and which root keys are theirs.",
            pins=pins,
        )
    return say(
        "The pack holds no trust policy signed by the root keys that came with it (fingerprint {pins}): one or the other was "
        "changed after the pack was made. Do not rely on it; ask the buyer for the pack.",
        pins=pins,
    )


def _store(folder: Path, pins: bytes, versions: Iterable[bytes]) -> Store:
    folder.mkdir()
    (folder / _PINS).write_bytes(pins)
    for number, content in enumerate(versions):
        (folder / f"policy-{number:06}{SUFFIX}").write_bytes(content)
    return Store(folder)


def _refuse_others(small: Mapping[str, bytes], store: Store) -> None:
    """Nothing lies beside the pins but versions that are or were in force."""
    standing = {one.digest for one in store.standing()}
    for name, content in small.items():
        if name.startswith(TRUST) and name != PINS and payload_digest(content) not in standing:
            words = say("{name} is no version of the trust policy that was in force.", name=ascii(name))
            raise TrustError(words, code="policy-chain")


def _checked(raw: bytes) -> bytes:
    """Pins that came with a pack: of their shape, with a threshold that their keys can meet."""
    document = strict.read(raw)
    match document:
        case {"threshold": int(threshold), "keys": [*keys]} if len(document) == 2 and all(
            isinstance(one, str) for one in keys
        ):
            ids = {from_pem(one.encode()).id for one in keys}
            if 1 <= threshold <= len(ids):
                return raw
    raise TrustError(say("The pins in the pack are not in the form of pins."), code="pins")
