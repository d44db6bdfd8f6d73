"""Pages of organizational life, as a secretary and an officer use them."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from activities.gather import folders_with_records
from activities.models import (
    Activity,
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Incident,
    Outcome,
    OutcomeKind,
    PlanItem,
    Venue,
    YearPlan,
)
from members.actions.admission import open_applicant
from members.models import Membership, PartyGroup
from organizations.actions.party_organization import (
    extend_term,
    record_election,
    upgrade_party_organization,
)
from organizations.models import Attachment, PartyOrganization
from organizations.rules.terms import months_later
from tests.activities.world import MINUTES, make_branch, make_draft, make_filed
from tests.conftest import signed_in
from tests.members.world import make_member
from tests.organizations.test_attachments import picture
from tests.walking import Fields, rows_of
from tests.world import CITY, SECOND, make_user

pytestmark = pytest.mark.django_db
URL = "/activities/"


@pytest.fixture
def party() -> PartyOrganization:
    return make_branch()


@pytest.fixture
def secretary(party: PartyOrganization) -> User:
    return make_user("shu", "secretary", party.code)


@pytest.fixture
def client(secretary: User) -> Client:
    return signed_in(secretary)


def recent(days: int = 2) -> date:
    return timezone.localdate() - timedelta(days=days)


def filled(activity: Activity, **changes: Any) -> dict[str, Any]:
    """The form as a secretary fills it in."""
    activity = Activity.objects.get(pk=activity.pk)
    data: dict[str, Any] = {
        "version": activity.version,
        "kinds": activity.kinds,
        "title": activity.title,
        "held_on": activity.held_on.isoformat(),
        "starts_at": "15:00",
        "ends_at": "16:30",
        "place": "会议室",
        "host": "陈志强",
        "recorder": "林晓燕",
        "agenda": "学习讨论",
        "minutes": MINUTES,
    }
    for prefix in ("vote", "resolution", "outcome"):
        data |= {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "0"}
    for attendance in activity.attendances.all():
        data[f"presence_{attendance.member_id}"] = "present"
    return {**data, **changes}


def test_a_meeting_from_the_first_tap_to_the_archive(client: Client, party: Any) -> None:
    answer = client.post(
        f"{URL}new/", {"party_organization": party.pk, "kinds": ["theme_day"], "held_on": recent()}
    )
    draft = Activity.objects.get()
    assert answer["Location"] == f"{URL}{draft.pk}/edit/"
    text = client.get(answer["Location"]).content.decode()
    assert "应到 3" in text
    assert "还差" in text
    # a closed tab: what was typed so far is on the server
    quiet = client.post(answer["Location"], filled(draft, minutes="会议", do="autosave"))
    assert quiet.status_code == 200
    assert [one["field"] for one in quiet.json()["missing"]] == ["minutes"]
    assert quiet.json()["percent"] < 100
    stored = Activity.objects.get()
    assert (stored.place, stored.n_present) == ("会议室", 3)
    # not complete: what was typed is kept, and said
    refused = client.post(answer["Location"], filled(draft, minutes="会议", do="file"))
    assert "会议记录还太短" in refused.content.decode()
    filed = client.post(answer["Location"], filled(draft, do="file"))
    assert filed["Location"] == f"{URL}{draft.pk}/"
    assert Activity.objects.get().state == "filed"
    page = client.get(filed["Location"]).content.decode()
    assert "已归档" in page
    assert MINUTES in page
    assert ArchiveDocument.objects.get().folder.number == 7


def test_groups_are_told_apart_by_their_organization(as_officer: Client) -> None:
    for name in ("东园党支部", "西园党支部"):
        branch = make_branch(name=name)
        PartyGroup.objects.create(
            party_organization=branch, name="第一党小组", valid_from=date(2019, 1, 1)
        )
    text = as_officer.get(f"{URL}new/").content.decode()
    assert "东园党支部 · 第一党小组" in text
    assert "西园党支部 · 第一党小组" in text


def test_an_old_window_does_not_overwrite(client: Client, party: Any) -> None:
    draft = make_draft(party, recent(), by=None)
    url = f"{URL}{draft.pk}/edit/"
    old = filled(draft, place="旧地点")
    client.post(url, filled(draft, place="新地点", do="autosave"))
    assert client.post(url, {**old, "do": "autosave"}).status_code == 409
    answer = client.post(url, {**old, "do": "save"})
    assert answer.status_code == 409
    assert "旧地点" in answer.content.decode()
    assert Activity.objects.get().place == "新地点"
    again = {**old, "version": answer.context["form"]["version"].value()}
    assert client.post(url, again).status_code == 302
    assert Activity.objects.get().place == "旧地点"


def test_without_script_the_rest_is_ticked_present(client: Client, party: Any) -> None:
    draft = make_draft(party, recent(), by=None)
    data = filled(draft, do="all_present")
    first = draft.attendances.first().member_id
    for attendance in draft.attendances.all():
        data[f"presence_{attendance.member_id}"] = ""
    data |= {f"presence_{first}": "excused", f"reason_{first}": "出差"}
    client.post(f"{URL}{draft.pk}/edit/", data)
    stored = Activity.objects.get()
    assert (stored.n_present, stored.n_excused) == (2, 1)


def test_wrong_votes_are_told_beside_the_row(client: Client, party: Any) -> None:
    draft = make_draft(party, recent(), "members_meeting", by=None)
    votes = {
        "vote-0-matter": "通过计划",
        "vote-0-entitled": "3",
        "vote-0-present": "3",
        "vote-0-in_favour": "2",
    }
    answer = client.post(f"{URL}{draft.pk}/edit/", filled(draft, **votes))
    assert "合计 2 票" in answer.content.decode()
    good = {**votes, "vote-0-against": "1"}
    client.post(f"{URL}{draft.pk}/edit/", filled(draft, **good))
    assert Activity.objects.get().votes.get().has_passed


def test_the_second_record_of_a_day_asks_first(client: Client, party: Any, secretary: User) -> None:
    make_filed(party, recent(), by=secretary)
    draft = make_draft(party, recent(), by=secretary)
    url = f"{URL}{draft.pk}/edit/"
    text = client.post(url, filled(draft, do="file")).content.decode()
    assert "可能已经记过了" in text
    client.post(url, filled(draft, do="file", is_another="yes"))
    assert Activity.objects.filter(state="filed").count() == 2


def test_a_correction_is_shown_with_the_old_text(
    client: Client, party: Any, secretary: User
) -> None:
    filed = make_filed(party, recent(), by=secretary)
    url = f"{URL}{filed.pk}/edit/"
    assert "更正理由" in client.post(url, filled(filed, place="社区")).content.decode()
    client.post(url, filled(filed, place="社区", reason="地点记错了"))
    text = client.get(f"{URL}{filed.pk}/").content.decode()
    assert "更正记录" in text
    assert "地点记错了" in text
    assert "会议室" in text


def test_the_photo_is_attached_beside_the_form(
    client: Client, party: Any, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    draft = make_draft(party, recent(), by=None)
    answer = client.post(
        "/registry/attachments/",
        {
            "owner_type": "activities.activity",
            "owner_id": draft.pk,
            "files": SimpleUploadedFile("a.jpg", picture()),
        },
        headers={"X-Requested-With": "fetch"},
    )
    assert "照片 1 张" in answer.content.decode()
    assert f"/registry/attachments/{Attachment.objects.get().pk}/" in answer.content.decode()


@pytest.mark.parametrize(
    "url",
    [
        *("", "plans/", "resolutions/", "venues/", "funds/", "agreements/", "honours/"),
        *("incidents/", "duties/", "duties/theme_day/", "outcomes/"),
        "duties/theme_day/organizations/?period=1",
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    as_city: Client, city: User, url: str, django_assert_max_num_queries: Any
) -> None:
    def queries() -> int:
        with django_assert_max_num_queries(14) as counted:
            assert as_city.get(URL + url).status_code == 200
        return len(counted.captured_queries)

    def some() -> None:
        party = make_branch(2, township=SECOND)
        make_filed(party, recent(), by=city)
        YearPlan.objects.create(party_organization=party, year=2026)
        Venue.objects.create(
            party_organization=party, name="室", township=party.township, opened_on=recent()
        )
        Agreement.objects.create(
            party_organization=party, kind="office", partner="局", signed_on=recent()
        )

    some()
    one = queries()
    some()
    some()
    assert queries() == one


def test_the_city_sees_the_panel_in_twelve_queries(
    as_city: Client, city: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(3):
        make_filed(make_branch(2), recent(), by=city)
    with django_assert_max_num_queries(12):
        assert as_city.get(f"{URL}duties/").status_code == 200


def test_numbers_of_the_panel_lead_to_their_rows(as_city: Client, city: User) -> None:
    done, lacking = make_branch(2), make_branch(2)
    make_branch(1, kind="affiliated")
    day = recent()
    make_filed(done, day, by=city)
    base = f"{URL}duties/theme_day/"
    answer = as_city.get(base, {"year": day.year})
    period, tally, _ = next(row for row in answer.context["rows"] if row[0].number == day.month)
    query = {"year": day.year, "period": period.number}
    page = as_city.get(f"{base}organizations/", {**query, "state": "done"}).context["page"]
    assert [one.pk for one in page] == [done.pk]
    assert tally.did == 1
    waiting = as_city.get(f"{base}organizations/", {**query, "state": "waiting"}).context["page"]
    assert [one.pk for one in waiting] == [lacking.pk]
    assert as_city.get(f"{base}organizations/", {**query, "state": "x"}).status_code == 404
    assert as_city.get(f"{base}organizations/", {"period": 13}).status_code == 404
    assert as_city.get(f"{URL}duties/nothing/").status_code == 404


def test_a_secretary_whose_organization_covers_nobody_sees_its_own_panel(
    client: Client, party: PartyOrganization, city: User
) -> None:
    day = recent()
    make_filed(party, day, by=city)
    answer = client.get(f"{URL}duties/theme_day/", {"year": day.year})
    tally = next(tally for period, tally, _ in answer.context["rows"] if period.number == day.month)
    assert (tally.due, tally.did) == (1, 1)
    duties = client.get("/api/v1/duties/", {"year": day.year}).json()["duties"]
    own = next(one for one in duties if one["duty"] == "theme_day")
    assert [one["township"] for one in own["townships"]] == [party.township_id]
    assert own["expected"] + own["running"] >= own["done"] + own["early"] == 1


def test_outcomes_are_summed_and_lead_to_their_records(
    as_city: Client, as_officer: Client, city: User
) -> None:
    kind = OutcomeKind.objects.get(code="rescue")
    for township, amount in (("990101001", 7), ("990101001", 5), (SECOND, 30)):
        record = make_filed(make_branch(1, township=township), recent(), "service", by=city)
        Outcome.objects.create(activity=record, kind=kind, amount=amount)
    query = {"from": recent(9), "to": recent(0)}
    (row,) = as_city.get(f"{URL}outcomes/", query).context["sums"]
    assert (row["total"], row["records"]) == (42, 3)
    (own,) = as_officer.get(f"{URL}outcomes/", query).context["sums"]
    assert own["total"] == 12
    rows = rows_of(as_officer, URL, {"outcome": "rescue", "held_from": recent(9)})
    assert len(rows) == own["records"] == 2
    assert as_city.get(f"{URL}outcomes/", {"from": recent(0)}).context["sums"] == []


def test_days_the_wrong_way_round_are_said(as_city: Client) -> None:
    text = as_city.get(f"{URL}outcomes/?from=2019-12-31&to=2019-01-01").content.decode()
    assert "止日早于起日" in text


def test_a_secretary_plans_the_year(client: Client, party: Any) -> None:
    year = timezone.localdate().year
    answer = client.post(f"{URL}plans/make/", {"party": party.pk, "year": year})
    plan = YearPlan.objects.get()
    assert answer["Location"] == f"{URL}plans/{plan.pk}/"
    assert client.get(answer["Location"]).status_code == 200
    item = plan.items.first()
    url = f"{URL}plan-items/{item.pk}/edit/"
    data = {"kind": item.kind, "planned_on": f"{year + 1}-01-05", "theme": "学习"}
    assert f"应在 {year} 年内" in client.post(url, data).content.decode()
    client.post(url, {**data, "planned_on": f"{year}-01-05"})
    assert PlanItem.objects.get(pk=item.pk).theme == "学习"
    client.post(f"{URL}plans/{plan.pk}/edit/", {"feature": "轮值书记", "note": ""})
    client.post(f"{URL}plans/{plan.pk}/file/")
    plan.refresh_from_db()
    assert (plan.feature, plan.state) == ("轮值书记", "filed")
    started = client.get(f"{URL}new/", {"item": item.pk})
    assert started.context["item"] == item
    client.post(f"{URL}plan-items/{item.pk}/remove/")
    assert not PlanItem.objects.filter(pk=item.pk).exists()


def test_the_year_of_an_organization(client: Client, party: Any, secretary: User) -> None:
    make_filed(party, recent(), by=secretary)
    text = client.get(f"{URL}organizations/{party.pk}/").content.decode()
    assert "square--done" in text
    client.post(f"{URL}organizations/{party.pk}/setting/", {"theme_day": 20})
    assert "每月 20 日" in client.get(f"{URL}organizations/{party.pk}/").content.decode()
    wrong = client.post(f"{URL}organizations/{party.pk}/setting/", {"theme_day": 32})
    assert wrong.status_code == 200


def test_documents_are_filed_by_hand_too(client: Client, party: Any, secretary: User) -> None:
    make_filed(party, recent(), by=secretary)
    folder = ArchiveFolder.objects.get(number=1)
    url = f"{URL}organizations/{party.pk}/archive/"
    client.post(
        f"{url}new/", {"folder": folder.pk, "title": "成立批复", "dated_on": recent().isoformat()}
    )
    text = client.get(url, {"year": recent().year}).content.decode()
    assert "成立批复" in text
    own = ArchiveDocument.objects.get(title="成立批复")
    filed = ArchiveDocument.objects.exclude(pk=own.pk).get()
    client.post(f"{URL}documents/{filed.pk}/remove/", {"reason": "看错了"})
    client.post(f"{URL}documents/{own.pk}/remove/", {"reason": "看错了"})
    assert list(ArchiveDocument.objects.all()) == [filed]


def test_records_of_other_rooms_stand_in_their_folder_from_when_to_when_they_are_there(
    client: Client, party: Any, secretary: User, officer: User
) -> None:
    url = f"{URL}organizations/{party.pk}/archive/"
    year = timezone.localdate().year
    day = date(year - 1, 3, 5)
    party.document = "石委组〔2012〕6号"
    party.save()

    def lines(number: int, of: int = year - 1, by: Client = client) -> list[tuple[date, str, str]]:
        context = by.get(url, {"year": of, "folder": number}).context
        shown = [(line.dated_on, line.title, line.url) for line in context["lines"]]
        counted = {folder.number: count for folder, count in context["folders"]}
        assert counted[number] == len(shown)
        assert context["filled"] == sum(1 for count in counted.values() if count)
        assert context["filled_by"]
        return shown

    assert [lines(number) for number in (1, 2, 3, 9)] == [[], [], [], []]
    page = reverse("organizations:party-organization-page", args=[party.pk])
    values = {"entitled": 5, "present": 5, "secretary": "林某", "term_years": 3, "by": officer}
    record_election(party=party, held_on=day, document="批1号", **values)
    assert lines(2) == [(day, "换届选举:林某 当选书记(批1号)", page)]
    assert lines(2, year) == []
    until = months_later(day, 12 * 3 + 6)
    values = {"until": until, "document": "延1号", "reason": "筹备", "by": officer}
    extend_term(party=party, approved_on=day + timedelta(days=1), **values)
    assert lines(2)[0][1].startswith(f"延期换届至 {until.year}年{until.month}月{until.day}日")
    member = make_member(party=party, since=day, name="新来的", code="A-1")
    people = reverse("members:party-people", args=[party.code])
    assert lines(3) == [(day, "建账登记:新来的", people)]
    own = Membership.objects.get(member=member)
    own.valid_to, own.exit = day + timedelta(days=30), "transferred"
    own.save()
    assert [line[1] for line in lines(3)] == ["组织关系转出(本系统外):新来的", "建账登记:新来的"]
    values = {"name": "陈积极", "gender": "female", "born_on": date(1990, 1, 1)}
    track = open_applicant(values=values, party=party, applied_on=day, by=officer)
    applicant = reverse("members:applicant-page", args=[track.pk])
    assert lines(9) == [(day, "第 1 步 递交入党申请书:陈积极", applicant)]
    upgrade_party_organization(party=party, level="committee", on=day, document="升1号", by=officer)
    assert lines(1) == [(day, "类型、层级变更,此前为建制性 党支部(升1号)", page)]
    founded = PartyOrganization.objects.get(pk=party.pk).founded_on
    assert [*folders_with_records([party.pk], founded, founded + timedelta(days=1))] == [
        (party.pk, 1)
    ]
    # whoever may not see members learns how many papers there are, not whose
    leader = signed_in(make_user("leader", "leader", CITY))
    assert lines(9, by=leader) == [(day, "第 1 步 递交入党申请书", "")]
    track.delete()
    assert lines(9) == []
    pairs = {*folders_with_records([party.pk], date(year - 1, 1, 1), date(year, 1, 1))}
    assert pairs == {(party.pk, 1), (party.pk, 2), (party.pk, 3)}
    assert {*folders_with_records([party.pk], day + timedelta(days=1), date(year, 1, 1))} == {
        (party.pk, 2),
        (party.pk, 3),
    }
    assert not [*folders_with_records([party.pk], date(year - 1, 1, 1), day)]


def test_a_folder_that_nothing_comes_into_by_itself_says_so(client: Client, party: Any) -> None:
    ArchiveFolder.objects.create(number=13, name="其他材料")
    answer = client.get(f"{URL}organizations/{party.pk}/archive/", {"folder": 13})
    assert "平台上没有属于这个档案夹的记录" in answer.content.decode()


def test_a_venue_is_entered_changed_and_kept_from_blind_overwriting(
    client: Client, party: Any
) -> None:
    data = {
        "party_organization": party.pk,
        "name": "党员活动室",
        "township": party.township_id,
        "opened_on": "2020-01-01",
        "has_room": "on",
    }
    answer = client.post(f"{URL}venues/new/", data)
    venue = Venue.objects.get()
    assert answer["Location"] == f"{URL}venues/{venue.pk}/"
    url = f"{URL}venues/{venue.pk}/edit/"
    client.post(url, {**data, "version": 1, "has_books": "on"})
    venue.refresh_from_db()
    assert (venue.has_books, venue.version) == (True, 2)
    stale = client.post(url, {**data, "version": 1, "name": "旧名"})
    assert stale.status_code == 409
    assert "别人也修改了" in stale.content.decode()
    shared = client.post(url, {**data, "version": 2, "shared_with": [party.pk]})
    assert "区域共享型" in shared.content.decode()
    assert [row.name for row in rows_of(client, f"{URL}venues/", {"lacks": "sign"})] == [
        "党员活动室"
    ]
    client.post(f"{URL}venues/{venue.pk}/remove/", {"reason": "重复登记"})
    assert not Venue.objects.exists()


def test_a_secretary_enters_nothing_for_others(client: Client) -> None:
    other = make_branch(1, township=SECOND)
    data = {"party_organization": other.pk, "kinds": ["theme_day"], "held_on": recent()}
    assert client.post(f"{URL}new/", data).status_code == 200
    assert client.post(f"{URL}plans/make/", {"party": other.pk, "year": 2026}).status_code == 404
    assert not Activity.objects.exists()


def test_an_incident_takes_two_people(as_officer: Client, as_city: Client, city: User) -> None:
    party = make_branch(1)
    data = {
        "party_organization": party.pk,
        "kind": "fraud",
        "happened_on": recent().isoformat(),
        "description": "补写记录",
        "evidence": "拉练检查通报",
    }
    as_officer.post(f"{URL}incidents/new/", data)
    incident = Incident.objects.get()
    url = f"{URL}incidents/{incident.pk}/decide/"
    assert as_officer.post(url, {"verdict": "confirm", "decision": "属实无误"}).status_code == 403
    as_city.post(url, {"verdict": "confirm", "decision": "短"})
    incident.refresh_from_db()
    assert incident.state == "proposed"
    as_city.post(url, {"verdict": "confirm", "decision": "经核查属实"})
    incident.refresh_from_db()
    assert (incident.state, incident.decided_by) == ("confirmed", city)
    own = {**data, "description": "自己提出"}
    as_city.post(f"{URL}incidents/new/", own)
    mine = Incident.objects.latest("pk")
    as_city.post(
        f"{URL}incidents/{mine.pk}/decide/", {"verdict": "confirm", "decision": "经核查属实"}
    )
    mine.refresh_from_db()
    assert mine.state == "proposed"


def test_what_officers_without_members_right_see(party: Any, secretary: User) -> None:
    record = make_filed(party, recent(), by=secretary)
    name = record.attendances.first().member.name
    leader = signed_in(make_user("chen", "leader", "990101"))
    text = leader.get(f"{URL}{record.pk}/").content.decode()
    assert name not in text
    assert "/edit/" not in text


def test_an_old_window_of_a_small_record_writes_only_what_was_typed(
    client: Client, party: Any
) -> None:
    venue = Venue.objects.create(
        party_organization=party,
        name="党员活动室",
        township=party.township,
        opened_on=date(2020, 1, 1),
        has_room=True,
        is_shared=True,
    )
    venue.shared_with.add(party)
    url = f"{URL}venues/{venue.pk}/edit/"
    mine, theirs = (Fields(client.get(url).content.decode()).values for _ in range(2))
    client.post(url, theirs | {"address": "东风街 1 号", "has_books": "on", "name": "新活动室"})
    stale = client.post(url, mine | {"name": "旧活动室", "has_sign": "on"})
    assert stale.status_code == 409
    told = {row["label"]: row["is_kept"] for row in stale.context["conflict"]}
    assert (told["场所名称"], told["地址"], told["有书报"]) == (False, True, True)
    client.post(url, Fields(stale.content.decode()).values)
    venue.refresh_from_db()
    assert (venue.name, venue.address) == ("旧活动室", "东风街 1 号")
    assert (venue.has_books, venue.has_sign, venue.has_room) == (True, True, True)


def test_the_head_of_a_record_tells_what_is_stored(client: Client, party: Any) -> None:
    activity = make_draft(party, date(2019, 5, 12), "theme_day")
    stored = str(activity)
    url = f"{URL}{activity.pk}/edit/"
    sent = Fields(client.get(url).content.decode()).values
    answer = client.post(url, sent | {"title": "改过的题目", "held_on": "2019-02-30", "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="改过的题目"' in page
    assert f'/">{stored}</a>' in page
