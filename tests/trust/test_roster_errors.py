"""A roster that cannot be right: one sentence with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.errors import CriteriaError
from verifier.rulebook import rules_dir
from verifier.rulebook.document import read
from verifier.rulebook.schema import check_document

PERSON = "expires: 2036-01-01\npeople:\n  - {{id: a, keys: [x.pub], roles: {roles}}}\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PERSON.format(roles="[asessor]"), '3:36: unknown role "asessor"'),
        (PERSON.format(roles="[{role: certifier, limitt: 3}]"), '3:54: unknown key "limitt"'),
        (PERSON.format(roles="[{role: certifier, limit: abc}]"), "must be an amount such as 10000"),
        (PERSON.format(roles="[{role: certifer}]"), 'unknown role "certifer"'),
        (PERSON.format(roles="[3]"), "3:36: "),
        (PERSON.format(roles="[]"), "is empty; name at least one role"),
        (PERSON.format(roles="[{role: payer, contracts: []}]"), "leave the key out for all contracts"),
        ("expires: 2036-01-01\napart: [[payer]]\n", "must be two roles"),
        ("expires: 2036\n", '1:10: "expires" must be a date'),
    ],
    ids=range(9),
)
def test_it_is_told_where_and_what(tmp_path: Path, text, told):
    path = tmp_path / "roster.yml"
    path.write_text(text)
    with pytest.raises(CriteriaError) as caught:
        check_document(read(path), rules_dir() / "roster.schema.json")
    assert told in str(caught.value)
