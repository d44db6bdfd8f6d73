"""A1: which of the rules R1 to R5 a party organization's set-up fails (支部工作条例)."""

from organizations.rules.vocabulary import Level, PartyKind

LEAST_FULL_MEMBERS = 3
BRANCH_MOST, GENERAL_MOST = 50, 100
MOST_UNITS_OF_A_JOINT_BRANCH = 5
COMMITTEE_FROM, COMMITTEE_LEAST, COMMITTEE_MOST = 7, 3, 7
BRANCHES = (Level.BRANCH, Level.JOINT_BRANCH, Level.TEMPORARY_BRANCH)


def failed_setup_rules(
    *,
    kind: str,
    level: str,
    members: int,
    full_members: int,
    covered: int,
    has_secretary: bool,
    committee_size: int,
) -> tuple[str, ...]:
    """Codes of the rules that are not met.

    R1 asks standing organizations for three full members, R2 for a level that fits the number of
    members, R3 a joint branch for five units at most, R5 for a secretary, and from seven full
    members on for a committee of three to seven. R4 only names kinds. A joint (兼合式) organization
    admits nobody and its members belong elsewhere: R1, R2 and the committee do not apply to it.
    """
    own = kind == PartyKind.STANDING
    failed = []
    if own and full_members < LEAST_FULL_MEMBERS:
        failed.append("R1")
    too_large = members > BRANCH_MOST and level in BRANCHES
    if own and (too_large or (members > GENERAL_MOST and level == Level.GENERAL_BRANCH)):
        failed.append("R2")
    if level == Level.JOINT_BRANCH and covered > MOST_UNITS_OF_A_JOINT_BRANCH:
        failed.append("R3")
    needs_committee = own and full_members >= COMMITTEE_FROM
    fits = COMMITTEE_LEAST <= committee_size <= COMMITTEE_MOST
    if not has_secretary or (needs_committee and not fits):
        failed.append("R5")
    return tuple(failed)
