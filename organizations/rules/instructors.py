"""Who should serve whom: instructors' loads within one township, evened out with few changes."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """An instructor and the organizations that the instructor serves, longest served first."""

    instructor: str
    organizations: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        return len(self.organizations)


@dataclass(frozen=True)
class Step:
    """Proposed: this organization to that instructor, taken from another or (None) newly served."""

    organization: int
    to: str
    taken_from: str | None = None


def placements(loads: Sequence[Load], waiting: Sequence[int]) -> list[Step]:
    """Each waiting organization, in the order given, to whoever then has the least to do.

    Equal loads go by the instructors' codes, so that the same facts give the same proposal.
    """
    counted = {load.instructor: load.number for load in loads}
    steps = []
    for organization in waiting:
        if not counted:
            break
        least = min(counted, key=lambda code: (counted[code], code))
        counted[least] += 1
        steps.append(Step(organization, least))
    return steps


def evened(loads: Sequence[Load]) -> list[Step]:
    """The fewest changes of hands after which no two loads of the township differ by more than one.

    Whoever gives, gives what was served for the shortest time.
    """
    held = {load.instructor: list(load.organizations) for load in loads}
    steps = []
    while held:
        most = min(held, key=lambda code: (-len(held[code]), code))
        least = min(held, key=lambda code: (len(held[code]), code))
        if len(held[most]) - len(held[least]) < 2:
            break
        given = held[most].pop()
        # put first, so that it is not handed on once more
        held[least].insert(0, given)
        steps.append(Step(given, least, most))
    return steps
