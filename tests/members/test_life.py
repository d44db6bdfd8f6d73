"""Moves by letter, admission, dues and offices, as officers and secretaries do them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEvent, User
from members.actions.admission import open_applicant, record_step
from members.actions.affiliation import add_member, leave
from members.actions.dues import Payment, open_month, record_dues, set_base
from members.actions.full import extend_probation, note_event, turn_full
from members.actions.move import apply_move, expire_moves, take_step
from members.actions.participation import participate
from members.actions.post import appoint, appoint_social
from members.dashboard import balance_of
from members.models import (
    Applicant,
    DuesMonth,
    Member,
    Membership,
    Move,
    RosterParameter,
    Training,
)
from members.rules.dates import add_months, month_of
from members.rules.moves import MoveVerb
from members.rules.vocabulary import Entry, EventKind, Exit, PartyDuty, Payer, SocialDuty
from organizations.models import PartyOrganization
from tests.members.world import make_member, member_values
from tests.walking import Fields
from tests.world import FIRST, SECOND, make_link, make_organization, make_party, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(db: None) -> User:
    return make_user("shu", "secretary", make_party(FIRST).code)


def party_of(user: User) -> PartyOrganization:
    return PartyOrganization.objects.get(code=user.scope_code)


def test_a_move_by_letter_from_side_to_side(
    officer: User, neighbour: User, secretary: User
) -> None:
    home, far = party_of(secretary), make_party(SECOND)
    member = make_member(party=home)
    move = apply_move(member=member, to=far, reason="调动", by=secretary)
    with pytest.raises(PermissionDenied):
        take_step(move=move, verb=MoveVerb.APPROVE, by=secretary)
    with pytest.raises(PermissionDenied):
        take_step(move=move, verb=MoveVerb.APPROVE, by=neighbour)
    take_step(move=move, verb=MoveVerb.APPROVE, by=officer)
    with pytest.raises(ValidationError, match="介绍信编号"):
        take_step(move=move, verb=MoveVerb.ISSUE, by=officer)
    move = take_step(move=move, verb=MoveVerb.ISSUE, letter_number="8", by=officer)
    assert move.expires_on == timezone.localdate() + timedelta(days=90)
    with pytest.raises(PermissionDenied):
        take_step(move=move, verb=MoveVerb.ACCEPT, by=officer)
    take_step(move=move, verb=MoveVerb.ACCEPT, by=neighbour)
    assert member.memberships.get(valid_to__isnull=True).party_organization == home
    take_step(move=move, verb=MoveVerb.COMPLETE, by=neighbour)
    old, new = member.memberships.order_by("valid_from")
    assert (old.valid_to, old.exit) == (new.valid_from, "moved")
    assert new.party_organization == far
    with pytest.raises(ValidationError, match="已完成"):
        take_step(move=move, verb=MoveVerb.SEND_BACK, note="错了", by=neighbour)


def test_a_letter_that_nobody_took_expires(officer: User, neighbour: User) -> None:
    member = make_member(party=make_party(FIRST))
    move = apply_move(member=member, to=make_party(SECOND), reason="调动", by=officer)
    take_step(move=move, verb=MoveVerb.APPROVE, by=officer)
    take_step(move=move, verb=MoveVerb.ISSUE, letter_number="8", by=officer)
    Move.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    with pytest.raises(ValidationError, match="失效"):
        take_step(move=move, verb=MoveVerb.ACCEPT, by=neighbour)
    assert expire_moves() == 1
    assert expire_moves() == 0
    assert Membership.objects.filter(member=member, valid_to__isnull=True).exists()
    apply_move(member=member, to=None, to_outside="外地", reason="再来", by=officer)


def test_out_of_the_system(officer: User) -> None:
    member = make_member(party=make_party(FIRST))
    move = apply_move(member=member, to=None, to_outside="厦门", reason="调离", by=officer)
    for verb in (MoveVerb.APPROVE, MoveVerb.ISSUE, MoveVerb.ACCEPT, MoveVerb.COMPLETE):
        take_step(move=move, verb=verb, letter_number="9", by=officer)
    member.refresh_from_db()
    assert member.status == "transferred"
    assert member.memberships.get().exit == "transferred"


def test_only_one_open_move(officer: User) -> None:
    member = make_member(party=make_party(FIRST))
    apply_move(member=member, to=None, to_outside="厦门", reason="调离", by=officer)
    with pytest.raises(ValidationError, match="正在办理"):
        apply_move(member=member, to=None, to_outside="福州", reason="调离", by=officer)


def test_from_application_to_full_member(officer: User, secretary: User) -> None:
    party = party_of(secretary)
    values = {"name": "新人", "gender": "male", "born_on": date(1990, 1, 1)}
    start = add_months(timezone.localdate(), -36)
    applicant = open_applicant(values=values, party=party, applied_on=start, by=secretary)
    day = start
    for number in range(2, 26):
        day = {7: add_months(start, 13), 23: add_months(day, 11)}.get(number, day) + timedelta(2)
        more = {"document": "基层党委〔1〕号"} if number in (17, 24) else {}
        superior = number in {4, 8, 13, 16, 17, 18, 24}
        if number == 23:
            day = add_months(applicant.done[15], 12)
            applicant = Applicant.objects.get(pk=applicant.pk)
            with pytest.raises(ValidationError, match="不足1 年"):
                record_step(
                    applicant=applicant, number=23, done_on=day - timedelta(1), by=secretary
                )
        if superior:
            with pytest.raises(PermissionDenied, match="不能审批"):
                record_step(applicant=applicant, number=number, done_on=day, by=secretary, **more)
        actor = officer if superior else secretary
        record_step(applicant=applicant, number=number, done_on=day, by=actor, **more)
        applicant = Applicant.objects.get(pk=applicant.pk)
    member = applicant.member
    assert member is not None
    assert member.joined_on == applicant.done[15]
    assert member.full_on == add_months(applicant.done[15], 12)
    own = member.memberships.get()
    assert (own.entry, own.valid_from) == ("admitted", member.joined_on)
    assert (member.status, applicant.state) == ("full", "full")


def test_joint_organizations_admit_nobody_unless_a_year_says_so(officer: User) -> None:
    joint = make_party(FIRST, kind="joint")
    values = {"name": "新人", "gender": "male", "born_on": date(1990, 1, 1)}
    day = timezone.localdate()
    with pytest.raises(ValidationError, match="不发展党员"):
        open_applicant(values=values, party=joint, applied_on=day, by=officer)
    RosterParameter.objects.create(name="joint_admits", year=day.year, value=1)
    open_applicant(values=values, party=joint, applied_on=day, by=officer)
    with pytest.raises(ValidationError, match="不接收组织关系"):
        add_member(values=member_values(), party=joint, on=day, entry=Entry.REGISTERED, by=officer)


def test_probation(officer: User) -> None:
    today = timezone.localdate()
    joined = add_months(today, -12)
    early = make_member(FIRST, status="probationary", joined_on=joined + timedelta(1), full_on=None)
    with pytest.raises(ValidationError, match="才满"):
        turn_full(member=early, on=today, by=officer)
    due = make_member(FIRST, status="probationary", joined_on=joined, full_on=None)
    with pytest.raises(ValidationError, match="少于半年"):
        extend_probation(member=due, months=5, on=today, by=officer)
    extend_probation(member=due, months=6, on=today, by=officer)
    with pytest.raises(ValidationError, match="一次"):
        extend_probation(member=due, months=6, on=today, by=officer)
    other = make_member(FIRST, status="probationary", joined_on=joined, full_on=None)
    assert turn_full(member=other, on=today, by=officer).full_on == add_months(joined, 12)


def test_who_may_vote(officer: User) -> None:
    party, today = make_party(FIRST), timezone.localdate()
    full = make_member(party=party)
    make_member(party=party, status="probationary", joined_on=today, full_on=None)
    watched = make_member(party=party)
    note_event(
        member=watched,
        kind=EventKind.WATCHED,
        on=today - timedelta(30),
        until=today + timedelta(1),
        by=officer,
    )
    own = Member.objects.belonging_on(today, party_organization=party)
    assert list(own.voters_on(today)) == [full]
    assert own.voters_on(today + timedelta(1)).count() == 2
    assert own.voters_on(today - timedelta(31)).count() == 2


def test_dual_life_is_counted_once_and_pays_once(officer: User) -> None:
    home, joint, today = make_party(FIRST), make_party(FIRST, kind="joint"), timezone.localdate()
    member = make_member(party=home)
    before = balance_of(PartyOrganization.objects.all(), date(2018, 1, 1), today).counts
    participate(member=member, party=joint, on=today, by=officer)
    assert balance_of(PartyOrganization.objects.all(), date(2018, 1, 1), today).counts == before
    only = PartyOrganization.objects.filter(pk=joint.pk)
    assert balance_of(only, date(2018, 1, 1), today).counts["end"] == 0
    with pytest.raises(ValidationError, match="不收缴党费"):
        open_month(party=joint, month=today, by=officer)
    appoint(member=member, party=joint, duty=PartyDuty.SECRETARY, on=today, by=officer)
    leave(member=member, exit=Exit.DIED, on=today, by=officer)
    assert member.participations.count() == 0  # began on the day on which it ended
    assert not joint.posts.exists()


def test_a_month_of_dues(secretary: User) -> None:
    party = party_of(secretary)
    one, two = make_member(party=party), make_member(party=party)
    month = add_months(month_of(timezone.localdate()), -1)
    base = {"member": one, "year": month.year, "payer": Payer.EMPLOYED, "by": secretary}
    set_base(base=Decimal("3000.01"), **base)
    assert len(open_month(party=party, month=month, by=secretary)) == 2
    assert open_month(party=party, month=month, by=secretary) == []
    set_base(base=Decimal(6000), **base)
    assert DuesMonth.objects.get(member=one).due == Decimal("90.00")
    with pytest.raises(ValidationError, match="批准文号"):
        set_base(base=Decimal(6000), reduced_to=Decimal(5), **base)
    with pytest.raises(ValidationError, match="交纳日期"):
        record_dues(
            party=party, month=month, payments={one.pk: Payment(Decimal(90), None)}, by=secretary
        )
    late = timezone.localdate()
    paid = {one.pk: Payment(Decimal(90), late), two.pk: Payment(Decimal(0), None)}
    assert DuesMonth.objects.arrears(late).count() == 1
    assert record_dues(party=party, month=month, payments=paid, by=secretary) == 1
    assert not DuesMonth.objects.arrears(late).exists()
    assert not DuesMonth.objects.due().on_time().exists()
    assert DuesMonth.objects.due().on_time(grace_days=400).count() == 1
    assert AuditEvent.objects.filter(action="dues_month.change").count() == 1


def test_who_moves_in_a_month_pays_once(officer: User) -> None:
    old, new, today = make_party(FIRST), make_party(FIRST), timezone.localdate()
    member = make_member(party=old)
    month = add_months(month_of(today), -1)
    Membership.objects.update(valid_to=month + timedelta(9), exit="moved")
    Membership.objects.create(
        member=member, party_organization=new, valid_from=month + timedelta(9), entry="moved"
    )
    assert len(open_month(party=old, month=month, by=officer)) == 1
    assert open_month(party=new, month=month, by=officer) == []
    assert len(open_month(party=new, month=today, by=officer)) == 1


def test_posts_on_both_sides(officer: User) -> None:
    party, today = make_party(FIRST), timezone.localdate()
    body, other = make_organization(FIRST), make_organization(FIRST)
    make_link(body, party)
    one, two = make_member(party=party), make_member(party=party)
    appoint(member=one, party=party, duty=PartyDuty.SECRETARY, on=today, by=officer)
    party.refresh_from_db()
    assert party.secretary == one.name
    with pytest.raises(ValidationError, match="在任书记"):
        appoint(member=two, party=party, duty=PartyDuty.SECRETARY, on=today, by=officer)
    more: dict[str, Any] = {"on": today, "by": officer}
    appoint_social(member=one, organization=other, duty=SocialDuty.COUNCIL, **more)
    appoint_social(member=one, organization=body, duty=SocialDuty.STAFF, **more)
    assert not Member.objects.crossing_on(today).exists()
    appoint_social(member=one, organization=body, duty=SocialDuty.MANAGER, **more)
    appoint_social(member=two, organization=body, duty=SocialDuty.CHAIR, **more)
    assert list(Member.objects.crossing_on(today)) == [one]


def test_a_secretary_keeps_the_own_roster(secretary: User, client: Client) -> None:
    party = party_of(secretary)
    own, foreign = make_member(party=party), make_member(FIRST)
    sign_in(client, secretary)
    day = f"{timezone.localdate():%Y-%m-%d}"
    form = {"on": day, "subject": "党章学习", "hours": "4", "organizer": ""}
    assert client.post(f"/members/{own.pk}/do/training/", form).status_code == 302
    assert client.post(f"/members/{foreign.pk}/do/training/", form).status_code == 404
    assert own.trainings.get().hours == 4
    text = client.get(f"/members/{own.pk}/").content.decode()
    assert "登记离开" not in text
    assert "申请转接组织关系" in text
    assert client.get(f"/members/{own.pk}/decide/leave/").status_code == 403
    month = f"{timezone.localdate():%Y-%m}"
    url = f"/members/dues/{party.code}/{month}/"
    assert client.post(url, {"do": "open"}).status_code == 302
    assert client.post(url, {f"paid_{own.pk}": "abc"}).status_code == 200
    assert "不能识别" in client.post(url, {f"paid_{own.pk}": "abc"}).content.decode()
    assert client.get(url).status_code == 200


def test_a_name_padded_with_a_blank_is_kept_and_found_without(
    secretary: User, client: Client
) -> None:
    sign_in(client, secretary)
    member = make_member(party=party_of(secretary), name="张三")
    url = f"/members/{member.pk}/edit/"
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields}
    data = {name: value for name, value in data.items() if value not in (None, False)}
    assert client.post(url, data | {"name": "李\u3000四"}).status_code == 302
    member.refresh_from_db()
    assert member.name == "李四"
    assert client.get("/members/?q=李四").context["page"].count == 1


def test_one_click_does_not_register_a_death(secretary: User, client: Client) -> None:
    sign_in(client, secretary)
    member = make_member(party=party_of(secretary))
    url = f"/members/{member.pk}/do/died/"
    form = client.get(url).context["form"]
    assert form["on"].value() is None
    assert client.post(url, {"on": "", "reason": ""}).status_code == 200
    member.refresh_from_db()
    assert member.status == "full"


def test_numbers_of_the_balance_lead_to_their_rows(as_city: Client) -> None:
    make_party(SECOND)
    for code in (FIRST, FIRST, SECOND):
        make_member(code, since=timezone.localdate() - timedelta(days=1))
    answer = as_city.get("/members/balance/")
    cells = [c for row in answer.context["rows"] for c in row["cells"]]
    cells += answer.context["total"]["cells"]
    assert sum(c["number"] for c in answer.context["total"]["cells"]) == 6
    for cell in cells:
        found = as_city.get(cell["url"])
        assert found.status_code == 200
        assert found.context["page"].count == cell["number"], cell


def test_the_chips_of_a_number_of_the_balance_are_words(as_city: Client) -> None:
    party = make_party(FIRST)
    answer = as_city.get(
        "/members/memberships/",
        {"line": "in_moved", "party": party.pk, "since": "2019-01-01", "until": "2019-12-31"},
    )
    assert [str(chip) for chip in answer.context["active"]] == [
        *("平衡表项目:转入(系统内)", "期初:2019年1月1日", "期末:2019年12月31日"),
        f"平衡表党组织:{party.name}",
    ]


@pytest.mark.parametrize(
    "url",
    [
        *("/members/", "/members/balance/", "/members/memberships/", "/members/moves/"),
        *("/members/dues/", "/members/dues/records/", "/members/applicants/", "/members/mobile/"),
    ],
)
def test_one_row_takes_as_many_queries_as_three(
    as_city: Client, url: str, django_assert_max_num_queries: Any
) -> None:
    def grow() -> None:
        party = make_party(FIRST)
        member, other = make_member(party=party), make_member(party=party)
        apply_move(member=member, to=None, to_outside="外地", reason="调离", by=None)
        other.mobile_periods.create(valid_from=date(2019, 1, 1), destination="外地")
        open_month(party=party, month=timezone.localdate(), by=None)
        values = {"name": "新人", "gender": "male", "born_on": date(1990, 1, 1)}
        open_applicant(values=values, party=party, applied_on=date(2019, 1, 1), by=None)

    def queries() -> int:
        with django_assert_max_num_queries(26) as counted:
            assert as_city.get(url).status_code == 200
        return len(counted.captured_queries)

    grow()
    as_city.get(url)
    one = queries()
    grow()
    grow()
    assert queries() == one


def test_an_old_window_of_a_member_writes_only_what_was_typed(
    client: Client, officer: User
) -> None:
    sign_in(client, officer)
    member = make_member(name="陈明", position="干事", residence="东风街 1 号")
    url = f"/members/{member.pk}/edit/"
    mine, theirs = (Fields(client.get(url).content.decode()).values for _ in range(2))
    client.post(url, theirs | {"position": "秘书长", "residence": "南港", "is_frontline": "on"})
    stale = client.post(url, mine | {"residence": "西岭", "remark": "已核"})
    assert stale.status_code == 409
    told = {row["label"]: row["is_kept"] for row in stale.context["conflict"]}
    assert sorted(told.values()) == [False, False, True, True]
    assert client.post(url, Fields(stale.content.decode()).values).status_code == 302
    member.refresh_from_db()
    assert (member.position, member.residence) == ("秘书长", "西岭")
    assert (member.remark, member.is_frontline) == ("已核", True)


def test_what_was_entered_by_mistake_goes_with_a_reason_and_is_remembered(
    client: Client, officer: User
) -> None:
    sign_in(client, officer)
    member = make_member(name="陈明")
    training = Training.objects.create(
        member=member, on=date(2019, 5, 1), hours=8, subject="党章", organizer="市委党校"
    )
    url = f"/members/remove/training/{training.pk}/"
    assert "请写明删除的理由" in client.post(url, {"reason": " "}, follow=True).content.decode()
    assert Training.objects.exists()
    page = client.post(url, {"reason": "登记到别人名下"}, follow=True).content.decode()
    assert not Training.objects.exists()
    event = AuditEvent.objects.get(action="training.delete")
    assert event.reason == "登记到别人名下"
    assert (event.before["hours"], event.before["organizer"]) == ("8.0", "市委党校")
    assert "登记到别人名下" in page


def test_what_is_not_open_to_a_member_is_said(client: Client, city: User) -> None:
    sign_in(client, city)
    member = make_member(name="陈明", status="died")
    for url in (f"/members/{member.pk}/do/training/", f"/members/{member.pk}/decide/leave/"):
        for answer in (client.get(url, follow=True), client.post(url, {}, follow=True)):
            assert answer.redirect_chain == [(f"/members/{member.pk}/", 302)]
            assert "陈明现在是“去世”,不能办理" in answer.content.decode()
