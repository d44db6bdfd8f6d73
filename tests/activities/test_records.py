"""A record's way: begun, filled in, filed, corrected, withdrawn; and what each step moves."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import AuditEvent, User
from activities.actions.activity import (
    NotComplete,
    SameMeeting,
    SavedMeanwhile,
    discard_draft,
    file_activity,
    save_activity,
    start_activity,
    void_activity,
)
from activities.actions.attendance import NOT_LISTED, Came
from activities.actions.minutes import Achieved, Decided, Resolved, finish_resolution
from activities.actions.plan import file_plan, make_plan
from activities.models import (
    Activity,
    ActivityType,
    ArchiveDocument,
    ArchiveFolder,
    DutyRule,
    Outcome,
    OutcomeKind,
    PlanItem,
)
from activities.rules.vocabulary import Duty
from activities.rules.votes import Ballot
from members.models import GroupMember, LifeEvent, Member, Participation, PartyGroup, PartyPost
from tests.activities.world import complete, make_branch, make_draft, make_filed
from tests.members.world import make_member
from tests.world import SECOND, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture
def secretary() -> User:
    party = make_branch()
    return make_user("shu", "secretary", party.code)


@pytest.fixture
def party(secretary: User) -> Any:
    return Member.objects.first().memberships.get().party_organization


def recent(days: int = 2) -> date:
    return TODAY() - timedelta(days=days)


def test_a_draft_expects_who_belongs_on_the_day(party: Any, secretary: User) -> None:
    later = make_member(party=party)
    later.memberships.update(valid_from=TODAY())
    probationary = make_member(party=party, status="probationary", full_on=None)
    draft = make_draft(party, recent(), "members_meeting", by=secretary)
    rows = {a.member_id: a for a in draft.attendances.all()}
    assert later.pk not in rows
    assert len(rows) == draft.n_expected == 4
    assert rows[probationary.pk].may_vote is False
    assert sum(a.may_vote for a in rows.values()) == 3


def test_the_list_follows_the_day_and_keeps_what_is_marked(party: Any, secretary: User) -> None:
    newcomer = make_member(party=party)
    newcomer.memberships.update(valid_from=recent(5))
    draft = make_draft(party, recent(2), by=secretary)
    assert draft.n_expected == 4
    marked = draft.attendances.exclude(member=newcomer).first().member_id
    content = replace(complete(draft, held_on=recent(9)), people={marked: Came("present")})
    saved = save_activity(activity=draft, content=content, version=1, by=secretary)
    assert (saved.n_expected, saved.n_present) == (3, 1)
    assert ActivityType.objects.get(activity=saved).held_on == recent(9)


def test_filing_counts_archives_and_tells(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), "members_meeting", "lecture", by=secretary)
    assert not ActivityType.objects.filter(is_filed=True).exists()
    with pytest.raises(NotComplete) as refused:
        file_activity(activity=draft, by=secretary)
    assert {"people", "minutes", "recorder"} <= {one.field for one in refused.value.lacking}
    saved = save_activity(activity=draft, content=complete(draft), version=1, by=secretary)
    filed = file_activity(activity=saved, by=secretary)
    assert (filed.state, filed.is_late, filed.n_present) == ("filed", False, 3)
    duties = set(ActivityType.objects.filter(is_filed=True).values_list("duty", flat=True))
    assert duties == {Duty.MEMBERS_MEETING, Duty.LECTURE}
    folders = ArchiveDocument.objects.values_list("folder__number", flat=True)
    assert sorted(folders) == [5, 7]
    assert AuditEvent.objects.filter(action="activity.file", actor="shu").count() == 1


def test_filed_after_seven_days_is_late(party: Any, secretary: User) -> None:
    assert not make_filed(party, recent(7), by=secretary).is_late
    assert make_filed(party, recent(8), "lecture", by=secretary).is_late


def test_an_open_list_keeps_only_who_came(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), "service", by=secretary)
    first = draft.attendances.first().member_id
    content = replace(complete(draft), people={first: Came("present")})
    saved = save_activity(activity=draft, content=content, version=1, by=secretary)
    filed = file_activity(activity=saved, by=secretary)
    assert (filed.n_expected, filed.n_present) == (1, 1)


def test_one_may_be_taken_off_the_list(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), by=secretary)
    content = complete(draft)
    off = next(iter(content.people))
    content = replace(content, people={**content.people, off: Came(NOT_LISTED)})
    saved = save_activity(activity=draft, content=content, version=1, by=secretary)
    assert (saved.n_expected, saved.n_present) == (2, 2)


def test_the_same_meeting_twice_is_noticed(party: Any, secretary: User) -> None:
    make_filed(party, recent(), by=secretary)
    draft = make_draft(party, recent(), by=secretary)
    saved = save_activity(activity=draft, content=complete(draft), version=1, by=secretary)
    with pytest.raises(SameMeeting):
        file_activity(activity=saved, by=secretary)
    assert file_activity(activity=saved, is_another=True, by=secretary).state == "filed"


def test_a_correction_keeps_the_old_text(party: Any, secretary: User) -> None:
    filed = make_filed(party, recent(), by=secretary)
    content = complete(filed, place="社区活动中心")
    with pytest.raises(ValidationError, match="理由"):
        save_activity(activity=filed, content=content, version=filed.version, by=secretary)
    fixed = save_activity(
        activity=filed,
        content=content,
        version=filed.version,
        reason="地点记错",
        by=secretary,
    )
    old = fixed.versions.get()
    assert (old.content["地点"], old.reason, old.corrected_by) == ("会议室", "地点记错", secretary)
    assert (fixed.place, fixed.n_corrections) == ("社区活动中心", 1)
    event = AuditEvent.objects.get(action="activity.correct")
    assert event.before["地点"] == "会议室"
    with pytest.raises(NotComplete):
        save_activity(
            activity=fixed,
            content=complete(fixed, recorder=""),
            version=fixed.version,
            reason="误删记录人",
            by=secretary,
        )
    fixed.refresh_from_db()
    assert fixed.recorder == "林晓燕"


def test_saving_over_somebody_elses_version_is_refused(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), by=secretary)
    save_activity(activity=draft, content=complete(draft), version=1, by=secretary)
    with pytest.raises(SavedMeanwhile):
        save_activity(activity=draft, content=complete(draft), version=1, by=secretary)


def test_a_void_record_counts_no_more(party: Any, secretary: User) -> None:
    filed = make_filed(party, recent(), by=secretary)
    with pytest.raises(ValidationError):
        discard_draft(activity=filed, by=secretary)
    with pytest.raises(ValidationError):
        void_activity(activity=filed, reason="错", by=secretary)
    void_activity(activity=filed, reason="重复录入了", by=secretary)
    assert not ActivityType.objects.filter(is_filed=True).exists()
    assert not ArchiveDocument.objects.exists()
    assert Activity.objects.get().state == "void"


def test_votes_resolutions_and_outcomes(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), "members_meeting", by=secretary)
    rescue = OutcomeKind.objects.get(code="rescue")
    content = replace(
        complete(draft),
        votes=[
            Decided("通过年度计划", Ballot(3, 3, 2, 1, 0)),
            Decided("二", Ballot(3, 3, 1, 1, 1)),
        ],
        resolutions=[Resolved("维修场所", "陈志强", recent(-10))],
        outcomes=[Achieved(rescue, 5), Achieved(rescue, 2)],
    )
    saved = save_activity(activity=draft, content=content, version=1, by=secretary)
    assert [vote.has_passed for vote in saved.votes.all()] == [True, False]
    assert Outcome.objects.counted().count() == 0
    filed = file_activity(activity=saved, by=secretary)
    (row,) = Outcome.objects.counted().sums()
    assert (row["name"], row["unit"], row["total"]) == ("救助", "人次", 7)
    resolution = filed.resolutions.get()
    with pytest.raises(ValidationError):
        finish_resolution(resolution=resolution, done_on=recent(30), by=secretary)
    finish_resolution(resolution=resolution, done_on=TODAY(), by=secretary)
    again = replace(content, outcomes=[])
    fixed = save_activity(
        activity=filed, content=again, version=filed.version, reason="成效填错", by=secretary
    )
    assert fixed.resolutions.get().done_on == TODAY()


def test_nobody_writes_for_another_organization(secretary: User, party: Any) -> None:
    other = make_branch(township=SECOND)
    with pytest.raises(PermissionDenied):
        make_draft(other, recent(), by=secretary)
    leader = make_user("chen", "leader", "990101")
    with pytest.raises(PermissionDenied):
        make_draft(party, recent(), by=leader)
    group = PartyGroup.objects.create(
        party_organization=other, name="一组", valid_from=date(2020, 1, 1)
    )
    with pytest.raises(ValidationError):
        make_draft(party, recent(), "group_meeting", group=group, by=secretary)
    with pytest.raises(ValidationError):
        start_activity(party=party, kinds=[], held_on=recent(), by=secretary)


def test_a_group_meeting_expects_the_group(party: Any, secretary: User) -> None:
    group = PartyGroup.objects.create(
        party_organization=party, name="一组", valid_from=date(2020, 1, 1)
    )
    for member in Member.objects.order_by("pk")[:2]:
        GroupMember.objects.create(group=group, member=member, valid_from=date(2020, 1, 1))
    draft = make_draft(party, recent(), "group_meeting", group=group, by=secretary)
    assert draft.n_expected == 2


def test_a_year_is_planned_filed_and_fulfilled(party: Any, secretary: User) -> None:
    on = recent()
    plan = make_plan(party=party, year=on.year, by=secretary)
    # 4 meetings of members, 4 lectures, 12 theme days, 3 of the year's end; no committee, no group
    assert plan.items.count() == 23
    with pytest.raises(ValidationError):
        make_plan(party=party, year=on.year, by=secretary)
    file_plan(plan=plan, by=secretary)
    assert ArchiveDocument.objects.get().folder.number == 4
    filed = make_filed(party, on, by=secretary)
    item = PlanItem.objects.get(activity=filed)
    assert (item.kind, item.planned_on.month) == ("theme_day", on.month)
    void_activity(activity=filed, reason="录错组织了", by=secretary)
    assert not PlanItem.objects.filter(activity__isnull=False).exists()


def test_a_new_portal_has_its_vocabularies() -> None:
    assert ArchiveFolder.objects.count() == 12
    assert [spec.duty for spec in DutyRule.specs(2026)] == list(Duty)
    DutyRule.objects.create(duty="lecture", since_year=2026, unit="month", times=1)
    units = {spec.duty: spec.unit for spec in DutyRule.specs(2026)}
    assert units[Duty.LECTURE] == "month"
    assert {s.duty: s.unit for s in DutyRule.specs(2025)}[Duty.LECTURE] == "quarter"


def test_a_committee_meets_by_itself(party: Any, secretary: User) -> None:
    draft = make_draft(party, recent(), "committee_meeting", by=secretary)
    assert draft.n_expected == 3  # nobody holds a post: whoever comes is ticked
    for member, duty in zip(
        Member.objects.order_by("pk")[:2], ("secretary", "deputy"), strict=True
    ):
        PartyPost.objects.create(
            member=member, party_organization=party, duty=duty, valid_from=date(2020, 1, 1)
        )
    assert make_draft(party, recent(), "committee_meeting", by=secretary).n_expected == 2


def test_who_takes_part_beside_another_organization_is_marked_and_does_not_vote(
    secretary: User, city: User
) -> None:
    joint = make_branch(members=0, kind="joint")
    guest = make_member(full_on=date(1996, 1, 1))
    Participation.objects.create(
        member=guest, party_organization=joint, valid_from=date(2020, 1, 1)
    )
    (row,) = make_draft(joint, recent(), by=city).attendances.all()
    assert (row.is_participant, row.may_vote) == (True, False)


def test_who_is_on_probation_within_the_party_does_not_vote(party: Any, secretary: User) -> None:
    watched = Member.objects.first()
    LifeEvent.objects.create(member=watched, kind="watched", on=recent(100), until=recent(-100))
    draft = make_draft(party, recent(), by=secretary)
    assert draft.attendances.get(member=watched).may_vote is False
