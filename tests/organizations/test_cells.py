"""What cells mean, at their borders."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organizations.rules.cells import (
    CellError,
    date_of,
    header_key,
    integer_of,
    is_empty,
    is_footnote,
    is_total,
    text_of,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        ("", ""),
        ("  青商会\u3000", "青商会"),
        ("石狮市嘉泽１０号", "石狮市嘉泽10号"),
        ("陈  明", "陈明"),
        ("陈\u3000明", "陈明"),
        ("Rotary  Club", "Rotary Club"),
        ("镇（街道）", "镇(街道)"),
        ("第 3 支部", "第3支部"),
        ("51350581dem0001", "51350581dem0001"),
        (35058100001.0, "35058100001"),
        (3, "3"),
        (1.5, "1.5"),
        (True, "是"),
        (date(2019, 10, 16), "2019-10-16"),
        ("a\u200bb\x00c", "abc"),
        ("一\n二", "一二"),
    ],
)
def test_text_is_half_width_without_stray_blanks(raw: object, text: str) -> None:
    assert text_of(raw) == text


def test_text_of_a_number_that_excel_cut_is_refused() -> None:
    with pytest.raises(CellError, match="文本"):
        text_of(5.135058112345678e17)


@pytest.mark.parametrize("raw", ["", None, "—", "——", "-", "－", "无", " 无 ", "/", "暂无", "N/A"])
def test_signs_for_nothing_are_empty(raw: object) -> None:
    assert is_empty(raw)


@pytest.mark.parametrize("raw", [0, "0", "无锡商会", "合格", 0.0, False])
def test_values_are_not_empty(raw: object) -> None:
    assert not is_empty(raw)


WRITTEN = [
    "{d:%Y-%m-%d}",
    "{d:%Y/%m/%d}",
    "{d:%Y.%m.%d}",
    "{d:%Y年%m月%d日}",
    "{d.year}年{d.month}月{d.day}日",
    "{d.year}.{d.month}.{d.day}",
    "{d.year}/{d.month}/{d.day}",
    "{d:%Y%m%d}",
    "{d:%Y-%m-%d}T00:00:00",
]


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.sampled_from(WRITTEN))
def test_every_written_form_of_a_day_is_read_as_that_day(day: date, form: str) -> None:
    assert date_of(form.format(d=day)) == day


@given(st.dates(date(1900, 3, 1), date(2099, 12, 31)))
def test_numbers_are_read_as_days(day: date) -> None:
    assert date_of(float(f"{day:%Y%m%d}")) == day
    assert date_of(float((day - date(1899, 12, 30)).days)) == day
    assert date_of(datetime(day.year, day.month, day.day, 13, 5)) == day


@pytest.mark.parametrize(
    "raw",
    [
        *("2019-13-01", "2019-02-30", "20190230", "2019年10月", "去年", "12/5", "10-16-2019"),
        *("0001-01-01", "2100-01-01", -5.0, 0.0, 99999999.0, "1899-12-31", True),
    ],
)
def test_what_is_no_day_is_refused(raw: object) -> None:
    with pytest.raises(CellError):
        date_of(raw)


@pytest.mark.parametrize(
    ("raw", "number"),
    [(3.0, 3), ("３", 3), ("3年", 3), ("12人", 12), ("1,045", 1045), (0, 0), ("5.0", 5)],
)
def test_integers(raw: object, number: int) -> None:
    assert integer_of(raw, 0, 10_000) == number


@pytest.mark.parametrize("raw", [-1, "3.5", "三", "", 10_001, "1e3"])
def test_no_integers(raw: object) -> None:
    with pytest.raises(CellError):
        integer_of(raw, 0, 10_000)


@pytest.mark.parametrize(
    "raw", ["镇(街道)", "镇（街道）", " 镇 (街道) ", "*镇(街道)", "镇街道:", "镇\n(街道)"]
)
def test_headers_compare_without_blanks_and_brackets(raw: str) -> None:
    assert header_key(raw) == "镇街道"


def test_totals_and_footnotes() -> None:
    assert all(is_total(text) for text in ("合计", "总计", "小计:", "全市合计"))
    assert not is_total("合计表行业协会")
    assert all(
        is_footnote(texts)
        for texts in (
            ["填表人:陈某"],
            ["填报单位(盖章):", "某镇"],
            ["填表人:陈某", "审核人:林某", "填报日期:2019年10月16日"],
            ["审核人:", "林某", "联系电话:", "88880000"],
            ["单位负责人(签字):陈某", "填表人:林某", "2019年10月16日"],
        )
    )
    assert not any(
        is_footnote(texts)
        for texts in (
            ["备注行业协会"],
            ["1", "备注:待核实"],
            ["说明:由原甲会更名", "甲协会", "社会团体", "东风街道"],
        )
    )
