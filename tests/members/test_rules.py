"""Dues, dates, letters, parameters and the 25 steps, at their borders."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from members.rules.admission import BY_NUMBER, STEPS, breaches, due_on, next_step, refusals
from members.rules.dates import add_months, age_on, month_end, probation_end
from members.rules.dues import DEFAULT_BANDS, dues_for, is_on_time
from members.rules.moves import MoveVerb, is_expired, is_expiring, letter_end, step_of
from members.rules.parameters import in_force
from members.rules.vocabulary import MoveState


@pytest.mark.parametrize(
    ("payer", "base", "due"),
    [
        ("employed", "0", "0.00"),
        ("employed", "3000", "15.00"),
        ("employed", "3000.01", "30.00"),
        ("employed", "5000", "50.00"),
        ("employed", "5000.01", "75.00"),
        ("employed", "10000", "150.00"),
        ("employed", "10000.01", "200.00"),
        ("employed", "2999", "15.00"),  # 14.995, half up
        ("retired", "5000", "25.00"),
        ("retired", "5000.01", "50.00"),
        ("farmer", "9999", "0.20"),
        ("minimal", "0", "0.20"),
        ("exempt", "9999", "0.00"),
    ],
)
def test_dues(payer: str, base: str, due: str) -> None:
    assert dues_for(payer, Decimal(base), DEFAULT_BANDS) == Decimal(due)


def test_dues_of_nobody_known() -> None:
    with pytest.raises(ValueError, match="没有适用"):
        dues_for("retired", Decimal(1), [])
    with pytest.raises(ValueError, match="负数"):
        dues_for("retired", Decimal(-1), DEFAULT_BANDS)


@pytest.mark.parametrize(
    ("paid", "on", "grace", "expected"),
    [
        ("15", date(2020, 2, 29), 0, True),
        ("15", date(2020, 3, 1), 0, False),
        ("15", date(2020, 3, 1), 1, True),
        ("14.99", date(2020, 2, 1), 0, False),
        ("15", None, 0, False),
        ("15", date(2019, 12, 1), 0, True),  # paid ahead
    ],
)
def test_on_time(paid: str, on: date | None, grace: int, expected: bool) -> None:
    assert is_on_time(date(2020, 2, 1), Decimal(15), Decimal(paid), on, grace) is expected


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 2, 28), 12, date(2024, 2, 28)),
        (date(2020, 8, 31), 6, date(2021, 2, 28)),
        (date(2020, 12, 15), 1, date(2021, 1, 15)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
    ],
)
def test_months(day: date, months: int, result: date) -> None:
    assert add_months(day, months) == result


def test_leap_days() -> None:
    assert month_end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert age_on(date(2004, 2, 29), date(2022, 2, 28)) == 17
    assert age_on(date(2004, 2, 29), date(2022, 3, 1)) == 18
    assert probation_end(date(2024, 2, 29)) == date(2025, 2, 28)
    assert probation_end(date(2024, 1, 10), 6) == date(2025, 7, 10)


def test_letters() -> None:
    issued = date(2024, 1, 1)
    end = letter_end(issued, 90)
    assert end == date(2024, 3, 31)
    assert not is_expired(MoveState.LETTER, end, end)
    assert is_expired(MoveState.LETTER, end, end + timedelta(days=1))
    assert not is_expired(MoveState.ACCEPTED, end, end + timedelta(days=1))
    assert not is_expiring(MoveState.LETTER, end, end - timedelta(days=16), 15)
    assert is_expiring(MoveState.LETTER, end, end - timedelta(days=15), 15)


def test_a_finished_move_goes_nowhere() -> None:
    for state in (MoveState.DONE, MoveState.RETURNED, MoveState.EXPIRED, MoveState.WITHDRAWN):
        assert [verb for verb in MoveVerb if step_of(verb, state)] == []


def test_parameters_hold_from_their_year_on() -> None:
    known = {2019: Decimal(1), 2022: Decimal(2)}
    assert [in_force(known, year, None) for year in (2018, 2019, 2021, 2022, 2030)] == [
        *(None, Decimal(1), Decimal(1), Decimal(2), Decimal(2)),
    ]


def test_there_are_25_steps_in_five_stages() -> None:
    assert [step.number for step in STEPS] == list(range(1, 26))
    assert [sum(s.stage == n for s in STEPS) for n in range(1, 6)] == [2, 4, 5, 7, 7]
    superior = {step.number for step in STEPS if step.by_superior}
    assert superior == {4, 8, 13, 16, 17, 18, 24}


def track(upto: int, start: date = date(2020, 1, 6)) -> dict[int, date]:
    """Every step a week after the one before, with the two long intervals kept."""
    done, day = {}, start
    for number in range(1, upto + 1):
        if number == 7:
            day = max(day, add_months(done[3], 12))
        if number == 23:
            day = max(day, add_months(done[15], 12))
        done[number] = day
        day += timedelta(days=7)
    return done


@pytest.mark.parametrize(("number", "since"), [(7, 3), (23, 15)])
def test_least_intervals_block(number: int, since: int) -> None:
    done = track(number - 1)
    first = add_months(done[since], 12)
    assert refusals(number, first - timedelta(days=1), done, None)
    assert refusals(number, max(first, done[number - 1]), done, None) == []


def test_an_extension_moves_the_end_of_probation() -> None:
    done = track(22)
    end = add_months(done[15], 12)
    assert refusals(23, end, done, None, extended=6)
    assert refusals(23, add_months(done[15], 18), done, None, extended=6) == []


def test_steps_come_in_order_and_after_eighteen() -> None:
    assert refusals(1, date(2022, 2, 28), {}, date(2004, 2, 29))
    assert refusals(1, date(2022, 3, 1), {}, date(2004, 2, 29)) == []
    assert refusals(3, date(2020, 1, 1), {1: date(2019, 1, 1)}, None)
    assert refusals(2, date(2018, 1, 1), {1: date(2019, 1, 1)}, None)


def test_limits_warn_only() -> None:
    done = {1: date(2020, 1, 31)}
    assert due_on(2, done) == date(2020, 2, 29)
    assert refusals(2, date(2020, 9, 1), done, None) == []
    assert breaches({**done, 2: date(2020, 2, 29)}) == []
    assert breaches({**done, 2: date(2020, 3, 1)}) == ["第 2 步“党组织派人谈话”超过期限"]
    assert breaches(track(25)) == []
    late = {**track(17), 17: add_months(track(15)[15], 3) + timedelta(days=1)}
    assert len(breaches(late)) == 1
    coming = next_step(track(17))
    assert coming is BY_NUMBER[18]
