"""What `verifier doctor` says of a machine."""

from __future__ import annotations

import platform
import re

from verifier import sandbox
from verifier.cli import main


def test_a_machine_that_has_all_is_fit(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert re.search(rf"✓ interpreters +{re.escape(platform.python_version())}", out)
    assert re.search(r"✓ services +postgresql: /\S+/postgres, redis: /\S+/redis-server", out)
    assert "✗" not in out


def test_services_are_not_demanded_and_it_is_said_how_to_get_them(capsys, monkeypatch):
    monkeypatch.setattr("verifier.inside.services.glob", lambda _: [])
    monkeypatch.setattr("verifier.inside.services.shutil.which", lambda _: None)
    monkeypatch.setattr(sandbox, "missing", lambda: "")
    main(["doctor"])
    assert "redis: not found (Debian and Ubuntu: apt-get install redis-server)" in capsys.readouterr().out


def test_a_missing_sandbox_is_said_with_what_to_do_and_the_exit_code_is_3(capsys, monkeypatch):
    monkeypatch.setattr(sandbox, "missing", lambda: "The program bwrap is not installed.")
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    assert "✗ sandbox        The program bwrap is not installed.\n  Install bubblewrap" in out
