"""The world of the access matrix, built once a module and undone after it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.portal.access_world import build_world
from tests.portal.asker import Asker


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Asker]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield Asker(build_world())
        transaction.set_rollback(True)
