"""What a maker builds into a key or a token, and can be checked without asking a server: what fails it opens nothing.

Only what is written down, or agreed by several who check it, is held against a text; where nothing is, it may be genuine.
"""

import base64
import re
import zlib

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CLASSIC = re.compile(r"gh[opu]_([A-Za-z0-9]{30})([A-Za-z0-9]{6})", re.IGNORECASE)
_AWS = re.compile(r"(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z0-9]{16}")
_ASN1 = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01[\x00\x01]", re.DOTALL)
_BEGINS = {
    "": _ASN1,  # RFC 5208 and 5958: a sequence that begins with a version
    "RSA": _ASN1,  # RFC 8017, A.1.2
    "EC": _ASN1,  # RFC 5915
    "DSA": _ASN1,
    "OPENSSH": re.compile(rb"openssh-key-v1\0"),  # its PROTOCOL.key
    "PGP": re.compile(rb"[\x94-\x97\xc5]"),  # RFC 9580, 4.2: the first packet is a secret key
}


def is_token(kind, secret, after):
    """Whether a text in the shape of a token can be one; `after` is what follows it on its line."""
    if kind == "github-token":
        return bool(re.match(r"\w", after)) or _checksum_fits(secret)
    if kind == "aws-key":  # Base32, in which an account's number is written: https://github.com/gitleaks/gitleaks
        return not _AWS.fullmatch(secret) or bool(re.fullmatch(r"[A-Z2-7]{16}", secret[4:]))
    if kind == "pypi-token" and secret.startswith("pypi-AgEIcHlwaS5vcmc"):
        return secret[20:21] == "C"  # a macaroon: after its place comes its identifier
    return True


def _checksum_fits(secret):
    """Newer kinds have none: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/."""
    classic = _CLASSIC.fullmatch(secret)
    if not classic:
        return True
    rest, digits = zlib.crc32(classic[1].encode("ascii")), ""
    for _ in range(6):
        rest, digit = divmod(rest, 62)
        digits = _DIGITS[digit] + digits
    return digits == classic[2]


def is_key(label, written):
    """Whether Base64 below `BEGIN <label> PRIVATE KEY` begins as such a key does. A kind that is not known here may be one."""
    begins = _BEGINS.get(label)
    if begins is None:
        return True
    first = written[:24]
    try:
        return bool(begins.match(base64.b64decode(first[: len(first) // 4 * 4])))
    except ValueError:
        return False
