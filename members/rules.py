"""Terms of the roster and what follows from a member's dates."""

from datetime import date

from accounts.rules import Vocabulary


class Gender(Vocabulary):
    MALE = "male", "男"
    FEMALE = "female", "女"


class MemberStatus(Vocabulary):
    """党员状态 as rosters write it."""

    FULL = "full", "正式党员"
    PROBATIONARY = "probationary", "预备党员"


def membership_start(joined_on: date | None, party_founded_on: date, today: date) -> date:
    """First day in a party organization when a roster does not say it.

    The later of joining the Party and the organization's founding; never after today.
    """
    start = max(joined_on, party_founded_on) if joined_on else party_founded_on
    return min(start, today)


def contradicts_identity(id_number: str, born_on: date | None, gender: str) -> list[str]:
    """What an 18-digit identity number says otherwise than the member's birthday and gender."""
    found = []
    if born_on and id_number[6:14] != f"{born_on:%Y%m%d}":
        found.append("身份证号中的出生日期与登记的不一致")
    own = Gender.MALE if int(id_number[16]) % 2 else Gender.FEMALE
    if gender and gender != own:
        found.append("身份证号中的性别与登记的不一致")
    return found
