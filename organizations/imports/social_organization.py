"""The 社会组织 sheet."""

from typing import Any

from organizations.imports.row_form import CLEARED, RowForm, cell_field
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import HandOver, Inspection, SocialOrganization
from organizations.rules.cells import text_of
from organizations.rules.vocabulary import (
    ENDED_BY_DEREGISTRATION,
    Category,
    InspectionResult,
    Status,
)


class SocialOrganizationRow(RowForm):
    words = {
        "name": ("单位名称", "组织名称", "名称", "社会组织全称", "单位全称", "社会组织"),
        "credit_code": (
            "信用代码",
            "社会信用代码",
            "统一信用代码",
            "统一代码",
            "统一社会信用代码证号",
        ),
        "category": ("社会组织类别", "组织类别", "类型", "单位类别", "社会组织类型"),
        "registrar": ("登记机关", "登记管理部门"),
        "supervising_unit": ("主管单位", "业务主管部门", "主管部门"),
        "township": (
            "所属镇街",
            "镇街",
            "所属镇(街道)",
            "所在镇(街道)",
            "所在镇街",
            "乡镇街道",
            "镇街道",
        ),
        "registered_on": (
            "登记时间",
            "成立时间",
            "登记日期",
            "成立日期",
            "注册登记日期",
            "成立登记时间",
        ),
        "deregistered_on": ("注销时间",),
        "status": ("登记状态", "组织状态", "运行状态"),
        "principal": ("法定代表人", "负责人姓名", "主要负责人"),
        "staff_count": ("从业人员", "从业人数", "职工人数", "工作人员数"),
        "full_member_count": ("党员数", "正式党员", "正式党员人数"),
        "charter_state": ("党建入章情况", "章程", "党建写入章程", "入章情况"),
        "charter_on": ("章程核准日期", "入章时间"),
        "inspection_result": (
            "年检结论",
            "年检",
            "年检情况",
            "最近年检",
            "年报情况",
            "最近年检结果",
        ),
        "inspection_year": (),
        "grade": ("等级", "评估结果", "社会组织等级"),
        "grade_valid_to": ("等级有效期",),
        "remark": ("说明",),
        "responsible_body": ("党建管理责任主体", "党建责任主体"),
    }
    terms = {
        "category": {
            "社团": Category.SOCIAL_GROUP,
            "民非": Category.PRIVATE_NON_ENTERPRISE,
            "民办非企业单位": Category.PRIVATE_NON_ENTERPRISE,
            "社会服务机构": Category.PRIVATE_NON_ENTERPRISE,
            "中介": Category.INTERMEDIARY,
            "社会中介组织": Category.INTERMEDIARY,
            "中介机构": Category.INTERMEDIARY,
            "城乡社区社会组织": Category.COMMUNITY,
            "社区社会组织": Category.COMMUNITY,
        },
        "status": {
            "正常运行": Status.NORMAL,
            "存续": Status.NORMAL,
            "在册": Status.NORMAL,
            "正在注销": Status.WINDING_UP,
            "拟注销": Status.WINDING_UP,
            "撤销登记": Status.REVOKED,
            "已撤销": Status.REVOKED,
            "异常": Status.SHELL,
            "空壳": Status.SHELL,
            "注销": Status.DEREGISTERED,
        },
        "inspection_result": {
            "未参加": InspectionResult.MISSED,
            "未年检": InspectionResult.MISSED,
            "未参加年检": InspectionResult.MISSED,
        },
        "grade": {"AAAAA": "5A", "AAAA": "4A", "AAA": "3A", "AA": "2A", "A": "1A"},
        "charter_state": {
            "已写入": "drafted",
            "未写入": "not_started",
            "否": "not_started",
            "已核准变更": "approved",
        },
    }
    upper = ("credit_code",)

    class Meta:
        model = SocialOrganization
        formfield_callback = cell_field
        fields = [
            *("name", "credit_code", "category", "registrar", "supervising_unit", "township"),
            *("registered_on", "deregistered_on", "status", "principal", "staff_count"),
            *("full_member_count", "charter_state", "charter_on", "inspection_result"),
            *("inspection_year", "grade", "grade_valid_to", "responsible_body", "remark"),
        ]


class SocialOrganizationSheet(Sheet):
    code, title, form = "social_organization", "社会组织", SocialOrganizationRow
    end, ended_with_it = "deregistered_on", ENDED_BY_DEREGISTRATION

    def prepare(self) -> None:
        self.by_code: dict[str, Row] = {}
        self.by_name: dict[str, list[Row]] = {}
        self.townships_of_file: dict[str, set[str]] = {}

    def resolve(self, row: Row) -> None:
        values, batch = row.values, self.batch
        township = self.resolve_township(row)
        if township is not None:
            self.townships_of_file.setdefault(row.file, set()).add(township.code)
        if isinstance(unit := values.get("supervising_unit"), str):
            values["supervising_unit"] = batch.unit(unit)
        if township is not None and isinstance(body := values.get("responsible_body"), str):
            values["responsible_body"] = batch.body(body, township)

    def find(self) -> None:
        stored = self._stored_records()
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            values = row.values
            code, name, township = values.get("credit_code"), values["name"], values["township"]
            if not row.is_right("credit_code", "name", "township"):
                if code:
                    self.by_code.setdefault(code, row)
                if name:
                    self.by_name.setdefault(name, []).append(row)
                continue
            key = code or (township.pk, name)
            if not self.once(row, key, seen, "credit_code" if code else "name"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            row.instance = self._match(stored, code, name, township.pk)
            if row.instance is not None and not self.batch.may_write(row.instance.township_id):
                self.wrong(row, "credit_code", "这家社会组织不在您的管辖范围,不能改动")
                continue
            if code:
                self.by_code[code] = row
            self.by_name.setdefault(name, []).append(row)
        self._report_double_targets()
        self.drop_repeated(self.rows, repeated)

    def _stored_records(self) -> dict[Any, list[SocialOrganization]]:
        codes = self.texts("credit_code")
        names = self.texts("name")
        stored: dict[Any, list[SocialOrganization]] = {}
        spelt = self.batch.spellings(names)
        seen: set[int] = set()
        for field, keys in (("credit_code", sorted(codes)), ("name", spelt)):
            for part in chunks(keys):
                in_city = SocialOrganization.objects.filter(**{f"{field}__in": part})
                if field == "name":
                    in_city = in_city.filter(township__code__startswith=self.batch.city_code)
                for found in in_city.order_by("pk"):
                    if found.pk in seen:
                        continue
                    seen.add(found.pk)
                    if found.credit_code:
                        stored.setdefault(found.credit_code, []).append(found)
                    stored.setdefault((found.township_id, text_of(found.name)), []).append(found)
        return stored

    @staticmethod
    def _match(
        stored: dict[Any, list[SocialOrganization]], code: str | None, name: str, township: str
    ) -> SocialOrganization | None:
        """By credit code; else by name in the township, where codes do not contradict."""
        if isinstance(code, str) and code in stored:
            return stored[code][0]
        namesakes = stored.get((township, name), [])
        without = [one for one in namesakes if not one.credit_code]
        if code or len(without) == 1:
            namesakes = without
        return namesakes[0] if len(namesakes) == 1 else None

    def _report_double_targets(self) -> None:
        targets: dict[int, Row] = {}
        for row in self.rows:
            if row.is_wrong or row.instance is None:
                continue
            first = targets.setdefault(row.instance.pk, row)
            if first is not row:
                self.wrong(row, "name", f"与 {first.place} 指的是同一家已登记的社会组织")

    def check(self) -> None:
        super().check()
        ending = {row.instance.pk: row for row, _ in self.ending_rows() if row.instance.pk}
        for part in chunks(sorted(ending)):
            for offer in HandOver.objects.pending().filter(organization__in=part):
                message = "有一项移交等待对方接收,请先撤回移交再注销"
                self.wrong(ending[offer.organization_id], "deregistered_on", message)

    def cross_check(self, row: Row) -> None:
        if row.is_right("status", "deregistered_on", "registered_on"):
            self._check_end(row)
        if row.is_right("registered_on") and row.values["registered_on"] > self.batch.today:
            self.wrong(row, "registered_on", "成立登记日期晚于今天,请核对")
        known = row.values.get("credit_code") or (row.instance and row.instance.credit_code)
        if (
            not known
            and row.is_right("credit_code", "category")
            and row.values["category"] != Category.COMMUNITY
        ):
            self.warn(row, "credit_code", "没有统一社会信用代码,请核对登记证书后补填")

    def _check_end(self, row: Row) -> None:
        values, stored = row.values, row.instance
        ended, status = values.get("deregistered_on"), values.get("status")
        if ended and ended is not CLEARED and status is None:
            status = values["status"] = Status.DEREGISTERED
        current_end = stored.deregistered_on if stored else None
        end = current_end if ended is None else (None if ended is CLEARED else ended)
        state = status or (stored.status if stored else Status.NORMAL)
        if state == Status.DEREGISTERED and end is None:
            self.wrong(row, "status", "状态为“已注销”时,须有“注销日期”列并填写日期")
        elif state != Status.DEREGISTERED and end is not None:
            self.wrong(row, "status", "填写了注销日期,状态应为“已注销”")
        elif end is not None and end <= values["registered_on"]:
            self.wrong(row, "deregistered_on", "注销日期须晚于成立登记日期")

    def defaults(self, row: Row) -> dict[str, Any]:
        """A new organization without a body gets the one that the rule proposes."""
        values = row.values
        if values.get("responsible_body") not in (None, CLEARED):
            return {}
        unit = values.get("supervising_unit")
        unit = None if unit is CLEARED else unit
        body = self.batch.proposed_body(unit, values["category"], values["township"])
        return {"responsible_body": body}

    def save(self) -> None:
        """Also keep the year's inspection as a record of its own."""
        super().save()
        rows = [row.instance for row in self.rows if row.outcome in ("new", "changed")]
        told = [one for one in rows if one.inspection_year and one.inspection_result]
        new, corrected = [], []
        for part in chunks(told):
            found = Inspection.objects.filter(organization__in=[one.pk for one in part])
            stored = {(one.organization_id, one.year): one for one in found}
            for one in part:
                kept = stored.get((one.pk, one.inspection_year))
                if kept is None:
                    year, result = one.inspection_year, one.inspection_result
                    new.append(Inspection(organization=one, year=year, result=result))
                elif kept.result != one.inspection_result:
                    kept.result = one.inspection_result
                    corrected.append(kept)
        self.batch.writer.create(new)
        self.batch.writer.update(corrected, ["result"])

    # --- for other sheets ------------------------------------------------------------------------

    def referred(self, code: str | None, name: str | None, file: str, township: str = "") -> Any:
        """The organization that another sheet's row means, or a message why there is none."""
        if code:
            if code in self.by_code:
                return self.by_code[code].instance
            found = self.batch.stored_by_code.get(code)
            if found is not None:
                return found
            for row in self.by_name.get(name or "", []):
                if not row.is_right("credit_code"):
                    return row.instance
            return f"没有信用代码为“{code}”的社会组织,请先录入或核对代码"
        rows = self.by_name.get(name or "", [])
        candidates = {id(row.instance): row.instance for row in rows if row.instance is not None}
        known = {one.pk for one in candidates.values() if one.pk}
        for found in self.batch.stored_by_name.get(name or "", []):
            if found.pk not in known:
                candidates[id(found)] = found
        options = list(candidates.values())
        if len(options) > 1:
            own = {township} if township else self.townships_of_file.get(file, set())
            options = [one for one in options if one.township_id in own] or options
        if len(options) == 1:
            return options[0]
        if options:
            return f"有 {len(options)} 家名为“{name}”的社会组织,请填写信用代码以便区分"
        return f"没有名为“{name}”的社会组织{self.batch.nearest(name or '', self.by_name)}"
