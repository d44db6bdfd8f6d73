"""The 换届选举 sheet."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from accounts import audit
from organizations.imports.owned import OwnedRow, OwnedSheet
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row
from organizations.models import Election, PartyOrganization
from organizations.models.party_organization import electing_kinds
from organizations.rules.terms import begun_term, is_quorate
from organizations.rules.vocabulary import PartyKind

TERM = ("term_started_on", "term_years", "term_extended_to", "secretary")


class ElectionRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "held_on": ("换届日期", "选举时间", "换届时间"),
        "entitled": ("应到人数", "应到", "应到会人数"),
        "present": ("实到人数", "实到", "实到会人数"),
        "secretary": ("书记", "当选的书记"),
        "outcome": ("选举情况",),
        "term_years": ("任期", "任期年限"),
        "document": ("批复", "批准文号"),
    }

    class Meta:
        model = Election
        formfield_callback = cell_field
        fields = [
            *("party_organization", "held_on", "entitled", "present", "secretary", "term_years"),
            *("outcome", "document"),
        ]


class ElectionSheet(OwnedSheet):
    """Elections as they were held; the latest one begins the organization's term."""

    code, title, form = "election", "换届选举", ElectionRow
    natural = ("held_on",)

    def cross_check(self, row: Row) -> None:
        values = row.values
        if row.is_right("entitled", "present") and values["present"] > values["entitled"]:
            self.wrong(row, "present", "实到人数不能多于应到人数")
        if row.is_right("term_years") and not 1 <= values["term_years"] <= 10:
            self.wrong(row, "term_years", "任期应为 1 至 10 年")

    def compare(self, row: Row) -> None:
        """What is stored already may be as it was; what is written now follows the rules."""
        super().compare(row)
        if not (row.is_new or row.changes):
            return
        values, party = row.values, row.values["party_organization"]
        if party.kind and party.kind not in self.electing(values["held_on"].year):
            words = f"{party.get_kind_display()}党组织不按期换届"
            self.wrong(row, "party_organization", words)
        if values["held_on"] > self.batch.today:
            self.wrong(row, "held_on", "日期晚于今天,请核对")
        if party.founded_on and values["held_on"] < party.founded_on:
            self.wrong(row, "held_on", f"早于成立日期 {party.founded_on}")
        if party.dissolved_on and values["held_on"] >= party.dissolved_on:
            self.wrong(row, "held_on", f"党组织已于 {party.dissolved_on} 撤销")
        if not is_quorate(values["entitled"], values["present"]):
            needed = -(-values["entitled"] * 4 // 5)
            words = f"到会不足应到的五分之四(至少 {needed} 人),选举无效"
            self.wrong(row, "present", words)

    @cached_property
    def _kinds(self) -> dict[int, tuple[PartyKind, ...]]:
        return {}

    def electing(self, year: int) -> tuple[PartyKind, ...]:
        """The kinds that elect in a year, each year asked once."""
        if year not in self._kinds:
            self._kinds[year] = electing_kinds(year)
        return self._kinds[year]

    def save(self) -> None:
        super().save()
        self.terms: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        saved = [row for row in self.rows if row.outcome in ("new", "changed")]
        saved.sort(key=lambda row: row.instance.held_on)
        keys = {row.instance.party_organization_id for row in saved}
        parties = {party.pk: party for party in PartyOrganization.objects.filter(pk__in=keys)}
        for row in saved:
            self._begin_term(row, parties[row.instance.party_organization_id])
        self.batch.writer.update([parties[pk] for pk in sorted(self.terms)], TERM)

    def _begin_term(self, row: Row, party: PartyOrganization) -> None:
        """What the organization takes over from its latest election; a correction what it corrects."""
        election = row.instance
        if party.term_started_on and election.held_on < party.term_started_on:
            return
        told = (election.term_years, election.secretary)
        if row.is_new:
            values = begun_term(vars(party), election.held_on, *told)
        else:
            values = {
                name: value
                for name, value in zip(("term_years", "secretary"), told, strict=True)
                if name in row.changes and getattr(party, name) in (row.changes[name][0], None, "")
            }
        before, after = audit.changes(party, values)
        if not after:
            return
        for name, value in after.items():
            setattr(party, name, value)
        earlier, later = self.terms.get(party.pk, ({}, {}))
        self.terms[party.pk] = ({**before, **earlier}, {**later, **after})

    def entries(self) -> Iterator[audit.Entry]:
        """An election is told in the history of its party organization."""
        for row in self.rows:
            if row.outcome in ("new", "changed"):
                one, party = self._entry(row), row.instance.party_organization
                told = {n: v for n, v in (one.after or {}).items() if n != "party_organization"}
                after = {"held_on": row.instance.held_on, **told}
                yield audit.Entry("party_organization.elect", party, one.before, after, one.reason)
                if term := self.terms.pop(party.pk, None):
                    yield audit.Entry("party_organization.change", party, *term, one.reason)
