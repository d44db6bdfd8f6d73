"""Three lines of responsibility: which body answers for a social organization's party-building.

The case: 业务主管单位和行业党组织归口管理, 市社会组织综合党委专门管理, 镇(街道)两新组织党委属地兜底管理.
What a township itself put on file (城乡社会组织) has no city-level registration that the committee
could follow, so there the township's own committee stands in.
"""

from organizations.rules.vocabulary import BodyKind, Category

TOWNSHIP_CATEGORIES = frozenset({Category.COMMUNITY.value})


def proposed_line(
    *, category: str, has_line: bool, has_committee: bool, has_township: bool
) -> BodyKind | None:
    """The line that should answer, given which bodies exist; None when there is none at all.

    `has_line`: the supervising unit has a party body; `has_committee`: the city has a comprehensive
    committee; `has_township`: the township has a committee of its own.
    """
    if has_line:
        return BodyKind.LINE
    if has_committee and (category not in TOWNSHIP_CATEGORIES or not has_township):
        return BodyKind.COMMITTEE
    return BodyKind.TOWNSHIP if has_township else None


def unit_of_body(name: str, units: list[str]) -> str | None:
    """The supervising unit that a line's body is named after: 市民政局党组 belongs to 市民政局."""
    named = [unit for unit in units if name.startswith(unit)]
    return max(named, key=len, default=None)
