"""A browser as officers use it, at a desk and on a phone."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.actions.accounts import create_account
from tests.chromium import FLAGS, chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": chromium(), "args": FLAGS}


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open the portal signed in: `visit("lin", "city_staff", "990101", width=390)`.

    A page that logs an error, or that breaks the content security policy, fails its test.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(username: str, role: str, scope: str = "", *, width: int = 1440) -> Page:
        _, password = create_account(
            username=username, role=role, scope_code=scope, must_change_password=False, by=None
        )
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console",
            lambda message: problems.append(message.text) if message.type == "error" else None,
        )
        page.goto("/accounts/sign-in/")
        page.get_by_label("账号").fill(username)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url(lambda url: "/sign-in/" not in url)  # a secretary begins elsewhere
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def assert_accessible(page: Page) -> None:
    """No violation that axe calls serious or critical."""
    found = Axe().run(page).response["violations"]
    grave = [v for v in found if v["impact"] in ("serious", "critical")]
    assert grave == [], [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in grave]


def assert_fits(page: Page) -> None:
    """The page does not scroll sideways."""
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], widths
