"""The townships that the tests of the API speak of."""

import pytest

from tests.world import FIRST, SECOND, THIRD, make_township


@pytest.fixture
def world(db: None) -> None:
    for code in (FIRST, SECOND, THIRD):
        make_township(code)
