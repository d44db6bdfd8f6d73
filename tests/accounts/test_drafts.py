"""Drafts: kept for their writer alone, without secrets, dropped when the form is saved."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions.drafts import KEPT_DRAFTS, keep_draft
from accounts.models import Draft, User
from accounts.tasks import tidy_accounts
from tests.conftest import signed_in
from tests.organizations.test_pages import form_of
from tests.world import FIRST, make_organization

pytestmark = pytest.mark.django_db
PAGE = "/accounts/drafts/"


def keep(client: Client, form: str = "meeting", **fields: Any) -> Any:
    return client.post(PAGE, {"form": form, "fields": json.dumps(fields)})


def test_what_is_typed_is_kept_and_offered_again(as_officer: Client, as_city: Client) -> None:
    assert as_officer.get(PAGE, {"form": "meeting"}).json() == {"fields": None}
    keep(as_officer, topic=["学习"], present=["3", "5"])
    keep(as_officer, topic=["学习党章"], present=["3"])
    stored = as_officer.get(PAGE, {"form": "meeting"}).json()
    assert stored["fields"] == {"topic": ["学习党章"], "present": ["3"]}
    assert stored["updated_at"]
    # another person's form of the same name is another draft
    assert as_city.get(PAGE, {"form": "meeting"}).json() == {"fields": None}
    as_officer.post(PAGE, {"form": "meeting"})
    assert not Draft.objects.exists()


def test_secrets_are_not_kept(as_officer: Client) -> None:
    keep(
        as_officer,
        topic=["学习"],
        password1=["x"],
        csrfmiddlewaretoken=["x"],
        id_number=["350581199001011234"],
        **{"form-0-phone": ["13800000000"]},
    )
    assert Draft.objects.get().fields == {"topic": ["学习"]}


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"fields": "{}"}, 400),
        ({"form": "x" * 101, "fields": "{}"}, 400),
        ({"form": "meeting", "fields": "[1"}, 400),
        ({"form": "meeting", "fields": "[]"}, 400),
        ({"form": "meeting", "fields": '{"a": "b"}'}, 400),
        ({"form": "meeting", "fields": '{"a": [1]}'}, 400),
        ({"form": "meeting", "fields": "[" * 5000}, 400),
        ({"form": "meeting", "fields": json.dumps({"a": ["字" * 70_000]})}, 413),
    ],
)
def test_what_is_no_draft_is_refused(as_officer: Client, sent: dict, status: int) -> None:
    assert as_officer.post(PAGE, sent).status_code == status
    assert not Draft.objects.exists()


def test_a_saved_form_drops_its_draft_and_a_refused_one_keeps_it(as_officer: Client) -> None:
    one = make_organization(FIRST)
    url = f"/registry/social-organizations/{one.pk}/edit/"
    name = f"social-organization-edit:{one.pk}"
    keep(as_officer, name, staff_count=["7"])
    as_officer.post(url, form_of(one, name="", **{"draft-form": name}))
    assert Draft.objects.exists()
    Client().post(url, form_of(one, **{"draft-form": name}))  # the session has ended
    assert Draft.objects.exists()
    as_officer.post(url, form_of(one, staff_count=7, **{"draft-form": name}))
    assert not Draft.objects.exists()


def test_drafts_are_bounded_and_forgotten(officer: User) -> None:
    for number in range(KEPT_DRAFTS + 2):
        keep_draft(form=f"form-{number}", fields={}, by=officer)
    assert Draft.objects.count() == KEPT_DRAFTS
    assert not Draft.objects.filter(form__in=["form-0", "form-1"]).exists()
    Draft.objects.filter(form="form-9").update(updated_at=timezone.now() - timedelta(days=31))
    tidy_accounts()
    assert Draft.objects.count() == KEPT_DRAFTS - 1


def test_without_the_form_token_nothing_is_kept(officer: User) -> None:
    cookies = signed_in(officer).cookies
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cookies
    assert keep(strict).status_code == 403
