"""The 指导员 sheet."""

from typing import Any

from organizations.imports.row_form import CLEARED, RowForm, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import Instructor
from organizations.rules.vocabulary import ENDED_BY_RETIREMENT


class InstructorRow(RowForm):
    words = {
        "code": ("编号", "指导员工号", "党建工作指导员编号"),
        "name": ("指导员姓名", "党建工作指导员", "党建指导员"),
        "township": ("所属镇街", "镇街", "所属镇(街道)", "所在镇(街道)", "派出镇(街道)"),
        "started_on": ("任职日期", "聘任日期", "任职起始时间", "选派日期"),
        "ended_on": ("离任日期", "任职截止时间", "解聘日期"),
    }
    upper = ("code",)

    class Meta:
        model = Instructor
        formfield_callback = cell_field
        fields = ["code", "name", "township", "started_on", "ended_on"]


class InstructorSheet(Sheet):
    code, title, form = "instructor", "指导员", InstructorRow
    end, ended_with_it = "ended_on", ENDED_BY_RETIREMENT

    def prepare(self) -> None:
        self.by_code: dict[str, Row] = {}
        self.stored: dict[str, Instructor] = {}

    def resolve(self, row: Row) -> None:
        self.resolve_township(row)

    def load(self, codes: set[str]) -> None:
        """Load the stored instructors with these codes, once."""
        for part in chunks(sorted(codes - self.stored.keys())):
            self.stored |= {one.code: one for one in Instructor.objects.filter(code__in=part)}

    def find(self) -> None:
        self.load(self.texts("code"))
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            code = row.values["code"]
            if code is None:
                continue
            if not self.once(row, code, seen, "code"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            row.instance = self.stored.get(code)
            if row.instance is not None and not self.batch.may_write(row.instance.township_id):
                self.wrong(row, "code", "这个编号属于管辖范围以外的指导员,不能改动")
                continue
            self.by_code[code] = row
        self.drop_repeated(self.rows, repeated)

    def cross_check(self, row: Row) -> None:
        if not row.is_right("started_on", "ended_on"):
            return
        start, end = (self._value(row, name) for name in ("started_on", "ended_on"))
        if start and end and end <= start:
            self.wrong(row, "ended_on", "任职截止日期须晚于起始日期")

    @staticmethod
    def _value(row: Row, name: str) -> Any:
        """What will be stored: the cell's value, or with a blank cell what is there."""
        value = row.values.get(name)
        if value is CLEARED:
            return None
        return getattr(row.instance, name, None) if value is None else value

    def referred(self, code: str) -> Any:
        """The instructor that another sheet's row means, or a message why there is none."""
        if code in self.by_code:
            return self.by_code[code].instance
        found = self.stored.get(code)
        if found is not None:
            return found
        near = self.batch.nearest(code, self.by_code)
        return f"没有编号为“{code}”的指导员{near},请先录入或核对编号"
