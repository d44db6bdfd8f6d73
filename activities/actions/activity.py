"""Records of organizational life: begun, filled in, filed, corrected, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from activities.actions.archive import file_source, take_out
from activities.actions.attendance import (
    Came,
    count_people,
    lists_everybody,
    mark_people,
    propose_people,
)
from activities.actions.content import FIELDS, content_of, facts_of
from activities.actions.minutes import (
    Achieved,
    Decided,
    Resolved,
    replace_outcomes,
    replace_resolutions,
    replace_votes,
)
from activities.actions.reach import check_reach
from activities.models import Activity, ActivityType, ActivityVersion, PlanItem
from activities.rules.duties import KINDS
from activities.rules.records import (
    Missing,
    filed_in_time,
    is_the_same,
    missing,
)
from activities.rules.vocabulary import ActivityKind, RecordState
from members.models import PartyGroup
from organizations.models import PartyOrganization


class SavedMeanwhile(Exception):
    """Somebody else, or the same person in another window, saved the record after it was read."""

    def __init__(self, current: Activity) -> None:
        super().__init__("记录已在别处保存")
        self.current = current


class NotComplete(ValidationError):
    """The record may not be filed yet; `lacking` says what is missing."""

    def __init__(self, lacking: Sequence[Missing]) -> None:
        super().__init__([one.text for one in lacking])
        self.lacking = list(lacking)


class SameMeeting(ValidationError):
    """There is a record of what looks like the same meeting."""

    def __init__(self, other: Activity) -> None:
        super().__init__(f"同一天已有一份同类记录“{other}”,请核对是否重复录入。")
        self.other = other


@dataclass(frozen=True)
class Content:
    """What the form holds: the row's own values and the parts of the record."""

    values: Mapping[str, Any]
    kinds: Sequence[str]
    people: Mapping[int, Came] = field(default_factory=dict)
    votes: Sequence[Decided] = ()
    resolutions: Sequence[Resolved] = ()
    outcomes: Sequence[Achieved] = ()


@transaction.atomic
def start_activity(
    *,
    party: PartyOrganization,
    kinds: Sequence[str],
    held_on: date,
    group: PartyGroup | None = None,
    title: str = "",
    plan_item: PlanItem | None = None,
    by: User | None,
) -> Activity:
    """Begin a draft with everybody listed who is expected on the day."""
    check_reach(by, party.pk)
    _check_kinds(kinds)
    _check_group(group, party)
    activity = Activity.objects.create(
        party_organization=party,
        group=group,
        title=title or _usual_title(kinds, held_on),
        held_on=held_on,
        place=plan_item.place if plan_item else "",
        host=(plan_item.host if plan_item else "") or party.secretary,
        created_by=by,
    )
    set_kinds(activity, kinds)
    propose_people(activity, list(kinds))
    count_people(activity)
    activity.save(update_fields=["n_expected"])
    if plan_item is not None:
        open_item = PlanItem.objects.filter(
            pk=plan_item.pk, plan__party_organization=party, activity__isnull=True
        )
        open_item.update(activity=activity)
    after = {**audit.snapshot(activity, ("party_organization", "title", "held_on"))}
    audit.record(by=by, action="activity.create", object=activity, after=after)
    return activity


def _usual_title(kinds: Sequence[str], held_on: date) -> str:
    words = "暨".join(ActivityKind(kind).label for kind in kinds)
    return f"{held_on.month}月{words}"


def _check_kinds(kinds: Sequence[str]) -> None:
    if not 1 <= len(set(kinds)) <= 3 or len(set(kinds)) != len(kinds):
        raise ValidationError({"kinds": "请选择一至三个类型。"})


def _check_group(group: PartyGroup | None, party: PartyOrganization) -> None:
    if group is not None and group.party_organization_id != party.pk:
        raise ValidationError({"group": "这个党小组不属于本党组织。"})


def set_kinds(activity: Activity, kinds: Sequence[str]) -> None:
    """Write the rows that the duty panel counts by."""
    activity.types.all().delete()
    ActivityType.objects.bulk_create(
        ActivityType(
            activity=activity,
            kind=kind,
            duty=KINDS[ActivityKind(kind)].duty or "",
            party_organization_id=activity.party_organization_id,
            group_id=activity.group_id if kind == ActivityKind.GROUP_MEETING else None,
            held_on=activity.held_on,
            month=activity.held_on.month,
            is_filed=activity.state == RecordState.FILED,
        )
        for kind in kinds
    )
    vars(activity).pop("_prefetched_objects_cache", None)


@transaction.atomic
def save_activity(
    *,
    activity: Activity,
    content: Content,
    version: int,
    reason: str = "",
    by: User,
    is_autosave: bool = False,
) -> Activity:
    """Save a draft as far as it goes, or correct a filed record, keeping the old text.

    Raises SavedMeanwhile when `version` is not the stored one; ValidationError when values cannot
    be; NotComplete when a correction would leave the record incomplete.
    """
    stored = _locked(activity, by)
    if stored.version != version:
        raise SavedMeanwhile(stored)
    if stored.state == RecordState.VOID:
        raise ValidationError("已作废的记录不能修改。")
    correcting = stored.state == RecordState.FILED
    if correcting and len(reason.strip()) < 4:
        raise ValidationError({"reason": "更正已归档的记录,请写明理由(至少 4 个字)。"})
    old = content_of(stored) if correcting else None
    _apply(stored, content, version)
    if correcting:
        lacking = missing(facts_of(stored))
        if lacking:
            raise NotComplete(lacking)
        new = content_of(stored)
        if old == new:
            return stored
        stored.n_corrections += 1
        ActivityVersion.objects.create(
            activity=stored,
            number=stored.n_corrections,
            corrected_by=by,
            reason=reason.strip(),
            content=old,
        )
        _archive(stored)
    stored.save()
    if correcting:
        audit.record(
            by=by, action="activity.correct", object=stored, before=old, after=new, reason=reason
        )
    elif not is_autosave:
        audit.record(by=by, action="activity.change", object=stored)
    return stored


def _locked(activity: Activity, by: User | None) -> Activity:
    stored = Activity.objects.select_for_update().get(pk=activity.pk)
    check_reach(by, stored.party_organization_id)
    return stored


def _apply(stored: Activity, content: Content, version: int) -> None:
    """Put the content onto a locked record and its parts."""
    _check_kinds(content.kinds)
    _check_group(content.values.get("group"), stored.party_organization)
    kinds_before, day_before, group_before = stored.kinds, stored.held_on, stored.group_id
    for name in FIELDS:
        if name in content.values:
            setattr(stored, name, content.values[name])
    stored.version = version + 1
    stored.full_clean()
    moved = (kinds_before, day_before, group_before) != (
        list(content.kinds),
        stored.held_on,
        stored.group_id,
    )
    if moved:
        set_kinds(stored, content.kinds)
        propose_people(stored, list(content.kinds))
    mark_people(stored, content.people)
    replace_votes(stored, content.votes)
    replace_resolutions(stored, content.resolutions)
    replace_outcomes(stored, content.outcomes)
    count_people(stored)


@transaction.atomic
def file_activity(*, activity: Activity, is_another: bool = False, by: User | None) -> Activity:
    """File a complete draft: it counts from now on, and stands in the archive.

    Raises NotComplete, or SameMeeting unless `is_another` says that it is another meeting.
    """
    stored = _locked(activity, by)
    if stored.state != RecordState.DRAFT:
        raise ValidationError("这份记录已经归档(作废),不能再次归档。")
    # whoever was not marked in an open list was not there
    if not lists_everybody(stored, stored.kinds):
        stored.attendances.filter(presence="").delete()
        count_people(stored)
    lacking = missing(facts_of(stored))
    if lacking:
        raise NotComplete(lacking)
    other = same_meeting(stored)
    if other is not None and not is_another:
        raise SameMeeting(other)
    now = timezone.now()
    stored.state, stored.filed_at, stored.filed_by = RecordState.FILED.value, now, by
    stored.is_late = not filed_in_time(stored.held_on, timezone.localdate(now))
    stored.version += 1
    stored.save()
    stored.types.update(is_filed=True)
    _archive(stored)
    _link_plan(stored)
    audit.record(
        by=by,
        action="activity.file",
        object=stored,
        after=audit.snapshot(stored, ("held_on", "n_expected", "n_present", "is_late")),
    )
    return stored


def same_meeting(activity: Activity) -> Activity | None:
    """A filed record of the same organization and day that looks like this meeting."""
    own = set(activity.kinds)
    others = Activity.objects.filed().filter(
        party_organization=activity.party_organization_id, held_on=activity.held_on
    )
    for other in others.exclude(pk=activity.pk).prefetch_related("types"):
        if is_the_same(own, activity.group_id, set(other.kinds), other.group_id):
            return other
    return None


def _archive(activity: Activity) -> None:
    folders = {KINDS[ActivityKind(kind)].folder for kind in activity.kinds}
    title = f"{activity.kind_words}:{activity.title}"
    file_source(
        party_id=activity.party_organization_id,
        source=activity,
        folders=folders,
        title=title,
        dated_on=activity.held_on,
    )


def _link_plan(activity: Activity) -> None:
    """Fulfil, for each kind that no line is linked for yet, the month's first open line of it."""
    linked = set(PlanItem.objects.filter(activity=activity).values_list("kind", flat=True))
    items = PlanItem.objects.open_ones().filter(
        plan__party_organization=activity.party_organization_id,
        plan__year=activity.held_on.year,
        planned_on__month=activity.held_on.month,
    )
    for kind in set(activity.kinds) - linked:
        own = items.filter(kind=kind)
        if kind == ActivityKind.GROUP_MEETING:
            own = own.filter(group=activity.group_id)
        item = own.order_by("planned_on", "pk").first()
        if item is not None:
            item.activity = activity
            item.save(update_fields=["activity"])


@transaction.atomic
def discard_draft(*, activity: Activity, by: User) -> None:
    """Throw a draft away."""
    stored = _locked(activity, by)
    if stored.state != RecordState.DRAFT:
        raise ValidationError("已归档的记录不能删除,可以写明理由作废。")
    before = audit.snapshot(stored, ("party_organization", "title", "held_on"))
    audit.record(by=by, action="activity.delete", object=stored, before=before)
    stored.delete()


@transaction.atomic
def void_activity(*, activity: Activity, reason: str, by: User) -> Activity:
    """Withdraw a filed record: it stays readable and counts no more."""
    stored = _locked(activity, by)
    if stored.state != RecordState.FILED:
        raise ValidationError("只有已归档的记录可以作废。")
    if len(reason.strip()) < 4:
        raise ValidationError({"reason": "请写明作废的理由(至少 4 个字)。"})
    stored.state = RecordState.VOID.value
    stored.version += 1
    stored.save()
    stored.types.update(is_filed=False)
    take_out(stored)
    PlanItem.objects.filter(activity=stored).update(activity=None)
    audit.record(
        by=by,
        action="activity.void",
        object=stored,
        before={"state": RecordState.FILED.value},
        after={"state": RecordState.VOID.value},
        reason=reason.strip(),
    )
    return stored
