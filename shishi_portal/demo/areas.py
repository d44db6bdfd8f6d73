"""The demo city's townships, supervising units and bodies."""

from organizations.models import ResponsibleBody, SupervisingUnit, Township
from organizations.rules.vocabulary import BodyKind

CITY_CODE, CITY = "350581", "石狮市"
# code, name, organizations, place on the tile map: row, column, rows, columns
TOWNSHIPS = [
    ("350581001", "湖滨街道", 210, (3, 2, 1, 1)),
    ("350581002", "凤里街道", 165, (2, 2, 1, 1)),
    ("350581100", "灵秀镇", 170, (2, 1, 2, 1)),
    ("350581101", "宝盖镇", 150, (2, 3, 2, 1)),
    ("350581102", "蚶江镇", 95, (1, 2, 1, 2)),
    ("350581103", "祥芝镇", 60, (1, 4, 1, 1)),
    ("350581104", "鸿山镇", 55, (2, 4, 1, 1)),
    ("350581105", "锦尚镇", 50, (3, 4, 1, 1)),
    ("350581106", "永宁镇", 90, (4, 3, 1, 2)),
]
UNITS = [
    "民政局",
    "司法局",
    "教育局",
    "文体旅游局",
    "卫生健康局",
    "农业农村局",
    "财政局",
    "工商业联合会",
]
# these have a party organization that answers for what they supervise
LINES = UNITS[:5]


def build_areas() -> tuple[list[Township], list[SupervisingUnit], list[ResponsibleBody]]:
    """Townships, units, and bodies: the committee, the units' party groups, the townships'."""
    townships = [
        Township(
            code=code,
            name=name,
            tile_row=row,
            tile_column=column,
            tile_height=height,
            tile_width=width,
        )
        for code, name, _, (row, column, height, width) in TOWNSHIPS
    ]
    units = [
        SupervisingUnit(code=f"{CITY_CODE}U{number:03d}", name=f"市{name}", area_code=CITY_CODE)
        for number, name in enumerate(UNITS, start=1)
    ]
    named: list[tuple[str, BodyKind, Township | None]] = [
        ("市社会组织综合党委", BodyKind.COMMITTEE, None),
        *((f"市{name}党组", BodyKind.LINE, None) for name in LINES),
        *((f"{t.name}两新组织党委", BodyKind.TOWNSHIP, t) for t in townships),
    ]
    bodies = [
        ResponsibleBody(name=name, kind=kind, area_code=CITY_CODE, township=township)
        for name, kind, township in named
    ]
    for body, unit in zip(bodies[1 : 1 + len(LINES)], units, strict=False):
        body.supervising_unit = unit
    return townships, units, bodies
