"""An officer covers organizations by keyboard alone; what was typed is never lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Draft, SignIn
from organizations.models import CoverageLink, SocialOrganization
from tests.browser.conftest import assert_accessible, assert_fits
from tests.world import FIRST, make_link, make_organization, make_party

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/registry/social-organizations/"


def tab_to(page: Page, target: str, most: int = 120) -> None:
    """Press Tab until the focus is on what the selector names."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", target):
            return
    raise AssertionError(f"no way to {target} by keyboard")


def test_three_are_covered_by_keyboard_alone(
    visit: Callable[..., Page], transactional_db: None
) -> None:
    host = make_party(FIRST, kind="affiliated", name="东园社区党支部")
    for _ in range(3):
        make_organization(FIRST)
    page = visit("wang", "township_officer", FIRST)
    page.goto(f"{LIST}?covered=no")
    for number in range(3):
        if number == 0:
            tab_to(page, "input[type=checkbox][name=organization]")
        else:
            tab_to(page, "input[type=checkbox][name=organization]", 4)
        page.keyboard.press("Space")
    tab_to(page, "button[formaction*=cover]")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 家")
    assert_accessible(page)
    tab_to(page, "input[type=radio][name=party]")
    page.keyboard.press("Space")
    tab_to(page, "form[method=post] button.button--primary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("覆盖 3 家")
    links = CoverageLink.objects.all()
    assert {(link.party_organization, link.mode) for link in links} == {(host, "attached")}
    assert links.count() == 3


def test_what_was_typed_survives_a_closed_tab_and_an_ended_session(
    visit: Callable[..., Page], transactional_db: None
) -> None:
    one = make_organization(FIRST, principal="林某")
    page = visit("wang", "township_officer", FIRST)
    edit = f"{LIST}{one.pk}/edit/"
    page.goto(edit)
    page.get_by_label("负责人").fill("蔡某")
    expect(page.locator(".draft-note")).to_contain_text("草稿已保存", timeout=10_000)
    page.get_by_label("从业人员数").fill("41")
    page.close()
    page = page.context.new_page()
    page.goto(edit)
    offer = page.locator(".draft-offer")
    expect(offer).to_contain_text("有未保存的草稿")
    assert_accessible(page)
    offer.get_by_role("button", name="恢复").click()
    expect(page.get_by_label("负责人")).to_have_value("蔡某")
    # the session ends; what is typed now stays in the browser, and the sign-in leads back
    SignIn.objects.update(ended_at="2020-01-01T00:00:00Z")
    page.get_by_label("备注").fill("电话核实")
    expect(page.locator(".draft-note")).to_contain_text("连不上", timeout=10_000)
    assert "电话核实" in page.evaluate("Object.values(localStorage).join()")
    Draft.objects.all().delete()


def test_pages_of_life_fit_and_read(visit: Callable[..., Page], transactional_db: None) -> None:
    one, party = make_organization(FIRST), make_party(FIRST)
    link = make_link(one, party)
    bare = make_organization(FIRST)
    for width in (390, 1440):
        page = visit(f"wang{width}", "township_officer", FIRST, width=width)
        for path in (
            *(f"{LIST}new/", f"{LIST}{one.pk}/", f"{LIST}{one.pk}/deregister/"),
            *(f"{LIST}cover/?organization={bare.pk}", f"{LIST}{one.pk}/merge/{bare.pk}/"),
            f"/registry/party-organizations/new/?organization={bare.pk}",
            *(f"/registry/party-organizations/{party.pk}/{p}" for p in ("", "dissolve/")),
            f"/registry/coverage-links/{link.pk}/transfer/",
        ):
            page.goto(path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert_fits(page)
            if width == 1440:
                assert_accessible(page)
    assert SocialOrganization.objects.count() == 2
