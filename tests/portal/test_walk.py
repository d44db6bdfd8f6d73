"""Random walks over all routes; `python3 dev.py walk` takes a long one."""

import os
from typing import Any

import pytest

from tests.portal.asker import Asker
from tests.portal.walk import Walk

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("WALK_SEED", "20191016"))
STEPS = int(os.environ.get("WALK_STEPS", "0"))


def walked(asker: Asker, seed: int, steps: int, record_property: Any) -> None:
    walk = Walk(asker, seed).take(steps)
    record_property("walk", f"随机游走:种子 {seed},{walk.told()}")
    assert not walk.found, "\n".join(walk.found[:40])


def test_a_short_walk(asker: Asker, record_property: Any) -> None:
    walked(asker, SEED, STEPS or 200, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 3))
def test_a_longer_walk(asker: Asker, number: int, record_property: Any) -> None:
    walked(asker, SEED + number, STEPS or 1500, record_property)


def test_the_walk_would_notice(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same step with the door left open finds what it looks for."""
    walk = Walk(asker, SEED)
    ask = ("township_officer", "township_officer", "", "GET", "/registry/social-organizations/")
    walk.judge(*ask, None)
    assert walk.found == []
    monkeypatch.setattr(
        "organizations.models.social_organization.SocialOrganizationQuerySet.visible_to",
        lambda self, user: self,
    )
    walk.judge(*ask, None)
    assert any("tells of a row" in one for one in walk.found)
