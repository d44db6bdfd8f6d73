"""Carrying out the steps to the next star as the records that an organization would enter."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import time_machine

from activities.actions.activity import file_activity, save_activity, start_activity
from activities.actions.archive import add_document
from activities.actions.plan import change_plan, file_plan, make_plan
from activities.actions.records import save_record
from activities.gather import standing_papers
from activities.models import (
    Activity,
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Fund,
    PartyHonour,
    Venue,
    YearPlan,
)
from activities.rules.vocabulary import ActivityKind, Have
from evaluation.rules.facts import Facts
from evaluation.rules.steps import Step
from members.actions.dues import Payment, open_month, record_dues
from members.actions.post import appoint, appoint_social
from members.actions.yearly import add_training, save_pledge
from members.models import (
    DuesMonth,
    Member,
    MobileContact,
    MobilePeriod,
    Participation,
    PartyGroup,
    PartyPost,
)
from members.rules.vocabulary import PartyDuty, SocialDuty
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization
from organizations.models.attachment import Attachment, AttachmentKind
from tests.activities.world import complete
from tests.members.world import make_member

CITY_TIME = ZoneInfo("Asia/Shanghai")
MEETINGS = {
    "B1": ActivityKind.MEMBERS_MEETING,
    "B2": ActivityKind.COMMITTEE_MEETING,
    "B3": ActivityKind.GROUP_MEETING,
    "B4": ActivityKind.LECTURE,
    "B5": ActivityKind.THEME_DAY,
}
TRAINED = {"gender": "male", "ethnicity": "汉族", "education": "bachelor", "workplace": "本单位"}


class Impossible(Exception):
    """There is nothing that this step could be done with."""


class Doer:
    """One organization, doing what it was told, each step on its last day."""

    def __init__(self, party: PartyOrganization, facts: Facts, by: Any) -> None:
        self.party, self.facts, self.by = party, facts, by

    def take(self, steps: tuple[Step, ...]) -> None:
        for step in sorted(steps, key=lambda one: one.deadline):
            self.day = step.deadline
            with time_machine.travel(datetime(*self.day.timetuple()[:3], 18, tzinfo=CITY_TIME)):
                self.do(step)

    def do(self, step: Step) -> None:
        changes = dict(step.changes)
        if step.code in MEETINGS:
            self.meet(MEETINGS[step.code])
        elif step.code == "bonus":
            self.teach()
        else:
            deed: Callable[[dict[str, Any]], None] = getattr(self, f"do_{step.code.lower()}")
            deed(changes)

    # --- meetings -------------------------------------------------------------------------------

    def meet(self, kind: ActivityKind, **fields: Any) -> Activity:
        group = self._silent_group() if kind == ActivityKind.GROUP_MEETING else None
        draft = start_activity(
            party=self.party, kinds=[kind], held_on=self.day, group=group, by=self.by
        )
        content = complete(draft, ends_at=None)
        if kind == ActivityKind.APPRAISAL:
            people = {
                key: type(one)("present", "", "qualified") for key, one in content.people.items()
            }
            content = type(content)(values=content.values, kinds=content.kinds, people=people)
        saved = save_activity(activity=draft, content=content, version=draft.version, by=self.by)
        return file_activity(activity=saved, is_another=True, by=self.by)

    def _silent_group(self) -> PartyGroup:
        for group in PartyGroup.objects.live_on(self.day).filter(party_organization=self.party):
            held = Activity.objects.filed().filter(
                group=group, held_on__year=self.day.year, held_on__month=self.day.month
            )
            if not held.exists():
                return group
        raise Impossible("every group has met")

    def do_b6(self, changes: dict[str, Any]) -> None:
        life = "has_life_meeting" in changes
        self.meet(ActivityKind.LIFE_MEETING if life else ActivityKind.APPRAISAL)

    def do_e2(self, changes: dict[str, Any]) -> None:
        one = self.meet(ActivityKind.SERVICE)
        Attachment.objects.create(
            owner_type="activities.activity",
            owner_id=one.pk,
            kind=AttachmentKind.PHOTO.value,
            name="活动.jpg",
            path=f"steps/{one.pk}",
            served_as="image/jpeg",
            size=1,
            sha256=f"{one.pk:064}",
        )

    # --- people ---------------------------------------------------------------------------------

    def members(self) -> list[Member]:
        return list(Member.objects.belonging_on(self.day, party_organization=self.party))

    def free_people(self) -> list[Member]:
        """Whom the organization could give a post to, those with the most training first."""
        taken = PartyPost.objects.live_on(self.day).filter(party_organization=self.party)
        guests = Participation.objects.live_on(self.day).filter(party_organization=self.party)
        own = {one.pk: one for one in self.members()}
        own |= {one.member_id: one.member for one in guests.select_related("member")}
        for key in taken.values_list("member", flat=True):
            own.pop(key, None)
        return sorted(own.values(), key=lambda one: -self.hours(one))

    def hours(self, member: Member) -> float:
        found = member.trainings.filter(on__year=self.day.year)
        return float(sum(one.hours for one in found))

    def do_a1(self, changes: dict[str, Any]) -> None:
        failed = self.facts.failed_setup_rules
        if "R1" in failed:
            for _ in range(3 - self.facts.full_member_count):
                self._admit()
        if "R2" in failed:
            self.party.level = "committee"
            self.party.save()
        if "R3" in failed:
            links = CoverageLink.objects.live_on(self.day).filter(party_organization=self.party)
            for link in links.order_by("-social_organization__charter_state")[5:]:
                link.valid_to = self.day
                link.save()
        if "R5" in failed:
            if not self.facts.has_secretary:
                self.do_a3({"has_secretary": True})
            if self.facts.full_member_count >= 7 and not 3 <= self.facts.committee_size <= 7:
                self.do_a3({"committee_size": 3})

    def _admit(self) -> None:
        """One more full member, with everything a member has."""
        member = make_member(party=self.party, since=self.day, **TRAINED)
        self._train(member, 60)
        self._pledge(member)

    def do_a2(self, changes: dict[str, Any]) -> None:
        if "term_ends_on" in changes:
            self.party.term_started_on, self.party.term_years = self.day, 3
        else:
            self.party.term_extended_to = changes["extended_until"]
        self.party.save()

    def do_a3(self, changes: dict[str, Any]) -> None:
        if "has_secretary" in changes:
            if not PartyPost.objects.live_on(self.day).filter(
                party_organization=self.party, duty=PartyDuty.SECRETARY
            ):
                self._appoint(PartyDuty.SECRETARY)
            return
        there = set(
            PartyPost.objects.live_on(self.day)
            .filter(party_organization=self.party)
            .values_list("duty", flat=True)
        )
        for duty in (PartyDuty.ORGANIZATION, PartyDuty.PUBLICITY, PartyDuty.DISCIPLINE):
            if duty not in there:
                self._appoint(duty)

    def _appoint(self, duty: PartyDuty) -> None:
        people = self.free_people()
        if not people:
            raise Impossible("nobody to appoint")
        appoint(member=people[0], party=self.party, duty=duty, on=self.day, by=self.by)

    def do_a4(self, changes: dict[str, Any]) -> None:
        post = PartyPost.objects.live_on(self.day).filter(party_organization=self.party).first()
        link = CoverageLink.objects.live_on(self.day).filter(party_organization=self.party).first()
        if post is None or link is None:
            raise Impossible("nobody holds a post, or nothing is covered")
        appoint_social(
            member=post.member,
            organization=link.social_organization,
            duty=SocialDuty.COUNCIL,
            on=self.day,
            by=self.by,
        )

    def do_a5(self, changes: dict[str, Any]) -> None:
        links = CoverageLink.objects.live_on(self.day).filter(party_organization=self.party)
        open_ones = SocialOrganization.objects.filter(pk__in=links.values("social_organization"))
        one = open_ones.exclude(charter_state="approved").first()
        if one is None:
            one = open_ones.filter(charter_on__gt=self.day).first()
        if one is None:
            raise Impossible("no charter is missing")
        one.charter_state, one.charter_on = "approved", self.day
        one.save()

    def do_c2(self, changes: dict[str, Any]) -> None:
        month = self.day.replace(day=1)
        open_month(party=self.party, month=month, by=self.by)
        rows = DuesMonth.objects.filter(party_organization=self.party, month=month)
        payments = {row.member_id: Payment(row.due, self.day) for row in rows}
        record_dues(party=self.party, month=month, payments=payments, by=self.by)

    def do_c3(self, changes: dict[str, Any]) -> None:
        if "mobile_contacted_count" in changes:
            for one in MobilePeriod.objects.live_on(self.day).filter(member__in=self.members()):
                MobileContact.objects.create(period=one, on=self.day, way="电话")
            return
        lacking = [one for one in self.members() if one.missing_facts]
        if not lacking:
            raise Impossible("nobody's information is incomplete")
        one = lacking[0]
        for name, value in TRAINED.items():
            setattr(one, name, getattr(one, name) or value)
        one.born_on = one.born_on or date(1970, 1, 1)
        one.joined_on = one.joined_on or min(one.full_on or date(2000, 1, 1), date(2000, 1, 1))
        one.full_on = one.full_on or (date(2001, 1, 1) if one.status == "full" else None)
        one.save()

    def do_c5(self, changes: dict[str, Any]) -> None:
        leaders = set(
            PartyPost.objects.live_on(self.day)
            .filter(member__in=self.members())
            .values_list("member", flat=True)
        )
        short = []
        for one in self.members():
            lacking = (56 if one.pk in leaders else 32) - self.hours(one)
            if lacking > 0:
                short.append((lacking, one.pk, one))
        if not short:
            raise Impossible("everybody is trained")
        lacking, _, member = min(short)
        self._train(member, lacking)

    def _train(self, member: Member, hours: float) -> None:
        number = member.trainings.count()
        values = {"on": self.day, "subject": f"培训{number}", "hours": Decimal(str(hours))}
        add_training(member=member, values=values, by=self.by)

    def do_e1(self, changes: dict[str, Any]) -> None:
        kept = [one for one in self.members() if not self._has_pledge(one)]
        if not kept:
            raise Impossible("everybody's pledge is reviewed")
        self._pledge(kept[0])

    def _has_pledge(self, member: Member) -> bool:
        return member.pledges.reviewed().filter(year=self.day.year).exists()

    def _pledge(self, member: Member) -> None:
        old = member.pledges.filter(year=self.day.year).first()
        values = {
            "promise": old.promise if old else "带头服务",
            "promised_on": old.promised_on if old else self.day,
            "deed": "已做到",
            "done_on": self.day,
            "review": "good",
            "reviewed_on": self.day,
        }
        save_pledge(member=member, year=self.day.year, values=values, by=self.by)

    # --- what is filed --------------------------------------------------------------------------

    def do_d1(self, changes: dict[str, Any]) -> None:
        own = Venue.objects.filter(party_organization=self.party, closed_on__isnull=True)
        shared = Venue.objects.filter(shared_with=self.party, closed_on__isnull=True)
        venues = [*own, *shared]
        there = {have for one in venues for have in Have if getattr(one, f"has_{have.value}")}
        lacking = [have for have in Have if have not in there]
        if not lacking:
            raise Impossible("nothing is missing at the venue")
        venue = own.first() or Venue(party_organization=self.party)
        values = {f"has_{lacking[0].value}": True}
        if venue.pk is None:
            values |= {"name": "活动室", "township": self.party.township, "opened_on": self.day}
        save_record(record=venue, values=values, by=self.by)

    def do_d2(self, changes: dict[str, Any]) -> None:
        kind = "budget" if "has_fund" in changes else "spent"
        self._save(Fund, year=self.day.year, kind=kind, amount=100, dated_on=self.day, purpose="用")

    def do_e3(self, changes: dict[str, Any]) -> None:
        if "has_agreement" in changes:
            self._save(Agreement, kind="community", partner="某社区", signed_on=self.day)
            return
        self._plan({"feature": "一支部一特色"})

    def do_f1(self, changes: dict[str, Any]) -> None:
        self._plan({})

    def _plan(self, values: dict[str, Any]) -> None:
        plan = YearPlan.objects.filter(party_organization=self.party, year=self.day.year).first()
        plan = plan or make_plan(party=self.party, year=self.day.year, by=self.by)
        plan = change_plan(plan=plan, values=values, by=self.by)
        if plan.state != "filed":
            file_plan(plan=plan, by=self.by)

    def do_f3(self, changes: dict[str, Any]) -> None:
        own = ArchiveDocument.objects.filter(party_organization=self.party, year=self.day.year)
        standing = [
            paper.folder
            for paper in standing_papers(self.party, self.day.year, self.by)
            if paper.dated_on <= self.day
        ]
        empty = ArchiveFolder.objects.filter(is_active=True).exclude(number__in=standing)
        folder = empty.exclude(pk__in=own.filter(dated_on__lte=self.day).values("folder")).first()
        if folder is not None:  # what else was done may have filled the last one
            add_document(
                party=self.party, folder=folder, title="材料", dated_on=self.day, by=self.by
            )

    def teach(self) -> None:
        self._save(
            PartyHonour,
            kind="teaching",
            level="county",
            title="承接现场教学",
            awarded_on=self.day,
            awarded_by="市委组织部",
        )

    def _save(self, model: Any, **values: Any) -> None:
        save_record(record=model(party_organization=self.party), values=values, by=self.by)
