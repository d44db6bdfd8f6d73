"""Accounts in a browser: locked, first sign-in, second factor, sessions, tokens, four eyes, reveal."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.actions.accounts import create_account
from accounts.models import AuditEvent, SignIn, TotpDevice, User
from members.actions.private import save_private
from tests.accounts.test_sign_in import code_of
from tests.browser.conftest import assert_accessible, assert_fits
from tests.members.world import make_member
from tests.world import FIRST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
PASSWORD, NEW = "Quiet-harbour-7", "Another-harbour-8"
Opens = Callable[..., Page]


@pytest.fixture
def desk(browser: Browser, live_server: Any) -> Iterator[Opens]:
    """A browser that nobody has signed in with; it may not break the content security policy."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def opened(width: int = 1440) -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, locale="zh-CN"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda said: broken.append(said.text) if "Content Security" in said.text else None,
        )
        page.goto("/accounts/sign-in/")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


def account(name: str, role: str, scope: str = "", password: str | None = PASSWORD) -> str:
    _, text = create_account(
        username=name,
        role=role,
        scope_code=scope,
        password=password,
        must_change_password=password is None,
        by=None,
    )
    return text


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def looks_right(page: Page) -> None:
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("width", [390, 1440])
def test_five_wrong_passwords_lock(desk: Opens, width: int) -> None:
    account("lin", "leader", "99")
    page = desk(width)
    looks_right(page)
    for _ in range(4):
        sign_in(page, "lin", "wrong")
        expect(page.get_by_role("alert")).to_contain_text("账号或密码不正确")
    looks_right(page)
    sign_in(page, "lin", "wrong")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已锁定")
    expect(page.locator("main")).to_contain_text("已锁定 30 分钟")
    looks_right(page)
    page.get_by_role("link", name="返回登录").click()
    sign_in(page, "lin")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录已锁定")


@pytest.mark.parametrize("width", [390, 1440])
def test_the_first_sign_in_sets_password_and_second_factor(
    desk: Opens, settings: Any, width: int
) -> None:
    settings.SECOND_FACTOR_REQUIRED = True
    once = account("lin", "city_staff", "990101", password=None)
    page = desk(width)
    sign_in(page, "lin", once)
    expect(page.locator("main")).to_contain_text("首次登录")
    looks_right(page)
    page.get_by_label("现在的密码").fill(once)
    page.get_by_label("新密码", exact=True).fill("short")
    page.locator("[name=new_password2]").fill("short")
    page.locator("main").get_by_role("button").click()
    expect(page.locator("main")).to_contain_text("至少 10 个字符")
    page.get_by_label("现在的密码").fill(once)
    page.locator("[name=new_password1]").fill(NEW)
    page.locator("[name=new_password2]").fill(NEW)
    page.locator("main").get_by_role("button").click()
    page.wait_for_url("**/second-factor/setup/")
    expect(page.get_by_role("img", name="二维码")).to_be_visible()
    looks_right(page)
    page.get_by_label("动态口令").fill("000000")
    page.get_by_role("button", name="启用动态口令").click()
    expect(page.locator("main")).to_contain_text("口令不正确")
    page.get_by_label("动态口令").fill(code_of(User.objects.get(username="lin")))
    page.get_by_role("button", name="启用动态口令").click()
    page.wait_for_url("**/second-factor/codes/")
    codes = page.locator(".codes code").all_inner_texts()
    assert len(codes) == 10
    looks_right(page)
    page.get_by_role("link", name="已保管好,继续").click()
    page.wait_for_url("**/coverage/")
    page.goto("/accounts/second-factor/codes/")
    expect(page.locator("main")).to_contain_text("恢复码只显示一次")
    page.get_by_role("button", name="退出").click()
    sign_in(page, "lin", NEW)
    expect(page.get_by_role("heading", level=1)).to_have_text("输入动态口令")
    looks_right(page)
    page.get_by_label("动态口令").fill("123456")
    page.get_by_role("button", name="登录").click()
    expect(page.locator("main")).to_contain_text("口令不正确或已经用过")
    page.get_by_label("动态口令").fill(codes[0])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/coverage/")


def test_sessions_end_in_words(desk: Opens) -> None:
    account("lin", "leader", "99")
    page, other = desk(), desk(390)
    sign_in(page, "lin")
    page.wait_for_url("**/coverage/")
    # half an hour unused, then twelve hours in use
    for field, age in (
        ("last_used_at", timedelta(minutes=31)),
        ("started_at", timedelta(hours=13)),
    ):
        SignIn.objects.update(**{field: timezone.now() - age})
        page.goto("/accounts/sessions/")
        expect(page.get_by_role("status")).to_contain_text("登录已结束")
        sign_in(page, "lin")
        page.wait_for_url("**/accounts/sessions/")
    sign_in(other, "lin")
    other.wait_for_url("**/coverage/")
    other.goto("/accounts/sessions/")
    looks_right(other)
    page.reload()
    page.get_by_role("button", name=re.compile("^结束")).last.click()
    expect(page.get_by_role("status")).to_contain_text("这次登录已结束")
    looks_right(page)
    ended = [one for one in (page, other) if one.goto("/coverage/") and "sign-in" in one.url]
    assert ended == [other]


def test_a_token_is_shown_once_exchanged_and_stopped(desk: Opens, live_server: Any) -> None:
    account("lin", "city_staff", "990101")
    page = desk()
    sign_in(page, "lin")
    page.wait_for_url("**/coverage/")
    page.goto("/accounts/tokens/")
    looks_right(page)
    page.get_by_role("link", name="新建令牌").click()
    page.get_by_role("button", name="签发令牌").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    looks_right(page)
    page.get_by_label("用途").fill("数据交换")
    page.get_by_label("查看覆盖情况").check()
    page.get_by_role("button", name="签发令牌").click()
    text = page.locator("code.code--long").inner_text()
    looks_right(page)
    assert works(page, text) == 200
    page.reload()
    expect(page.locator("code.code--long")).to_have_count(0)
    page.get_by_role("button", name="更换").click()
    fresh = page.locator("code.code--long").inner_text()
    assert (works(page, text), works(page, fresh)) == (200, 200)
    page.get_by_role("button", name="停用").first.click()
    expect(page.get_by_role("status")).to_contain_text("令牌已停用")
    assert sorted((works(page, text), works(page, fresh))) == [200, 401]


def works(page: Page, token: str) -> int:
    answer = page.context.request.get(
        "/api/v1/coverage/", headers={"Authorization": f"Bearer {token}", "Cookie": ""}
    )
    return answer.status


@pytest.mark.parametrize("width", [390, 1440])
def test_from_proposal_to_audit(desk: Opens, width: int) -> None:
    """系统管理员提出、安全管理员批准、领取密码、首次登录、审计管理员知悉."""
    for name, role in (("sys", "system_admin"), ("sec", "security_admin"), ("aud", "audit_admin")):
        account(name, role)
    system, security, auditor, fresh = desk(width), desk(width), desk(width), desk(width)
    sign_in(system, "sys")
    system.get_by_role("link", name="提出事项").click()
    looks_right(system)
    system.get_by_label("事项", exact=True).select_option("create")
    system.get_by_label("账号", exact=False).first.fill("cai")
    system.locator("[name=person_code]").fill("GH001")
    system.locator("[name=role]").select_option("township_officer")
    system.locator("[name=scope_code]").fill(FIRST)
    system.locator("[name=reason]").fill("新到岗专干")
    system.get_by_role("button", name="提交审批").click()
    expect(system.get_by_role("status")).to_contain_text("等待安全管理员审批")
    looks_right(system)
    url = system.url
    sign_in(security, "sec")
    security.goto(url)
    security.get_by_role("button", name="退回").click()
    expect(security.get_by_role("status")).to_contain_text("退回时请写明理由")
    looks_right(security)
    security.get_by_role("button", name="批准").click()
    expect(security.locator("main")).to_contain_text("已批准")
    system.reload()
    system.get_by_role("button", name="领取一次性密码").click()
    once = system.locator("code.code--long").inner_text()
    looks_right(system)
    system.reload()
    expect(system.locator("code.code--long")).to_have_count(0)
    sign_in(fresh, "cai", once)
    fresh.wait_for_url("**/accounts/password/")
    sign_in(auditor, "aud")
    auditor.wait_for_url("**/accounts/audit/")
    looks_right(auditor)
    for word in ("提出账号事项", "批准账号事项", "新建账号", "发放一次性密码", "登录"):
        expect(auditor.locator("table")).to_contain_text(word)
    auditor.goto(url)
    auditor.get_by_role("button", name="已知悉").click()
    expect(auditor.locator("main")).to_contain_text("知悉")
    auditor.goto("/accounts/people/")
    looks_right(auditor)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_number_is_shown_for_a_reason(desk: Opens, width: int) -> None:
    account("wang", "township_officer", FIRST)
    member = make_member(FIRST, born_on=date(1949, 12, 31), gender="female")
    save_private(member=member, id_number="11010519491231002X", phone="13812345678", by=None)
    page = desk(width)
    sign_in(page, "wang")
    page.wait_for_url("**/coverage/")
    page.goto(f"/members/{member.pk}/")
    looks_right(page)
    expect(page.locator("#private")).to_contain_text("110***********002X")
    page.get_by_text("查看完整号码").click()
    page.get_by_label("查看理由").fill("核对转接介绍信")
    page.locator("#private").get_by_role("button", name="查看").click()
    expect(page.locator("#private")).to_contain_text("11010519491231002X")
    looks_right(page)
    page.goto(f"/members/{member.pk}/")
    expect(page.locator("#private")).not_to_contain_text("11010519491231002X")
    event = AuditEvent.objects.get(action="member.reveal")
    assert (event.actor, event.reason) == ("wang", "核对转接介绍信")
    assert not TotpDevice.objects.exists()
