"""The 共建协议, 荣誉 and 否决情形 sheets."""

from typing import Any

from activities.imports.archived import ArchivedSheet
from activities.models import Agreement, Incident, PartyHonour
from activities.rules.vocabulary import IncidentState
from organizations.imports.owned import OwnedRow, OwnedSheet
from organizations.imports.row_form import CLEARED, TextCell, cell_field
from organizations.imports.sheet import Row
from organizations.models import PartyOrganization


class AgreementRow(OwnedRow):
    partner_organization = TextCell(label="共建党组织编码", required=False, upper=True)
    words = {
        **OwnedRow.words,
        "kind": ("协议类别", "共建类型"),
        "partner": ("共建单位", "结对单位", "结对对象"),
        "partner_organization": ("结对党组织编码",),
        "signed_on": ("签订时间", "签约日期"),
        "valid_to": ("有效期至", "到期时间"),
        "content": ("共建内容", "协议内容"),
    }
    terms = {"kind": {"社区共建": "community", "机关共建": "office"}}
    field_order = ("party_organization", "kind", "partner", "partner_organization")

    class Meta:
        model = Agreement
        formfield_callback = cell_field
        fields = [
            *("party_organization", "kind", "partner", "partner_organization", "signed_on"),
            *("valid_to", "content"),
        ]


class AgreementSheet(ArchivedSheet):
    code, title, form = "agreement", "共建协议", AgreementRow
    natural = ("kind", "partner", "signed_on")
    is_shared = True

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        value = super().value_of(instance, name)
        return value and value.code if name == "partner_organization" else value

    def prepare(self) -> None:
        super().prepare()
        self.batch.load_references(parties=self.texts("partner_organization"))

    def resolve(self, row: Row) -> None:
        super().resolve(row)
        code = row.values.get("partner_organization")
        if not isinstance(code, str):
            return
        partner = self.parties.referred(code)
        if isinstance(partner, str):
            self.wrong(row, "partner_organization", partner)
            return
        row.values["partner_organization"] = partner
        if partner is row.values.get("party_organization"):
            self.wrong(row, "partner_organization", "不能与自己签订共建协议")

    def cross_check(self, row: Row) -> None:
        self.not_in_future(row, "signed_on")
        if not row.is_right("signed_on", "valid_to"):
            return
        signed, end = row.values.get("signed_on"), row.values.get("valid_to")
        if signed and end not in (None, CLEARED) and end <= signed:
            self.wrong(row, "valid_to", "到期日期须晚于签订日期")

    def compare(self, row: Row) -> None:
        """Whom one may name as a partner is whom the page would offer."""
        super().compare(row)
        partner = row.values.get("partner_organization")
        if not isinstance(partner, PartyOrganization) or self.batch.may_write(partner.township_id):
            return
        if row.is_new or "partner_organization" in row.changes:
            self.wrong(row, "partner_organization", "这个党组织不在您的管辖范围,请只填写名称")


class PartyHonourRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "kind": ("荣誉类别",),
        "level": ("荣誉级别", "表彰级别"),
        "title": ("荣誉名称",),
        "awarded_on": ("表彰日期", "授予时间", "获得日期"),
        "awarded_by": ("表彰单位", "颁发单位", "授予机关"),
    }
    terms = {
        "kind": {"荣誉": "award", "表彰": "award", "典型": "model"},
        "level": {"县(市)级": "county", "国家": "nation", "省": "province"},
    }

    class Meta:
        model = PartyHonour
        formfield_callback = cell_field
        fields = [
            *("party_organization", "kind", "level", "title", "matter", "awarded_on"),
            *("awarded_by", "document"),
        ]


class PartyHonourSheet(ArchivedSheet):
    code, title, form = "party_honour", "荣誉", PartyHonourRow
    natural = ("title", "awarded_on")

    def cross_check(self, row: Row) -> None:
        self.not_in_future(row, "awarded_on")


class IncidentRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "kind": ("否决情形", "情形类别"),
        "happened_on": ("发生时间",),
        "description": ("情况", "具体情况"),
        "evidence": ("依据", "文号", "认定依据"),
    }

    class Meta:
        model = Incident
        formfield_callback = cell_field
        fields = ["party_organization", "kind", "happened_on", "description", "evidence"]


class IncidentSheet(OwnedSheet):
    """Incidents are brought in as proposed; another person confirms them on their page."""

    code, title, form = "incident", "否决情形", IncidentRow
    natural = ("kind", "happened_on", "evidence")

    def cross_check(self, row: Row) -> None:
        self.not_in_future(row, "happened_on")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if row.changes and row.instance.state != IncidentState.PROPOSED:
            self.wrong(row, next(iter(row.changes)), "已经认定的情形不能再修改")

    def defaults(self, row: Row) -> dict[str, Any]:
        return {"proposed_by": self.batch.by}
