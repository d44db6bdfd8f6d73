"""Outcomes, folders and duties as rows: added, changed, kept where records already speak of them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import AuditEvent, User
from activities.actions.vocabulary import save_term
from activities.forms.record import RecordForms
from activities.models import (
    ArchiveDocument,
    ArchiveFolder,
    DutyRule,
    Outcome,
    OutcomeKind,
)
from tests.activities.world import make_branch, make_filed
from tests.world import make_user

pytestmark = pytest.mark.django_db
URL = "/activities/vocabulary/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel("2019-10-16T12:00:00+08:00", tick=False):
        yield


def refused(words: str, **call: Any) -> None:
    with pytest.raises(ValidationError) as told:
        save_term(**call)
    assert words in "".join(told.value.messages)


def test_an_outcome_keeps_the_unit_it_was_counted_in(city: User) -> None:
    made: Any = save_term(
        term=OutcomeKind(),
        values={"name": "义写春联", "unit": "副", "order": 50, "is_active": True},
        by=city,
    )
    assert made.code == "yxcl"
    twin: Any = save_term(
        term=OutcomeKind(),
        values={"name": "一心春联", "unit": "副", "order": 51, "is_active": True},
        by=city,
    )
    assert twin.code == "yxcl-2"
    save_term(term=made, values={"unit": "幅"}, by=city)
    record = make_filed(make_branch(), date(2019, 10, 10), "theme_day", by=city)
    Outcome.objects.create(activity=record, kind=made, amount=3)
    refused("不能改单位", term=made, values={"unit": "副"}, by=city)
    save_term(term=made, values={"is_active": False}, by=city)
    made.refresh_from_db()
    assert (made.unit, made.is_active) == ("幅", False)
    told = AuditEvent.objects.filter(action="outcome_kind.change").order_by("sequence")
    assert [event.after for event in told] == [{"unit": "幅"}, {"is_active": False}]
    offered = RecordForms(record, city, correcting=True).outcomes.form_kwargs["kinds"]
    assert made in offered
    other = make_filed(make_branch(), date(2019, 10, 10), "theme_day", by=city)
    assert made not in RecordForms(other, city, correcting=True).outcomes.form_kwargs["kinds"]


def test_a_folder_with_something_in_it_stays_in_use(city: User) -> None:
    filled = ArchiveFolder.objects.get(number=5)
    refused("党员大会的记录", term=filled, values={"is_active": False}, by=city)
    number = ArchiveFolder.next_number()
    own: Any = save_term(
        term=ArchiveFolder(),
        values={"number": number, "name": "影像资料", "is_active": True},
        by=city,
    )
    save_term(term=own, values={"is_active": False}, by=city)
    save_term(term=own, values={"is_active": True}, by=city)
    ArchiveDocument.objects.create(
        party_organization=make_branch(),
        folder=own,
        year=2019,
        dated_on=date(2019, 10, 1),
        title="照片",
    )
    refused("已有文件", term=own, values={"is_active": False}, by=city)


def rule(**changes: Any) -> dict[str, Any]:
    return {
        "duty": "lecture",
        "since_year": 2020,
        "unit": "month",
        "times": 1,
        "is_required": True,
        "basis": "市里文件",
        **changes,
    }


def test_a_duty_changes_from_a_year_that_has_not_been_lived(city: User) -> None:
    made: Any = save_term(term=DutyRule(), values=rule(), by=city)
    units = {
        year: next(spec.unit.value for spec in DutyRule.specs(year) if spec.duty == "lecture")
        for year in (2019, 2020)
    }
    assert units == {2019: "quarter", 2020: "month"}
    save_term(term=made, values={"is_required": False}, by=city)
    assert "lecture" not in [spec.duty for spec in DutyRule.specs(2020)]
    refused("以前的年度", term=DutyRule(), values=rule(since_year=2018), by=city)
    old = DutyRule.objects.get(duty="theme_day")
    refused("以前的年度", term=old, values={"times": 2}, by=city)
    refused("每年一份", term=DutyRule(), values=rule(duty="plan"), by=city)
    with pytest.raises(ValidationError):
        save_term(term=DutyRule(), values=rule(), by=city)


def test_only_the_city_keeps_them(officer: User) -> None:
    term = OutcomeKind.objects.first()
    assert term is not None
    for user in (officer, make_user("part", "city_staff", "990101001")):
        with pytest.raises(PermissionDenied):
            save_term(term=term, values={"name": "改名"}, by=user)


@pytest.mark.parametrize(
    ("noun", "data", "wrong", "shown"),
    [
        (
            "outcome-kind",
            {"name": "送戏下乡", "unit": "场", "order": 60, "is_active": "on"},
            {"unit": ""},
            "送戏下乡",
        ),
        (
            "archive-folder",
            {"number": 13, "name": "影像资料", "is_active": "on"},
            {"number": 5},
            "13",
        ),
        ("duty-rule", rule(is_required="on"), {"since_year": 2018}, "每月"),
    ],
)
def test_the_pages_list_add_change_and_tell(
    as_city: Client, noun: str, data: dict[str, Any], wrong: dict[str, Any], shown: str
) -> None:
    assert as_city.get(URL).status_code == 200
    answer = as_city.post(f"{URL}{noun}s/new/", data | wrong)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert as_city.post(f"{URL}{noun}s/new/", data).status_code == 302
    page = as_city.get(f"{URL}{noun}s/")
    rows = page.context["rows"]
    made = max((term for term, _, _ in rows), key=lambda term: term.pk)
    assert any(shown == value for _, value in {t: c for t, c, _ in rows}[made])
    assert "新增" in page.content.decode()
    edit = f"{URL}{noun}s/{made.pk}/edit/"
    form = as_city.get(edit).context["form"]
    assert not {"number", "duty", "since_year"} & set(form.fields)
    name = "times" if noun == "duty-rule" else "name"
    sent = data | {name: 2, "seen": form["seen"].value()}
    assert as_city.post(edit, sent).status_code == 302
    made.refresh_from_db()
    assert str(getattr(made, name)) == "2"
    for late in (sent | {name: 3}, data | {name: 3}):  # another page, opened before; one without
        answer = as_city.post(edit, late)
        assert "已有别人改过这一项" in answer.content.decode()
        made.refresh_from_db()
        assert str(getattr(made, name)) == "2"
    seen = as_city.get(edit).context["form"]["seen"].value()
    assert f'name="seen" value="{seen}"' in as_city.get(edit).content.decode()
    assert as_city.post(edit, sent | {"seen": seen}).status_code == 302  # nothing new to save
    assert len(as_city.get(f"{URL}{noun}s/").context["history"]) == 2
