"""The 党小组 and 党小组成员 sheets."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

from accounts import audit
from members.imports.of_member import OfMemberRow, OfMemberSheet
from members.models import GroupMember, Member, Membership, PartyGroup
from members.models.closing import close
from organizations.imports.owned import OwnedRow, OwnedSheet, as_read
from organizations.imports.row_form import CLEARED, cell_field
from organizations.imports.sheet import Row, chunks
from organizations.models import PartyOrganization


class PartyGroupRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "name": ("党小组", "小组名称"),
        "valid_from": ("成立时间", "设立日期"),
        "valid_to": ("撤销时间",),
    }

    class Meta:
        model = PartyGroup
        formfield_callback = cell_field
        fields = ["party_organization", "name", "valid_from", "valid_to"]


def ended_place(place: GroupMember, day: date, reason: str) -> audit.Entry:
    """What `close` does to an open place, told: it ends, or never was."""
    if place.valid_from < day:
        change = {"valid_to": None}, {"valid_to": day}
        return audit.Entry("group_member.change", place, *change, reason)
    told = {name: getattr(place, name) for name in ("member", "group", "is_leader", "valid_from")}
    return audit.Entry("group_member.delete", place, told, None, reason)


class PartyGroupSheet(OwnedSheet):
    """A name may come back after its group has ended; one group has it at a time."""

    code, title, form = "party_group", "党小组", PartyGroupRow
    natural = ("name",)
    is_plural = True

    def prepare(self) -> None:
        super().prepare()
        self.groups: dict[int, list[PartyGroup]] = {}
        self.ended: list[audit.Entry] = []

    def find(self) -> None:
        super().find()
        open_ones: dict[Any, Row] = {}
        for row in self.rows:
            if not row.is_right("party_organization", "name", "valid_to"):
                continue
            if self._end(row) is None:
                first = open_ones.setdefault(self.key(row), row)
                if first is not row:
                    message = f"与 {first.place} 是存续的同名党小组,请给较早的一个填撤销日期"
                    self.wrong(row, "valid_to", message)

    def meant(self, row: Row, records: list[Any]) -> Any:
        begun = (one for one in records if one.valid_from == row.values.get("valid_from"))
        still_open = (one for one in records if one.valid_to is None)
        return next(begun, None) or next(still_open, None)

    def _end(self, row: Row) -> Any:
        end = row.values.get("valid_to")
        if end is None and row.instance is not None:
            end = row.instance.valid_to
        return None if end is CLEARED else end

    def cross_check(self, row: Row) -> None:
        self.not_in_future(row, "valid_from", "valid_to")
        begin, end = row.values.get("valid_from"), self._end(row)
        if row.is_right("valid_from", "valid_to") and begin and end and end <= begin:
            self.wrong(row, "valid_to", "撤销日期须晚于成立日期")

    def compare(self, row: Row) -> None:
        super().compare(row)
        party = row.values["party_organization"]
        is_dated = row.is_new or "valid_from" in row.changes
        if is_dated and party.founded_on and row.values["valid_from"] < party.founded_on:
            self.wrong(row, "valid_from", "党小组不能早于党组织成立")
        if row.is_new and self._end(row) is None and party.dissolved_on:
            self.wrong(row, "party_organization", "这个党组织已经撤销")

    def save(self) -> None:
        """A group that ends takes its places with it."""
        super().save()
        ended = [
            row.instance
            for row in self.rows
            if row.outcome == "changed" and "valid_to" in row.changes and row.instance.valid_to
        ]
        days = {one.pk: one.valid_to for one in ended}
        places = GroupMember.objects.filter(group__in=list(days), valid_to__isnull=True)
        reason = f"党小组撤销(导入批次 {self.batch.record.pk})"
        for place in places.select_related("member", "group").order_by("pk"):
            self.ended.append(ended_place(place, days[place.group_id], reason))
        with self.batch.writer.watching(places):
            for group in ended:
                close(GroupMember.objects.filter(group=group.pk), group.valid_to)

    def entries(self) -> Iterator[audit.Entry]:
        yield from super().entries()
        yield from self.ended

    # --- for other sheets ------------------------------------------------------------------------

    def load(self, parties: set[int]) -> None:
        """Load the stored groups of these party organizations."""
        for part in chunks(sorted(parties - self.groups.keys())):
            self.groups |= {pk: [] for pk in part}
            for one in PartyGroup.objects.filter(party_organization__in=part).order_by("pk"):
                self.groups[one.party_organization_id].append(one)

    def referred(self, party: PartyOrganization, name: str, day: Any) -> PartyGroup | str:
        """The group of this name that another sheet's row means, or a message why there is none."""
        brought = [
            row.instance
            for row in self.rows
            if row.values.get("party_organization") is party or _is_same(row, party)
            if row.instance is not None and as_read(row.instance.name) == name
        ]
        known = {one.pk for one in brought if one.pk}
        stored = self.groups.get(party.pk, []) if party.pk else []
        found = brought + [
            one for one in stored if one.pk not in known and as_read(one.name) == name
        ]
        alive = [
            one
            for one in found
            if one.valid_from and (day is None or one.valid_from <= day)
            if one.valid_to in (None, CLEARED) or day is None or one.valid_to > day
        ]
        if alive:
            return cast(PartyGroup, alive[0])
        if found:
            return f"党小组“{name}”在这一天不存在,请核对成立和撤销日期"
        return f"“{party.name}”没有党小组“{name}”,请先登记党小组"


def _is_same(row: Row, party: PartyOrganization) -> bool:
    own = row.values.get("party_organization")
    return isinstance(own, PartyOrganization) and own.pk is not None and own.pk == party.pk


class GroupMemberRow(OfMemberRow):
    words = {
        **OfMemberRow.words,
        "group": ("党小组名称", "所在党小组"),
        "is_leader": ("是否组长", "小组长"),
        "valid_from": ("编入时间",),
        "valid_to": ("离开时间",),
    }

    class Meta:
        model = GroupMember
        formfield_callback = cell_field
        fields = ["member", "group", "is_leader", "valid_from", "valid_to"]


class GroupMemberSheet(OfMemberSheet):
    """Who is in which group of the own party organization; one group at a time."""

    code, title, form = "group_member", "党小组成员", GroupMemberRow
    natural = ("valid_from",)

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return super().listed(rows).select_related("group")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        return instance.group.name if name == "group" else super().value_of(instance, name)

    def prepare(self) -> None:
        super().prepare()
        self.group_sheet = cast(PartyGroupSheet, self.batch.sheets["party_group"])
        self.group_sheet.load(
            {stay.party_organization_id for stays in self.stays.values() for stay in stays}
        )
        self.places: dict[int, list[GroupMember]] = {}
        self.stay_of: dict[int, Membership] = {}
        self.given_way: list[audit.Entry] = []
        for one in self.stored.values():
            self.places.setdefault(one.member_id, []).append(one)

    def check_reach(self, row: Row, member: Member) -> None:
        """The group's organization decides, see `_resolve_group`."""
        if member.pk not in self.stays:
            self.wrong(row, "member", "这名党员不属于任何党组织")

    def find(self) -> None:
        super().find()
        for row in self.rows:
            if row.is_right("member", "group", "valid_from"):
                self._resolve_group(row)
        self._check_together()

    def _resolve_group(self, row: Row) -> None:
        """The group by its name, in the organization where the member belonged on the day."""
        member, day = row.values["member"], row.values["valid_from"]
        stays = self.stays[member.pk]
        stay = next(
            (
                one
                for one in stays
                if one.valid_from <= day and (one.valid_to is None or one.valid_to > day)
            ),
            None,
        )
        if stay is None:
            self.wrong(row, "valid_from", "这名党员在这一天不属于任何党组织")
            return
        if not self.batch.may_write(stay.party_organization.township_id):
            self.wrong(row, "member", "这名党员在这一天不在您的管辖范围,不能登记")
            return
        self.stay_of[id(row)] = stay
        group = self.group_sheet.referred(stay.party_organization, row.values["group"], day)
        if isinstance(group, str):
            self.wrong(row, "group", group)
        else:
            row.values["group"] = group

    def _check_together(self) -> None:
        """One open place a member, one leader a group, among the rows of the batch."""
        open_ones: dict[int, Row] = {}
        leaders: dict[int, Row] = {}
        for row in self.rows:
            if row.is_wrong or self.after(row, "valid_to") is not None:
                continue
            first = open_ones.setdefault(row.values["member"].pk, row)
            if first is not row:
                message = f"与 {first.place} 是同一名党员,请给较早的一条填离开日期"
                self.wrong(row, "valid_to", message)
            elif self.after(row, "is_leader"):
                first = leaders.setdefault(id(row.values["group"]), row)
                if first is not row:
                    self.wrong(row, "is_leader", f"与 {first.place} 是同一个党小组的组长")

    def cross_check(self, row: Row) -> None:
        super().cross_check(row)
        if not row.is_right("valid_from", "valid_to"):
            return
        end = self.after(row, "valid_to")
        if end is not None and end <= row.values["valid_from"]:
            self.wrong(row, "valid_to", "离开日期须晚于编入日期")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if row.is_wrong or not (row.is_new or row.changes):
            return
        left, end = self.stay_of[id(row)].valid_to, self.after(row, "valid_to")
        if left is not None and (end is None or end > left):
            words = f"{left:%Y-%m-%d} 已离开这个党组织,请填写不晚于这一天的离开日期"
            self.wrong(row, "valid_to", words)
            return
        if not row.is_new:
            return
        later = [
            one
            for one in self.places.get(row.values["member"].pk, [])
            if one.valid_from > row.values["valid_from"]
        ]
        if later and end is None:
            words = f"{later[-1].valid_from:%Y-%m-%d} 已编入党小组,请填离开日期"
            self.wrong(row, "valid_to", words)

    def save(self) -> None:
        """Whoever comes into a group leaves the earlier one; a new leader takes the old one's place."""
        changed = [row for row in self.rows if row.outcome == "changed"]
        new = [row for row in self.rows if row.outcome == "new"]
        for row in (*changed, *new):
            self.before_save(row)
        told = [row.instance.pk for row in changed]
        self._leave_earlier([row for row in new if row.instance.valid_to is None], told)
        self._replace_leaders([*changed, *new], told)
        self._update([row for row in changed if not row.instance.is_leader])
        self._update([row for row in changed if row.instance.is_leader])
        self.batch.writer.create([row.instance for row in new])

    def _leave_earlier(self, rows: list[Row], told: list[int]) -> None:
        days = {row.values["member"].pk: row.instance.valid_from for row in rows}
        others = GroupMember.objects.filter(valid_to__isnull=True).exclude(pk__in=told)
        left = others.filter(member__in=list(days))
        reason = f"编入另一个党小组(导入批次 {self.batch.record.pk})"
        for place in left.select_related("member", "group").order_by("pk"):
            self.given_way.append(ended_place(place, days[place.member_id], reason))
        with self.batch.writer.watching(left):
            for row in rows:
                close(others.filter(member=row.values["member"].pk), row.instance.valid_from)

    def _replace_leaders(self, rows: list[Row], told: list[int]) -> None:
        """Who led a group that gets another leader stays in it, unless the batch says otherwise."""
        groups = [r.instance.group_id for r in rows if r.instance.is_leader and not self._end(r)]
        old = GroupMember.objects.filter(group__in=groups, is_leader=True, valid_to__isnull=True)
        replaced = list(old.exclude(pk__in=told))
        for one in replaced:
            one.is_leader = False
        self.batch.writer.update(replaced, ["is_leader"])
        reason = f"另有组长(导入批次 {self.batch.record.pk})"
        change = {"is_leader": True}, {"is_leader": False}
        self.given_way += [
            audit.Entry("group_member.change", one, *change, reason) for one in replaced
        ]

    def entries(self) -> Iterator[audit.Entry]:
        yield from super().entries()
        yield from self.given_way

    @staticmethod
    def _end(row: Row) -> Any:
        return row.instance.valid_to
