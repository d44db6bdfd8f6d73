"""Ledgers of an invented city, clean or messy, with counts that a test knows beforehand."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from openpyxl import Workbook

from tests.world import CITY, NAMES, credit_code

HEADERS = {
    "社会组织": [
        "序号",
        "社会组织名称",
        "统一社会信用代码",
        "类别",
        "登记管理机关",
        "业务主管单位",
        "镇(街道)",
        "成立登记日期",
        "状态",
        "负责人",
        "从业人员数",
        "正式党员数",
        "党建入章",
        "最近年检结论",
        "评估等级",
        "备注",
    ],
    "党组织": [
        "序号",
        "党组织编码",
        "党组织名称",
        "类型",
        "层级",
        "责任主体",
        "镇(街道)",
        "成立日期",
        "本届起始日期",
        "任期(年)",
        "书记",
    ],
    "覆盖关系": [
        "序号",
        "社会组织名称",
        "统一社会信用代码",
        "党组织编码",
        "组建方式",
        "覆盖起始日期",
        "覆盖截止日期",
    ],
    "党员": [
        "序号",
        "党员编号",
        "姓名",
        "性别",
        "出生日期",
        "入党日期",
        "转正日期",
        "党员状态",
        "所在党组织编码",
    ],
}
OTHER_WORDS = {
    "社会组织名称": "单位名称",
    "统一社会信用代码": "信用代码",
    "镇(街道)": "所属镇街",
    "成立登记日期": "登记时间",
    "党组织编码": "编码",
    "党员状态": "人员类别",
}
PREFIXES = {"社会团体": "51", "中介组织": "31", "民办非企业": "52", "基金会": "53"}
OTHER_CATEGORIES = {"社会团体": "社团", "民办非企业": "民非"}


@dataclass
class Ledgers:
    """Rows by township and sheet, and what a right import of them counts."""

    rows: dict[str, dict[str, list[dict[str, Any]]]] = field(default_factory=dict)
    organizations: Counter = field(default_factory=Counter)
    covered: Counter = field(default_factory=Counter)


def invent(random: Random, per_township: int = 12) -> Ledgers:
    """A city of three townships: organizations, parties, links (some across), members."""
    ledgers = Ledgers()
    parties: list[tuple[str, str]] = []
    number = 0
    for place, (code, township) in enumerate(NAMES.items()):
        sheets: dict[str, list[dict[str, Any]]] = {title: [] for title in HEADERS}
        ledgers.rows[code] = sheets
        for _ in range(per_township):
            number += 1
            category = random.choice([*PREFIXES, "城乡社会组织"])
            prefix = PREFIXES.get(category)
            sheets["社会组织"].append(
                {
                    "社会组织名称": f"测试{township[:2]}第{number}协会",
                    "统一社会信用代码": credit_code(number, prefix) if prefix else "",
                    "类别": category,
                    "登记管理机关": "民政局",
                    "业务主管单位": random.choice(["市民政局", "市司法局"]),
                    "镇(街道)": township,
                    "成立登记日期": _day(random, date(1995, 1, 1), date(2014, 12, 31)),
                    "状态": "正常",
                    "负责人": "陈明",
                    "从业人员数": random.randint(1, 50),
                    "正式党员数": random.randint(0, 5),
                    "党建入章": random.choice(["已核准", "未启动", "已表决", "已写入待确认"]),
                    "最近年检结论": random.choice(["合格", "基本合格", ""]),
                    "评估等级": random.choice(["", "3A", "5A"]),
                    "备注": "",
                }
            )
            ledgers.organizations[code, category] += 1
        for nth in range(4):
            party = f"{CITY}{place}{nth:04d}"
            parties.append((party, township))
            kind = random.choice(["建制性", "兼合式", "挂靠"])
            sheets["党组织"].append(
                {
                    "党组织编码": party,
                    "党组织名称": f"测试{township[:2]}第{nth}党支部",
                    "类型": kind,
                    "层级": random.choice(["党支部", "联合党支部", "党委"]),
                    "责任主体": random.choice(["市社会组织综合党委", "镇(街道)两新组织党委"]),
                    "镇(街道)": township,
                    "成立日期": _day(random, date(2012, 1, 1), date(2015, 12, 31)),
                    "本届起始日期": _day(random, date(2016, 1, 1), date(2018, 12, 31)),
                    "任期(年)": 3,
                    "书记": "林秀",
                }
            )
            # people belong elsewhere than in a joint organization
            for member in range(0 if kind == "兼合式" else 3):
                joined = _day(random, date(1990, 1, 1), date(2010, 1, 1))
                sheets["党员"].append(
                    {
                        "党员编号": f"P{place}{nth}{member:03d}",
                        "姓名": random.choice(["蔡国", "黄小红", "施 敏"]),
                        "性别": random.choice(["男", "女"]),
                        "出生日期": joined - timedelta(days=9000),
                        "入党日期": joined,
                        "转正日期": random.choice([joined + timedelta(days=366), ""]),
                        "党员状态": random.choice(["正式党员", "预备党员"]),
                        "所在党组织编码": party,
                    }
                )
    for code, sheets in ledgers.rows.items():
        for row in sheets["社会组织"]:
            if random.random() < 0.7:
                sheets["覆盖关系"].append(
                    {
                        "社会组织名称": row["社会组织名称"],
                        "统一社会信用代码": row["统一社会信用代码"],
                        "党组织编码": random.choice(parties)[0],
                        "组建方式": random.choice(["单独组建", "片区联建", "挂靠组建", "兼合式"]),
                        "覆盖起始日期": _day(random, date(2016, 1, 1), date(2019, 1, 1)),
                        "覆盖截止日期": "",
                    }
                )
                ledgers.covered[code, row["类别"]] += 1
    return ledgers


def _day(random: Random, first: date, last: date) -> date:
    return first + timedelta(days=random.randint(0, (last - first).days))


def write(ledgers: Ledgers, folder: Path, messy: Random | None = None) -> list[Path]:
    """One workbook a township; `messy` makes them as stations really send them."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for code, sheets in ledgers.rows.items():
        book = Workbook()
        book.remove(book.active)
        titles = list(sheets)
        if messy:
            messy.shuffle(titles)
        for title in titles:
            sheet = book.create_sheet(title)
            _fill(sheet, HEADERS[title], sheets[title], messy, title)
        path = folder / f"{code}{NAMES[code]}.xlsx"
        book.save(path)
        paths.append(path)
    return paths


def _fill(
    sheet: Any, headers: list[str], rows: list[dict[str, Any]], messy: Random | None, title: str
) -> None:
    if messy:
        sheet.append([f"测试市{title}台账"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headers))
        sheet.append(["填报日期:2019年10月16日"])
        headers = [OTHER_WORDS.get(word, word) for word in headers]
    sheet.append(headers)
    back = {other: word for word, other in OTHER_WORDS.items()}
    for number, row in enumerate(rows, start=1):
        values: list[Any] = [number]
        for header in headers[1:]:
            value = row.get(header, row.get(back.get(header, ""), ""))
            values.append(_messy(value, messy) if messy else value)
        sheet.append([None if value == "" else value for value in values])
        if messy and messy.random() < 0.1:
            sheet.append([])
    if messy:
        sheet.append(["合计", len(rows)])


def _messy(value: Any, random: Random) -> Any:
    if isinstance(value, date):
        forms = ("%Y.%m.%d", "%Y年%m月%d日", "%Y/%m/%d")
        return random.choice([value, int(f"{value:%Y%m%d}"), *(value.strftime(f) for f in forms)])
    if value == "":
        return random.choice(["", "—", "无"])
    if isinstance(value, str):
        value = OTHER_CATEGORIES.get(value, value) if random.random() < 0.5 else value
        full = str.maketrans("0123456789", "０１２３４５６７８９")
        return random.choice(
            [value, f" {value} ", f"{value}\u3000", value.lower(), value.translate(full)]
        )
    return value
