"""党员增减平衡: last period + in - out = this period, by the memberships and by the people."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from members.models import Member, Membership
from members.rules.vocabulary import COUNTED, Entry, Exit
from organizations.models.scoping import valid_on

# how the table groups the ways in and out; the codes are those of the links behind the numbers
INS: dict[str, tuple[str, tuple[Entry, ...]]] = {
    "in_admitted": ("发展", (Entry.ADMITTED,)),
    "in_moved": ("转入(系统内)", (Entry.MOVED,)),
    "in_transferred": ("转入(系统外)", (Entry.TRANSFERRED,)),
    "in_resumed": ("恢复党籍", (Entry.RESUMED,)),
    "in_registered": ("建账登记", (Entry.REGISTERED,)),
}
OUTS: dict[str, tuple[str, tuple[Exit, ...]]] = {
    "out_moved": ("转出(系统内)", (Exit.MOVED,)),
    "out_transferred": ("转出(系统外)", (Exit.TRANSFERRED,)),
    "out_died": ("去世", (Exit.DIED,)),
    "out_suspended": ("停止党籍", (Exit.SUSPENDED,)),
    "out_left": (
        "出党",
        (
            *(Exit.CANCELLED, Exit.EXPELLED, Exit.STRUCK_OFF),
            *(Exit.PERSUADED, Exit.LAPSED, Exit.WITHDREW),
        ),
    ),
}
LINES = {
    "start": "期初",
    **{code: words for code, (words, _) in (*INS.items(), *OUTS.items())},
    "end": "期末",
    "inner": "内部调动",
}


@dataclass
class Balance:
    """The numbers of one group of party organizations, by line."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def came(self) -> int:
        return sum(self.counts[line] for line in INS)

    @property
    def went(self) -> int:
        return sum(self.counts[line] for line in OUTS)

    @property
    def difference(self) -> int:
        """Zero, or the table is wrong."""
        return self.counts["start"] + self.came - self.went - self.counts["end"]

    def cells(self) -> Iterator[tuple[str, int]]:
        for line in ("start", *INS, *OUTS, "end"):
            yield line, self.counts[line]


def rows_of(parties: QuerySet, after: date, until: date, line: str) -> Any:
    """The memberships that a number of the table counts; the list behind it is this queryset.

    A move from one of these organizations to another of them is neither in nor out (`inner`).
    """
    rows = Membership.objects.within(parties)
    if line == "start":
        return rows.live_on(after)
    if line == "end":
        return rows.live_on(until)
    if line == "inner":
        return rows.begun_in(after, until).from_inside(parties)
    if line in INS:
        return rows.begun_in(after, until).from_outside(parties).filter(entry__in=INS[line][1])
    return rows.ended_in(after, until).to_outside(parties).filter(exit__in=OUTS[line][1])


def _counts(after: date, until: date, from_inside: Q, to_inside: Q) -> dict[str, Count]:
    """Every line of the table as a count over memberships that know whence and whither."""
    begun = Q(valid_from__gt=after, valid_from__lte=until)
    ended = Q(valid_to__gt=after, valid_to__lte=until)
    counted = {
        "start": Count("pk", filter=valid_on(after)),
        "end": Count("pk", filter=valid_on(until)),
        "inner": Count("pk", filter=begun & from_inside),
    }
    for line, (_, entries) in INS.items():
        counted[line] = Count("pk", filter=begun & ~from_inside & Q(entry__in=entries))
    for line, (_, exits) in OUTS.items():
        counted[line] = Count("pk", filter=ended & ~to_inside & Q(exit__in=exits))
    return counted


def balance_of(parties: QuerySet, after: date, until: date, name: str = "合计") -> Balance:
    """One balance over all these organizations, in one query."""
    own = Membership.objects.within(parties).filter(member=OuterRef("member"))
    rows = Membership.objects.within(parties).annotate(
        came_from=Exists(own.filter(valid_to=OuterRef("valid_from"))),
        went_to=Exists(own.filter(valid_from=OuterRef("valid_to"))),
    )
    counted = _counts(after, until, Q(came_from=True), Q(went_to=True))
    return Balance("", name, rows.aggregate(**counted))


def balances_by(parties: QuerySet, after: date, until: date, by: str) -> list[Balance]:
    """A balance for each township or each party organization, in one query.

    Moves between groups count in both; the total over all does not count them.
    """
    key, title = {
        "township": ("party_organization__township", "party_organization__township__name"),
        "party_organization": ("party_organization", "party_organization__name"),
    }[by]
    own = Membership.objects.within(parties).filter(member=OuterRef("member"))
    rows = Membership.objects.within(parties).annotate(
        group=F(key),
        came_from=Subquery(own.filter(valid_to=OuterRef("valid_from")).values(key)[:1]),
        went_to=Subquery(own.filter(valid_from=OuterRef("valid_to")).values(key)[:1]),
    )
    # an empty subquery is unknown, not false: say so, since the counts negate it
    from_inside = Q(came_from__isnull=False, came_from=F("group"))
    to_inside = Q(went_to__isnull=False, went_to=F("group"))
    grouped = rows.order_by().values("group", title)
    grouped = grouped.annotate(**_counts(after, until, from_inside, to_inside))
    found = [
        Balance(str(row["group"]), row[title], {line: row[line] for line in LINES})
        for row in grouped.order_by("group" if by == "township" else title)
    ]
    return [one for one in found if any(one.counts.values())]


@dataclass
class Check:
    """A recount by people instead of memberships, and who differs."""

    people: int
    doubled: QuerySet
    without: QuerySet
    beyond: QuerySet

    @property
    def is_right(self) -> bool:
        return not (self.doubled.exists() or self.without.exists() or self.beyond.exists())


def check_of(parties: QuerySet, day: date) -> Check:
    """Counts the people themselves on a day; says who is counted twice, not at all, or wrongly."""
    live = Membership.objects.within(parties).live_on(day)
    twice = live.order_by().values("member").annotate(number=Count("pk")).filter(number__gt=1)
    last = Membership.objects.within(parties).last_ones()
    return Check(
        people=live.order_by().values("member").distinct().count(),
        doubled=Member.objects.filter(pk__in=twice.values("member")),
        without=Member.objects.filter(
            pk__in=last.filter(valid_to__isnull=False).values("member"), status__in=COUNTED
        ),
        beyond=Member.objects.filter(
            pk__in=last.filter(valid_to__isnull=True).values("member")
        ).exclude(status__in=COUNTED),
    )
