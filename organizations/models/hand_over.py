"""Moving a social organization to another township, in two steps: handed over, accepted."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from organizations.models.area import Township
from organizations.models.coverage import CoverageLink
from organizations.models.instructor import InstructorAssignment
from organizations.models.scoping import in_areas
from organizations.models.social_organization import SocialOrganization
from organizations.rules.vocabulary import HandOverState


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: Any) -> "HandOverQuerySet":
        """Both sides see it: whoever reaches the township of origin or of destination."""
        scope = user.scope
        if not scope.is_area:
            return self.none()

        def side(path: str) -> Q:
            return in_areas(path, (scope.code,)) & in_areas(path, scope.areas)

        return self.filter(side("from_township__code") | side("to_township__code"))

    def pending(self) -> "HandOverQuerySet":
        return self.filter(state=HandOverState.PENDING)


class HandOver(models.Model):
    """移交: this organization, from this township to that one, waiting for the other side."""

    organization = models.ForeignKey(
        SocialOrganization, models.CASCADE, related_name="hand_overs", verbose_name="社会组织"
    )
    from_township = models.ForeignKey(
        Township, models.PROTECT, related_name="+", verbose_name="移出镇(街道)"
    )
    to_township = models.ForeignKey(
        Township, models.PROTECT, related_name="+", verbose_name="移入镇(街道)"
    )
    reason = models.CharField("移交理由", max_length=300)
    state = models.CharField(
        "状态",
        max_length=16,
        choices=HandOverState.choices(),
        default=HandOverState.PENDING.value,
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="移交人"
    )
    proposed_at = models.DateTimeField("移交时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经办人",
    )
    decided_at = models.DateTimeField("办理时间", null=True, blank=True)
    decision = models.CharField("办理意见", max_length=300, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = "移交"
        verbose_name_plural = "移交"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state=HandOverState.PENDING.value),
                name="one_open_hand_over_an_organization",
                violation_error_message="这家社会组织已有一项等待对方接收的移交",
            ),
            models.CheckConstraint(
                name="hand_over_leads_to_another_township",
                condition=~Q(from_township=F("to_township")),
                violation_error_message="移入和移出不能是同一个镇(街道)",
            ),
        ]

    def __str__(self) -> str:
        return f"移交 {self.organization_id}"

    @property
    def version(self) -> int:
        """It changes once: when it is accepted, declined or withdrawn."""
        return 1 if self.state == HandOverState.PENDING else 2

    def what_stays(self) -> dict[str, Any]:
        """What goes with the organization as it is; both sides of the offer are told."""
        return {
            "links": CoverageLink.objects.open_of(self.organization_id),
            "assignments": InstructorAssignment.objects.open_of(self.organization_id),
        }
