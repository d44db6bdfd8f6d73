"""A saved record always ends up in the published figure: marks, drain, sweep, faults."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import structlog
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from evaluation.actions import coverage as actions
from evaluation.actions.coverage import drain_coverage, sweep_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from evaluation.models import CoverageCell, CoverageMark, CoverageSweep, PublishedCoverage
from organizations.models import (
    CoverageLink,
    InstructorAssignment,
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
)
from tests.evaluation.recount import as_counter, recount
from tests.world import (
    FIRST,
    SECOND,
    THIRD,
    make_assignment,
    make_city,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
)


def marked() -> set[str]:
    return set(CoverageMark.objects.values_list("township_code", flat=True))


def published_total() -> Any:
    user = make_user(f"u{timezone.now().timestamp()}", "city_staff", "990101")
    return coverage_report(user, Selection(timezone.localdate())).total


def assert_published_is_right() -> None:
    assert marked() == set()
    assert as_counter(published_total()) == recount(timezone.localdate())["total"]


@pytest.fixture
def settled(db: None) -> None:
    make_city(uncovered=(SECOND, THIRD))
    drain_coverage()
    assert marked() == set()


@pytest.fixture
def settled_for_real(transactional_db: None) -> None:
    """The same with real commits, for what must begin a transaction of its own."""
    make_city(uncovered=(SECOND, THIRD))
    drain_coverage()


def first(model: Any, **match: Any) -> Any:
    return model.objects.filter(**match).order_by("pk").first()


def raw(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def in_first() -> SocialOrganization:
    return first(SocialOrganization, township=FIRST)


CHANGES: dict[str, tuple[Callable[[], Any], set[str]]] = {
    "create": (lambda: make_organization(SECOND), {SECOND}),
    "bulk_create": (
        lambda: SocialOrganization.objects.bulk_create(
            SocialOrganization(
                name=f"批量{n}",
                category="foundation",
                registered_on=date(2001, 1, 1),
                township_id=c,
            )
            for n, c in enumerate([FIRST, FIRST, THIRD])
        ),
        {FIRST, THIRD},
    ),
    "update of members": (
        lambda: SocialOrganization.objects.filter(township=FIRST).update(full_member_count=9),
        {FIRST},
    ),
    "update of nothing that counts": (
        lambda: SocialOrganization.objects.update(principal="某人", remark="x"),
        set(),
    ),
    "update of no rows": (
        lambda: SocialOrganization.objects.filter(pk=0).update(full_member_count=9),
        set(),
    ),
    "move": (
        lambda: SocialOrganization.objects.filter(pk=in_first().pk).update(township=SECOND),
        {FIRST, SECOND},
    ),
    "raw delete of links": (
        lambda: raw(
            "DELETE FROM organizations_coveragelink WHERE social_organization_id = %s",
            in_first().pk,
        ),
        {FIRST},
    ),
    "raw update of a link": (
        lambda: raw(
            "UPDATE organizations_coveragelink SET valid_to = %s WHERE social_organization_id = %s",
            "2016-01-01",
            in_first().pk,
        ),
        {FIRST},
    ),
    "link to another organization": (
        lambda: CoverageLink.objects.filter(social_organization=in_first()).update(
            social_organization=first(SocialOrganization, township=THIRD)
        ),
        {FIRST, THIRD},
    ),
    "bulk_update": (
        lambda: SocialOrganization.objects.bulk_update(
            [
                SocialOrganization(pk=o.pk, category="foundation")
                for o in SocialOrganization.objects.filter(township=SECOND)
            ],
            ["category"],
        ),
        {SECOND},
    ),
    "party dissolved": (
        lambda: PartyOrganization.objects.filter(
            coverage_links__social_organization=in_first()
        ).update(dissolved_on=date(2018, 1, 1)),
        {FIRST},
    ),
    "party elsewhere of a link here": (
        lambda: (
            make_link(in_first(), make_party(THIRD)),
            CoverageMark.objects.all().delete(),
            PartyOrganization.objects.filter(township=THIRD).update(dissolved_on=date(2018, 1, 1)),
        ),
        {FIRST, THIRD},
    ),
    "party made": (lambda: make_party(THIRD), {THIRD}),
    "party renamed": (lambda: PartyOrganization.objects.update(name="改名"), set()),
    "instructor": (lambda: make_assignment(first(SocialOrganization, township=THIRD)), {THIRD}),
    "instructor ended": (
        lambda: (
            make_assignment(first(SocialOrganization, township=THIRD)),
            CoverageMark.objects.all().delete(),
            InstructorAssignment.objects.update(valid_to=date(2016, 1, 1)),
        ),
        {THIRD},
    ),
    "deleted": (
        lambda: SocialOrganization.objects.filter(township=THIRD).delete(),
        {THIRD},
    ),
    "township named": (lambda: make_township("990101009", "新镇"), {"990101009"}),
    "unit of an organization renamed": (
        lambda: (
            SocialOrganization.objects.filter(township=SECOND).update(supervising_unit=make_unit()),
            CoverageMark.objects.all().delete(),
            SupervisingUnit.objects.update(name="改名局"),
        ),
        {SECOND},
    ),
}


@pytest.mark.usefixtures("settled")
@pytest.mark.parametrize("name", CHANGES)
def test_every_way_to_change_a_record_marks_the_right_townships(name: str) -> None:
    change, townships = CHANGES[name]
    change()
    assert marked() == townships
    drain_coverage()
    assert_published_is_right()


@pytest.mark.postgres
@pytest.mark.usefixtures("settled_for_real")
def test_one_statement_leaves_one_mark_a_township() -> None:
    SocialOrganization.objects.update(full_member_count=8)
    assert sorted(CoverageMark.objects.values_list("township_code", flat=True)) == sorted(marked())
    CoverageMark.objects.all().delete()
    raw("TRUNCATE organizations_coveragelink")
    assert marked() == {FIRST, SECOND, THIRD}
    drain_coverage()
    assert_published_is_right()


@pytest.mark.usefixtures("settled")
def test_a_change_that_is_rolled_back_leaves_no_mark() -> None:
    with transaction.atomic():
        make_organization(FIRST)
        assert marked() == {FIRST}
        transaction.set_rollback(True)
    assert marked() == set()


@pytest.mark.usefixtures("settled")
def test_generations_only_rise_and_untouched_townships_stay() -> None:
    before = dict(PublishedCoverage.objects.values_list("township_code", "generation"))
    make_organization(SECOND)
    assert drain_coverage().townships == [SECOND]
    after = dict(PublishedCoverage.objects.values_list("township_code", "generation"))
    assert after == {**before, SECOND: before[SECOND] + 1}
    assert drain_coverage().townships == []


@pytest.mark.usefixtures("settled")
def test_a_cell_that_empties_disappears() -> None:
    SocialOrganization.objects.filter(township=THIRD).delete()
    drain_coverage()
    assert not CoverageCell.objects.filter(township_code=THIRD).exists()


@pytest.mark.usefixtures("settled")
def test_figures_of_another_day_are_counted_again_without_a_mark() -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    CoverageLink.objects.filter(social_organization__township=FIRST).update(valid_to=tomorrow)
    drain_coverage()
    assert published_total().covered_count == 3
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=True):
        assert set(drain_coverage().townships) == {FIRST, SECOND, THIRD}
        assert published_total().covered_count == 1
        assert_published_is_right()


@pytest.mark.usefixtures("settled_for_real")
def test_a_sweep_finds_what_triggers_could_not_see() -> None:
    assert sweep_coverage().drifted == []
    CoverageCell.objects.filter(township_code=SECOND).update(covered_count=0)
    PublishedCoverage.objects.filter(township_code=THIRD).update(joint=5)
    sweep = sweep_coverage()
    assert sweep.drifted == [SECOND, THIRD]
    assert CoverageSweep.objects.count() == 2
    drain_coverage()
    assert_published_is_right()
    assert sweep_coverage().drifted == []


@pytest.mark.usefixtures("settled_for_real")
def test_a_sweep_leaves_townships_with_marks_to_the_drain() -> None:
    make_organization(SECOND)
    sweep = sweep_coverage()
    assert (sweep.drifted, sweep.township_count) == ([], 2)


@pytest.mark.usefixtures("settled_for_real")
def test_the_commands_say_what_they_did(capsys: pytest.CaptureFixture) -> None:
    make_organization(SECOND)
    call_command("drain_coverage")
    assert "1 个镇(街道)" in capsys.readouterr().out
    CoverageCell.objects.filter(township_code=SECOND).update(no_members=7)
    with pytest.raises(CommandError, match=SECOND):
        call_command("sweep_coverage")
    call_command("sweep_coverage")
    assert "已核对 3" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_one_township_that_cannot_be_counted_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_city()
    drain_coverage()
    make_organization(FIRST)
    make_organization(SECOND)
    count_rightly = actions.recount

    def fail_for_second(codes: list[str], day: date) -> None:
        if SECOND in codes:
            raw("SELECT * FROM no_such_table")
        count_rightly(codes, day)

    monkeypatch.setattr(actions, "recount", fail_for_second)
    with structlog.testing.capture_logs() as logs:
        done = drain_coverage()
    assert done.townships == [FIRST]
    assert done.failed == [SECOND]
    row = PublishedCoverage.objects.get(pk=SECOND)
    assert row.attempts == 1
    assert row.next_attempt_at > timezone.now()
    assert "no_such_table" in row.last_error
    assert marked() == {SECOND}
    for _ in range(4):
        PublishedCoverage.objects.filter(pk=SECOND).update(next_attempt_at=None)
        with structlog.testing.capture_logs() as logs:
            drain_coverage()
    assert "coverage_cannot_be_counted" in {entry["event"] for entry in logs}
    assert drain_coverage().failed == []  # waits for its next attempt
    monkeypatch.undo()
    PublishedCoverage.objects.update(next_attempt_at=None)
    drain_coverage()
    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (0, "")
    assert_published_is_right()


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.django_db(transaction=True)
def test_a_drain_killed_at_any_statement_loses_nothing() -> None:
    """Every statement of a drain in turn is the last one that the worker sends."""
    make_city(uncovered=(SECOND,))
    drain_coverage()
    statement, survived = 0, False
    while not survived:
        statement += 1
        SocialOrganization.objects.filter(township=FIRST).update(full_member_count=statement)
        make_link(make_organization(FIRST))
        sent = 0

        def dies(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal sent
            sent += 1
            if sent == statement:  # noqa: B023
                raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(dies):
                drain_coverage()
            survived = True
        except Killed:
            connection.close()
        published = PublishedCoverage.objects.get(pk=FIRST)
        if FIRST not in marked():
            # the claim went through, so must have the figures
            assert as_counter(published_total()) == recount(timezone.localdate())["total"]
        assert published.generation >= 1
        drain_coverage()
        assert_published_is_right()
    assert statement > 6


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("wrong", [None, "claim_after_compute", "one_snapshot"])
def test_drains_and_writers_at_once_never_leave_a_wrong_figure(
    wrong: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writers and two drains in threads; two planted mistakes show that the check can fail."""
    for code in (FIRST, SECOND):
        make_township(code)
    organizations = [make_organization(code) for code in (FIRST, SECOND) for _ in range(3)]
    for organization in organizations:
        make_link(organization)
    drain_coverage()
    if wrong:
        monkeypatch.setattr(actions, "_drain_batch", WRONG[wrong])
    mistakes = 0
    for attempt in range(40 if wrong else 60):
        barrier = threading.Barrier(4)

        def write(code: str, attempt: int = attempt) -> None:
            barrier.wait()  # noqa: B023
            for number in range(4):
                ends = date(2016, 1, 1) if (attempt + number) % 2 else None
                links = CoverageLink.objects.filter(social_organization__township=code)
                links.filter(pk=links.order_by("pk")[number % 3].pk).update(valid_to=ends)
            connection.close()

        def drain() -> None:
            barrier.wait()  # noqa: B023
            for _ in range(4):
                drain_coverage(budget=5)
            connection.close()

        threads = [threading.Thread(target=write, args=(code,)) for code in (FIRST, SECOND)]
        threads += [threading.Thread(target=drain) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        drain_coverage()
        expected = recount(timezone.localdate())["township"]
        for code in (FIRST, SECOND):
            cells = CoverageCell.objects.filter(township_code=code, mode="")
            covered = sum(cells.values_list("covered_count", flat=True))
            mistakes += marked() == set() and covered != expected[code]["covered_count"]
        if mistakes and wrong:
            break
        if mistakes:
            CoverageMark.objects.create(township_code=FIRST)
    assert (mistakes > 0) is (wrong is not None)


def _claim_after_compute(day: date, waiting: list[str]) -> list[str]:
    with transaction.atomic():
        rows = PublishedCoverage.objects.filter(township_code__in=waiting)
        codes = sorted(rows.select_for_update().values_list("township_code", flat=True))
        if codes:
            actions.recount(codes, day)
            CoverageMark.objects.filter(township_code__in=codes).delete()
        return codes


def _one_snapshot(day: date, waiting: list[str]) -> list[str]:
    with transaction.atomic():
        raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = PublishedCoverage.objects.filter(township_code__in=waiting)
        codes = sorted(rows.values_list("township_code", flat=True))
        if codes:
            connection.cursor().execute("SELECT pg_sleep(0.003)")
            ids = list(CoverageMark.objects.values_list("pk", flat=True))
            try:
                actions.recount(codes, day)
            except DatabaseError:
                transaction.set_rollback(True)
                return []
        else:
            return []
    # the marks of others that came meanwhile go too: the mistake of a watermark
    CoverageMark.objects.filter(pk__lte=max(ids, default=0) + 2).delete()
    return codes


WRONG = {"claim_after_compute": _claim_after_compute, "one_snapshot": _one_snapshot}
