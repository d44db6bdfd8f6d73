"""Encrypted fields: they open in their own row only, and their keys can change."""

import base64
import os
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from accounts.sealing import SealBroken, keyring, reveal, seal, search_digest, unseal
from members.actions.private import save_private
from members.models import MemberPrivate
from tests.members.world import make_member


@given(st.text(max_size=200), st.text(max_size=50))
def test_what_is_sealed_opens_again_in_its_place(text: str, place: str) -> None:
    sealed = seal(text, place)
    assert unseal(sealed, place) == text
    assert seal(text, place) != sealed
    with pytest.raises(SealBroken):
        unseal(sealed, place + "x")


def test_a_changed_ciphertext_does_not_open() -> None:
    name, _, body = seal("350581199001011234", "a").partition(":")
    raw = bytearray(base64.b64decode(body))
    for place in range(len(raw)):
        raw[place] ^= 1
        with pytest.raises(SealBroken):
            unseal(f"{name}:{base64.b64encode(raw).decode()}", "a")
        raw[place] ^= 1
    for broken in ("", "k9:AAAA", f"{name}:", f"{name}:***", body):
        with pytest.raises(SealBroken):
            unseal(broken, "a")


@pytest.mark.parametrize("text", ["", "k1:short", "k1:***", "k1"])
def test_bad_keys_are_named(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        keyring(text)


def test_search_digests_need_key_and_purpose(settings: Any) -> None:
    first = search_digest("1", "a")
    assert search_digest("1", "a") == first
    assert search_digest("1", "b") != first
    settings.INDEX_KEY = "another"
    assert search_digest("1", "a") != first


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


@pytest.mark.django_db
def test_keys_rotate_with_live_data(settings: Any, capsys: pytest.CaptureFixture) -> None:
    old, new = key("old"), key("new")
    settings.FIELD_KEYS = old
    member = make_member(born_on=None, gender="")
    save_private(member=member, id_number="11010519491231002X", phone="13812345678", by=None)
    settings.FIELD_KEYS = f"{new}\n{old}"
    assert reveal(MemberPrivate.objects.get(), "id_number") == "11010519491231002X"
    call_command("rotate_field_keys")
    assert "2 个值" in capsys.readouterr().out
    settings.FIELD_KEYS = new
    private = MemberPrivate.objects.get()
    assert private.id_number.startswith("new:")
    assert reveal(private, "id_number") == "11010519491231002X"
    assert reveal(private, "phone") == "13812345678"
    settings.FIELD_KEYS = key("lost")
    with pytest.raises(SealBroken, match="new"):
        reveal(private, "phone")


@pytest.mark.django_db
def test_a_ciphertext_in_another_row_does_not_open() -> None:
    one, two = make_member(born_on=None, gender=""), make_member(born_on=None, gender="")
    save_private(member=one, id_number="11010519491231002X", phone="13812345678", by=None)
    save_private(member=two, id_number="", phone="13912345678", by=None)
    stolen = MemberPrivate.objects.get(pk=one.pk).phone
    MemberPrivate.objects.filter(pk=two.pk).update(phone=stolen)
    with pytest.raises(SealBroken):
        reveal(MemberPrivate.objects.get(pk=two.pk), "phone")
    first = MemberPrivate.objects.get(pk=one.pk)
    first.phone = first.id_number
    with pytest.raises(SealBroken):
        reveal(first, "phone")
