"""A secretary on a phone records a meeting, loses the tab, comes back, files it; the panel counts it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from activities.models import Activity
from organizations.models import Attachment
from tests.activities.world import MINUTES, make_branch
from tests.browser.conftest import assert_accessible, assert_fits
from tests.organizations.test_attachments import with_position

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_meeting_on_the_phone(
    visit: Callable[..., Page], transactional_db: None, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    party = make_branch(4, founded_on=date(2015, 1, 1), secretary="陈志强")
    page = visit("shu", "secretary", party.code, width=390)
    page.goto("/activities/new/")
    assert_fits(page)
    page.locator("label.choice", has_text="主题党日").click()
    page.get_by_role("button", name="开始记录").click()
    page.wait_for_url("**/edit/")
    assert_fits(page)
    assert_accessible(page)

    # typed, ticked, photographed; the bar says what is missing, and saves by itself
    page.get_by_label("地点").fill("党员活动室")
    page.get_by_label("记录人").fill("林晓燕")
    page.get_by_role("button", name="其余全部到会").click()
    expect(page.locator("[data-presence]")).to_have_text("实到 4 / 应到 4")
    last = page.locator(".person").last
    last.locator("label", has_text="请假").click()
    last.get_by_placeholder("原因").fill("出差")
    page.locator("input[type=file]").set_input_files(
        files=[{"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": with_position()}]
    )
    expect(page.locator(".photos li")).to_have_count(1)
    expect(page.locator("[data-missing-count]")).to_have_text("还差 3 项", timeout=8000)
    address = page.url
    page.goto("/coverage/")  # the tab is gone

    page.goto("/activities/")
    page.locator(".drafts a").click()
    assert page.url == address
    expect(page.get_by_label("地点")).to_have_value("党员活动室")
    expect(page.locator("[data-presence]")).to_have_text("实到 3 / 应到 4")
    page.get_by_label("开始时间").fill("15:00")
    page.get_by_label("议题").fill("学习讨论")
    page.get_by_role("button", name="归档").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("会议记录还太短")
    assert_accessible(page)
    page.get_by_label("会议记录", exact=True).fill(MINUTES)
    page.get_by_role("button", name="归档").click()
    page.wait_for_url(lambda url: not url.endswith("/edit/"))
    expect(page.locator(".notice--good")).to_contain_text("已归档")
    assert_fits(page)

    activity = Activity.objects.get()
    assert (activity.state, activity.n_present, activity.n_excused) == ("filed", 3, 1)
    photo = Attachment.objects.get()
    assert b"Secret" not in (settings.MEDIA_ROOT / "attachments" / photo.path).read_bytes()

    # a correction keeps the old text
    page.get_by_role("link", name="更正", exact=True).click()
    page.get_by_label("地点").fill("社区活动中心")
    page.get_by_label("更正理由").fill("地点记错了")
    page.get_by_role("button", name="保存更正").click()
    expect(page.locator("#versions")).to_contain_text("地点记错了")

    # and the panel has moved
    page.goto("/activities/duties/theme_day/")
    month = activity.held_on.month
    row = page.locator("tbody tr").nth(month - 1)
    expect(row.locator("td").nth(1)).to_have_text("1")
    row.locator("td").nth(1).get_by_role("link").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator(".row-link").click()
    expect(page.locator("a.square--done")).to_have_count(1)
    assert_fits(page)
    assert_accessible(page)
