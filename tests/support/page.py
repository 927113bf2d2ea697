"""A page of docs/ as what it tells people to write and to type."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path


def blocks(page: str, language: str) -> list[str]:
    """The blocks of code in one language, in their order."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def shell(words: str, desk: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """One line, as a person at a desk types it."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, "PATH": path, "VERIFIER_PASSPHRASE": "a long passphrase", "LANG": "en_CA.UTF-8", **env}
    return subprocess.run(["bash", "-c", words], cwd=desk, env=env, capture_output=True, text=True, check=False)
