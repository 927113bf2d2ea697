"""The files of docs/deploy are of their schemas and say that they were not run; every command, option and variable is one."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from verifier.cli import parser

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
KUBERNETES = sorted((DEPLOY / "kubernetes").iterdir())
COMPOSE = DEPLOY / "compose.yaml"
FILES = [*UNITS, *KUBERNETES, COMPOSE, DEPLOY / "Containerfile"]
VERSION = "1.37"
OURS = "verifier"


def manifests(file):
    return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))


def pods(manifest):
    """The description of its pods, where it makes any."""
    spec = manifest["spec"].get("jobTemplate", manifest)["spec"]
    return spec["template"]["spec"] if "template" in spec else {"containers": []}


def described(kind="containers"):
    """(file, container, its pod) of every one in Kubernetes."""
    for file in KUBERNETES:
        for pod in map(pods, manifests(file)):
            for container in pod.get(kind, ()):
                yield file, container, pod


def lines_of(unit):
    """Name -> values of a unit, continued lines joined."""
    found = {}
    for line in unit.read_text(encoding="utf-8").replace("\\\n", "").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found.setdefault(name, []).append(value)
    return found


def commands():
    """(file, words after `verifier`) of every command of ours."""
    for unit in UNITS:
        for line in lines_of(unit).get("ExecStart", ()):
            yield unit.name, shlex.split(line.replace("%i", "1"))[1:]
    for name, service in manifests(COMPOSE)[0]["services"].items():
        if service["image"] == OURS:
            yield f"compose.yaml {name}", service["command"]
    for file, container, _ in described():
        if container["image"] == OURS:
            yield file.name, container["args"]


COMMANDS = list(commands())


def test_every_part_is_in_each_of_the_three():
    parts = [words[0] for _, words in COMMANDS]
    assert {part: parts.count(part) for part in parts} == {"worker": 3, "sign": 3, "dashboard": 3, "publish": 2}


@pytest.mark.parametrize(("file", "words"), COMMANDS, ids=[f"{file} {words[0]}" for file, words in COMMANDS])
def test_every_command_is_one(file, words):
    arguments = parser("en").parse_args(words)
    assert callable(arguments.run)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_variable_of_ours_is_read_somewhere(file):
    code = "".join(one.read_text(encoding="utf-8") for one in (ROOT / "verifier").rglob("*.py"))
    for name in re.findall(r"\bVERIFIER_[A-Z_]+", file.read_text(encoding="utf-8")):
        assert f'"{name}"' in code, name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_says_at_its_top_that_it_was_not_run(file):
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    assert re.match(r"# .*\b(not run|Not built)\b", first)


def test_the_compose_file_is_of_its_schema():
    schema = json.loads((ROOT / ".venv" / "npm" / "compose.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft201909Validator(schema)
    assert checker.is_valid({"services": {"a": {"imagee": "b"}}}) is False
    assert [error.message for error in checker.iter_errors(manifests(COMPOSE)[0])] == []


@pytest.mark.parametrize("file", KUBERNETES, ids=lambda file: file.name)
def test_manifests_are_of_their_schemas(file):
    import kubernetes_validate

    for manifest in manifests(file):
        kubernetes_validate.validate(manifest, VERSION, strict=True)
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest | {"sepc": {}}, VERSION, strict=True)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_takes_every_line_of_a_unit(unit, tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd on this machine")
    for one in UNITS:
        text = one.read_text(encoding="utf-8").replace("/opt/verifier/bin/verifier", "/bin/true")
        (tmp_path / one.name.replace("@", "@1")).write_text(text, encoding="utf-8")
    file = tmp_path / unit.name.replace("@", "@1")
    assert complaints(file) == []
    file.write_text(file.read_text(encoding="utf-8") + "[Unit]\nDescriptoin=x\n", encoding="utf-8")
    assert len(complaints(file)) == 1


def complaints(unit):
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    return [line for line in done.stderr.splitlines() if unit.name in line]


def test_only_the_signer_has_the_assessors_key():
    """And reaches no network."""
    holders = [unit.name for unit in UNITS if "assessor.key" in unit.read_text(encoding="utf-8")]
    assert holders == ["verifier-signer.service"]
    assert lines_of(DEPLOY / "systemd" / holders[0])["PrivateNetwork"] == ["yes"]
    services = manifests(COMPOSE)[0]["services"]
    assert [name for name, one in services.items() if "key" in one.get("secrets", ())] == ["signer"]
    assert services["signer"]["network_mode"] == "none"
    holding = [
        (manifest["metadata"]["name"])
        for file in KUBERNETES
        for manifest in manifests(file)
        if any(volume.get("secret", {}).get("secretName") == "signer" for volume in pods(manifest).get("volumes", ()))
    ]
    assert holding == ["signer"]


def test_the_signer_shares_no_node_with_workers():
    (signer,) = [one for one in manifests(DEPLOY / "kubernetes" / "signer.yaml") if one["kind"] == "Deployment"]
    assert pods(signer)["nodeSelector"]
    for file in KUBERNETES:
        for manifest in manifests(file):
            if manifest["metadata"]["name"] != "signer":
                assert "tolerations" not in pods(manifest)


def trusting():
    """(part, how it is mounted, what is mounted) of every trust folder of compose and Kubernetes."""
    for name, service in manifests(COMPOSE)[0]["services"].items():
        if place := service["environment"].get("VERIFIER_TRUST"):
            (mount,) = [one.split(":") for one in service["volumes"] if one.split(":")[1] == place]
            yield f"compose.yaml {name}", mount[2:], mount[0]
    for file, container, pod in described():
        if place := {one["name"]: one.get("value") for one in container["env"]}.get("VERIFIER_TRUST"):
            (mount,) = [one for one in container["volumeMounts"] if one["mountPath"] == place]
            (volume,) = [one for one in pod["volumes"] if one["name"] == mount["name"]]
            yield file.name, [*mount.keys() - {"name", "mountPath"}], volume["persistentVolumeClaim"]["claimName"]


def test_each_writes_what_it_saw_into_a_trust_folder_of_its_own_that_lasts():
    found = list(trusting())
    assert [(part, how) for part, how, _ in found if how] == []
    assert len({what for _, _, what in found}) == len(found) == 6
    folders = {
        folder: (unit.name, lines_of(unit)["StateDirectory"])
        for unit in UNITS
        for folder in re.findall(r"^Environment=.*VERIFIER_TRUST=(\S+)", unit.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert folders == {
        f"%S/verifier-{part}/trust": (f"verifier-{part}{kind}.service", [f"verifier-{part}/trust"])
        for part, kind in (("dashboard", ""), ("signer", ""), ("worker", "@"))
    }


def test_new_versions_come_beside_what_was_seen(tmp_path):
    """With the very command of the manifests: what was seen stays, and so do the keys that were pinned."""
    ((*shell, words),) = {tuple(container["command"]) for _, container, _ in described("initContainers")}
    given, own = tmp_path / "policy", tmp_path / "trust"
    for folder, told in ((given, "given"), (own, "own")):
        folder.mkdir()
        for name in ("pins.json", "seen.json", "policy-1-a-b.sigstore.json"):
            (folder / name).write_text(told)
    (given / "policy-2-a-b.sigstore.json").write_text("given")
    words = words.replace("/run/policy", str(given)).replace("/srv/trust", str(own))
    subprocess.run([*shell, words], check=True)
    told = {path.name: path.read_text() for path in own.iterdir()}
    assert told.pop("policy-2-a-b.sigstore.json") == "given"
    assert set(told.values()) == {"own"}


def test_whoever_uses_the_store_is_of_one_group_and_lets_it_write():
    using = [unit for unit in UNITS if "/srv/verifier/store" in unit.read_text(encoding="utf-8")]
    assert len(using) == 3
    for unit in using:
        lines = lines_of(unit)
        assert (lines["Group"], lines["UMask"], lines["ReadWritePaths"]) == (
            ["verifier-store"],
            ["0007"],
            ["/srv/verifier/store"],
        ), unit.name


def test_the_queues_password_is_in_a_file_of_each_services_own():
    """libpq takes none that a group may read, as credentials of systemd are since 254."""
    files = [line for unit in UNITS for line in lines_of(unit).get("Environment", ()) if "PGPASSFILE" in line]
    assert files == [f"PGPASSFILE=/etc/verifier/{name}.pgpass" for name in ("dashboard", "worker")]
    literals = re.findall(
        r"--from-literal=([a-z-]+)=", "".join(file.read_text(encoding="utf-8") for file in KUBERNETES)
    )
    values = [one.get("valueFrom", {}) for _, container, _ in described() for one in container.get("env", ())]
    used = {value["secretKeyRef"]["key"] for value in values if value}
    assert set(literals) == used


def test_nothing_is_ended_because_the_database_is_away():
    """/health says that it was heard of lately."""
    asked = [file.name for file, container, _ in described() if {"livenessProbe", "startupProbe"} & container.keys()]
    assert asked == []
