"""Runs over real records: right, idempotent, resumable, never over what people have handed in."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import LeaseLost, User
from evaluation.actions import rating_runs
from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.gather.ratings import yearly_facts
from evaluation.models import RatingChunk, RatingRun, StarRating
from evaluation.rules.facts import facts_of, year_period
from evaluation.rules.rating import Rater, rate
from evaluation.rules.scheme import scheme_of
from evaluation.rules.vocabulary import RatingState, RunReason, RunState
from members.models import PartyPost, Pledge
from organizations.models import PartyOrganization
from tests.activities.world import make_branch, make_filed
from tests.members.world import joint_elections, make_member
from tests.world import CITY, SECOND, make_link, make_organization, make_party

pytestmark = pytest.mark.django_db
YEAR = 2019
NOW = date(2019, 12, 31)


@pytest.fixture(autouse=True)
def _end_of_the_year() -> Iterator[None]:
    with time_machine.travel(f"{NOW}T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def no_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are worked on by the test itself."""
    monkeypatch.setattr(rating_runs, "ring_after_commit", lambda *names: None)


def ask(reason: RunReason = RunReason.ASKED, **values: Any) -> RatingRun:
    options: dict[str, Any] = {"year": YEAR, "as_of": NOW, "by": None, **values}
    scheme = scheme_in_force(CITY, YEAR)
    return ask_for_run(area_code=CITY, scheme=scheme, reason=reason, **options)


def run(**values: Any) -> RatingRun:
    return work_on_run(ask(**values).pk)


def facts_now(party: PartyOrganization) -> Any:
    rows = PartyOrganization.objects.filter(pk=party.pk)
    return yearly_facts(rows, year_period(YEAR), NOW)[party.pk]


def test_records_become_facts(city: User) -> None:
    party = make_branch(members=4, term_started_on=date(2018, 6, 1), term_years=3)
    make_link(make_organization(charter_state="approved"), party)
    for month in (1, 2, 3, 5):
        make_filed(party, date(2019, month, 12), "members_meeting", by=city)
    make_filed(party, date(2019, 3, 20), "theme_day", by=city)
    make_filed(party, date(2018, 12, 20), "theme_day", by=city)  # another year
    member = party.memberships.first().member
    PartyPost.objects.create(
        member=member, party_organization=party, duty="secretary", valid_from=date(2018, 6, 1)
    )
    Pledge.objects.create(
        member=member,
        year=2019,
        promise="带头服务",
        promised_on=date(2019, 2, 1),
        review="good",
        reviewed_on=date(2019, 12, 1),
    )
    found = facts_now(party)
    assert found.term_ends_on == date(2021, 6, 1)
    assert (found.member_count, found.full_member_count) == (4, 4)
    assert found.has_secretary
    assert (found.general_meeting_quarters, found.theme_day_months) == (2, 1)
    assert (found.present_count, found.expected_count) == (20, 20)
    assert (found.covered_count, found.charter_approved_count) == (1, 1)
    assert (found.pledged_count, found.record_count) == (1, 5)
    assert found.timely_record_count == 0  # all were filed on the year's last day
    assert found.failed_setup_rules == ()


def test_the_year_s_parameter_of_joint_elections_is_a_fact_and_stays_one(
    no_bell: None, city: User
) -> None:
    joint = make_branch(kind="joint", term_started_on=date(2015, 6, 1), term_years=3)

    def rated() -> tuple[bool, Any, bool]:
        run()
        row = StarRating.objects.get(party_organization=joint)
        item = next(one for one in row.result["items"] if one["code"] == "A2")
        replayed = rate(row.stored_facts, scheme_of(scheme_in_force(CITY, YEAR).content))
        assert replayed.as_json().items() <= row.result.items()
        vetoed = "V5" in row.result["suggested_vetoes"]
        return row.stored_facts.joint_elects, item["got"], vetoed

    assert rated() == (False, None, False)
    joint_elections(since=YEAR + 1, by=city)
    assert rated() == (False, None, False)
    joint_elections(since=YEAR, by=city)
    assert rated() == (True, "0.00", True)
    row = StarRating.objects.get()
    StarRating.objects.update(state=RatingState.PUBLISHED, frozen_at=timezone.now())
    joint_elections(since=YEAR, value=0, by=city)
    run()
    assert StarRating.objects.get().facts == row.facts
    call_command("replay_ratings")


def test_the_number_of_queries_does_not_grow(no_bell: None, city: User) -> None:
    def queries() -> int:
        asked = ask()
        with CaptureQueriesContext(
            connection,
        ) as counted:
            work_on_run(asked.pk)
        return len(counted)

    make_filed(make_branch(), date(2019, 3, 20), "theme_day", by=city)
    one = queries()
    for _ in range(5):
        make_filed(make_branch(members=5), date(2019, 4, 20), "theme_day", by=city)
    assert queries() <= one
    assert StarRating.objects.count() == 6


def test_only_kinds_that_are_rated_of_this_city(no_bell: None) -> None:
    rated = make_branch()
    make_branch(kind="affiliated")
    make_branch(dissolved_on=date(2018, 12, 31))
    make_branch(township="880101001")
    joint = make_party(SECOND, kind="joint")
    run()
    found = StarRating.objects.values_list("party_organization", flat=True)
    assert set(found) == {rated.pk, joint.pk}


def test_a_rerun_changes_nothing(no_bell: None, city: User) -> None:
    make_filed(make_branch(), date(2019, 3, 20), "theme_day", by=city)
    make_branch()
    first = run()
    stored = list(StarRating.objects.order_by("pk").values())
    second = run()
    assert (first.state, first.changed_count) == (RunState.DONE, 2)
    assert (second.state, second.changed_count, second.changes) == (RunState.DONE, 0, [])
    assert list(StarRating.objects.order_by("pk").values()) == stored


def test_a_changed_record_changes_its_rating_alone(no_bell: None, city: User) -> None:
    one, other = make_branch(), make_branch()
    run()
    make_filed(one, date(2019, 12, 30), "theme_day", by=city)
    again = run()
    assert again.changed_count == 1
    assert StarRating.objects.get(party_organization=one).run == again
    assert StarRating.objects.get(party_organization=other).run != again


def test_a_rating_replays_from_what_was_stored(no_bell: None) -> None:
    make_branch()
    run()
    stored = StarRating.objects.get()
    replayed = rate(facts_of(stored.facts), stored.scheme.scheme).as_json()
    assert {**replayed, "suggested_vetoes": stored.result["suggested_vetoes"]} == stored.result


@pytest.mark.parametrize("state", [s for s in RatingState if s != RatingState.DRAFT])
def test_what_people_handed_in_is_not_touched(
    no_bell: None, state: RatingState, city: User
) -> None:
    party = make_branch()
    run()
    StarRating.objects.update(
        state=state, frozen_at=timezone.now(), final_star=2 if state == "decided" else None
    )
    before = StarRating.objects.values().get()
    make_filed(party, date(2019, 12, 30), "theme_day", by=city)
    again = run()
    assert (again.changed_count, again.skipped_count) == (0, 1)
    assert StarRating.objects.values().get() == before


def test_one_run_of_a_period_at_a_time(no_bell: None) -> None:
    make_branch()
    ask()
    with pytest.raises(Exception, match="正在计算"):
        ask()
    ask(quarter=4)


def test_a_killed_worker_leaves_its_chunk_to_another(
    no_bell: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating_runs, "CHUNK", 2)
    for _ in range(5):
        make_branch()
    asked = ask()
    # a worker takes a chunk and is never heard of again
    taken = rating_runs._claim(asked)
    assert taken is not None
    assert work_on_run(asked.pk).state == RunState.RUNNING
    assert StarRating.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        done = work_on_run(asked.pk)
    assert (done.state, done.done_count) == (RunState.DONE, 5)
    # it comes back late: what it had in hand is no longer its own
    with pytest.raises(LeaseLost):
        rating_runs._compute(done, taken, Rater(done.scheme.scheme))
    done.refresh_from_db()
    assert (done.done_count, StarRating.objects.count()) == (5, 5)


def test_a_run_waits_for_the_worker_that_is_at_its_last_attempt(no_bell: None) -> None:
    make_branch()
    asked = ask()
    RatingChunk.objects.update(attempts=rating_runs.MOST_ATTEMPTS - 1)
    taken = rating_runs._claim(asked)
    assert taken is not None
    # another worker comes by meanwhile
    assert work_on_run(asked.pk).state == RunState.RUNNING
    rating_runs._compute(asked, taken, Rater(asked.scheme.scheme))
    assert work_on_run(asked.pk).state == RunState.DONE
    # one that is killed at its last attempt is waited for as long as its lease runs
    again = ask()
    RatingChunk.objects.filter(run=again).update(attempts=rating_runs.MOST_ATTEMPTS - 1)
    assert rating_runs._claim(again) is not None
    assert work_on_run(again.pk).state == RunState.RUNNING
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=False):
        assert work_on_run(again.pk).state == RunState.FAILED


def test_a_chunk_that_always_fails_is_reported(
    no_bell: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rating_runs, "CHUNK", 1)
    good, bad = make_branch(), make_branch()
    asked = ask()
    StarRating.objects.all()
    real = rating_runs.yearly_facts

    def facts(parties: Any, period: Any, as_of: Any) -> Any:
        if parties.filter(pk=bad.pk).exists():
            raise ValueError("这条记录读不出来")
        return real(parties, period, as_of)

    monkeypatch.setattr(rating_runs, "yearly_facts", facts)
    for minutes in range(rating_runs.MOST_ATTEMPTS):
        with time_machine.travel(timezone.now() + timedelta(minutes=3 * minutes), tick=False):
            work_on_run(asked.pk)
    asked.refresh_from_db()
    assert asked.state == RunState.FAILED
    assert "读不出来" in asked.errors[0]
    assert StarRating.objects.get().party_organization == good


def test_quotas_hold_in_the_city(no_bell: None) -> None:
    for _ in range(3):
        make_member(party=make_branch())
    run()
    StarRating.objects.update(rule_star=5, star=5, score=95)
    asked = RatingRun.objects.latest("pk")
    rating_runs.apply_quotas(asked)
    assert sorted(StarRating.objects.values_list("star", flat=True)) == [3, 4, 5]


def test_finished_chunks_are_forgotten(no_bell: None) -> None:
    make_branch()
    run()
    rating_runs.forget_old_runs()
    assert not RatingChunk.objects.exists()
    assert RatingRun.objects.count() == 1
