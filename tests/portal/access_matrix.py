"""The access matrix: who gets which answer on which route. Written out, never asked of the code.

How to add a route (the suite fails until it is here):

    row("members:member-page", "GET", "view_members", of="member")
        one line a route and answer: its name, its methods, the right it needs, the kind of record in
        its address. Whoever lacks the right gets 403 for every record, whoever does not reach the
        record 404, everybody else `ok` (200 unless told). Methods without a line must answer 405.

    ok=302         what the reachable record answers, e.g. after a POST that saves
    data={...}     what is sent; a POST without data is the form sent empty (usually ok=200: the form
                   again with its errors; 400 on the API). A function gets the world and the record:
                   data=lambda world, one: {"version": one.version}
    query="?x=1"   what stands behind the address
    but={...}      exceptions by role: {"secretary": 403}, or by role and relation:
                   {("unit_staff", "own"): 403}
    right=ANYBODY  whoever is signed in; PUBLIC: nobody needs to be signed in

A list on the shared mechanism is one line: listing("members:member-list", "view_members").

A new kind of record: one function in access_world.py. A new right: one line in HOLDERS (and in
NEVER_LENT when no token may carry it). A new role: one line in each table.

Relations of a record to the one who asks: `own` lies in the scope of every role; `beside` in the
same township, but of another unit, another line and another party organization; `sibling` in the
next township of the same city; `foreign` in another city; `none` does not exist.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.world import FIRST

RELATIONS = ("own", "beside", "sibling", "foreign", "none")
SCOPED = (
    *("city_staff", "committee_staff", "unit_staff", "township_officer", "secretary", "leader"),
)
ADMINS = ("system_admin", "security_admin", "audit_admin")
ROLES = SCOPED + ADMINS

# which roles hold a right; read this against accounts/rules.py, it is not derived from it
HOLDERS = {
    "view_coverage": "city_staff committee_staff unit_staff township_officer secretary leader",
    "view_registry": "city_staff committee_staff unit_staff township_officer secretary leader",
    "edit_registry": "city_staff committee_staff township_officer",
    "view_members": "city_staff committee_staff unit_staff township_officer secretary",
    "edit_members": "city_staff committee_staff township_officer secretary",
    "decide_members": "city_staff committee_staff township_officer",
    "view_activities": "city_staff committee_staff unit_staff township_officer secretary leader",
    "edit_activities": "city_staff committee_staff township_officer secretary",
    "decide_incidents": "city_staff committee_staff",
    "reveal": "city_staff committee_staff township_officer",
    "import": "city_staff township_officer",
    "export": "city_staff committee_staff unit_staff township_officer",
    "view_runs": "city_staff committee_staff township_officer leader",
    "view_ratings": "city_staff committee_staff unit_staff township_officer secretary leader",
    "assess_self": "city_staff committee_staff township_officer secretary",
    "review_ratings": "city_staff committee_staff township_officer",
    "check_ratings": "city_staff committee_staff",
    "decide_ratings": "city_staff",
    "edit_schemes": "city_staff",
    "edit_standards": "city_staff",
    "manage_tokens": "city_staff committee_staff unit_staff township_officer",
    "view_accounts": "system_admin security_admin audit_admin",
    "propose_accounts": "system_admin",
    "decide_accounts": "security_admin",
    "view_audit": "audit_admin",
}
# rights that no API token carries
NEVER_LENT = (
    *("reveal", "manage_tokens", "view_accounts", "propose_accounts", "decide_accounts"),
    "view_audit",
)

# which records a role reaches, by what the kind of record hangs on
REACH = {
    # social organizations, party organizations, and what belongs to them
    "registry": {
        "city_staff": "own beside sibling",
        "leader": "own beside sibling",
        "township_officer": "own beside",
        "committee_staff": "own",
        "unit_staff": "own",
        "secretary": "own",
    },
    # what only those reach whose scope is an area: hand-overs between townships
    "area": {
        "city_staff": "own beside sibling",
        "leader": "own beside sibling",
        "township_officer": "own beside",
    },
    # instructors are sent by townships; the committee sees all of its city
    "instructors": {
        "city_staff": "own beside sibling",
        "leader": "own beside sibling",
        "township_officer": "own beside",
        "committee_staff": "own beside sibling",
    },
    # what everybody who works in a city knows of: its rating schemes and cycles
    "city": dict.fromkeys(SCOPED, "own beside sibling"),
    # townships, units and bodies are known in all of a city; `narrow token` is the city's own token
    # that is limited to the sibling township
    "townships": {
        **dict.fromkeys(("city_staff", "committee_staff", "leader"), "own beside sibling"),
        "township_officer": "own beside",
        **dict.fromkeys(("unit_staff", "secretary"), "own beside"),
    },
    "units": {
        **dict.fromkeys(("city_staff", "committee_staff", "leader"), "own beside sibling"),
        **dict.fromkeys(("township_officer", "narrow token"), "own beside sibling"),
        "unit_staff": "own",
        "secretary": "own",
    },
    "bodies": {
        **dict.fromkeys(("city_staff", "committee_staff", "leader"), "own beside sibling"),
        "township_officer": "own beside",
        "narrow token": "own sibling",
        **dict.fromkeys(("unit_staff", "secretary"), "own"),
    },
    # what belongs to one account
    "personal": dict.fromkeys(ROLES, "own"),
    # one for the whole portal, of which everybody with a scope sees the own part
    "shared": dict.fromkeys(SCOPED, "own"),
    # the administrators' business, which lies in no township
    "office": dict.fromkeys(ADMINS, "own"),
    "audit": {"audit_admin": "own"},
}

ANYBODY, PUBLIC = "", "public"


@dataclass(frozen=True)
class Row:
    route: str
    method: str
    right: str
    of: str = ""
    ok: int = 200
    data: Mapping[str, Any] | Callable[[Any, Any], Any] | None = None
    query: str = ""
    but: Mapping[Any, int] = field(default_factory=dict)


def row(route: str, methods: str, right: str, of: str = "", **more: Any) -> list[Row]:
    return [Row(route, method, right, of, **more) for method in methods.split()]


# the committee sees the townships' instructors and lets its organizations be served by them; the
# people themselves are the townships' business
NOT_OURS = {("committee_staff", relation): 403 for relation in ("own", "beside", "sibling")}


def _acts(noun: str, of: str, names: str, ok: int = 200) -> list[Row]:
    """The pages of a record's life events: a form, shown again when it is sent empty."""
    return [
        one
        for name in names.split()
        for one in row(f"organizations:{noun}-{name}", "GET POST", "edit_registry", of=of, ok=ok)
    ]


def _ticked(world: Any, record: Any) -> dict[str, Any]:
    """What a list sends for a ticked row; a number of nobody where there is no record."""
    return {"organization": record.pk if record else 987_654_321}


def listing(route: str, right: str) -> list[Row]:
    """A list on the shared mechanism: its page, its tools, and files for who may export."""
    readers = set(HOLDERS[right].split()) if right in HOLDERS else set(ROLES)
    refused = dict.fromkeys(readers - set(HOLDERS["export"].split()), 403)
    return [
        *row(route, "GET", right),
        *row(route, "POST", right, ok=302),
        *row(route, "POST", right, data={"do": "columns"}, ok=302),
        *row(route, "POST", right, data={"do": "xlsx"}, but=refused),
        *row(route, "POST", right, data={"do": "csv"}, but=refused),
    ]


def resource(
    name: str,
    of: str,
    verbs: str = "",
    methods: str = "POST PATCH",
    edit: str = "edit_registry",
) -> list[Row]:
    """The routes of a resource of the API: read by view_registry, written by edit_registry.

    A change without If-Match is 428 for whoever may and reaches; an empty body creates nothing.
    """
    creates, changes = "POST" in methods, "PATCH" in methods
    return [
        *row(f"api-{name}-list", "GET", "view_registry"),
        *(row(f"api-{name}-list", "POST", edit, data={}, ok=400) if creates else []),
        *row(f"api-{name}-page", "GET", "view_registry", of=of),
        *(row(f"api-{name}-page", "PATCH", edit, of=of, ok=428) if changes else []),
        *(
            one
            for verb in verbs.split()
            for one in row(f"api-{name}-{verb}", "POST", edit, of=of, ok=428)
        ),
    ]


MATRIX: list[Row] = [
    # --- the front door
    *row("home", "GET", ANYBODY, ok=302),
    *row("health", "GET", PUBLIC),
    # --- signing in, one's own affairs
    *row("accounts:sign-in", "GET", PUBLIC, but=dict.fromkeys(ROLES, 302)),
    *row("accounts:sign-in", "POST", PUBLIC, but=dict.fromkeys(ROLES, 302)),
    *row("accounts:second-factor-page", "GET POST", PUBLIC, ok=302),
    *row("accounts:sign-out", "POST", ANYBODY, ok=302),
    *row("accounts:password-page", "GET POST", ANYBODY),
    *row("accounts:second-factor-setup", "GET POST", ANYBODY),
    *row("accounts:second-factor-codes", "GET", ANYBODY),
    *row("accounts:session-list", "GET", ANYBODY),
    *row("accounts:session-end", "POST", ANYBODY, of="session", ok=302),
    *row("accounts:draft-page", "GET POST", ANYBODY, ok=400),
    *row("accounts:draft-page", "GET", ANYBODY, query="?form=meeting"),
    *row("accounts:draft-page", "POST", ANYBODY, data={"form": "meeting", "fields": "{}"}),
    *row("accounts:token-list", "GET", "manage_tokens"),
    *row("accounts:token-create", "GET POST", "manage_tokens"),
    *row("accounts:token-rotate", "POST", "manage_tokens", of="token", ok=302),
    *row("accounts:token-revoke", "POST", "manage_tokens", of="token", ok=302),
    *row("accounts:saved-filter-list", "GET", ANYBODY),
    *row("accounts:saved-filter-change", "POST", ANYBODY, of="saved_filter", ok=302),
    *row("accounts:saved-filter-delete", "POST", ANYBODY, of="saved_filter", ok=302),
    *row("accounts:export-list", "GET", "export"),
    *row("accounts:export-page", "GET", "export", of="list_export"),
    *row("accounts:export-progress", "GET", "export", of="list_export"),
    *row("accounts:export-file", "GET", "export", of="list_export"),
    # --- the administrators' pages
    *row("accounts:account-list", "GET", "view_accounts"),
    *row("accounts:proposal-list", "GET", "view_accounts"),
    *row("accounts:proposal-create", "GET POST", "propose_accounts"),
    *row("accounts:proposal-page", "GET", "view_accounts", of="proposal"),
    *row("accounts:proposal-decide", "POST", "decide_accounts", of="proposal", ok=302),
    *row("accounts:proposal-password", "POST", "propose_accounts", of="proposal", ok=302),
    *row("accounts:proposal-note", "POST", "view_audit", of="proposal", ok=302),
    *row("accounts:audit-list", "GET", "view_audit"),
    *row("accounts:audit-page", "GET", "view_audit", of="audit_event"),
    # --- coverage
    *row("evaluation:coverage-page", "GET", "view_coverage"),
    *row("evaluation:definitions-page", "GET", "view_coverage"),
    *row("evaluation:runs-page", "GET", "view_runs"),
    *row("api-coverage", "GET", "view_coverage"),
    *row("api-schema", "GET", ANYBODY),
    *row("api-star-rating-list", "GET", "view_ratings"),
    *row("api-star-rating-page", "GET", "view_ratings", of="rating"),
    # --- what waits, data quality
    *row("evaluation:todo-page", "GET", ANYBODY),
    *row("evaluation:quality-page", "GET", "view_registry"),
    *row("evaluation:quality-list", "GET", "view_registry", ok=404),
    *row("evaluation:check-settings", "GET POST", "edit_schemes"),
    # --- stars
    *row("evaluation:star-page", "GET", "view_ratings"),
    *row("evaluation:rating-list", "GET", "view_ratings"),
    *row("evaluation:rating-list", "POST", "view_ratings", ok=302),
    *row("evaluation:rating-page", "GET", "view_ratings", of="rating"),
    *row("evaluation:rating-item", "GET", "view_ratings", of="rating_item"),
    *row("evaluation:rating-assess", "GET POST", "assess_self", of="rating"),
    *row("evaluation:rating-decide", "GET POST", "decide_ratings", of="rating"),
    *row("evaluation:rating-send-back", "POST", "review_ratings", of="rating", ok=302),
    *row("evaluation:rating-object", "GET POST", "check_ratings", of="rating"),
    *row("evaluation:rating-veto", "POST", "check_ratings", of="rating_item", ok=302),
    *row("evaluation:rating-run-start", "POST", "decide_ratings", ok=302),
    *row("evaluation:rating-run-page", "GET", "view_runs", of="rating_run"),
    *row("evaluation:cycle-open", "GET POST", "decide_ratings"),
    *row("evaluation:cycle-page", "GET", "view_ratings", of="rating_cycle"),
    *row("evaluation:cycle-move", "POST", "decide_ratings", of="rating_cycle", ok=302),
    *row("evaluation:objection-answer", "POST", "decide_ratings", of="objection", ok=302),
    # no notice is out
    *row("evaluation:notice-page", "GET", PUBLIC, ok=404),
    *row("evaluation:scheme-list", "GET", "view_ratings"),
    *row("evaluation:scheme-create", "GET POST", "edit_schemes"),
    *row("evaluation:scheme-page", "GET", "view_ratings", of="rating_scheme"),
    *row("evaluation:scheme-edit", "GET POST", "edit_schemes", of="rating_scheme", ok=302),
    *row("evaluation:scheme-rehearsal", "GET", "edit_schemes", of="rating_scheme"),
    *row("evaluation:scheme-publish", "POST", "edit_schemes", of="rating_scheme", ok=302),
    *row("evaluation:scheme-drop", "POST", "edit_schemes", of="rating_scheme", ok=302),
    # --- the registry through the API
    *resource("township", "township", edit="edit_standards"),
    *resource("supervising-unit", "unit", "merge release-name remove", edit="edit_standards"),
    *resource("responsible-body", "body", methods=""),
    *resource(
        "social-organization",
        "organization",
        "rename change-unit deregister restore hand-over move responsible-body charter inspection"
        " grade merge undo-merge",
    ),
    *resource(
        "party-organization",
        "party",
        "rename upgrade convert elect extend-term dissolve restore cover",
    ),
    *resource("coverage-link", "coverage_link", "end reopen transfer remove"),
    *resource("instructor", "instructor", "retire assign transfer"),
    *resource("instructor-assignment", "assignment", "end cancel", methods="POST"),
    *row("api-hand-over-list", "GET", "edit_registry"),
    *row("api-hand-over-page", "GET", "edit_registry", of="hand_over"),
    *row("api-hand-over-accept", "POST", "edit_registry", of="hand_over", ok=428),
    *row("api-hand-over-decline", "POST", "edit_registry", of="hand_over", ok=428),
    *row("api-hand-over-withdraw", "POST", "edit_registry", of="hand_over", ok=428),
    # --- the registry
    *listing("organizations:social-organization-list", "view_registry"),
    *row("organizations:social-organization-page", "GET", "view_registry", of="organization"),
    *row(
        "organizations:social-organization-edit",
        "GET POST",
        "edit_registry",
        of="organization",
    ),
    *_acts(
        "social-organization",
        "organization",
        "rename move unit body charter inspection grade deregister",
    ),
    # nothing to restore: it is registered
    *_acts("social-organization", "organization", "restore", ok=404),
    *row(
        "organizations:social-organization-merge-choose",
        "GET",
        "edit_registry",
        of="organization",
    ),
    *_acts("social-organization", "twins", "merge"),
    *_acts("merged-organization", "merged_organization", "undo"),
    *row("organizations:social-organization-register", "GET POST", "edit_registry"),
    *row("organizations:inspection-remove", "GET POST", "edit_registry", of="inspection"),
    *row("organizations:cover-page", "GET", "edit_registry", ok=302),
    *row("organizations:cover-page", "POST", "edit_registry", of="organization", data=_ticked),
    *row("organizations:adopt-page", "GET", "edit_registry", ok=302),
    *row(
        "organizations:adopt-page",
        "POST",
        "edit_registry",
        of="organization",
        ok=302,
        data=_ticked,
    ),
    *_acts("coverage-link", "coverage_link", "edit end reopen transfer remove"),
    *row("organizations:party-organization-found", "GET POST", "edit_registry"),
    *_acts("party-organization", "party", "edit rename upgrade election dissolve"),
    # it is no joint one, has no term, still exists
    *_acts("party-organization", "party", "convert extension restore", ok=404),
    *listing("organizations:party-organization-list", "view_registry"),
    *row("organizations:party-organization-page", "GET", "view_registry", of="party"),
    # --- townships and supervising units
    *listing("organizations:township-list", "view_registry"),
    *row("organizations:township-page", "GET", "view_registry", of="township"),
    *row("organizations:township-create", "GET POST", "edit_standards"),
    *row("organizations:township-rename", "GET POST", "edit_standards", of="township"),
    *listing("organizations:unit-list", "view_registry"),
    *listing("organizations:body-list", "view_registry"),
    *row("organizations:unit-page", "GET", "view_registry", of="unit"),
    *row("organizations:unit-create", "GET POST", "edit_standards"),
    *row("organizations:unit-rename", "GET POST", "edit_standards", of="unit"),
    *row("organizations:unit-release", "GET POST", "edit_standards", of="renamed_unit"),
    *row("organizations:unit-remove", "GET POST", "edit_standards", of="unit"),
    *row("organizations:unit-merge-choose", "GET", "edit_standards", of="unit"),
    *row("organizations:unit-merge", "GET POST", "edit_standards", of="unit_twins"),
    # --- instructors
    *listing("organizations:instructor-list", "view_registry"),
    *row("organizations:instructor-create", "GET POST", "edit_registry"),
    *row("organizations:instructor-balance", "GET", "edit_registry"),
    *row(
        "organizations:instructor-balance",
        "POST",
        "edit_registry",
        ok=302,
        query=f"?township={FIRST}",
        but={"committee_staff": 403},
    ),
    *row("organizations:instructor-page", "GET", "view_registry", of="instructor"),
    *row("organizations:instructor-assign", "GET POST", "edit_registry", of="instructor"),
    *row(
        "organizations:instructor-edit", "GET POST", "edit_registry", of="instructor", but=NOT_OURS
    ),
    *row(
        "organizations:instructor-retire",
        "GET POST",
        "edit_registry",
        of="instructor",
        but=NOT_OURS,
    ),
    *row(
        "organizations:instructor-transfer",
        "GET POST",
        "edit_registry",
        of="instructor",
        but=NOT_OURS,
    ),
    *row("organizations:organization-assign", "GET POST", "edit_registry", of="organization"),
    *row("organizations:assignment-end", "GET POST", "edit_registry", of="assignment"),
    *listing("organizations:coverage-link-list", "view_registry"),
    *listing("organizations:election-list", "view_registry"),
    *listing("organizations:extension-list", "view_registry"),
    # --- hand-overs between townships
    *row("organizations:hand-over-create", "GET POST", "edit_registry", of="organization"),
    *listing("organizations:hand-over-list", "edit_registry"),
    *row("organizations:hand-over-page", "GET", "edit_registry", of="hand_over"),
    *row(
        "organizations:hand-over-decide",
        "POST",
        "edit_registry",
        of="hand_over",
        ok=302,
        # it is the other side that takes it
        but={("township_officer", "own"): 403, ("township_officer", "beside"): 403},
    ),
    *row("organizations:hand-over-withdraw", "POST", "edit_registry", of="hand_over", ok=302),
    # --- organizational life
    *row("activities:activity-list", "GET", "view_activities"),
    *row("activities:activity-list", "POST", "view_activities", ok=302),
    *row("activities:activity-create", "GET POST", "edit_activities"),
    *row("activities:activity-page", "GET", "view_activities", of="activity"),
    *row("activities:activity-edit", "GET POST", "edit_activities", of="activity"),
    *row("activities:activity-discard", "POST", "edit_activities", of="activity", ok=302),
    *row("activities:activity-void", "POST", "edit_activities", of="activity", ok=302),
    *row("activities:resolution-list", "GET", "view_activities"),
    *row("activities:resolution-list", "POST", "view_activities", ok=302),
    *row("activities:resolution-finish", "POST", "edit_activities", of="resolution", ok=302),
    *row("activities:outcome-page", "GET", "view_activities"),
    *listing("activities:item-list", "view_activities"),
    *row("activities:plan-list", "GET", "view_activities"),
    *row("activities:plan-list", "POST", "view_activities", ok=302),
    # without an organization named there is nothing to plan for
    *row("activities:plan-make", "POST", "edit_activities", ok=404),
    *row("activities:plan-page", "GET", "view_activities", of="year_plan"),
    *row("activities:plan-edit", "POST", "edit_activities", of="year_plan", ok=302),
    *row("activities:plan-file", "POST", "edit_activities", of="year_plan", ok=302),
    *row("activities:item-create", "GET POST", "edit_activities", of="year_plan"),
    *row("activities:item-edit", "GET POST", "edit_activities", of="plan_item"),
    *row("activities:item-remove", "POST", "edit_activities", of="plan_item", ok=302),
    *row("activities:duty-panel", "GET", "view_activities"),
    *row("activities:duty-page", "GET", "view_activities", of="duty"),
    *row("activities:duty-organizations", "GET", "view_activities", of="duty", query="?period=1"),
    *row("activities:life-page", "GET", "view_activities", of="party"),
    *row("activities:setting-edit", "GET POST", "edit_activities", of="party"),
    *row("activities:archive-page", "GET", "view_activities", of="party"),
    *row("activities:document-create", "GET POST", "edit_activities", of="party"),
    *row("activities:document-page", "GET", "view_activities", of="document"),
    *row("activities:document-remove", "POST", "edit_activities", of="document", ok=302),
    *(
        one
        for noun in ("agreement", "venue", "fund", "honour", "incident")
        for one in (
            *row(f"activities:{noun}-list", "GET", "view_activities"),
            *row(f"activities:{noun}-list", "POST", "view_activities", ok=302),
            *row(f"activities:{noun}-create", "GET POST", "edit_activities"),
            *row(f"activities:{noun}-page", "GET", "view_activities", of=noun),
            *row(f"activities:{noun}-edit", "GET POST", "edit_activities", of=noun),
            *row(f"activities:{noun}-remove", "POST", "edit_activities", of=noun, ok=302),
        )
    ),
    *row("activities:vocabulary-page", "GET", "edit_standards"),
    *(
        one
        for noun in ("outcome-kind", "archive-folder", "duty-rule")
        for one in (
            *row(f"activities:{noun}-list", "GET", "edit_standards"),
            *row(f"activities:{noun}-create", "GET POST", "edit_standards"),
            *row(
                f"activities:{noun}-edit", "GET POST", "edit_standards", of=noun.replace("-", "_")
            ),
        )
    ),
    *row("activities:incident-decide", "POST", "decide_incidents", of="incident", ok=302),
    # --- attachments; without an owner named there is nothing to attach to
    *row("organizations:attachment-upload", "POST", ANYBODY, ok=404),
    *row("organizations:attachment-file", "GET", "view_registry", of="attachment"),
    *row(
        "organizations:attachment-remove",
        "POST",
        "view_registry",
        of="attachment",
        ok=302,
        # its record asks for more
        but={
            **{("leader", relation): 403 for relation in ("own", "beside", "sibling")},
            ("unit_staff", "own"): 403,
            ("secretary", "own"): 403,
        },
    ),
    # --- imports
    *row("organizations:import-list", "GET", "import"),
    *row("organizations:import-create", "POST", "import"),
    *row("organizations:import-template", "GET", "import"),
    *row("organizations:import-page", "GET", "import", of="import_batch"),
    *row("organizations:import-progress", "GET", "import", of="import_batch"),
    *row("organizations:import-correct", "POST", "import", of="import_batch"),
    *row("organizations:import-apply", "POST", "import", of="import_batch", ok=302),
    *row("organizations:import-discard", "POST", "import", of="import_batch", ok=302),
    *row("organizations:import-undo", "POST", "import", of="import_batch"),
    *row("organizations:import-file", "GET", "import", of="import_file"),
    *row("organizations:import-annotated", "GET", "import", of="import_file"),
    # --- members
    *listing("members:member-list", "view_members"),
    *row("members:member-page", "GET", "view_members", of="member"),
    *row("members:member-reveal", "POST", "reveal", of="member", ok=400),
    *row("members:member-reveal", "POST", "reveal", of="member", data={"reason": "核对花名册"}),
    *row("members:member-private", "GET POST", "edit_members", of="member"),
    *row("members:member-create", "GET POST", "edit_members"),
    *row("members:member-edit", "GET POST", "edit_members", of="member"),
    *row("members:member-act", "GET POST", "edit_members", of="member_act"),
    *row("members:member-decide", "GET POST", "decide_members", of="member_decision"),
    *listing("members:move-list", "view_members"),
    *row("members:move-page", "GET", "view_members", of="move"),
    *row("members:move-take", "POST", "edit_members", of="move_withdrawal", ok=302),
    *row("members:balance-page", "GET", "view_members"),
    *listing("members:membership-list", "view_members"),
    *row("members:dues-page", "GET", "view_members"),
    *listing("members:dues-list", "view_members"),
    *row("members:band-list", "GET", "edit_standards"),
    *row("members:band-edit", "GET POST", "edit_standards", query="?year=2020"),
    *row("members:band-remove", "POST", "edit_standards", data={"year": 2020}, ok=302),
    *row("members:dues-sheet", "GET", "view_members", of="dues_sheet"),
    *row("members:dues-sheet", "POST", "edit_members", of="dues_sheet", ok=302),
    *listing("members:applicant-list", "view_members"),
    *listing("members:step-list", "view_members"),
    *row("members:applicant-create", "GET POST", "edit_members"),
    *row("members:applicant-page", "GET", "view_members", of="applicant"),
    *row("members:applicant-page", "POST", "edit_members", of="applicant"),
    *row("members:applicant-end", "GET POST", "edit_members", of="applicant"),
    *listing("members:mobile-list", "view_members"),
    *row("members:mobile-contact", "GET POST", "edit_members", of="mobile_period"),
    *listing("members:pledge-list", "view_members"),
    *listing("members:training-list", "view_members"),
    *listing("members:honour-list", "view_members"),
    *listing("members:group-list", "view_members"),
    *listing("members:group-member-list", "view_members"),
    *row("members:ending", "GET POST", "edit_members", of="ending"),
    *row("members:record-remove", "POST", "edit_members", of="training_record", ok=302),
    *row("members:party-people", "GET", "view_members", of="party"),
    *row("members:group-create", "GET POST", "edit_members", of="party"),
    *row("members:party-carry", "GET POST", "decide_members", of="party"),
    *row("members:parameter-page", "GET POST", "decide_members"),
    # --- members through the API
    *row("api-member-list", "GET", "view_members"),
    *row("api-member-list", "POST", "edit_members", data={}, ok=400),
    *row("api-member-page", "GET", "view_members", of="member"),
    *row("api-member-page", "PATCH", "edit_members", of="member", ok=428),
    *(
        one
        for verb in ("move", "leave", "restore", "resume", "turn-full")
        for one in row(f"api-member-{verb}", "POST", "decide_members", of="member", ok=428)
    ),
    *row("api-member-transfer", "POST", "edit_members", of="member", ok=428),
    *row("api-member-participate", "POST", "edit_members", of="member", ok=428),
    *row("api-membership-list", "GET", "view_members"),
    *row("api-membership-page", "GET", "view_members", of="membership"),
    *row("api-move-list", "GET", "view_members"),
    *row("api-move-page", "GET", "view_members", of="move"),
    *(
        one
        for verb in ("approve", "issue", "accept", "complete", "send-back")
        for one in row(f"api-move-{verb}", "POST", "decide_members", of="move", ok=428)
    ),
    *row("api-move-withdraw", "POST", "edit_members", of="move", ok=428),
    *row("api-dues-month-list", "GET", "view_members"),
    *row("api-dues-month-page", "GET", "view_members", of="dues_month"),
    # --- organizational life through the API
    *row("api-activity-list", "GET", "view_activities"),
    *row("api-activity-page", "GET", "view_activities", of="activity"),
    *row("api-outcome-list", "GET", "view_activities"),
    *row("api-outcome-page", "GET", "view_activities", of="outcome"),
    *row("api-outcome-sums", "GET", "view_activities"),
    *row("api-duties", "GET", "view_activities"),
]
