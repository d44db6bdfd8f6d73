"""Facts about organizational life: which meetings count, who came, what was filed in time."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.db.models.functions import ExtractQuarter

from activities.models import (
    Activity,
    ActivityType,
)
from activities.rules.vocabulary import (
    ActivityKind,
    RecordState,
)
from evaluation.gather.span import Keys, Span, by_party
from evaluation.rules.facts import months_due
from members.models import (
    PartyGroup,
)
from organizations.models.attachment import Attachment, AttachmentKind


def filed_types(keys: Keys, span: Span) -> Any:
    """Kinds of filed records of the span."""
    return ActivityType.objects.filter(
        **span.within("held_on"), is_filed=True, party_organization__among=keys
    ).order_by()


# 党员大会 is valid when more than half of those expected came
QUORATE = Q(activity__n_present__gt=F("activity__n_expected") - F("activity__n_present"))
MEETINGS = {
    ActivityKind.MEMBERS_MEETING: ("general_meeting_quarters", "quarters"),
    ActivityKind.COMMITTEE_MEETING: ("committee_meeting_months", "months"),
    ActivityKind.LECTURE: ("lecture_quarters", "quarters"),
    ActivityKind.THEME_DAY: ("theme_day_months", "months"),
    ActivityKind.LIFE_MEETING: ("has_life_meeting", "any"),
    ActivityKind.APPRAISAL: ("has_appraisal", "any"),
}


def valid_meetings(keys: Keys, span: Span) -> Any:
    """What counts for B1 to B6: filed, within the span; a members' meeting with its quorum."""
    types = filed_types(keys, span).filter(~Q(kind=ActivityKind.MEMBERS_MEETING) | QUORATE)
    # they are the same organizations; said of the records too, not all records need be read
    return types.filter(activity__party_organization__among=keys)


def meetings(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """In how many months or quarters each kind was held; only a quorum needs the records read."""
    general = ActivityKind.MEMBERS_MEETING
    others = [kind for kind in MEETINGS if kind != general]
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for types in (
        filed_types(keys, span).filter(kind__in=others),
        valid_meetings(keys, span).filter(kind=general),
    ):
        rows = (
            types.annotate(quarter=ExtractQuarter("held_on"))
            .values("party_organization", "kind")
            .annotate(
                months=Count("month", distinct=True), quarters=Count("quarter", distinct=True)
            )
        )
        for row in rows:
            name, counted = MEETINGS[row["kind"]]
            found[row["party_organization"]][name] = True if counted == "any" else row[counted]
    return found


def groups(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Group-months: due for each group for each whole month it existed; held with a record."""
    found: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"group_months_due": 0, "group_months_held": 0}
    )
    rows = PartyGroup.objects.filter(party_organization__among=keys, valid_from__lt=span.end)
    for party, since, until in rows.values_list("party_organization", "valid_from", "valid_to"):
        found[party]["group_months_due"] += months_due(span.period, span.as_of, since, until)
    held = (
        filed_types(keys, span)
        .filter(kind=ActivityKind.GROUP_MEETING, group__isnull=False)
        .values_list("party_organization", "group", "month")
        .distinct()
    )
    for party, _, _ in held:
        found[party]["group_months_held"] += 1
    return found


def attendance(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    """Σ实到 and Σ应到 of members' meetings and theme days, each record once."""
    kinds = (ActivityKind.MEMBERS_MEETING, ActivityKind.THEME_DAY)
    counted = filed_types(keys, span).filter(kind__in=kinds)
    rows = (
        Activity.objects.filter(party_organization__among=keys, pk__in=counted.values("activity"))
        .order_by()
        .values("party_organization")
        .annotate(present_count=Sum("n_present"), expected_count=Sum("n_expected"))
    )
    return by_party(rows, "party_organization")


def held_records(keys: Keys, span: Span) -> Any:
    """Records of meetings and activities of the span that are not void: filed, or still drafts."""
    return (
        Activity.objects.filter(**span.within("held_on"), party_organization__among=keys)
        .exclude(state=RecordState.VOID)
        .order_by()
    )


def filed_records(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    in_time = Q(state=RecordState.FILED, is_late=False)
    rows = (
        held_records(keys, span)
        .values("party_organization")
        .annotate(record_count=Count("pk"), timely_record_count=Count("pk", filter=in_time))
    )
    return by_party(rows, "party_organization")


def last_activities(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    rows = (
        Activity.objects.filter(
            party_organization__among=keys, state=RecordState.FILED, held_on__lt=span.end
        )
        .order_by()
        .values("party_organization")
        .annotate(last_activity=Max("held_on"))
    )
    return by_party(rows, "party_organization")


def service_records(keys: Keys, span: Span) -> Any:
    """Filed service activities with a photo."""
    photo = Attachment.objects.filter(
        owner_type="activities.activity", owner_id=OuterRef("activity"), kind=AttachmentKind.PHOTO
    )
    return filed_types(keys, span).filter(Exists(photo), kind=ActivityKind.SERVICE)


def services(keys: Keys, span: Span) -> dict[int, dict[str, Any]]:
    rows = (
        service_records(keys, span)
        .values("party_organization")
        .annotate(service_count=Count("activity", distinct=True))
    )
    return by_party(rows, "party_organization")
