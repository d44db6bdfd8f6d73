"""Members, where they belong, moves, dues, applicants."""

from typing import Any

from django.utils import timezone

from accounts.listing import Column, Listing, badge
from members.filters import (
    ApplicantFilter,
    DuesFilter,
    MemberFilter,
    MembershipFilter,
    MoveFilter,
)
from members.imports import (
    DuesSheet,
    MemberSheet,
)
from members.models import (
    Applicant,
    DuesMonth,
    Member,
    Membership,
    Move,
)
from members.rules.admission import breaches, next_step
from members.rules.vocabulary import COUNTED, MemberStatus, MoveState
from organizations.rules.vocabulary import PartyKind


def person_column() -> Column:
    """Whose record a row is; leads to the person."""
    return Column(
        *("member", "姓名"),
        path="member__name",
        sort="member__pinyin",
        link="members:member-page",
        link_path="member_id",
    )


def number_column(*, shown: bool = False) -> Column:
    return Column("code", "党员编号", path="member__code", shown=shown)


def place(row: Any) -> str:
    return "、".join(one.party_organization.name for one in row.current)


def place_code(row: Any) -> str:
    return "、".join(one.party_organization.code for one in row.current)


def status(row: Any) -> str:
    words = row.get_status_display()
    if row.status == MemberStatus.PROBATIONARY:
        return badge("warn", f"… {words}")
    return words if row.status in COUNTED else badge("", f"— {words}")


def duties(row: Any) -> str:
    def words(post: Any) -> str:
        elsewhere = "(兼合式)" if post.party_organization.kind == PartyKind.JOINT else ""
        return f"{post.get_duty_display()}{elsewhere}"

    return "、".join(words(post) for post in row.posts_now)


def _members(user: Any) -> Any:
    rows = Member.objects.visible_to(user).with_party_organization()
    return rows.with_posts_on(timezone.localdate())


MEMBERS = Listing(
    route="members:member-list",
    title="党员",
    unit="名",
    model=Member,
    filterset=MemberFilter,
    sheet=MemberSheet,
    template="members/member_list.html",
    empty="登记党员或导入花名册后,这里会列出管辖范围内的党员。",
    rows=_members,
    columns=[
        Column("name", sort="pinyin", link="members:member-page"),
        Column("code"),
        Column("gender"),
        Column("ethnicity", shown=False),
        Column("born_on", shown=False),
        Column("native_place", shown=False),
        Column("education", shown=False),
        Column("degree", shown=False),
        Column("school", shown=False),
        Column("working_since", shown=False),
        Column("workplace", shown=False),
        Column("position", shown=False),
        Column("status", show=status, cell=lambda row: row.get_status_display()),
        Column("joined_on"),
        Column("join_kind", shown=False),
        Column("joined_at", shown=False),
        Column("full_on", shown=False),
        Column("full_kind", shown=False),
        Column("duties", label="现任党内职务", show=duties, cell=duties, sort=None),
        Column("place", label="所在党组织", show=place, cell=place, sort=None),
        Column(
            *("place_code", "所在党组织编码"),
            show=place_code,
            cell=place_code,
            sort=None,
            shown=False,
        ),
        Column("registered_residence", shown=False),
        Column("residence", shown=False),
        Column("remark", sort=None, shown=False),
        Column("updated_at", shown=False),
    ],
)

MEMBERSHIPS = Listing(
    route="members:membership-list",
    title="隶属关系",
    unit="条",
    model=Membership,
    filterset=MembershipFilter,
    empty="登记党员后,这里会列出谁在什么时候属于哪个党组织。",
    columns=[
        person_column(),
        number_column(shown=True),
        Column(
            *("party_organization", "党组织"),
            path="party_organization__name",
            sort="party_organization__pinyin",
        ),
        Column("valid_from", "进入日期"),
        Column("entry", "进入类型"),
        Column("valid_to"),
        Column("exit", "离开类型"),
    ],
)


def move_state(row: Any) -> str:
    words = row.get_state_display()
    if row.state == MoveState.DONE:
        return badge("good", f"✓ {words}")
    if row.state in (MoveState.EXPIRED, MoveState.RETURNED):
        return badge("bad", f"✕ {words}")
    return words if row.state == MoveState.WITHDRAWN else badge("warn", f"… {words}")


MOVES = Listing(
    route="members:move-list",
    title="组织关系转接",
    unit="项",
    model=Move,
    filterset=MoveFilter,
    order="-created_at",
    lead="完成之前,党员仍在转出的党组织计入;介绍信到期前会提醒。",
    empty="在党员的页面上可以申请转接。",
    columns=[
        Column(
            "member", "姓名", path="member__name", sort="member__pinyin", link="members:move-page"
        ),
        Column("from_party", path="from_party__name", sort=None),
        Column(
            *("destination", "转入党组织"),
            show=lambda row: row.destination,
            cell=lambda row: row.destination,
            sort=None,
            related=("to_party",),
        ),
        Column("state", show=move_state, cell=lambda row: row.get_state_display()),
        Column("letter_number", shown=False),
        Column("expires_on"),
        Column("created_at"),
        Column("moved_on", shown=False),
    ],
)


def paid_state(row: Any) -> str:
    if row.due == 0:
        return "免交"
    if row.paid < row.due:
        over = row.deadline <= timezone.localdate()
        return badge("bad", "✕ 欠缴") if over else badge("warn", "… 未缴")
    on_time = row.paid_on and row.paid_on < row.deadline
    return badge("good", "✓ 按时") if on_time else badge("warn", "! 迟缴")


def paid_words(row: Any) -> str:
    if row.due == 0:
        return "免交"
    if row.paid < row.due:
        return "欠缴" if row.deadline <= timezone.localdate() else "未缴"
    return "按时" if row.paid_on and row.paid_on < row.deadline else "迟缴"


DUES = Listing(
    route="members:dues-list",
    title="党费记录",
    unit="人月",
    model=DuesMonth,
    filterset=DuesFilter,
    sheet=DuesSheet,
    order="-month",
    empty="在党组织的月度党费表上建立本月党费后,这里会列出每人每月的记录。",
    columns=[
        person_column(),
        number_column(),
        Column(
            "month",
            show=lambda row: f"{row.month.year}年{row.month.month}月",
            cell=lambda row: row.month,
        ),
        Column("party_organization", path="party_organization__name", sort=None),
        Column("payer"),
        Column("base", numeric=True, shown=False),
        Column("due", numeric=True),
        Column("paid", numeric=True),
        Column("paid_on"),
        Column("note", sort=None, shown=False),
        Column("state", label="缴纳情况", show=paid_state, cell=paid_words, sort=None),
    ],
)


def coming(row: Any) -> str:
    step = next_step(row.done)
    return f"{step.number:02d} {step.name}" if step else "已归档"


def trouble(row: Any) -> str:
    found = breaches(row.done)
    return badge("bad", f"! {len(found)} 处") if found else badge("good", "✓ 规范")


APPLICANTS = Listing(
    route="members:applicant-list",
    title="发展党员",
    unit="人",
    model=Applicant,
    filterset=ApplicantFilter,
    template="members/applicant_list.html",
    beside=[("members:step-list", "发展步骤")],
    empty="登记入党申请人后,这里会列出每个人走到了第几步。",
    rows=lambda user: Applicant.objects.visible_to(user).with_steps(),
    columns=[
        Column("name", sort="pinyin", link="members:applicant-page"),
        Column("gender"),
        Column("born_on", shown=False),
        Column("party_organization", path="party_organization__name", sort=None),
        Column("state"),
        Column("coming", label="下一步", show=coming, cell=coming, sort=None),
        Column(
            "trouble",
            label="程序",
            show=trouble,
            cell=lambda row: ";".join(breaches(row.done)) or "规范",
            sort=None,
        ),
    ],
)
