"""Numbers of the rule checks that a city sets otherwise than their defaults, from a year on."""

from decimal import Decimal
from typing import Any

from django.db import models

from evaluation.rules.checks import BY_CODE
from organizations.models.scoping import city_scope


class CheckSettingQuerySet(models.QuerySet["CheckSetting"]):
    def visible_to(self, user: Any) -> "CheckSettingQuerySet":
        return self.filter(city_scope(user.scope))


class CheckSetting(models.Model):
    """规则参数: what a number of a check is from this year on, and why."""

    area_code = models.CharField("所在市区划代码", max_length=9)
    name = models.CharField("参数", max_length=40)  # check code and parameter, R3.units
    year = models.PositiveSmallIntegerField("起用年度")
    value = models.PositiveIntegerField("数值")
    reason = models.CharField("依据", max_length=200)

    objects = CheckSettingQuerySet.as_manager()

    class Meta:
        verbose_name = "规则参数"
        verbose_name_plural = "规则参数"
        ordering = ["name", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["area_code", "name", "year"],
                name="check_setting_is_made_once_a_year",
                violation_error_message="这个参数这一年度已有数值",
            )
        ]

    def __str__(self) -> str:
        code, _, name = self.name.partition(".")
        check = BY_CODE.get(code)
        words = check.parameters[name][0] if check and name in check.parameters else self.name
        return f"{code} {words}"

    @staticmethod
    def by_name(rows: Any) -> dict[str, dict[int, Decimal]]:
        """Values by parameter and first year, as `numbers_of` reads them."""
        found: dict[str, dict[int, Decimal]] = {}
        for name, year, value in rows.values_list("name", "year", "value"):
            found.setdefault(name, {})[year] = Decimal(value)
        return found
