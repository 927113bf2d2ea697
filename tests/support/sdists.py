"""Real projects, from their PyPI source distributions, each committed to a git repository."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from verifier.index import Limits, configured
from verifier.index.catalogue import Catalogue
from verifier.index.store import Store
from verifier.index.upstream import Upstream

PROJECTS = {
    "itsdangerous": "2.2.0",
    "humanize": "4.17.0",
    "python-dotenv": "1.2.4",
    "structlog": "26.1.0",
    "sqlite-utils": "4.2.1",
}
"""Name -> version, pinned so that the recorded answers stay true."""
CACHE = Path(tempfile.gettempdir()) / "verifier-tests" / "sdists"
GIT = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"} | {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "test"), ("EMAIL", "test@example.org"), ("DATE", "2026-06-01T12:00:00+0000"))
}


def archive(name: str) -> Path:
    """The source distribution, fetched once. Only fetched: `pip download` would run the project's build back end."""
    filename = f"{name.replace('-', '_')}-{PROJECTS[name]}.tar.gz"
    found = CACHE / filename
    if not found.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        limits = Limits()
        upstream = Upstream(configured(os.environ), os.environ, limits)
        catalogue = Catalogue(upstream, Store(CACHE / "store", 10**9), limits, None)
        content, _ = catalogue.file(name, filename)
        with content, tempfile.NamedTemporaryFile(dir=CACHE, delete=False) as target:
            shutil.copyfileobj(content, target)
        Path(target.name).replace(found)
        upstream.close()
    return found


def delivered(name: str, folder: Path) -> Path:
    """The project as a git repository with one commit, at a fixed time."""
    repository = folder / name
    with tarfile.open(archive(name)) as packed:
        packed.extractall(folder, filter="data")
    next(folder.glob(f"{name.replace('-', '_')}-*")).rename(repository)
    for command in (["init", "-q", "-b", "main"], ["add", "-A", "-f"], ["commit", "-q", "-m", "delivery"]):
        subprocess.run(["git", "-C", str(repository), *command], check=True, env=os.environ | GIT)
    return repository
