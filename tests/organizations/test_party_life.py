"""Each event in the life of a party organization and of coverage links, at its borders."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import User
from evaluation.actions.coverage import drain_coverage
from evaluation.dashboard.coverage import Selection, coverage_report
from organizations.actions.coverage import (
    correct_link,
    cover,
    end_link,
    left_uncovered,
    remove_link,
    reopen_link,
    transfer_link,
)
from organizations.actions.party_organization import (
    change_party_organization,
    convert_party_organization,
    dissolve_party_organization,
    extend_term,
    found_party_organization,
    links_ended_by,
    record_election,
    rename_party_organization,
    restore_party_organization,
    upgrade_party_organization,
)
from organizations.actions.versions import ChangedMeanwhile
from organizations.gather import cover_offers
from organizations.models import CoverageLink, PartyOrganization, SocialOrganization
from organizations.rules.candidates import candidate, covering_hints, founding_hints
from organizations.rules.terms import (
    is_quorate,
    latest_extension,
    months_later,
    term_end,
    years_later,
)
from tests.evaluation.recount import recount
from tests.members.world import joint_elections
from tests.world import (
    CITY,
    DAY,
    FIRST,
    SECOND,
    make_link,
    make_organization,
    make_party,
    make_township,
    make_unit,
)

pytestmark = pytest.mark.django_db
D = date
TOMORROW = timezone.localdate() + timedelta(days=1)


def words(error: Any) -> str:
    return "".join(error.value.messages)


# --- rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entitled", "present", "valid"),
    [(10, 8, True), (10, 7, False), (5, 4, True), (4, 3, False), (1, 1, True), (0, 0, False)],
)
def test_four_fifths_make_an_election_valid(entitled: int, present: int, valid: bool) -> None:
    assert is_quorate(entitled, present) == valid


def test_terms_end_on_days_that_exist() -> None:
    assert years_later(D(2016, 2, 29), 3) == D(2019, 2, 28)
    assert months_later(D(2019, 8, 31), 6) == D(2020, 2, 29)
    assert months_later(D(2019, 1, 15), 12) == D(2020, 1, 15)
    assert latest_extension(D(2020, 2, 29)) == D(2021, 2, 28)
    assert term_end(D(2016, 5, 1), None) is None


@pytest.mark.parametrize(
    ("kind", "level", "covered", "near", "kin", "adding", "mode"),
    [
        ("standing", "joint_branch", 4, True, False, 1, "area_joint"),
        ("standing", "joint_branch", 5, True, False, 1, None),
        ("standing", "joint_branch", 3, True, False, 3, None),
        ("standing", "joint_branch", 2, False, True, 3, "trade_joint"),
        ("standing", "joint_branch", 2, False, False, 1, None),
        ("standing", "branch", 1, True, True, 1, None),
        ("standing", "branch", 0, True, False, 1, "solo"),
        ("standing", "committee", 30, False, True, 9, "trade_joint"),
        ("affiliated", "branch", 9, True, False, 2, "attached"),
        ("affiliated", "branch", 1, False, True, 1, None),
        ("joint", "branch", 0, True, False, 1, "dual"),
        ("joint", "branch", 1, True, False, 1, None),
    ],
)
def test_candidates(
    kind: str, level: str, covered: int, near: bool, kin: bool, adding: int, mode: str | None
) -> None:
    found = candidate(
        kind=kind, level=level, covered=covered, same_township=near, same_line=kin, adding=adding
    )
    assert (found.mode.value if found else None) == mode


def test_hints() -> None:
    def hints(members: int, mode: str, level: str, after: int) -> int:
        return len(
            covering_hints(full_members=members, mode=mode, level=level, covered_after=after)
        )

    assert hints(2, "area_joint", "joint_branch", 5) == 0
    assert hints(3, "area_joint", "joint_branch", 6) == 2
    assert hints(2, "solo", "branch", 1) == 1
    assert hints(0, "trade_joint", "committee", 30) == 0

    def founding(level: str, members: int, units: int, document: str = "") -> int:
        return len(
            founding_hints(
                kind="standing", level=level, full_members=members, units=units, document=document
            )
        )

    assert founding("branch", 3, 1) == 0
    assert founding("branch", 2, 1) == 1
    assert founding("joint_branch", 3, 6) == 1
    assert founding("joint_branch", 3, 1) == 1
    assert founding("general_branch", 50, 1, "文") == 1
    assert founding("general_branch", 51, 1, "文") == 0
    assert founding("committee", 100, 1) == 2


def test_offers_are_the_rule_s_and_search_finds_the_others(officer: User) -> None:
    unit = make_unit()
    one = make_organization(FIRST, supervising_unit=unit, registered_on=D(2012, 1, 1))
    joint = make_party(FIRST, level="joint_branch", name="东片联合党支部")
    host = make_party(FIRST, kind="affiliated", name="东园社区党支部")
    alone = make_party(FIRST, name="独立党支部")
    make_link(make_organization(FIRST, supervising_unit=unit), alone)
    make_party(SECOND, level="joint_branch", name="东边邻镇联合党支部")
    today = timezone.localdate()
    assert [o.party for o in cover_offers(officer, [one], today)] == [joint, host]
    assert [o.party for o in cover_offers(officer, [one], today, "独立")] == [alone]
    assert not cover_offers(officer, [one], today, "独立")[0].is_proposed
    assert cover_offers(officer, [one], today, "邻镇") == []
    make_link(one, joint)
    assert [o.party for o in cover_offers(officer, [one], today)] == [host]


# --- coverage ---------------------------------------------------------------------------------------


def test_several_are_covered_or_none(officer: User) -> None:
    party = make_party(FIRST, level="joint_branch")
    rows = [make_organization(FIRST) for _ in range(3)]
    links = cover(organizations=rows, party=party, mode="area_joint", on=DAY, by=officer)
    assert len(links) == 3
    late = make_organization(FIRST, registered_on=D(2020, 1, 1))
    more = [make_organization(FIRST), late]
    with pytest.raises(ValidationError) as refused:
        cover(organizations=more, party=party, mode="area_joint", on=DAY, by=officer)
    assert late.name in words(refused)
    assert CoverageLink.objects.count() == 3
    with pytest.raises(PermissionDenied):
        cover(
            organizations=[make_organization(SECOND)],
            party=party,
            mode="attached",
            on=DAY,
            by=officer,
        )
    with pytest.raises(PermissionDenied):
        cover(organizations=more[:1], party=make_party(SECOND), mode="attached", on=DAY, by=officer)


@pytest.mark.parametrize(
    ("party", "mode", "on", "said"),
    [
        ({}, "solo", D(2011, 12, 31), "才成立"),
        ({}, "solo", D(2009, 12, 31), "才成立登记"),
        ({}, "solo", TOMORROW, "晚于今天"),
        ({}, "dual", DAY, "兼合式"),
        ({"kind": "joint"}, "solo", DAY, "兼合式"),
        ({"dissolved_on": D(2018, 1, 1)}, "solo", D(2017, 1, 1), "撤销"),
    ],
)
def test_what_contradicts_a_link(
    officer: User, party: dict, mode: str, on: date, said: str
) -> None:
    one = make_organization(FIRST)
    with pytest.raises(ValidationError) as refused:
        cover(organizations=[one], party=make_party(FIRST, **party), mode=mode, on=on, by=officer)
    assert said in words(refused)


def test_one_pair_never_overlaps_itself(officer: User) -> None:
    one, party = make_organization(FIRST), make_party(FIRST)
    ended = make_link(one, party, valid_from=D(2015, 1, 1), valid_to=D(2016, 1, 1))

    def again(on: date) -> Any:
        return cover(organizations=[one], party=party, mode="solo", on=on, by=officer)

    for on in (D(2014, 1, 1), D(2015, 1, 1), D(2015, 12, 31)):
        with pytest.raises(ValidationError):
            again(on)
    later = again(D(2016, 1, 1))[0]
    with pytest.raises(ValidationError):
        again(DAY)
    with pytest.raises(ValidationError):
        reopen_link(link=ended, reason="误结束", by=officer)
    remove_link(link=later, reason="登记有误", by=officer)
    reopen_link(link=ended, reason="误结束", by=officer)
    ended.refresh_from_db()
    assert (ended.valid_to, ended.version) == (None, 2)


def test_ending_and_transferring(officer: User) -> None:
    one, party, to = make_organization(FIRST), make_party(FIRST), make_party(FIRST)
    link = make_link(one, party, valid_from=D(2015, 1, 1))
    for on, reason in ((D(2015, 1, 1), "x"), (TOMORROW, "x"), (DAY, " ")):
        with pytest.raises(ValidationError):
            end_link(link=link, on=on, reason=reason, by=officer)
    with pytest.raises(ValidationError):
        transfer_link(link=link, to=party, mode="solo", on=DAY, reason="x", by=officer)
    new = transfer_link(link=link, to=to, mode="attached", on=DAY, reason="就近", by=officer)
    link.refresh_from_db()
    assert (link.valid_to, new.valid_from, new.party_organization) == (DAY, DAY, to)
    assert "就近" in link.end_reason
    assert left_uncovered([new], DAY) == [one]
    assert left_uncovered([link], DAY) == []
    with pytest.raises(ValidationError):
        end_link(link=link, on=DAY, reason="再结束", by=officer)


def test_a_correction_notices_others_and_contradictions(officer: User) -> None:
    link = make_link(make_organization(FIRST), make_party(FIRST))
    values = {"mode": "attached", "valid_from": D(2016, 1, 1), "valid_to": None, "document": "文"}
    correct_link(link=link, values=values, version=1, by=officer)
    link.refresh_from_db()
    assert (link.mode, link.valid_from, link.version) == ("attached", D(2016, 1, 1), 2)
    with pytest.raises(ChangedMeanwhile) as conflict:
        correct_link(link=link, values={**values, "mode": "solo"}, version=1, by=officer)
    assert conflict.value.fields == ["mode"]
    for wrong in ({"valid_to": D(2016, 1, 1)}, {"valid_from": D(2009, 1, 1)}):
        with pytest.raises(ValidationError):
            correct_link(link=link, values={**values, **wrong}, version=2, by=officer)


# --- founding, renaming, levels, kinds --------------------------------------------------------------


def founding(**more: Any) -> dict[str, Any]:
    return {
        "name": "青商会党支部",
        "kind": "standing",
        "level": "branch",
        "township": make_township(FIRST),
        "founded_on": D(2018, 3, 1),
        **more,
    }


def test_it_covers_from_its_first_day_and_begins_its_first_term(officer: User) -> None:
    make_party(FIRST, code=f"{CITY}00041")
    rows = [make_organization(FIRST), make_organization(FIRST)]
    party = found_party_organization(
        values=founding(level="joint_branch"), organizations=rows, mode="area_joint", by=officer
    )
    assert party.code == f"{CITY}00042"
    assert (party.term_started_on, party.term_ends_on) == (D(2018, 3, 1), D(2021, 3, 1))
    assert {k.valid_from for k in party.coverage_links.all()} == {D(2018, 3, 1)}


@pytest.mark.parametrize(
    ("values", "mode", "registered"),
    [
        ({"founded_on": TOMORROW}, "solo", D(2010, 1, 1)),
        ({}, "", D(2010, 1, 1)),
        ({}, "dual", D(2010, 1, 1)),
        ({}, "solo", D(2018, 3, 2)),
        ({"name": ""}, "solo", D(2010, 1, 1)),
    ],
)
def test_what_cannot_be_founded_leaves_nothing(
    officer: User, values: dict, mode: str, registered: date
) -> None:
    one = make_organization(FIRST, registered_on=registered)
    with pytest.raises(ValidationError):
        found_party_organization(
            values=founding(**values), organizations=[one], mode=mode, by=officer
        )
    # the transaction of the action took the party organization back, too
    assert not CoverageLink.objects.exists()
    assert not PartyOrganization.objects.exists()


def test_its_facts_are_corrected_with_a_version(officer: User) -> None:
    party, child = make_party(FIRST), make_party(FIRST)
    change_party_organization(party=child, values={"parent": party}, version=1, by=officer)
    for values in ({"kind": "joint"}, {"level": "committee"}, {"dissolved_on": DAY}):
        with pytest.raises(ValidationError):
            change_party_organization(party=party, values=values, version=1, by=officer)
    with pytest.raises(ValidationError) as refused:
        change_party_organization(party=party, values={"parent": child}, version=1, by=officer)
    assert "下级" in words(refused)
    with pytest.raises(ChangedMeanwhile):
        change_party_organization(party=child, values={"secretary": "x"}, version=1, by=officer)
    rename_party_organization(party=party, name="新支部", on=DAY, by=officer)
    assert list(PartyOrganization.objects.named(party.name)) == [party]


def test_an_upgrade_is_history(officer: User) -> None:
    party = make_party(FIRST, founded_on=D(2015, 1, 1))
    with pytest.raises(ValidationError):
        upgrade_party_organization(party=party, level="committee", on=DAY, document=" ", by=officer)
    upgrade_party_organization(
        party=party, level="general_branch", on=D(2017, 1, 1), document="1号", by=officer
    )
    for on in (D(2015, 1, 1), D(2016, 12, 31), D(2017, 1, 1), TOMORROW):
        with pytest.raises(ValidationError):
            upgrade_party_organization(
                party=party, level="committee", on=on, document="2号", by=officer
            )
    upgrade_party_organization(party=party, level="committee", on=DAY, document="2号", by=officer)

    def level(day: date) -> str:
        return PartyOrganization.objects.with_kind_on(day).get().level_on

    assert level(D(2016, 12, 31)) == "branch"
    assert level(D(2017, 1, 1)) == "general_branch"
    assert level(DAY) == "committee"


def test_a_conversion_changes_figures_from_its_day_on(officer: User, city: User) -> None:
    party = make_party(FIRST, kind="joint", founded_on=D(2015, 1, 1))
    one = make_organization(FIRST)
    make_link(one, party, mode="dual", valid_from=D(2015, 1, 1))
    convert_party_organization(
        party=party, on=D(2018, 1, 1), level="branch", mode="solo", document="3号", by=officer
    )
    drain_coverage()

    def kinds(day: date) -> dict[str, int]:
        return coverage_report(city, Selection(day)).party_organizations

    for day, kind, mode in (
        (D(2017, 12, 31), "joint", "dual"),
        (D(2018, 1, 1), "standing", "solo"),
        (timezone.localdate(), "standing", "solo"),
    ):
        assert {k: n for k, n in kinds(day).items() if n} == {kind: 1}
        assert list(recount(day)["mode"]) == [mode]
        assert recount(day)["total"]["covered_count"] == 1
    party.refresh_from_db()
    assert (party.term_started_on, party.term_years) == (D(2018, 1, 1), 3)
    with pytest.raises(ValidationError):
        convert_party_organization(
            party=party, on=DAY, level="branch", mode="solo", document="4号", by=officer
        )


# --- terms ------------------------------------------------------------------------------------------


def elect(party: Any, by: User, held_on: date = DAY, entitled: int = 10, present: int = 8) -> Any:
    return record_election(
        party=party,
        held_on=held_on,
        entitled=entitled,
        present=present,
        secretary="林某",
        term_years=3,
        by=by,
    )


def test_an_election_begins_a_term(officer: User) -> None:
    party = make_party(FIRST, founded_on=D(2012, 1, 1))
    elect(party, officer)
    party.refresh_from_db()
    assert (party.term_started_on, party.term_ends_on) == (DAY, D(2022, 10, 16))
    assert party.secretary == "林某"
    elect(party, officer, D(2016, 10, 1))  # entered late: the newer term stands
    party.refresh_from_db()
    assert party.term_started_on == DAY
    for wrong in (
        {"held_on": DAY},
        {"held_on": TOMORROW},
        {"held_on": D(2011, 1, 1)},
        {"held_on": D(2017, 1, 1), "present": 7},
        {"held_on": D(2017, 1, 1), "present": 11},
    ):
        with pytest.raises(ValidationError):
            elect(party, officer, **wrong)
    with pytest.raises(ValidationError):
        elect(make_party(FIRST, kind="joint"), officer)


def test_the_election_that_began_the_term_leaves_what_came_after(officer: User) -> None:
    extended = D(2020, 5, 1)
    party = make_party(FIRST, term_started_on=DAY, term_extended_to=extended, secretary="后来的")
    elect(party, officer)
    party.refresh_from_db()
    told = (party.term_started_on, party.term_years, party.term_extended_to, party.secretary)
    assert told == (DAY, 3, extended, "后来的")


@pytest.mark.parametrize("kind", ["standing", "joint", "affiliated"])
@pytest.mark.parametrize("since", [None, DAY.year, DAY.year + 1])
def test_joint_ones_elect_from_the_year_that_the_city_says(
    city: User, as_city: Client, kind: str, since: int | None
) -> None:
    if since:
        joint_elections(since=since, by=city)
    now = kind == "standing" or (kind == "joint" and since is not None)
    then = kind == "standing" or (kind == "joint" and since == DAY.year)
    party = make_party(FIRST, kind=kind, term_started_on=D(2016, 5, 1), term_years=3)
    bare = make_party(FIRST, kind=kind)
    new = found_party_organization(values=founding(kind=kind, founded_on=DAY), by=city)
    assert new.term_ends_on == (years_later(DAY, 3) if then else None)
    page = as_city.get(f"/registry/party-organizations/{party.pk}/")
    assert [page.context[name] for name in ("may_elect", "may_extend", "is_overdue")] == [now] * 3
    text = as_city.get(f"/registry/party-organizations/{bare.pk}/").content.decode()
    assert ("还没有登记本届任期" in text, "不按期换届" in text) == (now, not now)
    for event in ("election", "extension"):
        answer = as_city.get(f"/registry/party-organizations/{party.pk}/{event}/")
        assert answer.status_code == (200 if now else 404)
    values = {"until": D(2020, 5, 1), "document": "5号", "reason": "筹备", "by": city}
    if then:
        extend_term(party=party, approved_on=DAY, **values)
        assert elect(party, city).held_on == DAY
        return
    for refused in (
        lambda: elect(party, city),
        lambda: extend_term(party=party, approved_on=DAY, **values),
    ):
        with pytest.raises(ValidationError, match="不按期换届"):
            refused()


def test_an_extension_lasts_a_year_at_most(officer: User) -> None:
    party = make_party(FIRST, term_started_on=D(2016, 5, 1), term_years=3)

    def extend(until: date, document: str = "5号", reason: str = "筹备") -> Any:
        return extend_term(
            party=party,
            until=until,
            approved_on=D(2019, 4, 1),
            document=document,
            reason=reason,
            by=officer,
        )

    for until in (D(2019, 5, 1), D(2020, 5, 2)):
        with pytest.raises(ValidationError):
            extend(until)
    for more in ({"document": " "}, {"reason": " "}):
        with pytest.raises(ValidationError):
            extend(D(2020, 5, 1), **more)
    extend(D(2020, 5, 1))
    party.refresh_from_db()
    assert party.term_extended_to == D(2020, 5, 1)
    elect(party, officer)
    party.refresh_from_db()
    assert party.term_extended_to is None


# --- dissolving -------------------------------------------------------------------------------------


def test_what_it_covers_is_uncovered_from_that_day(officer: User) -> None:
    party = make_party(FIRST)
    bare, twice = make_organization(FIRST), make_organization(FIRST)
    link = make_link(bare, party)
    make_link(twice, party)
    make_link(twice)
    ending = links_ended_by(party, DAY)
    assert left_uncovered(ending, DAY) == [bare]
    child = make_party(FIRST, parent=party)
    for on, reason in ((DAY, "x"),):
        with pytest.raises(ValidationError) as refused:
            dissolve_party_organization(party=party, on=on, reason=reason, by=officer)
        assert child.name in words(refused)
    child.delete()
    for on, reason in ((D(2012, 1, 1), "x"), (D(2015, 1, 1), "x"), (TOMORROW, "x"), (DAY, "")):
        with pytest.raises(ValidationError):
            dissolve_party_organization(party=party, on=on, reason=reason, by=officer)
    assert len(dissolve_party_organization(party=party, on=DAY, reason="合并", by=officer)) == 2
    covered = SocialOrganization.objects.with_coverage_on(DAY).filter(is_covered=True)
    assert list(covered) == [twice]
    day_before = SocialOrganization.objects.with_coverage_on(DAY - timedelta(days=1))
    assert day_before.filter(is_covered=True).count() == 2
    SocialOrganization.objects.filter(pk=twice.pk).update(
        status="deregistered", deregistered_on=D(2020, 1, 1)
    )
    assert restore_party_organization(party=party, reason="误撤销", by=officer) == [link]
    with pytest.raises(ValidationError):
        restore_party_organization(party=party, reason="再来", by=officer)


def stands_in_the_way(party: PartyOrganization, on: date) -> list[str]:
    return ["还有 3 名党员"]


def test_other_rooms_may_object(officer: User, settings: Any) -> None:
    settings.DISSOLUTION_OBSTACLES = [f"{__name__}.stands_in_the_way"]
    with pytest.raises(ValidationError) as refused:
        dissolve_party_organization(party=make_party(FIRST), on=DAY, reason="x", by=officer)
    assert "3 名党员" in words(refused)
