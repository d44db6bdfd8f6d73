"""Who belongs where on which day, loaded once."""

from dataclasses import dataclass, field
from datetime import date

from members.models import GroupMember, Member, Membership, Participation, PartyGroup, PartyPost
from members.rules.vocabulary import MemberStatus

Span = tuple[int, date, date | None]


def on(spans: list[Span], day: date) -> list[int]:
    return [key for key, begins, ends in spans if begins <= day and (ends is None or ends > day)]


@dataclass
class People:
    """Members, posts, groups by party organization."""

    belonging: dict[int, list[Span]] = field(default_factory=dict)
    taking_part: dict[int, list[Span]] = field(default_factory=dict)
    posts: dict[int, list[Span]] = field(default_factory=dict)
    groups: dict[int, list[Span]] = field(default_factory=dict)
    in_group: dict[int, list[Span]] = field(default_factory=dict)
    full_on: dict[int, date | None] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "People":
        people = cls()
        spans = ("member", "valid_from", "valid_to")
        sources = (
            (people.belonging, Membership.objects, "party_organization", spans),
            (people.taking_part, Participation.objects, "party_organization", spans),
            (people.posts, PartyPost.objects, "party_organization", spans),
            (people.groups, PartyGroup.objects, "party_organization", ("pk", *spans[1:])),
            (people.in_group, GroupMember.objects, "group", spans),
        )
        for store, rows, owner, fields in sources:
            for place, key, begins, ends in rows.order_by("pk").values_list(owner, *fields):
                store.setdefault(place, []).append((key, begins, ends))
        members = Member.objects.values_list("pk", "name", "full_on", "joined_on", "status")
        for key, name, full_on, joined_on, status in members:
            people.names[key] = name
            is_full = status == MemberStatus.FULL
            people.full_on[key] = full_on or (joined_on if is_full else None)
        return people

    def expected(self, party: int, day: date) -> list[tuple[int, bool]]:
        """Members of the organization on the day, and whether each only takes part."""
        own = on(self.belonging.get(party, []), day)
        guests = [key for key in on(self.taking_part.get(party, []), day) if key not in own]
        return [*((key, False) for key in own), *((key, True) for key in guests)]

    def committee(self, party: int, day: date) -> set[int]:
        return set(on(self.posts.get(party, []), day))

    def votes(self, key: int, day: date) -> bool:
        full = self.full_on.get(key)
        return full is not None and full <= day
