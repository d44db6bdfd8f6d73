"""The roster as a list."""

from typing import Any

from accounts.listing import Column, Listing
from members.filters import MemberFilter
from members.imports import MemberSheet
from members.models import Member


def place(row: Any) -> str:
    return "、".join(one.party_organization.name for one in row.current)


def place_code(row: Any) -> str:
    return "、".join(one.party_organization.code for one in row.current)


MEMBERS = Listing(
    route="members:member-list",
    title="党员",
    unit="名",
    model=Member,
    filterset=MemberFilter,
    sheet=MemberSheet,
    empty="导入花名册后,这里会列出管辖范围内的党员。",
    columns=[
        Column("name", sort="pinyin", link="members:member-page"),
        Column("code"),
        Column("gender"),
        Column("born_on", shown=False),
        Column("status"),
        Column("joined_on"),
        Column("full_on", shown=False),
        Column("place", label="所在党组织", show=place, cell=place, sort=None),
        Column(
            *("place_code", "所在党组织编码"),
            show=place_code,
            cell=place_code,
            sort=None,
            shown=False,
        ),
        Column("updated_at", shown=False),
    ],
)
