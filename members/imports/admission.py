"""The 发展步骤 sheet: who is on the way into the Party, and the steps taken."""

from collections.abc import Iterator
from typing import Any

from accounts import audit
from members.models import AdmissionStep, Applicant
from members.models.admission import admission_objection
from members.rules.admission import APPROVED, BY_NUMBER, FULL_APPROVED, STEPS, refusals
from members.rules.vocabulary import ApplicantState, Gender
from organizations.imports.owned import OwnedRow, OwnedSheet, as_read
from organizations.imports.row_form import CLEARED, ChoiceCell, DateCell, TextCell, cell_field
from organizations.imports.sheet import Row, chunks
from organizations.models import PartyOrganization
from organizations.rules.cells import Raw

# whose steps also make a member, or a full one
ON_THE_PAGE = (APPROVED, FULL_APPROVED)


class StepCell(ChoiceCell):
    """One of the 25 steps, by its number, its name, or both."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(str(step.number), f"{step.number:02d} {step.name}") for step in STEPS]
        words = {step.name: str(step.number) for step in STEPS}
        words |= {f"{step.number:02d}": str(step.number) for step in STEPS}
        words |= {f"第{step.number}步": str(step.number) for step in STEPS}
        super().__init__(choices=choices, other_words=words, **kwargs)

    def read(self, raw: Raw) -> Any:
        return int(super().read(raw))

    def write(self, value: Any) -> Raw:
        return super().write(str(value))


class AdmissionStepRow(OwnedRow):
    name = TextCell(label="姓名", max_length=60)
    born_on = DateCell(label="出生日期")
    gender = ChoiceCell(label="性别", choices=Gender.choices(), other_words={}, required=False)
    workplace = TextCell(label="工作所在单位", max_length=120, required=False)
    number = StepCell(label="步骤")
    words = {
        **OwnedRow.words,
        "party_organization": (*OwnedRow.words["party_organization"], "培养党组织编码"),
        "name": ("申请人", "发展对象姓名"),
        "born_on": ("出生年月日", "出生时间"),
        "workplace": ("工作单位", "所在单位"),
        "number": ("发展步骤", "第几步"),
        "done_on": ("完成时间",),
        "persons": ("有关人员姓名", "培养联系人", "介绍人"),
        "document": ("文号", "批准文号"),
        "note": ("备注",),
    }
    terms = {"gender": {"男性": Gender.MALE, "女性": Gender.FEMALE}}
    field_order = ("party_organization", "name", "born_on", "gender", "workplace", "number")

    class Meta:
        model = AdmissionStep
        formfield_callback = cell_field
        fields = ["number", "done_on", "persons", "document", "note"]


class AdmissionStepSheet(OwnedSheet):
    """Applicants are told apart by organization, name and birthday; the first step opens a track."""

    code, title, form = "admission_step", "发展步骤", AdmissionStepRow
    foreign = ("party_organization", "name", "born_on", "gender", "workplace")
    natural = ("name", "born_on", "number")
    owner = "applicant__party_organization"

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return super().listed(rows).order_by("applicant_id", "number", "done_on", "pk")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name in ("name", "born_on", "gender", "workplace"):
            return getattr(instance.applicant, name)
        return super().value_of(instance, name)

    def name_of(self, row: Row) -> str:
        number = row.values.get("number")
        step = f" 第 {number} 步" if isinstance(number, int) else ""
        return f"{row.values.get('name') or ''}{step}"

    # --- whose step ------------------------------------------------------------------------------

    def prepare(self) -> None:
        super().prepare()
        self.applicants: dict[tuple[Any, ...], Applicant] = {}
        self.opened: list[Applicant] = []

    def key(self, row: Row) -> tuple[Any, ...]:
        """Some steps are taken again and again, each on its day."""
        number = row.values["number"]
        day = row.values.get("done_on") if BY_NUMBER[number].repeated else None
        return (*super().key(row), day)

    def stored_key(self, instance: Any) -> tuple[Any, ...]:
        applicant = instance.applicant
        day = instance.done_on if BY_NUMBER[instance.number].repeated else None
        return (as_read(applicant.name), applicant.born_on, instance.number, day)

    def find(self) -> None:
        super().find()
        parties = {
            party.pk: party
            for row in self.rows
            if isinstance(party := row.values.get("party_organization"), PartyOrganization)
            and party.pk
        }
        for part in chunks(sorted(parties)):
            stored = Applicant.objects.filter(party_organization__in=part).with_steps()
            for one in stored.select_related("member").order_by("pk"):
                # of several tracks of one person the last that is still open
                key = (id(parties[one.party_organization_id]), as_read(one.name), one.born_on)
                known = self.applicants.get(key)
                if known is None or one.state != ApplicantState.ENDED:
                    self.applicants[key] = one

    def _whose(self, row: Row) -> tuple[Any, ...]:
        return (id(row.values["party_organization"]), row.values["name"], row.values["born_on"])

    def defaults(self, row: Row) -> dict[str, Any]:
        key = self._whose(row)
        if key not in self.applicants:
            values = row.values
            workplace = values.get("workplace")
            applicant = Applicant(
                party_organization=values["party_organization"],
                name=values["name"],
                born_on=values["born_on"],
                gender=values.get("gender") or "",
                workplace=workplace if isinstance(workplace, str) else "",
            )
            self.applicants[key] = applicant
            self.opened.append(applicant)
        return {"applicant": self.applicants[key]}

    # --- in order --------------------------------------------------------------------------------

    def check(self) -> None:
        """Steps of one track follow each other, those of the batch after those that are stored."""
        super().check()
        tracks: dict[tuple[Any, ...], list[Row]] = {}
        for row in self.rows:
            if row.is_wrong:
                continue
            if "done_on" in row.changes:
                self.wrong(row, "done_on", "已登记的步骤不能改日期,请核对")
            elif row.is_new:
                tracks.setdefault(self._whose(row), []).append(row)
        for rows in tracks.values():
            rows.sort(key=lambda row: (row.values["number"], row.values["done_on"]))
            self._check_track(rows)

    def _check_track(self, rows: list[Row]) -> None:
        applicant: Applicant = rows[0].instance.applicant
        done = dict(applicant.done) if applicant.pk else {}
        extended = applicant.member.extended_months if applicant.member else 0
        party = rows[0].values["party_organization"]
        for row in rows:
            number, day = row.values["number"], row.values["done_on"]
            if not applicant.gender:
                row_gender = row.values.get("gender")
                applicant.gender = row_gender if isinstance(row_gender, str) else ""
            self._check_step(row, applicant, party)
            told = refusals(number, day, done, applicant.born_on, extended)
            if told and row.is_right("done_on"):
                self.wrong(row, "done_on", ";".join(told))
            done[number] = min(done.get(number, day), day)
        if not applicant.gender:
            self.wrong(rows[0], "gender", "新登记的申请人须填写性别")

    def _check_step(self, row: Row, applicant: Applicant, party: PartyOrganization) -> None:
        number, day = row.values["number"], row.values["done_on"]
        if applicant.state == ApplicantState.ENDED:
            self.wrong(row, "name", "这份发展档案已经终止")
        if day > self.batch.today:
            self.wrong(row, "done_on", "日期晚于今天,请核对")
        if number in ON_THE_PAGE:
            words = "同时登记为预备党员" if number == APPROVED else "同时转为正式党员"
            self.wrong(row, "number", f"这一步{words},请在发展党员的页面上登记")
        if number == 1:
            if objection := admission_objection(party, day):
                self.wrong(row, "party_organization", objection)
            elif party.dissolved_on:
                self.wrong(row, "party_organization", "这个党组织已经撤销")

    # --- saving ----------------------------------------------------------------------------------

    def save(self) -> None:
        for applicant in self.opened:
            applicant.party_organization_id = applicant.party_organization.pk
        self.batch.writer.create(self.opened)
        super().save()

    def entries(self) -> Iterator[audit.Entry]:
        """A step is told in the history of whoever takes it."""
        reason = f"导入批次 {self.batch.record.pk}"
        for applicant in self.opened:
            after = {"name": applicant.name, "party_organization": applicant.party_organization}
            yield audit.Entry("applicant.create", applicant, None, after, reason)
        for row in self.rows:
            if row.outcome in ("new", "changed"):
                entry, number = self._entry(row), row.values["number"]
                told = {n: v for n, v in (entry.after or {}).items() if n not in self.foreign}
                after = {**told, "number": f"第 {number} 步 {BY_NUMBER[number].name}"}
                after = {n: "" if v is CLEARED else v for n, v in after.items()}
                applicant = row.instance.applicant
                yield audit.Entry("applicant.step", applicant, entry.before, after, reason)
