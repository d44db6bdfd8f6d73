"""The 党员 sheet."""

from typing import Any, cast

from django.db.models import Prefetch

from members.models import GroupMember, Member, Membership, PartyPost
from members.models.closing import leave_offices
from members.rules.dates import membership_start
from members.rules.vocabulary import COUNTED, Education, Entry, Exit, Gender, MemberStatus
from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.row_form import CLEARED, RowForm, TextCell, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import PartyKind


class MemberRow(RowForm):
    party_organization = TextCell(label="所在党组织编码", upper=True)
    words = {
        "code": ("编号", "党员编码", "党员代码"),
        "name": ("党员姓名",),
        "born_on": ("出生年月日", "出生时间", "生日"),
        "workplace": ("工作单位", "所在单位"),
        "ethnicity": ("族别",),
        "education": ("文化程度", "最高学历"),
        "school": ("毕业院校", "毕业学校及专业"),
        "working_since": ("参加工作时间",),
        "residence": ("家庭住址", "现住址"),
        "joined_on": ("入党时间", "加入党组织日期", "加入中国共产党日期"),
        "full_on": ("转正时间", "转为正式党员日期"),
        "status": ("人员类别", "党员类别", "党员类型"),
        "party_organization": (
            *("所在党组织代码", "党组织编码", "所在支部编码", "所属党组织编码"),
            "所在组织编码",
        ),
    }
    terms = {
        "gender": {"男性": Gender.MALE, "女性": Gender.FEMALE},
        "education": {
            "本科": Education.BACHELOR,
            "大学": Education.BACHELOR,
            "专科": Education.COLLEGE,
            "高中": Education.SENIOR,
            "中专": Education.SENIOR,
            "小学": Education.PRIMARY,
            "硕士研究生": Education.POSTGRADUATE,
            "博士研究生": Education.POSTGRADUATE,
        },
        "status": {"正式": MemberStatus.FULL, "预备": MemberStatus.PROBATIONARY},
    }
    upper = ("code",)

    class Meta:
        model = Member
        formfield_callback = cell_field
        fields = [
            *("code", "name", "gender", "ethnicity", "born_on", "native_place", "education"),
            *("degree", "school", "working_since", "workplace", "position", "joined_on"),
            *("join_kind", "joined_at", "full_on", "full_kind", "status"),
            *("registered_residence", "residence", "remark"),
        ]


class MemberSheet(Sheet):
    code, title, form = "member", "党员", MemberRow
    foreign = ("party_organization",)

    @classmethod
    def listed(cls, rows: Any) -> Any:
        """Members who belong somewhere today; the others have no line in a ledger."""
        current = Membership.objects.filter(valid_to__isnull=True).select_related(
            "party_organization"
        )
        here = rows.filter(pk__in=current.values("member"))
        return here.prefetch_related(Prefetch("memberships", current, to_attr="open_memberships"))

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name == "party_organization":
            return instance.open_memberships[0].party_organization.code
        return super().value_of(instance, name)

    def prepare(self) -> None:
        self.parties = cast(PartyOrganizationSheet, self.batch.sheets["party_organization"])
        self.batch.load_references(parties=self.texts("party_organization"))

    def resolve(self, row: Row) -> None:
        if not row.is_right("party_organization"):
            return
        party = self.parties.referred(row.values["party_organization"])
        if isinstance(party, str):
            self.wrong(row, "party_organization", party)
            return
        if party.township_id and not self.batch.may_write(party.township_id):
            self.wrong(row, "party_organization", "这个党组织不在您的管辖范围,不能改动")
            return
        row.values["party_organization"] = party

    def find(self) -> None:
        codes = self.texts("code")
        stored: dict[str, Member] = {}
        self.current: dict[int, Membership] = {}
        last: dict[int, Membership] = {}
        for part in chunks(sorted(codes)):
            found = {member.code: member for member in Member.objects.filter(code__in=part)}
            stored |= found
            stays = Membership.objects.filter(member__code__in=part).order_by("valid_from")
            for membership in stays.select_related("party_organization"):
                last[membership.member_id] = membership
                if membership.valid_to is None:
                    self.current[membership.member_id] = membership
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            if row.values["code"] is None:
                continue
            if not self.once(row, row.values["code"], seen, "code"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            member = stored.get(row.values["code"])
            if member is not None and not self._is_reached(member, last):
                # whose code it is stays untold, and with it all that is stored
                self.wrong(row, "code", "这个编号属于管辖范围以外的党员,不能改动")
                continue
            row.instance = member
        self.drop_repeated(self.rows, repeated)

    def _is_reached(self, member: Member, last: dict[int, Membership]) -> bool:
        """Whoever reaches the member's organization of today, or the last one, may write."""
        stay = last.get(member.pk)
        if stay is None:
            return self.batch.by is None
        return self.batch.may_write(stay.party_organization.township_id)

    def cross_check(self, row: Row) -> None:
        values, stored = row.values, row.instance

        def day(name: str) -> Any:
            value = values.get(name)
            if value is CLEARED:
                return None
            return value if value is not None or stored is None else getattr(stored, name)

        if row.is_right("status") and values["status"] not in COUNTED:
            self.wrong(row, "status", "离开、去世等请在党员页面办理,花名册只收在册的正式、预备党员")
        elif stored and not stored.is_counted:
            words = stored.get_status_display()
            self.wrong(row, "code", f"这名党员已登记为“{words}”;如为误登,请在党员页面更正")
        party = values["party_organization"]
        if row.is_right("party_organization"):
            current = self.current.get(stored.pk) if stored else None
            stays = current is not None and current.party_organization_id == party.pk
            if party.kind == PartyKind.JOINT and not stays:
                message = "兼合式党组织不接收组织关系,请填写组织关系所在的党组织"
                self.wrong(row, "party_organization", message)
            elif party.dissolved_on and not stays:
                self.wrong(row, "party_organization", "这个党组织已经撤销")
        born, joined, full = day("born_on"), day("joined_on"), day("full_on")
        if row.is_right("joined_on", "born_on") and joined and born and joined <= born:
            self.wrong(row, "joined_on", "入党日期须晚于出生日期")
        if row.is_right("joined_on", "full_on") and full and joined and full < joined:
            self.wrong(row, "full_on", "转正日期不能早于入党日期")
        for name in ("born_on", "joined_on", "full_on", "working_since"):
            if values.get(name) not in (None, CLEARED) and values[name] > self.batch.today:
                self.wrong(row, name, "日期晚于今天,请核对")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if not row.is_new:
            current = self.current.get(row.instance.pk)
            party = row.values["party_organization"]
            if current is None or current.party_organization_id != party.pk:
                old = current.party_organization.code if current else None
                row.changes["party_organization"] = (old, party)

    def save(self) -> None:
        super().save()
        today = self.batch.today
        opened, ended, corrected = [], [], []
        for row in self.rows:
            party = row.values["party_organization"]
            if row.is_new:
                start = membership_start(row.instance.joined_on, party.founded_on, today)
                opened.append(
                    Membership(member=row.instance, party_organization=party, valid_from=start)
                )
            elif "party_organization" in row.changes:
                current = self.current.get(row.instance.pk)
                if current and current.valid_from >= today:
                    current.party_organization = party
                    corrected.append(current)
                    continue
                if current:
                    current.valid_to, current.exit = today, Exit.MOVED.value
                    ended.append(current)
                opened.append(
                    Membership(
                        member=row.instance,
                        party_organization=party,
                        valid_from=today,
                        entry=(Entry.MOVED if current else Entry.REGISTERED).value,
                    )
                )
        self._leave_offices(ended)
        self.batch.writer.update(ended, ["valid_to", "exit"])
        self.batch.writer.update(corrected, ["party_organization"])
        self.batch.writer.create(opened)

    def _leave_offices(self, ended: list[Membership]) -> None:
        """Posts and group places end with the membership; the writer keeps what they were."""
        members = [one.member_id for one in ended]
        posts = PartyPost.objects.filter(member__in=members, valid_to__isnull=True)
        places = GroupMember.objects.filter(member__in=members, valid_to__isnull=True)
        served = posts.values_list("party_organization", flat=True)
        parties = PartyOrganization.objects.filter(pk__in=list(served))
        with self.batch.writer.watching(posts, places, parties):
            for one in ended:
                leave_offices(one.member_id, self.batch.today, one.party_organization_id)
