"""Townships, supervising units and responsible bodies, named by their codes elsewhere.

Townships and units are kept by the staff of a whole city, whose tokens carry edit_standards for it.
"""

from typing import Any

from django.db.models import QuerySet

from accounts.api import Arguments, Body, Code, Of, Resource, Shown, Text, Verb
from accounts.rules import Right
from organizations.actions.areas import (
    create_township,
    create_unit,
    release_former_name,
    remove_unit,
    rename_township,
    rename_unit,
)
from organizations.actions.unit_merging import merge_units
from organizations.filters import TownshipFilter, UnitFilter
from organizations.models import ResponsibleBody, SupervisingUnit, Township

BY_CITY = "由市级统一维护,令牌须有 edit_standards。"


class TownshipShown(Shown):
    class Meta:
        model = Township
        fields = ["code", "name", "version", "created_at", "updated_at"]


class NewTownship(Body):
    class Meta:
        model = Township
        fields = ["code", "name"]


class ChangedTownship(Body):
    class Meta:
        model = Township
        fields = ["name"]


class Townships(Resource):
    name, route, noun = "townships", "api-township", "镇(街道)"
    shown = TownshipShown
    filterset = TownshipFilter
    edit_right = Right.EDIT_STANDARDS
    orders = ("code", "updated_at")
    key, key_words = "str:code", "统计用区划代码"
    create_body, change_body = NewTownship, ChangedTownship
    description = f"9 位统计用区划代码是主键,不能修改;前 6 位是市,前 4 位是设区市。名称{BY_CITY}"
    example = {"code": "110101102", "name": "蚶江镇", "version": 1}
    create_example = {"code": "110101107", "name": "石湖镇"}
    change_example = {"name": "蚶江街道"}

    def visible(self, user: Any) -> QuerySet:
        return Township.objects.visible_to(user)

    def create(self, user: Any, values: dict[str, Any]) -> Township:
        return create_township(**values, by=user)

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return rename_township(
            township=record,
            name=values.get("name", record.name),
            version=record.version,
            by=user,
        )


class UnitShown(Shown):
    class Meta:
        model = SupervisingUnit
        fields = ["code", "name", "area_code", "version", "created_at", "updated_at"]


class NewUnit(Body):
    class Meta:
        model = SupervisingUnit
        fields = ["name", "code", "area_code"]
        extra_kwargs = {
            "code": {"required": False, "allow_blank": True, "help_text": "不写则按顺序编号"},
            "area_code": {"required": False, "help_text": "不写则为账号所在的市"},
        }


class ChangedUnit(Body):
    class Meta:
        model = SupervisingUnit
        fields = ["name"]


class MergeUnitArguments(Arguments):
    other = Code(SupervisingUnit, help_text="并入的单位的编码,合并后不再存在")
    reason = Text(max_length=300)


class ReleaseNameArguments(Arguments):
    name = Text(max_length=100, help_text="曾用名")
    reason = Text(max_length=300)


class RemoveUnitArguments(Arguments):
    reason = Text(max_length=300)


def _merged(user: Any, one: SupervisingUnit, values: dict[str, Any]) -> SupervisingUnit:
    return merge_units(loser=values["other"], winner=one, reason=values["reason"], by=user)


def _released(user: Any, one: SupervisingUnit, values: dict[str, Any]) -> SupervisingUnit:
    return release_former_name(unit=one, by=user, **values)


def _removed(user: Any, one: SupervisingUnit, values: dict[str, Any]) -> None:
    remove_unit(unit=one, by=user, **values)


class SupervisingUnits(Resource):
    name, route, noun = "supervising-units", "api-supervising-unit", "业务主管单位"
    shown = UnitShown
    filterset = UnitFilter
    edit_right = Right.EDIT_STANDARDS
    orders = ("code", "name", "updated_at")
    key, key_words = "str:code", "业务主管单位编码"
    create_body, change_body = NewUnit, ChangedUnit
    verbs = (
        Verb(
            "merge",
            "合并业务主管单位",
            MergeUnitArguments,
            _merged,
            "地址里的单位保留,另一个单位的全部社会组织转到它名下,名称成为曾用名。"
            "另一个单位有账号使用的不能合并,并列出是哪些。",
            {"other": "110101U009", "reason": "台账写错了名称"},
            right=Right.EDIT_STANDARDS,
        ),
        Verb(
            "release-name",
            "停用曾用名",
            ReleaseNameArguments,
            _released,
            "以后台账里写这个名称的不再归入该单位,可以另设单位使用它。",
            {"name": "市体育局", "reason": "机构改革后重新设立"},
            right=Right.EDIT_STANDARDS,
        ),
        Verb(
            "remove",
            "删除业务主管单位",
            RemoveUnitArguments,
            _removed,
            "只能删除没有社会组织、没有账号使用的单位。",
            {"reason": "误建"},
            right=Right.EDIT_STANDARDS,
            gone=True,
        ),
    )
    description = f"编码不能修改;更名后原来的名称留作曾用名,台账仍按它对应。{BY_CITY}"
    example = {"code": "110101U001", "name": "市民政局", "area_code": "110101", "version": 1}
    create_example = {"name": "市体育局"}
    change_example = {"name": "市民政和社会保障局"}

    def visible(self, user: Any) -> QuerySet:
        return SupervisingUnit.objects.visible_to(user)

    def create(self, user: Any, values: dict[str, Any]) -> SupervisingUnit:
        return create_unit(**values, by=user)

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return rename_unit(
            unit=record, name=values.get("name", record.name), version=record.version, by=user
        )


class BodyShown(Shown):
    supervising_unit = Of("supervising_unit.code")

    class Meta:
        model = ResponsibleBody
        fields = ["id", "name", "kind", "area_code", "township", "supervising_unit"]


class ResponsibleBodies(Resource):
    name, route, noun = "responsible-bodies", "api-responsible-body", "责任主体"
    shown = BodyShown
    orders = ("name",)
    description = "三条责任线:业务主管单位(行业)党组织、社会组织综合党委、镇(街道)两新组织党委。"
    example = {
        "id": 1,
        "name": "市社会组织综合党委",
        "kind": "committee",
        "area_code": "110101",
        "township": None,
        "supervising_unit": None,
    }

    def visible(self, user: Any) -> QuerySet:
        return ResponsibleBody.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("supervising_unit")
