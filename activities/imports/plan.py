"""The 年度计划 and 计划项目 sheets."""

from collections.abc import Iterator
from typing import Any, cast

from accounts import audit
from activities.models import PlanItem, YearPlan
from activities.rules.vocabulary import ActivityKind
from members.imports import PartyGroupSheet
from organizations.imports.owned import OwnedRow, OwnedSheet, as_read
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row, chunks
from organizations.models import PartyOrganization


class YearPlanRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "year": ("计划年度",),
        "feature": ("党建品牌", "特色品牌"),
        "note": ("计划总体安排", "工作安排"),
    }

    class Meta:
        model = YearPlan
        formfield_callback = cell_field
        fields = ["party_organization", "year", "feature", "note"]


class YearPlanSheet(OwnedSheet):
    """The plan's own words; it is filed on its page."""

    code, title, form = "year_plan", "年度计划", YearPlanRow
    natural = ("year",)

    def cross_check(self, row: Row) -> None:
        year = row.values.get("year")
        if row.is_right("year") and year and not 2000 <= year <= self.batch.today.year + 1:
            self.wrong(row, "year", f"应为 2000 至 {self.batch.today.year + 1} 年")

    def brought(self) -> dict[tuple[int, int], YearPlan]:
        """The plans that the batch itself speaks of, by party organization and year."""
        return {
            (id(row.values["party_organization"]), row.values["year"]): row.instance
            for row in self.rows
            if row.instance is not None and row.is_right("party_organization", "year")
        }


class PlanItemRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "kind": ("会议类型", "活动类型", "项目类型"),
        "planned_on": ("计划时间", "拟开展日期"),
        "theme": ("内容", "计划内容", "活动主题", "会议主题"),
        "host": ("主持人", "授课人"),
        "audience": ("参加人员", "参加对象"),
    }
    terms = {
        "kind": {
            "支部党员大会": ActivityKind.MEMBERS_MEETING,
            "支部大会": ActivityKind.MEMBERS_MEETING,
            "支部委员会": ActivityKind.COMMITTEE_MEETING,
        }
    }

    class Meta:
        model = PlanItem
        formfield_callback = cell_field
        fields = [
            *("kind", "group", "planned_on", "theme", "place", "host", "audience", "owner"),
        ]

    field_order = ("party_organization",)


class PlanItemSheet(OwnedSheet):
    """Lines of year plans; where a year has no plan yet, it begins with them."""

    code, title, form = "plan_item", "计划项目", PlanItemRow
    foreign = ("party_organization",)
    natural = ("planned_on", "kind", "group")
    owner = "plan__party_organization"
    is_plural = True

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return super().listed(rows).select_related("plan", "group")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name == "group":
            return instance.group and instance.group.name
        return super().value_of(instance, name)

    def name_of(self, row: Row) -> str:
        party = row.values.get("party_organization")
        return f"{party} {row.label}" if isinstance(party, PartyOrganization) else row.label

    def prepare(self) -> None:
        super().prepare()
        self.groups = cast(PartyGroupSheet, self.batch.sheets["party_group"])
        self.plans = cast(YearPlanSheet, self.batch.sheets["year_plan"]).brought()
        self.begun: list[YearPlan] = []

    def find(self) -> None:
        parties = {
            party.pk: party
            for row in self.rows
            if isinstance(party := row.values.get("party_organization"), PartyOrganization)
            and party.pk
        }
        self.groups.load(set(parties))
        for part in chunks(sorted(parties)):
            for plan in YearPlan.objects.filter(party_organization__in=part):
                party = parties[plan.party_organization_id]
                self.plans.setdefault((id(party), plan.year), plan)
        for row in self.rows:
            self._resolve_group(row)
        super().find()

    def _resolve_group(self, row: Row) -> None:
        name = row.values.get("group")
        if not isinstance(name, str) or not row.is_right("party_organization", "planned_on"):
            return
        party, day = row.values["party_organization"], row.values["planned_on"]
        group = self.groups.referred(party, name, day)
        if isinstance(group, str):
            self.wrong(row, "group", group)
        else:
            row.values["group"] = group

    def said(self, row: Row, name: str) -> Any:
        value = super().said(row, name)
        return as_read(value.name) if name == "group" and value else value

    def stored_key(self, instance: Any) -> tuple[Any, ...]:
        group = as_read(instance.group.name) if instance.group else ""
        return (instance.planned_on, instance.kind, group)

    def stored_rows(self, parties: list[int]) -> Any:
        return super().stored_rows(parties).select_related("plan", "group")

    def cross_check(self, row: Row) -> None:
        day = row.values.get("planned_on")
        latest = self.batch.today.year + 1
        if row.is_right("planned_on") and day and not 2000 <= day.year <= latest:
            self.wrong(row, "planned_on", f"计划日期应在 2000 至 {latest} 年内")

    def defaults(self, row: Row) -> dict[str, Any]:
        party, year = row.values["party_organization"], row.values["planned_on"].year
        key = (id(party), year)
        if key not in self.plans:
            plan = YearPlan(party_organization=party, year=year)
            self.plans[key] = plan
            self.begun.append(plan)
        return {"plan": self.plans[key]}

    def save(self) -> None:
        for plan in self.begun:
            plan.party_organization_id = plan.party_organization.pk
        self.batch.writer.create(self.begun)
        super().save()

    def entries(self) -> Iterator[audit.Entry]:
        """A line is told in the history of its plan."""
        reason = f"导入批次 {self.batch.record.pk}"
        for plan in self.begun:
            yield audit.Entry("year_plan.create", plan, None, {"year": plan.year}, reason)
        for row in self.rows:
            if row.outcome in ("new", "changed"):
                one = self._entry(row)
                before, after = one.before, dict(one.after or {})
                after.pop("party_organization", None)
                yield audit.Entry("year_plan.change", row.instance.plan, before, after, reason)
