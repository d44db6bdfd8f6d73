"""Writing party-building into the charter: drafted, voted by the meeting, approved by the registrar.

民函〔2018〕78号, 民函〔2019〕54号: it may be written first and confirmed at the next meeting; the
registrar approves what was voted.
"""

from datetime import date

from organizations.rules.vocabulary import CharterState

STEPS = (CharterState.DRAFTED, CharterState.VOTED, CharterState.APPROVED)


def charter_state(drafted: date | None, voted: date | None, approved: date | None) -> CharterState:
    """How far it has come: the last step that has a date."""
    dated = [state for state, day in zip(STEPS, (drafted, voted, approved), strict=True) if day]
    return dated[-1] if dated else CharterState.NOT_STARTED


def charter_problems(
    drafted: date | None, voted: date | None, approved: date | None, today: date
) -> dict[int, str]:
    """What is wrong with the dates of the three steps, by the step's place; empty when all is well."""
    days = (drafted, voted, approved)
    found: dict[int, str] = {}
    for place, day in enumerate(days):
        if day is None:
            continue
        before = days[place - 1] if place else None
        if day > today:
            found[place] = "日期晚于今天,请在实际完成后登记"
        elif place and before is None:
            found[place] = f"须先有“{STEPS[place - 1].label}”的日期"
        elif before is not None and day < before:
            found[place] = f"不能早于“{STEPS[place - 1].label}”的日期"
    return found
