"""Star ratings with their breakdown."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import Resource, Shown
from accounts.rules import Right
from evaluation.dashboard.stars import with_shown
from evaluation.filters import RatingFilter
from evaluation.models import StarRating


class ItemShown(serializers.Serializer):
    code = serializers.CharField(help_text="项目,A1 至 F3")
    points = serializers.CharField(help_text="分值")
    got = serializers.CharField(allow_null=True, help_text="得分,不适用为 null")
    words = serializers.CharField(help_text="怎么算的")


class RatingShown(Shown):
    party_organization = serializers.CharField(source="party_organization.code")
    party_organization_name = serializers.CharField(source="party_organization.name")
    township = serializers.CharField(source="party_organization.township_id")
    scheme = serializers.CharField()
    total = serializers.DecimalField(max_digits=7, decimal_places=2)
    star = serializers.IntegerField(
        source="shown", allow_null=True, help_text="0 未达标,null 暂不定星;审定后为审定星级"
    )
    computed_star = serializers.IntegerField(source="star", allow_null=True)
    items = ItemShown(source="result.items", many=True)
    limits = serializers.ListField(source="result.limits", child=serializers.CharField())
    bonus_words = serializers.ListField(source="result.bonus_words", child=serializers.CharField())

    class Meta:
        model = StarRating
        fields = [
            *("id", "party_organization", "party_organization_name", "township", "kind", "year"),
            *("quarter", "scheme", "state", "as_of", "score", "bonus", "total", "star"),
            *("computed_star", "rule_star", "last_star", "limits", "bonus_words", "items"),
            *("final_score", "version", "computed_at"),
        ]


class StarRatings(Resource):
    name, route, noun = "star-ratings", "api-star-rating", "星级"
    shown = RatingShown
    view_right = Right.VIEW_RATINGS
    filterset = RatingFilter
    orders = ("pk", "year", "score", "computed_at")
    description = "只读;每条都带各项得分和算法。数据截至 as_of,由系统在 computed_at 算出。"
    example = {
        "id": 511,
        "party_organization": "11010100031",
        "party_organization_name": "某商会党支部",
        "township": "110101002",
        "kind": "standing",
        "year": 2019,
        "quarter": 0,
        "scheme": "默认方案(60 分达标) 2019 年第 1 版",
        "state": "draft",
        "as_of": "2019-10-16",
        "score": "88.24",
        "bonus": "0.00",
        "total": "88.24",
        "star": 3,
        "computed_star": 3,
        "rule_star": 4,
        "last_star": 3,
        "limits": [],
        "bonus_words": [],
        "items": [{"code": "B1", "points": "6", "got": "6.00", "words": "6 × 4 ÷ 3.33(个季度)"}],
        "final_score": None,
        "version": 1,
        "computed_at": "2019-10-17T01:20:04+08:00",
    }

    def visible(self, user: Any) -> QuerySet:
        return with_shown(StarRating.objects.visible_to(user).current())

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("party_organization", "scheme")
