"""The facts of a year counted once more: one organization at a time, in plain loops over records."""

from datetime import date, timedelta
from typing import Any

from activities.models import (
    Activity,
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Fund,
    Venue,
    YearPlan,
)
from members.models import (
    DuesMonth,
    Membership,
    MobilePeriod,
    PartyGroup,
    PartyPost,
    Pledge,
    SocialPost,
    Training,
)
from organizations.models import CoverageLink, PartyOrganization
from organizations.models.attachment import Attachment

ASKED = {"gender", "ethnicity", "education", "workplace", "born_on", "joined_on"}
VENUE_ITEMS = ("room", "equipment", "sign", "books", "rules", "log", "board")


def holds(row: Any, day: date, start: str = "valid_from", end: str = "valid_to") -> bool:
    begun, ended = getattr(row, start), getattr(row, end)
    return begun <= day and (ended is None or ended > day)


def whole_months(year: int, until: date, start: date, end: date | None) -> int:
    """Months of the year, over by the day, on every day of which it was there."""
    count = 0
    for month in range(1, 13):
        first = date(year, month, 1)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        count += start <= first and last <= until and (end is None or end > last)
    return count


def slow_facts(party: PartyOrganization, until: date) -> dict[str, Any]:
    """What the records of the year up to and including the day say of this organization."""
    return {
        **_life(party, until),
        **_people(party, until),
        **_standing(party, until),
        "months_due": whole_months(until.year, until, party.founded_on, party.dissolved_on),
        "term_ends_on": party.term_ends_on,
        "extended_until": party.term_extended_to,
        "kind": party.kind,
        "founded_on": party.founded_on,
    }


def _life(party: PartyOrganization, until: date) -> dict[str, Any]:
    seen: dict[str, set[Any]] = {}
    present = expected = records = timely = service = 0
    for one in Activity.objects.filter(party_organization=party).prefetch_related("types"):
        if one.held_on.year != until.year or one.held_on > until or one.state == "void":
            continue
        records += 1
        if one.state != "filed":
            continue
        timely += not one.is_late
        kinds = {row.kind for row in one.types.all()}
        came = [row.presence for row in one.attendances.all()]
        if kinds & {"members_meeting", "theme_day"}:
            expected += len(came)
            present += came.count("present")
        for kind in kinds:
            if kind == "members_meeting" and came.count("present") * 2 <= len(came):
                continue
            quarter = (one.held_on.month - 1) // 3
            seen.setdefault(f"{kind} quarter", set()).add(quarter)
            seen.setdefault(f"{kind} month", set()).add(one.held_on.month)
            if kind == "group_meeting" and one.group_id:
                seen.setdefault("groups", set()).add((one.group_id, one.held_on.month))
        photos = Attachment.objects.filter(
            owner_type="activities.activity", owner_id=one.pk, kind="photo"
        )
        service += "service" in kinds and photos.exists()
    due = 0
    for group in PartyGroup.objects.filter(party_organization=party):
        due += whole_months(until.year, until, group.valid_from, group.valid_to)

    def number(name: str) -> int:
        return len(seen.get(name, ()))

    return {
        "general_meeting_quarters": number("members_meeting quarter"),
        "committee_meeting_months": number("committee_meeting month"),
        "lecture_quarters": number("lecture quarter"),
        "theme_day_months": number("theme_day month"),
        "has_life_meeting": number("life_meeting month") > 0,
        "has_appraisal": number("appraisal month") > 0,
        "group_months_held": number("groups"),
        "group_months_due": due,
        "present_count": present,
        "expected_count": expected,
        "record_count": records,
        "timely_record_count": timely,
        "service_count": service,
    }


def _people(party: PartyOrganization, until: date) -> dict[str, Any]:
    memberships = Membership.objects.filter(party_organization=party).select_related("member")
    members = [one.member for one in memberships if holds(one, until)]
    posts = [one for one in PartyPost.objects.filter(party_organization=party) if holds(one, until)]
    leaders = {one.member_id for one in posts}
    anywhere = PartyPost.objects.filter(member__in=members).select_related("party_organization")
    posted = {
        one.member_id
        for one in anywhere
        if holds(one, until) and holds(one.party_organization, until, "founded_on", "dissolved_on")
    }
    links = CoverageLink.objects.filter(party_organization=party)
    covered = set()
    for link in links.select_related("social_organization"):
        alive = holds(link.social_organization, until, "registered_on", "deregistered_on")
        if holds(link, until) and alive:
            covered.add(link.social_organization)
    crossing = {
        post.member_id
        for post in SocialPost.objects.filter(member__in=leaders, social_organization__in=covered)
        if holds(post, until) and post.duty not in ("staff", "department")
    }
    dues = paid = 0
    for one in DuesMonth.objects.filter(party_organization=party, month__year=until.year):
        if one.due > 0 and one.deadline <= until + timedelta(days=1):
            dues += 1
            paid += one.paid >= one.due and one.paid_on is not None and one.paid_on < one.deadline
    full = complete = mobile = contacted = trained = pledged = 0
    share = whole_months(until.year, until, date.min, None)
    for member in members:
        is_full = member.status == "full" if member.full_on is None else member.full_on <= until
        full += is_full
        there = all(getattr(member, name) for name in ASKED)
        complete += there and (member.status != "full" or member.full_on is not None)
        away = [one for one in MobilePeriod.objects.filter(member=member) if holds(one, until)]
        if away:
            mobile += 1
            days = [c.on for p in member.mobile_periods.all() for c in p.contacts.all()]
            contacted += any(_half_year_before(until) < day <= until for day in days)
        hours = sum(
            one.hours
            for one in Training.objects.filter(member=member, on__year=until.year)
            if one.on <= until
        )
        trained += hours * 12 >= (56 if member.pk in posted else 32) * share
        pledge = Pledge.objects.filter(member=member, year=until.year).first()
        pledged += bool(pledge and pledge.review and pledge.reviewed_on <= until)
    return {
        "member_count": len(members),
        "full_member_count": full,
        "complete_member_count": complete,
        "mobile_count": mobile,
        "mobile_contacted_count": contacted,
        "trained_count": trained,
        "pledged_count": pledged,
        "dues_due": dues,
        "dues_on_time": paid,
        "has_secretary": any(one.duty == "secretary" for one in posts),
        "committee_size": len(leaders) if len(leaders) >= 3 else 0,
        "committee_duties": len(
            {one.duty for one in posts} & {"organization", "publicity", "discipline"}
        ),
        "cross_post_count": len(crossing),
        "covered_count": len(covered),
        "charter_approved_count": sum(
            one.charter_state == "approved" and (one.charter_on is None or one.charter_on <= until)
            for one in covered
        ),
    }


def _half_year_before(day: date) -> date:
    """The same day of six months before, or that month's last day."""
    month = day.month + 6 if day.month <= 6 else day.month - 6
    year = day.year - (day.month <= 6)
    last = (date(year, month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return date(year, month, min(day.day, last.day))


def _standing(party: PartyOrganization, until: date) -> dict[str, Any]:
    features = set()
    for venue in Venue.objects.prefetch_related("shared_with"):
        mine = venue.party_organization_id == party.pk or party in venue.shared_with.all()
        if mine and holds(venue, until, "opened_on", "closed_on"):
            features |= {name for name in VENUE_ITEMS if getattr(venue, f"has_{name}")}
    funds = {
        one.kind
        for one in Fund.objects.filter(party_organization=party, year=until.year)
        if one.dated_on <= until
    }
    agreed = False
    for one in Agreement.objects.all():
        ours = party.pk in (one.party_organization_id, one.partner_organization_id)
        lasts = one.valid_to is None or one.valid_to > date(until.year, 1, 1)
        agreed |= ours and lasts and one.signed_on <= until
    plan = YearPlan.objects.filter(party_organization=party, year=until.year, state="filed").first()
    if plan and plan.filed_on > until:
        plan = None
    papers = ArchiveDocument.objects.filter(party_organization=party, year=until.year)
    folders = {
        one.folder.number
        for one in papers.select_related("folder")
        if one.dated_on <= until and one.folder.is_active
    }
    for number, days in _days_of_records(party).items():
        this_year = any(day and day.year == until.year and day <= until for day in days)
        if this_year and ArchiveFolder.objects.get(number=number).is_active:
            folders.add(number)
    return {
        "venue_features": tuple(sorted(features)),
        "has_fund": bool(funds & {"budget", "refund"}),
        "has_expense": "spent" in funds,
        "has_agreement": agreed,
        "has_brand_plan": bool(plan and plan.feature),
        "plan_filed_on": plan.filed_on if plan else None,
        "folder_count": len(folders),
    }


def _days_of_records(party: PartyOrganization) -> dict[int, list[date | None]]:
    """Folder of the archive -> the days of what stands in it without having been filed."""
    memberships = list(Membership.objects.filter(party_organization=party))
    return {
        1: [party.founded_on if party.document else None]
        + [one.until for one in party.phases.all()],
        2: [one.held_on for one in party.elections.all()]
        + [one.approved_on for one in party.term_extensions.all()],
        3: [one.valid_from for one in memberships] + [one.valid_to for one in memberships],
        9: [step.done_on for one in party.applicants.all() for step in one.steps.all()],
    }
