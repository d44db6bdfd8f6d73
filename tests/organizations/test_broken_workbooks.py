"""Whatever is uploaded is answered in words, with nothing written and memory bounded.

All 500: `BROKEN_WORKBOOKS=500 python -m pytest tests/organizations/test_broken_workbooks.py -s`
"""

import os
import resource
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEvent, User
from organizations.actions.import_work import work_off
from organizations.models import ImportBatch, PartyOrganization, SocialOrganization
from organizations.rules.vocabulary import BatchState
from tests.broken_workbooks import MAKERS, generate
from tests.conftest import signed_in
from tests.world import CITY, NAMES, make_township

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
COUNT = int(os.environ.get("BROKEN_WORKBOOKS", 2 * len(MAKERS)))
MOST_MEGABYTES = 1_100


def test_broken_workbooks_are_answered(settings: Any, tmp_path: Path, city: User) -> None:
    settings.CITY_CODE, settings.MEDIA_ROOT = CITY, tmp_path
    for code in NAMES:
        make_township(code)
    client = signed_in(city)
    failures: list[str] = []
    outcomes: Counter = Counter()
    for number, (name, data) in enumerate(generate(COUNT, seed=2019)):
        started = time.monotonic()
        try:
            outcome = outcome_of(client, name, data)
        except AssertionError as error:
            failures.append(f"{number} {name}: {error}")
            outcome = "FAILED"
        outcomes[name, outcome] += 1
        if (seconds := time.monotonic() - started) > 60:
            failures.append(f"{number} {name}: {seconds:.0f} s")
    report = "\n".join(f"{n:>4}  {name:<24} {what}" for (name, what), n in sorted(outcomes.items()))
    print(f"\n{report}\nlargest child: {peak()} MB")  # noqa: T201 - shown with -s
    assert failures == []


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def outcome_of(client: Client, name: str, data: bytes) -> str:
    """Send one the whole way; what came of it, having asserted that it is answered in words."""
    suffix = ".xls" if name == "old_format_garbage" else ".xlsx"
    answer: Any = client.post(
        "/registry/imports/new/", {"files": SimpleUploadedFile(f"{name}{suffix}", data)}
    )
    assert answer.status_code in (200, 302), answer.status_code
    if answer.status_code == 200:
        assert "还不能上传" in answer.content.decode()
        return "refused at once"
    work_off()
    batch = ImportBatch.objects.order_by("-pk")[0]
    assert batch.state in (BatchState.WRONG, BatchState.READY), (batch.state, batch.notice)
    page = client.get(answer["Location"])
    assert page.status_code == 200, page.status_code
    text = page.content.decode()
    assert "root:" not in text
    if batch.state == BatchState.WRONG:
        problems = [group for one in batch.pages.filter(sheet="errors") for group in one.rows]
        assert problems
        assert all(group["message"] for group in problems)
        assert "怎么改正" in text
    one = batch.workbooks.get()
    if one.annotated:
        returned = client.get(f"{answer['Location']}files/{one.pk}/annotated/")
        assert b"".join(returned.streaming_content)[:2] == b"PK"
    assert not SocialOrganization.objects.exists()
    assert not PartyOrganization.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="social_organization").exists()
    assert peak() < MOST_MEGABYTES, f"{peak()} MB"
    state = BatchState(batch.state).label
    return f"{state}, returned" if one.annotated else f"{state}, listed on the page"
