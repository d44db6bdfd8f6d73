"""Fixtures that all tests share."""

import os
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, settings

from accounts.models import User
from accounts.protection import REMOVAL
from accounts.protection import SCRIPTS as PROTECTION
from accounts.triggers import install
from evaluation import protection
from evaluation.models import CoverageMark
from tests.world import make_user, sign_in

# the same examples on every run and machine, however slow it is; HYPOTHESIS_PROFILE=wide draws anew
settings.register_profile(
    "portal", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("wide", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "portal"))
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser's loop beside the ORM

# the same algorithm as everywhere, without its price
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.parallelism = 1, 1
Argon2PasswordHasher.memory_cost = 8

HAS_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
HAS_REDIS = bool(os.environ.get("REDIS_URL"))
HAS_CHROMIUM = bool(os.environ.get("CHROMIUM"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of real services run where the services are; `dev.py test` says what is missing."""
    missing = {
        "postgres": (HAS_POSTGRES, "no PostgreSQL (DATABASE_URL)"),
        "redis": (HAS_REDIS, "no Redis (REDIS_URL)"),
        "browser": (HAS_CHROMIUM, "no Chromium"),
    }
    for item in items:
        for name, (there, reason) in missing.items():
            if item.get_closest_marker(name) and not there:
                item.add_marker(pytest.mark.skip(reason=reason))


_flush = flush.Command.handle


def _flush_everything(self: Any, **options: Any) -> None:
    """Between tests even the audit log is emptied; and no marks are left by emptying tables."""
    install(connection, REMOVAL)
    install(connection, protection.REMOVAL)
    _flush(self, **options)
    CoverageMark.objects.all().delete()
    install(connection, PROTECTION)
    install(connection, protection.SCRIPTS)


flush.Command.handle = _flush_everything  # type: ignore[method-assign]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many cells of the access matrix were tried."""
    count = sum(
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "cells" and report.when == "call"
    )
    told = [
        value
        for report in terminalreporter.getreports("passed")
        for name, value in report.user_properties
        if name == "walk" and report.when == "call"
    ]
    for line in told:
        terminalreporter.write_line(line)
    if count:
        terminalreporter.write_line(f"权限矩阵:{count} 格,全部如表")


@pytest.fixture(autouse=True)
def _fresh_cache() -> None:
    cache.clear()


@pytest.fixture
def is_postgres(db: None) -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture
def city(db: None) -> User:
    """Lin of the municipal organization department: sees the whole test city."""
    return make_user("lin", "city_staff", "990101")


@pytest.fixture
def officer(db: None) -> User:
    """Wang of the first township's workstation."""
    return make_user("wang", "township_officer", "990101001")


@pytest.fixture
def neighbour(db: None) -> User:
    """Cai of the second township's workstation."""
    return make_user("cai", "township_officer", "990101002")


def signed_in(user: User) -> Client:
    """A client whose session was just used, so that a request does not also renew it."""
    client = Client()
    sign_in(client, user)
    return client


@pytest.fixture
def as_city(city: User) -> Client:
    return signed_in(city)


@pytest.fixture
def as_officer(officer: User) -> Client:
    return signed_in(officer)
