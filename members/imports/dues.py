"""The 党费 sheet: what each member paid for each month."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from members.imports.of_member import OfMemberRow, OfMemberSheet
from members.models import DuesBase, DuesMonth, Member, Membership
from members.models.dues import bands_of, due_of, takes_dues
from members.rules.dates import next_month
from members.rules.vocabulary import Payer
from organizations.imports.row_form import CellField, DecimalCell, cell_field
from organizations.imports.sheet import Row, chunks
from organizations.rules.cells import CellError, Raw, text_of

_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})(?:月|[-./]0?1)?")
MOST = Decimal(100_000)


class MonthCell(CellField):
    """A month, as 2019-10, 2019年10月, or a date within it."""

    def read(self, raw: Raw) -> date:
        if isinstance(raw, date):
            return date(raw.year, raw.month, 1)
        found = _MONTH.fullmatch(text_of(raw).replace(" ", ""))
        if found is None or not 1 <= int(found[2]) <= 12:
            raise CellError("月份应写成 2019-10 或 2019年10月")
        return date(int(found[1]), int(found[2]), 1)

    def write(self, value: Any) -> Raw:
        return f"{value:%Y-%m}"


class DuesRow(OfMemberRow):
    month = MonthCell(label="月份")
    paid = DecimalCell(label="实交(元)", most=MOST)
    words = {
        **OfMemberRow.words,
        "month": ("所属月份", "缴费月份", "党费月份"),
        "paid": ("实交", "实交金额", "已交金额", "缴纳金额", "实缴金额"),
        "paid_on": ("缴纳日期", "交费日期", "缴费日期"),
    }

    class Meta:
        model = DuesMonth
        formfield_callback = cell_field
        fields = ["member", "month", "paid", "paid_on", "note"]


class DuesSheet(OfMemberSheet):
    code, title, form = "dues_month", "党费", DuesRow
    natural = ("month",)
    of_those_gone = True

    def prepare(self) -> None:
        super().prepare()
        self.bases: dict[int, list[DuesBase]] = {}
        for part in chunks(sorted(one.pk for one in self.members.values())):
            for base in DuesBase.objects.filter(member__in=part).order_by("year"):
                self.bases.setdefault(base.member_id, []).append(base)

    def check_reach(self, row: Row, member: Member) -> None:
        """Whoever reaches the organization that the member belonged to in the month may write."""
        month = row.values["month"]
        place = self.place(member, month)
        if place is None:
            self.wrong(row, "month", "这名党员这个月不属于任何党组织")
        elif not self.batch.may_write(place.party_organization.township_id):
            self.wrong(row, "member", "这名党员不在您的管辖范围,不能登记党费")
        elif not takes_dues(place.party_organization, month.year):
            self.wrong(row, "member", "所在党组织不收缴党费")

    def place(self, member: Member, month: date) -> Membership | None:
        """Where the member's first day of the month as a member was spent."""
        after = next_month(month)
        for stay in self.stays.get(member.pk, []):
            if stay.valid_from < after and (stay.valid_to is None or stay.valid_to > month):
                return stay
        return None

    def cross_check(self, row: Row) -> None:
        values, today = row.values, self.batch.today
        if row.is_right("month") and values["month"] and values["month"] > today:
            self.wrong(row, "month", "这个月份还没有到")
        if not row.is_right("paid", "paid_on"):
            return
        on = self.after(row, "paid_on")
        if values["paid"] and on is None:
            self.wrong(row, "paid_on", "请填写交纳日期")
        elif not values["paid"] and on is not None:
            self.wrong(row, "paid_on", "没有实交金额,不应有交纳日期;更正请写“清空”")
        elif values["paid"] and on > today:
            self.wrong(row, "paid_on", "日期晚于今天,请核对")

    def defaults(self, row: Row) -> dict[str, Any]:
        """What the month's sheet would have put there: base of the year, dues by its bands."""
        member, month = row.values["member"], row.values["month"]
        known = [b for b in self.bases.get(member.pk, []) if b.year <= month.year]
        base = known[-1] if known else DuesBase(payer=Payer.EMPLOYED.value, base=Decimal(0))
        place = self.place(member, month)
        assert place is not None
        return {
            "party_organization": place.party_organization,
            "deadline": next_month(month),
            "payer": base.payer,
            "base": base.base,
            "due": due_of(base, bands_of(month.year)),
        }
