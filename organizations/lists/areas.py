"""The lists of townships, of supervising units, and of the bodies that answer for organizations."""

from accounts.listing import Column, Listing
from organizations.filters import BodyFilter, TownshipFilter, UnitFilter
from organizations.lists.registry import counted
from organizations.models import ResponsibleBody, SupervisingUnit, Township

TOWNSHIP_LIST = ("organizations:township-list", "镇(街道)")
UNIT_LIST = ("organizations:unit-list", "业务主管单位")
BODY_LIST = ("organizations:body-list", "责任主体")


def in_township(name: str, label: str, noun: str) -> Column:
    """How many of a kind a township has, a link to those."""
    return Column(
        name,
        label=label,
        numeric=True,
        show=lambda row: counted(getattr(row, name), noun, township=row.code),
    )


def of_body(name: str, label: str, noun: str) -> Column:
    """How many of a kind a body answers for, a link to those."""
    return Column(
        name,
        label=label,
        numeric=True,
        show=lambda row: counted(getattr(row, name), noun, responsible_body=str(row.pk)),
    )


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
        in_township("organization_count", "社会组织(家)", "social-organization"),
        in_township("party_count", "党组织(个)", "party-organization"),
        in_township("instructor_count", "指导员(名)", "instructor"),
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
        Column(
            "organization_count",
            label="社会组织(家)",
            numeric=True,
            show=lambda row: counted(
                row.organization_count, "social-organization", supervising_unit=row.code
            ),
        ),
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
        of_body("organization_count", "社会组织(家)", "social-organization"),
        of_body("party_count", "党组织(个)", "party-organization"),
    ],
)
