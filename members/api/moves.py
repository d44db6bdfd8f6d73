"""Moves by letter, from side to side."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import Arguments, Resource, Shown, Text, Verb
from accounts.rules import Right
from members.actions.move import take_step
from members.filters import MoveFilter
from members.models import Move
from members.rules.moves import MoveVerb


class MoveShown(Shown):
    member_name = serializers.CharField(source="member.name")
    from_party = serializers.CharField(source="from_party.code")
    to_party = serializers.CharField(source="to_party.code", allow_null=True, default=None)
    version = serializers.IntegerField()

    class Meta:
        model = Move
        fields = [
            *("id", "member", "member_name", "from_party", "to_party", "to_outside", "reason"),
            *("state", "letter_number", "issued_on", "expires_on", "dues_paid_to", "moved_on"),
            *("version", "created_at", "updated_at"),
        ]


class NoteArguments(Arguments):
    note = Text(max_length=200, required=False, allow_blank=True, default="")


class LetterArguments(NoteArguments):
    letter_number = Text(max_length=40)


class SendBackArguments(Arguments):
    note = Text(max_length=200)


def _step(verb: MoveVerb) -> Any:
    def act(user: Any, move: Move, values: dict[str, Any]) -> None:
        take_step(move=move, verb=verb, by=user, **values)

    return act


BODIES: dict[MoveVerb, Any] = {
    MoveVerb.ISSUE: (LetterArguments, {"letter_number": "2024-018"}),
    MoveVerb.SEND_BACK: (SendBackArguments, {"note": "材料不全"}),
}


def _verb(verb: MoveVerb) -> Verb:
    body, example = BODIES.get(verb, (NoteArguments, {"note": "已核对"}))
    right = Right.EDIT_MEMBERS if verb == MoveVerb.WITHDRAW else Right.DECIDE_MEMBERS
    words = "由转出或转入的一方办理;完成之前党员仍在原党组织计入。"
    name = verb.value.replace("_", "-")
    return Verb(name, verb.label, body, _step(verb), words, example, right)


class Moves(Resource):
    name, route, noun = "member-moves", "api-move", "组织关系转接"
    shown = MoveShown
    view_right, edit_right = Right.VIEW_MEMBERS, Right.EDIT_MEMBERS
    filterset = MoveFilter
    orders = ("pk", "created_at", "updated_at")
    verbs = tuple(_verb(verb) for verb in MoveVerb)
    description = "两边都看得到;介绍信有有效期,过期须重新开具。"
    example = {
        "id": 3,
        "member": 1,
        "member_name": "陈明",
        "from_party": "99010100001",
        "to_party": "99010100002",
        "to_outside": "",
        "state": "letter",
        "letter_number": "2024-018",
        "expires_on": "2024-07-30",
        "version": 3,
    }

    def visible(self, user: Any) -> QuerySet:
        return Move.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("member", "from_party", "to_party")
