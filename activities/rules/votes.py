"""Who may vote at a meeting of members, and when a vote has passed. Counted over the entitled."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Ballot:
    """应到有表决权, 实到有表决权, and how they voted."""

    entitled: int
    present: int
    in_favour: int
    against: int
    abstained: int


def may_vote(full_on: date | None, is_full: bool, is_suspended: bool, day: date) -> bool:
    """预备党员 and members 留党察看 do not vote (选举工作条例).

    Whoever is a full member today without a known date counts as one on every day.
    """
    if is_suspended:
        return False
    return full_on <= day if full_on else is_full


def has_quorum(entitled: int, present: int) -> bool:
    """More than half of those entitled are there."""
    return entitled > 0 and present * 2 > entitled


def election_is_valid(entitled: int, present: int) -> bool:
    """At least four fifths of those entitled take part."""
    return entitled > 0 and present * 5 >= entitled * 4


def contradictions(ballot: Ballot) -> list[str]:
    """What cannot be in these numbers; nothing when they fit."""
    found = []
    if min(ballot.entitled, ballot.present, ballot.in_favour, ballot.against) < 0:
        return ["票数不能是负数"]
    if ballot.entitled < 1:
        found.append("应到有表决权人数至少为 1")
    if ballot.present > ballot.entitled:
        found.append(f"实到 {ballot.present} 人,多于应到 {ballot.entitled} 人")
    cast = ballot.in_favour + ballot.against + ballot.abstained
    if cast != ballot.present:
        found.append(f"赞成、反对、弃权合计 {cast} 票,与实到有表决权 {ballot.present} 人不符")
    return found


def passed(ballot: Ballot) -> bool:
    """More than half of those entitled are there, and more than half of them all are in favour."""
    return (
        not contradictions(ballot)
        and has_quorum(ballot.entitled, ballot.present)
        and ballot.in_favour * 2 > ballot.entitled
    )
