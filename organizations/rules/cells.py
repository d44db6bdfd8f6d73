"""What a cell of a workbook means: text, dates and numbers as township stations write them."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

Raw = str | int | float | bool | date | datetime | None

# what people write into a cell to say that there is nothing
EMPTY = frozenset(
    {"", "-", "--", "—", "——", "–", "/", "\\", "无", "暂无", "空", "n/a", "none", "null"}
)
CLEAR = "清空"
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef、。《》()"
_NEXT_TO_CJK = re.compile(rf"(?<=[{_CJK}])\s+|\s+(?=[{_CJK}])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2028-\u202e\ufeff]")
_NUMBER = re.compile(r"([+-]?[\d,]+(?:\.0+)?)(?:人|名|个|家|年|岁)?")
_DATE = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_EPOCH = date(1899, 12, 30)
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)
# Excel keeps 15 digits of a number; longer codes must be text
_EXACT = 10**15


class CellError(ValueError):
    """The cell does not hold what its column asks for; the message says what to write."""


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", text)
    text = _CONTROL.sub("", text.replace("\u3000", " ").replace("\xa0", " "))
    return _NEXT_TO_CJK.sub("", re.sub(r"\s+", " ", text).strip())


def text_of(raw: Raw) -> str:
    """The cell as text: half-width, without stray blanks; a whole number without its `.0`."""
    if raw is None:
        return ""
    if isinstance(raw, str):
        return _clean(raw)
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, int | float):
        if abs(raw) >= _EXACT:
            raise CellError("数字太长,Excel 已丢失末尾几位,请把单元格设为“文本”后重新填写")
        return str(int(raw)) if raw == int(raw) else str(raw)
    if isinstance(raw, datetime):
        raw = raw.date()
    return raw.isoformat()


def is_empty(raw: Raw) -> bool:
    """Nothing there, or one of the signs for nothing."""
    if raw is None or raw == "":
        return True
    return isinstance(raw, str) and _clean(raw).casefold() in EMPTY


def quoted(raw: Raw) -> str | None:
    """The text behind a leading apostrophe, which says that it is meant literally; else None."""
    if not isinstance(raw, str) or not raw:
        return None
    text = _clean(raw)
    return text[1:] if text.startswith("'") else None


def written(text: str) -> str:
    """A stored text as a cell that reads back as the same text: no control signs, no lost meaning.

    What would be read as nothing, as 清空, as a 合计 row or as quoted gets an apostrophe in front.
    """
    text = _CONTROL.sub("", text)
    plain = _clean(text)
    special = is_empty(plain) or plain == CLEAR or is_total(plain) or plain.startswith("'")
    if plain and special:
        return f"'{text}"
    return text


def is_same_text(stored: str, read: str) -> bool:
    """Does a cell that was read say what is stored, blanks and full-width signs apart?"""
    return stored == read or _clean(stored) == read


def date_of(raw: Raw) -> date:
    """A date from an Excel date, a serial number, 20170501 or the usual written forms."""
    found = _date_of(raw)
    if not EARLIEST <= found < LATEST:
        raise CellError(f"日期 {found.isoformat()} 超出 1900 至 2100 年,请核对")
    return found


def _date_of(raw: Raw) -> date:
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        if raw == int(raw) and 19000101 <= raw <= 21001231:
            return _calendar(str(int(raw)), _COMPACT.fullmatch(str(int(raw))))
        if 1 <= raw < 80_000:
            return _EPOCH + timedelta(days=int(raw))
    text = text_of(raw)
    return _calendar(text, _DATE.fullmatch(text) or _COMPACT.fullmatch(text))


def _calendar(text: str, match: re.Match[str] | None) -> date:
    if match is None:
        raise CellError(f"“{text}”不是日期,请写成 2019-10-16、2019年10月16日 或 20191016")
    year, month, day = map(int, match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError(f"“{text}”不是真实存在的日期,请核对月份和日子") from None


def integer_of(raw: Raw, least: int, most: int) -> int:
    """A whole number within bounds; a unit behind it (3年, 12人) is tolerated."""
    text = text_of(raw)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise CellError(f"“{text}”不是整数")
    number = int(float(match.group(1).replace(",", "")))
    if not least <= number <= most:
        raise CellError(f"{number} 超出范围,应为 {least} 至 {most}")
    return number


_BRACKETS = re.compile(r"[()()]")


def header_key(raw: Raw) -> str:
    """A column header for comparing: no blanks, stars, colons; brackets do not count."""
    try:
        text = text_of(raw)
    except CellError:
        return ""
    return _BRACKETS.sub("", re.sub(r"[\s*:]", "", text)).casefold()


_HINT = re.compile(r"\([^()]*\)$")


def hintless_key(raw: Raw) -> str:
    """The same without a hint at the end: 成立登记日期(年月日), 从业人员数(人)."""
    try:
        return header_key(_HINT.sub("", text_of(raw).strip("*: ")))
    except CellError:
        return ""


_TOTAL = re.compile(r"(本页|本镇|本街道|全市|全镇)?(合计|总计|小计|共计|累计)[::]?")
_FOOTNOTE = re.compile(
    r"(填表|填报|制表|经办|复核|审核|审批|报送|统计)(人|单位|日期|时间|部门)?(签字|签名)?(\(.{1,6}\))?:.*"
    r"|(单位|主要|分管)?(负责人|领导)(签字|签名)?(\(.{1,6}\))?:.*"
    r"|(联系人|联系电话|电话|日期|单位|备注|注|说明|附注)\d?(\(.{1,6}\))?:.*"
)


def is_total(text: str) -> bool:
    return bool(_TOTAL.fullmatch(text))


def is_footnote(texts: Sequence[str]) -> bool:
    """Do the filled cells of a row say who filled in the sheet and when, or remark on it?

    One label and its text, or several labels side by side; a record may hold one at most.
    """
    labels = sum(bool(_FOOTNOTE.fullmatch(text)) for text in texts)
    return bool(_FOOTNOTE.fullmatch(texts[0])) and (len(texts) <= 2 or labels >= 2)
