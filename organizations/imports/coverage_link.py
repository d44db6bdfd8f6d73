"""The 覆盖关系 sheet."""

from typing import Any, cast

from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.row_form import CLEARED, RowForm, TextCell, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.imports.social_organization import SocialOrganizationSheet
from organizations.models import CoverageLink
from organizations.models.social_organization import validate_credit_code
from organizations.rules.vocabulary import Mode

# what says which link a row means
KEY = ("social_organization", "credit_code", "party_organization", "valid_from", "valid_to")


class CoverageLinkRow(RowForm):
    credit_code = TextCell(
        label="统一社会信用代码", required=False, upper=True, validators=[validate_credit_code]
    )
    township = TextCell(label="镇(街道)", required=False)
    words = {
        "township": ("所属镇街", "镇街", "所属镇(街道)", "所在镇(街道)", "所在镇街"),
        "social_organization": (
            "单位名称",
            "组织名称",
            "名称",
            "社会组织全称",
            "社会组织",
            "单位全称",
        ),
        "credit_code": ("信用代码", "社会信用代码", "统一信用代码", "统一代码"),
        "party_organization": (
            "编码",
            "党组织代码",
            "组织编码",
            "覆盖党组织编码",
            "所属党组织编码",
        ),
        "mode": ("组建形式", "覆盖方式", "组建模式"),
        "valid_from": (
            "覆盖时间",
            "覆盖日期",
            "起始日期",
            "覆盖起始时间",
            "覆盖开始日期",
            "开始日期",
        ),
        "valid_to": ("截止日期", "覆盖截止时间", "终止日期", "结束日期", "覆盖结束日期"),
        "document": ("文号",),
    }
    terms = {
        "mode": {
            "单独建立": Mode.SOLO,
            "单独": Mode.SOLO,
            "联建": Mode.AREA_JOINT,
            "区域联建": Mode.AREA_JOINT,
            "片区": Mode.AREA_JOINT,
            "同业": Mode.TRADE_JOINT,
            "行业统建": Mode.TRADE_JOINT,
            "挂靠": Mode.ATTACHED,
            "派驻": Mode.DISPATCHED,
            "兼合": Mode.DUAL,
            "兼合式组建": Mode.DUAL,
        }
    }
    required = ("social_organization",)
    field_order = ("social_organization", "credit_code", "township")

    class Meta:
        model = CoverageLink
        formfield_callback = cell_field
        fields = [
            *("social_organization", "party_organization", "mode"),
            *("valid_from", "valid_to", "document"),
        ]


class CoverageLinkSheet(Sheet):
    code, title, form = "coverage_link", "覆盖关系", CoverageLinkRow
    foreign = ("credit_code", "township")

    @classmethod
    def listed(cls, rows: Any) -> Any:
        related = ("social_organization__township", "party_organization")
        return rows.select_related(*related)

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        match name:
            case "credit_code":
                return instance.social_organization.credit_code
            case "township":
                return instance.social_organization.township
            case "party_organization":
                return instance.party_organization.code
        return super().value_of(instance, name)

    def prepare(self) -> None:
        self.organizations = cast(SocialOrganizationSheet, self.batch.sheets["social_organization"])
        self.parties = cast(PartyOrganizationSheet, self.batch.sheets["party_organization"])
        self.batch.load_references(
            codes={c for row in self.rows if isinstance(c := row.values.get("credit_code"), str)},
            names={
                n
                for row in self.rows
                if isinstance(n := row.values.get("social_organization"), str)
            },
            parties={
                p.upper()
                for row in self.rows
                if isinstance(p := row.values.get("party_organization"), str)
            },
        )

    def resolve(self, row: Row) -> None:
        if row.is_right("credit_code", "social_organization"):
            self._resolve_organization(row)
        if row.is_right("party_organization"):
            party = self.parties.referred(row.values["party_organization"].upper())
            if isinstance(party, str):
                self.wrong(row, "party_organization", party)
            else:
                row.values["party_organization"] = party

    def _resolve_organization(self, row: Row) -> None:
        values = row.values
        code, name = values.get("credit_code"), values["social_organization"]
        organization = self.organizations.referred(code, name, row.file, self._township_of(row))
        if isinstance(organization, str):
            self.wrong(row, "credit_code" if code else "social_organization", organization)
            return
        if code and organization.name and organization.name != name:
            message = f"信用代码 {code} 登记的名称是“{organization.name}”,已按代码对应"
            self.warn(row, "social_organization", message)
        values["social_organization"] = organization
        if organization.township_id and not self.batch.may_write(organization.township_id):
            self.wrong(row, "social_organization", "这家社会组织不在您的管辖范围,不能改动")

    def _township_of(self, row: Row) -> str:
        """The township that tells namesakes apart, where the row names one."""
        named = row.values.get("township")
        found = self.batch.township(named) if isinstance(named, str) else None
        if isinstance(named, str) and found is None:
            self.batch.tell_unknown_township(self, row, named)
        return found.code if found else ""

    def find(self) -> None:
        stored = self._stored_links()
        seen: dict[Any, Row] = {}
        opened: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            if not row.is_right(*KEY):
                continue
            values = row.values
            pair = (id(values["social_organization"]), id(values["party_organization"]))
            if not self.once(row, (*pair, values["valid_from"]), seen, "social_organization"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            if values.get("valid_to") in (None, CLEARED):
                first = opened.setdefault(pair, row)
                if first is not row:
                    message = f"与 {first.place} 是同一对未截止的覆盖关系,请给较早的一条填截止日期"
                    self.wrong(row, "valid_to", message)
                    continue
            keys = (values["social_organization"].pk, values["party_organization"].pk)
            row.instance = self._match(stored.get(keys, []), row)
        self.drop_repeated(self.rows, repeated)

    def _stored_links(self) -> dict[tuple[int, int], list[CoverageLink]]:
        organizations = {
            row.values["social_organization"].pk
            for row in self.rows
            if row.is_right(*KEY) and row.values["social_organization"].pk
        }
        stored: dict[tuple[int, int], list[CoverageLink]] = {}
        for part in chunks(sorted(organizations)):
            for link in CoverageLink.objects.filter(social_organization__in=part):
                pair = (link.social_organization_id, link.party_organization_id)
                stored.setdefault(pair, []).append(link)
        return stored

    @staticmethod
    def _match(links: list[CoverageLink], row: Row) -> CoverageLink | None:
        """The link that began on the same day; else, for an open row, the one still open."""
        for link in links:
            if link.valid_from == row.values["valid_from"]:
                return link
        if row.values.get("valid_to") in (None, CLEARED):
            return next((link for link in links if link.valid_to is None), None)
        return None

    def cross_check(self, row: Row) -> None:
        if not row.is_right("valid_from"):
            return
        values, end = row.values, row.values.get("valid_to")
        if end is None and row.instance is not None:
            end = row.instance.valid_to
        if row.is_right("valid_to") and end not in (None, CLEARED) and end <= values["valid_from"]:
            self.wrong(row, "valid_to", "覆盖截止日期须晚于起始日期")
        if not row.is_right("party_organization"):
            return
        party = values["party_organization"]
        if party.dissolved_on and values["valid_from"] >= party.dissolved_on:
            self.wrong(row, "valid_from", f"党组织已于 {party.dissolved_on} 撤销,不能再覆盖")
        if party.founded_on and values["valid_from"] < party.founded_on:
            self.warn(row, "valid_from", f"早于党组织成立日期 {party.founded_on},成立前不计覆盖")
