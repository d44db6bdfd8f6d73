"""What the sheets of members' records share: whose record a row is, and whether one may write it."""

from typing import Any, ClassVar

from members.models import Member, Membership
from organizations.imports.owned import as_read
from organizations.imports.row_form import CLEARED, RowForm, TextCell
from organizations.imports.sheet import Row, Sheet, chunks


class OfMemberRow(RowForm):
    """Names the member by code: names are shared."""

    member = TextCell(label="党员编号", upper=True)
    words = {"member": ("编号", "党员编码")}


class OfMemberSheet(Sheet):
    """A subclass names its form and `natural`: what tells one record of a member from another."""

    natural: ClassVar[tuple[str, ...]]
    # may something still be noted of those who have left?
    of_those_gone: ClassVar[bool] = False

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return rows.select_related("member").order_by("pk")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        return instance.member.code if name == "member" else super().value_of(instance, name)

    def name_of(self, row: Row) -> str:
        member = row.values.get("member")
        return f"{member.name} {row.label}" if isinstance(member, Member) else row.label

    # --- checking --------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.members: dict[str, Member] = {}
        self.stays: dict[int, list[Membership]] = {}
        self.stored: dict[tuple[Any, ...], Any] = {}
        manager: Any = self.model._default_manager
        for part in chunks(sorted(self.texts("member"))):
            self.members |= {one.code: one for one in Member.objects.filter(code__in=part)}
        for part in chunks(sorted(one.pk for one in self.members.values())):
            stays = Membership.objects.filter(member__in=part).order_by("valid_from")
            for stay in stays.select_related("party_organization"):
                self.stays.setdefault(stay.member_id, []).append(stay)
            for one in manager.filter(member__in=part).order_by("pk"):
                key = tuple(as_read(getattr(one, name)) for name in self.natural)
                self.stored.setdefault((one.member_id, *key), one)

    def resolve(self, row: Row) -> None:
        code = row.values["member"]
        if code is None:
            return
        member = self.members.get(code)
        if member is None or not self._is_known(member):
            words = f"没有编号为“{code}”的党员,或者不在您的管辖范围;请核对编号,新党员请先录入花名册"
            self.wrong(row, "member", words)
            return
        row.values["member"] = member

    def _is_known(self, member: Member) -> bool:
        """Codes run in sequence: the name behind one is told to those alone who had the member."""
        if self.batch.by is None:
            return True
        stays = self.stays.get(member.pk, [])
        return any(self.batch.may_write(one.party_organization.township_id) for one in stays)

    def find(self) -> None:
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            member = row.values["member"]
            if not isinstance(member, Member) or not row.is_right(*self.natural):
                continue
            key = (member.pk, *(row.values[name] for name in self.natural))
            if not self.once(row, key, seen, self.natural[0]):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            row.instance = self.stored.get(key)
            self.check_reach(row, member)
        self.drop_repeated(self.rows, repeated)

    def check_reach(self, row: Row, member: Member) -> None:
        """Whoever reaches the member's organization of today, or the last one, may write."""
        stays = self.stays.get(member.pk)
        if not stays:
            self.wrong(row, "member", "这名党员不属于任何党组织")
        elif not self.batch.may_write(stays[-1].party_organization.township_id):
            self.wrong(row, "member", "这名党员不在您的管辖范围,不能登记")

    def cross_check(self, row: Row) -> None:
        for name, value in row.values.items():
            is_day = type(value) is type(self.batch.today)
            if is_day and row.is_right(name) and value > self.batch.today:
                self.warn(row, name, "日期晚于今天,请核对")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if self.of_those_gone:
            return
        stays = self.stays[row.values["member"].pk]
        if stays[-1].valid_to is not None and (row.is_new or row.changes):
            self.wrong(row, "member", "这名党员现在不属于任何党组织,不能登记")

    def after(self, row: Row, name: str) -> Any:
        """What the record will say in a column once the row is written."""
        value = row.values.get(name)
        if value is None and row.instance is not None:
            value = getattr(row.instance, name)
        return None if value in (CLEARED, "") else value
