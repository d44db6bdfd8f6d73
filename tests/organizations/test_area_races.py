"""Two who change townships, units or what stands under them at the same moment."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from accounts import audit
from accounts.models import User
from organizations.actions import import_work
from organizations.actions.areas import (
    create_township,
    create_unit,
    remove_unit,
    rename_township,
    rename_unit,
)
from organizations.actions.import_work import work_off
from organizations.actions.social_organization import change_unit
from organizations.actions.unit_merging import merge_units
from organizations.imports.areas import Areas
from organizations.imports.terms import ElectionSheet
from organizations.imports.writer import ChangedUnderway, Writer
from organizations.models import (
    ImportBatch,
    PartyOrganization,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import BatchState
from tests.organizations.test_import import SOCIAL, book, social
from tests.organizations.test_import_batch import sent
from tests.world import (
    CITY,
    FIRST,
    NAMES,
    SECOND,
    make_organization,
    make_party,
    make_township,
    make_unit,
)

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _test_city(settings: Any, tmp_path: Path) -> None:
    settings.CITY_CODE = CITY
    settings.MEDIA_ROOT = tmp_path / "media"
    for code in NAMES:
        make_township(code)


def at_once(first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
    """What came of both, or why not; the second begins while the first has not committed."""
    found: list[Any] = [None, None]
    done, let_go = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                found[0] = first()
                done.set()
                let_go.wait(0.5)
        except Exception as error:
            found[0] = error
        finally:
            done.set()
            connection.close()

    def other() -> None:
        try:
            found[1] = second()
        except Exception as error:
            found[1] = error
        finally:
            let_go.set()
            connection.close()

    one, two = threading.Thread(target=slow), threading.Thread(target=other)
    one.start()
    assert done.wait(30)
    two.start()
    one.join()
    two.join()
    return found[0], found[1]


def words_of(error: Any) -> str:
    assert isinstance(error, ValidationError), repr(error)
    return "".join(error.messages)


def test_two_townships_never_get_one_name(city: User) -> None:
    first, second = Township.objects.get(pk=FIRST), Township.objects.get(pk=SECOND)
    _, refused = at_once(
        lambda: rename_township(township=first, name="新镇", by=city),
        lambda: rename_township(township=second, name="新镇", by=city),
    )
    assert "不能重名" in words_of(refused)
    _, refused = at_once(
        lambda: create_township(code=f"{CITY}088", name="甲镇", by=city),
        lambda: create_township(code=f"{CITY}088", name="乙镇", by=city),
    )
    assert "已有镇(街道)" in words_of(refused)
    assert Township.objects.filter(name__in=["新镇", "甲镇", "乙镇"]).count() == 2


def test_the_first_two_units_of_a_city(city: User) -> None:
    _, refused = at_once(
        lambda: create_unit(name="甲局", by=city), lambda: create_unit(name="乙局", by=city)
    )
    assert "再保存一次" in words_of(refused)
    assert create_unit(name="乙局", by=city).code == f"{CITY}U002"


@pytest.mark.parametrize("act", ["merge", "remove"])
@pytest.mark.parametrize("unit_first", [True, False])
def test_an_organization_comes_while_its_unit_goes(
    city: User, act: str, *, unit_first: bool
) -> None:
    kept, gone = make_unit("市民政局"), make_unit("市民证局")
    one = make_organization()

    def go() -> Any:
        if act == "merge":
            return merge_units(loser=gone, winner=kept, reason="写错", by=city)
        return remove_unit(unit=gone, reason="误建", by=city)

    def come() -> Any:
        return change_unit(organization=one, unit=gone, reason="划转", by=city)

    _, second = at_once(go, come) if unit_first else at_once(come, go)
    one.refresh_from_db()
    if unit_first:
        assert "已被删除或合并" in words_of(second)
        assert one.supervising_unit is None
    elif act == "merge":
        assert one.supervising_unit == kept
    else:
        assert "社会组织 1 条" in words_of(second)
        assert one.supervising_unit == gone


def test_an_import_under_way_and_a_merger_do_not_stop_each_other(city: User) -> None:
    kept, gone = make_unit("市民政局"), make_unit("市民证局")
    one = make_organization()

    def come() -> (
        None
    ):  # an import locks no unit: it writes, tells the log, and all is checked then
        SocialOrganization.objects.filter(pk=one.pk).update(supervising_unit=gone)
        audit.record(by=city, action="import.apply")

    came, refused = at_once(
        come, lambda: merge_units(loser=gone, winner=kept, reason="写错", by=city)
    )
    assert came is None
    assert "请重试" in words_of(refused)
    merge_units(loser=gone, winner=kept, reason="写错", by=city)
    one.refresh_from_db()
    assert one.supervising_unit == kept


def test_a_unit_is_renamed_while_it_goes(city: User) -> None:
    gone = make_unit("市民证局")
    _, refused = at_once(
        lambda: remove_unit(unit=gone, reason="误建", by=city),
        lambda: rename_unit(unit=gone, name="市民政局", by=city),
    )
    assert "已被删除或合并" in words_of(refused)


def test_a_unit_is_renamed_while_an_import_reads_the_names(city: User) -> None:
    unit = make_unit("市民证局")
    renamed = []

    def while_reading(execute: Any, sql: str, *rest: Any) -> Any:
        if "formerunitname" in sql and not renamed:
            renamed.append(True)
            at_once(lambda: rename_unit(unit=unit, name="市民政局", by=None), lambda: None)
        return execute(sql, *rest)

    with connection.execute_wrapper(while_reading):
        areas = Areas(by=city, writer=Writer(ImportBatch()))
    assert renamed
    assert areas.unit("市民证局").pk == unit.pk


def test_two_imports_bring_one_unit(
    city: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (social(业务主管单位="市体育局"), social(业务主管单位="市体育局"))
    rows[1][1] = "乙协会"
    batches = [
        sent(city, book(tmp_path / f"{n}.xlsx", 社会组织=[SOCIAL, row]))
        for n, row in enumerate(rows)
    ]
    ImportBatch.objects.update(state=BatchState.APPLYING.value, asked_by=city)
    barrier, apply = threading.Barrier(2), import_work.apply_batch

    def together(**named: Any) -> None:
        barrier.wait(30)
        apply(**named)
        time.sleep(0.2)

    monkeypatch.setattr(import_work, "apply_batch", together)
    workers = [threading.Thread(target=work, args=(batch.pk,)) for batch in batches]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    states = {one.state: one for one in ImportBatch.objects.all()}
    assert set(states) == {BatchState.APPLIED, BatchState.READY}
    assert "再看一遍预览" in states["ready"].notice["message"]
    assert states["ready"].lease_until is None
    # what is asked again goes through, under the unit that the other brought
    ImportBatch.objects.filter(pk=states["ready"].pk).update(state=BatchState.APPLYING.value)
    monkeypatch.setattr(import_work, "apply_batch", apply)
    work_off()
    assert SupervisingUnit.objects.get().socialorganization_set.count() == 2


def work(batch: int) -> None:
    try:
        work_off(batch)
    finally:
        connection.close()


@pytest.mark.parametrize("error", [ChangedUnderway, RuntimeError])
def test_what_failed_while_it_was_written_is_told_at_once(
    city: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Any
) -> None:
    one = make_organization()
    batch = sent(city, book(tmp_path / "a.xlsx", 社会组织=[SOCIAL, social()]))

    def fail(self: Any, instances: Any, *rest: Any) -> None:
        raise error(one)

    with monkeypatch.context() as during:
        during.setattr(Writer, "create", fail)
        ImportBatch.objects.update(state=BatchState.APPLYING.value, asked_by=city)
        work_off()
    batch.refresh_from_db()
    expected = BatchState.READY if error is ChangedUnderway else BatchState.FAILED
    assert (batch.state, batch.lease_until) == (expected, None)
    assert batch.notice["message"]


def test_a_term_is_not_written_over_what_somebody_saves_meanwhile(
    city: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = make_party(FIRST, secretary="林")
    row = {"party_organization": party.code, "held_on": "2019-05-06", "entitled": 10, "present": 9}
    row |= {"secretary": "陈", "term_years": 3}
    columns = ElectionSheet.form.columns()
    rows = [[one.header for one in columns], [row.get(one.name, "") for one in columns]]
    batch = sent(city, book(tmp_path / "届.xlsx", 换届选举=rows))
    assert batch.state == BatchState.READY
    waited, taken_over = [], ElectionSheet.taken_over

    def while_writing(self: Any, *args: Any) -> Any:
        def other() -> None:
            with transaction.atomic():
                PartyOrganization.objects.select_for_update(nowait=True).get(pk=party.pk)

        waited.append(at_once(lambda: None, other)[1])
        return taken_over(self, *args)

    monkeypatch.setattr(ElectionSheet, "taken_over", while_writing)
    ImportBatch.objects.update(state=BatchState.APPLYING.value, asked_by=city)
    work_off()
    assert [type(one) for one in waited] == [OperationalError]
    party.refresh_from_db()
    assert party.secretary == "陈"
