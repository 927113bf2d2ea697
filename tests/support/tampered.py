"""What lies in a page for the reader's browser to verify, taken out, changed and put back.

html = changed(html, lambda data: data["statements"].pop())
"""

from __future__ import annotations

import json
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any

BLOCK = re.compile(r'(<script type="application/json" id="envelopes">")([^"]*)(")')


def taken(html: str) -> dict[str, Any]:
    found = BLOCK.search(html)
    assert found is not None
    return dict(json.loads(zlib.decompress(b64decode(found[2]))))


def put(html: str, data: dict[str, Any]) -> str:
    packed = b64encode(zlib.compress(json.dumps(data, ensure_ascii=False).encode())).decode()
    return BLOCK.sub(lambda found: found[1] + packed + found[3], html)


def changed(html: str, change: Callable[[dict[str, Any]], object]) -> str:
    data = taken(html)
    change(data)
    return put(html, data)
