"""What the portal writes out can be imported again and changes nothing."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.test import Client
from openpyxl import Workbook

from members.models import Member, Membership
from organizations.imports.batch import Batch
from organizations.imports.sheet import Sheet, sheet_kinds
from organizations.models import (
    CoverageLink,
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
)
from organizations.rules import vocabulary
from organizations.rules.cells import CLEAR, text_of, written
from tests.world import (
    CITY,
    NAMES,
    credit_code,
    make_assignment,
    make_instructor,
    make_township,
    make_unit,
)

pytestmark = pytest.mark.django_db

# what people type into a page's fields, and what a cell easily loses
NASTY = [
    *("陈明", "", "无", "—", CLEAR, "'引号", "''两个", "=1+1", "@名", "+86", "-", "0012", "1.0"),
    *(
        "全角（甲）",
        " 前后 ",
        "两行\n文字",
        "ＡＢＣ１２３",
        "null",
        "2019-10-16",
        "1e5",
        "😀",
        "a\x0bb",
    ),
    *("是", "合计", "#REF!", "<b>", "a\tb"),
]


@pytest.mark.parametrize("text", [text for text in NASTY if text])
def test_a_written_text_reads_back_as_the_same(text: str) -> None:
    column = next(
        c for c in sheet_kinds()["social_organization"].form.columns() if c.name == "remark"
    )
    assert column.reader()(column.cell.write(text)) == text_of(text)
    assert "\x0b" not in written(text)


def populate(random: Random) -> None:
    """Records as pages and imports leave them, every optional field now filled, now not."""
    for code in NAMES:
        make_township(code)
    units = [make_unit(name) for name in ("市民政局", "市（文化）局")]
    body = ResponsibleBody.objects.create(
        name="市社会组织综合党委", kind="committee", area_code=CITY
    )
    parties: list[PartyOrganization] = []
    for n in range(8):
        founded = date(2010, 1, 1) + timedelta(days=random.randrange(3000))
        parties.append(
            PartyOrganization.objects.create(
                code=f"{CITY}{n:04d}",
                name=random.choice([f"第{n}党支部", f"第（{n}）党支部"]),
                kind=random.choice(vocabulary.PartyKind.codes()),
                level=random.choice(["", *vocabulary.Level.codes()]),
                parent=random.choice([None, *parties]),
                township_id=random.choice(list(NAMES)),
                responsible_body=random.choice([None, body]),
                founded_on=founded,
                dissolved_on=random.choice([None, founded + timedelta(days=4000)]),
                term_years=random.choice([None, 3, 5]),
                secretary=random.choice(NASTY),
            )
        )
    for n in range(30):
        township = random.choice(list(NAMES))
        ended = random.random() < 0.2
        registered = date(2000, 1, 1) + timedelta(days=random.randrange(5000))
        one = SocialOrganization.objects.create(
            name=random.choice([f"第{n}商会", f"第{n}（城区）商会", f" 第{n} 商会"]),
            credit_code=random.choice([None, credit_code(n)]),
            category=random.choice(vocabulary.Category.codes()),
            registrar=random.choice(NASTY),
            supervising_unit=random.choice([None, *units]),
            township_id=township,
            responsible_body=random.choice([None, body]),
            registered_on=registered,
            deregistered_on=registered + timedelta(days=900) if ended else None,
            status="deregistered" if ended else random.choice(["normal", "shell", "revoked"]),
            principal=random.choice(NASTY),
            staff_count=random.choice([0, 7]),
            full_member_count=random.choice([0, 3]),
            charter_state=random.choice(vocabulary.CharterState.codes()),
            charter_on=random.choice([None, registered]),
            inspection_result=random.choice(["", *vocabulary.InspectionResult.codes()]),
            inspection_year=random.choice([None, 2018]),
            grade=random.choice(["", *vocabulary.Grade.codes()]),
            remark=random.choice(NASTY),
        )
        for party in random.sample(parties, random.randrange(3)):
            start = party.founded_on + timedelta(days=10)
            CoverageLink.objects.create(
                social_organization=one,
                party_organization=party,
                mode=random.choice(vocabulary.Mode.codes()),
                valid_from=start,
                valid_to=random.choice([None, start + timedelta(days=100)]),
                document=random.choice(NASTY),
            )
        instructor = make_instructor(township, name=random.choice(["林安", "吴（小）平"]))
        make_assignment(
            one, instructor=instructor, valid_to=random.choice([None, date(2019, 1, 1)])
        )
    for n in range(6):
        member = Member.objects.create(
            code=f"M{n}", name="陈明", gender="male", status="full", born_on=date(1970, 1, 1)
        )
        Membership.objects.create(
            member=member, party_organization=random.choice(parties), valid_from=date(2015, 1, 1)
        )


def written_out(path: Path, kinds: dict[str, type[Sheet]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for kind in kinds.values():
        sheet = book.create_sheet(kind.title)
        sheet.append(kind.header())
        for one in kind.listed(kind.form._meta.model.objects.all()):
            for at, value in enumerate(kind.cells(one), start=1):
                cell = sheet.cell(sheet.max_row + (at == 1), at)
                cell.value = value
                if isinstance(value, str):
                    cell.data_type = "s"
    book.save(path)
    return path


@pytest.mark.parametrize("seed", range(6))
def test_exported_sheets_imported_again_change_nothing(
    settings: Any, tmp_path: Path, seed: int
) -> None:
    settings.CITY_CODE = CITY
    populate(Random(seed))
    batch = Batch(by=None)
    batch.read([written_out(tmp_path / "导出.xlsx", sheet_kinds())])
    batch.check()
    assert [str(problem) for problem in batch.errors] == []
    changed = [
        (row.place.row, row.sheet, row.changes or "new")
        for sheet in batch.sheets.values()
        for row in sheet.rows
        if row.outcome != "same"
    ]
    assert changed == []
    assert batch.new_units == batch.new_bodies == []
    assert len(batch.sheets["social_organization"].rows) == 30


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/registry/social-organizations/?alive=all", "social_organization"),
        ("/registry/party-organizations/?alive=all", "party_organization"),
        ("/registry/coverage-links/?state=all", "coverage_link"),
        ("/registry/instructors/?serving=all", "instructor"),
        ("/members/", "member"),
    ],
)
def test_what_a_list_exports_is_imported_again_without_change(
    settings: Any, tmp_path: Path, as_city: Client, path: str, kind: str
) -> None:
    settings.CITY_CODE = CITY
    populate(Random(3))
    answer = as_city.post(path, {"do": "xlsx", "all": "1"})
    (tmp_path / "导出.xlsx").write_bytes(b"".join(answer.streaming_content))
    batch = Batch(by=None)
    batch.read([tmp_path / "导出.xlsx"])
    batch.check()
    assert [str(problem) for problem in batch.errors] == []
    assert [w for w in map(str, batch.warnings) if "没有识别" in w or "不认识" in w] == []
    rows = batch.sheets[kind].rows
    assert len(rows) == int(answer["X-Row-Count"]) > 0
    assert [(row.place.row, row.changes) for row in rows if row.outcome != "same"] == []
