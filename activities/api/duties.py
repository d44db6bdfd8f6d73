"""The duty panel's figures: expected, done and late, by duty, period and township."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api.routing import refusals
from accounts.api.views import ResourceView
from accounts.rules import Right
from activities.dashboard.duties import Panel, Tally, duty_panel
from organizations.models import PartyOrganization, Township


class DutiesForm(forms.Form):
    """Which year, as of which day, of whom."""

    year = forms.IntegerField(label="年度", required=False, min_value=2000)
    as_of = forms.DateField(label="统计日", required=False)
    township = forms.CharField(label="镇(街道)", required=False, max_length=12)
    party_organization = forms.CharField(label="党组织编码", required=False, max_length=40)

    def clean(self) -> dict[str, Any]:
        today = timezone.localdate()
        values = self.cleaned_data
        day = values.get("as_of")
        year = values.get("year") or (day or today).year
        if day and (day > today or day.year != year):
            self.add_error("as_of", "统计日应在这一年之内,且不晚于今天")
        if year > today.year:
            self.add_error("year", "这一年还没有开始")
        return {**values, "year": year, "as_of": day or min(today, date(year, 12, 31))}


class TallySerializer(serializers.Serializer):
    expected = serializers.IntegerField(help_text="已到期的应开展数")
    done = serializers.IntegerField(help_text="其中已开展")
    late = serializers.IntegerField(help_text="其中逾期未开展")
    running = serializers.IntegerField(help_text="本期应开展,还没有到期")
    early = serializers.IntegerField(help_text="其中已开展")


class DutyPeriodSerializer(TallySerializer):
    number = serializers.IntegerField(help_text="年内第几期")
    first = serializers.DateField(help_text="第一天")
    last = serializers.DateField(help_text="最后一天")


class DutyTownshipSerializer(TallySerializer):
    township = serializers.CharField()
    name = serializers.CharField()


class DutySerializer(TallySerializer):
    duty = serializers.CharField()
    name = serializers.CharField()
    every = serializers.CharField(help_text="month 每月、quarter 每季度、year 每年")
    times = serializers.IntegerField(help_text="每期次数")
    basis = serializers.CharField(help_text="依据")
    periods = DutyPeriodSerializer(many=True)
    townships = DutyTownshipSerializer(many=True)


class PanelSerializer(serializers.Serializer):
    year = serializers.IntegerField()
    as_of = serializers.DateField()
    filed = serializers.IntegerField(help_text="本年已归档的记录")
    filed_in_time = serializers.IntegerField(help_text="其中按时归档")
    duties = DutySerializer(many=True)


COUNTS = {"expected": 27, "done": 25, "late": 2, "running": 3, "early": 1}
EXAMPLE = {
    "year": 2019,
    "as_of": "2019-10-16",
    "filed": 96,
    "filed_in_time": 90,
    "duties": [
        {
            "duty": "theme_day",
            "name": "主题党日",
            **COUNTS,
            "every": "month",
            "times": 1,
            "basis": "支部工作条例:每月相对固定1天",
            "periods": [{"number": 1, "first": "2019-01-01", "last": "2019-01-31", **COUNTS}],
            "townships": [{"township": "110101002", "name": "某镇", **COUNTS}],
        }
    ],
}


def counts(tally: Tally) -> dict[str, int]:
    return {name: getattr(tally, name) for name in COUNTS}


def panel_json(panel: Panel) -> dict[str, Any]:
    filed, in_time = panel.filed()
    return {
        "year": panel.year,
        "as_of": panel.as_of.isoformat(),
        "filed": filed,
        "filed_in_time": in_time,
        "duties": [
            {
                "duty": spec.duty.value,
                "name": spec.duty.label,
                **counts(panel.tally(spec)),
                "every": spec.unit.value,
                "times": spec.times,
                "basis": spec.basis,
                "periods": [
                    {
                        "number": period.number,
                        "first": period.first.isoformat(),
                        "last": period.last.isoformat(),
                        **counts(panel.tally(spec, number=period.number)),
                    }
                    for period in panel.periods(spec)
                ],
                "townships": [
                    {"township": one.code, "name": one.name, **counts(panel.tally(spec, one.code))}
                    for one in panel.townships
                ],
            }
            for spec in panel.specs
        ],
    }


class DutiesView(ResourceView):
    """The figures of the duty panel, by the same function."""

    @extend_schema(
        operation_id="duties",
        tags=["组织生活制度"],
        summary="制度落实情况",
        description=(
            "各项制度应开展、已开展、逾期未开展的数,与页面同一算法。expected 只数已经结束的各期;"
            "写 party_organization 时只算这一个党组织。"
        ),
        parameters=[
            OpenApiParameter("year", int, description="年度,默认统计日所在年度"),
            OpenApiParameter("as_of", OpenApiTypes.DATE, description="统计日,默认今天"),
            OpenApiParameter("township", str, description="区划代码或其前几位"),
            OpenApiParameter("party_organization", str, description="党组织编码"),
        ],
        responses={200: PanelSerializer, **refusals(400, 404)},
        examples=[OpenApiExample("答复", value=EXAMPLE, response_only=True, status_codes=["200"])],
    )
    def get(self, request: Request) -> Response:
        require(request.user, Right.VIEW_ACTIVITIES)
        form = DutiesForm(request.query_params)
        self.only_known_parameters(*form.fields)
        if not form.is_valid():
            raise ValidationError({name: list(told) for name, told in form.errors.items()})
        asked, user = form.cleaned_data, request.user
        parties = PartyOrganization.objects.visible_to(user)
        townships = Township.objects.visible_to(user).filter(code__startswith=asked["township"])
        parties = parties.filter(township__code__startswith=asked["township"])
        if asked["party_organization"]:
            parties = parties.filter(code=asked["party_organization"])
            townships = townships.filter(pk__in=parties.values("township"))
        panel = duty_panel(parties, townships, asked["year"], asked["as_of"])
        return Response(panel_json(panel), headers={"Cache-Control": "no-store"})
