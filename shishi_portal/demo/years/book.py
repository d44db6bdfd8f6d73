"""Records of two years, unsaved: meetings, who came, what was decided; and saving them in bulk."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import models
from django.utils import timezone

from activities.models import (
    Activity,
    ActivityType,
    ArchiveDocument,
    ArchiveFolder,
    Attendance,
    Outcome,
    OutcomeKind,
    PlanItem,
    Resolution,
    Vote,
    YearPlan,
)
from activities.rules.duties import FOLDER_PLANS, KINDS
from activities.rules.plans import Planned
from activities.rules.records import filed_in_time
from activities.rules.vocabulary import ActivityKind, AppraisalGrade, Presence
from organizations.models import PartyOrganization
from organizations.rules.terms import months_later
from shishi_portal.demo.years import words
from shishi_portal.demo.years.people import People, on
from shishi_portal.demo.years.rows import insert

BATCH = 2000


def two_years_before(today: date) -> date:
    """Where the records begin: the day two years ago; in January the year's first."""
    day = months_later(today, -24)
    return day.replace(day=1) if day.month == 1 else day


@dataclass(slots=True)
class Came:
    """One expected member of the meeting at this place of the book."""

    place: int
    member: int
    is_participant: bool
    may_vote: bool
    presence: str
    reason: str
    grade: str


@dataclass
class Book:
    """Everything unsaved; parts name their record by its place in `activities`."""

    random: Random
    today: date
    since: date
    people: People
    activities: list[Activity] = field(default_factory=list)
    types: list[tuple[int, str]] = field(default_factory=list)
    attendances: list[Came] = field(default_factory=list)
    parts: list[tuple[int, Any]] = field(default_factory=list)
    plans: list[YearPlan] = field(default_factory=list)
    # place of the plan, of the record, what is planned, who is to lead it
    items: list[tuple[int, int | None, Planned, str]] = field(default_factory=list)
    kinds: dict[str, OutcomeKind] = field(default_factory=dict)

    def record(
        self, party: PartyOrganization, kinds: list[ActivityKind], day: date, **fields: Any
    ) -> int:
        """A meeting with everybody who came; returns its place."""
        random = self.random
        theme = fields.pop("theme", None) or random.choice(words.THEMES[kinds[0]])
        late = random.random() < 0.06
        delay = random.randint(8, 24) if late else random.choice((0, 0, 0, 1, 1, 2, 4))
        filed_on = day + timedelta(days=delay)
        hour = random.choice((9, 10, 15, 15, 19))
        activity = Activity(
            party_organization=party,
            title=theme,
            held_on=day,
            starts_at=time(hour, random.choice((0, 30))),
            ends_at=time(hour + 1, 30),
            place=random.choice(words.PLACES),
            host=party.secretary,
            agenda=theme,
            minutes=random.choice(words.MINUTES),
            **fields,
        )
        if filed_on <= self.today:
            moment = datetime.combine(filed_on, time(17, random.randint(0, 59)))
            activity.state = "filed"
            activity.filed_at = timezone.make_aware(moment)
            activity.is_late = not filed_in_time(day, filed_on)
        place = len(self.activities)
        self.activities.append(activity)
        self.types += [(place, kind.value) for kind in kinds]
        self._attend(place, activity, kinds)
        return place

    def _attend(self, place: int, activity: Activity, kinds: list[ActivityKind]) -> None:
        random, party, day = self.random, activity.party_organization_id, activity.held_on
        expected = self.people.expected(party, day)
        if ActivityKind.COMMITTEE_MEETING in kinds:
            committee = self.people.committee(party, day)
            expected = [one for one in expected if one[0] in committee] or expected
        if activity.group_id:
            own = set(on(self.people.in_group.get(activity.group_id, []), day))
            expected = [one for one in expected if one[0] in own] or expected
        if ActivityKind.SERVICE in kinds:
            expected = [one for one in expected if random.random() < 0.6] or expected[:1]
        graded = ActivityKind.APPRAISAL in kinds
        for number, (key, is_participant) in enumerate(expected):
            luck = 0.0 if number == 0 or ActivityKind.SERVICE in kinds else random.random()
            presence, reason = Presence.PRESENT.value, ""
            if luck > 0.97:
                presence = Presence.ABSENT.value
                activity.n_absent += 1
            elif luck > 0.9:
                presence, reason = Presence.EXCUSED.value, random.choice(words.REASONS)
                activity.n_excused += 1
            else:
                activity.n_present += 1
            grade = ""
            if graded:
                grades = (AppraisalGrade.EXCELLENT, AppraisalGrade.QUALIFIED, AppraisalGrade.BASIC)
                grade = random.choices(grades, (22, 75, 3))[0].value
            may_vote = not is_participant and self.people.votes(key, day)
            self.attendances.append(
                Came(place, key, is_participant, may_vote, presence, reason, grade)
            )
        activity.n_expected = len(expected)
        if expected:
            activity.recorder = self.people.names[expected[0][0]]

    def decide(self, place: int) -> None:
        """A vote now and then, a resolution more often."""
        random, activity = self.random, self.activities[place]
        own = [one for one in self.attendances[-activity.n_expected :] if one.place == place]
        entitled = sum(one.may_vote for one in own)
        present = sum(one.may_vote and one.presence == Presence.PRESENT for one in own)
        if random.random() < 0.35 and present * 2 > entitled:
            against = 1 if random.random() < 0.1 and present > 3 else 0
            vote = Vote(
                matter=random.choice(words.MATTERS),
                n_entitled=entitled,
                n_present=present,
                n_for=present - against,
                n_against=against,
                n_abstained=0,
                has_passed=(present - against) * 2 > entitled,
            )
            self.parts.append((place, vote))
        if random.random() < 0.4:
            due = activity.held_on + timedelta(days=random.choice((14, 30, 60)))
            done = due - timedelta(days=random.randint(-6, 10))
            self.parts.append(
                (
                    place,
                    Resolution(
                        text=random.choice(words.RESOLUTIONS),
                        owner=activity.recorder or activity.host,
                        due_on=due,
                        done_on=done if done <= self.today and random.random() < 0.85 else None,
                    ),
                )
            )

    def achieve(self, place: int, code: str, amount: int) -> None:
        self.parts.append((place, Outcome(kind=self.kinds[code], amount=amount)))


def save_book(book: Book) -> None:
    Activity.objects.bulk_create(book.activities, batch_size=BATCH)
    activities = book.activities
    insert(
        ActivityType,
        (
            *("activity", "kind", "duty", "party_organization", "group", "held_on", "month"),
            "is_filed",
        ),
        (
            (
                *(one.pk, kind, KINDS[ActivityKind(kind)].duty or "", one.party_organization_id),
                one.group_id if kind == ActivityKind.GROUP_MEETING else None,
                *(one.held_on, one.held_on.month, one.state == "filed"),
            )
            for one, kind in ((activities[place], kind) for place, kind in book.types)
        ),
    )
    insert(
        Attendance,
        ("activity", "member", "is_participant", "may_vote", "presence", "reason", "grade"),
        (
            (
                *(activities[one.place].pk, one.member, one.is_participant, one.may_vote),
                *(one.presence, one.reason, one.grade),
            )
            for one in book.attendances
        ),
    )
    by_model: dict[type[models.Model], list[Any]] = {}
    for place, part in book.parts:
        part.activity_id = activities[place].pk
        by_model.setdefault(type(part), []).append(part)
    for model, parts in by_model.items():
        model._default_manager.bulk_create(parts, batch_size=BATCH)
    YearPlan.objects.bulk_create(book.plans, batch_size=BATCH)
    insert(
        PlanItem,
        (
            *("plan", "activity", "kind", "group", "planned_on", "theme", "host", "audience"),
            *("place", "owner"),
        ),
        (
            (
                *(book.plans[plan].pk, activities[place].pk if place is not None else None),
                *(item.kind.value, item.group, item.on, item.theme, host),
                *(KINDS[item.kind].attends.label, "", ""),
            )
            for plan, place, item, host in book.items
        ),
    )
    _archive(book)


def _archive(book: Book) -> None:
    """What is filed stands in the archive, as the actions would have put it there."""
    folders = dict(ArchiveFolder.objects.values_list("number", "pk"))
    kinds: dict[int, list[str]] = {}
    for place, kind in book.types:
        kinds.setdefault(place, []).append(kind)
    documents = []
    for place, activity in enumerate(book.activities):
        if activity.state != "filed":
            continue
        labels = "、".join(ActivityKind(kind).label for kind in kinds[place])
        for number in {KINDS[ActivityKind(kind)].folder for kind in kinds[place]}:
            title = f"{labels}:{activity.title}"
            documents.append((activity, folders[number], activity.held_on, title))
    plans = [
        (plan, folders[FOLDER_PLANS], plan.filed_on, str(plan))
        for plan in book.plans
        if plan.filed_on
    ]
    now = timezone.now()
    insert(
        ArchiveDocument,
        (
            *("party_organization", "folder", "year", "dated_on", "title", "source_type"),
            *("source_id", "note", "created_at"),
        ),
        (
            (
                *(one.party_organization_id, folder, day.year, day, title),
                *(one._meta.label_lower, one.pk, "", now),
            )
            for one, folder, day, title in (*documents, *plans)
        ),
    )
