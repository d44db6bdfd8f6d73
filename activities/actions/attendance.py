"""Who is expected at a meeting, and who came."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from activities.models import Activity, Attendance
from activities.rules.duties import KINDS, Attends
from activities.rules.vocabulary import ActivityKind, Presence
from activities.rules.votes import may_vote
from members.models import (
    GroupMember,
    LifeEvent,
    Member,
    Membership,
    Participation,
    PartyGroup,
    PartyPost,
)
from members.rules.vocabulary import EventKind, MemberStatus
from organizations.models import PartyOrganization

NOT_LISTED = "none"


@dataclass(frozen=True)
class Expected:
    """A member whom a meeting of this organization may expect."""

    member: Member
    is_participant: bool
    may_vote: bool


@dataclass(frozen=True)
class Came:
    """What the form says of one member."""

    presence: str = ""
    reason: str = ""
    grade: str = ""


def expected_members(
    *,
    party: PartyOrganization,
    day: date,
    circle: Attends = Attends.ALL,
    group: PartyGroup | None = None,
) -> list[Expected]:
    """Who belongs to the organization on the day, or takes part in it beside another (兼合式).

    Of a group, its members; of a committee, those who hold posts, when any are known.
    """
    belonging = Membership.objects.live_on(day).filter(party_organization=party)
    taking_part = Participation.objects.live_on(day).filter(party_organization=party)
    guests = set(taking_part.values_list("member", flat=True))
    own = set(belonging.values_list("member", flat=True))
    keys = own | guests
    if circle == Attends.GROUP and group is not None:
        listed = GroupMember.objects.live_on(day).filter(group=group)
        keys &= set(listed.values_list("member", flat=True))
    if circle == Attends.COMMITTEE:
        keys = keys & post_holders(party, day) or keys
    watched = set(
        LifeEvent.objects.filter(member__in=keys, kind=EventKind.WATCHED, on__lte=day)
        .exclude(until__lte=day)
        .values_list("member", flat=True)
    )
    members = Member.objects.filter(pk__in=keys).order_by("pinyin", "pk")
    return [
        Expected(
            member,
            member.pk not in own,
            # who takes part in a second organization votes in the first
            member.pk in own
            and may_vote(
                member.full_on, member.status == MemberStatus.FULL, member.pk in watched, day
            ),
        )
        for member in members
    ]


def post_holders(party: PartyOrganization, day: date) -> set[int]:
    posts = PartyPost.objects.live_on(day).filter(party_organization=party)
    return set(posts.values_list("member", flat=True))


def attends(kinds: list[str]) -> Attends:
    """The widest circle that one of the kinds asks for."""
    found = {KINDS[ActivityKind(kind)].attends for kind in kinds}
    return next((one for one in Attends if one in found), Attends.OPEN)


def lists_everybody(activity: Activity, kinds: list[str]) -> bool:
    """Is everybody who is expected to be accounted for, or only who came?"""
    circle = attends(kinds)
    if circle == Attends.GROUP:
        return activity.group is not None
    if circle == Attends.COMMITTEE:
        return bool(post_holders(activity.party_organization, activity.held_on))
    return circle == Attends.ALL


def propose_people(activity: Activity, kinds: list[str]) -> None:
    """Bring the list to who is expected on the day; what is already marked stays."""
    expected = {
        one.member.pk: one
        for one in expected_members(
            party=activity.party_organization,
            day=activity.held_on,
            circle=attends(kinds),
            group=activity.group,
        )
    }
    stored = {one.member_id: one for one in activity.attendances.all()}
    gone = [a.pk for key, a in stored.items() if key not in expected and not a.presence]
    Attendance.objects.filter(pk__in=gone).delete()
    Attendance.objects.bulk_create(
        Attendance(
            activity=activity,
            member=one.member,
            is_participant=one.is_participant,
            may_vote=one.may_vote,
        )
        for key, one in expected.items()
        if key not in stored
    )
    changed = []
    for key, attendance in stored.items():
        one = expected.get(key)
        if one and (attendance.may_vote, attendance.is_participant) != (
            one.may_vote,
            one.is_participant,
        ):
            attendance.may_vote, attendance.is_participant = one.may_vote, one.is_participant
            changed.append(attendance)
    Attendance.objects.bulk_update(changed, ["may_vote", "is_participant"])


def mark_people(activity: Activity, people: Mapping[int, Came]) -> None:
    """Save what is said of the listed members, by member key; NOT_LISTED takes one off the list."""
    changed, off = [], []
    for attendance in activity.attendances.filter(member__in=people):
        came = people[attendance.member_id]
        if came.presence == NOT_LISTED:
            off.append(attendance.pk)
            continue
        new = (came.presence, came.reason.strip(), came.grade)
        if new != (attendance.presence, attendance.reason, attendance.grade):
            attendance.presence, attendance.reason, attendance.grade = new
            changed.append(attendance)
    Attendance.objects.bulk_update(changed, ["presence", "reason", "grade"])
    Attendance.objects.filter(pk__in=off).delete()


def count_people(activity: Activity) -> None:
    """Set the row's counters from its attendance; the caller saves."""
    presences = list(activity.attendances.values_list("presence", flat=True))
    activity.n_expected = len(presences)
    activity.n_present = presences.count(Presence.PRESENT.value)
    activity.n_excused = presences.count(Presence.EXCUSED.value)
    activity.n_absent = presences.count(Presence.ABSENT.value)
