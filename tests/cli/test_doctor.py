"""What `verifier doctor` says of a machine."""

from __future__ import annotations

import platform
import re

import pytest

from verifier import sandbox
from verifier.cli import main
from verifier.sandbox import Standing, mend
from verifier.sandbox.promises import GROUPS, ISOLATION, standing
from verifier.words import Text


def machine(monkeypatch, found: Standing) -> None:
    monkeypatch.setattr(sandbox, "probed", lambda: found)


def without(reason: str) -> Standing:
    return Standing(reason=Text(reason, reason))


def kept(**broken: list[str]) -> Standing:
    return standing({**dict.fromkeys(ISOLATION, ()), GROUPS: (), **broken})


def test_a_machine_that_has_all_is_fit(capsys):
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert re.search(rf"✓ interpreters +{re.escape(platform.python_version())}", out)
    assert re.search(r"✓ services +postgresql: /\S+/postgres, redis: /\S+/redis-server", out)
    assert "  ✓ no network but the loopback of its own namespace\n" in out
    assert "✗" not in out


def test_services_are_not_demanded_and_it_is_said_how_to_get_them(capsys, monkeypatch):
    monkeypatch.setattr("verifier.inside.services.glob", lambda _: [])
    monkeypatch.setattr("verifier.inside.services.shutil.which", lambda _: None)
    machine(monkeypatch, kept())
    main(["doctor"])
    assert "redis: not found (Debian and Ubuntu: apt-get install redis-server)" in capsys.readouterr().out


def test_a_missing_sandbox_is_said_with_what_to_do_and_the_exit_code_is_3(capsys, monkeypatch):
    machine(monkeypatch, without("The program bwrap is not installed."))
    monkeypatch.setattr(mend.shutil, "which", lambda _: None)
    assert main(["doctor"]) == 3
    out = capsys.readouterr().out
    assert (
        "✗ sandbox        The program bwrap is not installed.\n  Install bubblewrap.\n      sudo apt-get install" in out
    )


def test_a_broken_promise_is_said_with_what_broke_it(capsys, monkeypatch):
    machine(monkeypatch, kept(environment=["TOKEN"]))
    assert main(["doctor", "--language", "fr"]) == 3
    out = capsys.readouterr().out
    assert "✗ " in out
    assert "(TOKEN)" in out
    assert "  ✓ aucun réseau, sauf la boucle locale" in out


def test_a_weaker_tier_is_no_fault_and_it_is_said_what_would_make_it_stronger(capsys, monkeypatch, tmp_path):
    machine(monkeypatch, kept(groups=["/sys/fs/cgroup"]))
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "✓ sandbox        bubblewrap works (tier: namespaces)\n" in out
    assert re.search(r"  – control groups: .* \(/sys/fs/cgroup\)\n    \w", out)
    assert "systemd" not in mend.for_groups(tmp_path)[0].words
    (tmp_path / "run" / "systemd" / "system").mkdir(parents=True)
    assert "systemd-run" in mend.for_groups(tmp_path)[0].block


def settings(root, **values: str) -> None:
    """A folder that stands in for a machine with these settings of its kernel."""
    for name, value in values.items():
        file = root / "proc" / "sys" / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{value}\n")


def test_ubuntus_restriction_is_known_by_its_setting_and_told_with_the_profile(monkeypatch, tmp_path):
    settings(tmp_path, kernel__apparmor_restrict_unprivileged_userns="1")
    monkeypatch.setattr(mend.os, "geteuid", lambda: 1000)
    said = mend.for_sandbox(tmp_path)
    blocks = "".join(advice.block for advice in said)
    assert "apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict" in blocks
    assert "profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}" in blocks
    assert "not proven on Ubuntu" in said[-1].words
    monkeypatch.setattr(mend.os, "geteuid", lambda: 0)
    assert not any("AppArmor" in advice.words for advice in mend.for_sandbox(tmp_path)), "it does not bind root"


@pytest.mark.parametrize(
    ("setting", "block"),
    [
        ("kernel__unprivileged_userns_clone", "sudo sysctl -w kernel.unprivileged_userns_clone=1\n"),
        ("user__max_user_namespaces", "sudo sysctl -w user.max_user_namespaces=10000\n"),
    ],
)
def test_namespaces_that_are_switched_off_are_told_with_the_switch(tmp_path, setting, block):
    settings(tmp_path, **{setting: "0"})
    assert [advice.block for advice in mend.for_sandbox(tmp_path)] == [block]


def test_a_container_is_known_by_its_mark(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / ".containerenv").touch()
    (advice,) = mend.for_sandbox(tmp_path)
    assert "systempaths=unconfined" in advice.block
    assert "unmask=ALL" in advice.block


def test_what_fits_nothing_known_is_said_in_general(tmp_path):
    assert [advice.words for advice in mend.for_sandbox(tmp_path)] == ["bubblewrap needs user namespaces."]
