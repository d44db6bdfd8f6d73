"""What one may ask of the records of members: mobile periods, pledges, training, honours, groups."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from members.filters.people import YES_NO, PeopleFilter
from members.models import (
    AdmissionStep,
    Applicant,
    GroupMember,
    Honour,
    Member,
    MobilePeriod,
    PartyGroup,
    Pledge,
    Training,
)
from members.models.parameter import whole
from members.rules.admission import STEPS
from members.rules.dates import add_months
from members.rules.parameters import Parameter
from members.rules.vocabulary import (
    ApplicantState,
    HonourLevel,
    Review,
)
from organizations.filters import AreaFilter, DayFilter, ScopedFilterSet, searched
from organizations.models import PartyOrganization


class OfMemberFilter(PeopleFilter):
    """Records of members: their place is where the member belongs."""

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        people = Member.objects.visible_to(self.user)
        return queryset.filter(
            member__in=people.last_in(party_organization__township__code__startswith=value)
        )

    def in_party(self, queryset: Any, name: str, value: str) -> QuerySet:
        people = Member.objects.visible_to(self.user)
        return queryset.filter(member__in=people.last_in(party_organization__code=value))


class MobileFilter(OfMemberFilter):
    state = filters.ChoiceFilter(
        label="状态", choices=[("away", "在外"), ("back", "已返回")], method="in_state"
    )
    contact = filters.ChoiceFilter(
        label="联系", choices=[("overdue", "超过期限未联系")], method="is_overdue"
    )

    class Meta:
        model = MobilePeriod
        fields: list[str] = []

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(valid_to__isnull=value == "away")

    def is_overdue(self, queryset: Any, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        months = whole(Parameter.CONTACT_MONTHS, today.year)
        return queryset.live_on(today).out_of_touch(add_months(today, -months))


class PledgeFilter(OfMemberFilter):
    year = filters.NumberFilter(label="年度")
    review = filters.ChoiceFilter(
        label="评诺结果", choices=[("none", "未评诺"), *Review.choices()], method="with_review"
    )

    class Meta:
        model = Pledge
        fields: list[str] = []

    def with_review(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(review="" if value == "none" else value)


class TrainingFilter(OfMemberFilter):
    year = filters.NumberFilter(label="年度", field_name="on__year", min_value=1900, max_value=2100)

    class Meta:
        model = Training
        fields: list[str] = []


class HonourFilter(OfMemberFilter):
    year = filters.NumberFilter(label="年度", field_name="on__year", min_value=1900, max_value=2100)
    level = filters.ChoiceFilter(label="级别", choices=HonourLevel.choices())

    class Meta:
        model = Honour
        fields: list[str] = []


ALIVE = [("all", "含已结束的")]


class PartyGroupFilter(ScopedFilterSet):
    q = filters.CharFilter(label="党小组、党组织名称、编码、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="party_organization__township")
    party_organization = filters.CharFilter(
        label="党组织编码", field_name="party_organization__code"
    )
    alive = filters.ChoiceFilter(label="存续", choices=ALIVE, method="keep", empty_label="仅存续")

    class Meta:
        model = PartyGroup
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.live_on(self.day)
        return super().filter_queryset(queryset.with_member_count_on(self.day))

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        parties = PartyOrganization.objects.visible_to(self.user).named(value)
        return queryset.filter(Q(name__icontains=value) | Q(party_organization__in=parties))


class GroupMemberFilter(PeopleFilter):
    party = "group__party_organization__"
    leader = filters.ChoiceFilter(label="组长", choices=YES_NO, method="leads")
    alive = filters.ChoiceFilter(label="在组", choices=ALIVE, method="keep", empty_label="仅在组")

    class Meta:
        model = GroupMember
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> Any:
        if self.form.cleaned_data.get("alive") != "all":
            queryset = queryset.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=self.day))
        return super().filter_queryset(queryset)

    def leads(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(is_leader=value == "yes")


class StepFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、拼音首字母", method="search")
    township = AreaFilter(label="镇(街道)", path="applicant__party_organization__township")
    number = filters.ChoiceFilter(
        label="步骤", choices=[(step.number, f"{step.number:02d} {step.name}") for step in STEPS]
    )
    state = filters.ChoiceFilter(
        label="状态", choices=ApplicantState.choices(), field_name="applicant__state"
    )
    done_from = DayFilter(label="完成日期不早于", field_name="done_on", lookup_expr="gte")
    done_to = DayFilter(label="完成日期不晚于", field_name="done_on", lookup_expr="lte")
    party_organization = filters.CharFilter(
        label="党组织编码", field_name="applicant__party_organization__code"
    )

    class Meta:
        model = AdmissionStep
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        people = searched(Applicant.objects.visible_to(self.user), value)
        return queryset.filter(applicant__in=people)
