"""Whatever officers do, everyone belongs to exactly one party organization, and it all balances."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from accounts.triggers import make_way
from members.actions.affiliation import add_member, leave, move_member, restore, resume
from members.actions.dissolving import carry_members, people_in_the_way
from members.actions.participation import participate
from members.dashboard import INS, LINES, balance_of, balances_by, check_of, rows_of
from members.models import Member, Membership, Participation
from members.rules.vocabulary import Entry, Exit
from organizations.models import PartyOrganization
from tests.members.world import make_member, member_values
from tests.world import FIRST, SECOND, make_party

pytestmark = pytest.mark.django_db
DAYS = 60
place = st.integers(0, 10**6)
back = st.integers(0, DAYS)


@dataclass
class Person:
    """The model's own idea of a life: closed stays and, perhaps, an open one."""

    stays: list[list[Any]] = field(default_factory=list)  # [party, from, to or None]
    left: str = ""

    @property
    def is_in(self) -> bool:
        return bool(self.stays) and self.stays[-1][2] is None

    def party_on(self, day: date) -> list[int]:
        return [p for p, a, b in self.stays if a <= day and (b is None or b > day)]


class Belonging(RuleBasedStateMachine):
    """Admit, move, participate, leave, restore, resume, carry over and dissolve."""

    @initialize()
    def empty(self) -> None:
        for model in (Participation, Membership, Member, PartyOrganization):
            model.objects.all().delete()
        self.today = timezone.localdate()
        self.people: dict[int, Person] = {}
        self.parties = [make_party(t) for t in (FIRST, FIRST, SECOND)]
        self.joint = make_party(FIRST, kind="joint")
        self.dissolved: set[int] = set()

    def member(self, number: int) -> tuple[Member, Person] | None:
        if not self.people:
            return None
        key = sorted(self.people)[number % len(self.people)]
        return Member.objects.get(pk=key), self.people[key]

    def party(self, number: int) -> PartyOrganization:
        party = self.parties[number % len(self.parties)]
        party.refresh_from_db()
        return party

    def tried(self, allowed: bool, do: Any) -> bool:
        """Do it; it must succeed exactly when the model allows it."""
        try:
            with transaction.atomic():
                do()
        except ValidationError:
            assert not allowed
            return False
        assert allowed
        return True

    @rule(number=place, ago=back)
    def admit(self, number: int, ago: int) -> None:
        party, on = self.party(number), self.today - timedelta(days=ago)
        made: list[Member] = []
        values = member_values()
        do = lambda: made.append(  # noqa: E731
            add_member(values=values, party=party, on=on, entry=Entry.ADMITTED, by=None)
        )
        if self.tried(party.pk not in self.dissolved, do):
            self.people[made[0].pk] = Person([[party.pk, on, None]])

    @rule(who=place, where=place, ago=back)
    def move(self, who: int, where: int, ago: int) -> None:
        if (found := self.member(who)) is None:
            return
        member, person = found
        to, on = self.party(where), self.today - timedelta(days=ago)
        allowed = (
            person.is_in
            and to.pk not in self.dissolved
            and person.stays[-1][0] != to.pk
            and person.stays[-1][1] < on
        )
        if self.tried(allowed, lambda: move_member(member=member, to=to, on=on, by=None)):
            person.stays[-1][2] = on
            person.stays.append([to.pk, on, None])

    @rule(who=place, how=st.sampled_from(["died", "suspended", "expelled", "withdrew"]), ago=back)
    def go(self, who: int, how: str, ago: int) -> None:
        if (found := self.member(who)) is None:
            return
        member, person = found
        on = self.today - timedelta(days=ago)
        allowed = person.is_in and person.stays[-1][1] < on
        if self.tried(allowed, lambda: leave(member=member, exit=Exit(how), on=on, by=None)):
            person.stays[-1][2], person.left = on, how

    @rule(who=place)
    def take_back(self, who: int) -> None:
        if (found := self.member(who)) is None:
            return
        member, person = found
        allowed = not person.is_in and person.stays[-1][0] not in self.dissolved
        if self.tried(allowed, lambda: restore(member=member, reason="登记错了", by=None)):
            person.stays[-1][2], person.left = None, ""

    @rule(who=place, where=place, ago=back)
    def come_back(self, who: int, where: int, ago: int) -> None:
        if (found := self.member(who)) is None:
            return
        member, person = found
        party, on = self.party(where), self.today - timedelta(days=ago)
        allowed = (
            person.left == "suspended"
            and party.pk not in self.dissolved
            and on >= person.stays[-1][2]
        )
        do = lambda: resume(member=member, party=party, on=on, by=None)  # noqa: E731
        if self.tried(allowed, do):
            person.stays.append([party.pk, on, None])
            person.left = ""

    @rule(who=place, ago=back)
    def take_part(self, who: int, ago: int) -> None:
        if (found := self.member(who)) is None:
            return
        member, person = found
        on = self.today - timedelta(days=ago)
        live = Participation.objects.filter(member=member, valid_to__isnull=True)
        over = Participation.objects.filter(member=member, valid_to__gt=on)
        allowed = (
            person.is_in and person.stays[0][1] <= on and not live.exists() and not over.exists()
        )
        self.tried(allowed, lambda: participate(member=member, party=self.joint, on=on, by=None))

    @rule(one=place, other=place, ago=back)
    def merge(self, one: int, other: int, ago: int) -> None:
        """Everyone is carried over, then the organization is dissolved."""
        party, to = self.party(one), self.party(other)
        on = self.today - timedelta(days=ago)
        here = [p for p in self.people.values() if p.is_in and p.stays[-1][0] == party.pk]
        allowed = all(p.stays[-1][1] < on for p in here) and (
            not here or (to.pk not in self.dissolved and to.pk != party.pk)
        )
        do = lambda: carry_members(party=party, to=to, on=on, reason="合并", by=None)  # noqa: E731
        if not self.tried(allowed, do):
            assert people_in_the_way(party, on)
            return
        for person in here:
            person.stays[-1][2] = on
            person.stays.append([to.pk, on, None])
        alive = {p.pk for p in self.parties} - self.dissolved
        if len(alive) > 1 and all(
            b is not None and b <= on
            for p in self.people.values()
            for q, a, b in p.stays
            if q == party.pk
        ):
            assert people_in_the_way(party, on) == []
            PartyOrganization.objects.filter(pk=party.pk).update(dissolved_on=on)
            self.dissolved.add(party.pk)

    @invariant()
    def everyone_is_where_the_model_says(self) -> None:
        if not hasattr(self, "people"):
            return
        rows = list(
            Membership.objects.values_list("member", "party_organization", "valid_from", "valid_to")
        )
        for ago in (0, 1, 7, 31, DAYS):
            day = self.today - timedelta(days=ago)
            stored: dict[int, list[int]] = {}
            for member, party, a, b in rows:
                if a <= day and (b is None or b > day):
                    stored.setdefault(member, []).append(party)
            for key, person in self.people.items():
                assert stored.get(key, []) == person.party_on(day)
                assert len(person.party_on(day)) <= 1
        assert not Membership.objects.with_gap().exists()

    @invariant()
    def it_balances(self) -> None:
        if not hasattr(self, "people"):
            return
        for ago in (DAYS, 20, 1):
            after, until = self.today - timedelta(days=ago), self.today
            everything = PartyOrganization.objects.all()
            total = balance_of(everything, after, until)
            assert total.difference == 0
            assert total.counts["end"] == sum(len(p.party_on(until)) for p in self.people.values())
            assert total.counts["start"] == sum(
                len(p.party_on(after)) for p in self.people.values()
            )
            for by in ("township", "party_organization"):
                groups = balances_by(everything, after, until, by)
                assert all(one.difference == 0 for one in groups)
                for line in ("start", "end"):
                    assert sum(g.counts[line] for g in groups) == total.counts[line]
        check = check_of(PartyOrganization.objects.all(), self.today)
        assert check.is_right
        assert check.people == total.counts["end"]
        assert not Membership.objects.filter(party_organization=self.joint).exists()


def machine(examples: int, steps: int) -> None:
    run(
        Belonging,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_everyone_belongs_somewhere_and_it_balances() -> None:
    machine(2, 10)


@pytest.mark.slow
def test_everyone_belongs_somewhere_and_it_balances_at_length() -> None:
    """As many as a suite has time for; `BELONGING_EXAMPLES=200` makes a campaign of it."""
    machine(int(os.environ.get("BELONGING_EXAMPLES", "2")), 25)


def test_the_database_refuses_two_at_once() -> None:
    member = make_member(since=date(2015, 1, 1))
    other = make_party(SECOND)
    for start, end, exit_ in (
        (date(2014, 1, 1), date(2015, 1, 2), "moved"),
        (date(2016, 1, 1), date(2017, 1, 1), "moved"),
        (date(2016, 1, 1), None, ""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(
                member=member, party_organization=other, valid_from=start, valid_to=end, exit=exit_
            )
    own = member.memberships.get()
    Membership.objects.filter(pk=own.pk).update(valid_to=date(2016, 1, 1), exit="moved")
    Membership.objects.create(
        member=member, party_organization=other, valid_from=date(2016, 1, 1), entry="moved"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=own.pk).update(valid_to=date(2016, 1, 2))


def moved(member: Member, to: PartyOrganization, left: date, came: date) -> None:
    """Both rows of a move, written past the actions."""
    own = Membership.objects.filter(member=member, valid_to__isnull=True)
    own.update(valid_to=left, exit="moved")
    Membership.objects.create(member=member, party_organization=to, valid_from=came, entry="moved")


DAY = date(2016, 1, 1)
LATER = DAY + timedelta(days=1)


def _without_its_second_row(member: Member, to: PartyOrganization) -> None:
    Membership.objects.filter(member=member).update(valid_to=DAY, exit="moved")


def _without_its_first_row(member: Member, to: PartyOrganization) -> None:
    Membership.objects.filter(member=member).update(entry="moved")


def _with_a_day_between(member: Member, to: PartyOrganization) -> None:
    moved(member, to, DAY, LATER)


def _in_bulk(member: Member, to: PartyOrganization) -> None:
    _without_its_second_row(member, to)
    Membership.objects.bulk_create(
        [
            Membership(member=member, party_organization=to, valid_from=LATER, entry="moved"),
            Membership(
                member=make_member(party=to, since=LATER),
                party_organization=to,
                valid_from=DAY,
                valid_to=LATER,
                exit="transferred",
            ),
        ]
    )


def _whose_second_row_is_deleted(member: Member, to: PartyOrganization) -> None:
    moved(member, to, DAY, DAY)
    Membership.objects.filter(member=member, party_organization=to).delete()


def _whose_second_row_goes_to_another(member: Member, to: PartyOrganization) -> None:
    moved(member, to, DAY, DAY)
    other = Member.objects.create(**member_values())
    Membership.objects.filter(member=member, party_organization=to).update(member=other)


def _whose_second_row_begins_later(member: Member, to: PartyOrganization) -> None:
    moved(member, to, DAY, DAY)
    Membership.objects.filter(member=member, party_organization=to).update(valid_from=LATER)


@pytest.mark.parametrize(
    "write",
    [
        _without_its_second_row,
        _without_its_first_row,
        _with_a_day_between,
        _in_bulk,
        _whose_second_row_is_deleted,
        _whose_second_row_goes_to_another,
        _whose_second_row_begins_later,
    ],
)
def test_the_database_refuses_a_move(write: Callable[[Member, PartyOrganization], None]) -> None:
    member, to = make_member(since=date(2015, 1, 1)), make_party(SECOND)

    @transaction.atomic
    def written() -> None:
        write(member, to)
        connection.check_constraints()  # what a commit does

    with pytest.raises(IntegrityError):
        written()
    connection.check_constraints()
    assert Membership.objects.get(member=member).valid_to is None


def test_the_database_lets_a_whole_move_pass_in_any_order() -> None:
    to, back = make_party(SECOND), make_party(FIRST)
    several = [make_member(since=date(2015, 1, 1)) for _ in range(3)]
    for member in several[:2]:
        moved(member, to, DAY, DAY)
    connection.check_constraints()
    moved(several[0], back, LATER, LATER)
    # the last row first, and one that is no move at the end
    own = Membership.objects.filter(member=several[2])
    own.update(valid_to=DAY, exit="moved")
    end = LATER + timedelta(days=1)
    for start, until, entry, exit_ in (
        (LATER, end, "moved", "moved"),
        (end, None, "registered", ""),
        (DAY, LATER, "moved", "moved"),
    ):
        own.create(
            member=several[2],
            party_organization=back,
            valid_from=start,
            valid_to=until,
            entry=entry,
            exit=exit_,
        )
    connection.check_constraints()
    # leaving and coming back may take years; and whoever is deleted leaves nothing behind
    Membership.objects.filter(member=several[1], valid_to__isnull=True).update(
        valid_to=LATER, exit="suspended"
    )
    Membership.objects.create(
        member=several[1], party_organization=to, valid_from=date(2019, 1, 1), entry="resumed"
    )
    several[0].delete()
    connection.check_constraints()
    assert not Membership.objects.with_gap().exists()


@pytest.mark.django_db(transaction=True)
def test_a_gap_is_refused_when_the_transaction_ends() -> None:
    member, to = make_member(since=date(2015, 1, 1)), make_party(SECOND)
    written = []

    @transaction.atomic
    def write() -> None:
        _with_a_day_between(member, to)
        written.append(Membership.objects.with_gap().count())  # until then it is allowed

    with pytest.raises(IntegrityError):
        write()
    assert written == [2]
    with pytest.raises(IntegrityError):
        _without_its_second_row(member, to)
    assert Membership.objects.get().valid_to is None
    with transaction.atomic():
        moved(member, to, DAY, DAY)
    assert not Membership.objects.with_gap().exists()


def test_every_number_is_the_rows_behind_it() -> None:
    one, two, far = make_party(FIRST), make_party(FIRST), make_party(SECOND)
    today = timezone.localdate()
    after = today - timedelta(days=100)
    for party in (one, two, far):
        for _ in range(3):
            make_member(party=party)
    people = list(Member.objects.order_by("pk"))
    day = today - timedelta(days=10)
    move_member(member=people[0], to=two, on=day, by=None)  # inside the township
    move_member(member=people[1], to=far, on=day, by=None)  # out of it
    leave(member=people[2], exit=Exit.DIED, on=day, by=None)
    add_member(values=member_values(), party=one, on=day, entry=Entry.TRANSFERRED, by=None)
    inside = PartyOrganization.objects.filter(township=FIRST)
    total = balance_of(inside, after, today)
    assert total.counts == {
        **dict.fromkeys(LINES, 0),
        "start": 6,
        "in_transferred": 1,
        "out_moved": 1,
        "out_died": 1,
        "end": 5,
        "inner": 1,
    }
    for line in LINES:
        assert total.counts[line] == rows_of(inside, after, today, line).count()
    assert set(INS) < set(LINES)
    by_township = {
        g.key: g.counts
        for g in balances_by(PartyOrganization.objects.all(), after, today, "township")
    }
    assert by_township[FIRST] == total.counts
    assert by_township[SECOND]["in_moved"] == 1


def _let_anything_be_written() -> None:
    """As rows were that came before the database refused gaps."""
    connection.check_constraints()
    make_way(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE members_membership DISABLE TRIGGER USER")


def test_a_difference_names_the_people() -> None:
    party = make_party(FIRST)
    ghost, lost = make_member(party=party), make_member(party=party)
    _let_anything_be_written()
    Member.objects.filter(pk=ghost.pk).update(status="died")
    Membership.objects.filter(member=lost).update(valid_to=date(2016, 1, 1), exit="moved")
    check = check_of(PartyOrganization.objects.all(), timezone.localdate())
    assert not check.is_right
    assert list(check.beyond) == [ghost]
    assert list(check.without) == [lost]
    assert list(Membership.objects.with_gap().values_list("member", flat=True)) == [lost.pk]
