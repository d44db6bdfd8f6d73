"""The 党组织 sheet."""

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.rules import day_words
from organizations.imports.row_form import CLEARED, RowForm, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import ENDED_BY_DISSOLUTION, Level, PartyKind


class PartyOrganizationRow(RowForm):
    words = {
        "code": ("编码", "组织编码", "党组织代码", "编号"),
        "name": ("名称", "党组织全称", "组织名称", "党组织"),
        "kind": ("党组织类型", "组织类型", "类别"),
        "level": ("党组织层级", "组织层级", "组织类别"),
        "parent": ("上级党组织编码",),
        "township": ("所属镇街", "镇街", "所属镇(街道)", "所在镇(街道)", "所在镇街", "乡镇街道"),
        "responsible_body": ("党建管理责任主体", "主管党组织", "党建责任主体"),
        "founded_on": ("成立时间", "组建日期", "建立日期", "组建时间"),
        "dissolved_on": ("撤销时间",),
        "term_started_on": (
            "本届起始时间",
            "换届日期",
            "换届时间",
            "本届任期起始日期",
            "本届开始日期",
        ),
        "term_years": ("任期", "任期年限", "任期年数"),
        "secretary": ("党组织书记", "书记姓名", "支部书记"),
    }
    terms = {
        "kind": {
            "建制": PartyKind.STANDING,
            "建制性党组织": PartyKind.STANDING,
            "兼合式党组织": PartyKind.JOINT,
            "兼合": PartyKind.JOINT,
            "挂靠党组织": PartyKind.AFFILIATED,
            "挂靠式": PartyKind.AFFILIATED,
        },
        "level": {
            "支部": Level.BRANCH,
            "党支部委员会": Level.BRANCH,
            "联合支部": Level.JOINT_BRANCH,
            "总支": Level.GENERAL_BRANCH,
            "党总支部": Level.GENERAL_BRANCH,
            "基层党委": Level.COMMITTEE,
        },
    }
    upper = ("code",)

    class Meta:
        model = PartyOrganization
        formfield_callback = cell_field
        fields = [
            *("code", "name", "kind", "level", "parent", "responsible_body", "township"),
            *("founded_on", "dissolved_on", "term_started_on", "term_years", "secretary"),
        ]


class PartyOrganizationSheet(Sheet):
    code, title, form = "party_organization", "党组织", PartyOrganizationRow
    end, ended_with_it = "dissolved_on", ENDED_BY_DISSOLUTION
    foreign = ("parent",)

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name == "parent":
            return instance.parent and instance.parent.code
        return super().value_of(instance, name)

    def prepare(self) -> None:
        self.by_code: dict[str, Row] = {}

    def resolve(self, row: Row) -> None:
        township, body = self.resolve_township(row), row.values.get("responsible_body")
        if township is not None and isinstance(body, str):
            row.values["responsible_body"] = self.batch.body(body, township)

    def find(self) -> None:
        codes = self.texts("code")
        parents = {text.upper() for text in self.texts("parent")}
        stored: dict[str, PartyOrganization] = {}
        for part in chunks(sorted(codes | parents)):
            found = PartyOrganization.objects.filter(code__in=part).select_related("parent")
            stored |= {party.code: party for party in found}
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            code = row.values["code"]
            if code is None:
                continue
            if not self.once(row, code, seen, "code"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            party = stored.get(code)
            if party is not None and not self.batch.may_write(party.township_id):
                self.wrong(row, "code", "这个编码属于管辖范围以外的党组织,不能改动")
                continue
            row.instance = party
            self.by_code[code] = row
        self._resolve_parents(stored)
        self.drop_repeated(self.rows, repeated)

    def _resolve_parents(self, stored: dict[str, PartyOrganization]) -> None:
        """Parents are saved after all rows are, since a parent may stand below its child."""
        self.parents: list[tuple[Row, Any]] = []
        self.parent_of: dict[int, str] = {}
        for row in self.rows:
            parent = row.values.pop("parent", None)
            if not isinstance(parent, str):
                continue
            code = parent.upper()
            if code == row.values["code"]:
                self.wrong(row, "parent", "上级党组织不能是自己", value=parent)
            elif code in self.by_code:
                self.parents.append((row, self.by_code[code]))
                self.parent_of[id(row)] = code
            elif code in stored:
                self.parents.append((row, stored[code]))
                self.parent_of[id(row)] = code
            else:
                self.wrong(row, "parent", f"没有编码为“{parent}”的党组织", value=parent)

    def cross_check(self, row: Row) -> None:
        values, stored = row.values, row.instance
        ended = values.get("dissolved_on")
        end = (stored.dissolved_on if stored else None) if ended is None else ended
        if not row.is_right("founded_on"):
            return
        ends = row.is_right("dissolved_on") and end not in (None, CLEARED)
        if ends and end <= values["founded_on"]:
            self.wrong(row, "dissolved_on", "撤销日期须晚于成立日期")
        if values["founded_on"] > self.batch.today:
            self.wrong(row, "founded_on", "成立日期晚于今天,请核对")

    def compare(self, row: Row) -> None:
        super().compare(row)
        code = self.parent_of.get(id(row))
        if code and not row.is_new:
            current = row.instance.parent.code if row.instance.parent_id else None
            if current != code:
                row.changes["parent"] = (current, code)
        ended, end = row.changes.get("dissolved_on", (None, None))
        if ended is not None and (end is None or end > ended):
            message = f"已于 {ended} 撤销;登记有误的请在党组织页面上恢复,再填正确的日期"
            self.wrong(row, "dissolved_on", message)

    # --- dissolving ------------------------------------------------------------------------------

    def check(self) -> None:
        """Also ask what stands in the way of each dissolution, as the page does."""
        super().check()
        ending = self.ending_rows()
        for row, day in ending:
            if day > self.batch.today:
                self.wrong(row, "dissolved_on", "撤销日期晚于今天,请核对")
            elif not row.is_new:
                self._ask_obstacles(row, day)
        self._check_below([row for row, _ in ending])

    def _ask_obstacles(self, row: Row, day: date) -> None:
        party = row.instance
        last = party.phases.order_by("-until").first()
        if last is not None and day <= last.until:
            self.wrong(row, "dissolved_on", f"沿革中{day_words(last.until)}有变动,撤销须晚于它")
        for path in settings.DISSOLUTION_OBSTACLES:
            for words in import_string(path)(party, day):
                hint = "本批次里的转出还没有办成,不能与撤销同批导入,请分两次。"
                self.wrong(row, "dissolved_on", words + hint)

    def _check_below(self, ending: list[Row]) -> None:
        """No organization stays below one that ends; what this batch ends or moves away does not."""
        ended = {row.instance.pk: row for row in ending if not row.is_new}
        gone = {row.instance.pk for row in ending}
        gone |= {row.instance.pk for row, _ in self.parents if "parent" in row.changes}
        below: dict[int, list[str]] = {}
        for part in chunks(sorted(ended)):
            for one in PartyOrganization.objects.filter(parent__in=part, dissolved_on=None):
                if one.pk not in gone:
                    below.setdefault(id(ended[one.parent_id]), []).append(one.name)
        for row, parent in self.parents:
            is_put_there = row.is_new or "parent" in row.changes
            if is_put_there and not row.is_wrong and row.instance.dissolved_on is None:
                below.setdefault(id(parent), []).append(row.instance.name)
        for row in ending:
            if names := below.get(id(row)):
                more = f" 等 {len(names)} 家" if len(names) > 5 else ""
                told = f"还有下级党组织:{'、'.join(names[:5])}{more}。请先调整它们的上级党组织。"
                self.wrong(row, "dissolved_on", told)

    # --- saving ----------------------------------------------------------------------------------

    def save(self) -> None:
        super().save()
        moved = []
        for row, parent in self.parents:
            instance = parent.instance if isinstance(parent, Row) else parent
            if row.instance.parent_id != instance.pk:
                row.instance.parent_id = instance.pk
                moved.append(row.instance)
        self.batch.writer.update(moved, ["parent"])

    def referred(self, code: str) -> Any:
        """The party organization that another sheet's row means, or a message why there is none."""
        if code in self.by_code:
            return self.by_code[code].instance
        found = self.batch.stored_parties.get(code)
        if found is not None:
            return found
        near = self.batch.nearest(code, self.by_code)
        return f"没有编码为“{code}”的党组织{near},请先录入或核对编码"
