"""What one may ask of the roster's lists."""

from datetime import date
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.rules import whole_number
from members.actions.private import id_digest, phone_digest
from members.dashboard import LINES
from members.models import (
    Applicant,
    DuesMonth,
    Member,
    Membership,
    Move,
    Pledge,
)
from members.models.parameter import whole
from members.rules.parameters import Parameter
from members.rules.vocabulary import (
    ApplicantState,
    Entry,
    Exit,
    MemberStatus,
    MoveState,
    PartyDuty,
    Payer,
)
from organizations.filters import ScopedFilterSet, searched
from organizations.models import PartyOrganization

YES_NO = [("yes", "是"), ("no", "否")]
STATUSES = [("all", "含已离开的"), *MemberStatus.choices()]


class PeopleFilter(ScopedFilterSet):
    """Rows of members: found by person, township and organization, through `path`."""

    path = "member__"
    party = "party_organization__"

    q = filters.CharFilter(label="姓名、编号、拼音首字母", method="search")
    township = filters.CharFilter(label="镇(街道)", method="in_area")
    party_organization = filters.CharFilter(label="党组织编码", method="in_party")

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        people = searched(Member.objects.visible_to(self.user), value, "code")
        return queryset.filter(member__in=people)

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(**{f"{self.party}township__code__startswith": value})

    def in_party(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(**{f"{self.party}code": value})


class MemberFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、编号、拼音首字母;完整的身份证号或电话", method="search")
    township = filters.CharFilter(label="镇(街道)", method="in_area")
    status = filters.ChoiceFilter(
        label="党员状态", choices=STATUSES, method="of_status", empty_label="在册(正式、预备)"
    )
    party_organization = filters.CharFilter(label="所在党组织编码", method="in_party")
    duty = filters.ChoiceFilter(label="党内职务", choices=PartyDuty.choices(), method="holding")
    crossing = filters.ChoiceFilter(label="交叉任职", choices=YES_NO, method="is_crossing")
    mobile = filters.ChoiceFilter(label="流动党员", choices=YES_NO, method="is_mobile")
    missing = filters.ChoiceFilter(label="失去联系", choices=YES_NO, method="is_missing")
    complete = filters.ChoiceFilter(label="信息完整", choices=YES_NO, method="is_complete")
    dual = filters.ChoiceFilter(label="双重组织生活", choices=YES_NO, method="is_dual")
    pledge = filters.ChoiceFilter(
        label="本年承诺",
        choices=[("none", "未承诺"), ("open", "未评诺"), ("done", "已评诺")],
        method="has_pledge",
    )

    class Meta:
        model = Member
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        """Numbers are found only whole, by their keyed hash."""
        compact = value.replace(" ", "").upper()
        if len(compact) == 18:
            return queryset.filter(private__id_digest=id_digest(compact))
        if len(compact) == 11 and compact.isdigit():
            return queryset.filter(private__phone_digest=phone_digest(compact))
        return searched(queryset, value, "code")

    def filter_queryset(self, queryset: Any) -> Any:
        """Without a word on the status: whoever is counted, as the figures do."""
        if not self.form.cleaned_data.get("status"):
            queryset = queryset.counted()
        return super().filter_queryset(queryset)

    def of_status(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset if value == "all" else queryset.filter(status=value)

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.last_in(party_organization__township__code__startswith=value)

    def in_party(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.last_in(party_organization__code=value)

    def holding(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.holding(value, timezone.localdate())

    def _either(self, queryset: Any, found: Any, value: str) -> QuerySet:
        keys = found.values("pk")
        return queryset.filter(pk__in=keys) if value == "yes" else queryset.exclude(pk__in=keys)

    def is_crossing(self, queryset: Any, name: str, value: str) -> QuerySet:
        found = Member.objects.visible_to(self.user).crossing_on(timezone.localdate())
        return self._either(queryset, found, value)

    def is_mobile(self, queryset: Any, name: str, value: str) -> QuerySet:
        found = Member.objects.visible_to(self.user).mobile_on(timezone.localdate())
        return self._either(queryset, found, value)

    def is_missing(self, queryset: Any, name: str, value: str) -> QuerySet:
        return self._either(queryset, Member.objects.visible_to(self.user).missing(), value)

    def is_complete(self, queryset: Any, name: str, value: str) -> QuerySet:
        return self._either(
            queryset,
            Member.objects.visible_to(self.user).incomplete(),
            "no" if value == "yes" else "yes",
        )

    def is_dual(self, queryset: Any, name: str, value: str) -> QuerySet:
        found = Member.objects.visible_to(self.user).taking_part_on(timezone.localdate())
        return self._either(queryset, found, value)

    def has_pledge(self, queryset: Any, name: str, value: str) -> QuerySet:
        pledges = Pledge.objects.visible_to(self.user).filter(year=timezone.localdate().year)
        if value == "none":
            return queryset.exclude(pk__in=pledges.values("member"))
        found = pledges.filter(review="") if value == "open" else pledges.reviewed()
        return queryset.filter(pk__in=found.values("member"))


class MembershipFilter(PeopleFilter):
    as_of = filters.DateFilter(label="在册日期", method="live")
    entry = filters.ChoiceFilter(label="进入类型", choices=Entry.choices())
    exit = filters.ChoiceFilter(label="离开类型", choices=Exit.choices())
    # the question of the balance page, kept while paging and exporting
    line = filters.CharFilter(
        label="平衡表项目",
        method="keep",
        widget=forms.Select(choices=[("", "全部"), *LINES.items()]),
    )
    since = filters.DateFilter(label="期初", method="keep")
    until = filters.DateFilter(label="期末", method="keep")
    party = filters.CharFilter(label="平衡表党组织", method="keep")

    class Meta:
        model = Membership
        fields: list[str] = []

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        asked = whole_number(str(self.data.get("party") or ""))
        parties = PartyOrganization.objects.visible_to(user)
        named = parties.filter(pk=asked).values_list("pk", "name") if asked is not None else []
        choices = [("", "全部"), *((str(pk), name) for pk, name in named)]
        if party := self.filters.get("party"):  # the API leaves it out
            party.extra["widget"] = forms.Select(choices=choices)

    def live(self, queryset: Any, name: str, value: date) -> QuerySet:
        return queryset.live_on(value)

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        """Whoever belonged here is found, also after moving out of the account's scope."""
        text = value.strip()
        found = Q(member__name__icontains=text) | Q(member__code__icontains=text)
        return queryset.filter(found | Q(member__initials__icontains=text.lower()))

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(party_organization__township__code__startswith=value)


class MoveFilter(PeopleFilter):
    state = filters.ChoiceFilter(
        label="状态", choices=[("open", "办理中"), *MoveState.choices()], method="in_state"
    )
    expiring = filters.ChoiceFilter(
        label="介绍信", choices=[("soon", "即将到期"), ("over", "已超期")], method="is_expiring"
    )
    side = filters.ChoiceFilter(
        label="方向", choices=[("out", "从本辖区转出"), ("in", "转入本辖区")], method="on_side"
    )

    class Meta:
        model = Move
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        text = value.strip()
        found = Q(member__name__icontains=text) | Q(letter_number__icontains=text)
        return queryset.filter(found | Q(member__initials__icontains=text.lower()))

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(from_party__township__code__startswith=value)
            | Q(to_party__township__code__startswith=value)
        )

    def in_party(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(from_party__code=value) | Q(to_party__code=value))

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.pending() if value == "open" else queryset.filter(state=value)

    def is_expiring(self, queryset: Any, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        if value == "over":
            return queryset.filter(
                Q(state=MoveState.EXPIRED) | Q(pk__in=queryset.expired_on(today).values("pk"))
            )
        return queryset.expiring_on(today, whole(Parameter.LETTER_ALERT_DAYS, today.year))

    def on_side(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.on_side_of(self.user, value)


class DuesFilter(PeopleFilter):
    month = filters.CharFilter(label="月份(如 2019-10)", method="in_month")
    year = filters.NumberFilter(
        label="年度", field_name="month__year", min_value=1900, max_value=2100
    )
    payer = filters.ChoiceFilter(label="缴费类别", choices=Payer.choices())
    state = filters.ChoiceFilter(
        label="缴纳情况",
        choices=[
            ("arrears", "欠缴"),
            ("short", "未缴足"),
            ("on_time", "按时足额"),
            ("late", "迟缴"),
        ],
        method="in_state",
    )

    class Meta:
        model = DuesMonth
        fields: list[str] = []

    def in_month(self, queryset: Any, name: str, value: str) -> QuerySet:
        year, month = (whole_number(part) or 0 for part in value.partition("-")[::2])
        if not (1 <= year <= 9999 and 1 <= month <= 12):
            return queryset.none()
        return queryset.filter(month__year=year, month__month=month)

    def in_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        today = timezone.localdate()
        grace = whole(Parameter.DUES_GRACE_DAYS, today.year)
        if value == "arrears":
            return queryset.arrears(today)
        if value == "short":
            return queryset.due().short()
        on_time = queryset.on_time(grace).due()
        if value == "on_time":
            return on_time
        return queryset.due().paid_up().exclude(pk__in=on_time.values("pk"))


class ApplicantFilter(ScopedFilterSet):
    q = filters.CharFilter(label="姓名、拼音首字母", method="search")
    township = filters.CharFilter(label="镇(街道)", method="in_area")
    party_organization = filters.CharFilter(
        label="党组织编码", field_name="party_organization__code"
    )
    state = filters.ChoiceFilter(label="状态", choices=ApplicantState.choices())

    class Meta:
        model = Applicant
        fields: list[str] = []

    def search(self, queryset: Any, name: str, value: str) -> QuerySet:
        return searched(queryset, value)

    def in_area(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(party_organization__township__code__startswith=value)
