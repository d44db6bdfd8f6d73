"""The 指导员联系 sheet."""

from typing import Any, cast

from organizations.imports.instructor import InstructorSheet
from organizations.imports.row_form import CLEARED, RowForm, TextCell, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.imports.social_organization import SocialOrganizationSheet
from organizations.models import InstructorAssignment
from organizations.models.social_organization import validate_credit_code


class InstructorAssignmentRow(RowForm):
    credit_code = TextCell(
        label="统一社会信用代码", required=False, upper=True, validators=[validate_credit_code]
    )
    words = {
        "social_organization": ("单位名称", "组织名称", "联系单位", "社会组织", "单位全称"),
        "credit_code": ("信用代码", "社会信用代码", "统一信用代码", "统一代码"),
        "instructor": ("编号", "指导员", "指导员工号", "党建工作指导员编号"),
        "valid_from": ("联系日期", "联系时间", "起始日期", "联系起始时间", "开始日期"),
        "valid_to": ("截止日期", "联系截止时间", "终止日期", "结束日期"),
    }
    required = ("social_organization",)

    class Meta:
        model = InstructorAssignment
        formfield_callback = cell_field
        fields = ["social_organization", "instructor", "valid_from", "valid_to"]


class InstructorAssignmentSheet(Sheet):
    code, title, form = "instructor_assignment", "指导员联系", InstructorAssignmentRow
    foreign = ("credit_code",)

    def prepare(self) -> None:
        self.organizations = cast(SocialOrganizationSheet, self.batch.sheets["social_organization"])
        self.instructors = cast(InstructorSheet, self.batch.sheets["instructor"])
        self.batch.load_references(
            codes=self._texts("credit_code"), names=self._texts("social_organization")
        )
        self.instructors.load({code.upper() for code in self._texts("instructor")})

    def _texts(self, name: str) -> set[str]:
        return {text for row in self.rows if isinstance(text := row.values.get(name), str)}

    def resolve(self, row: Row) -> None:
        values = row.values
        code, name = values.get("credit_code"), values.get("social_organization")
        organization = self.organizations.referred(code, name, row.file)
        if isinstance(organization, str):
            self.wrong(row, "credit_code" if code else "social_organization", organization)
        else:
            values["social_organization"] = organization
            if not self.batch.may_write(organization.township_id):
                self.wrong(row, "social_organization", "这家社会组织不在您的管辖范围,不能改动")
        instructor = self.instructors.referred(values["instructor"].upper())
        if isinstance(instructor, str):
            self.wrong(row, "instructor", instructor)
            return
        values["instructor"] = instructor
        if not self.batch.may_write(instructor.township_id):
            self.wrong(row, "instructor", "这位指导员不在您的管辖范围,不能安排")

    def find(self) -> None:
        stored = self._stored_pairs()
        seen: dict[Any, Row] = {}
        opened: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            if row.is_wrong:
                continue
            values = row.values
            pair = (id(values["social_organization"]), id(values["instructor"]))
            if not self.once(row, (*pair, values["valid_from"]), seen, "social_organization"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            if values.get("valid_to") in (None, CLEARED):
                first = opened.setdefault(pair, row)
                if first is not row:
                    message = f"与 {first.place} 是同一对未截止的联系,请给较早的一条填截止日期"
                    self.wrong(row, "valid_to", message)
                    continue
            keys = (values["social_organization"].pk, values["instructor"].pk)
            row.instance = self._match(stored.get(keys, []), row)
        self.drop_repeated(self.rows, repeated)

    def _stored_pairs(self) -> dict[tuple[int, int], list[InstructorAssignment]]:
        organizations = {
            row.values["social_organization"].pk
            for row in self.rows
            if not row.is_wrong and row.values["social_organization"].pk
        }
        stored: dict[tuple[int, int], list[InstructorAssignment]] = {}
        for part in chunks(sorted(organizations)):
            for one in InstructorAssignment.objects.filter(social_organization__in=part):
                pair = (one.social_organization_id, one.instructor_id)
                stored.setdefault(pair, []).append(one)
        return stored

    @staticmethod
    def _match(found: list[InstructorAssignment], row: Row) -> InstructorAssignment | None:
        """The one that began on the same day; else, for an open row, the one still open."""
        for one in found:
            if one.valid_from == row.values["valid_from"]:
                return one
        if row.values.get("valid_to") in (None, CLEARED):
            return next((one for one in found if one.valid_to is None), None)
        return None

    def cross_check(self, row: Row) -> None:
        values = row.values
        end = values.get("valid_to")
        if end is None and row.instance is not None:
            end = row.instance.valid_to
        if end is not None and end is not CLEARED and end <= values["valid_from"]:
            self.wrong(row, "valid_to", "联系截止日期须晚于起始日期")
        instructor = values["instructor"]
        if instructor.ended_on and values["valid_from"] >= instructor.ended_on:
            self.wrong(row, "valid_from", f"指导员已于 {instructor.ended_on} 离任,不能再联系")
        if instructor.started_on and values["valid_from"] < instructor.started_on:
            self.warn(row, "valid_from", f"早于指导员任职日期 {instructor.started_on}")
