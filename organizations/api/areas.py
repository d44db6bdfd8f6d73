"""Townships, supervising units and responsible bodies: to be read, named by their codes elsewhere."""

from typing import Any

from django.db.models import QuerySet

from accounts.api import Of, Resource, Shown
from organizations.models import ResponsibleBody, SupervisingUnit, Township


class TownshipShown(Shown):
    class Meta:
        model = Township
        fields = ["code", "name"]


class Townships(Resource):
    name, route, noun = "townships", "api-township", "镇(街道)"
    shown = TownshipShown
    orders = ("code",)
    key, key_words = "str:code", "统计用区划代码"
    description = "9 位统计用区划代码是主键;前 6 位是市,前 4 位是设区市。"
    example = {"code": "110101102", "name": "蚶江镇"}

    def visible(self, user: Any) -> QuerySet:
        return Township.objects.visible_to(user)


class UnitShown(Shown):
    class Meta:
        model = SupervisingUnit
        fields = ["code", "name", "area_code"]


class SupervisingUnits(Resource):
    name, route, noun = "supervising-units", "api-supervising-unit", "业务主管单位"
    shown = UnitShown
    orders = ("code", "name")
    key, key_words = "str:code", "业务主管单位编码"
    example = {"code": "110101U001", "name": "市民政局", "area_code": "110101"}

    def visible(self, user: Any) -> QuerySet:
        return SupervisingUnit.objects.visible_to(user)


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
