"""Sessions in the database, of which a copy opens nobody's session and tells nothing.

A row lies under the hash of its key, and its content is sealed for that row.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from accounts.sealing import SealBroken, seal, unseal


def stored_key(session_key: str) -> str:
    return hashlib.sha256(f"session-row:{session_key}".encode()).hexdigest()[:40]


class SessionStore(DatabaseStore):
    """Django's own store; only what lies in the table differs."""

    def _place(self) -> str:
        return f"session:{stored_key(self.session_key or '')}"

    def encode(self, session_dict: dict[str, Any]) -> str:
        return seal(super().encode(session_dict), self._place())

    def decode(self, session_data: Any) -> dict[str, Any]:
        try:
            return super().decode(unseal(session_data, self._place()))
        except SealBroken:
            return {}

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        key = stored_key(self._get_or_create_session_key())
        made: AbstractBaseSession = self.model(
            session_key=key, session_data=self.encode(data), expire_date=self.get_expiry_date()
        )
        return made

    def load(self) -> dict[str, Any]:
        row = self.model.objects.filter(
            session_key=stored_key(self.session_key or ""), expire_date__gt=timezone.now()
        ).first()
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(stored_key(key))
