"""What one may ask of the lists of organizational life."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from activities.models import (
    Activity,
    Agreement,
    Fund,
    Incident,
    Outcome,
    OutcomeKind,
    PartyHonour,
    PlanItem,
    Resolution,
    Venue,
    YearPlan,
)
from activities.rules.duties import PLAN_DUE
from activities.rules.vocabulary import (
    ActivityKind,
    AgreementKind,
    Duty,
    FundKind,
    Have,
    HonourKind,
    HonourLevel,
    IncidentKind,
    IncidentState,
    PlanState,
    RecordState,
)
from organizations.filters import YES_NO, AreaFilter, DayFilter, ScopedFilterSet

NAME = "党组织名称、编码、拼音首字母"
PARTY = "party_organization"


def by_party(queryset: QuerySet, text: str, path: str = PARTY, *more: str) -> QuerySet:
    """Rows whose party organization is called so; or one of the other fields contains it."""
    text = text.strip()
    condition = Q(**{f"{path}__name__icontains": text}) | Q(**{f"{path}__code__icontains": text})
    for name in more:
        condition |= Q(**{f"{name}__icontains": text})
    if text.isascii() and text:
        condition |= Q(**{f"{path}__initials__icontains": text.replace(" ", "").lower()})
    return queryset.filter(condition)


class OwnedFilterSet(ScopedFilterSet):
    """Rows of party organizations: found by their names, townships and codes."""

    searched_too: tuple[str, ...] = ()
    q = filters.CharFilter(label=NAME, method="search")
    township = AreaFilter(label="镇(街道)", path=f"{PARTY}__township")
    party = filters.CharFilter(label="党组织编码", field_name=f"{PARTY}__code")

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return by_party(queryset, value, PARTY, *self.searched_too)


class ActivityFilter(OwnedFilterSet):
    searched_too = ("title",)
    q = filters.CharFilter(label="主题、党组织名称、编码", method="search")
    kind = filters.ChoiceFilter(label="类型", choices=ActivityKind.choices(), method="of_kind")
    township = AreaFilter(label="镇(街道)", path=f"{PARTY}__township")
    state = filters.ChoiceFilter(label="状态", choices=RecordState.choices())
    held_from = DayFilter(label="日期不早于", field_name="held_on", lookup_expr="gte")
    held_to = DayFilter(label="日期不晚于", field_name="held_on", lookup_expr="lte")
    late = filters.ChoiceFilter(label="逾期归档", choices=YES_NO, method="is_late")
    duty = filters.ChoiceFilter(label="所履行的制度", choices=Duty.choices(), method="for_duty")
    outcome = filters.ChoiceFilter(label="成效", choices=[], method="with_outcome")
    corrected = filters.ChoiceFilter(label="有更正", choices=YES_NO, method="is_corrected")

    class Meta:
        model = Activity
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        kinds = OutcomeKind.objects.visible_to(user).values_list("code", "name")
        self.filters["outcome"].extra["choices"] = kinds

    def of_kind(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.of_kind(value)

    def is_late(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_late=value == "yes")

    def for_duty(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.serving(value, date(1900, 1, 1), date(2200, 1, 1))

    def with_outcome(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(state=RecordState.FILED, outcomes__kind__code=value)

    def is_corrected(self, queryset: Any, name: str, value: str) -> Any:
        return (
            queryset.filter(n_corrections__gt=0)
            if value == "yes"
            else queryset.filter(n_corrections=0)
        )


class OutcomeFilter(ScopedFilterSet):
    """Outcomes of records: of which kind, where, between which days."""

    q = filters.CharFilter(label=NAME, method="search")
    kind = filters.ChoiceFilter(label="成效", choices=[], field_name="kind__code")
    township = AreaFilter(label="镇(街道)", path="activity__party_organization__township")
    party = filters.CharFilter(label="党组织编码", field_name="activity__party_organization__code")
    held_from = DayFilter(label="日期不早于", field_name="activity__held_on", lookup_expr="gte")
    held_to = DayFilter(label="日期不晚于", field_name="activity__held_on", lookup_expr="lte")

    class Meta:
        model = Outcome
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        kinds = OutcomeKind.objects.visible_to(user).values_list("code", "name")
        self.filters["kind"].extra["choices"] = kinds

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return by_party(queryset, value, "activity__party_organization")


class ResolutionFilter(ScopedFilterSet):
    q = filters.CharFilter(label="决议事项、责任人、党组织", method="search")
    township = AreaFilter(label="镇(街道)", path="activity__party_organization__township")
    done = filters.ChoiceFilter(
        label="完成情况",
        choices=[("open", "未完成"), ("overdue", "逾期未完成"), ("yes", "已完成")],
        method="is_done",
    )
    due_to = DayFilter(label="期限不晚于", field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Resolution
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return by_party(queryset, value, "activity__party_organization", "text", "owner")

    def is_done(self, queryset: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return queryset.overdue_on(timezone.localdate())
        return queryset.open_ones() if value == "open" else queryset.filter(done_on__isnull=False)


class PlanFilter(OwnedFilterSet):
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    state = filters.ChoiceFilter(label="状态", choices=PlanState.choices())
    late = filters.ChoiceFilter(label="逾期报备", choices=YES_NO, method="is_late")

    class Meta:
        model = YearPlan
        fields: list[str] = []

    def is_late(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filed_late(*PLAN_DUE, late=value == "yes")


class PlanItemFilter(ScopedFilterSet):
    q = filters.CharFilter(label="主题、党组织名称、编码", method="search")
    kind = filters.ChoiceFilter(label="类型", choices=ActivityKind.choices())
    township = AreaFilter(label="镇(街道)", path="plan__party_organization__township")
    done = filters.ChoiceFilter(
        label="开展情况",
        choices=[("open", "未开展"), ("overdue", "逾期未开展"), ("yes", "已开展")],
        method="is_done",
    )
    year = filters.NumberFilter(
        label="年度", field_name="plan__year", min_value=2000, max_value=2100
    )
    planned_from = DayFilter(label="日期不早于", field_name="planned_on", lookup_expr="gte")
    planned_to = DayFilter(label="日期不晚于", field_name="planned_on", lookup_expr="lte")
    party = filters.CharFilter(label="党组织编码", field_name="plan__party_organization__code")

    class Meta:
        model = PlanItem
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return by_party(queryset, value, "plan__party_organization", "theme", "host", "owner")

    def is_done(self, queryset: Any, name: str, value: str) -> Any:
        if value == "overdue":
            return queryset.due_before(timezone.localdate())
        return queryset.filter(activity__isnull=value == "open")


class AgreementFilter(OwnedFilterSet):
    searched_too = ("partner",)
    kind = filters.ChoiceFilter(label="共建类别", choices=AgreementKind.choices())
    alive = filters.ChoiceFilter(label="有效", choices=YES_NO, method="is_alive")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def is_alive(self, queryset: Any, name: str, value: str) -> Any:
        live = Q(valid_to__isnull=True) | Q(valid_to__gt=timezone.localdate())
        return queryset.filter(live if value == "yes" else ~live)


class VenueFilter(OwnedFilterSet):
    searched_too = ("name", "address")
    township = AreaFilter(label="镇(街道)")
    shared = filters.ChoiceFilter(label="区域共享型", choices=YES_NO, method="is_shared")
    lacks = filters.ChoiceFilter(label="缺少", choices=Have.choices(), method="without")
    complete = filters.ChoiceFilter(label="七有齐全", choices=YES_NO, method="is_complete")
    alive = filters.ChoiceFilter(
        label="使用", choices=[("all", "含已停用")], method="keep", empty_label="仅在用"
    )

    class Meta:
        model = Venue
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            today = timezone.localdate()
            queryset = queryset.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=today))
        return super().filter_queryset(queryset.with_have_count())

    def is_shared(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_shared=value == "yes")

    def without(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(**{f"has_{value}": False})

    def is_complete(self, queryset: Any, name: str, value: str) -> Any:
        whole = Q(have_count=len(Have))
        return queryset.filter(whole if value == "yes" else ~whole)


class FundFilter(OwnedFilterSet):
    searched_too = ("purpose", "document")
    year = filters.NumberFilter(label="年度", min_value=2000, max_value=2100)
    kind = filters.ChoiceFilter(label="收支类别", choices=FundKind.choices())

    class Meta:
        model = Fund
        fields: list[str] = []


class HonourFilter(OwnedFilterSet):
    searched_too = ("title", "awarded_by")
    kind = filters.ChoiceFilter(label="类别", choices=HonourKind.choices())
    level = filters.ChoiceFilter(label="级别", choices=HonourLevel.choices())

    class Meta:
        model = PartyHonour
        fields: list[str] = []


class IncidentFilter(OwnedFilterSet):
    kind = filters.ChoiceFilter(label="情形", choices=IncidentKind.choices())
    state = filters.ChoiceFilter(label="状态", choices=IncidentState.choices())

    class Meta:
        model = Incident
        fields: list[str] = []
