"""A rating scheme as data: groups, items with points and targets, bands, quotas, rules of steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

Number = Decimal


@dataclass(frozen=True)
class Item:
    """One item: its code (which names the formula), words, points and the formula's parameters."""

    code: str
    title: str
    points: Decimal
    targets: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def group(self) -> str:
        return self.code[0]


@dataclass(frozen=True)
class Scheme:
    """Everything that a rating follows beside the facts. Bands: star -> lowest total, ascending."""

    groups: Mapping[str, str]
    items: tuple[Item, ...]
    bands: Mapping[int, Decimal]
    bonus: Mapping[str, Decimal]
    quotas: Mapping[int, Decimal]  # star -> share of the rated, 0.10 = 10 %
    vetoes: Mapping[str, str]
    group_minimum: Decimal = Decimal("0.60")  # of a group's marks, for the highest star
    top_needs_last_star: int = 4
    top_needs_bonus: bool = True
    step: int = 1  # a star more than last year's at most
    first_star_limit: int = 3
    months_before_rating: int = 12
    unrated_kinds: tuple[str, ...] = ("affiliated",)
    apart_kinds: tuple[str, ...] = ("joint",)

    @property
    def total_points(self) -> Decimal:
        return sum((item.points for item in self.items), Decimal(0))

    @property
    def top_star(self) -> int:
        return max(self.bands)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON, from which `scheme_of` makes the same scheme again."""
        return {
            "groups": dict(self.groups),
            "items": [
                {
                    "code": item.code,
                    "title": item.title,
                    "points": str(item.points),
                    "targets": {name: str(value) for name, value in item.targets.items()},
                }
                for item in self.items
            ],
            "bands": {str(star): str(least) for star, least in self.bands.items()},
            "bonus": {name: str(value) for name, value in self.bonus.items()},
            "quotas": {str(star): str(share) for star, share in self.quotas.items()},
            "vetoes": dict(self.vetoes),
            "group_minimum": str(self.group_minimum),
            "top_needs_last_star": self.top_needs_last_star,
            "top_needs_bonus": self.top_needs_bonus,
            "step": self.step,
            "first_star_limit": self.first_star_limit,
            "months_before_rating": self.months_before_rating,
            "unrated_kinds": list(self.unrated_kinds),
            "apart_kinds": list(self.apart_kinds),
        }


def scheme_of(stored: Mapping[str, Any]) -> Scheme:
    """The scheme that `as_json` wrote; raises KeyError or ValueError when it is not one."""
    return Scheme(
        groups=dict(stored["groups"]),
        items=tuple(
            Item(
                one["code"],
                one["title"],
                Decimal(one["points"]),
                {name: Decimal(value) for name, value in one.get("targets", {}).items()},
            )
            for one in stored["items"]
        ),
        bands={int(star): Decimal(least) for star, least in stored["bands"].items()},
        bonus={name: Decimal(value) for name, value in stored["bonus"].items()},
        quotas={int(star): Decimal(share) for star, share in stored["quotas"].items()},
        vetoes=dict(stored["vetoes"]),
        group_minimum=Decimal(stored["group_minimum"]),
        top_needs_last_star=int(stored["top_needs_last_star"]),
        top_needs_bonus=bool(stored["top_needs_bonus"]),
        step=int(stored["step"]),
        first_star_limit=int(stored["first_star_limit"]),
        months_before_rating=int(stored["months_before_rating"]),
        unrated_kinds=tuple(stored["unrated_kinds"]),
        apart_kinds=tuple(stored["apart_kinds"]),
    )


def faults_of(scheme: Scheme, known: Mapping[str, Mapping[str, Decimal]]) -> list[str]:
    """Why this scheme cannot be used; `known` says which item codes have which targets."""
    found = []
    codes = [item.code for item in scheme.items]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        found.append(f"项目 {code} 出现了两次。")
    for item in scheme.items:
        if item.code not in known:
            found.append(f"项目 {item.code} 没有对应的算法。")
        if item.points < 0:
            found.append(f"项目 {item.code} 的分值不能为负。")
        for name, value in item.targets.items():
            if value < 0:
                found.append(f"项目 {item.code} 的“{name}”不能为负。")
        if item.group not in scheme.groups:
            found.append(f"项目 {item.code} 不属于任何一组。")
    if scheme.total_points <= 0:
        found.append("各项分值之和必须大于 0。")
    least = [scheme.bands[star] for star in sorted(scheme.bands)]
    if list(scheme.bands) and (least != sorted(set(least)) or least[0] < 0):
        found.append("星级分数线须逐级升高。")
    if sorted(scheme.bands) != list(range(1, len(scheme.bands) + 1)):
        found.append("星级须从一星起连续。")
    for star, share in scheme.quotas.items():
        if not 0 <= share <= 1 or star not in scheme.bands:
            found.append(f"{star} 星的比例须在 0 至 100 % 之间。")
    if not 0 <= scheme.group_minimum <= 1:
        found.append("单组最低得分率须在 0 至 100 % 之间。")
    return found


GROUPS = {
    "A": "组织设置与班子",
    "B": "组织生活",
    "C": "党员队伍",
    "D": "阵地与保障",
    "E": "作用发挥",
    "F": "基础工作",
}
VETOES = {
    "V1": "书记或社会组织主要负责人严重违纪违法被查处",
    "V2": "发生重大安全、污染、刑事或群体性事件",
    "V3": "社会组织列入异常名录或严重违法失信名单、年检(年报)未参加或不合格、受行政处罚",
    "V4": "连续6个月没有开展党的活动",
    "V5": "逾期1年以上未换届且未经批准",
    "V6": "弄虚作假(伪造、倒签记录)",
    "V7": "政治、意识形态责任事件",
}
BONUS = {
    "most": 10,
    "honour_county": 1,
    "honour_city": 2,
    "honour_province": 3,
    "honour_nation": 5,
    "model": 2,
    "promoted": 1,
    "promoted_most": 2,
    "teaching": 1,
    "teaching_most": 2,
    "lifted_partner": 2,
}


def _item(code: str, title: str, points: int, **targets: str) -> Item:
    return Item(code, title, Decimal(points), {n: Decimal(v) for n, v in targets.items()})


DEFAULT_ITEMS = (
    _item("A1", "组织设置规范", 5),
    _item("A2", "按期换届", 5, extended="3", longest_extension="12"),
    _item("A3", "班子健全", 4, secretary="2", committee_from="7", smallest="3", largest="7"),
    _item("A4", "双向进入、交叉任职", 3, posts="1"),
    _item("A5", "党建写入章程", 3),
    _item("B1", "党员大会", 6, quarters="4"),
    _item("B2", "支委会", 5, months="12"),
    _item("B3", "党小组会", 3),
    _item("B4", "党课", 5, quarters="4"),
    _item("B5", "主题党日", 6, months="12"),
    _item("B6", "组织生活会、民主评议党员", 5),
    _item("C1", "到会率", 6, none="0.50", full="0.85"),
    _item("C2", "党费按月足额交纳", 6),
    _item("C3", "党员信息完整、流动党员登记", 3, complete="2"),
    _item("C4", "发展党员规范", 3, fault="1"),
    _item("C5", "教育培训学时", 2),
    _item("D1", "活动场所“七有”", 7, features="7"),
    _item("D2", "党建经费", 3),
    _item("E1", "承诺践诺评诺", 3),
    _item("E2", "服务活动", 4, activities="2"),
    _item("E3", "结对共建与特色", 3),
    _item("F1", "年度计划", 3, late="1.5", month="1", day="31"),
    _item("F2", "会议记录及时完整", 3),
    _item("F3", "内业档案", 4, folders="12"),
)

DEFAULT_SCHEME = Scheme(
    groups=GROUPS,
    items=DEFAULT_ITEMS,
    bands={1: Decimal(60), 2: Decimal(70), 3: Decimal(80), 4: Decimal(85), 5: Decimal(90)},
    bonus={name: Decimal(value) for name, value in BONUS.items()},
    quotas={5: Decimal("0.10"), 4: Decimal("0.20")},
    vetoes=VETOES,
)

# the found set: everybody who is not vetoed has a star
FOUND_SCHEME = replace(
    DEFAULT_SCHEME,
    bands={1: Decimal(0), 2: Decimal(60), 3: Decimal(70), 4: Decimal(80), 5: Decimal(90)},
)
PRESETS = {
    "default": ("默认方案(60 分达标)", DEFAULT_SCHEME),
    "found": ("外地常见方案(60 分以下为一星)", FOUND_SCHEME),
}
