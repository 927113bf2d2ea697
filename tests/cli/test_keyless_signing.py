"""Signing without a key from the command line: the unmodified client of Sigstore, a whole Sigstore on loopback, and a policy that
names the one identity that may.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier
from sigstore.verify import policy as sigstores
from support import chains
from support.loopback_sigstore import GITHUB_ISSUER, WORKFLOW, sigstore

from verifier.cli import main
from verifier.keys import file
from verifier.pinned import Identity
from verifier.statements import uris
from verifier.statements.statement import write

FAR = "2099-01-01T00:00:00Z"
SECRET = "correct horse battery"
WORKFLOW_FILE = f"https://github.com/{WORKFLOW['job_workflow_ref']}"
ASSESSOR = Identity(
    subject=WORKFLOW_FILE,
    issuer=GITHUB_ISSUER,
    signer_digest="1" * 40,
    repository="1001",
    owner="2002",
    runner="github-hosted",
    trigger="push",
)
NAMES = {"signer_digest": "signerDigest"}
OTHERS = {
    "subject": WORKFLOW_FILE.replace("main", "other"),
    "issuer": "https://token.actions.githubusercontent.com/",
    "signer_digest": "2" * 40,
    "repository": "1002",
    "owner": "2003",
    "runner": "self-hosted",
    "trigger": "pull_request",
}
LEFT_OUT = ("signer_digest", "repository", "owner", "runner", "trigger")


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    with sigstore(tmp_path_factory.mktemp("sigstore")) as made:
        yield made


@pytest.fixture(scope="module")
def signed(services, tmp_path_factory):
    """A folder with keys, a trust policy, and a chain whose assessment, decision and acceptance report are keyless."""
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("VERIFIER_PASSPHRASE", SECRET)
        for name in ("root", "requester", "supplier"):
            key = file.written(file.KINDS["ecdsa-p256"](), Path(f"{name}.key"), SECRET.encode())
            Path(f"{name}.pub").write_text(key.pem)
        Path("root.json").write_text(json.dumps(services.root()))
        Path("services.json").write_bytes(services.services())
        assert trusting(ASSESSOR, "trust") == 0
        Path("chain").mkdir()
        draft("contract.json", chains.contract(ends=FAR))
        for who in ("requester", "supplier"):
            assert main([*words(f"file:{who}.key"), f"chain/contract-{who}.sigstore.json", "contract.json"]) == 0
        agreed = chains.Purchase()._signed(chains.contract(ends=FAR))
        statement = chains.assessment(agreed)
        draft("assessment.json", replace(statement, predicate={**statement.predicate, "expires": FAR}))
        token(services)
        assert main([*KEYLESS, "chain/assessment.sigstore.json", "assessment.json"]) == 0
        decide = ["decide", "chain/assessment.sigstore.json", "requirements", "--met", "--rationale", "Tried."]
        assert main([*decide, *signing("chain/decision.sigstore.json")]) == 0
    return folder


def words(key: str) -> list[str]:
    return ["sign", "--yes", "--key", key, "--output"]


KEYLESS = [*words("sigstore:")[:-1], "--identity-token-file", "token", "--sigstore", "services.json", "--output"]


def signing(target: str) -> list[str]:
    return [*KEYLESS[1:], target]


def draft(name: str, statement) -> None:
    Path(name).write_bytes(write(statement))


def token(services, **claims) -> None:
    Path("token").write_text(services.token(**claims) + "\n")


def trusting(identity: Identity, folder: str) -> int:
    """A policy of the folder in which this identity is the assessor."""
    said = {NAMES.get(name, name): value for name, value in asdict(identity).items() if value is not None}
    people = [
        {"id": "requester", "keys": ["requester.pub"], "roles": ["requester"]},
        {"id": "supplier", "keys": ["supplier.pub"], "roles": ["supplier"]},
        {"id": "assessor", "identities": [said], "roles": ["assessor"]},
    ]
    roster = {"expires": "2098-01-01", "people": people, "sigstore": "root.json", "verifier": "0.1.0"}
    Path(f"{folder}.yml").write_text(json.dumps(roster))
    return main(["trust", "init", f"{folder}.yml", "--key", "file:root.key", "--trust", folder, "--yes"])


@pytest.fixture
def desk(signed, monkeypatch):
    monkeypatch.chdir(signed)
    monkeypatch.setenv("VERIFIER_PASSPHRASE", SECRET)


def test_the_workflow_that_the_policy_names_is_believed(desk, capsys):
    capsys.readouterr()
    assert main(["verify", "chain/assessment.sigstore.json", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["files"]
    (signer,) = told["signers"]
    assert (told["kind"], signer["person"], signer["key"]) == ("assessment", "assessor", ASSESSOR.id)
    assert signer["time"] is not None


def test_accept_takes_it_and_signs_without_a_key_too(desk, services, tmp_path, capsys):
    token(services)
    target = str(tmp_path / "acceptance.sigstore.json")
    assert main(["accept", "chain", *signing(target)]) == 0
    assert main(["verify", target]) == 0


def test_sigstores_own_client_alone_verifies_it(desk, services):
    bundle = Bundle.from_json(Path("chain/assessment.sigstore.json").read_text())
    theirs = Verifier(trusted_root=TrustedRoot.from_file("root.json"))
    kind, payload = theirs.verify_dsse(bundle, sigstores.Identity(identity=WORKFLOW_FILE, issuer=GITHUB_ISSUER))
    assert (kind, json.loads(payload)["predicateType"]) == (uris.PAYLOAD, uris.ASSESSMENT)


@pytest.mark.parametrize(
    "other",
    [*({name: value} for name, value in OTHERS.items()), *({name: None} for name in LEFT_OUT)],
    ids=lambda one: f"{next(iter(one))} {'left out' if None in one.values() else 'other'}",
)
def test_a_policy_that_names_another_in_any_field_refuses_it(desk, other, capsys):
    """Neither `verify` nor `accept` takes it, and nothing is written."""
    (field,) = other
    folder = f"trust-{field}-{other[field] is None}"
    assert trusting(replace(ASSESSOR, **other), folder) == 0
    capsys.readouterr()
    assert main(["verify", "chain/assessment.sigstore.json", "--trust", folder, "--json"]) == 4
    (told,) = json.loads(capsys.readouterr().out)["files"]
    assert (told["code"], told["steps"][-1]) == ("keyless-identity", {"number": 2, "step": "signature", "held": False})
    assert main(["accept", "chain", *signing("no.sigstore.json"), "--trust", folder]) == 4
    assert not Path("no.sigstore.json").exists()


def test_another_workflow_does_not_pass_for_it(desk, services, capsys):
    """The same policy, and a token that says one thing else."""
    token(services, job_workflow_ref="supplier/parcel-rates/.github/workflows/deliver.yml@refs/heads/main")
    assert main([*KEYLESS, "other.sigstore.json", "assessment.json"]) == 0  # whoever has a token can sign
    assert main(["verify", "other.sigstore.json"]) == 4
    assert "keyless-identity" in capsys.readouterr().out


def test_an_identity_is_revoked_by_its_id(desk, capsys):
    assert trusting(ASSESSOR, "revoked") == 0
    revoke = ["trust", "revoke", "--key-id", ASSESSOR.id, "--from", "2026-01-01T00:00:00Z", "--reason", "Gone."]
    assert main([*revoke, "--key", "file:root.key", "--trust", "revoked", "--yes"]) == 0
    capsys.readouterr()
    assert main(["verify", "chain/assessment.sigstore.json", "--trust", "revoked"]) == 4
    assert "key-revoked" in capsys.readouterr().out


def test_two_identities_of_one_workflow_are_two():
    assert ASSESSOR.id != replace(ASSESSOR, repository="1002").id
    assert replace(ASSESSOR, owner=None, repository="2002").id != replace(ASSESSOR, repository=None).id


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--sigstore", "services.json"], 2),
        (["--identity-token-file", "token"], 2),
        (["--identity-token-file", "none", "--sigstore", "services.json"], 2),
        (["--identity-token-file", "token", "--sigstore", "token"], 2),
        (["--identity-token-file", "services.json", "--sigstore", "services.json"], 2),
        (["--identity-token-file", "token", "--sigstore", "services.json", "--stamp", "https://127.0.0.1/"], 2),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_is_written(desk, services, given, code, capsys):
    token(services)
    asked = len(services.asked)
    assert main([*words("sigstore:")[:-1], *given, "--output", "no.sigstore.json", "assessment.json"]) == code
    assert capsys.readouterr().err.strip()
    assert not Path("no.sigstore.json").exists()
    assert len(services.asked) == asked


def test_the_roster_of_the_page_is_one(desk, capsys):
    """That of docs/keyless.md, as it stands there."""
    page = (Path(__file__).parents[2] / "docs" / "keyless.md").read_text("utf-8")
    roster = page.partition("```yaml\n")[2].partition("```")[0]
    Path("page.yml").write_text(f"expires: 2098-01-01\n{roster}")
    Path("trusted_root.json").write_text(Path("root.json").read_text())
    assert main(["trust", "init", "page.yml", "--key", "file:root.key", "--trust", "page", "--yes"]) == 0
    assert "a.tech: assessor" in capsys.readouterr().out


def test_root_keys_are_keys(desk, capsys):
    assert main(["trust", "init", "trust.yml", "--key", "sigstore:", "--trust", "keyless", "--yes"]) == 2


def test_a_bare_envelope_of_it_is_refused(desk, capsys):
    assert main(["verify", "chain/assessment.sigstore.json", "--bare", "bare.json"]) == 2
    assert not Path("bare.json").exists()


def test_without_a_key_the_files_name_says_so(desk, services):
    token(services)
    assert main([*KEYLESS[:-1], "assessment.json"]) == 0
    assert Path("assessment.sigstore.sigstore.json").exists()
