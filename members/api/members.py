"""Members, where they belong, and what happens to them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts import audit
from accounts.api import Arguments, Body, Code, Resource, Shown, Text, Verb
from accounts.rules import Right
from members.actions.affiliation import add_member, leave, move_member, restore, resume
from members.actions.full import turn_full
from members.actions.move import apply_move
from members.actions.participation import participate
from members.actions.person import change_member
from members.filters import MemberFilter, MembershipFilter
from members.forms.person import FACTS
from members.models import Member, Membership
from members.rules.vocabulary import COUNTED_CHOICES, STATUS_AFTER, Entry, Exit
from organizations.models import PartyOrganization

ENTRIES = [(entry.value, entry.label) for entry in (Entry.REGISTERED, Entry.TRANSFERRED)]
EXITS = [(exit_.value, exit_.label) for exit_ in STATUS_AFTER if exit_ != Exit.TRANSFERRED]


class MemberShown(Shown):
    party_organization = serializers.SerializerMethodField(help_text="所在(或最后所在)党组织编码")
    id_number = serializers.SerializerMethodField(help_text="只显示首尾;列表中不给出")
    phone = serializers.SerializerMethodField(help_text="只显示首尾;列表中不给出")

    class Meta:
        model = Member
        fields = [
            *("id", *FACTS, "status", "party_organization", "id_number", "phone"),
            *("version", "created_at", "updated_at"),
        ]

    told_of_one = ("id_number", "phone")

    def get_party_organization(self, member: Member) -> str | None:
        places: list[Membership] = member.current  # type: ignore[attr-defined]
        return places[0].party_organization.code if places else None

    def get_id_number(self, member: Member) -> str:
        private = getattr(member, "private", None)
        return private.masked_id_number if private else ""

    def get_phone(self, member: Member) -> str:
        private = getattr(member, "private", None)
        return private.masked_phone if private else ""


class NewMember(Body):
    code = Text(max_length=30, required=False, allow_blank=True, help_text="不写则自动编号")
    party_organization = Code(PartyOrganization)
    on = serializers.DateField(help_text="进入党支部日期")
    entry = serializers.ChoiceField(choices=ENTRIES, default=Entry.REGISTERED.value)
    status = serializers.ChoiceField(choices=COUNTED_CHOICES)

    class Meta:
        model = Member
        fields = [*FACTS, "status", "party_organization", "on", "entry"]


class ChangedMember(Body):
    class Meta:
        model = Member
        fields = FACTS


class DayArguments(Arguments):
    on = serializers.DateField()
    document = Text(max_length=100, required=False, allow_blank=True, default="")


class MoveArguments(Arguments):
    to = Code(PartyOrganization)
    on = serializers.DateField(help_text="离开和进入的同一天")
    reason = Text(max_length=300)


class TransferArguments(Arguments):
    to_outside = Text(max_length=120, help_text="本系统外的党组织全称")
    reason = Text(max_length=300)


class LeaveArguments(DayArguments):
    exit = serializers.ChoiceField(choices=EXITS)
    reason = Text(max_length=300)


class RestoreArguments(Arguments):
    reason = Text(max_length=300)


class PlaceArguments(Arguments):
    party = Code(PartyOrganization)
    on = serializers.DateField()


class ResumeArguments(PlaceArguments):
    document = Text(max_length=100)


def _through(action: Any) -> Any:
    def act(user: Any, member: Member, values: dict[str, Any]) -> None:
        action(member=member, by=user, **values)

    return act


def _left(user: Any, member: Member, values: dict[str, Any]) -> None:
    leave(member=member, by=user, **{**values, "exit": Exit(values["exit"])})


def _transferred(user: Any, member: Member, values: dict[str, Any]) -> None:
    apply_move(member=member, to=None, by=user, **values)


DAY = "2024-05-01"


class Members(Resource):
    name, route, noun = "members", "api-member", "党员"
    shown = MemberShown
    view_right, edit_right = Right.VIEW_MEMBERS, Right.EDIT_MEMBERS
    filterset = MemberFilter
    orders = ("pinyin", "pk", "code", "updated_at")
    create_body, change_body = NewMember, ChangedMember
    create_fields = {"party": "party_organization"}
    verbs = (
        Verb(
            "move",
            "直接调整所在党组织",
            MoveArguments,
            _through(move_member),
            "离开和进入为同一天;两个党组织都须在管辖范围内。",
            {"to": "99010100002", "on": DAY, "reason": "合并支部"},
            Right.DECIDE_MEMBERS,
        ),
        Verb(
            "transfer",
            "申请转往本系统外",
            TransferArguments,
            _transferred,
            "完成之前仍在原党组织计入。",
            {"to_outside": "厦门市某党委", "reason": "调离"},
            Right.EDIT_MEMBERS,
        ),
        Verb(
            "leave",
            "登记离开",
            LeaveArguments,
            _left,
            "从这一天起不再计入。",
            {"exit": "died", "on": DAY, "reason": "病故"},
            Right.DECIDE_MEMBERS,
        ),
        Verb(
            "restore",
            "更正误登的离开",
            RestoreArguments,
            _through(restore),
            "如同没有离开过。",
            {"reason": "登记错人"},
            Right.DECIDE_MEMBERS,
        ),
        Verb(
            "resume",
            "恢复党籍、转回",
            ResumeArguments,
            _through(resume),
            "从这一天起计入。",
            {"party": "99010100002", "on": DAY, "document": "〔2024〕3号"},
            Right.DECIDE_MEMBERS,
        ),
        Verb(
            "turn-full",
            "转为正式党员",
            DayArguments,
            _through(turn_full),
            "转正日期为预备期满之日。",
            {"on": DAY, "document": "〔2024〕4号"},
            Right.DECIDE_MEMBERS,
        ),
        Verb(
            "participate",
            "参加双重组织生活",
            PlaceArguments,
            _through(participate),
            "组织关系和人数不变。",
            {"party": "99010100203", "on": DAY},
            Right.EDIT_MEMBERS,
        ),
    )
    description = "花名册,筛选条件与页面相同;不写 status 时只含在册党员。身份证号和电话只给首尾;读取一名党员会记入审计。"
    example = {
        "id": 1,
        "code": "990101P00001",
        "name": "陈明",
        "gender": "male",
        "joined_on": "1995-01-01",
        "status": "full",
        "party_organization": "99010100001",
        "id_number": "990***********1234",
        "version": 1,
    }
    create_example = {
        "name": "陈明",
        "gender": "male",
        "joined_on": "1995-01-01",
        "full_on": "1996-01-01",
        "status": "full",
        "party_organization": "99010100001",
        "on": "2019-06-01",
    }
    change_example = {"workplace": "某市青年商会"}

    def visible(self, user: Any) -> QuerySet:
        return Member.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.with_party_organization()

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        return self.listed(rows, user).select_related("private")

    def looked_at(self, user: Any, record: Member) -> None:
        audit.record(by=user, action="member.view", object=record)

    def create(self, user: Any, values: dict[str, Any]) -> Member:
        party, on = values.pop("party_organization"), values.pop("on")
        entry = Entry(values.pop("entry"))
        return add_member(values=values, party=party, on=on, entry=entry, by=user)

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return change_member(member=record, values=values, version=record.version, by=user)


class MembershipShown(Shown):
    member_code = serializers.CharField(source="member.code")
    party_organization = serializers.CharField(source="party_organization.code")

    class Meta:
        model = Membership
        fields = [
            *("id", "member", "member_code", "party_organization", "valid_from", "entry"),
            *("valid_to", "exit"),
        ]


class StayFilter(MembershipFilter):
    """The page's filter without the question of the balance, which that page alone answers."""

    line = since = until = None
    party = MembershipFilter.party

    class Meta(MembershipFilter.Meta):
        pass


class Memberships(Resource):
    name, route, noun = "memberships", "api-membership", "隶属关系"
    shown = MembershipShown
    view_right = Right.VIEW_MEMBERS
    filterset = StayFilter
    orders = ("pk", "valid_from")
    description = "谁从何时到何时属于哪个党组织;任何一天只有一个。valid_to 是不再属于的第一天。"
    example = {
        "id": 1,
        "member": 1,
        "member_code": "990101P00001",
        "party_organization": "99010100001",
        "valid_from": "2016-07-23",
        "entry": "registered",
        "valid_to": None,
        "exit": "",
    }

    def visible(self, user: Any) -> QuerySet:
        return Membership.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("member", "party_organization")
