"""Data quality: every check with the number of its rows; what a record fails; what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from accounts.rules import Right
from evaluation.gather.checks import checks_with_rows, found_by
from evaluation.rules.checks import CHECKS, Check, Subject
from organizations.sections import Section

# what one needs to see the rows of a check
RIGHTS = {
    Subject.SOCIAL: Right.VIEW_REGISTRY,
    Subject.PARTY: Right.VIEW_REGISTRY,
    Subject.MEMBER: Right.VIEW_MEMBERS,
}


@dataclass(frozen=True)
class Counted:
    check: Check
    count: int
    numbers: Sequence[tuple[str, int]]
    url: str


def quality(user: Any, day: date) -> list[Counted]:
    """All checks that the account may look at, each with its number and its list."""
    found = []
    for check, rows, numbers in checks_with_rows(user, day):
        if user.may(RIGHTS[check.subject]):
            shown = [(check.parameters[name][0], value) for name, value in numbers.items()]
            url = reverse("evaluation:quality-list", args=[check.code])
            found.append(Counted(check, rows.count(), shown, url))
    return found


def failed_by(record: Any, subject: Subject, user: Any, day: date) -> list[Check]:
    """The checks that find this record."""
    own = [check for check in CHECKS if check.subject == subject]
    return [check for check in own if found_by(check, user, day).filter(pk=record.pk).exists()]


def record_checks(request: HttpRequest, record: Any, subject: Subject, day: date) -> Section | None:
    failed = failed_by(record, subject, request.user, day)
    return Section("规则检查", "evaluation/_record_checks.html", {"failed": failed})


def address(route: str, **query: Any) -> str:
    return f"{reverse(route)}?{urlencode(query)}" if query else reverse(route)
