"""What is wrong with a workbook, said where it is and how to cure it."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where in the files: file name, sheet, row number as Excel shows it (0 = the whole sheet)."""

    file: str
    sheet: str = ""
    row: int = 0

    def __str__(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”")
        if self.row:
            parts.append(f"第 {self.row} 行")
        return " ".join(parts)


def letters(at: int) -> str:
    """The name that Excel gives to a column, counted from 0: A, B ... Z, AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(frozen=True)
class Problem:
    """One error or warning: the place, the column's header, the value found, the message.

    `at` is the column's number in the sheet, counted from 0, where the problem is one cell's.
    """

    place: Place
    column: str
    value: str
    message: str
    at: int | None = None

    @property
    def cell(self) -> str:
        """The cell's address as Excel shows it, empty where the problem is not one cell's."""
        if self.at is None or not self.place.row:
            return ""
        return f"{letters(self.at)}{self.place.row}"

    def as_json(self) -> dict[str, Any]:
        return {
            **asdict(self.place),
            "cell": self.cell,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }

    def __str__(self) -> str:
        column = f" “{self.column}”列" if self.column else ""
        value = f" 值“{self.value}”" if self.value else ""
        return f"{self.place}{column}{value}:{self.message}"
