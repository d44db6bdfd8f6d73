"""Values that do not lie readable in the database: AES-GCM with the row in the associated data.

The keys are outside the database (settings FIELD_KEYS, INDEX_KEY). A ciphertext names the key that
made it and opens only in the row and field that it was made for.
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

NONCE = 12


class SealBroken(Exception):
    """The value cannot be opened: another row's, changed, or its key is missing."""


@lru_cache(maxsize=4)
def keyring(text: str) -> tuple[str, dict[str, bytes]]:
    """The name of the current key, and all keys by name; the first line is the current one."""
    keys: dict[str, bytes] = {}
    for line in text.split():
        name, _, encoded = line.partition(":")
        try:
            keys[name] = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ImproperlyConfigured(f"FIELD_KEYS 中的密钥“{name}”不是 base64。") from error
        if len(keys[name]) != 32:
            raise ImproperlyConfigured(f"FIELD_KEYS 中的密钥“{name}”应为 32 字节。")
    if not keys:
        raise ImproperlyConfigured(
            "FIELD_KEYS 为空,应为每行一个“名称:base64 密钥”,第一行为当前密钥。"
        )
    return next(iter(keys)), keys


def seal(text: str, place: str) -> str:
    """Encrypt a text for one place (field and row); equal texts give different ciphertexts."""
    name, keys = keyring(settings.FIELD_KEYS)
    nonce = os.urandom(NONCE)
    hidden = AESGCM(keys[name]).encrypt(nonce, text.encode(), place.encode())
    return f"{name}:{base64.b64encode(nonce + hidden).decode()}"


def unseal(sealed: str, place: str) -> str:
    """The text of a ciphertext made for this place; raises SealBroken."""
    name, _, encoded = sealed.partition(":")
    _, keys = keyring(settings.FIELD_KEYS)
    if name not in keys:
        raise SealBroken(f"缺少密钥“{name}”")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(keys[name]).decrypt(raw[:NONCE], raw[NONCE:], place.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise SealBroken("密文与所在的记录不符或已被改动") from error


def search_digest(text: str, purpose: str) -> str:
    """A keyed hash by which an exact value is found again; useless without the key."""
    return hmac.new(settings.INDEX_KEY.encode(), f"{purpose}:{text}".encode(), "sha256").hexdigest()


class EncryptedField(models.TextField):
    """Holds ciphertext. Write with `conceal`, read with `reveal`; both need the row's key."""

    def place(self, instance: models.Model) -> str:
        if instance.pk is None:
            raise ValueError("a row is saved before its values are sealed for it")
        return f"{instance._meta.label_lower}.{self.name}:{instance.pk}"


def _field(instance: models.Model, name: str) -> EncryptedField:
    found: Any = instance._meta.get_field(name)
    return found


def conceal(instance: models.Model, name: str, text: str) -> None:
    """Put a text into an encrypted field of this row; empty stays empty. Does not save."""
    field = _field(instance, name)
    setattr(instance, name, seal(text, field.place(instance)) if text else "")


def reveal(instance: models.Model, name: str) -> str:
    """The text of an encrypted field of this row; raises SealBroken."""
    sealed = getattr(instance, name)
    return unseal(sealed, _field(instance, name).place(instance)) if sealed else ""


def derived_key(purpose: str, secret: str) -> bytes:
    return hashlib.sha256(f"{purpose}:{secret}".encode()).digest()
