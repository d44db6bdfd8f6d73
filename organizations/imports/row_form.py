"""A form per kind of row: header, required check and reading of every column follow from it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from organizations.rules.cells import (
    CLEAR,
    CellError,
    Raw,
    date_of,
    header_key,
    integer_of,
    is_empty,
    quoted,
    text_of,
    written,
)

LARGEST_INTEGER = 10_000_000
YES = ("是", "有", "√", "y", "yes", "1", "true")
NO = ("否", "无", "没有", "×", "n", "no", "0", "false")


class Clear:
    """The officer wrote 清空: the stored value is to be removed."""

    def __repr__(self) -> str:
        return CLEAR


CLEARED = Clear()


class CellField(forms.Field):
    """One column. `read` turns a non-empty cell into a value or raises CellError.

    `write` is the way back: what it makes of a stored value, `read` understands as the same value.
    A secret one's values are shown nowhere.
    """

    secret = False

    def read(self, raw: Raw) -> Any:
        return text_of(raw)

    def write(self, value: Any) -> Raw:
        return None if value in (None, "") else written(str(value))


class TextCell(CellField):
    def __init__(self, *, max_length: int | None = None, upper: bool = False, **kwargs: Any):
        super().__init__(**kwargs)
        self.max_length, self.upper = max_length, upper

    def read(self, raw: Raw) -> str:
        text = text_of(raw)
        if self.max_length and len(text) > self.max_length:
            raise CellError(f"太长:{len(text)} 个字,最多 {self.max_length} 个字")
        text = text.replace(" ", "").upper() if self.upper else text
        for validator in self.validators:
            try:
                validator(text)
            except ValidationError as error:
                raise CellError("".join(error.messages)) from error
        return text


class DateCell(CellField):
    def read(self, raw: Raw) -> Any:
        return date_of(raw)

    def write(self, value: Any) -> Raw:
        return value


class IntegerCell(CellField):
    def __init__(self, *, least: int = 0, most: int = LARGEST_INTEGER, **kwargs: Any):
        super().__init__(**kwargs)
        self.least, self.most = least, most

    def read(self, raw: Raw) -> int:
        return integer_of(raw, self.least, self.most)

    def write(self, value: Any) -> Raw:
        return value


class DecimalCell(CellField):
    """A number with so many decimals at most, as money in yuan or hours."""

    def __init__(
        self, *, most: Decimal, least: Decimal = Decimal(0), places: int = 2, **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.least, self.most, self.places = least, most, places

    def read(self, raw: Raw) -> Decimal:
        # a sum that Excel worked out carries a remainder far behind the point
        text = (str(round(raw, 6)) if isinstance(raw, float) else text_of(raw)).replace(",", "")
        try:
            value = Decimal(text.removesuffix("元").removesuffix("学时"))
        except InvalidOperation as error:
            raise CellError(f"“{text}”不是数字,应写成 15 或 15.5 这样的数") from error
        if not value.is_finite() or value < 0 or round(value, self.places) != value:
            words = "一二三四"[self.places - 1].replace("二", "两")
            raise CellError(f"应为不超过{words}位小数的非负数")
        if not self.least <= value <= self.most:
            raise CellError(f"{value} 超出范围,应为 {self.least} 至 {self.most}")
        return round(value, self.places)

    def write(self, value: Any) -> Raw:
        return None if value is None else f"{value:.{self.places}f}"


class YesCell(CellField):
    """Yes or no, as ledgers write it."""

    def read(self, raw: Raw) -> bool:
        text = text_of(raw).lower()
        if text in YES:
            return True
        if text in NO:
            return False
        raise CellError("请填“是”或“否”")

    def write(self, value: Any) -> Raw:
        return "是" if value else "否"


class ChoiceCell(CellField):
    """A closed list, by its Chinese words, by other words for them, or by its code."""

    def __init__(
        self, *, choices: list[tuple[str, str]], other_words: dict[str, str], **kwargs: Any
    ):
        super().__init__(**kwargs)
        self.choices = choices
        self.known = {header_key(label): code for code, label in choices}
        self.known |= {header_key(code): code for code, _ in choices}
        self.known |= {header_key(word): code for word, code in other_words.items()}

    def read(self, raw: Raw) -> str:
        text = text_of(raw)
        code = self.known.get(header_key(text))
        if code is None:
            legal = "、".join(label for _, label in self.choices)
            raise CellError(f"没有“{text}”这一项,可填:{legal}")
        return code

    def write(self, value: Any) -> Raw:
        return dict(self.choices).get(value, value) or None


def _length_of(field: models.Field) -> int | None:
    return getattr(field, "max_length", None)


def cell_field(field: models.Field, **kwargs: Any) -> CellField | None:
    """The cell of a model field; its verbose_name is the header, its blank the required check."""
    label = str(field.verbose_name)
    required = not (field.blank or field.has_default())
    common: dict[str, Any] = {"label": label, "required": required}
    if field.choices:
        return ChoiceCell(choices=list(field.flatchoices), other_words={}, **common)
    if isinstance(field, models.ForeignKey):
        return TextCell(max_length=200, **common)
    if isinstance(field, models.DateField):
        return DateCell(**common)
    bounds = {v.code: v.limit_value for v in field.validators if hasattr(v, "limit_value")}
    if isinstance(field, models.BooleanField):
        return YesCell(**common)
    if isinstance(field, models.DecimalField):
        most = bounds.get("max_value", Decimal(10) ** (field.max_digits - field.decimal_places) - 1)
        least = max(Decimal(0), bounds.get("min_value", Decimal(0)))
        return DecimalCell(least=least, most=most, places=field.decimal_places, **common)
    if isinstance(field, models.IntegerField):
        lowest = max(0, bounds.get("min_value", 0))
        highest = min(LARGEST_INTEGER, bounds.get("max_value", LARGEST_INTEGER))
        return IntegerCell(least=lowest, most=highest, **common)
    own = [v for v in field.validators if not hasattr(v, "limit_value")]
    return TextCell(max_length=_length_of(field), validators=own, **common)


@dataclass
class Column:
    """A column of a kind of sheet: field name, header, other words for the header, its cell."""

    name: str
    header: str
    cell: CellField
    words: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        return self.cell.required

    @property
    def keys(self) -> set[str]:
        return {header_key(word) for word in (self.header, *self.words)}

    def reader(self) -> Callable[[Raw], Any]:
        """Reads cells of this column, each distinct value once."""
        seen: dict[Any, Any] = {}
        read, required = self.cell.read, self.cell.required
        many = len

        def cached(raw: Raw) -> Any:
            key = (type(raw), raw)
            if key in seen:
                value = seen[key]
            else:
                try:
                    literal = quoted(raw)
                    if literal is not None:
                        value = read(literal)
                    elif isinstance(raw, str) and text_of(raw) == CLEAR and not required:
                        value = CLEARED
                    else:
                        value = None if is_empty(raw) else read(raw)
                    if value in (None, "") and required:
                        value = CellError("必填,不能为空")
                except CellError as error:
                    value = error
                if many(seen) < 5_000:
                    seen[key] = value
            if isinstance(value, CellError):
                raise value
            return value

        return cached


class RowForm(forms.ModelForm):
    """Declares the columns of a kind of sheet; `words` are other headers, `terms` other values."""

    words: dict[str, tuple[str, ...]] = {}
    terms: dict[str, dict[str, str]] = {}
    upper: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @classmethod
    def columns(cls) -> list[Column]:
        found = []
        # columns that are not the model's own stand where an officer looks for them
        first = [name for name in cls.field_order or () if name in cls.base_fields]
        for name in dict.fromkeys([*first, *cls.base_fields]):
            cell = cls.base_fields[name]
            if isinstance(cell, ChoiceCell):
                more = {header_key(word): code for word, code in cls.terms.get(name, {}).items()}
                cell.known |= more
            if name in cls.upper:
                cell.upper = True
            if name in cls.required:
                cell.required = True
            found.append(Column(name, str(cell.label), cell, cls.words.get(name, ())))
        return found
