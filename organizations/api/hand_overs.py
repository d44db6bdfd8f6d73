"""Hand-overs between townships: offered on the organization, decided here."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import Arguments, Of, Resource, Shown, Text, Verb
from accounts.rules import Right
from organizations.actions.hand_over import decide_hand_over, withdraw_hand_over
from organizations.filters import HandOverFilter
from organizations.models import HandOver


class HandOverShown(Shown):
    organization_name = serializers.CharField(source="organization.name")
    credit_code = Of("organization.credit_code")
    from_township = serializers.CharField(source="from_township_id", help_text="统计用区划代码")
    from_township_name = serializers.CharField(source="from_township.name")
    to_township = serializers.CharField(source="to_township_id", help_text="统计用区划代码")
    to_township_name = serializers.CharField(source="to_township.name")
    proposed_by = serializers.CharField(source="proposed_by.name")
    decided_by = Of("decided_by.name")
    version = serializers.IntegerField(help_text="1 等待接收,2 已办理")

    class Meta:
        model = HandOver
        fields = [
            *("id", "organization", "organization_name", "credit_code"),
            *("from_township", "from_township_name", "to_township", "to_township_name"),
            *("reason", "state", "proposed_by", "proposed_at"),
            *("decided_by", "decided_at", "decision", "version"),
        ]


class AcceptArguments(Arguments):
    decision = Text(max_length=300, required=False, allow_blank=True, default="")


class DeclineArguments(Arguments):
    decision = Text(max_length=300, help_text="退回的理由")


class WithdrawArguments(Arguments):
    reason = Text(max_length=300, required=False, allow_blank=True, default="")


def _accepted(user: Any, offer: HandOver, values: dict[str, Any]) -> None:
    decide_hand_over(offer=offer, accept=True, decision=values["decision"], by=user)


def _declined(user: Any, offer: HandOver, values: dict[str, Any]) -> None:
    decide_hand_over(offer=offer, accept=False, decision=values["decision"], by=user)


def _withdrawn(user: Any, offer: HandOver, values: dict[str, Any]) -> None:
    withdraw_hand_over(offer=offer, reason=values["reason"], by=user)


class HandOvers(Resource):
    name, route, noun = "hand-overs", "api-hand-over", "移交"
    shown = HandOverShown
    filterset = HandOverFilter
    view_right = Right.EDIT_REGISTRY
    orders = ("pk", "proposed_at")
    verbs = (
        Verb(
            "accept",
            "接收",
            AcceptArguments,
            _accepted,
            "由移入的镇(街道)办理;接收后归入其辖区,覆盖关系和指导员联系照旧。",
            {"decision": "同意接收"},
        ),
        Verb(
            "decline",
            "退回",
            DeclineArguments,
            _declined,
            "由移入的镇(街道)办理,须写明理由。",
            {"decision": "住所不在本镇"},
        ),
        Verb(
            "withdraw",
            "撤回",
            WithdrawArguments,
            _withdrawn,
            "由移出的镇(街道)办理。",
            {"reason": "镇(街道)选错"},
        ),
    )
    description = "移出、移入的镇(街道)都能看到。提出移交用社会组织的 hand-over。"
    example = {
        "id": 7,
        "organization": 15,
        "organization_name": "本市青年商会",
        "from_township": "110101101",
        "to_township": "110101102",
        "reason": "住所迁移",
        "state": "pending",
        "version": 1,
    }

    def visible(self, user: Any) -> QuerySet:
        return HandOver.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related(
            "organization", "from_township", "to_township", "proposed_by", "decided_by"
        )
