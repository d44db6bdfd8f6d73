"""Whatever officers do to records, the published figures equal an independent model of the city."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.models import User
from evaluation.actions.coverage import drain_coverage, sweep_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from evaluation.models import CoverageCell, CoverageMark, PublishedCoverage
from organizations.actions.coverage import cover, end_link, reopen_link, transfer_link
from organizations.actions.hand_over import move_at_once
from organizations.actions.party_organization import (
    convert_party_organization,
    dissolve_party_organization,
    found_party_organization,
    restore_party_organization,
)
from organizations.actions.social_organization import (
    deregister_social_organization,
    merge_social_organizations,
    register_social_organization,
    rename_social_organization,
    restore_social_organization,
)
from organizations.models import (
    CoverageLink,
    MergedOrganization,
    PartyOrganization,
    SocialOrganization,
    Township,
)
from tests.world import FIRST, SECOND, THIRD, make_township, make_user

TOWNSHIPS = (FIRST, SECOND, THIRD)
FAR = date.max
place = st.integers(0, 10**6)
past = st.integers(1, 1500).map(lambda days: timezone.localdate() - timedelta(days=days))
_names = count(1)


@dataclass(eq=False)
class Body:
    """A social or a party organization of the model, alive from a day until another."""

    key: int
    township: str
    start: date
    end: date = FAR
    # party organizations: what they were until which day, then what they are
    was: list[tuple[date, str]] = field(default_factory=list)
    kind: str = ""

    def kind_on(self, day: date) -> str:
        return next((kind for until, kind in self.was if day < until), self.kind)


@dataclass(eq=False)
class Link:
    one: Body
    party: Body
    start: date
    end: date = FAR
    ended_with: Body | None = None


def alive(thing: Any, day: date) -> bool:
    return thing.start <= day < thing.end


class LifeMachine(RuleBasedStateMachine):
    """Acts through the actions; the model repeats by hand what the words of each event mean."""

    user: User

    @initialize()
    def empty_city(self) -> None:
        for model in (
            *(CoverageLink, MergedOrganization, SocialOrganization, PartyOrganization),
            *(CoverageCell, PublishedCoverage, CoverageMark),
        ):
            model.objects.all().delete()
        for code in TOWNSHIPS:
            make_township(code)
        self.ones: list[Body] = []
        self.parties: list[Body] = []
        self.links: list[Link] = []

    # --- helpers ----------------------------------------------------------------------------------

    def pick(self, things: list, number: int) -> Any:
        return things[number % len(things)]

    def record(self, body: Body) -> Any:
        model = PartyOrganization if body.kind else SocialOrganization
        return model.objects.get(pk=body.key)

    def stored(self, link: Link) -> CoverageLink:
        return CoverageLink.objects.get(
            social_organization=link.one.key,
            party_organization=link.party.key,
            valid_from=link.start,
        )

    def fits(self, one: Body, party: Body, start: date, but: Link | None = None) -> bool:
        """May an open link of this pair begin on the day?"""
        lives = one.start <= start and one.end == FAR
        lives = lives and party.start <= start and party.end == FAR
        pair = [k for k in self.links if k.one is one and k.party is party and k is not but]
        return lives and all(k.end <= start for k in pair)

    def refused(self, act: Any, **values: Any) -> None:
        with pytest.raises(ValidationError):
            act(by=self.user, **values)

    # --- social organizations ---------------------------------------------------------------------

    @rule(code=st.sampled_from(TOWNSHIPS), day=past, members=st.integers(0, 4))
    def register(self, code: str, day: date, members: int) -> None:
        values = {
            "name": f"第{next(_names)}商会",
            "category": "social_group",
            "township": Township.objects.get(code=code),
            "registered_on": day,
            "full_member_count": members,
        }
        new = register_social_organization(values=values, is_another=True, by=self.user)
        self.ones.append(Body(new.pk, code, day))

    @precondition(lambda self: self.ones)
    @rule(number=place)
    def rename(self, number: int) -> None:
        one = self.pick(self.ones, number)
        record = self.record(one)
        values = {"organization": record, "name": f"更名{next(_names)}", "on": timezone.localdate()}
        if one.end == FAR and not record.former_names.exists():
            rename_social_organization(by=self.user, **values)
        elif one.end == FAR:
            self.refused(rename_social_organization, **values)

    @precondition(lambda self: self.ones)
    @rule(number=place, code=st.sampled_from(TOWNSHIPS))
    def move(self, number: int, code: str) -> None:
        one = self.pick(self.ones, number)
        values = {
            "organization": self.record(one),
            "to": Township.objects.get(code=code),
            "reason": "迁址",
        }
        if one.end != FAR or one.township == code:
            self.refused(move_at_once, **values)
        else:
            move_at_once(by=self.user, **values)
            one.township = code

    @precondition(lambda self: self.ones)
    @rule(number=place, day=past)
    def deregister(self, number: int, day: date) -> None:
        one = self.pick(self.ones, number)
        values = {"organization": self.record(one), "on": day, "reason": "解散"}
        lasting = [k for k in self.links if k.one is one and k.end > day]
        if one.end != FAR or day <= one.start or any(k.start >= day for k in lasting):
            self.refused(deregister_social_organization, **values)
            return
        deregister_social_organization(by=self.user, **values)
        one.end = day
        for link in lasting:
            link.end, link.ended_with = day, one

    @precondition(lambda self: self.ones)
    @rule(number=place)
    def restore(self, number: int) -> None:
        one = self.pick(self.ones, number)
        values = {"organization": self.record(one), "reason": "误注销"}
        if one.end == FAR:
            self.refused(restore_social_organization, **values)
            return
        restore_social_organization(by=self.user, **values)
        one.end = FAR
        self.reopen_what_ended_with(one)

    def reopen_what_ended_with(self, body: Body) -> None:
        for link in self.links:
            if link.ended_with is body:
                both_live = link.one.end == FAR and link.party.end == FAR
                if both_live and self.fits(link.one, link.party, link.start, but=link):
                    link.end, link.ended_with = FAR, None

    @precondition(lambda self: len(self.ones) > 1)
    @rule(a=place, b=place)
    def merge(self, a: int, b: int) -> None:
        kept, lost = self.pick(self.ones, a), self.pick(self.ones, b)
        values = {"loser": self.record(lost), "winner": self.record(kept), "reason": "重复"}
        own = [k for k in self.links if k.one is lost]
        clash = any(k.start < kept.start for k in own) or any(
            k.party is o.party
            and k.start < o.end
            and o.start < k.end
            and self.stored(k).mode != self.stored(o).mode
            for k in own
            for o in self.links
            if o.one is kept
        )
        ended = kept.end != FAR
        if kept is lost or clash or (ended and lost.end == FAR):
            self.refused(merge_social_organizations, **values)
            return
        merge_social_organizations(by=self.user, **values)
        self.ones.remove(lost)
        for link in sorted(own, key=lambda k: k.start):
            twins = [
                o
                for o in self.links
                if o.one is kept
                and o.party is link.party
                and link.start < o.end
                and o.start < link.end
            ]
            link.one = kept
            if link.ended_with is lost:
                link.ended_with = kept if kept.end == link.end else None
            for twin in twins:
                link.start = min(link.start, twin.start)
                link.end = max(link.end, twin.end)
                self.links.remove(twin)

    # --- party organizations ----------------------------------------------------------------------

    @rule(code=st.sampled_from(TOWNSHIPS), kind=st.sampled_from(["standing", "joint"]), day=past)
    def found(self, code: str, kind: str, day: date) -> None:
        values = {
            "name": f"第{next(_names)}党支部",
            "kind": kind,
            "level": "branch",
            "township": Township.objects.get(code=code),
            "founded_on": day,
        }
        new = found_party_organization(values=values, by=self.user)
        self.parties.append(Body(new.pk, code, day, kind=kind))

    @precondition(lambda self: self.parties)
    @rule(number=place, day=past)
    def convert(self, number: int, day: date) -> None:
        party = self.pick(self.parties, number)
        values = {
            "party": self.record(party),
            "on": day,
            "level": "branch",
            "mode": "area_joint",
            "document": "文",
        }
        open_ = [k for k in self.links if k.party is party and k.end == FAR]
        wrong = party.kind != "joint" or party.end != FAR or day <= party.start
        if wrong or any(k.start >= day for k in open_):
            self.refused(convert_party_organization, **values)
            return
        convert_party_organization(by=self.user, **values)
        party.was.append((day, party.kind))
        party.kind = "standing"
        for link in open_:
            link.end, link.ended_with = day, None
            self.links.append(Link(link.one, party, day))

    @precondition(lambda self: self.parties)
    @rule(number=place, day=past)
    def dissolve(self, number: int, day: date) -> None:
        party = self.pick(self.parties, number)
        values = {"party": self.record(party), "on": day, "reason": "撤销"}
        lasting = [k for k in self.links if k.party is party and k.end > day]
        changed = any(day <= until for until, _ in party.was)
        if (
            party.end != FAR
            or day <= party.start
            or changed
            or any(k.start >= day for k in lasting)
        ):
            self.refused(dissolve_party_organization, **values)
            return
        dissolve_party_organization(by=self.user, **values)
        party.end = day
        for link in lasting:
            link.end, link.ended_with = day, party

    @precondition(lambda self: self.parties)
    @rule(number=place)
    def restore_party(self, number: int) -> None:
        party = self.pick(self.parties, number)
        values = {"party": self.record(party), "reason": "误撤销"}
        if party.end == FAR:
            self.refused(restore_party_organization, **values)
            return
        restore_party_organization(by=self.user, **values)
        party.end = FAR
        self.reopen_what_ended_with(party)

    # --- links ------------------------------------------------------------------------------------

    @precondition(lambda self: self.ones and self.parties)
    @rule(a=place, b=place, c=place, day=past)
    def cover(self, a: int, b: int, c: int, day: date) -> None:
        """Two at once: both or none."""
        ones = list(dict.fromkeys([self.pick(self.ones, a), self.pick(self.ones, b)]))
        party = self.pick(self.parties, c)
        values = {
            "organizations": [self.record(one) for one in ones],
            "party": self.record(party),
            "mode": "dual" if party.kind == "joint" else "area_joint",
            "on": day,
        }
        later = any(k.one in ones and k.party is party and k.end > day for k in self.links)
        if later or not all(self.fits(one, party, day) for one in ones):
            self.refused(cover, **values)
            return
        cover(by=self.user, **values)
        self.links += [Link(one, party, day) for one in ones]

    @precondition(lambda self: self.links)
    @rule(number=place, day=past)
    def end(self, number: int, day: date) -> None:
        link = self.pick(self.links, number)
        values = {"link": self.stored(link), "on": day, "reason": "调整"}
        if link.end != FAR or day <= link.start:
            self.refused(end_link, **values)
        else:
            end_link(by=self.user, **values)
            link.end, link.ended_with = day, None

    @precondition(lambda self: self.links)
    @rule(number=place)
    def reopen(self, number: int) -> None:
        link = self.pick(self.links, number)
        values = {"link": self.stored(link), "reason": "误结束"}
        if link.end == FAR or not self.fits(link.one, link.party, link.start, but=link):
            self.refused(reopen_link, **values)
        else:
            reopen_link(by=self.user, **values)
            link.end, link.ended_with = FAR, None

    @precondition(lambda self: self.links)
    @rule(number=place, b=place, day=past)
    def transfer(self, number: int, b: int, day: date) -> None:
        link, to = self.pick(self.links, number), self.pick(self.parties, b)
        values = {
            "link": self.stored(link),
            "to": self.record(to),
            "mode": "dual" if to.kind == "joint" else "area_joint",
            "on": day,
            "reason": "就近",
        }
        later = any(k.one is link.one and k.party is to and k.end > day for k in self.links)
        wrong = link.end != FAR or day <= link.start or to is link.party or later
        if wrong or not self.fits(link.one, to, day):
            self.refused(transfer_link, **values)
            return
        transfer_link(by=self.user, **values)
        link.end, link.ended_with = day, None
        self.links.append(Link(link.one, to, day))

    # --- what must always hold --------------------------------------------------------------------

    @rule(day=past)
    def ask_about_the_past(self, day: date) -> None:
        self.assert_figures(day)

    @rule()
    def ask_about_today(self) -> None:
        drain_coverage()
        assert not sweep_coverage().drifted
        self.assert_figures(timezone.localdate())

    def assert_figures(self, day: date) -> None:
        report = coverage_report(self.user, Selection(day), [("township",)])
        living = [one for one in self.ones if alive(one, day)]
        covered = {
            link.one
            for link in self.links
            if alive(link, day) and alive(link.party, day) and alive(link.one, day)
        }
        assert report.total.social_organization_count == len(living)
        assert report.total.covered_count == len(covered)
        groups = {g.codes["township"]: g.coverage for g in report.groups[("township",)]}
        for code in TOWNSHIPS:
            found = groups.get(code)
            counted = (found.social_organization_count, found.covered_count) if found else (0, 0)
            own = [one for one in living if one.township == code]
            assert counted == (len(own), sum(one in covered for one in own))
        total = report.total
        reasons = total.should_establish + total.too_few_members + total.no_members
        assert reasons == total.uncovered_count
        kinds: dict[str, int] = {}
        for party in self.parties:
            if alive(party, day):
                kinds[party.kind_on(day)] = kinds.get(party.kind_on(day), 0) + 1
        assert {k: n for k, n in report.party_organizations.items() if n} == kinds

    @invariant()
    def links_are_those_of_the_model(self) -> None:
        if not hasattr(self, "links"):
            return
        stored = sorted(
            CoverageLink.objects.values_list(
                "social_organization", "party_organization", "valid_from", "valid_to"
            ),
            key=str,
        )
        model = sorted(
            (
                (k.one.key, k.party.key, k.start, None if k.end == FAR else k.end)
                for k in self.links
            ),
            key=str,
        )
        assert stored == model


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_life_and_figures_agree() -> None:
    LifeMachine.user = make_user("lin", "city_staff", "990101")
    run_state_machine_as_test(
        LifeMachine,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
