"""Star ratings of 35,100 party organizations, against set-based SQL for the same main facts."""

import time
from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluation.actions import rating_runs
from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.gather.ratings import yearly_facts
from evaluation.models import RatingChunk, RatingRun, RatingScheme, StarRating
from evaluation.rules.facts import year_period
from evaluation.rules.vocabulary import RunReason
from organizations.models import PartyOrganization
from tests.bench.measure import Ratio, paired
from tests.bench.population import populate

CITIES = 100
YEAR = 2019
NOW = date(2019, 12, 31)
ONE_BY_ONE = 20
# ten members and sixteen filed records an organization; attendance is counters on the record
LIFE = """
INSERT INTO members_member (code, name, gender, ethnicity, native_place, education, degree, school,
    workplace, position, is_frontline, join_kind, joined_at, full_kind, extended_months, status,
    registered_residence, residence, remark, pinyin, initials, version, created_at, updated_at,
    joined_on, full_on, born_on)
SELECT 'M' || p.id || '-' || n, '党员', 'male', '汉族', '', '', '', '', '甲', '', false, '', '', '', 0,
    'full', '', '', '', 'dang yuan', 'dy', 1, now(), now(), date '1995-01-01', date '1996-01-01',
    date '1970-01-01'
FROM organizations_partyorganization p, generate_series(1, 10) n;
INSERT INTO members_membership (member_id, party_organization_id, valid_from, entry, exit)
SELECT m.id, split_part(substr(m.code, 2), '-', 1)::bigint, date '2010-01-01', 'registered', ''
FROM members_member m;
INSERT INTO activities_activity (party_organization_id, title, held_on, place, host, recorder,
    speaker, guests, agenda, minutes, state, filed_at, is_late, n_expected, n_present, n_excused,
    n_absent, n_corrections, version, created_at, updated_at)
SELECT p.id, '主题', date '2019-01-10' + n * 22, '', '', '', '', '', '', '', 'filed', now(), n % 5 = 0,
    10, 6 + n % 4, 0, 1, 0, 1, now(), now()
FROM organizations_partyorganization p, generate_series(0, 15) n;
INSERT INTO activities_activitytype (activity_id, kind, duty, party_organization_id, held_on, month,
    is_filed)
SELECT a.id, k.kind, k.kind, a.party_organization_id, a.held_on, extract(month FROM a.held_on)::int,
    true
FROM activities_activity a
JOIN LATERAL (SELECT CASE WHEN a.id % 4 = 0 THEN 'members_meeting' WHEN a.id % 4 = 1 THEN 'lecture'
    ELSE 'theme_day' END AS kind) k ON true;
ANALYZE;
"""
BY_HAND = """
WITH party AS (SELECT id FROM organizations_partyorganization WHERE kind <> 'affiliated'),
people AS (SELECT party_organization_id p, count(*) n,
    count(*) FILTER (WHERE m.full_on <= %(now)s) f
    FROM members_membership s JOIN members_member m ON m.id = s.member_id
    WHERE s.valid_from <= %(now)s AND (s.valid_to IS NULL OR s.valid_to > %(now)s) GROUP BY 1),
held AS (SELECT party_organization_id p,
    count(DISTINCT month) FILTER (WHERE kind = 'theme_day') theme,
    count(DISTINCT (month + 2) / 3) FILTER (WHERE kind = 'members_meeting') meetings,
    count(DISTINCT (month + 2) / 3) FILTER (WHERE kind = 'lecture') lectures,
    count(DISTINCT month) FILTER (WHERE kind = 'committee_meeting') committee
    FROM activities_activitytype
    WHERE is_filed AND held_on >= %(first)s AND held_on < %(end)s GROUP BY 1),
came AS (SELECT a.party_organization_id p, sum(n_present) present, sum(n_expected) expected
    FROM activities_activity a WHERE EXISTS (SELECT 1 FROM activities_activitytype t
        WHERE t.activity_id = a.id AND t.kind IN ('members_meeting', 'theme_day') AND t.is_filed)
    AND held_on >= %(first)s AND held_on < %(end)s GROUP BY 1),
records AS (SELECT party_organization_id p, count(*) n,
    count(*) FILTER (WHERE state = 'filed' AND NOT is_late) t, max(held_on) last
    FROM activities_activity WHERE state <> 'void' AND held_on >= %(first)s AND held_on < %(end)s
    GROUP BY 1),
covers AS (SELECT l.party_organization_id p, count(DISTINCT o.id) n,
    count(DISTINCT o.id) FILTER (WHERE o.charter_state = 'approved') c
    FROM organizations_coveragelink l
    JOIN organizations_socialorganization o ON o.id = l.social_organization_id
    WHERE l.valid_from <= %(now)s AND (l.valid_to IS NULL OR l.valid_to > %(now)s) GROUP BY 1)
SELECT party.id, people.n, people.f, theme, meetings, lectures, committee, present, expected,
    records.n, records.t, records.last, covers.n, covers.c
FROM party LEFT JOIN people ON people.p = party.id LEFT JOIN held ON held.p = party.id
LEFT JOIN came ON came.p = party.id LEFT JOIN records ON records.p = party.id
LEFT JOIN covers ON covers.p = party.id
"""


def by_hand() -> list:
    values = {"now": NOW, "first": date(YEAR, 1, 1), "end": date(YEAR + 1, 1, 1)}
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, values)
        return cursor.fetchall()


def clear() -> None:
    StarRating.objects.all()._raw_delete("default")
    RatingChunk.objects.all().delete()
    RatingRun.objects.all().delete()


def compute() -> RatingRun:
    """All ratings of a hundred cities as of one: an area code prefix reaches them all."""
    scheme = RatingScheme.objects.first() or scheme_in_force("1", YEAR)
    run = ask_for_run(
        area_code="1", scheme=scheme, year=YEAR, as_of=NOW, reason=RunReason.ASKED, by=None
    )
    return work_on_run(run.pk)


def one_by_one(keys: list[int]) -> None:
    for pk in keys:
        yearly_facts(PartyOrganization.objects.filter(pk=pk), year_period(YEAR), NOW)


def part_stars() -> list[Ratio]:
    populate(CITIES)
    with connection.cursor() as cursor:
        cursor.execute(LIFE)
    rating_runs.ring_after_commit = lambda *names: None  # type: ignore[assignment]
    started = time.perf_counter()
    first = compute()
    print(f"  {first.done_count} organizations rated in {time.perf_counter() - started:.1f} s, new")
    with CaptureQueriesContext(connection) as counted:
        started = time.perf_counter()
        again = compute()
        rerun = time.perf_counter() - started
    print(
        f"  rerun {rerun:.1f} s, {again.changed_count} changed,"
        f" {len(counted)} statements for {again.chunks.count()} chunks"
    )
    rated = PartyOrganization.objects.exclude(kind="affiliated")
    keys = list(rated.order_by("pk").values_list("pk", flat=True))

    def gathered() -> None:
        for start in range(0, len(keys), rating_runs.CHUNK):
            part = keys[start : start + rating_runs.CHUNK]
            yearly_facts(rated.filter(pk__in=part), year_period(YEAR), NOW)

    # one rerun is long enough to stand for itself; the baseline is repeated
    facts = paired("6 facts alone / SQL for the main facts", 3.0, gathered, by_hand, pairs=2)
    whole = Ratio("6 facts, ratings and rows, rerun / SQL for the main facts", 3.0)
    whole.pairs = [(rerun, base) for _, base in facts.pairs]
    found = [whole, facts]
    share = len(keys) / ONE_BY_ONE
    slow = paired("one by one", 1.0, lambda: one_by_one(keys[:ONE_BY_ONE]), gathered, pairs=3)
    print(
        f"  one organization after another costs {slow.median * share:.0f} x all at once (goal 100)"
    )
    print(f"  one organization alone: {_alone(keys):.1f} ms among {len(keys)}")
    clear()
    return found


def _alone(keys: list[int]) -> float:
    times = []
    for pk in keys[:15]:
        started = time.perf_counter()
        yearly_facts(PartyOrganization.objects.filter(pk=pk), year_period(YEAR), NOW)
        times.append(time.perf_counter() - started)
    return sorted(times)[len(times) // 2] * 1000
