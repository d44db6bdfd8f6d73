"""Records of a party organization are seen by whoever reaches that organization."""

from typing import Any, Self

from django.db import models

from organizations.models.scoping import party_organization_scope


class OwnedQuerySet(models.QuerySet):
    """Rows that belong to a party organization; the one door from every edge."""

    path = "party_organization__"

    def visible_to(self, user: Any) -> Self:
        return self.filter(party_organization_scope(user.scope, self.path))


class PartQuerySet(OwnedQuerySet):
    """Rows that belong to a record of a party organization."""

    path = "activity__party_organization__"
