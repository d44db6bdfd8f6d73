"""What one may ask of the registry's lists; pages, API and exports read the same parameters."""

from datetime import date, datetime, time
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from organizations.models import (
    CoverageLink,
    HandOver,
    Instructor,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.models.naming import named
from organizations.models.scoping import valid_on
from organizations.rules.cells import text_of
from organizations.rules.vocabulary import (
    BodyKind,
    Category,
    CharterState,
    Grade,
    HandOverState,
    InspectionResult,
    Level,
    Mode,
    PartyKind,
    Removal,
    Status,
    UncoveredReason,
)

YES_NO = [("yes", "是"), ("no", "否")]
BODY_KINDS = [(kind.value, f"各{kind.label}") for kind in BodyKind]


def searched(queryset: QuerySet, text: str, *codes: str) -> QuerySet:
    """Rows whose name, code or pinyin initials contain the text."""
    return queryset.filter(named(text, *codes))


def midnight(day: date) -> datetime:
    """The moment at which the day begins here."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


class DayFilter(filters.DateFilter):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(*args, widget=widget, **kwargs)


class ScopedFilterSet(filters.FilterSet):
    """Knows who asks; the choices of other records are those that the account sees."""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)
        if unit := self.filters.get("supervising_unit"):
            units = SupervisingUnit.objects.visible_to(user).values_list("code", "name")
            unit.extra["choices"] = [*units, ("none", "无业务主管单位")]
        if township := self.filters.get("township"):
            townships = Township.objects.visible_to(user).values_list("code", "name")
            township.extra["widget"] = forms.Select(choices=[("", "全部"), *townships])
        if body := self.filters.get("responsible_body"):
            bodies = ResponsibleBody.objects.visible_to(user).values_list("pk", "name")
            body.extra["choices"] = [
                *BODY_KINDS,
                ("none", "没有责任主体"),
                *((str(pk), name) for pk, name in bodies),
            ]

    @property
    def day(self) -> date:
        """The day that the rows are seen on."""
        cleaned = getattr(self.form, "cleaned_data", {})
        return cleaned.get("as_of") or timezone.localdate()

    def keep(self, queryset: Any, name: str, value: Any) -> Any:
        """Read by `filter_queryset`, or only by the page."""
        return queryset

    def changed(self, queryset: Any, name: str, value: date) -> Any:
        """Saved on the day or later."""
        return queryset.filter(updated_at__gte=midnight(value))

    def under_body(self, queryset: Any, name: str, value: str) -> Any:
        """One of the three lines of responsibility, one body, or none."""
        if value == "none":
            return queryset.filter(responsible_body__isnull=True)
        if value in BodyKind.codes():
            return queryset.filter(responsible_body__kind=value)
        return queryset.filter(responsible_body=value)


class AreaFilter(filters.CharFilter):
    """A township's code, or any prefix of area codes."""

    def __init__(self, *args: Any, path: str = "township", **kwargs: Any) -> None:
        self.path = path
        super().__init__(*args, **kwargs)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        return qs.filter(**{f"{self.path}__code__startswith": value}) if value else qs


class SocialOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、代码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    category = filters.ChoiceFilter(label="类别", choices=Category.choices())
    covered = filters.ChoiceFilter(label="组织覆盖", choices=YES_NO, method="is_covered")
    as_of = DayFilter(label="截至日期", method="keep")
    supervising_unit = filters.ChoiceFilter(label="业务主管单位", choices=[], method="in_unit")
    responsible_body = filters.ChoiceFilter(label="责任主体", choices=[], method="under_body")
    responsibility = filters.ChoiceFilter(
        label="责任落实",
        choices=[
            ("gap", "有缺口"),
            ("none", "没有责任主体"),
            ("differs", "与建议不同,无理由"),
            ("set", "与建议不同,有理由"),
        ],
        method="with_responsibility",
    )
    work = filters.ChoiceFilter(label="工作覆盖", choices=YES_NO, method="is_work_covered")
    mode = filters.ChoiceFilter(label="组建方式", choices=Mode.choices(), method="by_mode")
    instructor = filters.CharFilter(label="指导员编号(无:none)", method="served_by")
    reason = filters.ChoiceFilter(
        label="未覆盖原因", choices=UncoveredReason.choices(), method="for_reason"
    )
    status = filters.ChoiceFilter(label="状态", choices=Status.choices())
    base = filters.ChoiceFilter(
        label="口径", choices=[("reduced", "剔除口径")], method="in_base", empty_label="全口径"
    )
    removal = filters.ChoiceFilter(
        label="剔除原因", choices=Removal.choices(), method="for_removal"
    )
    charter_state = filters.ChoiceFilter(label="党建入章", choices=CharterState.choices())
    inspection_result = filters.ChoiceFilter(
        label="最近年检结论",
        choices=[*InspectionResult.choices(), ("none", "没有结论")],
        method="inspected",
    )
    inspection_year = filters.NumberFilter(label="年检年度", min_value=1900, max_value=2100)
    grade = filters.ChoiceFilter(
        label="评估等级", choices=[*Grade.choices(), ("none", "未评级")], method="with_grade"
    )
    registered_from = DayFilter(
        label="成立登记不早于", field_name="registered_on", lookup_expr="gte"
    )
    registered_to = DayFilter(label="成立登记不晚于", field_name="registered_on", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")
    alive = filters.ChoiceFilter(
        label="在册", choices=[("all", "含已注销")], method="keep", empty_label="仅在册"
    )

    class Meta:
        model = SocialOrganization
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.alive_on(self.day)
        queryset = queryset.with_coverage_on(self.day).with_uncovered_reason()
        ended = ExpressionWrapper(Q(deregistered_on__lte=self.day), BooleanField(null=True))
        queryset = queryset.annotate(has_ended=ended)
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)

    def in_unit(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(supervising_unit__isnull=True)
        return queryset.filter(supervising_unit__code=value)

    def is_covered(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(is_covered=value == "yes")

    def is_work_covered(self, queryset: Any, name: str, value: str) -> Any:
        reached = Q(is_covered=True) | Q(has_instructor=True)
        return queryset.filter(reached if value == "yes" else ~reached)

    def served_by(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(has_instructor=False)
        return queryset.served_by_on(self.day, value)

    def by_mode(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.covered_by_mode_on(self.day, value)

    def for_reason(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(uncovered_reason=value)

    def with_responsibility(self, queryset: Any, name: str, value: str) -> Any:
        """Gaps of the three lines: no body, or another than proposed without a reason."""
        if value == "set":
            return queryset.exclude(responsible_body_reason="")
        if value == "none":
            return queryset.filter(responsible_body__isnull=True)
        gaps = queryset.with_proposed_body().filter(is_gap=True)
        return gaps if value == "gap" else gaps.filter(responsible_body__isnull=False)

    def with_grade(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(grade="" if value == "none" else value)

    def inspected(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(inspection_result="" if value == "none" else value)

    def in_base(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.kept()

    def for_removal(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.removed(value)


class PartyOrganizationFilter(ScopedFilterSet):
    q = filters.CharFilter(label="名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    kind = filters.ChoiceFilter("kind_on", label="类型", choices=PartyKind.choices())
    level = filters.ChoiceFilter("level_on", label="层级", choices=Level.choices())
    as_of = DayFilter(label="截至日期", method="keep")
    responsible_body = filters.ChoiceFilter(label="责任主体", choices=[], method="under_body")
    category = filters.ChoiceFilter(
        label="所覆盖的类别", choices=Category.choices(), method="covering_category"
    )
    supervising_unit = filters.ChoiceFilter(
        label="所覆盖的业务主管单位", choices=[], method="covering_unit"
    )
    term_ends_from = DayFilter(label="任期届满不早于", field_name="term_ends_on", lookup_expr="gte")
    term_ends_to = DayFilter(label="任期届满不晚于", field_name="term_ends_on", lookup_expr="lte")
    founded_from = DayFilter(label="成立不早于", field_name="founded_on", lookup_expr="gte")
    founded_to = DayFilter(label="成立不晚于", field_name="founded_on", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")
    alive = filters.ChoiceFilter(
        label="存续", choices=[("all", "含已撤销")], method="keep", empty_label="仅存续"
    )

    class Meta:
        model = PartyOrganization
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.alive_on(self.day)
        # as many as the page of the party organization shows to this account
        reached = SocialOrganization.objects.visible_to(self.user)
        queryset = queryset.with_kind_on(self.day).with_coverage_count_on(self.day, reached)
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.named(value)

    def covering_category(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.covering(
            SocialOrganization.objects.visible_to(self.user).filter(category=value), self.day
        )

    def covering_unit(self, queryset: Any, name: str, value: str) -> Any:
        organizations = SocialOrganization.objects.visible_to(self.user)
        if value == "none":
            organizations = organizations.filter(supervising_unit__isnull=True)
        else:
            organizations = organizations.filter(supervising_unit__code=value)
        return queryset.covering(organizations, self.day)


class InstructorFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、编号、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)")
    load_from = filters.NumberFilter(label="联系家数不少于", method="keep", min_value=0)
    load_to = filters.NumberFilter(label="联系家数不多于", method="keep", min_value=0)
    serving = filters.ChoiceFilter(
        label="任职", choices=[("all", "含已离任")], method="keep", empty_label="仅在任"
    )
    as_of = DayFilter(label="截至日期", method="keep")

    class Meta:
        model = Instructor
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        cleaned = self.form.cleaned_data
        if cleaned.get("serving") != "all":
            queryset = queryset.serving_on(self.day)
        queryset = super().filter_queryset(queryset.with_load_on(self.day, self.user))
        if (least := cleaned.get("load_from")) is not None:
            queryset = queryset.filter(load__gte=least)
        if (most := cleaned.get("load_to")) is not None:
            queryset = queryset.filter(load__lte=most)
        return queryset

    def search(self, queryset: Any, name: str, value: str) -> Any:
        return searched(queryset, value, "code")


class CoverageLinkFilter(ScopedFilterSet):
    q = filters.CharFilter(label="社会组织或党组织的名称、代码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="social_organization__township")
    mode = filters.ChoiceFilter(label="组建方式", choices=Mode.choices())
    state = filters.ChoiceFilter(
        label="状态",
        choices=[("live", "计入覆盖"), ("ended", "已截止"), ("all", "全部")],
        method="keep",
        empty_label="未截止",
    )
    as_of = DayFilter(label="截至日期", method="keep")
    category = filters.ChoiceFilter(
        label="社会组织类别",
        choices=Category.choices(),
        field_name="social_organization__category",
    )
    supervising_unit = filters.ChoiceFilter(label="业务主管单位", choices=[], method="in_unit")
    kind = filters.ChoiceFilter(
        label="党组织类型", choices=PartyKind.choices(), field_name="party_organization__kind"
    )
    started_from = DayFilter(label="覆盖起始不早于", field_name="valid_from", lookup_expr="gte")
    started_to = DayFilter(label="覆盖起始不晚于", field_name="valid_from", lookup_expr="lte")
    changed_since = DayFilter(label="此日以来有更新", method="changed")

    class Meta:
        model = CoverageLink
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        state = self.form.cleaned_data.get("state")
        if state == "live":
            queryset = queryset.live_on(self.day)
        elif state == "ended":
            queryset = queryset.filter(valid_to__lte=self.day)
        elif state != "all":
            queryset = queryset.filter(valid_on(self.day))
        return super().filter_queryset(queryset)

    def search(self, queryset: Any, name: str, value: str) -> Any:
        organizations = SocialOrganization.objects.visible_to(self.user)
        parties = PartyOrganization.objects.visible_to(self.user)
        return queryset.filter(
            Q(social_organization__in=organizations.named(value))
            | Q(party_organization__in=parties.named(value))
        )

    def in_unit(self, queryset: Any, name: str, value: str) -> Any:
        if value == "none":
            return queryset.filter(social_organization__supervising_unit__isnull=True)
        return queryset.filter(social_organization__supervising_unit__code=value)


class HandOverFilter(ScopedFilterSet):
    q = filters.CharFilter(label="社会组织名称、拼音首字母", method="search")
    state = filters.ChoiceFilter(label="状态", choices=HandOverState.choices())
    way = filters.ChoiceFilter(
        label="方向", choices=[("in", "移入本辖区"), ("out", "移出本辖区")], method="on_side"
    )
    proposed_from = DayFilter(label="移交不早于", method="proposed")

    class Meta:
        model = HandOver
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> Any:
        """By what the list itself shows of an organization that may lie outside the scope."""
        text = text_of(value)
        found = Q(organization__name__icontains=text)
        if text.isascii():
            found |= Q(organization__initials__icontains=text.replace(" ", "").lower())
        return queryset.filter(found)

    def on_side(self, queryset: Any, name: str, value: str) -> Any:
        side = "to_township" if value == "in" else "from_township"
        return queryset.filter(**{f"{side}__code__startswith": self.user.scope.code})

    def proposed(self, queryset: Any, name: str, value: date) -> Any:
        return queryset.filter(proposed_at__gte=midnight(value))
