"""An officer's messy sheet: sent, returned, corrected, applied, taken back, in a browser."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from organizations.models import SocialOrganization
from tests.browser.conftest import assert_accessible, assert_fits
from tests.organizations.test_import import SOCIAL, book, social
from tests.world import CITY, FIRST, NAMES, make_organization, make_township

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# what is wrong, and what the officer writes instead
MISTAKES: list[tuple[str, Any, Any]] = [
    ("类别", "公司", "城乡社会组织"),
    ("成立登记日期", "2019-13-40", "2009-03-04"),
    ("正式党员数", "三名", 3),
    ("镇(街道)", "火星镇", "东风街道"),
    ("镇(街道)", "西岭镇", "东风街道"),
    ("社会组织名称", None, "补名协会"),
    ("状态", "已注销", "正常"),
    ("统一社会信用代码", "51350581DEM00009XX", None),
]


def messy(path: Path) -> Path:
    """Fifty rows under a title, forty of them wrong in one cell each, one that changes a record."""
    rows = [["东风街道社会组织台账"], ["填报日期:2019年10月16日"], SOCIAL]
    rows += [social(社会组织名称="老协会", 负责人="林秀英")]
    for n in range(49):
        name, wrong, _ = MISTAKES[n % len(MISTAKES)]
        changes = {"社会组织名称": f"第{n}协会"} | ({name: wrong} if n < 40 else {})
        rows.append(social(**changes))
    return book(path, 社会组织=rows)


def corrected(path: Path) -> None:
    """What the officer does in Excel: goes through the red cells."""
    opened = load_workbook(path)
    sheet = opened["社会组织"]
    fixed = 0
    for row in sheet.iter_rows(min_row=4, max_col=len(SOCIAL)):
        for cell in row:
            if cell.comment is not None and cell.fill.fgColor.rgb == "FFF4B6AE":
                name = SOCIAL[cell.column - 1]
                right = next(r for n, wrong, r in MISTAKES if n == name and wrong == cell.value)
                cell.value = f"{right}{cell.row}" if name == "社会组织名称" else right
                fixed += 1
    assert fixed == 40
    opened.save(path)


@pytest.mark.parametrize("width", [1440, 390])
def test_forty_errors_there_and_back(
    visit: Callable[..., Page], settings: Any, tmp_path: Path, width: int
) -> None:
    settings.CITY_CODE = CITY
    for code in NAMES:
        make_township(code)
    old = make_organization(FIRST, name="老协会", credit_code=None, category="community")
    page = visit("wang", "township_officer", FIRST, width=width)
    page.goto("/registry/imports/")
    expect(page.locator("main")).to_contain_text("本系统不得处理、传输涉密信息")
    assert_accessible(page)
    assert_fits(page)
    page.get_by_label("工作簿").set_input_files(messy(tmp_path / "东风台账.xlsx"))
    page.get_by_role("button", name="上传并检查").click()
    page.wait_for_url(re.compile(r"/imports/\d+/$"))
    expect(page.locator("main")).to_contain_text("有 40 处错误,一行也没有写入", timeout=60_000)
    expect(page.locator("#rows")).to_contain_text("D5")
    assert_accessible(page)
    assert_fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="东风台账-问题.xlsx").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    corrected(path)
    page.get_by_label("工作簿").set_input_files(path)
    page.get_by_role("button", name="上传改正后的文件").click()
    apply = page.get_by_role("button", name="导入:新增 49 条,更新 1 条")
    expect(apply).to_be_visible(timeout=60_000)
    expect(page.locator("#rows")).to_contain_text("林秀英")
    assert_accessible(page)
    assert_fits(page)
    apply.click()
    expect(page.get_by_role("status")).to_contain_text("已导入:新增 49 条", timeout=60_000)
    assert SocialOrganization.objects.count() == 50
    page.get_by_label("撤销的理由").fill("误传")
    page.get_by_role("button", name=re.compile("撤销导入批次")).click()
    expect(page.get_by_role("status")).to_contain_text("这一批已撤销", timeout=60_000)
    assert SocialOrganization.objects.get().principal == old.principal
