"""The 覆盖关系 sheet."""

from typing import Any, cast

from accounts.rules import day_words
from organizations.imports.dated_link import DatedLinkRow, DatedLinkSheet
from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row
from organizations.models import CoverageLink
from organizations.rules.vocabulary import Mode


class CoverageLinkRow(DatedLinkRow):
    words = DatedLinkRow.words | {
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

    class Meta:
        model = CoverageLink
        formfield_callback = cell_field
        fields = [
            *("social_organization", "party_organization", "mode"),
            *("valid_from", "valid_to", "document"),
        ]


class CoverageLinkSheet(DatedLinkSheet):
    code, title, form = "coverage_link", "覆盖关系", CoverageLinkRow
    partner, overlap = "party_organization", "同一对未截止的覆盖关系"

    def prepare(self) -> None:
        super().prepare()
        self.parties = cast(PartyOrganizationSheet, self.batch.sheets["party_organization"])
        self.batch.load_references(parties={p.upper() for p in self.texts("party_organization")})

    def partner_of(self, code: str) -> Any:
        return self.parties.referred(code)

    def cross_check(self, row: Row) -> None:
        super().cross_check(row)
        if not row.is_right("valid_from", "party_organization"):
            return
        values, party = row.values, row.values["party_organization"]
        if party.dissolved_on and values["valid_from"] >= party.dissolved_on:
            self.wrong(
                row, "valid_from", f"党组织已于{day_words(party.dissolved_on)}撤销,不能再覆盖"
            )
        if party.founded_on and values["valid_from"] < party.founded_on:
            self.warn(
                row, "valid_from", f"早于党组织成立日期{day_words(party.founded_on)},成立前不计覆盖"
            )
