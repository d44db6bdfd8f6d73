"""Which party organizations may cover a social organization, how, and what to mind.

支部工作条例(试行): three or more full members form a branch of their own; fewer join with neighbours
(地域相邻、行业相近、规模适当、便于管理), and a joint branch generally covers no more than five units.
"""

from dataclasses import dataclass

from organizations.rules.coverage import ESTABLISH_MINIMUM
from organizations.rules.vocabulary import Level, Mode, PartyKind

JOINT_UNITS = 5
_WIDE = frozenset({Level.COMMITTEE.value, Level.GENERAL_BRANCH.value})


@dataclass(frozen=True)
class Candidate:
    """A party organization that may cover: the usual mode, why it fits, what to mind, its rank."""

    mode: Mode
    why: str
    warning: str
    rank: int


def candidate(
    *,
    kind: str,
    level: str,
    covered: int,
    same_township: bool,
    same_line: bool,
    adding: int = 1,
) -> Candidate | None:
    """How this party organization could cover `adding` more organizations; None where it should not.

    A branch that an organization has for itself is not offered to others, nor a full joint branch.
    """
    after = covered + adding
    near = "同镇(街道)" if same_township else ""
    kin = "同一业务主管单位" if same_line else ""
    why = "、".join(word for word in (near, kin) if word)
    if not why:
        return None
    if kind == PartyKind.AFFILIATED:
        return Candidate(Mode.ATTACHED, why, too_many(after), 2) if same_township else None
    if kind == PartyKind.JOINT:
        alone = covered == 0 and adding == 1
        return Candidate(Mode.DUAL, why, "", 4) if alone else None
    mode = Mode.AREA_JOINT if same_township and not same_line else Mode.TRADE_JOINT
    if level in _WIDE:
        return Candidate(mode, why, "", 3)
    if level == Level.JOINT_BRANCH:
        return Candidate(mode, why, "", 1) if after <= JOINT_UNITS else None
    if covered:
        return None
    return Candidate(Mode.SOLO if adding == 1 else mode, why, "", 3)


def too_many(covered: int) -> str:
    """The caution for a branch that would cover more than five units."""
    if covered <= JOINT_UNITS:
        return ""
    return f"将覆盖 {covered} 家,一般不超过 {JOINT_UNITS} 家"


def covering_hints(*, full_members: int, mode: str, level: str, covered_after: int) -> list[str]:
    """What the rules say to a link of this mode; cautions, never refusals."""
    hints = []
    if full_members >= ESTABLISH_MINIMUM and mode != Mode.SOLO:
        hints.append(f"有正式党员 {full_members} 名,3 名以上应当单独成立党支部")
    if full_members < ESTABLISH_MINIMUM and mode == Mode.SOLO:
        hints.append(f"正式党员 {full_members} 名,不足 3 名,一般不单独成立党支部")
    joint = mode in (Mode.AREA_JOINT, Mode.TRADE_JOINT) or level == Level.JOINT_BRANCH
    if joint and level not in _WIDE and (caution := too_many(covered_after)):
        hints.append(f"联合党支部{caution}")
    return hints


def founding_hints(
    *, kind: str, level: str, full_members: int, units: int, document: str
) -> list[str]:
    """What the rules say to founding this for organizations with so many full members together."""
    hints = []
    if kind == PartyKind.STANDING and full_members < ESTABLISH_MINIMUM:
        hints.append(f"正式党员共 {full_members} 名,不足 3 名,一般不成立建制性党支部")
    if level == Level.JOINT_BRANCH and units > JOINT_UNITS:
        hints.append(f"联合党支部覆盖 {units} 家,一般不超过 {JOINT_UNITS} 家")
    if level == Level.JOINT_BRANCH and units < 2:
        hints.append("联合党支部一般由两家以上单位联合组建")
    if level == Level.GENERAL_BRANCH and full_members <= 50:
        hints.append(f"党员共 {full_members} 名,一般超过 50 名设党总支;工作需要并经上级批准的除外")
    if level == Level.COMMITTEE and full_members <= 100:
        hints.append(f"党员共 {full_members} 名,一般超过 100 名设党委;工作需要并经上级批准的除外")
    if level in _WIDE and not document:
        hints.append("设立党总支、党委须经上级党组织批准,请填写批准文号")
    return hints
