"""How a party organization arranges its life: the fixed day of the 主题党日."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from activities.models.scoping import OwnedQuerySet
from organizations.models import PartyOrganization

USUAL_THEME_DAY = 15


class LifeSetting(models.Model):
    """组织生活安排 of a party organization."""

    party_organization = models.OneToOneField(
        PartyOrganization, models.CASCADE, related_name="life_setting", verbose_name="党组织"
    )
    theme_day = models.PositiveSmallIntegerField(
        "主题党日固定日",
        default=USUAL_THEME_DAY,
        validators=[MinValueValidator(1), MaxValueValidator(31)],
    )
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "组织生活安排"
        verbose_name_plural = "组织生活安排"
        constraints = [
            models.CheckConstraint(
                name="theme_day_is_a_day_of_the_month",
                condition=Q(theme_day__gte=1, theme_day__lte=31),
                violation_error_message="固定日应为 1 至 31",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_organization} 的组织生活安排"
