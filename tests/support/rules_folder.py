"""A small rules folder for tests that must not depend on what the shipped lists hold."""

from __future__ import annotations

import shutil
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[2] / "rules"
FILES = {
    "blocking/security.yml": """\
rules:
  - rule: bandit:B602
    reason: {en: Whoever picks the name runs commands., fr: Qui choisit le nom exécute des commandes.}
    confidence: medium
  - rule: semgrep:python.sql
    reason: SQL
""",
    "blocking/lint.yml": """\
rules:
  - rule: pylint:no-member
    reason: {en: It stops there., fr: Il s'arrête là.}
    environment: true
""",
    "blocking/licence.yml": "rules: [{rule: 'scancode:copyleft', reason: Not theirs to grant.}]\n",
    "licences.yml": "recommended: [MIT, Apache-2.0]\naccepted: [BSD-3-Clause, CC0-1.0]\n",
    "scope.yml": "tests: ['tests/**']\n",
    "repairs.yml": "repairs: []\n",
    "tools/bandit.ini": "[bandit]\n",
    "tools/.coveragerc": "[run]\n",
    "semgrep/python/sql.yml": "rules: []\n",
    "semgrep/python/sql.py": "pass\n",
    "semgrep/python/config.test.yaml": "a: 1\n",
}


def make_rules(folder: Path) -> Path:
    """`folder`, filled with the shipped schemas and profiles and these small files."""
    folder.mkdir(parents=True, exist_ok=True)
    for schema in SHIPPED.glob("*.schema.json"):
        shutil.copy(schema, folder)
    shutil.copytree(SHIPPED / "profiles", folder / "profiles")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
