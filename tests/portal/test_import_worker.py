"""A real worker checks and applies what was uploaded, and makes long exports; a killed one's work is
taken up again."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import ListExport
from organizations.actions.import_batch import ask_to_apply, upload
from organizations.models import ImportBatch, SocialOrganization
from organizations.rules.vocabulary import BatchState
from tests.conftest import signed_in
from tests.organizations.test_import import SOCIAL, book, social
from tests.processes import Portal, wait_for
from tests.world import CITY, NAMES, make_organization, make_township, make_user

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROWS = 4000


@pytest.fixture
def portal(tmp_path: Path, settings: Any) -> Iterator[Portal]:
    settings.CITY_CODE = CITY
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.JOBS_INLINE = False  # the bell is rung where nobody hears it: the clock must do
    made = Portal(
        tmp_path,
        MEDIA_ROOT=str(settings.MEDIA_ROOT),
        BROKER_URL=os.environ.get("REDIS_URL") or "filesystem://",
    )
    yield made
    made.stop()


@pytest.mark.xdist_group("worker")
def test_a_killed_workers_check_is_taken_up_by_another(portal: Portal, tmp_path: Path) -> None:
    for code in NAMES:
        make_township(code)
    by = make_user("lin", "city_staff", CITY)
    rows = [social(社会组织名称=f"第{n}协会") for n in range(ROWS)]
    path = book(tmp_path / "台账.xlsx", 社会组织=[SOCIAL, *rows])
    batch = upload(files=[SimpleUploadedFile(path.name, path.read_bytes())], by=by)

    def now() -> ImportBatch:
        return ImportBatch.objects.get(pk=batch.pk)

    portal.start_worker()
    wait_for(lambda: now().fence == 1, 90, "a worker to take it up")
    worker = portal.children.pop()
    worker.kill()
    worker.wait()
    assert now().state == BatchState.CHECKING
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=timezone.now())  # three minutes on
    portal.start_worker()
    wait_for(lambda: now().state == BatchState.READY, 120, "the check")
    assert now().fence == 2
    ask_to_apply(batch=batch, by=by)
    wait_for(lambda: now().state == BatchState.APPLIED, 120, "the import")
    assert SocialOrganization.objects.count() == ROWS
    assert "Traceback" not in portal.logs()


@pytest.mark.xdist_group("worker")
def test_a_long_export_is_made_by_a_worker_and_carried_away(portal: Portal, settings: Any) -> None:
    settings.EXPORT_AT_ONCE = 3
    by = make_user("lin", "city_staff", CITY)
    for n in range(5):
        make_organization(name=f"第{n}协会")
    client = signed_in(by)
    page = client.post("/registry/social-organizations/", {"do": "xlsx"})["Location"]
    portal.start_worker()
    wait_for(lambda: ListExport.objects.get().state == "ready", 90, "the file")
    answer = client.get(f"{page}file/")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [row[0] for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == [
        f"第{n}协会" for n in range(5)
    ]
    assert "Traceback" not in portal.logs()
