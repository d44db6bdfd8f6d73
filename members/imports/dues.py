"""The 党费 sheet: what each member paid for each month."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from members.models import DuesBase, DuesMonth, Member, Membership
from members.models.dues import bands_of, due_of, takes_dues
from members.rules.dates import next_month
from members.rules.vocabulary import Payer
from organizations.imports.row_form import CLEARED, CellField, RowForm, TextCell, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
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


class MoneyCell(CellField):
    """Yuan with at most two decimals."""

    def read(self, raw: Raw) -> Decimal:
        text = (f"{raw:.2f}" if isinstance(raw, float) else text_of(raw)).replace(",", "")
        try:
            value = Decimal(text.removesuffix("元"))
            if not 0 <= value <= MOST or value != value.quantize(Decimal("0.01")):
                raise CellError("金额应为不超过两位小数的非负数")
        except InvalidOperation as error:
            raise CellError("金额应写成数字,如 15 或 15.50") from error
        return value.quantize(Decimal("0.01"))

    def write(self, value: Any) -> Raw:
        return f"{value:.2f}"


class DuesRow(RowForm):
    member = TextCell(label="党员编号", upper=True)
    month = MonthCell(label="月份")
    paid = MoneyCell(label="实交(元)")
    words = {
        "member": ("编号", "党员编码"),
        "month": ("所属月份", "缴费月份", "党费月份"),
        "paid": ("实交", "实交金额", "已交金额", "缴纳金额", "实缴金额"),
        "paid_on": ("缴纳日期", "交费日期", "缴费日期"),
    }

    class Meta:
        model = DuesMonth
        formfield_callback = cell_field
        fields = ["member", "month", "paid", "paid_on", "note"]


class DuesSheet(Sheet):
    code, title, form = "dues_month", "党费", DuesRow

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        return instance.member.code if name == "member" else super().value_of(instance, name)

    def prepare(self) -> None:
        codes = {c for row in self.rows if isinstance(c := row.values.get("member"), str)}
        self.members: dict[str, Member] = {}
        self.stays: dict[int, list[Membership]] = {}
        self.stored: dict[tuple[int, date], DuesMonth] = {}
        self.bases: dict[int, list[DuesBase]] = {}
        for part in chunks(sorted(codes)):
            self.members |= {one.code: one for one in Member.objects.filter(code__in=part)}
        for part in chunks(sorted(one.pk for one in self.members.values())):
            stays = Membership.objects.filter(member__in=part).order_by("valid_from")
            for stay in stays.select_related("party_organization"):
                self.stays.setdefault(stay.member_id, []).append(stay)
            for row in DuesMonth.objects.filter(member__in=part):
                self.stored[row.member_id, row.month] = row
            for base in DuesBase.objects.filter(member__in=part).order_by("year"):
                self.bases.setdefault(base.member_id, []).append(base)

    def resolve(self, row: Row) -> None:
        code = row.values["member"]
        if code is None:
            return
        member = self.members.get(code)
        if member is None:
            self.wrong(row, "member", f"没有编号为“{code}”的党员,请先录入花名册")
            return
        row.values["member"] = member

    def find(self) -> None:
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            member, month = row.values["member"], row.values["month"]
            if not isinstance(member, Member) or month is None:
                continue
            if not self.once(row, (member.pk, month), seen, "month"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            row.instance = self.stored.get((member.pk, month))
            place = self.place(member, month)
            if place is None:
                self.wrong(row, "month", "这名党员这个月不属于任何党组织")
            elif not self.batch.may_write(place.party_organization.township_id):
                self.wrong(row, "member", "这名党员不在您的管辖范围,不能登记党费")
            elif not takes_dues(place.party_organization, month.year):
                self.wrong(row, "member", "所在党组织不收缴党费")
        self.drop_repeated(self.rows, repeated)

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
        on = values.get("paid_on")
        if on is None and row.instance is not None:
            on = row.instance.paid_on
        if values["paid"] and on in (None, CLEARED):
            self.wrong(row, "paid_on", "请填写交纳日期")
        elif not values["paid"] and on not in (None, CLEARED):
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
