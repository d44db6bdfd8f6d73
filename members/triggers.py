"""Triggers that let nobody belong to two party organizations on one day, whoever writes."""

TABLE = "members_membership"
MESSAGE = "a member belongs to one party organization on a day"
_OVERLAP = f"""SELECT 1 FROM {TABLE} AS other
    WHERE other.member_id = NEW.member_id AND other.id <> NEW.id
    AND other.valid_from < COALESCE(NEW.valid_to, '9999-12-31')
    AND NEW.valid_from < COALESCE(other.valid_to, '9999-12-31')"""

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
]


def _sqlite() -> list[str]:
    statements = []
    for name, event in (("insert", "INSERT"), ("update", "UPDATE")):
        statements += [
            f"DROP TRIGGER IF EXISTS membership_overlap_{name}",
            f"CREATE TRIGGER membership_overlap_{name} AFTER {event} ON {TABLE} FOR EACH ROW"
            f" WHEN EXISTS ({_OVERLAP}) BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END",
        ]
    return statements


SCRIPTS = {"postgresql": _POSTGRESQL, "sqlite": _sqlite()}
