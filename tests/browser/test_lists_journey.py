"""Lists as officers use them: by keyboard, on a phone, on paper."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import assert_accessible, assert_fits
from tests.world import FIRST, SECOND, make_link, make_organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/registry/social-organizations/"


def fill() -> None:
    for number in range(55):
        make_organization(FIRST, name=f"东风第{number:02d}协会", full_member_count=number % 4)
    make_link(make_organization(SECOND, name="西岭渔业商会"))


def test_find_sort_choose_keep_and_carry_out(visit: Callable[..., Page]) -> None:
    fill()
    page = visit("lin", "city_staff", "990101")
    page.goto(LIST)
    assert_accessible(page)
    # by keyboard: search (the address holds what was asked and nothing else), then sort by a heading
    page.get_by_label("名称、代码、拼音首字母", exact=True).fill("dfd")
    page.keyboard.press("Enter")
    expect(page.locator(".title")).to_contain_text("共 55 家")
    assert page.url.endswith("?q=dfd")
    page.get_by_role("link", name="正式党员数").focus()
    page.keyboard.press("Enter")
    heading = page.get_by_role("columnheader", name="正式党员数")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager")).to_contain_text("第 2 / 2 页")
    # columns
    page.get_by_text("选择列").click()
    page.get_by_label("统一社会信用代码").check()
    page.keyboard.press("Escape")
    expect(page.get_by_label("统一社会信用代码")).to_be_hidden()
    page.get_by_text("选择列").click()
    assert_accessible(page)
    page.get_by_role("button", name="显示这些列").click()
    expect(page.get_by_role("columnheader", name="统一社会信用代码")).to_be_visible()
    # the question under a name
    page.get_by_text("存为常用筛选").click()
    page.get_by_label("名称", exact=True).fill("东风")
    page.get_by_role("button", name="保存筛选").click()
    page.get_by_role("link", name="全部清除").click()
    expect(page.locator(".title")).to_contain_text("共 56 家")
    page.get_by_role("link", name="东风", exact=True).click()
    expect(page.locator(".title")).to_contain_text("共 55 家")
    # the file
    page.get_by_text("导出", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel 工作簿").click()
    sheet = load_workbook(BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    assert sheet.max_row == 56
    # and another one from the same form
    page.wait_for_timeout(1600)
    with page.expect_download() as other:
        page.get_by_role("button", name="CSV").click()
    assert other.value.suggested_filename.endswith(".csv")
    # ticked rows lead to where something is done with them
    for number in (0, 1, 2):
        page.locator("td.tick input").nth(number).check()
    expect(page.get_by_text("已勾选 3 项")).to_be_visible()
    page.get_by_role("button", name="建立覆盖").click()
    expect(page.get_by_role("heading", name="为 3 家社会组织建立覆盖")).to_be_visible()


def test_a_list_on_a_phone_and_on_paper(visit: Callable[..., Page]) -> None:
    fill()
    page = visit("wang", "township_officer", FIRST, width=390)
    for path in (LIST, "/registry/party-organizations/", "/registry/coverage-links/"):
        page.goto(path)
        assert_fits(page)
    page.goto(f"{LIST}?covered=no")
    assert_accessible(page)
    page.get_by_text("导出", exact=True).click()
    assert_fits(page)
    page.emulate_media(media="print")
    expect(page.locator(".filters")).to_be_hidden()
    expect(page.get_by_text("筛选:组织覆盖:否")).to_be_visible()
