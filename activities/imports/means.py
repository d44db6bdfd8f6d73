"""The 活动场所 and 党建经费 sheets."""

from activities.imports.archived import ArchivedSheet
from activities.models import Fund, Venue
from activities.rules.vocabulary import Have
from organizations.imports.owned import OwnedRow
from organizations.imports.row_form import CLEARED, cell_field
from organizations.imports.sheet import Row

HAVES = {f"has_{have.value}": have.label for have in Have}


class VenueRow(OwnedRow):
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


class VenueSheet(ArchivedSheet):
    code, title, form = "venue", "活动场所", VenueRow
    natural = ("name",)
    is_shared = True

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


class FundSheet(ArchivedSheet):
    code, title, form = "fund", "党建经费", FundRow
    natural = ("kind", "dated_on", "purpose", "document")
