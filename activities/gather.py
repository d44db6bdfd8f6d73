"""What stands in the archive of a party organization.

Documents are filed by people and by activities, plans and small records (actions.archive). Records
of the rooms below stand in their folder where they are, without a copy that could grow stale: an
import, its undo and a correction need not think of the archive.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format

from accounts.rules import Right
from activities.rules.duties import (
    FOLDER_ADMISSION,
    FOLDER_ELECTIONS,
    FOLDER_ROSTER,
    FOLDER_SETUP,
)
from members.models import AdmissionStep, Membership
from members.rules.admission import BY_NUMBER
from organizations.models import (
    Election,
    PartyOrganization,
    PartyOrganizationPhase,
    TermExtension,
)


@dataclass(frozen=True)
class Source:
    """Records that stand in a folder by themselves, each on its day.

    `person` is named, and `route` leads on, only for those who may see what they are about.
    """

    folder: int
    rows: Callable[[], QuerySet[Any]]
    party: str
    day: str
    title: Callable[[Any], str]
    route: str
    key: Callable[[Any], Any]
    person: Callable[[Any], str] | None = None

    @property
    def right(self) -> Right:
        return Right.VIEW_MEMBERS if self.person else Right.VIEW_REGISTRY


def _with(words: str, document: str) -> str:
    return f"{words}({document})" if document else words


def _founding(party: PartyOrganization) -> str:
    return _with("党组织成立", party.document)


def _phase(one: PartyOrganizationPhase) -> str:
    before = f"{one.get_kind_display()} {one.get_level_display()}".strip()
    return _with(f"类型、层级变更,此前为{before}", one.document)


def _election(one: Election) -> str:
    return _with(f"换届选举:{one.secretary} 当选书记", one.document)


def _extension(one: TermExtension) -> str:
    return _with(f"延期换届至 {date_format(one.until)}", one.document)


def _step(one: AdmissionStep) -> str:
    return _with(f"第 {one.number} 步 {BY_NUMBER[one.number].name}", one.document)


PARTY, PEOPLE = "organizations:party-organization-page", "members:party-people"
SOURCES = (
    Source(
        folder=FOLDER_SETUP,
        rows=lambda: PartyOrganization.objects.exclude(document=""),
        party="pk",
        day="founded_on",
        title=_founding,
        route=PARTY,
        key=lambda one: one.pk,
    ),
    *(
        Source(
            folder=folder,
            rows=model.objects.all,
            party="party_organization",
            day=day,
            title=title,
            route=PARTY,
            key=lambda one: one.party_organization_id,
        )
        for folder, model, day, title in (
            (FOLDER_SETUP, PartyOrganizationPhase, "until", _phase),
            (FOLDER_ELECTIONS, Election, "held_on", _election),
            (FOLDER_ELECTIONS, TermExtension, "approved_on", _extension),
        )
    ),
    *(
        Source(
            folder=FOLDER_ROSTER,
            rows=lambda: Membership.objects.select_related("member", "party_organization"),
            party="party_organization",
            day=day,
            title=title,
            route=PEOPLE,
            key=lambda one: one.party_organization.code,
            person=lambda one: one.member.name,
        )
        for day, title in (
            ("valid_from", lambda one: one.get_entry_display()),
            ("valid_to", lambda one: one.get_exit_display()),
        )
    ),
    Source(
        folder=FOLDER_ADMISSION,
        rows=lambda: AdmissionStep.objects.select_related("applicant"),
        party="applicant__party_organization",
        day="done_on",
        title=_step,
        route="members:applicant-page",
        key=lambda one: one.applicant_id,
        person=lambda one: one.applicant.name,
    ),
)


@dataclass(frozen=True)
class Paper:
    """One line of the archive; `key` is None when the reader may not follow it."""

    folder: int
    dated_on: date
    title: str
    route: str
    key: Any


def standing_papers(party: PartyOrganization, year: int, user: Any) -> list[Paper]:
    """The records of the year that stand in this organization's folders by themselves."""
    found = []
    for source in SOURCES:
        may = user.may(source.right)
        rows = source.rows().filter(**{source.party: party.pk, f"{source.day}__year": year})
        for row in rows:
            title = source.title(row)
            if source.person and may:
                title = f"{title}:{source.person(row)}"
            day = getattr(row, source.day)
            found.append(
                Paper(source.folder, day, title, source.route, source.key(row) if may else None)
            )
    return found


def folders_with_records(keys: list[int], first: date, end: date) -> Iterator[tuple[int, int]]:
    """Organization and number of each folder in which a record stands by itself.

    Of these organizations, from the first day to before the last.
    """
    for source in SOURCES:
        days = {f"{source.day}__gte": first, f"{source.day}__lt": end}
        rows = source.rows().filter(**{f"{source.party}__among": keys}, **days)
        parties = rows.order_by().values_list(source.party, flat=True).distinct()
        yield from ((party, source.folder) for party in parties)
