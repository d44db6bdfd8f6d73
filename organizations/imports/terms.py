"""The 换届选举 and 延期换届 sheets: what they record, and what it makes of the present term."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from accounts import audit
from accounts.rules import day_words
from organizations.imports.owned import OwnedRow, OwnedSheet
from organizations.imports.row_form import cell_field
from organizations.imports.sheet import Row, chunks
from organizations.models import Election, PartyOrganization, TermExtension
from organizations.models.party_organization import electing_kinds
from organizations.rules.terms import (
    begun_term,
    is_quorate,
    latest_extension,
    put_off,
    term_end,
)
from organizations.rules.vocabulary import PartyKind

TERM = ("term_started_on", "term_years", "term_extended_to", "secretary")
# the first days of an organization's terms, and their years
Terms = dict[date, int]


class TermSheet(OwnedSheet):
    """Records of an organization's terms, oldest first; the latest ones say what its term is now.

    A subclass names the record's day, what its history calls it, and says what the organization
    takes over from it.
    """

    day: ClassVar[str]
    verb: ClassVar[str]

    def compare(self, row: Row) -> None:
        """What is stored already may be as it was; what is written now follows the rules."""
        super().compare(row)
        if not (row.is_new or row.changes):
            return
        party, on = row.values["party_organization"], row.values[self.day]
        if party.kind and party.kind not in self.electing(on.year):
            words = f"{party.get_kind_display()}党组织不按期换届"
            self.wrong(row, "party_organization", words)
        if on > self.batch.today:
            self.wrong(row, self.day, "日期晚于今天,请核对")
        if party.founded_on and on < party.founded_on:
            self.wrong(row, self.day, f"早于成立日期{day_words(party.founded_on)}")
        if party.dissolved_on and on >= party.dissolved_on:
            self.wrong(row, self.day, f"党组织已于{day_words(party.dissolved_on)}撤销")

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
        saved.sort(key=lambda row: getattr(row.instance, self.day))
        keys = {row.instance.party_organization_id for row in saved}
        # locked as they are read: the whole term is written back, the secretary of today with it
        rows = PartyOrganization.objects.select_for_update(of=("self",)).filter(pk__in=keys)
        parties = {party.pk: party for party in rows.order_by("pk")}
        for row in saved:
            self._take_over(row, parties[row.instance.party_organization_id])
        self.batch.writer.update([parties[pk] for pk in sorted(self.terms)], TERM)

    def _take_over(self, row: Row, party: PartyOrganization) -> None:
        before, after = audit.changes(party, self.taken_over(row, party))
        if not after:
            return
        for name, value in after.items():
            setattr(party, name, value)
        earlier, later = self.terms.get(party.pk, ({}, {}))
        self.terms[party.pk] = ({**before, **earlier}, {**later, **after})

    def taken_over(self, row: Row, party: PartyOrganization) -> dict[str, Any]:
        """Values of the organization's term that follow from a saved row."""
        raise NotImplementedError

    def entries(self) -> Iterator[audit.Entry]:
        """A record is told in the history of its party organization."""
        for row in self.rows:
            if row.outcome in ("new", "changed"):
                one, party = self._entry(row), row.instance.party_organization
                told = {n: v for n, v in (one.after or {}).items() if n != "party_organization"}
                after = {self.day: getattr(row.instance, self.day), **told}
                yield audit.Entry(self.verb, party, one.before, after, one.reason)
                if term := self.terms.pop(party.pk, None):
                    yield audit.Entry("party_organization.change", party, *term, one.reason)


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


class ElectionSheet(TermSheet):
    """Elections as they were held; the latest one begins the organization's term."""

    code, title, form = "election", "换届选举", ElectionRow
    natural = ("held_on",)
    day, verb = "held_on", "party_organization.elect"

    def cross_check(self, row: Row) -> None:
        values = row.values
        if row.is_right("entitled", "present") and values["present"] > values["entitled"]:
            self.wrong(row, "present", "实到人数不能多于应到人数")
        if row.is_right("term_years") and not 1 <= values["term_years"] <= 10:
            self.wrong(row, "term_years", "任期应为 1 至 10 年")

    def compare(self, row: Row) -> None:
        super().compare(row)
        values = row.values
        if (row.is_new or row.changes) and not is_quorate(values["entitled"], values["present"]):
            needed = -(-values["entitled"] * 4 // 5)
            words = f"到会不足应到的五分之四(至少 {needed} 人),选举无效"
            self.wrong(row, "present", words)

    def taken_over(self, row: Row, party: PartyOrganization) -> dict[str, Any]:
        """A new term from the latest election; from a correction what it corrects."""
        election = row.instance
        if party.term_started_on and election.held_on < party.term_started_on:
            return {}
        told = (election.term_years, election.secretary)
        if row.is_new:
            return begun_term(vars(party), election.held_on, *told)
        return {
            name: value
            for name, value in zip(("term_years", "secretary"), told, strict=True)
            if name in row.changes and getattr(party, name) in (row.changes[name][0], None, "")
        }


class ExtensionRow(OwnedRow):
    words = {
        **OwnedRow.words,
        "until": ("延期至日期", "延长至"),
        "approved_on": ("批准时间", "批复日期"),
        "document": ("批复文号", "批复"),
        "reason": ("延期原因", "理由"),
    }

    class Meta:
        model = TermExtension
        formfield_callback = cell_field
        fields = ["party_organization", "until", "approved_on", "document", "reason"]


class ExtensionSheet(TermSheet):
    """Approved extensions of terms; those of the present term put its next election off."""

    code, title, form = "term_extension", "延期换届", ExtensionRow
    natural = ("approved_on",)
    day, verb = "approved_on", "party_organization.extend"

    def find(self) -> None:
        super().find()
        self._recorded, self._written = self._recorded_terms(), self._written_terms()

    def cross_check(self, row: Row) -> None:
        if (
            row.is_right("until", "approved_on")
            and row.values["until"] <= row.values["approved_on"]
        ):
            self.wrong(row, "until", "须晚于批准日期")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if not (row.is_new or row.changes):
            return
        party, until = row.values["party_organization"], row.values["until"]
        end = term_end(*self._term(party, row.values["approved_on"]))
        if end is None:
            self.warn(row, "approved_on", "没有登记这一届的起始日期和任期,无法核对延期的期限")
        elif until <= end:
            self.wrong(row, "until", f"须晚于任期届满日期{day_words(end)}")
        elif until > (latest := latest_extension(end)):
            self.wrong(row, "until", f"延期一般不超过 12 个月,最晚{day_words(latest)}")

    def taken_over(self, row: Row, party: PartyOrganization) -> dict[str, Any]:
        extension = row.instance
        if row.is_new:
            return put_off(vars(party), extension.approved_on, extension.until)
        old, new = row.changes.get("until", (None, None))
        corrected = new is not None and party.term_extended_to == old
        return {"term_extended_to": new} if corrected else {}

    # --- whose term it was -----------------------------------------------------------------------

    def _term(self, party: PartyOrganization, on: date) -> tuple[date, int] | tuple[None, None]:
        """The term that ran on a day, from elections and the organization's own row.

        The row may have been corrected since the election; what the batch writes corrects both.
        """
        begun = dict(self._recorded.get(party.code, {}))
        if party.term_started_on and party.term_years:
            begun[party.term_started_on] = party.term_years
        begun |= self._written.get(party.code, {})
        return max((one for one in begun.items() if one[0] <= on), default=(None, None))

    def _written_terms(self) -> dict[str, Terms]:
        """The terms that the batch's new and corrected elections began, by code."""
        found: dict[str, Terms] = {}
        for row in self.batch.sheets["election"].rows:
            if row.outcome in ("new", "changed"):
                party, on = row.values["party_organization"], row.values["held_on"]
                found.setdefault(party.code, {})[on] = row.values["term_years"]
        return found

    def _recorded_terms(self) -> dict[str, Terms]:
        found: dict[str, Terms] = {}
        named = (row.values.get("party_organization") for row in self.rows)
        keys = {one.pk for one in named if isinstance(one, PartyOrganization) and one.pk}
        for part in chunks(sorted(keys)):
            rows = Election.objects.filter(party_organization__in=part)
            names = ("party_organization__code", "held_on", "term_years")
            for code, on, years in rows.values_list(*names):
                found.setdefault(code, {})[on] = years
        return found
