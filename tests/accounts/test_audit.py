"""The audit log: append-only, chained, and it finds every kind of tampering."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts import audit
from accounts.models import AuditEvent, AuditHead, User
from accounts.protection import REMOVAL, SCRIPTS
from accounts.triggers import install
from organizations.actions import social_organization as actions
from tests.world import CITY, FIRST, make_organization, make_township, make_unit, make_user, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain(city: User) -> list[AuditEvent]:
    for number in range(6):
        audit.record(by=city, action="test.act", after={"number": number})
    assert audit.verify().problems == []
    return list(AuditEvent.objects.order_by("sequence"))


def raw(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def flip(events: list[AuditEvent]) -> None:
    raw("""UPDATE accounts_auditevent SET after = '{"number": 99}' WHERE id = %s""", events[2].pk)


def rename(events: list[AuditEvent]) -> None:
    raw("UPDATE accounts_auditevent SET actor = 'nobody' WHERE id = %s", events[2].pk)


def delete(events: list[AuditEvent]) -> None:
    raw("DELETE FROM accounts_auditevent WHERE id = %s", events[2].pk)


def delete_first(events: list[AuditEvent]) -> None:
    raw("DELETE FROM accounts_auditevent WHERE id = %s", events[0].pk)


def reorder(events: list[AuditEvent]) -> None:
    a, b = events[2].sequence, events[3].sequence
    for old, new in ((a, -1), (b, a), (-1, b)):
        raw("UPDATE accounts_auditevent SET sequence = %s WHERE sequence = %s", new, old)


def truncate_tail(events: list[AuditEvent]) -> None:
    raw("DELETE FROM accounts_auditevent WHERE sequence > %s", events[3].sequence)


def truncate_tail_and_head(events: list[AuditEvent]) -> None:
    truncate_tail(events)
    raw(
        "UPDATE accounts_audithead SET sequence = %s, digest = %s",
        *(events[3].sequence, events[3].digest),
    )


def insert(events: list[AuditEvent]) -> None:
    last = events[-1]
    AuditEvent.objects.bulk_create(
        [AuditEvent(sequence=last.sequence + 1, at=last.at, action="forged", digest="0" * 64)]
    )


def renumber(events: list[AuditEvent]) -> None:
    """Delete one and close the gap."""
    delete(events)
    for event in events[3:]:
        new = event.sequence - 1
        raw("UPDATE accounts_auditevent SET sequence = %s WHERE id = %s", new, event.pk)


ATTACKS = [
    *(flip, rename, delete, delete_first, reorder, truncate_tail, truncate_tail_and_head),
    *(insert, renumber),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_tampering_is_found(
    chain: list[AuditEvent], attack: Callable, request: pytest.FixtureRequest
) -> None:
    """With the triggers off, as only the owner of the database could have them."""
    install(connection, REMOVAL)
    try:
        attack(chain)
        found = audit.verify()
        assert found.problems
        with pytest.raises(CommandError, match="不完整"):
            call_command("verify_audit")
    finally:
        install(connection, SCRIPTS)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE accounts_auditevent SET actor = 'x'",
        "DELETE FROM accounts_auditevent",
        "DELETE FROM accounts_audithead",
    ],
)
def test_the_database_refuses_changes(chain: list[AuditEvent], sql: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        raw(sql)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.count() == len(chain)


@pytest.mark.postgres
def test_postgresql_refuses_to_truncate(chain: list[AuditEvent]) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        raw("TRUNCATE accounts_auditevent")


def test_an_anchor_from_the_logs_finds_a_rebuilt_chain(
    chain: list[AuditEvent], settings: Any, capsys: pytest.CaptureFixture
) -> None:
    """Somebody with the key could rebuild everything; an anchor kept elsewhere still tells."""
    anchor = f"{chain[3].sequence}:{chain[3].digest}"
    call_command("verify_audit", "--anchor", anchor)
    assert "完整无缺" in capsys.readouterr().out
    install(connection, REMOVAL)
    raw("UPDATE accounts_auditevent SET actor = 'nobody' WHERE id = %s", chain[1].pk)
    previous = ""
    for event in AuditEvent.objects.order_by("sequence"):
        previous = audit.link(previous, event)
        raw("UPDATE accounts_auditevent SET digest = %s WHERE id = %s", previous, event.pk)
    head = AuditHead.objects.get()
    head.digest = previous
    head.seal = audit.head_seal(head)
    head.save()
    install(connection, SCRIPTS)
    assert audit.verify().problems == []
    with pytest.raises(CommandError, match="外部凭据"):
        call_command("verify_audit", "--anchor", anchor)


def test_a_failed_audit_undoes_the_action(city: User, monkeypatch: pytest.MonkeyPatch) -> None:
    one = make_organization(FIRST)

    def fails(**kwargs: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(DatabaseError):
        actions.change_social_organization(
            organization=one, values={"name": "改名"}, version=1, by=city
        )
    one.refresh_from_db()
    assert one.name != "改名"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_at_once_make_one_chain() -> None:
    user = make_user("lin", "city_staff", "990101")
    errors: list[Exception] = []

    def write() -> None:
        try:
            for number in range(25):
                audit.record(by=user, action="test.act", after={"number": number})
        except Exception as error:  # pragma: no cover - shown below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    found = audit.verify()
    assert (found.event_count, found.problems) == (200, [])


def test_relations_keep_their_names(city: User) -> None:
    old, new = make_unit("市民政局"), make_unit("市司法局")
    one = make_organization(FIRST, supervising_unit=old)
    actions.change_social_organization(
        organization=one, values={"supervising_unit": new}, version=1, by=city
    )
    event = AuditEvent.objects.get(action="social_organization.change")
    assert event.before == {"supervising_unit": {"key": str(old.pk), "name": "市民政局"}}
    assert event.after == {"supervising_unit": {"key": str(new.pk), "name": "市司法局"}}


def test_the_page_of_a_record_tells_its_history_in_words(as_city: Client, city: User) -> None:
    one = make_organization(FIRST)
    actions.change_social_organization(
        organization=one,
        values={"status": "shell", "full_member_count": 3, "supervising_unit": make_unit("某局")},
        version=1,
        by=city,
    )
    text = as_city.get(f"/registry/social-organizations/{one.pk}/").content.decode()
    history = text[text.index('id="history"') :]
    for word in ("修改社会组织", "lin", "状态", "正常", "异常(空壳)", "正式党员数", "某局"):
        assert word in history


def test_only_the_audit_administrator_searches(as_city: Client, chain: list[AuditEvent]) -> None:
    client = Client()
    sign_in(client, make_user("auditor", "audit_admin"))
    page = client.get("/accounts/audit/", {"actor": "lin", "action": "test."})
    assert len(page.context["rows"]) == 6
    assert client.get("/accounts/audit/", {"since": "x"}).status_code == 400
    assert len(client.get("/accounts/audit/", {"until": "2019-01-01"}).context["rows"]) == 0
    assert client.get(f"/accounts/audit/{chain[0].sequence}/").status_code == 200
    assert client.get("/accounts/audit/99999/").status_code == 404
    assert as_city.get("/accounts/audit/").status_code == 403
    assert as_city.get(f"/accounts/audit/{chain[0].sequence}/").status_code == 403
    refused = AuditEvent.objects.filter(action="access.refuse", actor="lin")
    assert refused.count() == 2


def test_the_log_is_paged_by_number(city: User) -> None:
    client = Client()
    sign_in(client, make_user("auditor", "audit_admin"))
    audit.record_many([audit.Entry("test.act", after={"number": n}) for n in range(120)], by=city)
    seen: list[int] = []
    url = "/accounts/audit/?action=test.act"
    before = ""
    for _ in range(4):
        context = client.get(url + before).context
        seen += [event.sequence for event, _ in context["rows"]]
        if context["next_before"] is None:
            break
        before = f"&before={context['next_before']}"
    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_changes_of_townships_are_in_the_log() -> None:
    make_township(FIRST)
    assert AuditEvent.objects.count() == 0  # made without an action, by the test


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"action": "注销登记"}, ["social_organization.deregister"]),
        ({"action": "导出"}, ["member.export", "social_organization.export"]),
        ({"action": "session."}, ["session.sign_in"]),
        ({"action": "social_organization.deregister"}, ["social_organization.deregister"]),
        ({"actor": "lin", "action": "登录"}, ["session.sign_in"]),
        ({"actor": "林晓东", "action": "登录"}, ["session.sign_in"]),
        ({"actor": "林晓东", "action": "导出党员"}, []),
    ],
)
def test_the_log_is_searched_in_words(city: User, query: dict[str, str], found: list[str]) -> None:
    User.objects.filter(pk=city.pk).update(display_name="林晓东")
    client = Client()
    sign_in(client, make_user("auditor", "audit_admin"))
    entries = ("social_organization.deregister", "social_organization.export", "session.sign_in")
    audit.record_many([audit.Entry(action) for action in entries], by=city)
    audit.record(by=make_user("zhao", "city_staff", CITY), action="member.export")
    answer = client.get("/accounts/audit/", query | {"until": "2099-01-01"})
    rows = [e.action for e, _ in answer.context["rows"] if e.actor in ("lin", "zhao")]
    assert sorted(rows) == found
    page = answer.content.decode()
    assert '<option value="注销登记"></option>' in page
    if "session.sign_in" in rows:
        assert '林晓东 <span class="small soft">lin</span>' in page


def test_an_action_that_nobody_knows_is_said(city: User) -> None:
    client = Client()
    sign_in(client, make_user("auditor", "audit_admin"))
    answer = client.get("/accounts/audit/?action=飞行")
    assert answer.status_code == 400
    assert "没有叫这个名称的动作" in answer.content.decode()


def test_a_history_names_people_not_accounts(as_city: Client, city: User) -> None:
    User.objects.filter(pk=city.pk).update(display_name="林晓东")
    one = make_organization(FIRST)
    audit.record(by=city, action="social_organization.change", object=one, before={"name": "甲"})
    audit.record(by=None, action="social_organization.grade", object=one)
    page = as_city.get(f"/registry/social-organizations/{one.pk}/").content.decode()
    assert "林晓东 修改社会组织" in page
    assert "lin 修改" not in page
    assert "系统 登记评估等级" in page
