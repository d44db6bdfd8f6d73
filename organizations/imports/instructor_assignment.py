"""The 指导员联系 sheet."""

from typing import Any, cast

from accounts.rules import day_words
from organizations.imports.dated_link import DatedLinkRow, DatedLinkSheet
from organizations.imports.instructor import InstructorSheet
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row
from organizations.models import InstructorAssignment


class InstructorAssignmentRow(DatedLinkRow):
    words = DatedLinkRow.words | {
        "instructor": ("编号", "指导员", "指导员工号", "党建工作指导员编号"),
        "valid_from": ("联系日期", "联系时间", "起始日期", "联系起始时间", "开始日期"),
        "valid_to": ("截止日期", "联系截止时间", "终止日期", "结束日期"),
    }

    class Meta:
        model = InstructorAssignment
        formfield_callback = cell_field
        fields = ["social_organization", "instructor", "valid_from", "valid_to"]


class InstructorAssignmentSheet(DatedLinkSheet):
    code, title, form = "instructor_assignment", "指导员联系", InstructorAssignmentRow
    partner, overlap = "instructor", "同一对未截止的联系"

    def prepare(self) -> None:
        super().prepare()
        self.instructors = cast(InstructorSheet, self.batch.sheets["instructor"])
        self.instructors.load({code.upper() for code in self.texts("instructor")})

    def partner_of(self, code: str) -> Any:
        return self.instructors.referred(code)

    def resolve(self, row: Row) -> None:
        super().resolve(row)
        if not row.is_right("instructor"):
            return
        home = row.values["instructor"].township_id
        if home and not self.batch.may_write(home):
            self.wrong(row, "instructor", "这位指导员不在您的管辖范围,不能安排")

    def cross_check(self, row: Row) -> None:
        super().cross_check(row)
        if not row.is_right("valid_from", "instructor"):
            return
        start, instructor = row.values["valid_from"], row.values["instructor"]
        if instructor.ended_on and start >= instructor.ended_on:
            self.wrong(
                row, "valid_from", f"指导员已于{day_words(instructor.ended_on)}离任,不能再联系"
            )
        if instructor.started_on and start < instructor.started_on:
            self.warn(row, "valid_from", f"早于指导员任职日期{day_words(instructor.started_on)}")
