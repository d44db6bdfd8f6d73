"""Star ratings of 35,100 party organizations, against set-based SQL for the same main facts."""

import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from evaluation.actions import rating_runs
from evaluation.actions.rating_runs import ask_for_run, work_on_run
from evaluation.actions.schemes import scheme_in_force
from evaluation.gather.ratings import whole_months, yearly_facts
from evaluation.models import RatingChunk, RatingRun, RatingScheme, StarRating
from evaluation.rules.facts import Facts, year_period
from evaluation.rules.vocabulary import RunReason
from members.rules.vocabulary import GOVERNING
from organizations.models import PartyOrganization
from tests.bench.measure import Ratio, cpu_of, paired
from tests.bench.population import populate

CITIES = 100
YEAR = 2019
NOW = date(2019, 12, 31)
ONE_BY_ONE = 20
# a full year of each organization: ten members who pay, train and pledge; forty filed records,
# their papers and photos; posts, groups, venues, money, honours. Attendance is counters on the record
LIFE = """
TRUNCATE members_member, organizations_attachment CASCADE;
INSERT INTO members_member (code, name, gender, ethnicity, native_place, education, degree, school,
    workplace, position, is_frontline, join_kind, joined_at, full_kind, extended_months, status,
    registered_residence, residence, remark, pinyin, initials, version, created_at, updated_at,
    joined_on, full_on, born_on)
SELECT 'M' || p.id || '-' || n, '党员', CASE WHEN n = 9 AND p.id % 4 = 0 THEN '' ELSE 'male' END,
    '汉族', '', '大学', '', '', '甲', '', false, '', '', '', 0, 'full', '', '', '', 'dang yuan', 'dy', 1,
    now(), now(), date '1995-01-01', date '1996-01-01', date '1970-01-01'
FROM organizations_partyorganization p, generate_series(1, 10) n;
INSERT INTO members_membership (member_id, party_organization_id, valid_from, entry, exit)
SELECT m.id, split_part(substr(m.code, 2), '-', 1)::bigint, date '2010-01-01', 'registered', ''
FROM members_member m;
CREATE TEMP TABLE own AS SELECT s.member_id m, s.party_organization_id p,
    split_part(x.code, '-', 2)::int n
FROM members_membership s JOIN members_member x ON x.id = s.member_id;
INSERT INTO members_partypost (member_id, party_organization_id, duty, valid_from, document)
SELECT m, p, (ARRAY['secretary', 'organization', 'publicity', 'discipline'])[n], date '2016-01-01', ''
FROM own WHERE n <= 4;
INSERT INTO members_socialpost (member_id, social_organization_id, duty, title, valid_from)
SELECT o.m, min(l.social_organization_id), 'chair', '', date '2016-01-01'
FROM own o JOIN organizations_coveragelink l ON l.party_organization_id = o.p
WHERE o.n = 2 GROUP BY o.m;
INSERT INTO members_partygroup (party_organization_id, name, valid_from)
SELECT id, '第' || n || '党小组', date '2016-01-01'
FROM organizations_partyorganization, generate_series(1, 2) n WHERE id % 3 = 0;
INSERT INTO members_duesmonth (member_id, party_organization_id, month, deadline, payer, base, due,
    paid, paid_on, note, updated_at)
SELECT m, p, make_date(2019, k, 1), (make_date(2019, k, 1) + interval '1 month')::date, 'employed', 5000,
    50, 50, make_date(2019, k, 1) + CASE WHEN (m + k) % 9 = 0 THEN 40 ELSE 12 END, '', now()
FROM own, generate_series(1, 12) k;
INSERT INTO members_training (member_id, "on", hours, subject, organizer)
SELECT m, make_date(2019, k * 4, 10), 8 + (m % 3) * 6, '培训', '' FROM own, generate_series(1, 3) k;
INSERT INTO members_pledge (member_id, year, promised_on, promise, deed, done_on, review, reviewed_on)
SELECT m, 2019, date '2019-01-10', '承诺', '', NULL, CASE WHEN n < 9 THEN '好' ELSE '' END,
    CASE WHEN n < 9 THEN date '2019-12-10' END FROM own;
INSERT INTO members_mobileperiod (member_id, valid_from, reason, host, contact_person, destination)
SELECT m, date '2018-01-01', '', '', '', '' FROM own WHERE n = 10 AND p % 2 = 0;
INSERT INTO members_mobilecontact (period_id, "on", way, note, created_at)
SELECT id, date '2019-09-01', 'phone', '', now() FROM members_mobileperiod WHERE id % 3 > 0;
INSERT INTO activities_activity (party_organization_id, title, held_on, place, host, recorder,
    speaker, guests, agenda, minutes, state, filed_at, is_late, n_expected, n_present, n_excused,
    n_absent, n_corrections, version, created_at, updated_at)
SELECT p.id, '主题', date '2019-01-05' + n * 9, '', '', '', '', '', '', '', 'filed', now(), n % 5 = 0,
    10, 5 + n % 5, 0, 1, 0, 1, now(), now()
FROM organizations_partyorganization p, generate_series(0, 39) n;
INSERT INTO activities_activitytype (activity_id, kind, duty, party_organization_id, group_id,
    held_on, month, is_filed)
SELECT a.id, k.kind, '', a.party_organization_id,
    CASE WHEN k.kind = 'group_meeting' THEN g.id END, a.held_on,
    extract(month FROM a.held_on)::int, true
FROM activities_activity a
CROSS JOIN LATERAL (SELECT (ARRAY['theme_day', 'members_meeting', 'lecture', 'committee_meeting',
    'theme_day', 'service', 'group_meeting', 'life_meeting', 'appraisal', 'talk'])
    [1 + a.id % 10] AS kind) k
LEFT JOIN (SELECT party_organization_id p, min(id) id FROM members_partygroup GROUP BY 1) g
    ON g.p = a.party_organization_id;
INSERT INTO activities_archivedocument (party_organization_id, folder_id, year, dated_on, title,
    source_type, source_id, note, created_at)
SELECT a.party_organization_id, f.id, 2019, a.held_on, '材料', 'activities.activity', a.id, '', now()
FROM activities_activity a JOIN activities_archivefolder f ON f.number = 1 + a.id % 12;
INSERT INTO organizations_attachment (owner_type, owner_id, kind, name, caption, path, sha256, size,
    served_as, uploaded_at)
SELECT 'activities.activity', id, 'photo', '', '', 'p' || id, '', 1, 'image/jpeg', now()
FROM activities_activity WHERE id % 10 IN (0, 5);
INSERT INTO activities_venue (party_organization_id, name, township_id, address, is_shared,
    opened_on, has_room, has_equipment, has_sign, has_books, has_rules, has_log, has_board, version,
    created_at, updated_at)
SELECT id, '阵地', township_id, '', id % 9 = 0, date '2015-01-01', true, true, id % 2 = 0, true,
    id % 3 = 0, true, id % 5 = 0, 1, now(), now()
FROM organizations_partyorganization WHERE id % 3 < 2;
INSERT INTO activities_venue_shared_with (venue_id, partyorganization_id)
SELECT v.id, v.party_organization_id + 1 FROM activities_venue v
JOIN organizations_partyorganization p ON p.id = v.party_organization_id + 1 WHERE v.is_shared;
INSERT INTO activities_fund (party_organization_id, kind, year, amount, dated_on, purpose, document,
    version, created_at, updated_at)
SELECT id, k, 2019, 5000, date '2019-03-01', '', '', 1, now(), now()
FROM organizations_partyorganization, unnest(ARRAY['budget', 'spent']) k;
INSERT INTO activities_agreement (party_organization_id, partner_organization_id, kind, partner,
    content, signed_on, version, created_at, updated_at)
SELECT p.id, q.id, 'new_with_old', '', '', date '2019-02-01', 1, now(), now()
FROM organizations_partyorganization p JOIN organizations_partyorganization q ON q.id = p.id + 1
WHERE p.id % 4 = 0;
INSERT INTO activities_yearplan (party_organization_id, year, state, filed_on, feature, note,
    version, created_at, updated_at)
SELECT id, 2019, 'filed', date '2019-01-20', CASE WHEN id % 2 = 0 THEN '品牌' ELSE '' END, '', 1,
    now(), now() FROM organizations_partyorganization;
INSERT INTO activities_partyhonour (party_organization_id, kind, level, title, matter, awarded_by,
    document, awarded_on, version, created_at, updated_at)
SELECT id, 'award', 'county', '先进', '', '', '', date '2019-07-01', 1, now(), now()
FROM organizations_partyorganization WHERE id % 10 = 0;
DROP TABLE own;
ANALYZE;
"""
# the same facts by hand, set by set: what `by_organization` compares with those of the portal
BY_HAND = """
WITH party AS (SELECT id, founded_on FROM organizations_partyorganization
    WHERE kind <> 'affiliated' AND founded_on < %(end)s),
own AS (SELECT party_organization_id p, member_id m FROM members_membership
    WHERE valid_from <= %(now)s AND (valid_to IS NULL OR valid_to > %(now)s)),
people AS (SELECT own.p, count(*) members, count(*) FILTER (WHERE x.full_on <= %(now)s) full_members,
    count(*) FILTER (WHERE x.gender <> '' AND x.ethnicity <> '' AND x.education <> ''
        AND x.workplace <> '' AND x.born_on IS NOT NULL AND x.joined_on IS NOT NULL) complete
    FROM own JOIN members_member x ON x.id = own.m GROUP BY 1),
leaders AS (SELECT DISTINCT member_id m FROM members_partypost
    WHERE valid_from <= %(now)s AND (valid_to IS NULL OR valid_to > %(now)s)),
hours AS (SELECT member_id m, sum(hours) h FROM members_training
    WHERE "on" >= %(first)s AND "on" < %(end)s GROUP BY 1),
trained AS (SELECT own.p, count(*) FILTER (WHERE coalesce(hours.h, 0) >=
        CASE WHEN leaders.m IS NULL THEN 32 ELSE 56 END) trained
    FROM own LEFT JOIN hours USING (m) LEFT JOIN leaders USING (m) GROUP BY 1),
pledged AS (SELECT own.p, count(*) pledged FROM own JOIN members_pledge g ON g.member_id = own.m
    WHERE g.year = 2019 AND g.review <> '' AND g.reviewed_on <= %(now)s GROUP BY 1),
spoken AS (SELECT DISTINCT q.member_id m FROM members_mobilecontact c
    JOIN members_mobileperiod q ON q.id = c.period_id
    WHERE c."on" > %(now)s - interval '6 months' AND c."on" <= %(now)s),
away AS (SELECT own.p, count(*) mobile, count(spoken.m) contacted
    FROM own JOIN members_mobileperiod y ON y.member_id = own.m AND y.valid_from <= %(now)s
        AND (y.valid_to IS NULL OR y.valid_to > %(now)s)
    LEFT JOIN spoken ON spoken.m = own.m GROUP BY 1),
crossed AS (SELECT DISTINCT x.member_id m, l.party_organization_id p FROM members_socialpost x
    JOIN organizations_coveragelink l ON l.social_organization_id = x.social_organization_id
    WHERE x.duty IN %(governing)s
    AND x.valid_from <= %(now)s AND (x.valid_to IS NULL OR x.valid_to > %(now)s)
    AND l.valid_from <= %(now)s AND (l.valid_to IS NULL OR l.valid_to > %(now)s)),
posts AS (SELECT s.party_organization_id p, bool_or(s.duty = 'secretary') secretary,
    count(DISTINCT s.member_id) committee,
    count(DISTINCT s.duty) FILTER (WHERE s.duty IN ('organization', 'publicity', 'discipline')) duties,
    count(DISTINCT crossed.m) crossing
    FROM members_partypost s LEFT JOIN crossed
        ON crossed.m = s.member_id AND crossed.p = s.party_organization_id
    WHERE s.valid_from <= %(now)s AND (s.valid_to IS NULL OR s.valid_to > %(now)s) GROUP BY 1),
paid AS (SELECT party_organization_id p, count(*) due,
    count(*) FILTER (WHERE paid >= due AND paid_on < deadline) on_time FROM members_duesmonth
    WHERE due > 0 AND month >= %(first)s AND month < %(end)s AND deadline <= %(end)s GROUP BY 1),
held AS (SELECT t.party_organization_id p,
    count(DISTINCT t.month) FILTER (WHERE kind = 'theme_day') theme,
    count(DISTINCT (t.month + 2) / 3) FILTER (WHERE kind = 'members_meeting'
        AND a.n_present > a.n_expected - a.n_present) meetings,
    count(DISTINCT (t.month + 2) / 3) FILTER (WHERE kind = 'lecture') lectures,
    count(DISTINCT t.month) FILTER (WHERE kind = 'committee_meeting') committee_months,
    count(DISTINCT (t.group_id, t.month)) FILTER (WHERE kind = 'group_meeting'
        AND t.group_id IS NOT NULL) group_months,
    count(*) FILTER (WHERE kind = 'life_meeting') > 0 life,
    count(*) FILTER (WHERE kind = 'appraisal') > 0 appraisal,
    count(DISTINCT t.activity_id) FILTER (WHERE kind = 'service' AND EXISTS (
        SELECT 1 FROM organizations_attachment f WHERE f.owner_type = 'activities.activity'
        AND f.owner_id = t.activity_id AND f.kind = 'photo')) services
    FROM activities_activitytype t JOIN activities_activity a ON a.id = t.activity_id
    WHERE t.is_filed AND t.held_on >= %(first)s AND t.held_on < %(end)s GROUP BY 1),
came AS (SELECT a.party_organization_id p, sum(n_present) present, sum(n_expected) expected
    FROM activities_activity a WHERE EXISTS (SELECT 1 FROM activities_activitytype t
        WHERE t.activity_id = a.id AND t.kind IN ('members_meeting', 'theme_day') AND t.is_filed)
    AND held_on >= %(first)s AND held_on < %(end)s GROUP BY 1),
records AS (SELECT party_organization_id p, count(*) n,
    count(*) FILTER (WHERE state = 'filed' AND NOT is_late) timely
    FROM activities_activity WHERE state <> 'void' AND held_on >= %(first)s AND held_on < %(end)s
    GROUP BY 1),
latest AS (SELECT party_organization_id p, max(held_on) last FROM activities_activity
    WHERE state = 'filed' AND held_on < %(end)s GROUP BY 1),
covers AS (SELECT l.party_organization_id p, count(DISTINCT o.id) n,
    count(DISTINCT o.id) FILTER (WHERE o.charter_state = 'approved'
        AND (o.charter_on IS NULL OR o.charter_on <= %(now)s)) charters
    FROM organizations_coveragelink l
    JOIN organizations_socialorganization o ON o.id = l.social_organization_id
    WHERE l.valid_from <= %(now)s AND (l.valid_to IS NULL OR l.valid_to > %(now)s)
    AND o.registered_on <= %(now)s AND (o.deregistered_on IS NULL OR o.deregistered_on > %(now)s)
    GROUP BY 1),
venues AS (SELECT p, bool_or(has_room)::int + bool_or(has_equipment)::int + bool_or(has_sign)::int
    + bool_or(has_books)::int + bool_or(has_rules)::int + bool_or(has_log)::int
    + bool_or(has_board)::int features
    FROM (SELECT party_organization_id p, v.* FROM activities_venue v UNION ALL
        SELECT s.partyorganization_id, v.* FROM activities_venue v
        JOIN activities_venue_shared_with s ON s.venue_id = v.id) both_kinds
    WHERE opened_on <= %(now)s AND (closed_on IS NULL OR closed_on > %(now)s) GROUP BY 1),
money AS (SELECT party_organization_id p, bool_or(kind IN ('budget', 'refund')) granted,
    bool_or(kind = 'spent') spent FROM activities_fund
    WHERE year = 2019 AND dated_on < %(end)s GROUP BY 1),
agreed AS (SELECT p, true agreed FROM (
    SELECT party_organization_id p, signed_on, valid_to FROM activities_agreement UNION ALL
    SELECT partner_organization_id, signed_on, valid_to FROM activities_agreement) sides
    WHERE signed_on < %(end)s AND (valid_to IS NULL OR valid_to > %(first)s) GROUP BY 1),
planned AS (SELECT party_organization_id p, filed_on, feature <> '' brand FROM activities_yearplan
    WHERE year = 2019 AND state = 'filed' AND filed_on <= %(now)s),
filed AS (SELECT d.party_organization_id p, f.number
    FROM activities_archivedocument d JOIN activities_archivefolder f ON f.id = d.folder_id
    WHERE d.year = 2019 AND d.dated_on < %(end)s UNION
    SELECT id, 1 FROM organizations_partyorganization
    WHERE document <> '' AND founded_on >= %(first)s AND founded_on < %(end)s UNION
    SELECT party_organization_id, 1 FROM organizations_partyorganizationphase
    WHERE until >= %(first)s AND until < %(end)s UNION
    SELECT party_organization_id, 2 FROM organizations_election
    WHERE held_on >= %(first)s AND held_on < %(end)s UNION
    SELECT party_organization_id, 2 FROM organizations_termextension
    WHERE approved_on >= %(first)s AND approved_on < %(end)s UNION
    SELECT party_organization_id, 3 FROM members_membership
    WHERE valid_from >= %(first)s AND valid_from < %(end)s UNION
    SELECT party_organization_id, 3 FROM members_membership
    WHERE valid_to >= %(first)s AND valid_to < %(end)s UNION
    SELECT a.party_organization_id, 9 FROM members_admissionstep s
    JOIN members_applicant a ON a.id = s.applicant_id
    WHERE s.done_on >= %(first)s AND s.done_on < %(end)s),
papers AS (SELECT filed.p, count(*) folders FROM filed
    JOIN activities_archivefolder f ON f.number = filed.number WHERE f.is_active GROUP BY 1),
honours AS (SELECT party_organization_id p, count(*) n FROM activities_partyhonour
    WHERE kind = 'award' AND awarded_on >= %(first)s AND awarded_on < %(end)s GROUP BY 1),
before AS (SELECT DISTINCT ON (party_organization_id) party_organization_id p, final_star
    FROM evaluation_starrating WHERE quarter = 0 AND year < 2019 AND state = 'published'
    AND final_star IS NOT NULL ORDER BY 1, year DESC)
SELECT party.id, coalesce(members, 0), coalesce(full_members, 0), coalesce(complete, 0),
    coalesce(trained, 0), coalesce(pledged, 0), coalesce(mobile, 0), coalesce(contacted, 0),
    coalesce(secretary, false), CASE WHEN committee >= 3 THEN committee ELSE 0 END,
    coalesce(duties, 0), coalesce(crossing, 0), coalesce(due, 0), coalesce(on_time, 0),
    coalesce(theme, 0), coalesce(meetings, 0), coalesce(lectures, 0), coalesce(committee_months, 0),
    coalesce(group_months, 0), coalesce(life, false), coalesce(appraisal, false),
    coalesce(services, 0), coalesce(present, 0), coalesce(expected, 0), coalesce(records.n, 0),
    coalesce(timely, 0), coalesce(covers.n, 0), coalesce(charters, 0), coalesce(features, 0),
    coalesce(granted, false), coalesce(spent, false), coalesce(agreed, false), filed_on,
    coalesce(brand, false), coalesce(folders, 0), coalesce(honours.n, 0), final_star,
    greatest(last, party.founded_on)
FROM party
LEFT JOIN people ON people.p = party.id LEFT JOIN trained ON trained.p = party.id
LEFT JOIN pledged ON pledged.p = party.id LEFT JOIN away ON away.p = party.id
LEFT JOIN posts ON posts.p = party.id LEFT JOIN paid ON paid.p = party.id
LEFT JOIN held ON held.p = party.id LEFT JOIN came ON came.p = party.id
LEFT JOIN records ON records.p = party.id LEFT JOIN latest ON latest.p = party.id
LEFT JOIN covers ON covers.p = party.id LEFT JOIN venues ON venues.p = party.id
LEFT JOIN money ON money.p = party.id LEFT JOIN agreed ON agreed.p = party.id
LEFT JOIN planned ON planned.p = party.id LEFT JOIN papers ON papers.p = party.id
LEFT JOIN honours ON honours.p = party.id LEFT JOIN before ON before.p = party.id
"""
NAMES = (
    *("member_count", "full_member_count", "complete_member_count", "trained_count"),
    *("pledged_count", "mobile_count", "mobile_contacted_count", "has_secretary", "committee_size"),
    *("committee_duties", "cross_post_count", "dues_due", "dues_on_time", "theme_day_months"),
    *("general_meeting_quarters", "lecture_quarters", "committee_meeting_months"),
    *("group_months_held", "has_life_meeting", "has_appraisal", "service_count", "present_count"),
    *("expected_count", "record_count", "timely_record_count", "covered_count"),
    *("charter_approved_count", "venue_features", "has_fund", "has_expense", "has_agreement"),
    *("plan_filed_on", "has_brand_plan", "folder_count", "honours", "last_star"),
)


def by_hand() -> list:
    values = {"now": NOW, "first": date(YEAR, 1, 1), "end": date(YEAR + 1, 1, 1)}
    values["governing"] = tuple(GOVERNING)
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND, values)
        return cursor.fetchall()


def chunks(keys: list[int]) -> Iterator[Any]:
    for start in range(0, len(keys), rating_runs.CHUNK):
        yield PartyOrganization.objects.filter(pk__in=keys[start : start + rating_runs.CHUNK])


def gathered(keys: list[int]) -> dict[int, Facts]:
    found: dict[int, Facts] = {}
    for part in chunks(keys):
        found |= yearly_facts(part, year_period(YEAR), NOW)
    return found


def compare(facts: dict[int, Facts]) -> None:
    """Both sides are about the same facts, or nothing is measured."""
    rows = {row[0]: row[1:] for row in by_hand()}
    assert rows.keys() == facts.keys()
    for pk, one in facts.items():
        counted = ("venue_features", "honours")
        own = [len(getattr(one, n)) if n in counted else getattr(one, n) for n in NAMES]
        last = rows[pk][-1]
        own.append(one.months_without_activity)
        assert own == [*rows[pk][:-1], whole_months(last, NOW)], (pk, own, rows[pk])


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


def by_hand_and_stored() -> None:
    """The facts by hand, and a row as wide as a rating for each, within the database."""
    by_hand()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE copy (LIKE evaluation_starrating INCLUDING ALL) ON COMMIT DROP;"
            "INSERT INTO copy SELECT * FROM evaluation_starrating"
        )


def one_by_one(keys: list[int]) -> None:
    """What a loop over organizations costs: the ORM's statements for each."""
    for pk in keys:
        yearly_facts(PartyOrganization.objects.filter(pk=pk), year_period(YEAR), NOW)


def _lived(cities: int) -> list[int]:
    """Cities and their year; the keys of those that are rated."""
    populate(cities)
    with connection.cursor() as cursor:
        cursor.execute(LIFE)
    rated = PartyOrganization.objects.exclude(kind="affiliated")
    return list(rated.order_by("pk").values_list("pk", flat=True))


def part_stars(cities: int = CITIES) -> list[Ratio]:
    few = _lived(1)
    among_few = _alone(few)
    keys = _lived(cities)
    with connection.cursor() as cursor:
        # one process a side, so that its CPU seconds tell what it cost
        cursor.execute(
            "SET max_parallel_workers_per_gather = 0; SET jit = off; SELECT pg_backend_pid()"
        )
        backend = cursor.fetchone()[0]
    rating_runs.ring_after_commit = lambda *names: None  # type: ignore[assignment]

    def clock() -> float:
        return time.process_time() + cpu_of(backend)

    compare(gathered(keys))
    started, wall = clock(), time.perf_counter()
    first = compute()
    cost = clock() - started
    print(
        f"  {first.done_count} organizations rated for the first time:"
        f" {time.perf_counter() - wall:.1f} s, {cost:.1f} s of CPU"
    )
    with CaptureQueriesContext(connection) as counted:
        again = compute()
    print(
        f"  rerun: {again.changed_count} changed,"
        f" {len(counted)} statements for {again.chunks.count()} chunks"
    )
    new = Ratio("6 ratings computed and stored anew / SQL facts and INSERT..SELECT (CPU)", 3.0)
    for _ in range(2):
        started = clock()
        by_hand_and_stored()
        new.pairs.append((cost, clock() - started))
    found = [
        paired("6 all ratings again / SQL for the same facts (CPU)", 3.0, compute, by_hand,
               pairs=3, clock=clock),
        new,
        paired("6 facts alone / SQL for the same facts (CPU)", 3.0, lambda: gathered(keys), by_hand,
               pairs=3, clock=clock),
    ]  # fmt: skip
    sample = keys[:: max(1, len(keys) // ONE_BY_ONE)][:ONE_BY_ONE]
    slow = paired(
        "one by one", 1.0, lambda: one_by_one(sample), lambda: gathered(keys), pairs=3, clock=clock
    )
    times = Ratio("6 the ORM, organization by organization / all at once (CPU)", 100.0)
    times.at_least = True
    times.pairs = [(base, ours * len(keys) / len(sample)) for ours, base in slow.pairs]
    found.append(times)
    alone = Ratio(f"6 one organization among {len(keys):,} / among {len(few)}", 1.5)
    alone.pairs = list(zip(_alone(keys), among_few, strict=True))
    clear()
    return [*found, alone]


def _alone(keys: list[int]) -> list[float]:
    """Seconds that the facts of one organization take, each of some, quickest first."""
    times = []
    for pk in keys[:: len(keys) // ONE_BY_ONE][:ONE_BY_ONE]:
        started = time.perf_counter()
        yearly_facts(PartyOrganization.objects.filter(pk=pk), year_period(YEAR), NOW)
        times.append(time.perf_counter() - started)
    return sorted(times)
