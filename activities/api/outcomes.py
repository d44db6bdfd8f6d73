"""Outcomes of filed records, one by one and summed by kind over the same rows."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import require
from accounts.api import Resource
from accounts.api.routing import filter_parameters, refusals
from accounts.api.views import ResourceView
from accounts.rules import Right
from activities.api.activities import OutcomeOfShown
from activities.filters import OutcomeFilter
from activities.models import Outcome


class OutcomeShown(OutcomeOfShown):
    activity = serializers.IntegerField(source="activity_id", help_text="会议活动记录的编号")
    held_on = serializers.DateField(source="activity.held_on")
    party_organization = serializers.CharField(source="activity.party_organization.code")
    party_organization_name = serializers.CharField(source="activity.party_organization.name")
    township = serializers.CharField(source="activity.party_organization.township_id")

    class Meta(OutcomeOfShown.Meta):
        fields = [
            *(*OutcomeOfShown.Meta.fields, "activity", "held_on", "party_organization"),
            *("party_organization_name", "township"),
        ]


class Outcomes(Resource):
    name, route, noun = "outcomes", "api-outcome", "成效"
    shown = OutcomeShown
    view_right, edit_right = Right.VIEW_ACTIVITIES, Right.EDIT_ACTIVITIES
    filterset = OutcomeFilter
    description = "只读;已归档的会议活动带来的成效。"
    example = {
        "id": 615,
        "kind": "rescued",
        "kind_name": "救助",
        "unit": "人次",
        "amount": 12,
        "note": "",
        "activity": 7021,
        "held_on": "2019-10-15",
        "party_organization": "11010100031",
        "party_organization_name": "某商会党支部",
        "township": "110101002",
    }

    def visible(self, user: Any) -> QuerySet:
        return Outcome.objects.visible_to(user).counted()

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("kind", "activity__party_organization")


class OutcomeSum(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    total = serializers.IntegerField(help_text="数量合计")
    records = serializers.IntegerField(help_text="记录份数")


class OutcomeSums(serializers.Serializer):
    results = OutcomeSum(many=True)


SUM = {"code": "rescued", "name": "救助", "unit": "人次", "total": 360, "records": 41}


class OutcomeSumsView(ResourceView):
    """The figures of the outcome page."""

    resource = Outcomes()

    @extend_schema(
        operation_id="outcomes_sums",
        tags=["成效"],
        summary="成效合计",
        description="按成效类别合计,与同样条件的列表是同一些记录;单位不同的不相加。",
        parameters=filter_parameters(Outcomes()),
        responses={200: OutcomeSums, **refusals(400)},
        examples=[OpenApiExample("合计", value={"results": [SUM]}, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        require(request.user, self.resource.view_right)
        rows = self.resource.visible(request.user)
        filterset = OutcomeFilter(request.query_params, rows, user=request.user)
        self.only_known_parameters(*filterset.form.fields)
        if not filterset.is_valid():
            errors = filterset.form.errors.items()
            raise ValidationError({name: list(told) for name, told in errors})
        sums = OutcomeSum(filterset.qs.sums(), many=True).data
        return Response({"results": sums}, headers={"Cache-Control": "no-store"})
