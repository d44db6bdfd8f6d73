"""党费标准 by year: set as a whole, refused with gaps, counted from then on, taken back, told."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import AuditEvent, User
from members.actions.dues_bands import remove_bands, set_bands
from members.models import DuesBand
from members.models.dues import bands_of
from members.rules.dues import DEFAULT_BANDS, Band, band_objections, dues_for
from members.rules.vocabulary import Payer
from tests.world import make_user

pytestmark = pytest.mark.django_db
URL = "/members/dues/bands/"
D = Decimal
EMPLOYED = Payer.EMPLOYED.value


def changed(**percent: str) -> list[Band]:
    """The national bands with another percentage for the employed from this bound on."""
    return [
        Band(b.payer, b.above, D(percent.get(f"from_{b.above}", b.percent)), b.flat)
        if b.payer == EMPLOYED
        else b
        for b in DEFAULT_BANDS
    ]


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        (DEFAULT_BANDS, ""),
        (DEFAULT_BANDS[1:], "“在职”缺少从 0 元起的一档"),
        ([*DEFAULT_BANDS, Band(EMPLOYED, D(3000), D(1))], "“在职”有两档的起点相同"),
        ([*DEFAULT_BANDS, Band(EMPLOYED, D(20000))], "只填一项"),
        ([*DEFAULT_BANDS, Band(EMPLOYED, D(20000), D(3), D(9))], "只填一项"),
        ([*DEFAULT_BANDS, Band("exempt", D(0), D(1))], "不需要标准"),
        ([], "“学生、下岗、低保”缺少"),
    ],
)
def test_a_standard_leaves_no_gap(bands: Any, words: str) -> None:
    found = band_objections(bands)
    assert any(words in one for one in found) if words else found == []


def test_a_year_has_its_own_standard_from_then_on(city: User) -> None:
    set_bands(year=2020, bands=changed(from_3000="1.2"), reason="市里文件", by=city)
    due = [dues_for(EMPLOYED, D(4000), bands_of(year)) for year in (2019, 2020, 2025)]
    assert due == [D("40.00"), D("48.00"), D("48.00")]
    again = changed(from_3000="1.2", from_5000="1.6")
    again = [band for band in again if band.above != 10000]
    known = AuditEvent.objects.count()
    set_bands(year=2020, bands=again, reason="市里文件", by=city)
    events = AuditEvent.objects.order_by("sequence")[known:]
    assert [event.action for event in events] == ["dues_band.change", "dues_band.delete"]
    assert events[0].object_label == "2020 年在职,超过 5000 元"
    assert DuesBand.objects.filter(year=2020).count() == len(DEFAULT_BANDS) - 1
    with pytest.raises(ValidationError, match="理由"):
        remove_bands(year=2020, reason="", by=city)
    remove_bands(year=2020, reason="文件撤回了", by=city)
    assert list(bands_of(2020)) == list(DEFAULT_BANDS)


def test_only_the_city_sets_it(officer: User) -> None:
    part = make_user("part", "city_staff", "990101001")
    for user in (officer, part):
        with pytest.raises(PermissionDenied):
            set_bands(year=2020, bands=DEFAULT_BANDS, reason="市里文件", by=user)
    assert not DuesBand.objects.exists()


def posted(rows: list[list[str]], seen: str, reason: str = "市里文件") -> dict[str, str]:
    data = {"band-TOTAL_FORMS": str(len(rows)), "band-INITIAL_FORMS": "8"}
    data |= {"reason": reason, "seen": seen}
    for at, row in enumerate(rows):
        names = ("payer", "above", "percent", "flat")
        data |= {f"band-{at}-{name}": cell for name, cell in zip(names, row, strict=True)}
    return data


@time_machine.travel("2019-10-16T12:00:00+08:00", tick=False)
def test_the_page_shows_edits_and_tells(as_city: Client) -> None:
    page = as_city.get(URL).content.decode()
    assert "2008 年起" in page
    assert "现行" in page
    opened = as_city.get(f"{URL}edit/?year=2020").context
    form, seen = opened["rows"], opened["form"]["seen"].value()
    rows = [
        [str(one.initial.get(name) or "") for name in ("payer", "above", "percent", "flat")]
        for one in form
    ]
    assert len(rows) == len(DEFAULT_BANDS) + 2
    rows[0][2] = ""
    wrong = as_city.post(f"{URL}edit/?year=2020", posted(rows, seen))
    assert "只填一项" in wrong.content.decode()
    rows[0][2], rows[3] = "0.6", ["", "", "", ""]
    without = as_city.post(f"{URL}edit/?year=2020", posted(rows, seen, reason=""))
    assert without.status_code == 200
    assert not DuesBand.objects.exists()
    assert as_city.post(f"{URL}edit/?year=2020", posted(rows, seen)).status_code == 302
    assert DuesBand.objects.count() == len(DEFAULT_BANDS) - 1
    assert dues_for(EMPLOYED, D(1000), bands_of(date(2020, 1, 1).year)) == D("6.00")
    rows[0][2] = "0.7"  # another page, opened before
    for late in (seen, ""):
        answer = as_city.post(f"{URL}edit/?year=2020", posted(rows, late))
        assert "已有别人改过这套标准" in answer.content.decode()
    assert dues_for(EMPLOYED, D(1000), bands_of(2020)) == D("6.00")
    again = as_city.get(f"{URL}edit/?year=2020")
    seen = again.context["form"]["seen"].value()
    assert f'name="seen" value="{seen}"' in again.content.decode()
    assert as_city.post(f"{URL}edit/?year=2020", posted(rows, seen)).status_code == 302
    assert dues_for(EMPLOYED, D(1000), bands_of(2020)) == D("7.00")
    page = as_city.get(URL).content.decode()
    assert "2020 年起" in page
    assert "新增党费标准“2020 年在职,超过 0 元”" in page
    assert as_city.get(f"{URL}edit/?year=2030").status_code == 302
    (mark,) = (mark for *_, mark in as_city.get(URL).context["years"])
    assert f'name="seen" value="{mark}"' in page
    for late in (seen, ""):
        data = {"year": 2020, "reason": "误设了,撤回", "seen": late}
        answer = as_city.post(f"{URL}remove/", data, follow=True)
        assert "没有删除" in answer.content.decode()
    assert DuesBand.objects.exists()
    as_city.post(f"{URL}remove/", {"year": 2020, "reason": "误设了,撤回", "seen": mark})
    assert not DuesBand.objects.exists()
