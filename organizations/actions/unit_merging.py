"""Merging a misspelt or doubled supervising unit into the one that stays."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.models import User
from organizations.actions.areas import (
    keep_former_names,
    refuse_with_accounts,
    removed,
    require_city,
    uses_of,
)
from organizations.actions.social_organization.facts import put_under
from organizations.actions.versions import require_reason
from organizations.models import (
    FormerUnitName,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
)


@dataclass
class UnitMergePlan:
    """What a merger would do: how many organizations change unit, what becomes of the party body."""

    loser: SupervisingUnit
    winner: SupervisingUnit
    registered: int = 0
    ended: int = 0
    body: ResponsibleBody | None = None  # the loser's own
    new_body: ResponsibleBody | None = None  # the winner's own
    refusals: list[str] = field(default_factory=list)


def _body_of(unit: SupervisingUnit) -> ResponsibleBody | None:
    return ResponsibleBody.objects.filter(supervising_unit=unit).first()


def plan_unit_merger(*, loser: SupervisingUnit, winner: SupervisingUnit) -> UnitMergePlan:
    """What would change, and what forbids it; nothing is written."""
    plan = UnitMergePlan(loser, winner, body=_body_of(loser), new_body=_body_of(winner))
    if loser.pk == winner.pk:
        plan.refusals.append("请选择另一个业务主管单位。")
        return plan
    if loser.area_code != winner.area_code:
        plan.refusals.append("两个单位不在同一个市,不能合并。")
    if plan.body is not None and plan.new_body is None:
        plan.refusals.append(
            f"“{loser}”有归口管理的“{plan.body}”,“{winner}”没有。"
            f"请反过来合并,保留“{loser}”,再更名。"
        )
    plan.refusals += refuse_with_accounts(loser)
    own = SocialOrganization.objects.filter(supervising_unit=loser)
    ended = Q(deregistered_on__lte=timezone.localdate())
    plan.ended = own.filter(ended).count()
    plan.registered = own.count() - plan.ended
    return plan


@transaction.atomic
def merge_units(
    *, loser: SupervisingUnit, winner: SupervisingUnit, reason: str, by: User | None
) -> SupervisingUnit:
    """Put every organization of one unit under the other, and remove the empty one.

    Each organization has its own entry in the log and follows its proposed body, as when its unit is
    changed by hand. The names of the unit that goes stay as former names of the other, so that the
    next ledger with the old spelling finds it. Its party body goes too, unless party organizations
    or a person's decision still refer to it: then it stays and belongs to no unit.
    Raises ValidationError with everything that stands in the way; then nothing is done.
    """
    require_city(by, loser, winner)
    text = require_reason(reason, "请写明合并的理由")
    keys = (loser.pk, winner.pk)
    locked = SupervisingUnit.objects.select_for_update(no_key=True)
    both = locked.order_by("pk").in_bulk(keys)
    if len(both) < len(set(keys)):
        raise ValidationError("其中一个单位已被删除或合并。")
    gone, kept = both[loser.pk], both[winner.pk]
    plan = plan_unit_merger(loser=gone, winner=kept)
    if plan.refusals:
        raise ValidationError(plan.refusals)
    why = f"“{gone}”并入“{kept}”:{text}"
    entries = _moved(gone, kept, why)
    told = {"merged": gone, "number": len(entries)}
    entries.append(audit.Entry("supervising_unit.merge", kept, None, told, why))
    body = plan.body
    body_goes = body is not None and not uses_of(body)
    if body is not None:
        entries.append(removed(body, why) if body_goes else _left(body, why))
    kept.version += 1
    kept.save()
    # told while all of them can still be named
    audit.record_many([*entries, removed(gone, why)], by=by)
    # whoever wrote before us has finished, since all wait for the log: what did they write?
    late = uses_of(gone, ResponsibleBody, FormerUnitName)
    if body is not None and body_goes:
        late += uses_of(body)
    if refusals := refuse_with_accounts(gone):
        raise ValidationError(refusals)
    if late:
        raise ValidationError(f"刚刚又有{'、'.join(late)}归到“{gone}”名下,没有合并,请重试。")
    former = [gone.name, *gone.former_names.values_list("name", flat=True)]
    if body is not None and body_goes:
        body.delete()
    gone.delete()
    keep_former_names(kept, former)
    return kept


def _moved(gone: SupervisingUnit, kept: SupervisingUnit, why: str) -> list[audit.Entry]:
    """All organizations of the unit, ended ones too: their records would name nobody else."""
    rows = SocialOrganization.objects.select_for_update(of=("self",)).filter(supervising_unit=gone)
    entries = []
    for one in rows.order_by("pk"):
        try:
            entries.append(put_under(one, kept, why))
        except ValidationError as error:
            words = f"“{one}”的登记情况有误,请先更正:{'、'.join(error.messages)}"
            raise ValidationError(words) from error
    return entries


def _left(body: ResponsibleBody, why: str) -> audit.Entry:
    """The body of a unit that goes, left to those who still name it."""
    before, after = audit.changes(body, {"supervising_unit": None})
    body.supervising_unit = None
    body.save(update_fields=["supervising_unit"])
    return audit.Entry("responsible_body.change", body, before, after, why)
