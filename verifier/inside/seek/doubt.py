"""Whether what has the shape of a secret is one: examples of documentation, stand-ins and mentions are none."""

import ipaddress
import re

from .genuine import is_key, is_token

LINES = 300  # of a private key that are looked at
STAND_IN = re.compile(
    r"example|sample|dummy|fake|placeholder|change.?me|your|redacted|insert|replace|x{4}|0{5}|1{5}|a{5}|1234|abcde|\.\.\.|\*\*|test",
    re.IGNORECASE,
)
_HEADER = re.compile(r"BEGIN (?:([A-Z0-9]+) )?PRIVATE KEY(?: BLOCK)?-----")
_END = re.compile(r"END (?:[A-Z0-9]+ )?PRIVATE KEY")
# Between the pieces of a key: blanks, line ends as escapes, quotation marks, and what begins a comment or a string.
_BETWEEN = r"(?:\s|\\+[nrt]|&#\w+;|[\"'`+,#*|>()]|//|[A-Za-z-]+: [^\n]*\n)*"
_BODY = re.compile(rf"{_BETWEEN}((?:[A-Za-z0-9+/=]{{16,}}{_BETWEEN})+)")
_ENCRYPTED = ("b3BlbnNzaC1rZXktdjEAAAAACm",)  # OpenSSH's, with a cipher: another than "none" is longer
_SLACK = re.compile(
    r"xox[a-z]-[0-9]{10,13}-[0-9]{10,13}-(?:[0-9]{10,13}-)?[A-Za-z0-9]{24,34}"
    r"|https://hooks\.slack\.com/services/T[A-Z0-9]{8,}/B[A-Z0-9]{8,}/[A-Za-z0-9]{24}",
    re.IGNORECASE,
)
_USER = re.compile(r"://([^\s/:@]+):$")
_HOST = re.compile(r"@(\[[^\]]+\]|[\w.-]*)")
_NOBODYS = re.compile(
    r"(?:.*\.)?(?:example(?:\.\w+)?|test|invalid|local|localhost|internal|intranet|lan|home|corp|svc|cluster|docker)|[^.]*",
    re.IGNORECASE,
)
_WORD_FOR_ONE = re.compile(
    r"pass|pwd|secret|token|user|admin|guest|root|postgres|mysql|[{}<>$%*&;()\[\]\\|]", re.IGNORECASE
)


def doubtful(kind, secret, around, lines, index):
    """(last line of it, whether it is hardly one). `around` is what stands before and after it on the line at `index`."""
    if kind == "private-key":
        return _private_key(lines, index)
    number = lines[index][0]
    if kind == "password-in-address":
        return number, _no_login(secret, *around)
    made_up = _stand_in(kind, secret) or not is_token(kind, secret, around[1])
    return number, made_up or _part_of_a_word(kind, *around)


def _stand_in(kind, secret):
    if kind == "azure-storage-key" and secret.startswith("AccountKey=Eby8vdM02xNOcq"):
        return True  # the emulator's, which everybody has
    if kind == "slack-token" and not _SLACK.fullmatch(secret):
        return True
    if kind == "aws-key" and re.fullmatch("[0-9a-f]{40}", secret):
        return True  # a digest
    if kind == "json-web-token":
        return False
    return bool(STAND_IN.search(secret)) or _monotonous(secret)


def _monotonous(secret):
    """Typed by a person for show: a random text has more different characters."""
    return len(set(secret[-24:])) < 9


def _part_of_a_word(kind, before, after):
    """Something longer that happens to hold the shape, such as a picture in Base64; a line end as an escape is no letter."""
    if kind == "azure-storage-key":
        return False
    letter = re.sub(r"\\[nrt]$", " ", before)[-1:]
    if kind == "aws-key":
        return bool(re.match(r"[\w/+=]", letter) or re.match(r"[\w/+]", after))
    return letter.isalnum() or letter == "_"


def _private_key(lines, index):
    """A key is one when enough of it follows its first line, and it asks for no password."""
    first, head = lines[index]
    begin = _HEADER.search(head)
    text = head[begin.end() if begin else 0 :] + "\n"
    last = first
    if not _END.search(text):
        for number, line in lines[index + 1 : index + LINES]:
            last = number
            text += line[:2000] + "\n"
            if _END.search(line):
                break
    text = text[:8000]
    body = _BODY.match(text)
    written = re.sub(r"[^A-Za-z0-9+/=]", "", body[1]) if body else ""
    asks = "ENCRYPTED" in text or (written.startswith(_ENCRYPTED) and "bm9uZ" not in written[24:40])
    few = len(written) < 64 or len(set(written[:400])) < 20
    hardly = begin is None or few or asks or not is_key(begin[1] or "", written)
    return (first if len(written) < 64 else last), hardly


def _no_login(password, before, after):
    """Not one at a server of the network that somebody could have: an example, a stand-in, a neighbour in a container."""
    user, host = _USER.search(before), _HOST.match(after)
    if user is None or host is None or _nobodys(host[1]):
        return True
    plain = not (re.search(r"[A-Za-z]", password) and re.search(r"[0-9]", password))
    known = password.lower() == user[1].lower() or _WORD_FOR_ONE.search(password) or STAND_IN.search(password)
    return plain or len(password) < 8 or bool(known)


def _nobodys(host):
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return bool(_NOBODYS.fullmatch(host))
