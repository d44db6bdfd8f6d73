"""Social organizations and what is done to them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from accounts.api import Arguments, Body, Code, Of, Resource, Shown, Text, Verb
from accounts.problems import Problem
from organizations.actions.hand_over import hand_over, move_at_once
from organizations.actions.responsibility import set_responsible_body
from organizations.actions.social_organization import (
    LooksRegistered,
    change_social_organization,
    change_unit,
    deregister_social_organization,
    merge_social_organizations,
    record_charter,
    record_grade,
    record_inspection,
    register_social_organization,
    rename_social_organization,
    restore_social_organization,
    undo_merger,
)
from organizations.filters import SocialOrganizationFilter
from organizations.forms import RegisterForm, SocialOrganizationForm
from organizations.models import (
    MergedOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import Grade, InspectionResult


class SocialOrganizationShown(Shown):
    township = serializers.CharField(source="township_id", help_text="统计用区划代码")
    township_name = serializers.CharField(source="township.name")
    supervising_unit = Of("supervising_unit.code")
    supervising_unit_name = Of("supervising_unit.name")
    responsible_body_name = Of("responsible_body.name")
    is_covered = serializers.BooleanField(help_text="在统计日有存续的党组织覆盖")
    has_instructor = serializers.BooleanField(help_text="在统计日有指导员联系")
    uncovered_reason = serializers.CharField(help_text="未覆盖原因,已覆盖的为空")

    class Meta:
        model = SocialOrganization
        fields = [
            *("id", "name", "credit_code", "category", "registrar", "township", "township_name"),
            *("supervising_unit", "supervising_unit_name", "responsible_body"),
            *("responsible_body_name", "responsible_body_reason", "registered_on"),
            *("deregistered_on", "deregistration_reason", "status", "principal", "staff_count"),
            *("full_member_count", "charter_state", "charter_on", "inspection_result"),
            *("inspection_year", "grade", "grade_from", "grade_valid_to", "remark"),
            *("is_covered", "has_instructor", "uncovered_reason"),
            *("version", "created_at", "updated_at"),
        ]


class NewSocialOrganization(Body):
    """What the page's form registers."""

    is_another = serializers.BooleanField(
        default=False, help_text="已与名称相近的核对,确实是另一家"
    )

    class Meta:
        model = SocialOrganization
        fields = [*RegisterForm.Meta.fields, "status", "is_another"]


class ChangedSocialOrganization(Body):
    """What the page's form corrects; everything else is a verb."""

    class Meta:
        model = SocialOrganization
        fields = SocialOrganizationForm.Meta.fields


class RenameArguments(Arguments):
    name = Text(max_length=200)
    on = serializers.DateField(help_text="从这一天起用新名称")
    document = Text(max_length=100, required=False, allow_blank=True)
    reason = Text(max_length=300, required=False, allow_blank=True)


class ReasonArguments(Arguments):
    reason = Text(max_length=300)


class EndArguments(ReasonArguments):
    on = serializers.DateField(help_text="从这一天起不再存续")


class UnitArguments(ReasonArguments):
    unit = Code(SupervisingUnit, allow_null=True)


class TownshipArguments(ReasonArguments):
    to = Text(max_length=9, help_text="移入镇(街道)的统计用区划代码")


class ResponsibleBodyArguments(Arguments):
    body = Code(ResponsibleBody, "pk", "name")
    reason = Text(max_length=300, required=False, allow_blank=True, default="")


class CharterArguments(Arguments):
    drafted_on = serializers.DateField(allow_null=True)
    voted_on = serializers.DateField(allow_null=True)
    approved_on = serializers.DateField(allow_null=True)
    reason = Text(max_length=300, required=False, allow_blank=True)


class InspectionArguments(Arguments):
    year = serializers.IntegerField(min_value=1990, max_value=2099)
    result = serializers.ChoiceField(InspectionResult.choices())
    concluded_on = serializers.DateField(required=False, allow_null=True)
    remark = Text(max_length=300, required=False, allow_blank=True)


class MergeArguments(ReasonArguments):
    other = Code(
        SocialOrganization, "credit_code", "pk", help_text="并入的另一家:信用代码或记录编号"
    )


class UndoMergeArguments(ReasonArguments):
    former_id = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, help_text="并入的那家原来的记录编号"
    )


class GradeArguments(Arguments):
    grade = serializers.ChoiceField(Grade.choices(), allow_blank=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True)
    reason = Text(max_length=300, required=False, allow_blank=True)


def _neighbour(one: SocialOrganization, code: str) -> Township:
    """Another township of the same city; their names are no secret, their rows are."""
    found = Township.neighbours_of(one.township_id).filter(code=code).first()
    if found is None:
        raise ValidationError({"to": "本市没有这个镇(街道),或已在这个镇(街道)"})
    return found


def _offered(user: Any, one: SocialOrganization, values: dict[str, Any]) -> None:
    to = _neighbour(one, values["to"])
    hand_over(organization=one, to=to, reason=values["reason"], by=user)


def _moved(user: Any, one: SocialOrganization, values: dict[str, Any]) -> None:
    to = _neighbour(one, values["to"])
    move_at_once(organization=one, to=to, reason=values["reason"], by=user)


def _merged(user: Any, one: SocialOrganization, values: dict[str, Any]) -> Any:
    return merge_social_organizations(
        loser=values["other"], winner=one, reason=values["reason"], by=user
    )


def _unmerged(user: Any, one: SocialOrganization, values: dict[str, Any]) -> Any:
    traces = MergedOrganization.objects.visible_to(user).filter(winner=one)
    trace = traces.filter(former_id=values["former_id"]).first()
    if trace is None:
        raise ValidationError({"former_id": "这家社会组织没有并入过这个记录号的登记"})
    return undo_merger(trace=trace, reason=values["reason"], by=user)


def _through(action: Any) -> Any:
    """A verb whose arguments are the action's own; the record stays the one to show."""

    def act(user: Any, one: SocialOrganization, values: dict[str, Any]) -> None:
        action(organization=one, by=user, **values)

    return act


VERBS = (
    Verb(
        "rename",
        "更名",
        RenameArguments,
        _through(rename_social_organization),
        "经批准的更名;原名称保留为曾用名。更正错字请直接修改 name。",
        {"name": "本市青年商会联合会", "on": "2024-05-01", "document": "民〔2024〕12号"},
    ),
    Verb(
        "change-unit",
        "变更业务主管单位",
        UnitArguments,
        _through(change_unit),
        example={"unit": "110101U002", "reason": "职能划转"},
    ),
    Verb(
        "deregister",
        "注销登记",
        EndArguments,
        _through(deregister_social_organization),
        "覆盖关系和指导员联系同时结束。",
        {"on": "2024-05-01", "reason": "自行解散"},
    ),
    Verb(
        "restore",
        "恢复登记",
        ReasonArguments,
        _through(restore_social_organization),
        "收回误登记的注销,随注销结束的覆盖关系一并恢复。",
        {"reason": "登记有误"},
    ),
    Verb(
        "hand-over",
        "移交到其他镇(街道)",
        TownshipArguments,
        _offered,
        "提出移交,对方接收之前仍归本辖区。",
        {"to": "110101102", "reason": "住所迁移"},
    ),
    Verb(
        "move",
        "直接移到其他镇(街道)",
        TownshipArguments,
        _moved,
        "两个镇(街道)都在管辖范围内时使用,不需要对方接收。",
        {"to": "110101102", "reason": "住所迁移"},
    ),
    Verb(
        "responsible-body",
        "设定责任主体",
        ResponsibleBodyArguments,
        _through(set_responsible_body),
        "与建议的不同时须写明理由。",
        {"body": "市社会组织综合党委", "reason": "跨行业"},
    ),
    Verb(
        "charter",
        "登记党建入章",
        CharterArguments,
        _through(record_charter),
        "三个步骤各自的日期,按先后;没有走到的为 null。取消已登记的步骤须写明理由。",
        {"drafted_on": "2018-09-01", "voted_on": "2018-10-20", "approved_on": None},
        fields={
            "charter_drafted_on": "drafted_on",
            "charter_voted_on": "voted_on",
            "charter_on": "approved_on",
        },
    ),
    Verb(
        "inspection",
        "登记年检",
        InspectionArguments,
        _through(record_inspection),
        example={"year": 2023, "result": "passed", "concluded_on": "2024-06-20"},
    ),
    Verb(
        "grade",
        "登记评估等级",
        GradeArguments,
        _through(record_grade),
        example={"grade": "4A", "valid_from": "2023-01-01", "valid_to": "2028-01-01"},
    ),
    Verb(
        "merge",
        "合并重复登记",
        MergeArguments,
        _merged,
        "地址里的一家保留,另一家的全部内容转入;会丢失或矛盾的,列出全部原因,不合并。",
        {"other": "18", "reason": "更名前后各登记了一次"},
    ),
    Verb(
        "undo-merge",
        "撤销合并",
        UndoMergeArguments,
        _unmerged,
        "两条记录恢复到合并以前,答复的是恢复出来的那一家。合并以后有改动的不能撤销,并列出是哪些。",
        {"former_id": 18, "reason": "不是同一家"},
    ),
)


class SocialOrganizations(Resource):
    name, route, noun = "social-organizations", "api-social-organization", "社会组织"
    shown = SocialOrganizationShown
    filterset = SocialOrganizationFilter
    orders = ("pinyin", "pk", "registered_on", "updated_at", "full_member_count")
    create_body, change_body = NewSocialOrganization, ChangedSocialOrganization
    verbs = VERBS
    description = "筛选条件与页面相同;as_of 指定统计日,默认今天。"
    example = {
        "id": 15,
        "name": "本市青年商会",
        "credit_code": None,
        "category": "social_group",
        "township": "110101102",
        "township_name": "蚶江镇",
        "status": "normal",
        "is_covered": True,
        "version": 3,
    }
    create_example = {
        "name": "本市青年商会",
        "category": "social_group",
        "township": "110101102",
        "supervising_unit": "110101U001",
        "registered_on": "2016-03-18",
    }
    change_example = {"principal": "陈明", "staff_count": 12}

    def visible(self, user: Any) -> QuerySet:
        return SocialOrganization.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("township", "supervising_unit", "responsible_body")

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        today = timezone.localdate()
        return self.listed(rows.with_coverage_on(today).with_uncovered_reason(), user)

    def create(self, user: Any, values: dict[str, Any]) -> SocialOrganization:
        is_another = values.pop("is_another")
        try:
            return register_social_organization(values=values, is_another=is_another, by=user)
        except LooksRegistered as found:
            near = [{"id": one.pk, "name": one.name} for one in found.similar]
            words = "可能已经登记:名称相同或相近。核对后确是另一家的,请带上 is_another: true。"
            raise Problem(409, words, similar=near) from found

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return change_social_organization(
            organization=record, values=values, version=record.version, by=user
        )
