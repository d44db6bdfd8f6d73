"""The year so far: pledges, training, honours, dues, and who is on the way into the Party."""

from datetime import date, timedelta
from decimal import Decimal

from members.models import (
    AdmissionStep,
    Applicant,
    DuesBase,
    DuesMonth,
    Honour,
    Membership,
    Pledge,
    Training,
)
from members.rules.admission import STEPS
from members.rules.dates import add_months, month_of, next_month
from members.rules.dues import DEFAULT_BANDS, dues_for
from members.rules.vocabulary import (
    ApplicantState,
    Gender,
    Payer,
)
from organizations.models import PartyOrganization
from shishi_portal.demo.names import Names
from shishi_portal.demo.roster.making import Maker

APPLICANTS = 30
PROMISES = [
    "带头学习政策法规,每月向群众宣讲一次",
    "每季度参加一次志愿服务",
    "结对帮扶一户困难家庭",
    "带头诚信经营,接受会员监督",
    "主动调解行业纠纷,做到有求必应",
]
SUBJECTS = [
    "社会组织党务培训班",
    "支部书记集中轮训",
    "党章专题学习",
    "党史学习教育",
    "消防安全培训",
]


def live_a_year(maker: Maker) -> None:
    """Pledges, training hours and a few honours of the year so far."""
    random, today, roster = maker.random, maker.today, maker.roster
    new_year = date(today.year, 1, 1)
    leaders = {id(post.member) for post in roster.party_posts}
    for stay in [m for m in roster.memberships if m.valid_to is None]:
        member = stay.member
        if random.random() < 0.94:
            made = maker.between(new_year, min(today, date(today.year, 2, 20)))
            late = today - timedelta(days=10)
            done = late > made + timedelta(days=60) and random.random() < 0.8
            roster.pledges.append(
                Pledge(
                    member=member,
                    year=today.year,
                    promise=random.choice(PROMISES),
                    promised_on=made,
                    deed="已按承诺开展" if done else "",
                    done_on=maker.between(made, late) if done else None,
                    review=random.choices(("excellent", "good"), (3, 7))[0] if done else "",
                    reviewed_on=late if done else None,
                )
            )
        many = 3 if id(member) in leaders else 2
        days = {maker.between(new_year, today) for _ in range(random.randint(1, many))}
        for place, day in enumerate(sorted(days)):
            roster.trainings.append(
                Training(
                    member=member,
                    on=day,
                    subject=SUBJECTS[(place + len(roster.trainings)) % len(SUBJECTS)],
                    hours=Decimal(random.choice((8, 12, 16, 20, 24))),
                    organizer="市社会组织综合党委",
                )
            )
        if random.random() < 0.02:
            roster.honours.append(
                Honour(
                    member=member,
                    on=maker.between(new_year, today),
                    title="优秀共产党员",
                    level="county",
                    awarded_by="市社会组织综合党委",
                )
            )


def pay_dues(maker: Maker) -> None:
    """Bases of the year, and every month of it so far; most pay in time, a few are behind."""
    random, today, roster = maker.random, maker.today, maker.roster
    this_month, new_year = month_of(today), date(today.year, 1, 1)
    stays: dict[int, list[Membership]] = {}
    for stay in roster.memberships:
        stays.setdefault(id(stay.member), []).append(stay)
    lazy = {id(stay.party_organization) for stay in roster.memberships if random.random() < 0.004}
    for member in roster.members:
        born = member.born_on or today
        retired = today.year - born.year >= 60
        payer = Payer.RETIRED if retired else Payer.EMPLOYED
        base = Decimal(random.randint(2200, 6800) if retired else random.randint(2600, 14000))
        roster.bases.append(DuesBase(member=member, year=today.year, payer=payer, base=base))
        due = dues_for(payer, base, DEFAULT_BANDS)
        month = new_year
        while month <= this_month:
            after = next_month(month)
            own = [
                s
                for s in stays[id(member)]
                if s.valid_from < after and (s.valid_to is None or s.valid_to > month)
            ]
            if own:
                party = min(own, key=lambda s: s.valid_from).party_organization
                paid_on = _paid_on(maker, month, after, id(party) in lazy)
                roster.dues.append(
                    DuesMonth(
                        member=member,
                        party_organization=party,
                        month=month,
                        deadline=after,
                        payer=payer,
                        base=base,
                        due=due,
                        paid=due if paid_on else Decimal(0),
                        paid_on=paid_on,
                    )
                )
            month = after


def _paid_on(maker: Maker, month: date, after: date, lazy: bool) -> date | None:
    chance = maker.random.random()
    on = maker.between(month, after - timedelta(days=1))
    if lazy or chance > 0.96:
        on = after + timedelta(days=maker.random.randint(0, 70))
    return on if on <= maker.today else None


def bring_applicants(maker: Maker, standing: list[PartyOrganization]) -> None:
    """People on the way into the Party, each as far as the intervals allow."""
    random, today = maker.random, maker.today
    names = Names(random, "")
    for number in range(APPLICANTS):
        home = random.choice(standing)
        done = random.choice((1, 2, 5, 6, 6, 8, 11, 13))
        first = today - timedelta(days=random.randint(120, 700) + (500 if done > 6 else 0))
        first = max(first, home.founded_on + timedelta(days=30))
        born = first - timedelta(days=random.randint(20 * 366, 38 * 366))
        ended = number % 11 == 10
        applicant = Applicant(
            name=names.person(),
            gender=random.choice((Gender.MALE, Gender.FEMALE)),
            born_on=born,
            party_organization=home,
            state=ApplicantState.ENDED if ended else ApplicantState.OPEN,
            ended_on=today - timedelta(days=9) if ended else None,
            end_reason="调离本单位" if ended else "",
        )
        maker.roster.applicants.append(applicant)
        day = first
        for step in STEPS[:done]:
            if step.number == 7:
                day = max(day, add_months(first + timedelta(days=60), 12))
            if day > today:
                break
            maker.roster.steps.append(
                AdmissionStep(applicant=applicant, number=step.number, done_on=day)
            )
            day += timedelta(days=random.choice((7, 14, 20, 25)))
