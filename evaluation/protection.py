"""Triggers that keep what was published as it is, whoever writes to the database."""

SCHEME, RATING = "evaluation_ratingscheme", "evaluation_starrating"
TABLES = {"published_scheme": SCHEME, "published_rating": RATING}
FUNCTION = "published_rows_stay"


def _postgresql() -> list[str]:
    statements = [
        f"""CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a published row is immutable';
        END $$"""
    ]
    for name, table in TABLES.items():
        statements += [
            f"DROP TRIGGER IF EXISTS {name}_stays ON {table}",
            f"CREATE TRIGGER {name}_stays BEFORE UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW WHEN (OLD.state = 'published') EXECUTE FUNCTION {FUNCTION}()",
        ]
    return statements


def _sqlite() -> list[str]:
    statements = []
    for name, table in TABLES.items():
        for event in ("UPDATE", "DELETE"):
            trigger = f"{name}_{event.lower()}"
            statements += [
                f"DROP TRIGGER IF EXISTS {trigger}",
                f"CREATE TRIGGER {trigger} BEFORE {event} ON {table} FOR EACH ROW"
                " WHEN OLD.state = 'published'"
                " BEGIN SELECT RAISE(ABORT, 'a published row is immutable'); END",
            ]
    return statements


SCRIPTS = {"postgresql": _postgresql(), "sqlite": _sqlite()}
# for tests, which empty their tables
REMOVAL = {
    "postgresql": [f"DROP TRIGGER IF EXISTS {n}_stays ON {t}" for n, t in TABLES.items()],
    "sqlite": [
        f"DROP TRIGGER IF EXISTS {name}_{event}"
        for name in TABLES
        for event in ("update", "delete")
    ],
}
