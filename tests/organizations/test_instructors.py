"""Instructors: who serves whom since when, with the scope checked on both ends."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from accounts.models import AuditEvent, User
from organizations.actions.imports import apply_batch
from organizations.actions.instructor import (
    change_instructor,
    register_instructor,
    retire_instructor,
)
from organizations.actions.instructor_assignment import (
    assign_instructor,
    cancel_assignment,
    end_assignment,
    transfer_assignments,
)
from organizations.actions.versions import ChangedMeanwhile
from organizations.imports.batch import Batch
from organizations.models import (
    Instructor,
    InstructorAssignment,
    SocialOrganization,
)
from organizations.rules.instructors import Load, evened, placements
from tests.conftest import signed_in
from tests.walking import Fields
from tests.world import (
    CITY,
    FIRST,
    SECOND,
    make_instructor,
    make_link,
    make_organization,
    make_township,
    make_user,
)

START, LATER = date(2019, 1, 1), date(2019, 7, 1)
LIST = "/registry/instructors/"


@pytest.fixture
def instructor(db: None) -> Instructor:
    return make_instructor(FIRST, name="林安")


def serve(instructor: Instructor, township: str = FIRST, **fields: Any) -> InstructorAssignment:
    values: dict[str, Any] = {"valid_from": START, **fields}
    return InstructorAssignment.objects.create(
        instructor=instructor, social_organization=make_organization(township), **values
    )


# --- rules --------------------------------------------------------------------------------------


def test_the_least_loaded_is_proposed_first() -> None:
    loads = [Load("a", (1, 2)), Load("b", (3,)), Load("c", ())]
    assert [s.to for s in placements(loads, [10, 11, 12, 13])] == ["c", "b", "c", "a"]
    assert placements([], [1]) == []


@given(st.lists(st.integers(0, 9), max_size=6))
def test_evening_out_loses_nobody_and_takes_no_needless_step(numbers: list[int]) -> None:
    start, loads = 0, []
    for place, number in enumerate(numbers):
        loads.append(Load(f"{place}", tuple(range(start, start + number))))
        start += number
    steps = evened(loads)
    held = {load.instructor: Counter(load.organizations) for load in loads}
    for step in steps:
        assert step.taken_from is not None
        held[step.taken_from][step.organization] -= 1
        assert held[step.taken_from][step.organization] == 0
        held[step.to][step.organization] += 1
    sizes = [sum(one.values()) for one in held.values()] or [0]
    assert max(sizes) - min(sizes) <= 1
    assert len({step.organization for step in steps}) == len(steps)
    least = start // len(numbers) if numbers else 0
    over = sorted((n for n in numbers), reverse=True)
    extra = start - least * len(numbers)
    targets = [least + 1] * extra + [least] * (len(numbers) - extra)
    assert len(steps) == sum(max(0, n - t) for n, t in zip(over, targets, strict=True))


# --- actions ------------------------------------------------------------------------------------


def test_an_instructor_belongs_to_an_own_township(officer: User) -> None:
    values = {"name": "林安", "started_on": START, "by": officer}
    made = register_instructor(code="z9", township=make_township(FIRST), **values)
    assert (made.code, made.initials) == ("Z9", "la")
    with pytest.raises(PermissionDenied):
        register_instructor(code="Z8", township=make_township(SECOND), **values)
    with pytest.raises(ValidationError, match="这个编号已有指导员"):
        register_instructor(code="Z9", township=make_township(FIRST), **values)
    with pytest.raises(PermissionDenied):
        change_instructor(
            instructor=made, values={"township": make_township(SECOND)}, version=1, by=officer
        )


def test_a_change_notices_another(officer: User, instructor: Instructor) -> None:
    change_instructor(instructor=instructor, values={"name": "林平"}, version=1, by=officer)
    with pytest.raises(ChangedMeanwhile):
        change_instructor(instructor=instructor, values={"name": "林和"}, version=1, by=officer)


def test_a_township_is_left_only_without_organizations(city: User, instructor: Instructor) -> None:
    serve(instructor)
    values = {"township": make_township(SECOND)}
    with pytest.raises(ValidationError, match="请先转交"):
        change_instructor(instructor=instructor, values=values, version=1, by=city)
    InstructorAssignment.objects.update(valid_to=LATER)
    assert change_instructor(instructor=instructor, values=values, version=1, by=city)


def test_several_are_assigned_together_or_not_at_all(officer: User, instructor: Instructor) -> None:
    own, other, foreign = (make_organization(code) for code in (FIRST, FIRST, SECOND))
    ask: dict[str, Any] = {"instructor": instructor, "on": START, "by": officer}
    with pytest.raises(PermissionDenied):
        assign_instructor(organizations=[own, foreign], **ask)
    assert not InstructorAssignment.objects.exists()
    assert len(assign_instructor(organizations=[own, other], **ask)) == 2
    with pytest.raises(ValidationError, match="已在联系"):
        assign_instructor(organizations=[own], **ask)
    elsewhere = make_instructor(SECOND)
    with pytest.raises(PermissionDenied):
        assign_instructor(instructor=elsewhere, organizations=[own], on=START, by=officer)
    assert [e.action for e in AuditEvent.objects.all()] == ["instructor_assignment.create"] * 2


def test_nobody_is_assigned_out_of_service_or_to_what_is_not_registered(
    officer: User, instructor: Instructor
) -> None:
    gone = make_organization(status="deregistered", deregistered_on=LATER)
    future = make_organization(registered_on=LATER)
    ask: dict[str, Any] = {"instructor": instructor, "on": START, "by": officer}
    for one in (gone, future):
        with pytest.raises(ValidationError):
            assign_instructor(organizations=[one], **ask)
    retire_instructor(instructor=instructor, on=LATER, reason="调整", by=officer)
    with pytest.raises(ValidationError, match="离任"):
        assign_instructor(organizations=[make_organization()], **ask)


def test_an_end_leaves_the_past_as_it_was(officer: User, instructor: Instructor) -> None:
    one = serve(instructor)
    with pytest.raises(ValidationError, match="撤销"):
        end_assignment(assignment=one, on=START, reason="", by=officer)
    end_assignment(assignment=one, on=LATER, reason="", by=officer)
    assert InstructorAssignment.objects.live_on(date(2019, 6, 30)).exists()
    assert not InstructorAssignment.objects.live_on(LATER).exists()
    with pytest.raises(ValidationError, match="已经结束"):
        end_assignment(assignment=one, on=LATER, reason="", by=officer)
    with pytest.raises(ValidationError, match="理由"):
        cancel_assignment(assignment=one, reason=" ", by=officer)
    cancel_assignment(assignment=one, reason="录错单位", by=officer)
    assert not InstructorAssignment.objects.exists()


def test_an_assignment_elsewhere_is_not_touched(officer: User) -> None:
    one = serve(make_instructor(SECOND), SECOND)
    for act in (
        lambda: end_assignment(assignment=one, on=LATER, reason="", by=officer),
        lambda: cancel_assignment(assignment=one, reason="不要", by=officer),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_all_organizations_change_hands(officer: User, instructor: Instructor) -> None:
    taker = make_instructor(FIRST)
    running, shared, coming, double = (serve(instructor) for _ in range(4))
    later = InstructorAssignment.objects.filter(pk__in=[coming.pk, double.pk])
    later.update(valid_from=date(2020, 1, 1))
    InstructorAssignment.objects.create(
        instructor=taker, social_organization=double.social_organization, valid_from=LATER
    )
    InstructorAssignment.objects.create(
        instructor=taker, social_organization=shared.social_organization, valid_from=START
    )
    number = transfer_assignments(
        giver=instructor, taker=taker, on=LATER, reason="轮岗", by=officer
    )
    assert number == 4
    before, after = date(2019, 6, 30), LATER
    own = InstructorAssignment.objects.filter(instructor=instructor)
    assert set(own.live_on(before)) == {running, shared}
    assert not own.live_on(after).exists()
    theirs = InstructorAssignment.objects.filter(instructor=taker)
    served = set(theirs.live_on(after).values_list("social_organization", flat=True))
    both = {running.social_organization_id, shared.social_organization_id}
    assert served == both | {double.social_organization_id}
    assert not InstructorAssignment.objects.filter(pk=double.pk).exists()
    told = AuditEvent.objects.get(action="instructor_assignment.delete")
    assert told.object_id == str(double.pk)
    coming.refresh_from_db()
    assert coming.instructor == taker
    with pytest.raises(ValidationError, match="没有可以转交"):
        transfer_assignments(giver=instructor, taker=taker, on=LATER, reason="", by=officer)
    with pytest.raises(PermissionDenied):
        transfer_assignments(
            giver=taker, taker=make_instructor(SECOND), on=LATER, reason="", by=officer
        )


def test_retiring_ends_what_runs(officer: User, instructor: Instructor) -> None:
    one = serve(instructor)
    late = serve(instructor, valid_from=date(2020, 1, 1))
    with pytest.raises(ValidationError, match="才开始"):
        retire_instructor(instructor=instructor, on=LATER, reason="调整", by=officer)
    late.delete()
    retire_instructor(instructor=instructor, on=LATER, reason="调整", by=officer)
    one.refresh_from_db()
    assert one.valid_to == LATER
    assert not Instructor.objects.serving_on(LATER).exists()
    assert Instructor.objects.serving_on(date(2019, 6, 30)).exists()


# --- pages --------------------------------------------------------------------------------------


def test_a_load_is_a_link_to_exactly_those_organizations(
    as_city: Client, instructor: Instructor
) -> None:
    serve(instructor)
    serve(instructor)
    serve(instructor, valid_to=LATER)
    gone = serve(instructor)
    SocialOrganization.objects.filter(pk=gone.social_organization_id).update(
        status="deregistered", deregistered_on=LATER
    )
    row = as_city.get(LIST).context["page"][0]
    assert row.load == 2
    path = f"/registry/social-organizations/?instructor={instructor.code}"
    assert path in as_city.get(f"{LIST}{instructor.pk}/").content.decode()
    assert as_city.get(path).context["page"].count == 2
    past = as_city.get(LIST, {"as_of": "2019-06-30"}).context["page"][0]
    link = {"instructor": instructor.code, "as_of": "2019-06-30"}
    linked = as_city.get("/registry/social-organizations/", link)
    assert past.load == linked.context["page"].count == 4


def test_filters_and_search(as_city: Client, instructor: Instructor) -> None:
    serve(instructor)
    make_instructor(SECOND, name="吴平", ended_on=LATER)

    def names(**query: Any) -> list[str]:
        return [row.name for row in as_city.get(LIST, query).context["page"]]

    assert names() == names(q="la") == names(load_from=1) == ["林安"]
    assert names(load_to=0) == []
    assert names(serving="all", township=SECOND) == ["吴平"]
    assert as_city.get(LIST, {"load_from": "x"}).status_code == 400


@pytest.mark.parametrize("path", ["", "balance/", "{pk}/", "{pk}/assign/"])
def test_as_many_queries_for_one_as_for_three(
    as_city: Client,
    instructor: Instructor,
    path: str,
    django_assert_max_num_queries: Any,
) -> None:
    url = LIST + path.format(pk=instructor.pk)

    def queries() -> int:
        with django_assert_max_num_queries(18) as counted:
            assert as_city.get(url).status_code == 200
        return len(counted.captured_queries)

    serve(instructor)
    make_organization()
    one = queries()
    for _ in range(2):
        serve(instructor)
        serve(make_instructor(FIRST))
        make_organization()
    assert queries() == one


def test_an_officer_registers_assigns_and_ends(as_officer: Client) -> None:
    make_township(FIRST)
    organization = make_organization(name="青商会")
    answer = as_officer.post(LIST + "new/", {"code": "z7", "name": "林安", "township": FIRST})
    own = f"{LIST}{Instructor.objects.get(code='Z7').pk}/"
    assert answer["Location"] == own
    page = as_officer.get(own + "assign/")
    assert "青商会" in page.content.decode()
    as_officer.post(own + "assign/", {"organizations": [organization.pk], "on": "2019-01-01"})
    assert "青商会" in as_officer.get(own).content.decode()
    assert "没有符合条件" in as_officer.get(own + "assign/").content.decode()
    one = InstructorAssignment.objects.get()
    path = f"/registry/instructor-assignments/{one.pk}/end/"
    assert "撤销" in as_officer.get(path).content.decode()
    as_officer.post(path, {"verb": "end", "on": "2019-07-01"})
    one.refresh_from_db()
    assert one.valid_to == LATER
    as_officer.post(path, {"verb": "cancel", "cancel-reason": "录错"})
    assert not InstructorAssignment.objects.exists()


def test_an_organization_is_given_an_instructor(as_officer: Client, instructor: Instructor) -> None:
    busy = make_instructor(FIRST, name="吴忙")
    serve(busy)
    organization = make_organization()
    path = f"/registry/social-organizations/{organization.pk}/instructor/"
    offered = as_officer.get(path).context["form"].fields["instructor"].queryset
    assert list(offered) == [instructor, busy]
    as_officer.post(path, {"instructor": instructor.code, "on": "2019-01-01"})
    page = f"/registry/social-organizations/{organization.pk}/"
    assert "林安" in as_officer.get(page).content.decode()
    assert (
        "已在联系"
        in as_officer.post(
            path, {"instructor": instructor.code, "on": "2019-02-01"}
        ).content.decode()
    )


def test_a_proposal_is_followed_as_shown(as_officer: Client, instructor: Instructor) -> None:
    waiting, covered = make_organization(name="未覆盖"), make_organization(name="已覆盖")
    make_link(covered)
    idle = make_instructor(FIRST, code="A0")
    for _ in range(3):
        serve(instructor)
    url = LIST + "balance/"
    proposed = as_officer.get(url).context["proposed"]
    assert [one["organization"].name for one in proposed["new"]] == ["未覆盖", "已覆盖"]
    assert {one["to"] for one in proposed["new"]} == {idle}
    chosen = [proposed["new"][0]["value"], proposed["moved"][0]["value"]]
    make_organization(name="阿新来的")  # what is not ticked changes nothing
    as_officer.post(f"{url}?township={FIRST}", {"step": chosen})
    served = idle.assignments.live_on(timezone.localdate())
    assert served.filter(social_organization=waiting).exists()
    assert served.count() == 2
    answer = as_officer.post(f"{url}?township={FIRST}", {"step": chosen}, follow=True)
    assert "情况有了变化" in answer.content.decode()
    assert served.count() == 2


def test_pages_of_elsewhere_are_not_there(as_officer: Client) -> None:
    foreign = make_instructor(SECOND)
    one = serve(foreign, SECOND)
    for path in ("", "edit/", "assign/", "retire/", "transfer/"):
        assert as_officer.get(f"{LIST}{foreign.pk}/{path}").status_code == 404
    assert as_officer.get(f"/registry/instructor-assignments/{one.pk}/end/").status_code == 404
    assert as_officer.get(LIST + f"balance/?township={SECOND}").status_code == 404
    assert list(as_officer.get(LIST).context["page"]) == []


def test_readers_are_offered_nothing_to_change(instructor: Instructor) -> None:
    reader = signed_in(make_user("led", "leader", CITY))
    text = reader.get(f"{LIST}{instructor.pk}/").content.decode()
    assert "安排联系" not in text
    assert reader.get(LIST + "new/").status_code == 403
    assert reader.get(f"{LIST}{instructor.pk}/assign/").status_code == 403


# --- import -------------------------------------------------------------------------------------


def write_book(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


@pytest.fixture(autouse=True)
def _own_city(settings: Any) -> None:
    settings.CITY_CODE = CITY


def read_ledger(folder: Path, by: User | None = None) -> Batch:
    batch = Batch(by=by)
    batch.read([folder])
    batch.check()
    return batch


def test_instructors_come_from_a_ledger(officer: User, tmp_path: Path) -> None:
    make_township(FIRST)
    organization = make_organization(FIRST, name="青商会")
    people = [
        ["编号", "姓名", "镇(街道)", "任职起始日期"],
        ["z1", "林安", "东风街道", "2018-03-01"],
    ]
    served = [
        ["社会组织名称", "统一社会信用代码", "指导员编号", "联系起始日期", "联系截止日期"],
        ["青商会", organization.credit_code, "Z1", "2019.1.1", ""],
    ]
    write_book(tmp_path / "a.xlsx", {"指导员": people, "指导员联系": served})
    batch = read_ledger(tmp_path, officer)
    assert batch.is_clean, batch.report()["errors"]
    apply_batch(batch=batch, by=officer)
    one = InstructorAssignment.objects.get()
    assert (one.instructor.name, one.instructor.initials, one.valid_from) == ("林安", "la", START)
    again = read_ledger(tmp_path, officer).report()["sheets"]
    assert {again[name]["same"] for name in ("instructor", "instructor_assignment")} == {1}
    served[1][4] = "2019年7月1日"
    write_book(tmp_path / "a.xlsx", {"指导员联系": served})
    apply_batch(batch=read_ledger(tmp_path, officer), by=officer)
    one.refresh_from_db()
    assert (one.valid_to, one.version) == (LATER, 2)


def test_a_ledger_says_what_is_wrong(officer: User, tmp_path: Path) -> None:
    make_organization(FIRST, name="青商会")
    make_organization(SECOND, name="邻镇商会")
    make_instructor(SECOND, code="FAR")
    make_instructor(FIRST, code="OUT", ended_on=START)
    people = [
        ["指导员编号", "姓名", "镇(街道)", "任职起始日期", "任职截止日期"],
        ["A1", "甲", "西岭镇", "", ""],
        ["A2", "乙", "东风街道", "2019-02-01", "2019-01-01"],
        ["FAR", "丙", "东风街道", "", ""],
    ]
    served = [
        ["社会组织名称", "指导员编号", "联系起始日期"],
        ["邻镇商会", "OUT", "2018-01-01"],
        ["青商会", "N9", "2018-01-01"],
        ["青商会", "FAR", "2018-01-01"],
        ["青商会", "OUT", "2019-01-01"],
    ]
    write_book(tmp_path / "a.xlsx", {"指导员": people, "指导员联系": served})
    errors = [(e["row"], e["message"]) for e in read_ledger(tmp_path, officer).report()["errors"]]
    text = "\n".join(f"{row} {message}" for row, message in errors)
    for words in (
        "2 不在您的管辖范围,不能录入",
        "3 任职截止日期须晚于起始日期",
        "4 这个编号属于管辖范围以外的指导员",
        "2 这家社会组织不在您的管辖范围",
        "3 没有编号为“N9”的指导员",
        "4 这位指导员不在您的管辖范围",
        "5 指导员已于2019年1月1日离任",
    ):
        assert words in text
    assert len(errors) == 7, text


def test_an_old_window_of_an_instructor_writes_only_what_was_typed(
    as_officer: Client, instructor: Instructor
) -> None:
    url = f"/registry/instructors/{instructor.pk}/edit/"
    mine, theirs = (Fields(as_officer.get(url).content.decode()).values for _ in range(2))
    as_officer.post(url, theirs | {"name": "林平"})
    stale = as_officer.post(url, mine | {"started_on": "2018-02-03"})
    assert stale.status_code == 409
    assert "没有改动,保留现在的" in stale.content.decode()
    assert as_officer.post(url, Fields(stale.content.decode()).values).status_code == 302
    instructor.refresh_from_db()
    assert (instructor.name, instructor.started_on) == ("林平", date(2018, 2, 3))
