"""The rows that each rule check finds, within an account's scope: figure and list are one queryset."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from activities.models import Attendance, Vote
from activities.rules.vocabulary import Presence, RecordState
from evaluation.models import CheckSetting
from evaluation.rules.checks import BY_CODE, CHECKS, Check, numbers_of
from members.models import DuesMonth, Member, Membership, PartyPost
from members.rules.vocabulary import Exit, MemberStatus, PartyDuty
from organizations.models import (
    CoverageLink,
    PartyOrganization,
    SocialOrganization,
)
from organizations.models.party_organization import term_over_on
from organizations.models.term import Election
from organizations.rules.terms import months_later
from organizations.rules.vocabulary import Category, Level, Mode, PartyKind

STANDING = PartyKind.STANDING
BRANCHES = (Level.BRANCH, Level.JOINT_BRANCH, Level.TEMPORARY_BRANCH)


@dataclass(frozen=True)
class Asked:
    """Who asks, for which day, with which numbers."""

    user: Any
    day: date
    numbers: dict[str, int]
    settings: Mapping[str, Mapping[int, Decimal]]

    def numbers_of(self, code: str) -> dict[str, int]:
        """The numbers of another check."""
        return numbers_of(BY_CODE[code], self.settings, self.day.year)

    def social(self) -> Any:
        return SocialOrganization.objects.visible_to(self.user).alive_on(self.day)

    def parties(self) -> Any:
        return PartyOrganization.objects.visible_to(self.user).alive_on(self.day)

    def electing(self) -> Any:
        return self.parties().electing_on(self.day)


Rows = QuerySet[Any]
FINDERS: dict[str, Callable[[Asked], Rows]] = {}


def finds(code: str) -> Callable[[Callable[[Asked], Rows]], Callable[[Asked], Rows]]:
    def note(finder: Callable[[Asked], Rows]) -> Callable[[Asked], Rows]:
        FINDERS[code] = finder
        return finder

    return note


def found_by(check: Check, user: Any, day: date) -> Rows:
    """The rows that the check finds on the day among those the account sees."""
    settings = CheckSetting.by_name(CheckSetting.objects.visible_to(user))
    return FINDERS[check.code](Asked(user, day, numbers_of(check, settings, day.year), settings))


def checks_with_rows(user: Any, day: date) -> list[tuple[Check, Rows, dict[str, int]]]:
    """All checks, each with its rows and numbers; one statement for all numbers."""
    settings = CheckSetting.by_name(CheckSetting.objects.visible_to(user))
    found = []
    for check in CHECKS:
        numbers = numbers_of(check, settings, day.year)
        found.append((check, FINDERS[check.code](Asked(user, day, numbers, settings)), numbers))
    return found


def members_of(path: str = "pk", **match: Any) -> Coalesce:
    """How many members belong to the organization now, in a subquery of its own."""
    rows = Membership.objects.filter(
        valid_to__isnull=True, party_organization=OuterRef(path), **match
    )
    counted = rows.order_by().values("party_organization").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def full_members(path: str = "pk") -> Coalesce:
    return members_of(path, member__status=MemberStatus.FULL)


@finds("R1")
def should_establish(asked: Asked) -> Rows:
    rows = asked.social().with_coverage_on(asked.day)
    own = CoverageLink.objects.live_on(asked.day).filter(
        social_organization=OuterRef("pk"), mode=Mode.SOLO
    )
    enough = rows.filter(full_member_count__gte=asked.numbers["full_members"])
    return enough.filter(~Exists(own), is_covered=False)


@finds("R1b")
def too_few_full_members(asked: Asked) -> Rows:
    solo = CoverageLink.objects.live_on(asked.day).filter(
        party_organization=OuterRef("pk"), mode=Mode.SOLO
    )
    rows = asked.parties().filter(Exists(solo), kind=STANDING, level=Level.BRANCH)
    return rows.annotate(full=full_members()).filter(full__lt=asked.numbers["full_members"])


@finds("R2")
def level_does_not_fit(asked: Asked) -> Rows:
    rows = asked.parties().filter(kind=STANDING).annotate(members_now=members_of())
    large = Q(level__in=BRANCHES, members_now__gt=asked.numbers["branch"])
    return rows.filter(
        large | Q(level=Level.GENERAL_BRANCH, members_now__gt=asked.numbers["general"])
    )


@finds("R3")
def covers_too_many(asked: Asked) -> Rows:
    rows = asked.parties().filter(level=Level.JOINT_BRANCH).with_coverage_count_on(asked.day)
    return rows.filter(covered_count__gt=asked.numbers["units"])


@finds("R4")
def temporary_too_long(asked: Asked) -> Rows:
    since = months_later(asked.day, -asked.numbers["months"])
    return asked.parties().filter(level=Level.TEMPORARY_BRANCH, founded_on__lte=since)


@finds("R5")
def leadership_incomplete(asked: Asked) -> Rows:
    posts = PartyPost.objects.live_on(asked.day).filter(party_organization=OuterRef("pk"))
    holders = posts.order_by().values("party_organization")
    size = Subquery(holders.annotate(size=Count("member", distinct=True)).values("size"))
    rows = (
        asked.parties()
        .filter(kind=STANDING)  # joint and affiliated ones need no committee
        .annotate(full=full_members(), committee=Coalesce(size, 0))
    )
    numbers = asked.numbers
    outside = Q(committee__lt=numbers["least"]) | Q(committee__gt=numbers["most"])
    no_committee = Q(full__gte=numbers["committee_from"]) & outside
    return rows.filter(~Exists(posts.filter(duty=PartyDuty.SECRETARY)) | no_committee)


@finds("R6")
def term_ends(asked: Asked) -> Rows:
    soon = months_later(asked.day, asked.numbers["months"])
    return asked.electing().filter(term_over_on(soon))


@finds("R6b")
def no_term(asked: Asked) -> Rows:
    return asked.electing().filter(term_ends_on__isnull=True)


@finds("R7")
def long_overdue(asked: Asked) -> Rows:
    limit = months_later(asked.day, -asked.numbers["months"])
    return asked.electing().filter(term_over_on(asked.day), term_ends_on__lte=limit)


@finds("R8")
def inquorate_election(asked: Asked) -> Rows:
    bad = Election.objects.visible_to(asked.user).filter(
        party_organization=OuterRef("pk"), entitled__gt=F("present") * 5 / 4
    )
    exact = bad.annotate(five=F("present") * 5, four=F("entitled") * 4).filter(five__lt=F("four"))
    return asked.parties().filter(Exists(exact))


@finds("R9")
def passed_without_majority(asked: Asked) -> Rows:
    wrong = (
        Vote.objects.visible_to(asked.user)
        .annotate(twice=F("n_for") * 2)
        .filter(
            activity__party_organization=OuterRef("pk"),
            activity__state=RecordState.FILED,
            has_passed=True,
            twice__lte=F("n_entitled"),
        )
    )
    return asked.parties().filter(Exists(wrong))


@finds("R10")
def probationer_votes(asked: Asked) -> Rows:
    wrong = Attendance.objects.visible_to(asked.user).filter(
        Q(member__full_on__gt=F("activity__held_on"))
        | Q(member__status=MemberStatus.PROBATIONARY, member__full_on__isnull=True),
        activity__party_organization=OuterRef("pk"),
        activity__state=RecordState.FILED,
        activity__votes__isnull=False,
        may_vote=True,
    )
    return asked.parties().filter(Exists(wrong))


def attended(day: date, **match: Any) -> Any:
    """Attendance of the member at filed meetings until the day."""
    return Attendance.objects.filter(
        member=OuterRef("pk"),
        activity__state=RecordState.FILED,
        activity__held_on__lte=day,
        **match,
    )


def with_signs(rows: Rows, day: date) -> Rows:
    """Adds when each was last at a meeting, and last paid dues."""
    seen = attended(day, presence=Presence.PRESENT).order_by().values("member")
    paid = DuesMonth.objects.filter(member=OuterRef("pk"), paid_on__lte=day).order_by()
    return rows.annotate(
        last_seen_on=Subquery(seen.annotate(last=Max("activity__held_on")).values("last")),
        last_paid_on=Subquery(paid.values("member").annotate(last=Max("paid_on")).values("last")),
    )


def idle_for(rows: Rows, day: date, months: int) -> Rows:
    """R18: for so many months expected and never there nor excused; or no dues paid of as many.

    Whoever is away as a registered 流动党员, or has not belonged for so long, missed no meeting.
    """
    since = months_later(day, -months)
    expected = attended(day, activity__held_on__gt=since)
    absent = expected.filter(presence=Presence.ABSENT)
    came = expected.filter(presence__in=[Presence.PRESENT, Presence.EXCUSED])
    longer = Membership.objects.filter(member=OuterRef("pk"), valid_from__lte=since)
    away = Member.objects.mobile_on(day).values("pk")
    never_there = Q(Exists(absent)) & ~Q(Exists(came)) & Q(Exists(longer)) & ~Q(pk__in=away)
    this_month = day.replace(day=1)
    unpaid = DuesMonth.objects.filter(
        member=OuterRef("pk"),
        month__gte=months_later(this_month, -months),
        month__lt=this_month,
        due__gt=0,
        paid=0,
    )
    number = unpaid.order_by().values("member").annotate(number=Count("pk")).values("number")
    rows = rows.annotate(**{f"unpaid_of_{months}": Coalesce(Subquery(number), 0)})
    return rows.filter(never_there | Q(**{f"unpaid_of_{months}__gte": months}))


def present_members(asked: Asked) -> Rows:
    """Whoever is counted and in touch; those who are lost are R19's."""
    rows = Member.objects.visible_to(asked.user).counted()
    return rows.exclude(pk__in=Member.objects.missing().values("pk"))


@finds("R18")
def idle_too_long(asked: Asked) -> Rows:
    rows = with_signs(present_members(asked), asked.day)
    return idle_for(rows, asked.day, asked.numbers["months"])


@finds("R18b")
def idle_for_long(asked: Asked) -> Rows:
    rows = with_signs(present_members(asked), asked.day)
    too_long = idle_for(present_members(asked), asked.day, asked.numbers_of("R18")["months"])
    found = idle_for(rows, asked.day, asked.numbers["months"])
    return found.exclude(pk__in=too_long.order_by().values("pk"))


@finds("R19")
def lost_too_long(asked: Asked) -> Rows:
    """Registered as lost, belonging for longer, and no meeting nor dues since."""
    limit = months_later(asked.day, -asked.numbers["months"])
    rows = with_signs(Member.objects.visible_to(asked.user).counted().missing(), asked.day)
    longer = Membership.objects.filter(member=OuterRef("pk"), valid_from__lte=limit)
    quiet = Q(last_seen_on__isnull=True) | Q(last_seen_on__lte=limit)
    quiet &= Q(last_paid_on__isnull=True) | Q(last_paid_on__lte=limit)
    return rows.filter(quiet, Exists(longer))


@finds("R19b")
def suspended_too_long(asked: Asked) -> Rows:
    limit = months_later(asked.day, -asked.numbers["months"])
    ended = Membership.objects.last_ones().filter(member=OuterRef("pk"), exit=Exit.SUSPENDED)
    rows = Member.objects.visible_to(asked.user).filter(status=MemberStatus.SUSPENDED)
    rows = rows.annotate(suspended_on=Subquery(ended.values("valid_to")[:1]))
    return rows.filter(suspended_on__lte=limit)


@finds("D1")
def nobody_responsible(asked: Asked) -> Rows:
    return asked.social().filter(responsible_body__isnull=True)


@finds("D2")
def incomplete(asked: Asked) -> Rows:
    no_code = Q(credit_code__isnull=True) & ~Q(category=Category.COMMUNITY)
    return asked.social().filter(no_code | Q(principal="") | Q(registrar=""))


@finds("D3")
def not_inspected(asked: Asked) -> Rows:
    last = asked.day.year - 1
    seen = Q(inspections__year__gte=last)
    rows = asked.social().filter(registered_on__lt=date(last, 7, 1))
    return rows.exclude(pk__in=rows.filter(seen).values("pk")).exclude(inspection_year__gte=last)


@finds("D4")
def incomplete_members(asked: Asked) -> Rows:
    return Member.objects.visible_to(asked.user).counted().incomplete()
