"""What a request says: named fields only, records by their natural codes, within the scope."""

import json
from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.settings import api_settings

from accounts.problems import Problem
from accounts.rules import whole_number

LARGEST_BODY = 1_000_000
LONGEST_CODE = 100


class BoundedJSONParser(JSONParser):
    """JSON of at most a megabyte; what cannot be read is the sender's error, whatever it is."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        text = stream.read(LARGEST_BODY + 1)
        if len(text) > LARGEST_BODY:
            raise Problem(413, f"请求内容不能超过 {LARGEST_BODY // 1000} KB。")
        try:
            return json.loads(
                text.decode("utf-8"), parse_constant=_refused, object_pairs_hook=_once
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error


def _refused(name: str) -> Any:
    raise ValueError(name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a name that stands twice could mean either, so it means neither."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found


class Code(serializers.Field):
    """A record named by its code, looked up among those that the asker sees.

    A record out of scope and one that does not exist are answered with the same words.
    """

    def __init__(self, model: type[models.Model], *lookups: str, **kwargs: Any) -> None:
        self.model, self.lookups = model, lookups or ("code",)
        kwargs.setdefault("label", str(model._meta.verbose_name))
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> models.Model | None:
        code = serializers.CharField(max_length=LONGEST_CODE).run_validation(data)
        rows = self.model.objects.visible_to(self.context["request"].user)  # type: ignore[attr-defined]
        for lookup in self.lookups:
            if lookup == "pk" and whole_number(code) is None:
                continue
            found = rows.filter(**{lookup: code}).first()
            if found is not None:
                return found
        name = self.model._meta.verbose_name
        raise serializers.ValidationError(f"没有“{code}”这个{name},或不在您的管辖范围内")

    def to_representation(self, value: Any) -> Any:
        return str(value.pk)


class CodeList(serializers.ListField):
    """Several records of one kind, each by its code; none twice, not more than a page of them."""

    def __init__(self, model: type[models.Model], *lookups: str, **kwargs: Any) -> None:
        kwargs |= {"child": Code(model, *lookups), "max_length": 200}
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        found = super().to_internal_value(data)
        if len({one.pk for one in found}) < len(found):
            raise serializers.ValidationError("同一个写了两次")
        return found


class Text(serializers.CharField):
    """Text is text: a number in its place is an error, not its digits."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class NamedOnly:
    """Refuses by its name whatever a request says beyond the fields."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            words = "请求内容应是一个 JSON 对象"
            raise serializers.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [words]})
        legal = self.fields  # type: ignore[attr-defined]
        words = f"没有这一项,或不能写入;可写:{'、'.join(legal)}"
        unknown = {name: [words] for name in data if name not in legal}
        if unknown:
            raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)  # type: ignore[misc]


class Arguments(NamedOnly, serializers.Serializer):
    """What a verb is told: fields that are not a model's own."""


class Body(NamedOnly, serializers.ModelSerializer):
    """Fields of a model that may be written; `codes` says by what a related record is named.

    Uniqueness and what contradicts another field are the action's to say, as for the pages.
    """

    codes: dict[str, tuple[str, ...]] = {}
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
    }

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        kind, kwargs = super().build_standard_field(field_name, model_field)
        kept = [v for v in kwargs.get("validators", []) if not hasattr(v, "queryset")]
        if "validators" in kwargs:
            kwargs["validators"] = kept
        if kind is Text and model_field.null:
            kwargs["allow_blank"] = False  # nothing is null, never an empty text
        return kind, kwargs

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        field, related = relation_info.model_field, relation_info.related_model
        optional = {"required": False, "allow_null": True} if field.null else {}
        lookups = self.codes.get(field_name, ("code",))
        return _code_field(related, lookups), {"label": str(field.verbose_name), **optional}

    def get_validators(self) -> list[Any]:
        return []


def _code_field(model: type[models.Model], lookups: tuple[str, ...]) -> Any:
    def make(**kwargs: Any) -> Code:
        return Code(model, *lookups, **kwargs)

    return make


class Of(serializers.CharField):
    """Something of a related record, by its path; null where there is no such record."""

    def __init__(self, path: str, **kwargs: Any) -> None:
        self.path = path
        super().__init__(source=path, default=None, allow_null=True, read_only=True, **kwargs)


class Shown(serializers.ModelSerializer):
    """What is told of a record: explicit fields, all of them to read only.

    A list leaves out what is `told_of_one` record alone.
    """

    told_of_one: tuple[str, ...] = ()

    @classmethod
    def many_init(cls, *args: Any, **kwargs: Any) -> Any:
        made = super().many_init(*args, **kwargs)
        for name in cls.told_of_one if args else ():  # without rows it is the schema that asks
            made.child.fields.pop(name)
        return made

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for field in fields.values():
            field.read_only = True
        return fields
