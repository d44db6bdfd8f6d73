"""Rating schemes: copied, edited as drafts, published for good."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts import audit
from accounts.access import require
from accounts.models import User
from accounts.rules import Right
from evaluation.models import RatingCycle, RatingScheme
from evaluation.rules.criteria import known_targets
from evaluation.rules.scheme import PRESETS, Scheme, faults_of, scheme_of
from evaluation.rules.vocabulary import CycleStage, SchemeState


class SchemeChangedMeanwhile(Exception):
    """Somebody else saved the draft after it was read; nothing was written."""


def reaches_city(user: User, area_code: str) -> bool:
    """Does this account answer for the whole city?"""
    scope = user.scope
    return scope.is_area and area_code.startswith(scope.code) and not scope.areas


def require_city(user: User, right: Right, area_code: str) -> None:
    require(user, right)
    if not reaches_city(user, area_code):
        raise PermissionDenied("只有全市范围的账号可以办理。")


def checked(content: dict[str, Any]) -> Scheme:
    """The scheme in this content; raises ValidationError that names what cannot be."""
    try:
        scheme = scheme_of(content)
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        raise ValidationError(f"方案内容不完整:{error}") from error
    if faults := faults_of(scheme, known_targets()):
        raise ValidationError(faults)
    return scheme


def _next_version(area_code: str, year: int) -> int:
    rows = RatingScheme.objects.filter(area_code=area_code, effective_year=year)
    return (rows.aggregate(last=Max("version"))["last"] or 0) + 1


@transaction.atomic
def scheme_in_force(area_code: str, year: int) -> RatingScheme:
    """The city's published scheme for a year; the default one is published where there is none."""
    found = RatingScheme.objects.in_force(area_code, year)
    if found is not None:
        return found
    name, scheme = PRESETS["default"]
    made = RatingScheme.objects.create(
        area_code=area_code,
        name=name,
        effective_year=min(year, 2019),
        version=_next_version(area_code, min(year, 2019)),
        content=scheme.as_json(),
        state=SchemeState.PUBLISHED.value,
        published_at=timezone.now(),
    )
    audit.record(by=None, action="rating_scheme.publish", object=made, after={"name": made.name})
    return made


def scheme_to_rate_by(area_code: str, year: int) -> RatingScheme:
    """The scheme of the year's cycle once it is opened; until then the one in force."""
    cycle = RatingCycle.objects.filter(area_code=area_code, year=year).select_related("scheme")
    opened = cycle.first()
    return opened.scheme if opened else scheme_in_force(area_code, year)


@transaction.atomic
def draft_scheme(
    *, area_code: str, name: str, effective_year: int, source: RatingScheme | str, by: User
) -> RatingScheme:
    """A draft copied from another scheme, or from a preset by its name."""
    require_city(by, Right.EDIT_SCHEMES, area_code)
    based_on = source if isinstance(source, RatingScheme) else None
    content = source.content if isinstance(source, RatingScheme) else PRESETS[source][1].as_json()
    made = RatingScheme(
        area_code=area_code,
        name=name,
        effective_year=effective_year,
        version=_next_version(area_code, effective_year),
        content=content,
        based_on=based_on,
        made_by=by,
    )
    made.full_clean(exclude=["made_by"])
    made.save()
    audit.record(
        by=by,
        action="rating_scheme.create",
        object=made,
        after=audit.snapshot(made, ("name", "effective_year", "version", "based_on")),
    )
    return made


@transaction.atomic
def change_scheme(
    *, scheme: RatingScheme, name: str, content: dict[str, Any], edition: int, by: User
) -> RatingScheme:
    """Save a draft's new content; a published scheme never changes.

    Raises SchemeChangedMeanwhile when `edition` is not the stored one, ValidationError for faults.
    """
    require_city(by, Right.EDIT_SCHEMES, scheme.area_code)
    stored = RatingScheme.objects.select_for_update().get(pk=scheme.pk)
    if not stored.is_draft:
        raise ValidationError("已发布的方案不能修改,请复制为新的草案。")
    if stored.edition != edition:
        raise SchemeChangedMeanwhile
    checked(content)
    values = {"name": name, "content": content}
    before, after = audit.changes(stored, values)
    if after:
        stored.name, stored.content = name, content
        stored.edition += 1
        stored.full_clean(exclude=["made_by"])
        stored.save()
        audit.record(
            by=by, action="rating_scheme.change", object=stored, before=before, after=after
        )
    return stored


@transaction.atomic
def publish_scheme(*, scheme: RatingScheme, by: User) -> RatingScheme:
    """Make a draft binding from its year on; no cycle of that year may have gone past 自评."""
    require_city(by, Right.EDIT_SCHEMES, scheme.area_code)
    stored = RatingScheme.objects.select_for_update().get(pk=scheme.pk)
    if not stored.is_draft:
        raise ValidationError("这个方案已经发布。")
    checked(stored.content)
    cycles = RatingCycle.objects.filter(
        area_code=stored.area_code, year__gte=stored.effective_year
    ).exclude(stage=CycleStage.SELF.value)
    if cycle := cycles.order_by("year").first():
        raise ValidationError(
            f"{cycle.year} 年度的评星已进入“{cycle.get_stage_display()}”,"
            f"请把起用年度改为 {cycle.year + 1} 年或以后。"
        )
    stored.state = SchemeState.PUBLISHED.value
    stored.published_at, stored.published_by = timezone.now(), by
    stored.save()
    RatingCycle.objects.filter(
        area_code=stored.area_code, year__gte=stored.effective_year, stage=CycleStage.SELF.value
    ).update(scheme=stored)
    audit.record(
        by=by,
        action="rating_scheme.publish",
        object=stored,
        after=audit.snapshot(stored, ("name", "effective_year", "version")),
    )
    return stored


@transaction.atomic
def drop_scheme(*, scheme: RatingScheme, by: User) -> None:
    """Throw a draft away."""
    require_city(by, Right.EDIT_SCHEMES, scheme.area_code)
    stored = RatingScheme.objects.select_for_update().get(pk=scheme.pk)
    if not stored.is_draft:
        raise ValidationError("已发布的方案不能删除。")
    if RatingScheme.objects.filter(based_on=stored).exists():
        RatingScheme.objects.filter(based_on=stored).update(based_on=stored.based_on)
    audit.record(by=by, action="rating_scheme.delete", object=stored, before={"name": stored.name})
    stored.delete()
