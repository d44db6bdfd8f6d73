"""Synthetic cities of 1,045 x k organizations, made in the database."""

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import NOT_PROVIDED

# one city: 9 townships, 8 units, 351 party organizations, 885 links, 60 instructors
STATEMENTS = """
INSERT INTO organizations_township (code, name, tile_height, tile_width)
SELECT (100000 + c)::text || lpad(t::text, 3, '0'), '第' || t || '镇', 1, 1
FROM generate_series(1, {k}) c, generate_series(1, 9) t;

INSERT INTO organizations_supervisingunit (code, name, area_code)
SELECT (100000 + c)::text || 'U' || u, '第' || u || '局', (100000 + c)::text
FROM generate_series(1, {k}) c, generate_series(1, 8) u;

INSERT INTO organizations_partyorganization (code, name, kind, level, township_id, founded_on,
    secretary, pinyin, initials, version, created_at, updated_at)
SELECT (100000 + c)::text || lpad(p::text, 5, '0'), '第' || p || '党支部',
    (ARRAY['standing','affiliated','joint'])[1 + p % 3], 'branch',
    (100000 + c)::text || lpad((1 + p % 9)::text, 3, '0'), date '2005-01-01' + p % 4000,
    '', 'di ' || p, 'd' || p, 1, now(), now()
FROM generate_series(1, {k}) c, generate_series(1, 351) p;

INSERT INTO organizations_socialorganization (name, category, registrar, supervising_unit_id,
    township_id, registered_on, status, principal, staff_count, full_member_count, charter_state,
    inspection_result, grade, remark, pinyin, initials, version, created_at, updated_at)
SELECT '第' || c || '-' || o || '协会',
    (ARRAY['social_group','intermediary','private_non_enterprise','foundation','community'])
        [1 + (o / 9) % 5],
    '民政局', u.id, (100000 + c)::text || lpad((1 + o % 9)::text, 3, '0'),
    date '1995-01-01' + (o * 7) % 8000,
    CASE WHEN o % 60 = 0 THEN 'shell' ELSE 'normal' END, '', 10, o % 5, 'approved', 'passed', '',
    '', 'di ' || c || ' ' || o, 'd' || c || o, 1, now(), now()
FROM generate_series(1, {k}) c, generate_series(1, 1045) o
JOIN organizations_supervisingunit u ON true
WHERE u.code = (100000 + c)::text || 'U' || (1 + (o / 45) % 8);

INSERT INTO organizations_coveragelink (social_organization_id, party_organization_id, mode,
    valid_from, valid_to, document, version, created_at, updated_at)
SELECT o.id, p.id, (ARRAY['solo','attached','area_joint','dual'])[1 + o.n % 4],
    greatest(o.registered_on, p.founded_on), NULL, '', 1, now(), now()
FROM (SELECT *, row_number() OVER (PARTITION BY left(township_id, 6) ORDER BY id) n
      FROM organizations_socialorganization) o
JOIN organizations_partyorganization p
    ON p.code = left(o.township_id, 6) || lpad((1 + o.n % 351)::text, 5, '0')
WHERE o.n <= 885;

INSERT INTO organizations_instructor (code, name, township_id, created_at, updated_at)
SELECT 'Z' || code, '指导员', code, now(), now() FROM organizations_township;

INSERT INTO organizations_instructorassignment (instructor_id, social_organization_id, valid_from)
SELECT i.id, o.id, date '2018-01-01'
FROM organizations_socialorganization o JOIN organizations_instructor i
    ON i.township_id = o.township_id WHERE o.id % 7 = 0;

INSERT INTO evaluation_publishedcoverage (township_code, generation, standing, joint, affiliated,
    attempts, last_error)
SELECT code, 0, 0, 0, 0, 0, '' FROM organizations_township;
"""

TABLES = [
    "organizations_coveragelink",
    "organizations_instructorassignment",
    "organizations_instructor",
    "organizations_socialorganization",
    "organizations_partyorganization",
    "organizations_supervisingunit",
    "organizations_township",
    "evaluation_coveragecell",
    "evaluation_coveragemark",
    "evaluation_publishedcoverage",
]


def _fill_in_defaults(cursor: CursorWrapper) -> None:
    """Let columns that the statements above do not know yet begin with their model's default."""
    for model in apps.get_models():
        if model._meta.db_table not in TABLES:
            continue
        for field in model._meta.local_concrete_fields:
            known = field.primary_key or field.null or field.db_default is not NOT_PROVIDED
            value = None if known else field.pre_save(model(), add=True)
            if value is not None:
                cursor.execute(
                    f"ALTER TABLE {model._meta.db_table} ALTER COLUMN {field.column} SET DEFAULT %s",
                    [field.get_db_prep_save(value, connection)],
                )


def populate(times: int) -> None:
    """Empty the tables and fill them with `times` cities; leaves no marks."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY CASCADE")
        _fill_in_defaults(cursor)
        for statement in STATEMENTS.format(k=times).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
