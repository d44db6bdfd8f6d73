"""Whatever officers do, the figures equal a slow recount, and parts add up to totals."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from evaluation.actions.coverage import drain_coverage, sweep_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from evaluation.models import CoverageCell, CoverageMark, PublishedCoverage
from organizations.models import (
    CoverageLink,
    Instructor,
    InstructorAssignment,
    PartyOrganization,
    SocialOrganization,
    Township,
)
from tests.evaluation.recount import as_counter, recount
from tests.world import (
    FIRST,
    SECOND,
    THIRD,
    make_assignment,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
    sign_in,
)

TOWNSHIPS = (FIRST, SECOND, THIRD)
GROUPINGS = [
    *("township", "category", "supervising_unit", "mode", "month"),
    *("township,category", "township,mode", "category,month"),
]
past = st.integers(1, 4000).map(lambda days: timezone.localdate() - timedelta(days=days))
place = st.integers(0, 10**6)


class CoverageMachine(RuleBasedStateMachine):
    """Registers, moves, closes, reopens, links, ends, dissolves; drains now and then."""

    user: User
    client: Client

    @initialize()
    def empty_city(self) -> None:
        for model in (
            *(CoverageLink, InstructorAssignment, Instructor, SocialOrganization),
            *(PartyOrganization, CoverageCell, PublishedCoverage, CoverageMark),
        ):
            model.objects.all().delete()
        for code in TOWNSHIPS:
            make_township(code)
        self.units = [None, make_unit("市民政局"), make_unit("市司法局")]

    def pick(self, model: Any, number: int) -> Any:
        rows = list(model.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    @rule(
        code=st.sampled_from(TOWNSHIPS),
        category=st.sampled_from(["social_group", "foundation"]),
        unit=st.integers(0, 2),
        day=past,
        members=st.integers(0, 4),
        status=st.sampled_from(["normal", "normal", "shell", "winding_up"]),
    )
    def register(
        self, code: str, category: str, unit: int, day: date, members: int, status: str
    ) -> None:
        make_organization(
            code,
            category=category,
            supervising_unit=self.units[unit],
            registered_on=day,
            full_member_count=members,
            status=status,
        )

    @rule(code=st.sampled_from(TOWNSHIPS), kind=st.sampled_from(["standing", "joint"]), day=past)
    def found(self, code: str, kind: str, day: date) -> None:
        make_party(code, kind=kind, founded_on=day)

    @precondition(lambda self: SocialOrganization.objects.exists())
    @rule(number=place, code=st.sampled_from(TOWNSHIPS))
    def move(self, number: int, code: str) -> None:
        one = self.pick(SocialOrganization, number)
        SocialOrganization.objects.filter(pk=one.pk).update(township=code)

    @precondition(lambda self: SocialOrganization.objects.exists())
    @rule(number=place, days=st.integers(1, 3000))
    def close(self, number: int, days: int) -> None:
        one = self.pick(SocialOrganization, number)
        one.deregistered_on = one.registered_on + timedelta(days=days)
        one.status = "deregistered"
        one.save()

    @precondition(lambda self: SocialOrganization.objects.exists())
    @rule(number=place)
    def reopen(self, number: int) -> None:
        one = self.pick(SocialOrganization, number)
        one.deregistered_on, one.status = None, "normal"
        one.save()

    @precondition(
        lambda self: SocialOrganization.objects.exists() and PartyOrganization.objects.exists()
    )
    @rule(a=place, b=place, mode=st.sampled_from(["solo", "attached"]), day=past)
    def cover(self, a: int, b: int, mode: str, day: date) -> None:
        organization, party = self.pick(SocialOrganization, a), self.pick(PartyOrganization, b)
        same = {"social_organization": organization, "party_organization": party}
        if not CoverageLink.objects.filter(**same, valid_to=None).exists():
            make_link(organization, party, mode=mode, valid_from=day)

    @precondition(lambda self: CoverageLink.objects.filter(valid_to=None).exists())
    @rule(number=place, days=st.integers(1, 3000))
    def end_link(self, number: int, days: int) -> None:
        rows = list(CoverageLink.objects.filter(valid_to=None).order_by("pk"))
        link = rows[number % len(rows)]
        CoverageLink.objects.filter(pk=link.pk).update(
            valid_to=link.valid_from + timedelta(days=days)
        )

    @precondition(lambda self: PartyOrganization.objects.exists())
    @rule(number=place, days=st.integers(1, 3000))
    def dissolve(self, number: int, days: int) -> None:
        party = self.pick(PartyOrganization, number)
        party.dissolved_on = party.founded_on + timedelta(days=days)
        party.save()

    @precondition(lambda self: SocialOrganization.objects.exists())
    @rule(number=place, day=past)
    def assign(self, number: int, day: date) -> None:
        make_assignment(self.pick(SocialOrganization, number), valid_from=day)

    @precondition(lambda self: SocialOrganization.objects.exists())
    @rule(number=place)
    def delete(self, number: int) -> None:
        one = self.pick(SocialOrganization, number)
        CoverageLink.objects.filter(social_organization=one).delete()
        InstructorAssignment.objects.filter(social_organization=one).delete()
        SocialOrganization.objects.filter(pk=one.pk).delete()

    @rule()
    def drain(self) -> None:
        drain_coverage()

    @rule(day=past, grouping=st.sampled_from(GROUPINGS))
    def ask_about_the_past(self, day: date, grouping: str) -> None:
        self.assert_answer(day, grouping)

    @rule(grouping=st.sampled_from(GROUPINGS))
    def ask_about_today(self, grouping: str) -> None:
        drain_coverage()
        assert not sweep_coverage().drifted
        self.assert_answer(timezone.localdate(), grouping)

    def assert_answer(self, day: date, grouping: str) -> None:
        url = f"/api/v1/coverage/?as_of={day}&group_by={grouping}"
        answer = self.client.get(url).json()
        expected = recount(day)
        total = Counter({k: v for k, v in answer["total"].items() if k.endswith("count")})
        assert +total == Counter(
            {k: v for k, v in expected["total"].items() if k in answer["total"]}
        )
        assert +Counter(answer["uncovered"]) == Counter(
            {k: v for k, v in expected["total"].items() if k in answer["uncovered"]}
        )
        if "month" in grouping:
            months = [g for g in answer["groups"] if g["month"] == f"{day:%Y-%m}"]
            if months and grouping == "month":
                assert months[0]["covered_count"] == answer["total"]["covered_count"]
        elif "mode" not in grouping:
            for name in ("social_organization_count", "covered_count", "work_covered_count"):
                parts = sum(group[name] for group in answer["groups"])
                assert parts == answer["total"][name]
        elif grouping == "mode":
            found = {g["mode"]: g["covered_count"] for g in answer["groups"]}
            assert found == {k: v["covered_count"] for k, v in expected["mode"].items()}
            for group in answer["groups"]:
                assert group["social_organization_count"] == total["social_organization_count"]

    @invariant()
    def published_is_right_where_nothing_is_marked(self) -> None:
        marked = set(CoverageMark.objects.values_list("township_code", flat=True))
        expected = recount(timezone.localdate())["township"]
        for row in PublishedCoverage.objects.exclude(pk__in=marked):
            cells = CoverageCell.objects.filter(township_code=row.pk, mode="")
            sums = Counter()
            for cell in cells:
                for name in ("social_organization_count", "covered_count", "work_covered_count"):
                    sums[name] += getattr(cell, name)
            here = expected.get(row.pk, Counter())
            assert +sums == Counter({k: here[k] for k in sums if here[k]})


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_figures_follow_the_records_whatever_happens(client: Client) -> None:
    user = make_user("lin", "city_staff", "990101")
    sign_in(client, user)
    CoverageMachine.user, CoverageMachine.client = user, client
    run_state_machine_as_test(
        CoverageMachine,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_a_trend_equals_one_question_a_month(city: User) -> None:
    for number, code in enumerate([FIRST, FIRST, SECOND, THIRD, THIRD]):
        organization = make_organization(code, registered_on=date(2018, 1 + number * 2, 1 + number))
        make_link(organization, valid_from=date(2018, 6 + number, 1), mode="attached")
        if number % 2:
            other = make_party(code, founded_on=date(2018, 2, 1), dissolved_on=date(2018, 11, 15))
            make_link(organization, other, valid_from=date(2018, 3, 9))
            make_assignment(organization, valid_from=date(2018, 4, 2), valid_to=date(2018, 5, 30))
    day = date(2018, 12, 20)
    for names in (("month",), ("township", "month"), ("month", "mode"), ("category", "month")):
        report = coverage_report(city, Selection(day), [names], months=14)
        months = {group.codes["month"] for group in report.groups[names]}
        assert len(months) == 14 or "mode" in names
        rest = tuple(name for name in names if name != "month")
        for group in report.groups[names]:
            year, month = map(int, group.codes["month"].split("-"))
            end = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
            single = coverage_report(city, Selection(min(end, day)), [rest] if rest else [])
            codes = {name: group.codes[name] for name in rest}
            options = [g.coverage for g in single.groups.get(rest, []) if g.codes == codes]
            other = (options or [single.total])[0] if rest else single.total
            for name in ("social_organization_count", "covered_count", "work_covered_count"):
                found = getattr(group.coverage, name)
                assert found == (getattr(other, name) if options or not rest else 0), (names, name)


@pytest.mark.django_db
def test_an_organization_of_two_modes_stands_in_both_groups_and_once_in_the_total(
    city: User,
) -> None:
    organization = make_organization(FIRST)
    make_link(organization, mode="solo")
    make_link(organization, mode="dual")
    make_link(organization, mode="dual")
    make_organization(FIRST)
    report = coverage_report(city, Selection(timezone.localdate()), [("mode",)])
    assert report.total.covered_count == 1
    assert {g.codes["mode"]: g.coverage.covered_count for g in report.groups[("mode",)]} == {
        "solo": 1,
        "dual": 1,
    }


@pytest.mark.django_db
def test_township_lists_stay_complete_when_a_township_is_empty(city: User) -> None:
    make_township(FIRST)
    assert Township.objects.count() == 1
    report = coverage_report(city, Selection(timezone.localdate()), [("township",)])
    assert as_counter(report.total) == Counter()
    assert report.groups[("township",)] == []
