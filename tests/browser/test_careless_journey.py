"""What hurried hands do: two clicks on one button, the way back, and on again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from activities.models import Fund
from tests.world import FIRST, make_party

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def fill(page: Page, purpose: str) -> None:
    page.select_option("[name=party_organization]", index=1)
    page.select_option("[name=kind]", "spent")
    page.fill("[name=year]", "2026")
    page.fill("[name=amount]", "100")
    page.fill("[name=dated_on]", "2026-03-01")
    page.fill("[name=purpose]", purpose)


def test_two_clicks_save_one_payment(visit: Callable[..., Page], transactional_db: None) -> None:
    for name in ("东园社区党支部", "新华社区党支部"):
        make_party(FIRST, name=name)
    page = visit("wang", "township_officer", FIRST)
    page.goto("/activities/funds/new/")
    fill(page, "学习资料")
    page.get_by_role("button", name="保存党建经费").dblclick()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert Fund.objects.count() == 1
    # the way back leads to a form that can be sent again, on purpose
    page.go_back()
    fill(page, "慰问品")
    page.get_by_role("button", name="保存党建经费").click()
    expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert Fund.objects.count() == 2
