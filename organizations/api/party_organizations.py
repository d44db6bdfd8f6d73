"""Party organizations and what is done to them."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from accounts.api import Arguments, Body, CodeList, Of, Resource, Shown, Text, Verb
from organizations.actions.coverage import cover
from organizations.actions.party_organization import (
    change_party_organization,
    convert_party_organization,
    dissolve_party_organization,
    extend_term,
    found_party_organization,
    record_election,
    rename_party_organization,
    restore_party_organization,
    upgrade_party_organization,
)
from organizations.api.social_organizations import (
    EndArguments,
    ReasonArguments,
    RenameArguments,
)
from organizations.filters import PartyOrganizationFilter
from organizations.forms import FoundForm, PartyOrganizationForm
from organizations.models import PartyOrganization, SocialOrganization
from organizations.rules.vocabulary import Level, Mode


class PartyOrganizationShown(Shown):
    township = serializers.CharField(source="township_id", help_text="统计用区划代码")
    township_name = serializers.CharField(source="township.name")
    parent = Of("parent.code")
    parent_name = Of("parent.name")
    responsible_body_name = Of("responsible_body.name")
    covered_count = serializers.IntegerField(help_text="在统计日覆盖的社会组织家数")

    class Meta:
        model = PartyOrganization
        fields = [
            *("id", "code", "name", "kind", "level", "parent", "parent_name", "township"),
            *("township_name", "responsible_body", "responsible_body_name", "founded_on"),
            *("document", "dissolved_on", "dissolution_reason", "term_started_on", "term_years"),
            *("term_ends_on", "term_extended_to", "secretary", "covered_count"),
            *("version", "created_at", "updated_at"),
        ]


class NewPartyOrganization(Body):
    codes = {"responsible_body": ("pk", "name")}
    code = Text(max_length=30, required=False, help_text="不填则按本市编码顺序给出")
    organizations = CodeList(
        SocialOrganization,
        "credit_code",
        "pk",
        required=False,
        help_text="从成立之日起覆盖的社会组织",
    )
    mode = serializers.ChoiceField(Mode.choices(), required=False, help_text="组建方式")

    class Meta:
        model = PartyOrganization
        fields = [*FoundForm.Meta.fields, "organizations", "mode"]


class ChangedPartyOrganization(Body):
    codes = {"responsible_body": ("pk", "name")}

    class Meta:
        model = PartyOrganization
        fields = PartyOrganizationForm.Meta.fields


class UpgradeArguments(Arguments):
    level = serializers.ChoiceField(Level.choices())
    on = serializers.DateField()
    document = Text(max_length=100)


class ConvertArguments(UpgradeArguments):
    mode = serializers.ChoiceField(Mode.choices(), help_text="转为建制性以后的组建方式")


class ElectionArguments(Arguments):
    held_on = serializers.DateField()
    entitled = serializers.IntegerField(min_value=1, max_value=100_000)
    present = serializers.IntegerField(min_value=0, max_value=100_000)
    secretary = Text(max_length=60)
    term_years = serializers.IntegerField(min_value=1, max_value=10)
    outcome = Text(max_length=1000, required=False, allow_blank=True)
    document = Text(max_length=100, required=False, allow_blank=True)


class ExtendArguments(ReasonArguments):
    until = serializers.DateField()
    approved_on = serializers.DateField()
    document = Text(max_length=100)


class DissolveArguments(EndArguments):
    document = Text(max_length=100, required=False, allow_blank=True)


class CoverArguments(Arguments):
    organizations = CodeList(SocialOrganization, "credit_code", "pk")
    mode = serializers.ChoiceField(Mode.choices())
    on = serializers.DateField()
    document = Text(max_length=100, required=False, allow_blank=True)
    reason = Text(max_length=300, required=False, allow_blank=True)


def _through(action: Any) -> Any:
    def act(user: Any, party: PartyOrganization, values: dict[str, Any]) -> None:
        action(party=party, by=user, **values)

    return act


VERBS = (
    Verb(
        "rename",
        "更名",
        RenameArguments,
        _through(rename_party_organization),
        example={"name": "中共本市青年商会支部委员会", "on": "2024-05-01"},
    ),
    Verb(
        "upgrade",
        "升格",
        UpgradeArguments,
        _through(upgrade_party_organization),
        "党支部、党总支、党委之间的变动;以前的层级记入沿革。",
        {"level": "general_branch", "on": "2024-05-01", "document": "委组〔2024〕8号"},
    ),
    Verb(
        "convert",
        "兼合式转为建制性",
        ConvertArguments,
        _through(convert_party_organization),
        "现有的覆盖关系当天结束,并以新的组建方式继续。",
        {"level": "branch", "on": "2024-05-01", "document": "委组〔2024〕8号", "mode": "solo"},
    ),
    Verb(
        "elect",
        "登记换届选举",
        ElectionArguments,
        _through(record_election),
        "到会不足五分之四的选举无效,不能登记。",
        {
            "held_on": "2024-05-01",
            "entitled": 12,
            "present": 11,
            "secretary": "陈明",
            "term_years": 3,
        },
    ),
    Verb(
        "extend-term",
        "登记延期换届",
        ExtendArguments,
        _through(extend_term),
        example={
            "until": "2024-12-01",
            "approved_on": "2024-05-01",
            "document": "委组〔2024〕9号",
            "reason": "书记人选待定",
        },
    ),
    Verb(
        "dissolve",
        "撤销党组织",
        DissolveArguments,
        _through(dissolve_party_organization),
        "它的覆盖关系同时结束。",
        {"on": "2024-05-01", "reason": "党员不足三名", "document": "委组〔2024〕10号"},
    ),
    Verb(
        "restore",
        "恢复党组织",
        ReasonArguments,
        _through(restore_party_organization),
        example={"reason": "登记有误"},
    ),
    Verb(
        "cover",
        "覆盖多家社会组织",
        CoverArguments,
        _through(cover),
        "一次建立多条覆盖关系;有一家不能覆盖,就一条也不建立。",
        {"organizations": ["51110101MJ0000001W", 27], "mode": "area_joint", "on": "2024-05-01"},
    ),
)


class PartyOrganizations(Resource):
    name, route, noun = "party-organizations", "api-party-organization", "党组织"
    shown = PartyOrganizationShown
    filterset = PartyOrganizationFilter
    orders = ("pinyin", "pk", "code", "founded_on", "updated_at")
    create_body, change_body = NewPartyOrganization, ChangedPartyOrganization
    verbs = VERBS
    description = "筛选条件与页面相同。"
    example = {
        "id": 7,
        "code": "11010100007",
        "name": "本市青年商会党支部",
        "kind": "standing",
        "level": "branch",
        "township": "110101102",
        "covered_count": 1,
        "version": 1,
    }
    create_example = {
        "name": "本市青年商会党支部",
        "kind": "standing",
        "level": "branch",
        "township": "110101102",
        "founded_on": "2018-06-01",
        "document": "委组〔2018〕6号",
        "organizations": ["51110101MJ0000001W"],
        "mode": "solo",
    }
    change_example = {"secretary": "陈明"}

    def visible(self, user: Any) -> QuerySet:
        return PartyOrganization.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("township", "responsible_body", "parent")

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        return self.listed(rows.with_coverage_count_on(timezone.localdate()), user)

    def create(self, user: Any, values: dict[str, Any]) -> PartyOrganization:
        organizations = values.pop("organizations", [])
        mode = values.pop("mode", "")
        return found_party_organization(
            values=values, organizations=organizations, mode=mode, by=user
        )

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return change_party_organization(
            party=record, values=values, version=record.version, by=user
        )
