"""Townships, supervising units and the bodies responsible for party-building."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce, Length
from django.db.models.lookups import Exact

from accounts.models import AuditEvent
from organizations.models.scoping import in_areas, reached, reached_parties
from organizations.rules.vocabulary import BodyKind


def number_of(rows: models.QuerySet, field: str) -> Coalesce:
    """How many of these rows name the outer row in `field`."""
    own = rows.filter(**{field: OuterRef("pk")}).order_by().values(field)
    return Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0)


def registered(day: date, user: Any) -> models.QuerySet:
    """Social organizations that are alive on the day, of those that the account sees."""
    manager = apps.get_model("organizations", "SocialOrganization").objects
    return manager.visible_to(user).alive_on(day)


class TownshipQuerySet(models.QuerySet["Township"]):
    def visible_to(self, user: Any) -> "TownshipQuerySet":
        """Townships whose figures this account may ask for: where what it reaches stands."""
        scope = user.scope
        if scope.kind in ("area", "committee"):
            return self.filter(in_areas("code", (scope.code,)), in_areas("code", scope.areas))
        seats = reached_parties(scope).values("township")
        own = models.Q(pk__in=reached(scope).values("township")) | models.Q(pk__in=seats)
        return self.filter(own)

    def in_city_of(self, code: str) -> "TownshipQuerySet":
        return self.filter(code__startswith=code[:6])

    def with_counts_on(self, day: date, user: Any) -> "TownshipQuerySet":
        """Adds what the lists show of each on the day: organizations, branches, instructors."""
        parties = apps.get_model("organizations", "PartyOrganization").objects
        instructors = apps.get_model("organizations", "Instructor").objects
        return self.annotate(
            organization_count=number_of(registered(day, user), "township"),
            party_count=number_of(parties.visible_to(user).alive_on(day), "township"),
            instructor_count=number_of(instructors.visible_to(user).serving_on(day), "township"),
        )


class Township(models.Model):
    """镇(街道), keyed by its 9-digit 统计用区划代码; the code's prefixes are city and province."""

    code = models.CharField("统计用区划代码", max_length=9, primary_key=True)
    name = models.CharField("镇(街道)", max_length=60)
    tile_row = models.PositiveSmallIntegerField("示意图行", null=True, blank=True)
    tile_column = models.PositiveSmallIntegerField("示意图列", null=True, blank=True)
    tile_height = models.PositiveSmallIntegerField("示意图占行", default=1)
    tile_width = models.PositiveSmallIntegerField("示意图占列", default=1)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = TownshipQuerySet.as_manager()

    class Meta:
        verbose_name = "镇(街道)"
        verbose_name_plural = "镇(街道)"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="township_code_has_nine_digits",
                condition=models.Q(Exact(Length("code"), 9)),
                violation_error_message="统计用区划代码应为 9 位数字",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def neighbours_of(cls, code: str) -> "TownshipQuerySet":
        """The other townships of the same city, by name: where something can be handed over to."""
        return cls.objects.in_city_of(code).exclude(code=code)


class UnitQuerySet(models.QuerySet["SupervisingUnit"]):
    def visible_to(self, user: Any) -> "UnitQuerySet":
        """Units of the account's city; others see those of the organizations they reach."""
        scope = user.scope
        if scope.kind == "unit":
            return self.filter(code=scope.code)
        if scope.kind in ("area", "committee"):
            return self.filter(in_areas("area_code", (scope.code[:6],)))
        return self.filter(pk__in=reached(scope).values("supervising_unit"))

    def with_counts_on(self, day: date, user: Any) -> "UnitQuerySet":
        """Adds `organization_count`: registered on the day, of those that the account sees."""
        return self.annotate(
            organization_count=number_of(registered(day, user), "supervising_unit")
        )


class SupervisingUnit(models.Model):
    """业务主管单位 of social organizations, in one city."""

    code = models.CharField(
        "业务主管单位编码",
        max_length=20,
        unique=True,
        error_messages={"unique": "这个编码已有业务主管单位"},
    )
    name = models.CharField("业务主管单位", max_length=100)
    area_code = models.CharField("所在市区划代码", max_length=9)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = "业务主管单位"
        verbose_name_plural = "业务主管单位"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], name="supervising_unit_name_is_unique_in_its_city"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def free_codes(cls, area_code: str) -> Iterator[str]:
        """Codes of the city's next units: its own, U, and the numbers after the largest so far.

        Those of units that have gone count too: an account, a kept filter or another system that
        knew one by its code must not come to mean a new one. A very long number that somebody chose
        is passed over, not counted on from.
        """
        prefix = f"{area_code}U"
        taken = set(cls.objects.filter(code__startswith=prefix).values_list("code", flat=True))
        gone = AuditEvent.objects.filter(
            action="supervising_unit.delete", before__code__startswith=prefix
        )
        taken.update(gone.values_list("before__code", flat=True))
        ends = (code.removeprefix(prefix) for code in taken)
        numbers = (int(end) for end in ends if len(end) < 10 and end.isascii() and end.isdigit())
        codes = (f"{prefix}{number:03d}" for number in count(max(numbers, default=0) + 1))
        return (code for code in codes if code not in taken)


class FormerUnitNameQuerySet(models.QuerySet["FormerUnitName"]):
    def visible_to(self, user: Any) -> "FormerUnitNameQuerySet":
        return self.filter(unit__in=SupervisingUnit.objects.visible_to(user))


class FormerUnitName(models.Model):
    """曾用名 of a supervising unit, or of one that was merged into it.

    Ledgers go on naming units as they always did; a row that says a former name means the unit that
    bears it, so that a corrected or merged unit does not come back with the next import.
    """

    unit = models.ForeignKey(
        SupervisingUnit, models.CASCADE, related_name="former_names", verbose_name="业务主管单位"
    )
    area_code = models.CharField("所在市区划代码", max_length=9)
    name = models.CharField("曾用名", max_length=100)
    until = models.DateField("使用至")

    objects = FormerUnitNameQuerySet.as_manager()

    class Meta:
        verbose_name = "业务主管单位曾用名"
        verbose_name_plural = "业务主管单位曾用名"
        ordering = ["-until", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], name="former_unit_name_is_unique_in_its_city"
            )
        ]

    def __str__(self) -> str:
        return self.name


class BodyQuerySet(models.QuerySet["ResponsibleBody"]):
    def visible_to(self, user: Any) -> "BodyQuerySet":
        """Bodies of the account's city; township committees of its townships only."""
        scope = user.scope
        if scope.kind not in ("area", "committee"):
            return self.filter(pk__in=reached(scope).values("responsible_body"))
        own = in_areas("township__code", (scope.code,)) & in_areas("township__code", scope.areas)
        return self.filter(
            in_areas("area_code", (scope.code[:6],)), models.Q(township__isnull=True) | own
        )

    def with_counts_on(self, day: date, user: Any) -> "BodyQuerySet":
        """Adds for whom each answers on the day, of those that the account sees."""
        parties = apps.get_model("organizations", "PartyOrganization").objects
        alive = parties.visible_to(user).alive_on(day)
        return self.annotate(
            organization_count=number_of(registered(day, user), "responsible_body"),
            party_count=number_of(alive, "responsible_body"),
        )


class ResponsibleBody(models.Model):
    """党建管理责任主体: answers for the party-building of social organizations."""

    name = models.CharField("责任主体", max_length=100)
    kind = models.CharField("责任主体类别", max_length=16, choices=BodyKind.choices())
    area_code = models.CharField("所在市区划代码", max_length=9)
    township = models.ForeignKey(
        Township, models.PROTECT, null=True, blank=True, verbose_name="镇(街道)"
    )
    supervising_unit = models.OneToOneField(
        SupervisingUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="body",
        verbose_name="业务主管单位",
    )

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = "责任主体"
        verbose_name_plural = "责任主体"
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name"], name="responsible_body_name_is_unique_in_its_city"
            ),
            models.CheckConstraint(
                name="responsible_body_kind_is_known",
                condition=models.Q(kind__in=BodyKind.codes()),
            ),
        ]

    def __str__(self) -> str:
        return self.name
