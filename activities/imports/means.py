"""The 活动场所 and 党建经费 sheets."""

from typing import Any

from activities.imports.owned import AmountCell, OwnedRow, OwnedSheet, YesCell
from activities.models import Fund, Venue
from activities.rules.vocabulary import Have
from organizations.imports.row_form import CLEARED, cell_field
from organizations.imports.sheet import Row

HAVES = {f"has_{have.value}": have.label for have in Have}


class VenueRow(OwnedRow):
    is_shared = YesCell(label="区域共享型", required=False)
    has_room = YesCell(label="有场所", required=False)
    has_equipment = YesCell(label="有设施", required=False)
    has_sign = YesCell(label="有标志", required=False)
    has_books = YesCell(label="有书报", required=False)
    has_rules = YesCell(label="有制度", required=False)
    has_log = YesCell(label="有管理记录", required=False)
    has_board = YesCell(label="有宣传版面", required=False)
    words = {
        **OwnedRow.words,
        "name": ("阵地名称", "场所", "活动阵地"),
        "township": ("所属镇街", "镇街", "所在镇(街道)"),
        "area": ("面积", "建筑面积"),
        "opened_on": ("启用时间", "投入使用日期"),
    }

    class Meta:
        model = Venue
        formfield_callback = cell_field
        fields = [
            *("party_organization", "name", "township", "address", "area", "opened_on"),
            *("closed_on", "checked_on", "is_shared", *HAVES),
        ]


class VenueSheet(OwnedSheet):
    code, title, form = "venue", "活动场所", VenueRow
    natural = ("name",)

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return super().listed(rows).select_related("township")

    def resolve(self, row: Row) -> None:
        super().resolve(row)
        self.resolve_township(row)

    def cross_check(self, row: Row) -> None:
        if not row.is_right("opened_on", "closed_on"):
            return
        opened, closed = row.values.get("opened_on"), row.values.get("closed_on")
        if opened and closed and closed is not CLEARED and closed <= opened:
            self.wrong(row, "closed_on", "停用日期须晚于启用日期")


class FundRow(OwnedRow):
    amount = AmountCell(label="金额(元)")
    words = {
        **OwnedRow.words,
        "kind": ("类别", "经费类别", "收支类型"),
        "amount": ("金额", "经费金额"),
        "dated_on": ("发生日期", "收支日期"),
        "purpose": ("用途", "来源", "摘要"),
        "document": ("凭证", "票据号"),
    }
    terms = {"kind": {"预算": "budget", "返拨": "refund", "开支": "spent", "支付": "spent"}}

    class Meta:
        model = Fund
        formfield_callback = cell_field
        fields = [
            *("party_organization", "year", "kind", "amount", "dated_on", "purpose", "document"),
        ]


class FundSheet(OwnedSheet):
    code, title, form = "fund", "党建经费", FundRow
    natural = ("kind", "dated_on", "purpose", "document")
