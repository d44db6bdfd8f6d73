"""Members whose hours of training reach what was due by the day."""

from datetime import date
from decimal import Decimal

import pytest

from evaluation.gather.people import hours_by_member, trained
from evaluation.gather.span import Span
from evaluation.rules.facts import year_period
from members.models import PartyPost, Training
from tests.members.world import make_member
from tests.world import FIRST, make_party

pytestmark = pytest.mark.django_db
SPAN = Span(year_period(2019), date(2019, 12, 31))


@pytest.mark.parametrize(
    ("hours", "leads", "reaches"),
    [
        ((), False, False),
        (("31.9",), False, False),
        (("10.7", "10.7", "10.6"), False, True),
        (("0.1",) * 320, False, True),
        (("0.1",) * 319, False, False),
        (("55.9",), True, False),
        (("18.7", "18.7", "18.6"), True, True),
    ],
)
def test_hours_at_the_border(hours: tuple[str, ...], leads: bool, reaches: bool) -> None:
    party = make_party(FIRST)
    member = make_member(party=party)
    make_member(party=party)
    if leads:
        PartyPost.objects.create(
            member=member, party_organization=party, duty="secretary", valid_from=date(2018, 1, 1)
        )
    Training.objects.bulk_create(
        Training(member=member, on=date(2019, 5, 1), hours=Decimal(one), subject=f"第{n}次")
        for n, one in enumerate(hours)
    )
    Training.objects.create(member=member, on=date(2018, 12, 31), hours=99, subject="上一年")
    found = trained([party.pk], SPAN).get(party.pk, {}).get("trained_count", 0)
    assert found == int(reaches)
    # the explanation names the same people
    told = hours_by_member([party.pk], SPAN).values()
    assert sum(done >= target for _, done, target in told) == found


def test_before_the_first_month_is_over_nothing_is_due() -> None:
    party = make_party(FIRST)
    make_member(party=party)
    early = Span(year_period(2019), date(2019, 1, 15))
    assert trained([party.pk], early)[party.pk]["trained_count"] == 1
