"""Triggers that keep the audit log append-only, whoever writes to the database."""

EVENT, HEAD = "accounts_auditevent", "accounts_audithead"

_POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit log is append-only';
    END $$""",
    f"DROP TRIGGER IF EXISTS audit_no_change ON {EVENT}",
    f"CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON {EVENT}"
    " FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    f"DROP TRIGGER IF EXISTS audit_no_truncate ON {EVENT}",
    f"CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {EVENT}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
    f"DROP TRIGGER IF EXISTS audit_head_stays ON {HEAD}",
    f"CREATE TRIGGER audit_head_stays BEFORE DELETE ON {HEAD}"
    " FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    f"DROP TRIGGER IF EXISTS audit_head_no_truncate ON {HEAD}",
    f"CREATE TRIGGER audit_head_no_truncate BEFORE TRUNCATE ON {HEAD}"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
]


def _sqlite() -> list[str]:
    statements = []
    for name, event, table in (
        ("audit_no_update", "UPDATE", EVENT),
        ("audit_no_delete", "DELETE", EVENT),
        ("audit_head_stays", "DELETE", HEAD),
    ):
        statements += [
            f"DROP TRIGGER IF EXISTS {name}",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW"
            " BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
        ]
    return statements


SCRIPTS = {"postgresql": _POSTGRESQL, "sqlite": _sqlite()}
# for tests, which empty their tables
REMOVAL = {
    "postgresql": [
        f"DROP TRIGGER IF EXISTS audit_no_change ON {EVENT}",
        f"DROP TRIGGER IF EXISTS audit_no_truncate ON {EVENT}",
        f"DROP TRIGGER IF EXISTS audit_head_stays ON {HEAD}",
        f"DROP TRIGGER IF EXISTS audit_head_no_truncate ON {HEAD}",
    ],
    "sqlite": [
        "DROP TRIGGER IF EXISTS audit_no_update",
        "DROP TRIGGER IF EXISTS audit_no_delete",
        "DROP TRIGGER IF EXISTS audit_head_stays",
    ],
}
