"""The 承诺践诺评诺, 教育培训 and 党员荣誉 sheets."""

from collections.abc import Iterator

from accounts import audit
from members.imports.of_member import OfMemberRow, OfMemberSheet
from members.models import Honour, Pledge, Training
from members.rules.vocabulary import HonourLevel, Review
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row


class YearlySheet(OfMemberSheet):
    """What is noted of a member stands in the member's own history, as when a page saves it."""

    def entries(self) -> Iterator[audit.Entry]:
        for row in self.rows:
            if row.outcome not in ("new", "changed"):
                continue
            entry = self._entry(row)
            told = {name: row.values[name] for name in self.natural}
            after = {n: v for n, v in (entry.after or {}).items() if n not in ("member", *told)}
            member = row.values["member"]
            yield audit.Entry(entry.action, member, entry.before, {**told, **after}, entry.reason)


class PledgeRow(OfMemberRow):
    words = {
        **OfMemberRow.words,
        "year": ("承诺年度",),
        "promise": ("承诺", "承诺事项", "公开承诺内容"),
        "promised_on": ("承诺时间",),
        "deed": ("践诺", "践诺内容", "履行情况"),
        "done_on": ("践诺时间",),
        "review": ("评诺", "评议结果", "评诺等次"),
        "reviewed_on": ("评诺时间", "评议日期"),
    }
    terms = {"review": {"好": Review.EXCELLENT, "较好": Review.GOOD, "一般": Review.BASIC}}

    class Meta:
        model = Pledge
        formfield_callback = cell_field
        fields = [
            *("member", "year", "promise", "promised_on", "deed", "done_on"),
            *("review", "reviewed_on"),
        ]


class PledgeSheet(YearlySheet):
    code, title, form = "pledge", "承诺践诺评诺", PledgeRow
    natural = ("year",)

    def cross_check(self, row: Row) -> None:
        super().cross_check(row)
        if not row.is_right("promised_on", "review", "reviewed_on"):
            return
        review, reviewed = self.after(row, "review"), self.after(row, "reviewed_on")
        promised = row.values["promised_on"]
        if (review is None) != (reviewed is None):
            missing = "reviewed_on" if reviewed is None else "review"
            self.wrong(row, missing, "评诺结果与评诺日期须同时填写")
        elif reviewed is not None and reviewed < promised:
            self.wrong(row, "reviewed_on", "评诺日期不能早于承诺日期")


class TrainingRow(OfMemberRow):
    words = {
        **OfMemberRow.words,
        "on": ("培训日期", "培训时间", "参训日期"),
        "subject": ("内容", "培训主题", "培训班名称", "课程"),
        "hours": ("培训学时", "学时数"),
        "organizer": ("举办单位", "组织单位", "承办单位"),
    }

    class Meta:
        model = Training
        formfield_callback = cell_field
        fields = ["member", "on", "subject", "hours", "organizer"]


class TrainingSheet(YearlySheet):
    code, title, form = "training", "教育培训", TrainingRow
    natural = ("on", "subject")


class HonourRow(OfMemberRow):
    words = {
        **OfMemberRow.words,
        "on": ("授予日期", "表彰时间", "获得日期"),
        "title": ("荣誉", "荣誉称号", "表彰名称"),
        "level": ("荣誉级别", "表彰级别"),
        "awarded_by": ("表彰单位", "颁发单位", "授予机关"),
    }
    terms: dict[str, dict[str, str]] = {
        "level": {
            "县(市)级": HonourLevel.COUNTY,
            "国家": HonourLevel.NATION,
            "省": HonourLevel.PROVINCE,
        }
    }

    class Meta:
        model = Honour
        formfield_callback = cell_field
        fields = ["member", "on", "title", "level", "awarded_by", "document"]


class HonourSheet(YearlySheet):
    code, title, form = "honour", "党员荣誉", HonourRow
    natural = ("on", "title")
