"""Dues, month by month."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import Resource, Shown
from accounts.rules import Right
from members.filters import DuesFilter
from members.models import DuesMonth


class DuesMonthShown(Shown):
    member_code = serializers.CharField(source="member.code", help_text="党员编号")
    member_name = serializers.CharField(source="member.name")
    party_organization = serializers.CharField(source="party_organization.code")
    party_organization_name = serializers.CharField(source="party_organization.name")
    township = serializers.CharField(source="party_organization.township_id")
    month = serializers.DateField(format="%Y-%m")

    class Meta:
        model = DuesMonth
        fields = [
            *("id", "member", "member_code", "member_name", "party_organization"),
            *("party_organization_name", "township", "month", "payer", "base", "due", "paid"),
            *("paid_on", "note", "updated_at"),
        ]


class DuesMonths(Resource):
    name, route, noun = "dues-months", "api-dues-month", "党费"
    shown = DuesMonthShown
    view_right, edit_right = Right.VIEW_MEMBERS, Right.EDIT_MEMBERS
    filterset = DuesFilter
    orders = ("pk", "month", "updated_at")
    description = "只读;一名党员一个月一条,收缴党组织在管辖范围内的。金额单位为元。"
    example = {
        "id": 40123,
        "member": 2051,
        "member_code": "M0002051",
        "member_name": "陈明",
        "party_organization": "11010100031",
        "party_organization_name": "某商会党支部",
        "township": "110101002",
        "month": "2019-10",
        "payer": "employed",
        "base": "6000.00",
        "due": "60.00",
        "paid": "60.00",
        "paid_on": "2019-10-15",
        "note": "",
    }

    def visible(self, user: Any) -> QuerySet:
        return DuesMonth.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("member", "party_organization")
