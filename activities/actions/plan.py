"""Year plans: made from the duties, edited, filed."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from activities.actions.archive import file_source
from activities.actions.reach import check_reach
from activities.models import DutyRule, LifeSetting, PlanItem, YearPlan
from activities.models.setting import USUAL_THEME_DAY
from activities.rules.duties import FOLDER_PLANS, KINDS, has_committee
from activities.rules.periods import Unit, periods
from activities.rules.plans import Lives, planned_items
from activities.rules.vocabulary import PlanState
from members.models import PartyGroup
from organizations.models import PartyOrganization


def lives_of(party: PartyOrganization, year: int) -> Lives:
    """What the plan is made from, in three queries."""
    setting = LifeSetting.objects.filter(party_organization=party).first()
    groups = PartyGroup.objects.filter(party_organization=party)
    posts = list(party.posts.values_list("member", "valid_from", "valid_to"))
    firsts = {period.first for unit in Unit for period in periods(unit, year)}
    return Lives(
        founded_on=party.founded_on,
        dissolved_on=party.dissolved_on,
        theme_day=setting.theme_day if setting else USUAL_THEME_DAY,
        committee_on=frozenset(day for day in firsts if has_committee(posts, day)),
        groups=tuple(groups.values_list("pk", "valid_from", "valid_to")),
    )


@transaction.atomic
def make_plan(*, party: PartyOrganization, year: int, by: User | None) -> YearPlan:
    """A draft of the year with a line for everything that is due."""
    check_reach(by, party.pk)
    if YearPlan.objects.filter(party_organization=party, year=year).exists():
        raise ValidationError(f"{year} 年已有计划。")
    plan = YearPlan.objects.create(party_organization=party, year=year)
    PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            kind=item.kind.value,
            group_id=item.group,
            planned_on=item.on,
            theme=item.theme,
            host=party.secretary,
            audience=KINDS[item.kind].attends.label,
        )
        for item in planned_items(year, lives_of(party, year), DutyRule.specs(year))
    )
    audit.record(by=by, action="year_plan.create", object=plan, after={"year": year})
    return plan


def _locked(plan: YearPlan, by: User | None) -> YearPlan:
    stored = YearPlan.objects.select_for_update().get(pk=plan.pk)
    check_reach(by, stored.party_organization_id)
    return stored


@transaction.atomic
def change_plan(*, plan: YearPlan, values: dict[str, Any], by: User) -> YearPlan:
    """Change the plan's own words: brand, arrangement as a whole."""
    stored = _locked(plan, by)
    before, after = audit.changes(stored, values)
    for name, value in values.items():
        setattr(stored, name, value)
    stored.full_clean()
    if after:
        stored.version += 1
        stored.save()
        audit.record(by=by, action="year_plan.change", object=stored, before=before, after=after)
    return stored


@transaction.atomic
def save_item(
    *, plan: YearPlan, item: PlanItem | None, values: dict[str, Any], by: User
) -> PlanItem:
    """Add a line, or change one; its day lies in the plan's year."""
    stored = _locked(plan, by)
    if item is None:
        line = PlanItem(plan=stored)
    else:
        line = PlanItem.objects.select_for_update().get(pk=item.pk, plan=stored)
    before, after = audit.changes(line, values)
    for name, value in values.items():
        setattr(line, name, value)
    if line.planned_on.year != stored.year:
        raise ValidationError({"planned_on": f"计划日期应在 {stored.year} 年内。"})
    if line.group is not None and line.group.party_organization_id != stored.party_organization_id:
        raise ValidationError({"group": "这个党小组不属于本党组织。"})
    line.full_clean()
    if item is None or after:
        line.save()
        action = "year_plan.change"
        audit.record(by=by, action=action, object=stored, before=before, after=after)
    return line


@transaction.atomic
def remove_item(*, item: PlanItem, by: User) -> None:
    """Take a line out of the plan, unless a record fulfilled it."""
    stored = PlanItem.objects.select_for_update().select_related("plan").get(pk=item.pk)
    check_reach(by, stored.plan.party_organization_id)
    if stored.activity_id is not None:
        raise ValidationError("这一项已经开展并有记录,不能删去。")
    before = audit.snapshot(stored, ("kind", "planned_on", "theme"))
    audit.record(by=by, action="year_plan.change", object=stored.plan, before=before, after={})
    stored.delete()


@transaction.atomic
def file_plan(*, plan: YearPlan, by: User | None) -> YearPlan:
    """报备: the plan counts as filed from today; it may still be changed, which is kept."""
    stored = _locked(plan, by)
    if stored.state == PlanState.FILED:
        raise ValidationError("这份计划已经报备。")
    if not stored.items.exists():
        raise ValidationError("计划里还没有一项安排,不能报备。")
    stored.state, stored.filed_on, stored.filed_by = (
        PlanState.FILED.value,
        timezone.localdate(),
        by,
    )
    stored.version += 1
    stored.save()
    file_source(
        party_id=stored.party_organization_id,
        source=stored,
        folders={FOLDER_PLANS},
        title=str(stored),
        dated_on=stored.filed_on,
    )
    audit.record(by=by, action="year_plan.file", object=stored, after={"filed_on": stored.filed_on})
    return stored
