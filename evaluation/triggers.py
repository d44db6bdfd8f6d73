"""Marks: every change that can move a coverage figure leaves its township's code behind.

Database triggers rather than signals, so that bulk_create, QuerySet.update, raw SQL, imports and
COPY cannot forget them. PostgreSQL: one trigger a statement with transition tables (a 5,000-row
insert leaves one mark a township); SQLite: one a row.
"""

SOCIAL = "organizations_socialorganization"
PARTY = "organizations_partyorganization"
PHASE = "organizations_partyorganizationphase"
LINK = "organizations_coveragelink"
ASSIGNMENT = "organizations_instructorassignment"
TOWNSHIP = "organizations_township"
UNIT = "organizations_supervisingunit"
MARK = "evaluation_coveragemark"

# table -> (columns that can move a figure, the townships that a changed row `r` touches)
WATCHED = {
    SOCIAL: (
        "id township_id category supervising_unit_id registered_on deregistered_on status"
        " full_member_count",
        "SELECT r.township_id AS code FROM {rows} r",
    ),
    LINK: (
        "id social_organization_id party_organization_id mode valid_from valid_to",
        f"SELECT o.township_id AS code FROM {{rows}} r JOIN {SOCIAL} o"
        " ON o.id = r.social_organization_id",
    ),
    ASSIGNMENT: (
        "id social_organization_id valid_from valid_to",
        f"SELECT o.township_id AS code FROM {{rows}} r JOIN {SOCIAL} o"
        " ON o.id = r.social_organization_id",
    ),
    PARTY: (
        "id township_id kind founded_on dissolved_on",
        "SELECT r.township_id AS code FROM {rows} r UNION"
        f" SELECT o.township_id FROM {{rows}} r JOIN {LINK} l ON l.party_organization_id = r.id"
        f" JOIN {SOCIAL} o ON o.id = l.social_organization_id",
    ),
    PHASE: (
        "id party_organization_id kind until",
        f"SELECT p.township_id AS code FROM {{rows}} r JOIN {PARTY} p"
        " ON p.id = r.party_organization_id",
    ),
    TOWNSHIP: ("code name", "SELECT r.code AS code FROM {rows} r"),
    UNIT: (
        "id code name",
        f"SELECT o.township_id AS code FROM {{rows}} r JOIN {SOCIAL} o"
        " ON o.supervising_unit_id = r.id",
    ),
}


def _postgresql() -> list[str]:
    statements = []
    for table, (columns, townships) in WATCHED.items():
        listed = ", ".join(columns.split())
        changed = {
            "insert": "SELECT * FROM new_rows",
            "delete": "SELECT * FROM old_rows",
            "update": (
                f"(SELECT {listed} FROM old_rows EXCEPT SELECT {listed} FROM new_rows) UNION ALL"
                f" (SELECT {listed} FROM new_rows EXCEPT SELECT {listed} FROM old_rows)"
            ),
        }
        referencing = {
            "insert": "NEW TABLE AS new_rows",
            "delete": "OLD TABLE AS old_rows",
            "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        }
        for event, rows in changed.items():
            name = f"mark_{table}_{event}"
            select = townships.format(rows="changed_rows")
            statements += [
                f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    WITH changed_rows AS ({rows})
                    INSERT INTO {MARK} (township_code, created_at)
                    SELECT t.code, clock_timestamp()
                    FROM (SELECT DISTINCT s.code FROM ({select}) s) t;
                    RETURN NULL;
                END $$""",
                f"DROP TRIGGER IF EXISTS {name} ON {table}",
                f"CREATE TRIGGER {name} AFTER {event.upper()} ON {table}"
                f" REFERENCING {referencing[event]} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
            ]
        statements += [
            f"DROP TRIGGER IF EXISTS mark_{table}_truncate ON {table}",
            f"CREATE TRIGGER mark_{table}_truncate AFTER TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION mark_all_townships()",
        ]
    everything = f"""CREATE OR REPLACE FUNCTION mark_all_townships() RETURNS trigger
        LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO {MARK} (township_code, created_at)
            SELECT code, clock_timestamp() FROM {TOWNSHIP};
            RETURN NULL;
        END $$"""
    return [everything, *statements]


def _sqlite() -> list[str]:
    statements = []
    for table, (columns, townships) in WATCHED.items():
        names = columns.split()

        def one_row(alias: str, names: list[str] = names) -> str:
            return "(SELECT " + ", ".join(f"{alias}.{name} AS {name}" for name in names) + ")"

        def insert(alias: str, townships: str = townships) -> str:
            return (
                f"INSERT INTO {MARK} (township_code, created_at) SELECT t.code,"
                f" strftime('%Y-%m-%d %H:%M:%f', 'now')"
                f" FROM ({townships.format(rows=one_row(alias))}) t;"
            )

        differs = " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in names)
        bodies = {
            "insert": ("INSERT", "", insert("NEW")),
            "delete": ("DELETE", "", insert("OLD")),
            "update": ("UPDATE", f"WHEN {differs}", insert("OLD") + insert("NEW")),
        }
        # a party organization's links are still there before it goes, not after
        for event, (verb, when, body) in bodies.items():
            name = f"mark_{table}_{event}"
            moment = "BEFORE" if event == "delete" else "AFTER"
            statements += [
                f"DROP TRIGGER IF EXISTS {name}",
                f"CREATE TRIGGER {name} {moment} {verb} ON {table} FOR EACH ROW {when}"
                f" BEGIN {body} END",
            ]
    return statements


SCRIPTS = {"postgresql": _postgresql(), "sqlite": _sqlite()}
