"""A resource: which rows, what is told and taken, which actions, under which rights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from accounts.rules import Right


@dataclass(frozen=True)
class Verb:
    """Something that is done to a record: POST …/<id>/<name>/.

    `act(user, record, values)` calls one action and returns the record to show, None for the same
    one. `gone` says that the record is no more afterwards. `fields` names the action's arguments
    where the request calls them otherwise.
    """

    name: str
    summary: str
    body: type[serializers.BaseSerializer]
    act: Callable[[Any, Any, dict[str, Any]], Any]
    description: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)
    right: Right = Right.EDIT_REGISTRY
    gone: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


class Resource:
    """Declares one kind of record. A subclass fills in what it has; what it leaves out is refused.

    Rows come through `visible_to` alone, writes go through actions alone: a resource translates.
    """

    name: ClassVar[str]  # in addresses: social-organizations
    route: ClassVar[str]  # names of routes begin so: api-social-organization
    noun: ClassVar[str]  # in Chinese: 社会组织
    shown: ClassVar[type[serializers.BaseSerializer]]
    view_right: ClassVar[Right] = Right.VIEW_REGISTRY
    edit_right: ClassVar[Right] = Right.EDIT_REGISTRY
    filterset: ClassVar[Any] = None
    # fields that a list may be sorted by; the first is the default; none may be null
    orders: ClassVar[tuple[str, ...]] = ("pk",)
    create_body: ClassVar[type[serializers.BaseSerializer] | None] = None
    change_body: ClassVar[type[serializers.BaseSerializer] | None] = None
    verbs: ClassVar[tuple[Verb, ...]] = ()
    # what the action that creates calls otherwise than the request: {"on": "valid_from"}
    create_fields: ClassVar[Mapping[str, str]] = {}
    description: ClassVar[str] = ""
    example: ClassVar[Mapping[str, Any]] = {}
    create_example: ClassVar[Mapping[str, Any]] = {}
    change_example: ClassVar[Mapping[str, Any]] = {}
    # how an address names a record, and by which field
    key: ClassVar[str] = "int:pk"
    key_words: ClassVar[str] = "记录编号"

    def visible(self, user: Any) -> QuerySet:
        """The rows that this account sees."""
        raise NotImplementedError

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        """Rows with all that `shown` needs of them for a list."""
        return rows

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        """Rows with all that `shown` needs of one."""
        return self.listed(rows, user)

    def looked_at(self, user: Any, record: Any) -> None:
        """Notes that one record was read, where the page notes it."""

    def create(self, user: Any, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    @property
    def key_name(self) -> str:
        return self.key.partition(":")[2]
