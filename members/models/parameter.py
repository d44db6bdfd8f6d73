"""Numbers of the roster that a year may set anew."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from members.rules.parameters import DEFAULTS, Parameter, in_force


class RosterParameterQuerySet(models.QuerySet["RosterParameter"]):
    def visible_to(self, user: Any) -> "RosterParameterQuerySet":
        """The city's numbers are the same for everybody who works in it."""
        return self if user.scope.kind != "none" else self.none()


class RosterParameter(models.Model):
    """党员管理参数: its value from this year on."""

    name = models.CharField("参数", max_length=32, choices=Parameter.choices())
    year = models.PositiveSmallIntegerField("起用年度")
    value = models.DecimalField("数值", max_digits=8, decimal_places=2)

    objects = RosterParameterQuerySet.as_manager()

    class Meta:
        verbose_name = "党员管理参数"
        verbose_name_plural = "党员管理参数"
        ordering = ["name", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "year"],
                name="roster_parameter_is_set_once_a_year",
                violation_error_message="这个参数这一年度已有数值",
            ),
            models.CheckConstraint(
                name="roster_parameter_is_known", condition=Q(name__in=Parameter.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.get_name_display()


def parameter(name: Parameter, year: int) -> Decimal | None:
    """What holds in a year: the latest value set until then, else the default."""
    rows = RosterParameter.objects.filter(name=name).values_list("year", "value")
    return in_force(dict(rows), year, DEFAULTS[name].value)


def whole(name: Parameter, year: int) -> int:
    """A parameter that is a whole number; 0 where nobody has set one."""
    return int(parameter(name, year) or 0)


def joint_elects(year: int) -> bool:
    """Do joint (兼合式) organizations elect for a term in this year? (settings.JOINT_ELECTS)"""
    return bool(whole(Parameter.JOINT_ELECTS, year))
