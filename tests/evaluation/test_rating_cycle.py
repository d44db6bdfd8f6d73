"""A year's cycle from opening to naming, with returns, objections and what is refused on the way."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from evaluation.actions import rating_cycle
from evaluation.actions.rating_review import (
    RatingChangedMeanwhile,
    assess,
    decide_star,
    decide_veto,
    send_back,
)
from evaluation.actions.rating_runs import ask_for_run, resume_runs, work_on_run
from evaluation.actions.schemes import scheme_in_force, scheme_to_rate_by
from evaluation.forms.ratings import CycleForm
from evaluation.models import RatingChunk, RatingCycle, RatingRun, RatingScheme, StarRating
from evaluation.rules.scheme import DEFAULT_ITEMS
from evaluation.rules.vocabulary import CycleStage, RatingState, RunReason
from evaluation.working_days import is_workday, last_working_day
from tests.activities.world import make_branch, make_filed
from tests.conftest import signed_in
from tests.world import CITY, FIRST, SECOND, make_user

pytestmark = pytest.mark.django_db
YEAR = 2019


@pytest.fixture(autouse=True)
def _november() -> Iterator[None]:
    with time_machine.travel("2019-11-25T12:00:00+08:00", tick=False):
        yield


@pytest.fixture
def cycle(city: User) -> RatingCycle:
    days = CycleForm.usual_days(YEAR)
    return rating_cycle.open_cycle(area_code=CITY, year=YEAR, days=days, by=city)


def frozen(cycle: RatingCycle, by: User) -> RatingCycle:
    """First review has begun; the run is worked on at once, since there is no broker."""
    rating_cycle.begin_first_review(cycle=cycle, as_of=date(2019, 11, 25), by=by)
    from_db = RatingCycle.objects.get(pk=cycle.pk)
    if from_db.stage == CycleStage.SELF:
        resume_runs()
        from_db.refresh_from_db()
    return from_db


def handed_in(rating: StarRating, stage: str, by: User, **given: Any) -> StarRating:
    return assess(
        rating=rating,
        stage=stage,
        scores=given,
        remark="",
        version=StarRating.objects.get(pk=rating.pk).version,
        by=by,
    )


def only() -> StarRating:
    return StarRating.objects.select_related("party_organization").get()


def test_from_opening_to_naming(city: User, officer: User, cycle: RatingCycle) -> None:
    party = make_branch()
    cycle = frozen(cycle, city)
    assert cycle.stage == CycleStage.FIRST
    rating = only()
    assert rating.frozen_at is not None
    item = next(one for one in rating.result["items"] if one["code"] == "D1")
    assert item["got"] == "0.00"
    with pytest.raises(ValidationError, match="还有 1 个"):
        rating_cycle.advance_cycle(cycle=cycle, by=city)
    handed_in(rating, "first", officer, D1={"points": "3", "note": "现场核实有三项"})
    cycle = rating_cycle.advance_cycle(cycle=cycle, by=city)
    handed_in(rating, "committee", city, D1={"points": "2", "note": "两项合格"})
    cycle = rating_cycle.advance_cycle(cycle=cycle, by=city)
    rating = only()
    assert (rating.first_scores["scores"]["D1"]["points"], rating.score) == ("3.00", rating.score)
    with pytest.raises(ValidationError, match="写明理由"):
        decide_star(rating=rating, star=3, reason="", version=rating.version, by=city)
    star = rating.star or 0
    decide_star(rating=rating, star=star, reason="", version=rating.version, by=city)
    cycle = rating_cycle.begin_notice(cycle=cycle, first_day=date(2020, 1, 20), by=city)
    assert cycle.notice_until == date(2020, 2, 3)  # 春节(当年延长至 2 月 2 日)
    with pytest.raises(ValidationError, match="公示期未满"):
        rating_cycle.name_stars(cycle=cycle, document="x", day=date(2020, 2, 3), by=city)
    rating_cycle.name_stars(cycle=cycle, document="石组〔2020〕1号", day=date(2020, 2, 4), by=city)
    rating = only()
    assert (rating.state, rating.final_star) == (RatingState.PUBLISHED, star)
    assert rating.final_score > rating.score
    with pytest.raises(DatabaseError), transaction.atomic():
        StarRating.objects.update(final_star=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        rating.delete()
    assert party.star_ratings.count() == 1
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"star_rating.first", "star_rating.decide", "rating_cycle.name"} <= actions


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"D1": {"points": "8", "note": "x"}}, "0 至 7"),
        ({"D1": {"points": "-1", "note": "x"}}, "0 至 7"),
        ({"D1": {"points": "3", "note": ""}}, "写明理由"),
        ({"D1": {"points": "三", "note": "x"}}, "不是数字"),
        ({"Z9": {"points": "3", "note": "x"}}, "没有项目"),
        ({"B3": {"points": "3", "note": "x"}}, "不适用"),
    ],
)
def test_points_that_cannot_be(
    city: User, officer: User, cycle: RatingCycle, given: dict, part: str
) -> None:
    make_branch()
    frozen(cycle, city)
    with pytest.raises(ValidationError, match=part):
        handed_in(only(), "first", officer, **given)
    assert only().state == RatingState.DRAFT


def test_each_stage_takes_its_own_step_only(city: User, officer: User, cycle: RatingCycle) -> None:
    make_branch()
    frozen(cycle, city)
    with pytest.raises(ValidationError, match="上级初评"):
        handed_in(only(), "committee", city)
    with pytest.raises(ValidationError, match="上级初评"):
        handed_in(only(), "self", officer)
    leader = make_user("chen", "leader", CITY)
    with pytest.raises(PermissionDenied):
        handed_in(only(), "first", leader)
    with pytest.raises(PermissionDenied):
        rating_cycle.advance_cycle(cycle=cycle, by=officer)


def test_sending_back_needs_a_reason_and_the_other_notices(
    city: User, officer: User, cycle: RatingCycle
) -> None:
    make_branch()
    frozen(cycle, city)
    handed_in(only(), "first", officer)
    old = only()
    with pytest.raises(ValidationError, match="理由"):
        send_back(rating=old, reason=" ", by=city)
    send_back(rating=old, reason="请核对七有", by=city)
    assert only().state == RatingState.SELF
    with pytest.raises(RatingChangedMeanwhile):
        assess(rating=old, stage="first", scores={}, remark="", version=old.version, by=officer)
    handed_in(only(), "first", officer)
    assert only().state == RatingState.FIRST


def test_an_objection_holds_up_naming_until_it_is_answered(
    city: User, officer: User, cycle: RatingCycle
) -> None:
    make_branch()
    cycle = frozen(cycle, city)
    handed_in(only(), "first", officer)
    cycle = rating_cycle.advance_cycle(cycle=cycle, by=city)
    handed_in(only(), "committee", city)
    cycle = rating_cycle.advance_cycle(cycle=cycle, by=city)
    decide_star(rating=only(), star=only().star or 0, reason="", version=only().version, by=city)
    cycle = rating_cycle.begin_notice(cycle=cycle, first_day=date(2019, 12, 2), by=city)
    assert cycle.notice_until == date(2019, 12, 6)
    with pytest.raises(ValidationError, match="公示期内"):
        rating_cycle.object_to(rating=only(), text="x", received_on=date(2019, 12, 9), by=city)
    with pytest.raises(ValidationError, match="只能因异议"):
        decide_star(rating=only(), star=1, reason="x", version=only().version, by=city)
    made = rating_cycle.object_to(
        rating=only(), text="活动记录不实", received_on=date(2019, 12, 3), by=city
    )
    with pytest.raises(ValidationError, match="1 项异议"):
        rating_cycle.name_stars(cycle=cycle, document="x", day=date(2019, 12, 9), by=city)
    decide_star(rating=only(), star=0, reason="异议成立", version=only().version, by=city)
    rating_cycle.answer_objection(objection=made, upheld=True, answer="核实属实", by=city)
    rating_cycle.name_stars(cycle=cycle, document="x", day=date(2019, 12, 9), by=city)
    assert only().final_star == 0


def test_a_confirmed_veto_takes_the_star(city: User, neighbour: User, cycle: RatingCycle) -> None:
    party = make_branch(term_started_on=date(2015, 1, 1), term_years=3)
    with pytest.raises(PermissionDenied):
        decide_veto(
            party=party, year=YEAR, code="V5", suggestion="", confirm=True, reason="x", by=neighbour
        )
    decide_veto(
        party=party, year=YEAR, code="V5", suggestion="逾期", confirm=True, reason="核实", by=city
    )
    frozen(cycle, city)
    assert only().result["suggested_vetoes"].keys() == {"V4", "V5"}
    assert (only().star, only().result["limits"]) == (0, ["veto"])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2019, 12, 2), date(2019, 12, 6)),
        (date(2019, 12, 6), date(2019, 12, 12)),
        (date(2019, 12, 7), date(2019, 12, 13)),
        (date(2019, 9, 29), date(2019, 10, 10)),  # 9 月 29 日上班,国庆,10 月 12 日前
        (date(2019, 4, 30), date(2019, 5, 8)),  # 五一 四天,5 月 5 日上班
        (date(2035, 6, 1), date(2035, 6, 7)),  # 尚无放假安排:周一至周五
    ],
)
def test_five_working_days(first: date, last: date) -> None:
    assert last_working_day(first, 5) == last
    assert is_workday(last)


def test_frozen_facts_stay_whatever_is_recorded_later(city: User, cycle: RatingCycle) -> None:
    party = make_branch()
    cycle = frozen(cycle, city)
    before = only()
    assert (before.state, before.frozen_at is None) == ("draft", False)
    make_filed(party, date(YEAR, 5, 6), by=city)
    with pytest.raises(ValidationError, match="已冻结"):
        ask_for_run(
            area_code=CITY,
            scheme=cycle.scheme,
            year=YEAR,
            as_of=date(YEAR, 12, 31),
            reason=RunReason.NIGHTLY,
            by=None,
        )
    # nor does a run that was asked for before, and is carried out after
    late = RatingRun.objects.create(
        area_code=CITY,
        year=YEAR,
        as_of=date(YEAR, 12, 31),
        scheme=cycle.scheme,
        reason=RunReason.ASKED.value,
    )
    RatingChunk.objects.create(run=late, first_pk=party.pk, last_pk=party.pk)
    late = work_on_run(late.pk)
    assert (late.state, late.changed_count, late.skipped_count) == ("done", 0, 1)
    after = only()
    assert (after.digest, after.star, after.computed_at) == (
        before.digest,
        before.star,
        before.computed_at,
    )


def test_the_cycles_scheme_is_what_runs_go_by(city: User, cycle: RatingCycle) -> None:
    newer = RatingScheme.objects.create(
        area_code=CITY,
        name="新方案",
        effective_year=YEAR,
        version=99,
        content=cycle.scheme.content,
        state="published",
        published_at=timezone.now(),
    )
    assert scheme_in_force(CITY, YEAR) == newer
    assert scheme_to_rate_by(CITY, YEAR) == cycle.scheme
    assert scheme_to_rate_by(CITY, YEAR + 1) == newer


# --- pages --------------------------------------------------------------------------------------


def test_the_pages_of_a_year(city: User, officer: User, cycle: RatingCycle) -> None:
    own, other = make_branch(), make_branch(township=SECOND)
    frozen(cycle, city)
    for user, seen in ((city, 2), (officer, 1)):
        client = signed_in(user)
        page = client.get("/ratings/?year=2019")
        assert page.context["overview"].total.total == seen
        cells = page.context["overview"].townships[0].cells
        for cell in (one for one in cells if one.count):
            listed = client.get(cell.url)
            assert listed.context["page"].count == cell.count
        for item in page.context["overview"].missed:
            listed = client.get(item.url)
            assert listed.context["page"].count == item.missed
            got = [
                points
                for one in StarRating.objects.visible_to(user)
                if (points := one.result["got"].get(item.code)) is not None
            ]
            full = next(one.points for one in DEFAULT_ITEMS if one.code == item.code)
            missed = sum(float(points) < full for points in got)
            assert (item.missed, item.applicable) == (missed, len(got))
    client = signed_in(officer)
    mine = StarRating.objects.get(party_organization=own)
    foreign = StarRating.objects.get(party_organization=other)
    text = client.get(f"/ratings/{mine.pk}/").content.decode()
    assert "为什么是" in text
    assert "还差什么" in text
    assert client.get(f"/ratings/{foreign.pk}/").status_code == 404
    for item in mine.result["items"]:
        assert client.get(f"/ratings/{mine.pk}/items/{item['code']}/").status_code == 200


def test_who_is_not_rated_is_told_apart(city: User, cycle: RatingCycle) -> None:
    make_branch()
    make_branch(founded_on=date(YEAR, 9, 1))  # not a year old
    frozen(cycle, city)
    text = re.sub(r"<[^>]+>", "", signed_in(city).get(f"/ratings/?year={YEAR}").content.decode())
    assert "共 2 个党组织,其中 1 个暂不定星、不参加评定" in text
    rows = signed_in(city).get(f"/ratings/list/?year={YEAR}&star=rated")
    assert rows.context["page"].count == 1


def test_a_star_that_the_years_end_would_take_is_kept_not_reached(
    officer: User, city: User, cycle: RatingCycle
) -> None:
    make_branch(township=FIRST)
    frozen(cycle, city)
    client = signed_in(officer)
    page = client.get(f"/ratings/{only().pk}/")
    star = page.context["way"].star
    assert f"到 {star} 星还差什么" in page.content.decode()
    StarRating.objects.update(star=star, rule_star=star)
    text = client.get(f"/ratings/{only().pk}/").content.decode()
    assert f"年底保住 {star} 星还要做什么" in text
    assert "还差什么" not in text


def test_a_review_through_the_page(officer: User, city: User, cycle: RatingCycle) -> None:
    make_branch(township=FIRST)
    frozen(cycle, city)
    client = signed_in(officer)
    url = f"/ratings/{only().pk}/assess/"
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    wrong = client.post(url, {**data, "points_D1": "3"})
    assert "写明理由" in wrong.content.decode()
    assert client.post(url, {**data, "points_D1": "3", "note_D1": "核实"}).status_code == 302
    assert only().first_scores["scores"] == {"D1": {"points": "3.00", "note": "核实"}}


def test_the_notice_is_public_and_names_no_person(
    client: Client, city: User, officer: User, cycle: RatingCycle
) -> None:
    party = make_branch(name="甲商会党支部", secretary="张三丰")
    cycle = frozen(cycle, city)
    address = f"/ratings/notice/{CITY}/{YEAR}/"
    assert client.get(address).status_code == 404
    StarRating.objects.update(state="decided", final_star=3)
    RatingCycle.objects.update(
        stage="notice", notice_from=date(2019, 12, 2), notice_until=date(2019, 12, 6)
    )
    text = client.get(address).content.decode()
    assert party.name in text
    assert "★★★" in text
    assert "张三丰" not in text


def test_each_stage_asks_for_what_it_takes(city: User, cycle: RatingCycle) -> None:
    """One stray click does not freeze a year, begin a notice or name the stars."""
    client = signed_in(city)
    page, move = f"/ratings/cycles/{YEAR}/", f"/ratings/cycles/{YEAR}/move/"
    assert 'name="is_sure"' in client.get(page).content.decode()
    asked = {
        CycleStage.SELF: "请先勾选确认",
        CycleStage.DECISION: "请填写公示首日",
        CycleStage.NOTICE: "请填写命名文号",
    }
    for stage, words in asked.items():
        RatingCycle.objects.update(stage=stage.value)
        runs = RatingRun.objects.count()
        assert words in client.post(move, follow=True).content.decode()
        cycle.refresh_from_db()
        assert (cycle.stage, RatingRun.objects.count()) == (stage.value, runs)
    RatingCycle.objects.update(stage=CycleStage.SELF.value)
    answer = client.post(move, {"is_sure": "on"}, follow=True)
    assert "最后一次测算" in answer.content.decode()
    assert RatingRun.objects.get().reason == RunReason.FREEZE
