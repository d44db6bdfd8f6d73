"""What every page knows: the portal's name, the menu, what this account may do."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.rules import Right

# group, then (title, route, the right that opens it; None: everybody)
Menu = list[tuple[str, list[tuple[str, str, Right | None]]]]
MENU: Menu = [
    (
        "",
        [
            ("待办", "evaluation:todo-page", None),
            ("覆盖情况", "evaluation:coverage-page", Right.VIEW_COVERAGE),
        ],
    ),
    (
        "台账",
        [
            ("社会组织", "organizations:social-organization-list", Right.VIEW_REGISTRY),
            ("党组织", "organizations:party-organization-list", Right.VIEW_REGISTRY),
            ("指导员", "organizations:instructor-list", Right.VIEW_REGISTRY),
            ("覆盖关系", "organizations:coverage-link-list", Right.VIEW_REGISTRY),
            ("换届选举", "organizations:election-list", Right.VIEW_REGISTRY),
            ("镇街和主管单位", "organizations:township-list", Right.VIEW_REGISTRY),
            ("移交", "organizations:hand-over-list", Right.EDIT_REGISTRY),
            ("导入", "organizations:import-list", Right.IMPORT),
        ],
    ),
    (
        "党员",
        [
            ("党员", "members:member-list", Right.VIEW_MEMBERS),
            ("增减平衡", "members:balance-page", Right.VIEW_MEMBERS),
            ("组织关系转接", "members:move-list", Right.VIEW_MEMBERS),
            ("党费", "members:dues-page", Right.VIEW_MEMBERS),
            ("发展党员", "members:applicant-list", Right.VIEW_MEMBERS),
            ("流动党员", "members:mobile-list", Right.VIEW_MEMBERS),
            ("党小组", "members:group-list", Right.VIEW_MEMBERS),
            ("承诺践诺", "members:pledge-list", Right.VIEW_MEMBERS),
            ("教育培训", "members:training-list", Right.VIEW_MEMBERS),
            ("党员荣誉", "members:honour-list", Right.VIEW_MEMBERS),
        ],
    ),
    (
        "组织生活",
        [
            ("制度落实", "activities:duty-panel", Right.VIEW_ACTIVITIES),
            ("会议活动", "activities:activity-list", Right.VIEW_ACTIVITIES),
            ("年度计划", "activities:plan-list", Right.VIEW_ACTIVITIES),
            ("决议落实", "activities:resolution-list", Right.VIEW_ACTIVITIES),
            ("服务成效", "activities:outcome-page", Right.VIEW_ACTIVITIES),
        ],
    ),
    (
        "阵地与保障",
        [
            ("活动场所", "activities:venue-list", Right.VIEW_ACTIVITIES),
            ("党建经费", "activities:fund-list", Right.VIEW_ACTIVITIES),
            ("共建协议", "activities:agreement-list", Right.VIEW_ACTIVITIES),
            ("荣誉", "activities:honour-list", Right.VIEW_ACTIVITIES),
            ("否决情形", "activities:incident-list", Right.VIEW_ACTIVITIES),
        ],
    ),
    (
        "评价",
        [
            ("达标创星", "evaluation:star-page", Right.VIEW_RATINGS),
            ("数据质量", "evaluation:quality-page", Right.VIEW_REGISTRY),
            ("指标与口径", "evaluation:definitions-page", Right.VIEW_COVERAGE),
        ],
    ),
    (
        "工作",
        [
            ("运行记录", "evaluation:runs-page", Right.VIEW_RUNS),
            ("标准和词表", "activities:vocabulary-page", Right.EDIT_STANDARDS),
        ],
    ),
    (
        "账号",
        [
            ("账号", "accounts:account-list", Right.VIEW_ACCOUNTS),
            ("账号事项", "accounts:proposal-list", Right.VIEW_ACCOUNTS),
            ("审计记录", "accounts:audit-list", Right.VIEW_AUDIT),
        ],
    ),
    (
        "我的",
        [
            ("导出文件", "accounts:export-list", Right.EXPORT),
            ("登录与密码", "accounts:session-list", None),
            ("接口令牌", "accounts:token-list", Right.MANAGE_TOKENS),
        ],
    ),
]


def portal(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    known = {"portal_name": settings.PORTAL_NAME, "city_name": settings.CITY_NAME}
    if user is None or not user.is_authenticated:
        return known
    can = {right.value: user.may(right) for right in Right}
    return {**known, "can": can, "menu": _menu(request, can)}


def _menu(request: HttpRequest, can: dict[str, bool]) -> list[dict[str, Any]]:
    # the place with the longest matching address is where the reader is
    routes = [reverse(route) for _, places in MENU for _, route, _ in places]
    here = max((url for url in routes if request.path.startswith(url)), key=len, default="")
    groups = []
    for title, places in MENU:
        shown = []
        for name, route, right in places:
            if right is None or can[right.value]:
                url = reverse(route)
                shown.append({"title": name, "url": url, "is_here": url == here})
        if shown:
            groups.append({"title": title, "places": shown})
    return groups
