"""The world behind the access matrix: one record of each kind in each relation, built once.

A new kind of record is one function: it gets a `Place` and returns the saved record of that place.
Kinds that belong to an account get the account instead (`reach="personal"`); kinds that lie in no
township get the world (`reach="office"` and the like) and are made once.

What an address needs is read from the record: `<int:pk>` its pk, `<str:code>` its `code`; where
that is not so, give `address=lambda record: {...}`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts import audit
from accounts.actions.sessions import begin_session
from accounts.actions.tokens import issue_token
from accounts.models import AccountProposal, AuditEvent, ListExport, SavedFilter, User
from accounts.rules import lendable
from activities.actions.activity import start_activity
from activities.models import (
    Activity,
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    DutyRule,
    Fund,
    Incident,
    OutcomeKind,
    PartyHonour,
    Venue,
    YearPlan,
)
from evaluation.actions.rating_rows import COMPUTED, row_of
from evaluation.actions.schemes import scheme_in_force
from evaluation.forms.ratings import CycleForm
from evaluation.gather.ratings import yearly_facts
from evaluation.models import Objection, RatingCycle, RatingRun, StarRating
from evaluation.rules.facts import year_period
from evaluation.rules.rating import rate
from evaluation.rules.scheme import DEFAULT_SCHEME
from members.actions.move import apply_move
from members.models import Applicant, DuesMonth, MobilePeriod, Training
from organizations.models import (
    Attachment,
    HandOver,
    ImportBatch,
    ImportFile,
    Instructor,
    InstructorAssignment,
    MergedOrganization,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import BatchState
from organizations.uploads import store
from tests.members.world import make_member
from tests.portal.access_matrix import ROLES
from tests.world import (
    CITY,
    DAY,
    FIRST,
    SECOND,
    THIRD,
    make_assignment,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_user,
)

ABROAD = "990202"
# a word in the names of all rows of a place, by which an answer gives them away
MARKS = {"own": "云栖", "beside": "竹溪", "sibling": "石塘", "foreign": "远浦"}
SESSION = "matrix-session-"


@dataclass
class Place:
    """A township with one organization, covered by one party organization.

    Put `place.mark` into the names of what is made there: the walks look for it.
    """

    mark: str
    township: Township
    unit: SupervisingUnit
    body: ResponsibleBody
    organization: SocialOrganization
    party: PartyOrganization
    next_township: Township
    assignment: InstructorAssignment


@dataclass
class World:
    """Places by relation, accounts by role, and records by kind and relation."""

    places: dict[str, Place] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    stranger: User | None = None
    records: dict[tuple[str, str, str], Any] = field(default_factory=dict)
    # bearer texts by role; `narrow` is the city's token that reaches the sibling township only
    tokens: dict[str, str] = field(default_factory=dict)

    def record(self, kind: str, relation: str, role: str) -> Any:
        """The record in this relation to the account of this role; None where there is none."""
        owner = role if KINDS[kind].reach == "personal" else ""
        return self.records.get((kind, relation, owner))


@dataclass(frozen=True)
class Kind:
    make: Callable[[Any], Any]
    reach: str
    address: Callable[[Any], dict[str, Any]] | None


KINDS: dict[str, Kind] = {}


def kind(reach: str = "registry", address: Any = None) -> Callable[[Callable], Callable]:
    def note(make: Callable) -> Callable:
        KINDS[make.__name__] = Kind(make, reach, address)
        return make

    return note


# --- kinds --------------------------------------------------------------------------------------


@kind()
def organization(place: Place) -> Any:
    return place.organization


@kind()
def party(place: Place) -> Any:
    return place.party


@kind(reach="townships")
def township(place: Place) -> Any:
    return place.township


@kind(reach="units")
def unit(place: Place) -> Any:
    return place.unit


@kind(reach="units")
def renamed_unit(place: Place) -> Any:
    """A unit with a former name, `former`."""
    one = place.unit
    values = {"area_code": one.area_code, "name": f"原{one.name}", "until": "2019-01-01"}
    one.former = one.former_names.get_or_create(name=values["name"], defaults=values)[0].pk
    return one


@kind(reach="units")
def unit_twins(place: Place) -> Any:
    """A unit and another of its city, `other`; all of a city know of both."""
    one = place.unit
    others = SupervisingUnit.objects.filter(area_code=one.area_code).exclude(pk=one.pk)
    one.other = (others.first() or make_unit(place.township.code, f"{place.mark}二")).pk
    return one


@kind(reach="bodies")
def body(place: Place) -> Any:
    return place.body


@kind(reach="instructors")
def instructor(place: Place) -> Any:
    return place.assignment.instructor


@kind()
def assignment(place: Place) -> Any:
    return place.assignment


@kind()
def coverage_link(place: Place) -> Any:
    return place.organization.coverage_links.get()


@kind()
def inspection(place: Place) -> Any:
    return place.organization.inspections.create(year=2018, result="passed")


@kind()
def twins(place: Place) -> Any:
    """An organization and a second registration of it, `other`."""
    one = place.organization
    twin = make_organization(
        place.township.pk, supervising_unit=place.unit, responsible_body=place.body
    )
    one.other = twin.pk
    return one


@kind()
def member(place: Place) -> Any:
    return make_member(party=place.party, name=f"{place.mark}党员")


@kind(address=lambda one: {"pk": one.pk, "act": "training"})
def member_act(place: Place) -> Any:
    return make_member(party=place.party)


@kind(address=lambda one: {"pk": one.pk, "act": "leave"})
def member_decision(place: Place) -> Any:
    return make_member(party=place.party)


@kind()
def move(place: Place) -> Any:
    return apply_move(
        member=make_member(party=place.party), to=None, to_outside="外地", reason="调离", by=None
    )


@kind()
def membership(place: Place) -> Any:
    return make_member(party=place.party).memberships.get()


@kind()
def dues_month(place: Place) -> Any:
    return DuesMonth.objects.create(
        member=make_member(party=place.party),
        party_organization=place.party,
        month=date(2019, 9, 1),
        deadline=date(2019, 10, 1),
        payer="employed",
        base=6000,
        due=60,
    )


@kind(address=lambda one: {"pk": one.pk, "verb": "withdraw"})
def move_withdrawal(place: Place) -> Any:
    return move(place)


@kind(address=lambda one: {"code": one.code, "month": "2019-10"})
def dues_sheet(place: Place) -> Any:
    return place.party


@kind()
def applicant(place: Place) -> Any:
    return Applicant.objects.create(
        name="申请人", gender="male", born_on=date(1990, 1, 1), party_organization=place.party
    )


@kind()
def mobile_period(place: Place) -> Any:
    return MobilePeriod.objects.create(
        member=make_member(party=place.party), valid_from=date(2019, 1, 1), destination="外地"
    )


@kind(address=lambda one: {"kind": "mobile", "pk": one.pk})
def ending(place: Place) -> Any:
    return mobile_period(place)


@kind(address=lambda one: {"kind": "training", "pk": one.pk})
def training_record(place: Place) -> Any:
    return Training.objects.create(
        member=make_member(party=place.party), on=date(2019, 1, 1), subject="培训", hours=8
    )


@kind()
def attachment(place: Place) -> Any:
    path = store.path_of(f"ma/trix{place.organization.pk}.jpg")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"photo")
    return Attachment.objects.create(
        owner_type="organizations.socialorganization",
        owner_id=place.organization.pk,
        kind="photo",
        name="合影.jpg",
        path=f"ma/trix{place.organization.pk}.jpg",
        served_as="image/jpeg",
        size=5,
        sha256="0" * 64,
    )


@kind()
def activity(place: Place) -> Any:
    return start_activity(party=place.party, kinds=["theme_day"], held_on=DAY, by=None)


@kind()
def outcome(place: Place) -> Any:
    filed = activity(place)
    Activity.objects.filter(pk=filed.pk).update(state="filed", filed_at=timezone.now())
    return filed.outcomes.create(kind=OutcomeKind.objects.first(), amount=3)


@kind()
def resolution(place: Place) -> Any:
    return activity(place).resolutions.create(text="维修场所", owner="陈志强")


@kind()
def year_plan(place: Place) -> Any:
    return YearPlan.objects.get_or_create(party_organization=place.party, year=2026)[0]


@kind()
def plan_item(place: Place) -> Any:
    plan = year_plan(place)
    return plan.items.create(kind="theme_day", planned_on=date(2026, 3, 15), theme="主题党日")


@kind(reach="shared", address=lambda spec: {"duty": spec.duty})
def duty(world: World) -> Any:
    return DutyRule.objects.get(duty="theme_day")


@kind(reach="shared")
def duty_rule(world: World) -> Any:
    return DutyRule.objects.get(duty="theme_day")


@kind(reach="shared")
def outcome_kind(world: World) -> Any:
    return OutcomeKind.objects.first()


@kind(reach="shared")
def archive_folder(world: World) -> Any:
    return ArchiveFolder.objects.first()


@kind()
def document(place: Place) -> Any:
    return ArchiveDocument.objects.create(
        party_organization=place.party,
        folder=ArchiveFolder.objects.first(),
        year=2026,
        dated_on=DAY,
        title="批复",
    )


@kind()
def agreement(place: Place) -> Any:
    return Agreement.objects.create(
        party_organization=place.party, kind="community", partner="社区", signed_on=DAY
    )


@kind()
def venue(place: Place) -> Any:
    return Venue.objects.create(
        party_organization=place.party, name="阵地", township=place.township, opened_on=DAY
    )


@kind()
def fund(place: Place) -> Any:
    return Fund.objects.create(
        party_organization=place.party,
        year=2026,
        kind="budget",
        amount=100,
        dated_on=DAY,
        purpose="预算",
    )


@kind()
def honour(place: Place) -> Any:
    return PartyHonour.objects.create(
        party_organization=place.party,
        kind="award",
        level="county",
        title="先进",
        awarded_on=DAY,
        awarded_by="市委",
    )


@kind()
def incident(place: Place) -> Any:
    return Incident.objects.create(
        party_organization=place.party,
        kind="fraud",
        happened_on=DAY,
        description="补写记录",
        evidence="通报",
    )


@kind()
def merged_organization(place: Place) -> Any:
    return MergedOrganization.objects.create(
        winner=place.organization,
        former_id=900_000_000 + place.organization.pk,
        name=f"{place.mark}商会(重)",
        reason="重复登记",
    )


@kind(reach="area")
def hand_over(place: Place) -> Any:
    return HandOver.objects.create(
        organization=place.organization,
        from_township=place.township,
        to_township=place.next_township,
        reason="住所迁移",
        proposed_by=User.objects.get(username="city_staff"),
    )


@kind(reach="area")
def import_batch(place: Place) -> Any:
    uploader = User.objects.get(username="city_staff")
    return ImportBatch.objects.create(
        made_by=uploader, area_code=place.township.pk, state=BatchState.READY.value
    )


@kind(reach="area", address=lambda one: {"pk": one.batch_id, "file_pk": one.pk})
def import_file(place: Place) -> Any:
    batch = import_batch(place)
    one = ImportFile(batch=batch, name="台账.xlsx", sha256="", size=1, uploaded_by=batch.made_by)
    one.content.save("台账.xlsx", ContentFile(b"x"), save=False)
    one.annotated.save("台账.xlsx", ContentFile(b"x"), save=False)
    one.save()
    return one


def rating_year(place: Place) -> int:
    """Another city's cycle is one of another year, since its address is its year."""
    return 2019 if place.township.pk.startswith(CITY) else 2017


@kind(reach="city")
def rating_scheme(place: Place) -> Any:
    return scheme_in_force(place.township.pk[:6], rating_year(place))


@kind(reach="city", address=lambda one: {"year": one.year})
def rating_cycle(place: Place) -> Any:
    year = rating_year(place)
    return RatingCycle.objects.get_or_create(
        area_code=place.township.pk[:6],
        year=year,
        defaults={"scheme": rating_scheme(place), **CycleForm.usual_days(year)},
    )[0]


@kind(reach="city")
def rating_run(place: Place) -> Any:
    return RatingRun.objects.create(
        area_code=place.township.pk[:6],
        year=rating_year(place),
        as_of=date(2019, 12, 31),
        scheme=rating_scheme(place),
        reason="asked",
        state="done",
    )


@kind()
def rating(place: Place) -> Any:
    rating_cycle(place)
    year = rating_year(place)
    period = year_period(year)
    parties = PartyOrganization.objects.filter(pk=place.party.pk)
    facts = yearly_facts(parties, period, date(year, 12, 31))[place.party.pk]
    run = RatingRun(year=year, as_of=date(year, 12, 31), scheme=rating_scheme(place))
    one = row_of(run, place.party.pk, facts, rate(facts, DEFAULT_SCHEME), timezone.now())
    return StarRating.objects.update_or_create(
        party_organization=place.party,
        year=year,
        quarter=0,
        scheme=one.scheme,
        defaults={
            **{name: getattr(one, name) for name in COMPUTED if name != "run"},
            "star": 1,
        },
    )[0]


@kind()
def objection(place: Place) -> Any:
    uploader = User.objects.get(username="city_staff")
    return Objection.objects.create(
        rating=rating(place), text="不实", received_on=date(2019, 12, 3), entered_by=uploader
    )


@kind(address=lambda one: {"pk": one.pk, "code": "B1"})
def rating_item(place: Place) -> Any:
    return rating(place)


@kind(reach="personal")
def session(user: User) -> Any:
    key = f"{SESSION}{user.username}"
    return begin_session(user=user, session_key=key, agent="test", how="测试")


@kind(reach="personal")
def token(user: User) -> Any:
    rights = [right.value for right in lendable(user.role)] or ["view_coverage"]
    now = timezone.now()
    return user.tokens.create(
        key=f"m{user.pk:011d}",
        digest="0" * 64,
        name="矩阵",
        rights=rights,
        created_at=now,
        expires_at=now + timedelta(days=9),
    )


@kind(reach="personal")
def list_export(user: User) -> Any:
    made = ListExport.objects.create(
        owner=user,
        role=user.role,
        scope_code=user.scope_code,
        route="organizations:social-organization-list",
        kind="csv",
        name="社会组织.csv",
        state="ready",
        ready_at=timezone.now(),
    )
    made.content.save("社会组织.csv", ContentFile("名称\r\n".encode()))
    return made


@kind(reach="personal")
def saved_filter(user: User) -> Any:
    return SavedFilter.objects.create(
        owner=user,
        route="organizations:social-organization-list",
        name="未覆盖",
        query="covered=no",
    )


@kind(reach="office")
def proposal(world: World) -> Any:
    return AccountProposal.objects.create(
        kind="disable",
        username="stranger",
        reason="调离",
        proposed_by=world.users["system_admin"],
    )


@kind(reach="audit", address=lambda event: {"sequence": event.sequence})
def audit_event(world: World) -> Any:
    audit.record(by=world.users["city_staff"], action="test.act", after={"number": 1})
    return AuditEvent.objects.latest("sequence")


# --- building -----------------------------------------------------------------------------------


def make_unit(code: str, mark: str) -> SupervisingUnit:
    """Units and bodies of a city are known in the city, so their names carry no mark there."""
    number = SupervisingUnit.objects.count() + 1
    name = f"{mark}局" if code.startswith(ABROAD) else f"第{number}局"
    return SupervisingUnit.objects.create(code=f"{code}W{number}", name=name, area_code=code[:6])


def make_body(township: Township, line: str, mark: str) -> ResponsibleBody:
    number = ResponsibleBody.objects.count() + 1
    known = not township.code.startswith(ABROAD)
    return ResponsibleBody.objects.create(
        name=f"第{number}责任主体" if known else f"{mark}责任主体",
        kind=line,
        area_code=township.code[:6],
        township=township if line == "township" else None,
    )


def make_place(
    code: str, following: str, mark: str, unit: SupervisingUnit, body: ResponsibleBody
) -> Place:
    party = make_party(code, responsible_body=body, name=f"{mark}党支部")
    one = make_organization(code, supervising_unit=unit, responsible_body=body, name=f"{mark}商会")
    make_link(one, party)
    served = make_assignment(one)
    Instructor.objects.filter(pk=served.instructor_id).update(name=f"{mark}指导员")
    here, there = make_township(code), make_township(following)
    return Place(mark, here, unit, body, one, party, there, served)


def new_place(relation: str, code: str, following: str, line: str) -> Place:
    township, mark = make_township(code), MARKS[relation]
    if relation == "foreign":
        Township.objects.filter(pk=code).update(name=f"{mark}镇")
    return make_place(code, following, mark, make_unit(code, mark), make_body(township, line, mark))


def build_world() -> World:
    """Four places, nine accounts with tokens, a stranger, one record of each kind."""
    world = World()
    world.places = {
        "own": new_place("own", FIRST, THIRD, "committee"),
        "beside": new_place("beside", FIRST, THIRD, "township"),
        "sibling": new_place("sibling", SECOND, THIRD, "township"),
        "foreign": new_place("foreign", f"{ABROAD}001", f"{ABROAD}002", "committee"),
    }
    own = world.places["own"]
    scopes = {
        "city_staff": CITY,
        "committee_staff": CITY,
        "leader": CITY,
        "unit_staff": own.unit.code,
        "township_officer": FIRST,
        "secretary": own.party.code,
    }
    world.users = {role: make_user(role, role, scopes.get(role, "")) for role in ROLES}
    world.stranger = make_user("stranger", "city_staff", ABROAD)
    for role, user in world.users.items():
        if lendable(role):
            world.tokens[role] = issue_token(owner=user, name="矩阵", by=None)[1]
    world.tokens["narrow"] = issue_token(
        owner=world.users["city_staff"], name="只限一镇", areas=[SECOND], by=None
    )[1]
    for name, one in KINDS.items():
        if one.reach == "personal":
            for role, user in world.users.items():
                world.records[name, "own", role] = one.make(user)
            foreign = one.make(world.stranger)
            for role in ROLES:
                world.records[name, "foreign", role] = foreign
        elif one.reach in ("office", "audit", "shared"):
            world.records[name, "own", ""] = one.make(world)
        else:
            for relation, place in world.places.items():
                world.records[name, relation, ""] = one.make(place)
    return world
