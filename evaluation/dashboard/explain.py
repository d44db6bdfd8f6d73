"""Why an item has its points: the records that counted, those that did not and why; the way up."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Model, OuterRef
from django.urls import NoReverseMatch, reverse

from activities.gather import standing_papers
from activities.models import (
    Activity,
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Fund,
    Venue,
    YearPlan,
)
from activities.rules.vocabulary import ActivityKind, FundKind, PlanState, RecordState
from evaluation.gather import life, people, standing
from evaluation.gather.ratings import outlook_of, yearly_facts
from evaluation.gather.span import Span, live_memberships
from evaluation.models import StarRating
from evaluation.rules.criteria import CRITERIA
from evaluation.rules.facts import Period
from evaluation.rules.next_star import Way, way_to_next_star
from evaluation.rules.vocabulary import RatingState
from members.models import DuesMonth, Member, Pledge
from organizations.models import CoverageLink, PartyOrganization
from organizations.models.scoping import valid_on
from organizations.rules.vocabulary import CharterState

MOST = 200
ROUTES = {
    "activities.activity": "activities:activity-page",
    "members.member": "members:member-page",
    "organizations.socialorganization": "organizations:social-organization-page",
    "organizations.partyorganization": "organizations:party-organization-page",
    "activities.yearplan": "activities:plan-page",
    "activities.venue": "activities:venue-page",
}


@dataclass(frozen=True)
class Record:
    """One record that was looked at for an item."""

    title: str
    counted: bool
    why: str = ""
    day: date | None = None
    url: str = ""


@dataclass(frozen=True)
class Explanation:
    """One item of one rating, down to the records as they are today."""

    code: str
    title: str
    rule: str
    words: str
    got: str | None
    points: str
    records: list[Record]
    is_cut: bool

    @property
    def counted(self) -> list[Record]:
        return [one for one in self.records if one.counted]

    @property
    def not_counted(self) -> list[Record]:
        return [one for one in self.records if not one.counted]


def url_of(record: Model) -> str:
    """The record's own page, when it has one."""
    route = ROUTES.get(record._meta.label_lower)
    try:
        return reverse(route, args=[record.pk]) if route else ""
    except NoReverseMatch:
        return ""


def explain(rating: StarRating, code: str, user: Any) -> Explanation:
    """The stored points of an item, with the records that the account may see."""
    stored = next((one for one in rating.result["items"] if one["code"] == code), None)
    item = next((one for one in rating.scheme.scheme.items if one.code == code), None)
    if stored is None or item is None:
        return Explanation(code, "", "", "没有这个项目", None, "0", [], False)
    facts = rating.stored_facts
    span = Span(Period(facts.period_start, facts.period_end), rating.as_of)
    looked = LOOKERS.get(code)
    records = list(looked(rating.party_organization, span, user))[: MOST + 1] if looked else []
    return Explanation(
        code,
        item.title,
        CRITERIA[code].rule,
        stored["words"],
        stored["got"],
        stored["points"],
        records[:MOST],
        len(records) > MOST,
    )


Looker = Callable[[PartyOrganization, Span, Any], Iterable[Record]]


def next_star_of(rating: StarRating, today: date) -> Way | None:
    """The way to one star more by the year's end; none for a rating that is decided or past.

    Nor for an organization that does not live to see the end of the year.
    """
    period_end = date(rating.year + 1, 1, 1)
    ends = rating.party_organization.dissolved_on
    if ends is not None and ends < period_end:
        return None
    if rating.quarter or rating.state == RatingState.PUBLISHED or today >= period_end:
        return None
    period = Period(date(rating.year, 1, 1), period_end)
    parties = PartyOrganization.objects.filter(pk=rating.party_organization_id)
    facts = yearly_facts(parties, period, period_end - timedelta(days=1))
    one = facts.get(rating.party_organization_id)
    if one is None:
        return None
    outlook, projected = outlook_of(rating.party_organization, one, today)
    return way_to_next_star(projected, rating.scheme.scheme, outlook)


# --- what was looked at for each item ----------------------------------------------------------------


def meetings_of(kind: ActivityKind, unit: str) -> Looker:
    """Records of a kind: the first valid one of each month or quarter counts."""

    def look(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
        rows = Activity.objects.visible_to(user).filter(
            **span.within("held_on"), party_organization=party, types__kind=kind
        )
        seen: set[int] = set()
        for one in rows.order_by("held_on", "pk"):
            number = one.held_on.month if unit == "month" else (one.held_on.month + 2) // 3
            why = reason_not_valid(one, kind)
            again = not why and number in seen
            if again:
                why = "同一个月只计一次" if unit == "month" else "同一季度只计一次"
            if not why:
                seen.add(number)
            # what is held again in the month still shows that it was held
            yield Record(str(one), not why, why, one.held_on, url_of(one))

    return look


def reason_not_valid(one: Activity, kind: ActivityKind) -> str:
    if one.state == RecordState.DRAFT:
        return "还是草稿,没有归档"
    if one.state == RecordState.VOID:
        return "已作废"
    if kind == ActivityKind.MEMBERS_MEETING and one.n_present * 2 <= one.n_expected:
        return f"到会 {one.n_present} 人,不足应到 {one.n_expected} 人的半数"
    return ""


def once_a_year(*kinds: ActivityKind) -> Looker:
    def look(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
        rows = Activity.objects.visible_to(user).filter(
            **span.within("held_on"), party_organization=party, types__kind__in=kinds
        )
        for one in rows.distinct().order_by("held_on", "pk"):
            why = reason_not_valid(one, kinds[0])
            yield Record(f"{one.kind_words} {one}", not why, why, one.held_on, url_of(one))

    return look


def attended(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    kinds = (ActivityKind.MEMBERS_MEETING, ActivityKind.THEME_DAY)
    rows = Activity.objects.visible_to(user).filter(
        **span.within("held_on"), party_organization=party, types__kind__in=kinds
    )
    for one in rows.distinct().order_by("held_on", "pk"):
        why = "" if one.state == RecordState.FILED else reason_not_valid(one, kinds[1])
        title = f"{one} 实到 {one.n_present} / 应到 {one.n_expected}"
        yield Record(title, not why, why, one.held_on, url_of(one))


def records_in_time(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    rows = Activity.objects.visible_to(user).filter(
        **span.within("held_on"), party_organization=party
    )
    for one in rows.exclude(state=RecordState.VOID).order_by("held_on", "pk"):
        why = "还没有归档" if one.state == RecordState.DRAFT else ""
        why = "超过 7 天才归档" if one.is_late else why
        yield Record(str(one), not why, why, one.held_on, url_of(one))


def served(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    with_photo = set(life.service_records([party.pk], span).values_list("activity", flat=True))
    rows = Activity.objects.visible_to(user).filter(
        **span.within("held_on"), party_organization=party, types__kind=ActivityKind.SERVICE
    )
    for one in rows.order_by("held_on", "pk"):
        why = reason_not_valid(one, ActivityKind.SERVICE)
        if not why and one.pk not in with_photo:
            why = "没有照片"
        yield Record(str(one), not why, why, one.held_on, url_of(one))


def members_seen(party: PartyOrganization, span: Span, user: Any) -> Any:
    own = live_memberships([party.pk], span.as_of).values("member")
    return Member.objects.visible_to(user).filter(pk__in=own).order_by("pinyin", "pk")


def complete_members(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    for one in members_seen(party, span, user):
        missing = "、".join(one.missing_facts)
        yield Record(one.name, not missing, f"缺{missing}" if missing else "", None, url_of(one))


def pledged_members(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    year = span.period.year
    pledges = {
        one.member_id: one
        for one in Pledge.objects.visible_to(user).filter(
            year=year, member__memberships__party_organization=party
        )
    }
    for one in members_seen(party, span, user):
        pledge = pledges.get(one.pk)
        if pledge is None:
            why = "没有承诺"
        elif not pledge.review or (pledge.reviewed_on or span.end) > span.as_of:
            why = "还没有评诺"
        else:
            why = ""
        yield Record(one.name, not why, why, pledge.reviewed_on if pledge else None, url_of(one))


def trained_members(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    reached = people.hours_by_member([party.pk], span)
    for one in members_seen(party, span, user):
        _, hours, target = reached.get(one.pk, (0, 0, 0))
        words = f"{one.name} {hours:.1f} 学时"
        yield Record(
            words,
            hours >= target,
            "" if hours >= target else f"应达 {target:.1f} 学时",
            None,
            url_of(one),
        )


def monthly_dues(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    """Months that were not paid in full and in time; those that were are only counted."""
    rows = (
        DuesMonth.objects.visible_to(user)
        .due()
        .filter(**span.within("month"), party_organization=party, deadline__lte=span.end)
    )
    grace = people.dues_grace(span.period.year)
    on_time = DuesMonth.objects.visible_to(user).on_time(grace).filter(pk=OuterRef("pk"))
    found = rows.annotate(is_on_time=Exists(on_time)).select_related("member")
    for one in found.filter(is_on_time=False).order_by("month", "member__pinyin"):
        why = "没有足额交纳" if one.paid < one.due else "超过当月交纳"
        title = f"{one.member.name} {one.month:%Y年%-m月} 应交 {one.due} 实交 {one.paid}"
        yield Record(title, False, why, one.paid_on, url_of(one.member))


def chartered(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    alive = valid_on(
        span.as_of, "social_organization__registered_on", "social_organization__deregistered_on"
    )
    links = (
        CoverageLink.objects.visible_to(user)
        .live_on(span.as_of)
        .filter(alive, party_organization=party)
        .select_related("social_organization")
    )
    for link in links.order_by("social_organization__pinyin"):
        one = link.social_organization
        approved = one.charter_state == CharterState.APPROVED
        approved = approved and (one.charter_on is None or one.charter_on <= span.as_of)
        why = "" if approved else f"章程{one.get_charter_state_display()}"
        yield Record(one.name, approved, why, one.charter_on, url_of(one))


def venues_seen(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    seen = Venue.objects.visible_to(user)
    own = seen.filter(party_organization=party) | seen.filter(shared_with=party)
    for one in own.distinct():
        there = "、".join(words for words, holds in one.haves if holds)
        is_open = one.opened_on <= span.as_of and (
            one.closed_on is None or one.closed_on > span.as_of
        )
        why = "" if is_open else "当日没有启用"
        yield Record(
            f"{one.name}:{there or '七有均未具备'}", is_open, why, one.checked_on, url_of(one)
        )


def funds_seen(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    rows = Fund.objects.visible_to(user).filter(party_organization=party, year=span.period.year)
    for one in rows.order_by("dated_on"):
        counts = one.kind in (FundKind.BUDGET, FundKind.REFUND, FundKind.SPENT)
        why = "" if counts else "只计预算、返拨和支出"
        if one.dated_on >= span.end:
            why = "日期在统计日之后"
        yield Record(f"{one} {one.purpose}", not why, why, one.dated_on)


def partnership(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    live = set(standing.live_agreements(span).values_list("pk", flat=True))
    rows = Agreement.objects.visible_to(user)
    for one in rows.filter(party_organization=party) | rows.filter(partner_organization=party):
        why = "" if one.pk in live else "不在有效期内"
        yield Record(str(one), not why, why, one.signed_on)
    for plan in YearPlan.objects.visible_to(user).filter(
        party_organization=party, year=span.period.year
    ):
        why = "" if plan.feature else "计划中没有党建品牌(特色)"
        if plan.state != PlanState.FILED:
            why = "年度计划没有报备"
        yield Record(f"年度计划:{plan.feature or '—'}", not why, why, plan.filed_on, url_of(plan))


def planned(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    for plan in YearPlan.objects.visible_to(user).filter(
        party_organization=party, year=span.period.year
    ):
        why = "" if plan.state == PlanState.FILED else "还没有报备"
        yield Record(str(plan), not why, why, plan.filed_on, url_of(plan))


def filed_folders(party: PartyOrganization, span: Span, user: Any) -> Iterable[Record]:
    documents = ArchiveDocument.objects.visible_to(user).filter(
        standing.papers_of(span), party_organization=party
    )
    counts = Counter(documents.values_list("folder__number", flat=True))
    records = standing_papers(party, span.period.year, user)
    counts.update(paper.folder for paper in records if span.first <= paper.dated_on < span.end)
    for one in ArchiveFolder.objects.visible_to(user).filter(is_active=True):
        number = counts[one.number]
        yield Record(f"{one}({number} 件)", bool(number), "" if number else "本期没有材料")


LOOKERS: dict[str, Looker] = {
    "A5": chartered,
    "B1": meetings_of(ActivityKind.MEMBERS_MEETING, "quarter"),
    "B2": meetings_of(ActivityKind.COMMITTEE_MEETING, "month"),
    "B3": once_a_year(ActivityKind.GROUP_MEETING),
    "B4": meetings_of(ActivityKind.LECTURE, "quarter"),
    "B5": meetings_of(ActivityKind.THEME_DAY, "month"),
    "B6": once_a_year(ActivityKind.LIFE_MEETING, ActivityKind.APPRAISAL),
    "C1": attended,
    "C2": monthly_dues,
    "C3": complete_members,
    "C5": trained_members,
    "D1": venues_seen,
    "D2": funds_seen,
    "E1": pledged_members,
    "E2": served,
    "E3": partnership,
    "F1": planned,
    "F2": records_in_time,
    "F3": filed_folders,
}
