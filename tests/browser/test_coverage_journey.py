"""The city's and an officer's way through the figures, in a browser."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from evaluation.actions.coverage import drain_coverage
from organizations.models import SocialOrganization
from tests.browser.conftest import assert_accessible, assert_fits
from tests.world import FIRST, SECOND, THIRD, make_city, make_link, make_organization

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def figures(transactional_db: None) -> None:
    make_city(covered=(FIRST, FIRST, FIRST, SECOND), uncovered=(FIRST, THIRD))
    drain_coverage()


def test_from_the_rate_to_its_records_and_back_after_a_correction(
    visit: Callable[..., Page], figures: None
) -> None:
    page = visit("lin", "city_staff", "990101")
    expect(page.get_by_role("heading", level=1)).to_have_text("社会组织党的组织覆盖")
    main = page.locator(".figure--main")
    expect(main).to_contain_text("66.7%")
    assert_accessible(page)
    main.get_by_role("link", name="4", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(4)
    assert_accessible(page)
    page.get_by_role("link", name="覆盖情况").click()
    page.get_by_role("row", name="南港镇").get_by_role("link", name="1").last.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(".row-link").click()
    page.get_by_role("link", name="修改").click()
    assert_accessible(page)
    page.go_back()
    page.get_by_role("link", name="注销登记").click()
    assert_accessible(page)
    page.get_by_label("注销日期").fill("1990-01-01")
    page.get_by_label("注销原因").fill("已完成注销登记")
    page.get_by_role("button", name="注销登记").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("注销原因")).to_have_value("已完成注销登记")
    page.get_by_label("注销日期").fill("2019-01-01")
    page.get_by_role("button", name="注销登记").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("link", name="覆盖情况").click()
    expect(page.locator(".figure--main")).to_contain_text("80.0%")
    expect(page.locator(".figure--main")).to_contain_text("4 家已覆盖 / 5 家登记")


def test_any_day_can_be_chosen(visit: Callable[..., Page], figures: None) -> None:
    make_link(make_organization(FIRST, registered_on=date(2018, 1, 1)), valid_from=date(2018, 5, 1))
    drain_coverage()
    page = visit("lin", "city_staff", "990101")
    expect(page.locator(".figure--main")).to_contain_text("5 家已覆盖 / 7 家登记")
    page.locator("#id_as_of").fill("2017-10-16")
    page.wait_for_url("**as_of=2017-10-16")
    expect(page.locator(".figure--main")).to_contain_text("4 家已覆盖 / 6 家登记")
    expect(page.locator(".day__words")).to_have_text("2017年10月16日 ▾")
    expect(page.locator(".foot")).to_contain_text("数据截至2017年10月16日")


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_pages_fit_and_read_at_every_width(
    visit: Callable[..., Page], figures: None, width: int
) -> None:
    page = visit("wang", "township_officer", FIRST, width=width)
    one = SocialOrganization.objects.filter(township=FIRST).first()
    for path in (
        *("/coverage/", "/coverage/definitions/", "/coverage/runs/"),
        *("/registry/social-organizations/", "/registry/party-organizations/"),
        f"/registry/social-organizations/{one.pk}/",
        f"/registry/social-organizations/{one.pk}/edit/",
    ):
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_fits(page)
    assert "西岭镇" not in page.content()


def test_on_a_phone_the_menu_folds(visit: Callable[..., Page], figures: None) -> None:
    page = visit("wang", "township_officer", FIRST, width=390)
    expect(page.get_by_role("navigation", name="主菜单")).to_be_hidden()
    page.get_by_role("link", name="菜单").click()
    page.get_by_role("link", name="党组织", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("党组织")


def test_by_keyboard_alone(visit: Callable[..., Page], figures: None) -> None:
    page = visit("lin", "city_staff", "990101")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("第")
    page.keyboard.press("Enter")
    page.wait_for_url("**/registry/social-organizations/?q=*")
    expect(page.locator("tbody tr")).to_have_count(6)


def test_everything_works_without_script(
    visit: Callable[..., Page], figures: None, browser: object
) -> None:
    page = visit("lin", "city_staff", "990101")
    state = page.context.storage_state()
    plain = page.context.browser.new_context(java_script_enabled=False, storage_state=state)
    silent = plain.new_page()
    silent.goto(page.url)
    silent.locator("#id_as_of").fill("2016-10-16")
    silent.get_by_role("button", name="查看").click()
    expect(silent.locator(".foot")).to_contain_text("数据截至2016年10月16日")
    plain.close()


def test_the_print_has_title_day_and_no_menu(visit: Callable[..., Page], figures: None) -> None:
    page = visit("lin", "city_staff", "990101")
    page.emulate_media(media="print")
    expect(page.locator(".side")).to_be_hidden()
    expect(page.locator("p.print-only")).to_contain_text("数据截至")
    expect(page.locator("span.print-only")).to_contain_text("组织覆盖率为")
    expect(page.locator(".figure--main")).to_be_visible()
    page.set_viewport_size({"width": 688, "height": 1000})  # A4 within its margins
    tops = {round(box.bounding_box()["y"]) for box in page.locator(".figure").all()}
    assert len(tops) == 1
    for name in page.locator("th[scope=row]").all():
        assert name.bounding_box()["height"] < 60, name.text_content()
