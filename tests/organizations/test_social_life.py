"""Each event in the life of a social organization, at its borders."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import AuditEvent, User
from organizations.actions.hand_over import hand_over, move_at_once
from organizations.actions.responsibility import (
    adopt_proposals,
    proposed_body,
    set_responsible_body,
)
from organizations.actions.social_organization import (
    LooksRegistered,
    change_social_organization,
    change_unit,
    deregister_social_organization,
    merge_social_organizations,
    plan_merger,
    record_charter,
    record_grade,
    record_inspection,
    register_social_organization,
    remove_inspection,
    rename_social_organization,
    restore_social_organization,
)
from organizations.models import (
    CoverageLink,
    Inspection,
    InstructorAssignment,
    MergedOrganization,
    ResponsibleBody,
    SocialOrganization,
)
from organizations.rules.charter import charter_problems, charter_state
from organizations.rules.responsibility import proposed_line, unit_of_body
from organizations.rules.similar import similar_names
from tests.world import (
    CITY,
    DAY,
    FIRST,
    SECOND,
    credit_code,
    make_assignment,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
    make_user,
)

pytestmark = pytest.mark.django_db
D = date


def words(error: Any) -> str:
    return "".join(error.value.messages)


# --- registering ----------------------------------------------------------------------------------


def values(**more: Any) -> dict[str, Any]:
    return {
        "name": "石狮市纺织行业商会",
        "credit_code": credit_code(777_001),
        "category": "social_group",
        "township": make_township(FIRST),
        "registered_on": D(2015, 3, 1),
        **more,
    }


def test_a_new_one_gets_the_proposed_body_and_its_story_begins(officer: User) -> None:
    unit = make_unit()
    body = make_body("市民政局党组", "line", supervising_unit=unit)
    one = register_social_organization(values=values(supervising_unit=unit), by=officer)
    assert one.responsible_body == body
    assert AuditEvent.objects.of(one).get().action == "social_organization.create"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"registered_on": timezone.localdate() + timedelta(days=1)}, "晚于今天"),
        ({"status": "deregistered"}, "已注销"),
        ({"credit_code": "51350581DEM00009XX"}, "信用代码"),
        ({"name": ""}, "不能为空"),
    ],
)
def test_what_cannot_be_registered(officer: User, changes: dict, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        register_social_organization(values=values(**changes), by=officer)
    assert said in words(refused) or said == "不能为空"
    assert not SocialOrganization.objects.exists()


def test_nobody_registers_elsewhere(officer: User) -> None:
    with pytest.raises(PermissionDenied):
        register_social_organization(values=values(township=make_township(SECOND)), by=officer)


def test_a_credit_code_is_used_once_anywhere(officer: User) -> None:
    make_organization(SECOND, credit_code=credit_code(777_001))
    with pytest.raises(ValidationError) as refused:
        register_social_organization(values=values(), by=officer)
    assert "已被另一家" in words(refused)


def test_the_same_or_a_similar_name_is_asked_about_once(officer: User) -> None:
    twin = make_organization(FIRST, name="石狮市纺织行业 商会")
    make_organization(SECOND, name="石狮市纺织行业商会")  # another township's is no matter
    with pytest.raises(LooksRegistered) as asked:
        register_social_organization(values=values(), by=officer)
    assert asked.value.similar == [twin]
    assert register_social_organization(values=values(), by=officer, is_another=True).pk


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("石狮青商会", "石狮青商会", True),
        ("石狮青商会", "石狮 青商会", True),
        ("石狮(青年)商会", "石狮(青年)商会", True),
        ("石狮市纺织行业商会", "石狮市纺织业商会", True),
        ("石狮市纺织行业商会", "石狮市渔业行业商会", False),
        ("第一商会", "第二商会", False),
        ("商会", "石狮市纺织行业商会", False),
    ],
)
def test_names_are_compared_as_people_misspell_them(one: str, other: str, alike: bool) -> None:
    assert bool(similar_names(one, {1: other})) == alike


# --- names, township, unit --------------------------------------------------------------------------


def test_a_former_name_is_kept_and_found(officer: User) -> None:
    one = make_organization(FIRST, name="青年商会", registered_on=D(2010, 1, 1))
    rename_social_organization(
        organization=one, name="青商会", on=D(2018, 5, 1), document="石民〔2018〕3号", by=officer
    )
    rename_social_organization(organization=one, name="青商联合会", on=D(2019, 5, 1), by=officer)
    one.refresh_from_db()
    assert (one.name, one.version, one.initials) == ("青商联合会", 3, "qslhh")
    former = [(f.name, f.until) for f in one.former_names.all()]
    assert former == [("青商会", D(2019, 5, 1)), ("青年商会", D(2018, 5, 1))]
    for text in ("青年商会", "qnsh", "青商会"):
        assert list(SocialOrganization.objects.named(text)) == [one]


@pytest.mark.parametrize(
    ("name", "on", "said"),
    [
        ("青商会", D(2018, 5, 1), "相同"),
        ("新名", D(2010, 1, 1), "晚于成立"),
        ("新名", D(2015, 1, 1), "上一次更名"),
        ("新名", timezone.localdate() + timedelta(days=1), "晚于今天"),
    ],
)
def test_renames_are_in_order(officer: User, name: str, on: date, said: str) -> None:
    one = make_organization(FIRST, name="旧名")
    rename_social_organization(organization=one, name="青商会", on=D(2015, 1, 1), by=officer)
    with pytest.raises(ValidationError) as refused:
        rename_social_organization(organization=one, name=name, on=on, by=officer)
    assert said in words(refused)


def test_the_city_moves_at_once_and_a_township_does_not(city: User, officer: User) -> None:
    one, to = make_organization(FIRST), make_township(SECOND)
    with pytest.raises(PermissionDenied):
        move_at_once(organization=one, to=to, reason="迁址", by=officer)
    with pytest.raises(ValidationError):
        move_at_once(organization=one, to=to, reason=" ", by=city)
    offer = hand_over(organization=one, to=to, reason="迁址", by=officer)
    with pytest.raises(ValidationError) as refused:
        move_at_once(organization=one, to=to, reason="迁址", by=city)
    assert "等待对方接收" in words(refused)
    offer.delete()
    move_at_once(organization=one, to=to, reason="迁址", by=city)
    one.refresh_from_db()
    assert one.township_id == SECOND


def make_body(name: str, kind: str, **fields: Any) -> ResponsibleBody:
    return ResponsibleBody.objects.create(name=name, kind=kind, area_code=CITY, **fields)


@pytest.fixture
def bodies(db: None) -> dict[str, Any]:
    unit = make_unit("市民政局")
    return {
        "unit": unit,
        "line": make_body("市民政局党组", "line", supervising_unit=unit),
        "committee": make_body("市社会组织综合党委", "committee"),
        "own": make_body("东风街道两新组织党委", "township", township=make_township(FIRST)),
        "next": make_body("西岭镇两新组织党委", "township", township=make_township(SECOND)),
    }


@pytest.mark.parametrize(
    ("category", "line", "committee", "township", "found"),
    [
        ("social_group", True, True, True, "line"),
        ("social_group", False, True, True, "committee"),
        ("social_group", False, False, True, "township"),
        ("social_group", False, False, False, None),
        ("community", True, True, True, "line"),
        ("community", False, True, True, "township"),
        ("community", False, True, False, "committee"),
    ],
)
def test_three_lines(
    category: str, line: bool, committee: bool, township: bool, found: str | None
) -> None:
    line_found = proposed_line(
        category=category, has_line=line, has_committee=committee, has_township=township
    )
    assert line_found == found


def test_a_body_is_named_after_its_unit() -> None:
    units = ["市民政局", "市教育局", "市民政"]
    assert unit_of_body("市民政局党组", units) == "市民政局"
    assert unit_of_body("市社会组织综合党委", units) is None


def test_the_queryset_and_the_rule_propose_the_same(bodies: dict) -> None:
    for category in ("social_group", "community"):
        for unit in (bodies["unit"], make_unit("市司法局"), None):
            for township in (FIRST, SECOND, "990101003"):
                for body in (None, bodies["line"], bodies["own"]):
                    make_organization(
                        township, category=category, supervising_unit=unit, responsible_body=body
                    )
    for one in SocialOrganization.objects.with_proposed_body():
        body = proposed_body(one)
        assert one.proposed_body_id == (body.pk if body else None)
        assert one.is_gap == (one.responsible_body_id is None or one.responsible_body != body)


def test_the_body_follows_the_unit_where_it_was_proposed(bodies: dict, city: User) -> None:
    follows = make_organization(FIRST, responsible_body=bodies["committee"])
    stays = make_organization(
        FIRST, responsible_body=bodies["own"], responsible_body_reason="在社区活动"
    )
    for one in (follows, stays):
        change_unit(organization=one, unit=bodies["unit"], reason="业务调整", by=city)
        one.refresh_from_db()
    assert follows.responsible_body == bodies["line"]
    assert stays.responsible_body == bodies["own"]
    with pytest.raises(ValidationError):
        change_unit(organization=stays, unit=bodies["unit"], reason="", by=city)


def test_against_the_proposal_takes_a_reason(bodies: dict, city: User) -> None:
    one = make_organization(FIRST, supervising_unit=bodies["unit"])
    with pytest.raises(ValidationError) as refused:
        set_responsible_body(organization=one, body=bodies["own"], reason=" ", by=city)
    assert "市民政局党组" in words(refused)
    with pytest.raises(ValidationError):
        set_responsible_body(organization=one, body=bodies["next"], reason="x", by=city)
    set_responsible_body(organization=one, body=bodies["own"], reason="由镇管理", by=city)
    one.refresh_from_db()
    assert one.responsible_body_reason == "由镇管理"
    assert not SocialOrganization.objects.with_proposed_body().get().is_gap
    set_responsible_body(organization=one, body=bodies["line"], reason="改回", by=city)
    one.refresh_from_db()
    assert one.responsible_body_reason == ""


def test_proposals_are_adopted_all_or_none(bodies: dict, city: User, officer: User) -> None:
    rows = [make_organization(FIRST), make_organization(SECOND)]
    with pytest.raises(PermissionDenied):
        adopt_proposals(organizations=rows, by=officer)
    assert SocialOrganization.objects.filter(responsible_body=None).count() == 2
    assert adopt_proposals(organizations=rows, by=city) == 2
    assert adopt_proposals(organizations=rows, by=city) == 0
    assert not SocialOrganization.objects.with_proposed_body().filter(is_gap=True).exists()


# --- charter, inspection, grade ---------------------------------------------------------------------

A, B, C = D(2018, 9, 1), D(2018, 10, 1), D(2018, 11, 1)


@pytest.mark.parametrize(
    ("days", "places"),
    [
        ((None, None, None), set()),
        ((A, None, None), set()),
        ((A, A, A), set()),
        ((A, B, C), set()),
        ((B, A, None), {1}),
        ((A, C, B), {2}),
        ((None, B, None), {1}),
        ((None, None, C), {2}),
        ((A, None, C), {2}),
        ((D(2030, 1, 1), None, None), {0}),
    ],
)
def test_charter_steps_are_in_order(days: tuple, places: set) -> None:
    assert set(charter_problems(*days, today=DAY)) == places


def test_the_charter_advances_and_steps_back_with_a_reason(officer: User) -> None:
    one = make_organization(FIRST)

    def record(*days: date | None, reason: str = "") -> SocialOrganization:
        drafted, voted, approved = days
        return record_charter(
            organization=one,
            drafted_on=drafted,
            voted_on=voted,
            approved_on=approved,
            reason=reason,
            by=officer,
        )

    assert record(A, None, None).charter_state == "drafted"
    assert record(A, B, C).charter_state == "approved"
    with pytest.raises(ValidationError):
        record(A, B, None)
    assert record(A, B, None, reason="核准日期登记有误").charter_state == "voted"
    assert charter_state(None, None, None) == "not_started"
    # what a ledger brought without earlier steps may stay, and be completed
    SocialOrganization.objects.update(
        charter_drafted_on=None, charter_voted_on=None, charter_on=C, charter_state="approved"
    )
    assert record(None, None, C).charter_state == "approved"
    assert record(A, B, C).charter_voted_on == B


def test_the_latest_inspection_is_what_lists_show(officer: User) -> None:
    one = make_organization(FIRST, registered_on=D(2016, 6, 1))

    def record(year: int, result: str) -> Inspection:
        return record_inspection(organization=one, year=year, result=result, by=officer)

    newest = record(2018, "passed")
    record(2017, "failed")
    one.refresh_from_db()
    assert (one.inspection_year, one.inspection_result) == (2018, "passed")
    assert record(2018, "basically_passed").pk == newest.pk
    remove_inspection(inspection=newest, reason="年度填错", by=officer)
    one.refresh_from_db()
    assert (one.inspection_year, one.inspection_result) == (2017, "failed")
    for year in (2015, timezone.localdate().year + 1):
        with pytest.raises(ValidationError):
            record(year, "passed")


def test_a_grade_has_a_validity(officer: User) -> None:
    one = make_organization(FIRST, registered_on=D(2016, 6, 1))

    def record(grade: str, start: date | None, end: date | None, reason: str = "") -> Any:
        return record_grade(
            organization=one, grade=grade, valid_from=start, valid_to=end, reason=reason, by=officer
        )

    for start, end in ((None, A), (A, None), (B, A), (A, A), (D(2016, 1, 1), B)):
        with pytest.raises(ValidationError):
            record("4A", start, end)
    assert record("4A", A, B).grade_valid_to == B
    with pytest.raises(ValidationError):
        record("", None, None)
    assert record("", None, None, "撤销等级").grade_from is None


# --- the end, and back ------------------------------------------------------------------------------


def test_links_and_assignments_end_with_it_and_come_back(officer: User) -> None:
    one = make_organization(FIRST, status="shell")
    open_, ended = make_link(one), make_link(one, valid_to=D(2016, 1, 1))
    dead = make_link(one, make_party(FIRST))
    helped = make_assignment(one)
    deregister_social_organization(organization=one, on=DAY, reason="自行解散", by=officer)
    one.refresh_from_db()
    assert (one.status, one.deregistered_on) == ("deregistered", DAY)
    assert one.deregistration_reason == "自行解散"
    assert set(CoverageLink.objects.values_list("valid_to", flat=True)) == {DAY, D(2016, 1, 1)}
    assert InstructorAssignment.objects.get().valid_to == DAY
    type(dead.party_organization).objects.filter(pk=dead.party_organization_id).update(
        dissolved_on=D(2019, 12, 1)
    )
    reopened = restore_social_organization(organization=one, reason="误注销", by=officer)
    assert reopened == [open_]
    one.refresh_from_db()
    assert (one.status, one.deregistered_on) == ("shell", None)
    helped.refresh_from_db()
    ended.refresh_from_db()
    assert (helped.valid_to, ended.valid_to) == (None, D(2016, 1, 1))
    with pytest.raises(ValidationError):
        restore_social_organization(organization=one, reason="再来", by=officer)


@pytest.mark.parametrize(
    ("on", "reason", "said"),
    [
        (D(2010, 1, 1), "解散", "晚于成立"),
        (D(2015, 1, 1), "解散", "覆盖关系自"),
        (timezone.localdate() + timedelta(days=1), "解散", "晚于今天"),
        (DAY, " ", "注销原因"),
    ],
)
def test_what_contradicts_an_end(officer: User, on: date, reason: str, said: str) -> None:
    one = make_organization(FIRST)
    make_link(one)
    with pytest.raises(ValidationError) as refused:
        deregister_social_organization(organization=one, on=on, reason=reason, by=officer)
    assert said in words(refused)
    assert CoverageLink.objects.get().valid_to is None


def test_ends_and_moves_are_not_made_by_correcting(officer: User, city: User) -> None:
    one = make_organization(FIRST)
    make_township(SECOND)
    for changes in ({"status": "deregistered"}, {"township": make_township(SECOND)}):
        with pytest.raises(ValidationError):
            change_social_organization(organization=one, values=changes, version=1, by=officer)
    with pytest.raises(PermissionDenied):
        change_social_organization(
            organization=make_organization(SECOND), values={"name": "x"}, version=1, by=officer
        )


def test_the_committee_does_not_lose_a_record_by_a_change(bodies: dict) -> None:
    staff = make_user("zhou", "committee_staff", CITY)
    one = make_organization(FIRST, responsible_body=bodies["committee"])
    with pytest.raises(ValidationError) as refused:
        change_unit(organization=one, unit=bodies["unit"], reason="调整", by=staff)
    assert "管辖范围" in words(refused)
    one.refresh_from_db()
    assert one.supervising_unit is None


# --- merging ----------------------------------------------------------------------------------------


def test_everything_moves_and_the_other_stays_traceable(city: User) -> None:
    party, host = make_party(FIRST), make_party(FIRST)
    kept = make_organization(FIRST, name="青商会", principal="")
    lost = make_organization(
        FIRST, name="青年商会(重)", credit_code=None, principal="林某", charter_state="voted"
    )
    make_link(kept, party, valid_from=D(2014, 1, 1), valid_to=D(2016, 1, 1))
    make_link(lost, party, valid_from=D(2015, 1, 1))
    make_link(lost, host, valid_from=D(2017, 1, 1))
    helped = make_assignment(lost)
    Inspection.objects.create(organization=kept, year=2017, result="passed")
    Inspection.objects.create(organization=lost, year=2017, result="passed")
    Inspection.objects.create(organization=lost, year=2018, result="failed")
    rename_social_organization(organization=lost, name="青商会二", on=D(2018, 1, 1), by=city)
    lost.refresh_from_db()
    number = lost.pk
    plan = plan_merger(loser=lost, winner=kept)
    assert plan.moved == {"覆盖关系": 1, "指导员联系": 1, "年检": 1, "曾用名": 1}
    assert plan.joined == {"覆盖关系": 1, "年检": 1}
    merge_social_organizations(loser=lost, winner=kept, reason="重复登记", by=city)
    kept = SocialOrganization.objects.get()
    assert (kept.principal, kept.charter_state) == ("林某", "voted")
    days = [(k.party_organization, k.valid_from, k.valid_to) for k in kept.coverage_links.all()]
    assert days == [(party, D(2014, 1, 1), None), (host, D(2017, 1, 1), None)]
    helped.refresh_from_db()
    assert helped.social_organization == kept
    assert [one.year for one in kept.inspections.all()] == [2018, 2017]
    trace = MergedOrganization.objects.get()
    assert (trace.former_id, trace.facts["principal"]) == (number, "林某")
    for text in ("青商会二", "青年商会"):
        assert list(SocialOrganization.objects.named(text)) == [kept]


def test_a_merger_that_would_lose_something_is_refused_with_all_reasons(city: User) -> None:
    party = make_party(FIRST)
    kept = make_organization(FIRST, registered_on=D(2014, 1, 1))
    lost = make_organization(FIRST)
    make_link(kept, party, mode="solo", valid_from=D(2015, 1, 1))
    make_link(lost, party, mode="attached", valid_from=D(2013, 1, 1))
    for one, result in ((kept, "passed"), (lost, "failed")):
        Inspection.objects.create(organization=one, year=2017, result=result)
    with pytest.raises(ValidationError) as refused:
        merge_social_organizations(loser=lost, winner=kept, reason="重复", by=city)
    said = words(refused)
    for part in ("各有信用代码", "组建方式不同", "早于要保留的一家", "年检结论两边不同"):
        assert part in said
    assert SocialOrganization.objects.count() == 2
    with pytest.raises(ValidationError):
        merge_social_organizations(loser=kept, winner=kept, reason="重复", by=city)
