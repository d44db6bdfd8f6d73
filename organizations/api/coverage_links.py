"""Coverage links: made, corrected, ended, transferred, taken back."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.api import Body, Code, Resource, Shown, Text, Verb
from organizations.actions.coverage import (
    correct_link,
    cover,
    end_link,
    remove_link,
    reopen_link,
    transfer_link,
)
from organizations.api.social_organizations import EndArguments, ReasonArguments
from organizations.filters import CoverageLinkFilter
from organizations.forms import LinkForm
from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import Mode


class CoverageLinkShown(Shown):
    social_organization_name = serializers.CharField(source="social_organization.name")
    credit_code = serializers.CharField(source="social_organization.credit_code", allow_null=True)
    township = serializers.CharField(source="social_organization.township_id")
    party_organization = serializers.CharField(source="party_organization.code")
    party_organization_name = serializers.CharField(source="party_organization.name")

    class Meta:
        model = CoverageLink
        fields = [
            *("id", "social_organization", "social_organization_name", "credit_code", "township"),
            *("party_organization", "party_organization_name", "mode", "valid_from", "valid_to"),
            *("document", "end_reason", "version", "created_at", "updated_at"),
        ]


class NewCoverageLink(Body):
    codes = {"social_organization": ("credit_code", "pk")}

    class Meta:
        model = CoverageLink
        fields = [
            *("social_organization", "party_organization", "mode", "valid_from", "document"),
        ]


class CorrectedCoverageLink(Body):
    class Meta:
        model = CoverageLink
        fields = LinkForm.Meta.fields


class TransferLinkArguments(ReasonArguments):
    to = Code(PartyOrganization)
    mode = serializers.ChoiceField(Mode.choices())
    on = serializers.DateField(help_text="从这一天起由对方覆盖")
    document = Text(max_length=100, required=False, allow_blank=True)


def _through(action: Any) -> Any:
    def act(user: Any, link: CoverageLink, values: dict[str, Any]) -> Any:
        return action(link=link, by=user, **values)

    return act


VERBS = (
    Verb(
        "end",
        "结束覆盖",
        EndArguments,
        _through(end_link),
        "从这一天起不再计入组织覆盖,以前的仍然算。",
        {"on": "2024-05-01", "reason": "改由联合党支部覆盖"},
    ),
    Verb(
        "reopen",
        "恢复覆盖",
        ReasonArguments,
        _through(reopen_link),
        example={"reason": "登记有误"},
    ),
    Verb(
        "transfer",
        "转由其他党组织覆盖",
        TransferLinkArguments,
        _through(transfer_link),
        "原关系结束,新关系同日开始;答复是新的覆盖关系。",
        {"to": "11010100007", "mode": "area_joint", "on": "2024-05-01", "reason": "片区调整"},
    ),
    Verb(
        "remove",
        "删除登记有误的",
        ReasonArguments,
        _through(remove_link),
        "从未覆盖过的才用它;过去的覆盖率会随之改正。",
        {"reason": "重复登记"},
        gone=True,
    ),
)


class CoverageLinks(Resource):
    name, route, noun = "coverage-links", "api-coverage-link", "覆盖关系"
    shown = CoverageLinkShown
    filterset = CoverageLinkFilter
    orders = ("pk", "valid_from", "updated_at")
    create_body, change_body = NewCoverageLink, CorrectedCoverageLink
    create_fields = {"on": "valid_from"}
    verbs = VERBS
    description = "哪个党组织从何时到何时以何种方式覆盖哪家社会组织;valid_to 是不再覆盖的第一天。"
    example = {
        "id": 21,
        "social_organization": 15,
        "social_organization_name": "本市青年商会",
        "party_organization": "11010100007",
        "party_organization_name": "本市青年商会党支部",
        "mode": "solo",
        "valid_from": "2018-06-01",
        "valid_to": None,
        "version": 1,
    }
    create_example = {
        "social_organization": 15,
        "party_organization": "11010100007",
        "mode": "solo",
        "valid_from": "2018-06-01",
    }
    change_example = {"document": "委组〔2018〕6号"}

    def visible(self, user: Any) -> QuerySet:
        return CoverageLink.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("social_organization", "party_organization")

    def create(self, user: Any, values: dict[str, Any]) -> CoverageLink:
        return cover(
            organizations=[values["social_organization"]],
            party=values["party_organization"],
            mode=values["mode"],
            on=values["valid_from"],
            document=values.get("document", ""),
            by=user,
        )[0]

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return correct_link(link=record, values=values, version=record.version, by=user)
