"""The soak in its short form: `make soak` has the long one."""

from __future__ import annotations

from soak_fleet import Plan, soak


def test_nothing_is_lost_nor_done_twice(postgres, tmp_path):
    plan = Plan(deliveries=15, work=0.3, freeze=4, outage=1, silent=2, patience=90)
    seen = soak(plan, postgres, tmp_path)
    assert seen.wrong == [], "\n".join(seen.lines)
