"""Triggers that hold, whoever writes: nobody belongs to two party organizations on one day, and a
move within the system leaves no day between the old one and the new.

A move is two rows; so the second rule is asked when the transaction ends. PostgreSQL has constraint
triggers for that. SQLite defers nothing but foreign keys: there the triggers keep one row for every
member with a gap, with a foreign key that leads nowhere, and take it out when the gap is filled.
"""

TABLE = "members_membership"
MESSAGE = "a member belongs to one party organization on a day"
_OVERLAP = f"""SELECT 1 FROM {TABLE} AS other
    WHERE other.member_id = NEW.member_id AND other.id <> NEW.id
    AND other.valid_from < COALESCE(NEW.valid_to, '9999-12-31')
    AND NEW.valid_from < COALESCE(other.valid_to, '9999-12-31')"""

GAP = "a move within the system leaves no day without a party organization"


def _gap(member: str) -> str:
    """Rows of this member that another row should lead up to, or on from, and none does."""
    other = f"SELECT 1 FROM {TABLE} AS other WHERE other.member_id = one.member_id"
    return f"""SELECT one.member_id FROM {TABLE} AS one WHERE one.member_id = {member} AND (
        one.entry = 'moved' AND NOT EXISTS ({other} AND other.valid_to = one.valid_from)
        OR one.exit = 'moved' AND NOT EXISTS ({other} AND other.valid_from = one.valid_to))"""


_POSTGRESQL = [
    f"""CREATE OR REPLACE FUNCTION membership_does_not_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS ({_OVERLAP}) THEN
            RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$""",
    f"DROP TRIGGER IF EXISTS membership_overlap ON {TABLE}",
    f"CREATE TRIGGER membership_overlap AFTER INSERT OR UPDATE ON {TABLE}"
    " FOR EACH ROW EXECUTE FUNCTION membership_does_not_overlap()",
    f"""CREATE OR REPLACE FUNCTION membership_leaves_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'DELETE' THEN
            IF EXISTS ({_gap("NEW.member_id")}) THEN
                RAISE EXCEPTION '{GAP}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        IF TG_OP <> 'INSERT' THEN
            IF EXISTS ({_gap("OLD.member_id")}) THEN
                RAISE EXCEPTION '{GAP}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
        END IF;
        RETURN NULL;
    END $$""",
    f"DROP TRIGGER IF EXISTS membership_gap_insert ON {TABLE}",
    f"CREATE CONSTRAINT TRIGGER membership_gap_insert AFTER INSERT ON {TABLE}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
    " WHEN (NEW.entry = 'moved' OR NEW.exit = 'moved')"
    " EXECUTE FUNCTION membership_leaves_no_gap()",
    f"DROP TRIGGER IF EXISTS membership_gap_change ON {TABLE}",
    f"CREATE CONSTRAINT TRIGGER membership_gap_change AFTER UPDATE OR DELETE ON {TABLE}"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION membership_leaves_no_gap()",
]

_GAPS = "members_membership_gap"


def _noted(*members: str) -> str:
    """Note these members' gaps anew."""
    return " ".join(
        f"DELETE FROM {_GAPS} WHERE member_id = {member};"
        f" INSERT INTO {_GAPS} (member_id) {_gap(member)} LIMIT 1;"
        for member in members
    )


def _sqlite() -> list[str]:
    statements = []
    for name, event in (("insert", "INSERT"), ("update", "UPDATE")):
        statements += [
            f"DROP TRIGGER IF EXISTS membership_overlap_{name}",
            f"CREATE TRIGGER membership_overlap_{name} AFTER {event} ON {TABLE} FOR EACH ROW"
            f" WHEN EXISTS ({_OVERLAP}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        ]
    statements.append(
        f"CREATE TABLE IF NOT EXISTS {_GAPS} (member_id bigint NOT NULL PRIMARY KEY,"
        " nowhere integer NOT NULL DEFAULT 0 REFERENCES members_member (id)"
        " DEFERRABLE INITIALLY DEFERRED)"
    )
    moved = "NEW.entry = 'moved' OR NEW.exit = 'moved'"
    for name, event, body in (
        # a row that is no move can only fill a gap
        (
            "insert",
            f"AFTER INSERT ON {TABLE} FOR EACH ROW WHEN {moved} OR EXISTS"
            f" (SELECT 1 FROM {_GAPS} WHERE member_id = NEW.member_id)",
            _noted("NEW.member_id"),
        ),
        (
            "update",
            f"AFTER UPDATE ON {TABLE} FOR EACH ROW",
            _noted("OLD.member_id", "NEW.member_id"),
        ),
        ("delete", f"AFTER DELETE ON {TABLE} FOR EACH ROW", _noted("OLD.member_id")),
    ):
        statements += [
            f"DROP TRIGGER IF EXISTS membership_gap_{name}",
            f"CREATE TRIGGER membership_gap_{name} {event} BEGIN {body} END",
        ]
    return statements


SCRIPTS = {"postgresql": _POSTGRESQL, "sqlite": _sqlite()}
