"""The lists of townships, of supervising units, and of the bodies that answer for organizations."""

from accounts.listing import Column, Listing
from organizations.filters import BodyFilter, TownshipFilter, UnitFilter
from organizations.lists.registry import counted
from organizations.models import ResponsibleBody, SupervisingUnit, Township

TOWNSHIP_LIST = ("organizations:township-list", "镇(街道)")
UNIT_LIST = ("organizations:unit-list", "业务主管单位")
BODY_LIST = ("organizations:body-list", "责任主体")


def number_of(name: str, label: str, noun: str, key: str, path: str) -> Column:
    """How many of a kind a row has, a link to those: the list's filter `key` takes the row's `path`."""
    return Column(
        name,
        label=label,
        numeric=True,
        show=lambda row: counted(getattr(row, name), noun, **{key: str(getattr(row, path))}),
    )


def organizations(key: str, path: str = "code") -> Column:
    return number_of("organization_count", "社会组织(家)", "social-organization", key, path)


def parties(key: str, path: str = "code") -> Column:
    return number_of("party_count", "党组织(个)", "party-organization", key, path)


TOWNSHIPS = Listing(
    route="organizations:township-list",
    title="镇(街道)",
    unit="个",
    model=Township,
    filterset=TownshipFilter,
    template="organizations/area_list.html",
    order="code",
    beside=(UNIT_LIST, BODY_LIST),
    empty="运行 import_townships 导入区划,或在这里新增。",
    columns=[
        Column("name", link="organizations:township-page"),
        Column("code", label="区划代码"),
        organizations("township"),
        parties("township"),
        number_of("instructor_count", "指导员(名)", "instructor", "township", "code"),
        Column("updated_at", shown=False),
    ],
)

UNITS = Listing(
    route="organizations:unit-list",
    title="业务主管单位",
    unit="个",
    model=SupervisingUnit,
    filterset=UnitFilter,
    template="organizations/area_list.html",
    order="code",
    beside=(TOWNSHIP_LIST, BODY_LIST),
    empty="台账第一次写到的业务主管单位会自动列在这里,也可以先在这里新增。",
    columns=[
        Column("name", link="organizations:unit-page"),
        Column("code", label="编码"),
        organizations("supervising_unit"),
        Column("updated_at", shown=False),
    ],
)

BODIES = Listing(
    route="organizations:body-list",
    title="责任主体",
    unit="个",
    model=ResponsibleBody,
    filterset=BodyFilter,
    order="kind",
    beside=(TOWNSHIP_LIST, UNIT_LIST),
    lead="三条责任线:业务主管单位(行业)党组织优先,其次综合党委,镇(街道)两新组织党委兜底。",
    empty="台账第一次写到的责任主体会自动列在这里。",
    columns=[
        Column("name"),
        Column("kind", show=lambda row: row.get_kind_display()),
        Column(
            "township",
            label="所在镇(街道)",
            link="organizations:township-page",
            link_path="township_id",
        ),
        Column(
            "supervising_unit",
            label="归口单位",
            link="organizations:unit-page",
            link_path="supervising_unit_id",
        ),
        organizations("responsible_body", "pk"),
        parties("responsible_body", "pk"),
    ],
)
