"""Records of members: mobile periods, pledges, training, honours, groups."""

from typing import Any

from django.utils import timezone

from accounts.listing import Column, Listing, badge
from members.filters import (
    GroupMemberFilter,
    HonourFilter,
    MobileFilter,
    PartyGroupFilter,
    PledgeFilter,
    StepFilter,
    TrainingFilter,
)
from members.imports import (
    AdmissionStepSheet,
    GroupMemberSheet,
    HonourSheet,
    PartyGroupSheet,
    PledgeSheet,
    TrainingSheet,
)
from members.lists.roster import number_column, person_column
from members.models import (
    AdmissionStep,
    GroupMember,
    Honour,
    MobilePeriod,
    PartyGroup,
    Pledge,
    Training,
)
from members.rules.admission import BY_NUMBER
from organizations.lists import code_column, party_column, place_column

MOBILE = Listing(
    route="members:mobile-list",
    title="流动党员",
    unit="人次",
    model=MobilePeriod,
    filterset=MobileFilter,
    order="-valid_from",
    lead="组织关系不变,由原党组织定期联系。",
    empty="在党员的页面上可以登记流动党员。",
    rows=lambda user: MobilePeriod.objects.visible_to(user).with_last_contact(),
    columns=[
        person_column(),
        Column("destination"),
        Column("valid_from"),
        Column("valid_to"),
        Column("last_contact_on", label="最近联系", sort=None),
        Column("contact_person", shown=False),
    ],
)

PLEDGES = Listing(
    route="members:pledge-list",
    title="承诺践诺评诺",
    unit="条",
    model=Pledge,
    filterset=PledgeFilter,
    sheet=PledgeSheet,
    order="-year",
    empty="在党员的页面上登记年度承诺,或导入。",
    columns=[
        person_column(),
        number_column(),
        Column("year", numeric=False),
        Column("promise", sort=None),
        Column("promised_on", shown=False),
        Column("deed", sort=None),
        Column("done_on", shown=False),
        Column("review"),
        Column("reviewed_on", shown=False),
    ],
)

TRAININGS = Listing(
    route="members:training-list",
    title="教育培训",
    unit="人次",
    model=Training,
    filterset=TrainingFilter,
    sheet=TrainingSheet,
    order="-on",
    empty="在党员的页面上登记参加的培训,或导入。",
    columns=[
        person_column(),
        number_column(),
        Column("on"),
        Column("subject"),
        Column("hours", numeric=True),
        Column("organizer", shown=False),
    ],
)

HONOURS = Listing(
    route="members:honour-list",
    title="党员荣誉",
    unit="项",
    model=Honour,
    filterset=HonourFilter,
    sheet=HonourSheet,
    order="-on",
    empty="在党员的页面上登记受到的表彰,或导入。",
    columns=[
        person_column(),
        number_column(),
        Column("on"),
        Column("title"),
        Column("level"),
        Column("awarded_by", sort=None),
        Column("document", shown=False),
    ],
)


def group_state(row: Any) -> str:
    if row.valid_to and row.valid_to <= timezone.localdate():
        return badge("", "已撤销")
    return badge("good", "✓ 存续")


GROUPS = Listing(
    route="members:group-list",
    title="党小组",
    unit="个",
    model=PartyGroup,
    filterset=PartyGroupFilter,
    sheet=PartyGroupSheet,
    beside=[("members:group-member-list", "党小组成员")],
    empty="在党组织的“党员”页面上成立党小组,或导入。",
    columns=[
        Column(
            "name",
            link="members:party-people",
            link_path="party_organization__code",
        ),
        party_column(),
        code_column(),
        place_column(),
        Column("member_count", label="现有人数", numeric=True, sort=None),
        Column("valid_from"),
        Column("valid_to", shown=False),
        Column("state", label="状态", show=group_state, cell="valid_to", sort=None),
    ],
)

GROUP_MEMBERS = Listing(
    route="members:group-member-list",
    title="党小组成员",
    unit="人次",
    model=GroupMember,
    filterset=GroupMemberFilter,
    sheet=GroupMemberSheet,
    order="group",
    beside=[("members:group-list", "党小组")],
    empty="在党员的页面上编入党小组,或导入。",
    columns=[
        person_column(),
        number_column(),
        Column("group", sort="group__name"),
        party_column("group__party_organization", label="党组织"),
        Column("is_leader"),
        Column("valid_from"),
        Column("valid_to", shown=False),
    ],
)


def step_words(row: Any) -> str:
    return f"{row.number:02d} {BY_NUMBER[row.number].name}"


ADMISSION_STEPS = Listing(
    route="members:step-list",
    title="发展步骤",
    unit="步",
    model=AdmissionStep,
    filterset=StepFilter,
    sheet=AdmissionStepSheet,
    order="-done_on",
    beside=[("members:applicant-list", "发展党员")],
    empty="在发展对象的页面上登记步骤,或导入。",
    columns=[
        Column(
            *("name", "姓名"),
            path="applicant__name",
            sort="applicant__pinyin",
            link="members:applicant-page",
            link_path="applicant_id",
        ),
        Column("gender", path="applicant__gender", shown=False),
        Column("born_on", path="applicant__born_on", shown=False),
        Column("workplace", path="applicant__workplace", sort=None, shown=False),
        party_column("applicant__party_organization", label="党组织"),
        code_column("applicant__party_organization"),
        Column("number", show=step_words, numeric=False),
        Column("done_on"),
        Column("persons", sort=None),
        Column("document", sort=None, shown=False),
        Column("note", sort=None, shown=False),
    ],
)
