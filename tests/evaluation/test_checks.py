"""Rule checks R1 to R10, R18 and R19 at their borders; figure, list and record say the same; to-do per role."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from activities.models import Attendance, Vote
from evaluation.actions.check_settings import set_check_number
from evaluation.dashboard.quality import quality
from evaluation.dashboard.todo import todo
from evaluation.gather.checks import FINDERS, found_by
from evaluation.rules.checks import BY_CODE, CHECKS
from members.models import DuesMonth, LifeEvent, Member, Membership, MobilePeriod, PartyPost
from members.rules.dates import next_month
from organizations.models import PartyOrganization
from organizations.models.term import Election
from organizations.rules.terms import months_later
from tests.activities.world import make_branch, make_filed
from tests.conftest import signed_in
from tests.members.world import joint_elections, make_member
from tests.world import CITY, FIRST, SECOND, make_link, make_organization, make_party

pytestmark = pytest.mark.django_db
TODAY = date(2019, 10, 16)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T12:00:00+08:00", tick=False):
        yield


def with_post(party: PartyOrganization, *duties: str) -> PartyOrganization:
    people = [one.member for one in party.memberships.order_by("pk")]
    for member, duty in zip(people, duties, strict=False):
        PartyPost.objects.create(
            member=member, party_organization=party, duty=duty, valid_from=date(2018, 1, 1)
        )
    return party


def branch(members: int, *duties: str, **fields: Any) -> PartyOrganization:
    values = {"term_started_on": date(2018, 1, 1), "term_years": 3, **fields}
    return with_post(make_branch(members=members, **values), *duties)


def social(full: int, *, covered: bool = False, **fields: Any) -> Any:
    one = make_organization(full_member_count=full, **fields)
    if covered:
        make_link(one)
    return one


def elected(present: int, entitled: int) -> PartyOrganization:
    party = make_party()
    Election.objects.create(
        party_organization=party,
        held_on=date(2018, 6, 1),
        entitled=entitled,
        present=present,
        secretary="陈志强",
        term_years=3,
    )
    return party


def voted(n_for: int, user: User, **attendance: Any) -> PartyOrganization:
    party = make_branch(members=4)
    made = make_filed(party, date(2019, 10, 10), "members_meeting", by=user)
    Attendance.objects.filter(activity=made).update(may_vote=True)
    Vote.objects.create(
        activity=made, matter="接收", n_entitled=4, n_present=4, n_for=n_for, has_passed=True
    )
    return party


def probationer(user: User, may_vote: bool) -> PartyOrganization:
    party = voted(3, user)
    one = make_member(party=party, status="probationary", full_on=None)
    activity = party.activities.get()
    Attendance.objects.create(activity=activity, member=one, may_vote=may_vote)
    return party


def linked(party: PartyOrganization, number: int) -> PartyOrganization:
    for _ in range(number):
        make_link(make_organization(), party, mode="area_joint")
    return party


def came(user: User, *presences: tuple[date, str], since: date = date(2015, 1, 1)) -> Member:
    """A member who was expected at meetings of these days, and was there or not."""
    party = make_branch(members=1)
    member = make_member(party=party, since=since)
    for day, presence in presences:
        made = make_filed(party, day, "theme_day", by=user)
        Attendance.objects.update_or_create(
            activity=made, member=member, defaults={"presence": presence}
        )
    return member


def owing(*months: int, paid: bool = False, due: int = 5, **fields: Any) -> Member:
    """A member with dues of these months of 2019, paid on the last day or not at all."""
    member = make_member(**fields)
    party = member.memberships.get().party_organization
    for number in months:
        month = date(2019, number, 1)
        DuesMonth.objects.create(
            member=member,
            party_organization=party,
            month=month,
            deadline=next_month(month),
            payer="employed",
            base=1000,
            due=due,
            paid=5 if paid else 0,
            paid_on=month if paid else None,
        )
    return member


def away(member: Member) -> Member:
    MobilePeriod.objects.create(
        member=member, valid_from=date(2019, 1, 1), destination="外地", reason="务工"
    )
    return member


def lost(member: Member, on: date, *, found: date | None = None) -> Member:
    LifeEvent.objects.create(member=member, kind="missing", on=on)
    if found:
        LifeEvent.objects.create(member=member, kind="found", on=found)
    return member


def suspended(months: int, days: int = 0) -> Member:
    member = make_member(status="suspended")
    ended = date.fromordinal(months_later(TODAY, -months).toordinal() + days)
    Membership.objects.filter(member=member).update(valid_to=ended, exit="suspended")
    return member


# LONG_AGO is six months before the day, to the day
RECENT, LONG_AGO = date(2019, 10, 10), date(2019, 4, 16)
SEVEN = ("secretary", "organization", "publicity")
# check, a record, whether the check finds it
CASES: list[tuple[str, Callable[[User], Any], bool]] = [
    ("R1", lambda u: social(3), True),
    ("R1", lambda u: social(2), False),
    ("R1", lambda u: social(9, covered=True), False),
    ("R2", lambda u: branch(51), True),
    ("R2", lambda u: branch(50), False),
    ("R2", lambda u: branch(51, level="general_branch"), False),
    ("R3", lambda u: linked(make_party(level="joint_branch"), 6), True),
    ("R3", lambda u: linked(make_party(level="joint_branch"), 5), False),
    ("R3", lambda u: linked(make_party(), 6), False),
    ("R4", lambda u: make_party(level="temporary_branch", founded_on=date(2019, 4, 16)), True),
    ("R4", lambda u: make_party(level="temporary_branch", founded_on=date(2019, 4, 17)), False),
    ("R5", lambda u: branch(6, "secretary"), False),
    ("R5", lambda u: branch(6), True),
    ("R5", lambda u: branch(7, "secretary"), True),
    ("R5", lambda u: branch(7, *SEVEN), False),
    ("R5", lambda u: make_party(kind="joint"), False),
    ("R6", lambda u: branch(3, term_started_on=date(2017, 4, 16)), True),
    ("R6", lambda u: branch(3, term_started_on=date(2017, 4, 17)), False),
    ("R6", lambda u: branch(3, term_started_on=date(2016, 1, 1),
                            term_extended_to=date(2020, 6, 1)), False),
    ("R6b", lambda u: branch(3, term_started_on=None, term_years=None), True),
    ("R6b", lambda u: branch(3), False),
    ("R7", lambda u: branch(3, term_started_on=date(2015, 10, 16)), True),
    ("R7", lambda u: branch(3, term_started_on=date(2015, 10, 17)), False),
    ("R8", lambda u: elected(7, 9), True),
    ("R8", lambda u: elected(8, 10), False),
    ("R9", lambda u: voted(2, u), True),
    ("R9", lambda u: voted(3, u), False),
    ("R10", lambda u: probationer(u, may_vote=True), True),
    ("R10", lambda u: probationer(u, may_vote=False), False),
    ("R18", lambda u: came(u, (RECENT, "absent")), True),
    ("R18", lambda u: came(u, (LONG_AGO, "present"), (RECENT, "absent")), True),
    ("R18", lambda u: came(u, (date(2019, 4, 17), "present"), (RECENT, "absent")), False),
    ("R18", lambda u: came(u, (date(2019, 4, 17), "excused"), (RECENT, "absent")), False),
    ("R18", lambda u: came(u, (LONG_AGO, "absent")), False),
    ("R18", lambda u: came(u), False),
    ("R18", lambda u: came(u, (RECENT, "absent"), since=date(2019, 4, 17)), False),
    ("R18", lambda u: away(came(u, (RECENT, "absent"))), False),
    ("R18", lambda u: lost(came(u, (RECENT, "absent")), RECENT), False),
    ("R18", lambda u: owing(4, 5, 6, 7, 8, 9), True),
    ("R18", lambda u: away(owing(4, 5, 6, 7, 8, 9)), True),
    ("R18", lambda u: owing(5, 6, 7, 8, 9, 10), False),
    ("R18", lambda u: owing(3, 4, 5, 6, 7, 8), False),
    ("R18", lambda u: owing(4, 5, 6, 7, 8, 9, due=0), False),
    ("R18", lambda u: owing(4, 5, 6, 7, 8, 9, paid=True), False),
    ("R18", lambda u: owing(4, 5, 6, 7, 8, 9, status="left"), False),
    ("R18b", lambda u: owing(7, 8, 9), True),
    ("R18b", lambda u: owing(5, 6, 7, 8, 9), True),
    ("R18b", lambda u: owing(8, 9), False),
    ("R18b", lambda u: owing(4, 5, 6, 7, 8, 9), False),
    ("R18b", lambda u: came(u, (date(2019, 7, 16), "present"), (RECENT, "absent")), True),
    ("R18b", lambda u: came(u, (date(2019, 7, 17), "present"), (RECENT, "absent")), False),
    ("R19", lambda u: lost(make_member(), date(2019, 10, 1)), True),
    ("R19", lambda u: lost(came(u, (LONG_AGO, "present")), RECENT), True),
    ("R19", lambda u: lost(came(u, (date(2019, 4, 17), "present")), RECENT), False),
    ("R19", lambda u: lost(owing(4, paid=True), RECENT), True),
    ("R19", lambda u: lost(owing(5, paid=True), RECENT), False),
    ("R19", lambda u: lost(make_member(since=date(2019, 4, 17)), RECENT), False),
    ("R19", lambda u: lost(make_member(), date(2019, 1, 1), found=RECENT), False),
    ("R19", lambda u: make_member(), False),
    ("R19b", lambda u: suspended(24), True),
    ("R19b", lambda u: suspended(24, days=1), False),
    ("D1", lambda u: social(0), True),
    ("D2", lambda u: social(0, principal="", registrar="民政局"), True),
    ("D2", lambda u: social(0, principal="王", registrar="民政局"), False),
    ("D2", lambda u: social(0, principal="王", registrar="镇", credit_code=None,
                            category="community"), False),
    ("D3", lambda u: social(0, inspection_year=2017, inspection_result="passed"), True),
    ("D3", lambda u: social(0, inspection_year=2018, inspection_result="passed"), False),
    ("D3", lambda u: social(0, registered_on=date(2018, 7, 1)), False),
    ("D4", lambda u: make_member(gender=""), True),
]  # fmt: skip


@pytest.mark.parametrize(("code", "make", "found"), CASES)
def test_a_check_at_its_border(
    city: User, code: str, make: Callable[[User], Any], found: bool
) -> None:
    record = make(city)
    rows = found_by(BY_CODE[code], city, TODAY)
    assert rows.filter(pk=record.pk).exists() is found


@pytest.mark.parametrize(
    ("code", "term"),
    [
        ("R6", {"term_started_on": date(2016, 11, 1), "term_years": 3}),
        ("R6b", {}),
        ("R7", {"term_started_on": date(2015, 10, 16), "term_years": 3}),
    ],
)
def test_terms_of_joint_ones_are_checked_from_the_year_that_the_city_says(
    city: User, code: str, term: dict[str, Any]
) -> None:
    joint = make_branch(kind="joint", **term)
    make_branch(kind="affiliated", **term)

    def found() -> list[PartyOrganization]:
        return list(found_by(BY_CODE[code], city, TODAY))

    assert found() == []
    joint_elections(since=TODAY.year + 1, by=city)
    assert found() == []
    joint_elections(since=TODAY.year, by=city)
    assert found() == [joint]
    assert [row.count for row in quality(city, TODAY) if row.check.code == code] == [1]
    assert list(found_by(BY_CODE["R5"], city, TODAY)) == []  # they still need no committee


def test_a_solo_branch_needs_three_full_members(city: User) -> None:
    small, large = make_branch(members=2), make_branch(members=3)
    for party in (small, large):
        make_link(make_organization(), party, mode="solo")
    assert list(found_by(BY_CODE["R1b"], city, TODAY)) == [small]


def test_the_warning_ends_where_the_list_begins(city: User) -> None:
    one = owing(4, 5, 6, 7, 8, 9)
    values = {"area_code": CITY, "year": 2019, "reason": "市里文件", "by": city}
    set_check_number(name="R18.months", value=7, **values)
    assert list(found_by(BY_CODE["R18b"], city, TODAY)) == [one]
    assert not found_by(BY_CODE["R18"], city, TODAY)


def test_a_list_of_members_tells_their_last_signs(city: User) -> None:
    member = came(city, (LONG_AGO, "present"), (RECENT, "absent"))
    text = signed_in(city).get("/quality/R18/").content.decode()
    assert member.name in text
    assert "2019年4月16日" in text


def test_every_check_has_a_finder() -> None:
    assert set(FINDERS) == {check.code for check in CHECKS}


def test_the_number_is_the_list_and_stays_in_scope(city: User, officer: User) -> None:
    social(3, township=FIRST)
    social(5, township=SECOND)
    for user, number in ((city, 2), (officer, 1)):
        client = signed_in(user)
        rows = {row.check.code: row for row in client.get("/quality/").context["rows"]}
        assert rows["R1"].count == number
        for row in rows.values():
            listed = client.get(row.url)
            assert listed.context["page"].paginator.count == row.count


def test_a_year_may_set_another_number(city: User) -> None:
    party = linked(make_party(level="joint_branch"), 6)
    values = {"area_code": CITY, "name": "R3.units", "reason": "市里文件", "by": city}
    set_check_number(year=2020, value=9, **values)
    assert list(found_by(BY_CODE["R3"], city, TODAY)) == [party]
    set_check_number(year=2018, value=8, **values)
    assert not found_by(BY_CODE["R3"], city, TODAY)


def test_a_record_says_what_it_fails(city: User) -> None:
    client = signed_in(city)
    one = social(4)
    address = reverse("organizations:social-organization-page", args=[one.pk])
    assert "R1 应建未建" in client.get(address).content.decode()
    party = branch(7, "secretary")
    address = reverse("organizations:party-organization-page", args=[party.pk])
    assert "R5 班子不健全" in client.get(address).content.decode()


def test_what_waits_leads_to_just_those(city: User, officer: User) -> None:
    social(3, township=FIRST)
    social(0, township=FIRST)
    social(3, township=SECOND)
    branch(3, "secretary", term_started_on=date(2016, 11, 1))
    branch(3, "secretary", term_started_on=date(2016, 10, 1))
    # put off until soon; and two whose term ends on a border
    extended = {"term_started_on": date(2016, 9, 1), "term_extended_to": date(2019, 11, 1)}
    branch(3, "secretary", **extended)
    branch(3, "secretary", term_started_on=date(2016, 11, 16))
    branch(3, "secretary", term_started_on=date(2017, 1, 16))
    branch(3, kind="joint", term_started_on=date(2016, 10, 1))
    client = signed_in(officer)
    groups = client.get("/todo/").context["groups"]
    lines = {line.title: line for group in groups for line in group.lines}
    assert lines["应建未建"].count == 1
    assert lines["未覆盖"].count == 2
    assert lines["1 个月内届满"].count == 3
    assert lines["3 个月内届满"].count == 1
    assert lines["任期已届满"].count == 1
    ending = ("任期已届满", "1 个月内届满", "3 个月内届满")
    for title in ("应建未建", "未覆盖", "责任主体有缺口", *ending):
        page = client.get(lines[title].url).context["page"]
        count = page.paginator.count if hasattr(page, "paginator") else page.count
        assert count == lines[title].count, title
    joint_elections(since=TODAY.year, by=city)
    over = client.get(lines["任期已届满"].url).context["page"]
    assert over.count == 2
    now = {line.title: line for group in todo(officer, TODAY) for line in group.lines}
    assert now["任期已届满"].count == 2


def test_to_do_of_administrators_and_of_nobody(city: User) -> None:
    client = signed_in(city)
    assert "没有待办事项" in client.get("/todo/").content.decode()
