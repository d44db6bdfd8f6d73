"""What a record says: as the rule of completeness looks at it, and in words."""

from datetime import date

from django.utils import timezone

from accounts.rules import day_words
from activities.actions.attendance import lists_everybody
from activities.models import Activity
from activities.rules.records import Person, RecordFacts

FIELDS = (
    *("title", "held_on", "starts_at", "ends_at", "place", "host", "recorder", "speaker"),
    *("guests", "agenda", "minutes", "group"),
)
LABELS = {
    field.name: str(field.verbose_name)
    for field in Activity._meta.concrete_fields
    if field.name in FIELDS
}


def facts_of(activity: Activity) -> RecordFacts:
    """The record as the rule of completeness looks at it."""
    kinds = tuple(activity.kinds)
    everybody = lists_everybody(activity, list(kinds))
    people = tuple(
        Person(one.member.name, one.presence, one.reason, one.grade)
        for one in activity.attendances.select_related("member")
        if everybody or one.presence
    )
    party = activity.party_organization
    return RecordFacts(
        kinds=kinds,
        has_group=activity.group_id is not None,
        people=people,
        ballots=tuple(vote.ballot for vote in activity.votes.all()),
        resolutions=tuple((one.text, one.owner) for one in activity.resolutions.all()),
        founded_on=party.founded_on,
        dissolved_on=party.dissolved_on,
        today=timezone.localdate(),
        **{
            name: getattr(activity, name)
            for name in FIELDS
            if name not in ("group", "speaker", "guests")
        },
    )


def content_of(activity: Activity) -> dict[str, str]:
    """The whole record in words, label by label: what a version keeps and a reader compares."""

    def day(value: date | None) -> str:
        return day_words(value) if value else ""

    words = {"类型": activity.kind_words}
    for name in FIELDS:
        label = LABELS[name]
        value = getattr(activity, name)
        if isinstance(value, date):
            words[label] = day(value)
        elif value is None:
            words[label] = ""
        else:
            words[label] = f"{value:%H:%M}" if hasattr(value, "hour") else str(value)
    for presence in ("present", "excused", "absent"):
        rows = [
            one for one in activity.attendances.select_related("member") if one.presence == presence
        ]
        label = rows[0].get_presence_display() if rows else ""
        if rows:
            words[label] = "、".join(
                one.member.name + (f"({one.reason})" if one.reason else "") for one in rows
            )
    graded = activity.attendances.exclude(grade="").select_related("member")
    if graded:
        words["评议结果"] = "、".join(f"{a.member.name}:{a.get_grade_display()}" for a in graded)
    words["表决"] = ";".join(
        f"{v.matter}:应到 {v.n_entitled}、实到 {v.n_present}、赞成 {v.n_for}、反对 {v.n_against}、"
        f"弃权 {v.n_abstained}"
        for v in activity.votes.all()
    )
    words["决议"] = ";".join(
        f"{r.text}(责任人 {r.owner},{day(r.due_on) or '无期限'})"
        for r in activity.resolutions.all()
    )
    words["成效"] = ";".join(
        f"{o.kind.name} {o.amount} {o.kind.unit}" for o in activity.outcomes.select_related("kind")
    )
    return {label: text for label, text in words.items() if text}
