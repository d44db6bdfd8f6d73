"""A slow count of duties, organization by organization, that shares nothing with the panel."""

from collections import Counter
from datetime import date
from typing import Any

from activities.models import Activity, YearPlan
from organizations.models import PartyOrganization

MONTHLY = ("committee_meeting", "group_meeting", "theme_day")
QUARTERLY = ("members_meeting", "lecture")
YEARLY = ("life_meeting", "appraisal", "talk")


def spans(duty: str, year: int) -> list[tuple[int, date, date, date]]:
    """Number, first day, day after the last, day on which one must exist."""

    def first(month: int) -> date:
        return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)

    if duty in MONTHLY:
        return [(m, first(m), first(m + 1), first(m)) for m in range(1, 13)]
    if duty in QUARTERLY:
        return [(q, first(3 * q - 2), first(3 * q + 1), first(3 * q - 2)) for q in range(1, 5)]
    if duty == "plan":
        return [(1, first(1), first(2), first(1))]
    return [(1, first(1), first(13), first(10))]


def recount(year: int, as_of: date, parties: list[PartyOrganization]) -> dict[Any, Counter]:
    """Owed and done by (township, duty, number of the period)."""
    owed: Counter = Counter()
    done: Counter = Counter()
    for party in parties:
        if party.kind == "affiliated":
            continue
        for duty in (*MONTHLY, *QUARTERLY, *YEARLY, "plan"):
            for number, first, end, needed in spans(duty, year):
                if first > as_of:
                    continue
                if party.founded_on > needed or (party.dissolved_on and party.dissolved_on < end):
                    continue
                key = (party.township_id, duty, number)
                if duty == "group_meeting":
                    for group in party.groups.all():
                        if group.valid_from > needed or (group.valid_to and group.valid_to < end):
                            continue
                        owed[key] += 1
                        done[key] += bool(held(party, duty, first, end, as_of, group))
                    continue
                if duty == "committee_meeting":
                    holders = {
                        post.member_id
                        for post in party.posts.all()
                        if post.valid_from <= first and (not post.valid_to or post.valid_to > first)
                    }
                    if len(holders) < 3:
                        continue
                owed[key] += 1
                if duty == "plan":
                    plans = YearPlan.objects.filter(party_organization=party, year=year)
                    done[key] += any(p.filed_on and p.filed_on <= as_of for p in plans)
                else:
                    done[key] += bool(held(party, duty, first, end, as_of, None))
    return {"owed": owed, "done": done}


def held(party: Any, duty: str, first: date, end: date, as_of: date, group: Any) -> list[Activity]:
    return [
        activity
        for activity in Activity.objects.filter(party_organization=party)
        if activity.state == "filed"
        and first <= activity.held_on < end
        and activity.held_on <= as_of
        and duty in activity.kinds
        and (group is None or activity.group_id == group.pk)
    ]
