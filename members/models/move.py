"""组织关系转接 between organizations, on the way until the receipt is in."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from members.models.membership import Membership
from members.rules.moves import OPEN
from members.rules.vocabulary import MoveState
from organizations.models import PartyOrganization
from organizations.models.scoping import party_organization_scope
from organizations.rules.vocabulary import PartyKind

if TYPE_CHECKING:
    from members.models.member import Member


class MoveQuerySet(models.QuerySet["Move"]):
    def visible_to(self, user: Any) -> "MoveQuerySet":
        """Both sides see it: whoever reaches the old or the new party organization."""
        scope = user.scope
        return self.filter(
            Q(party_organization_scope(scope, "from_party__"))
            | Q(party_organization_scope(scope, "to_party__"))
        )

    def on_side_of(self, user: Any, side: str) -> "MoveQuerySet":
        """Those that leave (`out`) or enter (`in`) the account's organizations."""
        path = "from_party__" if side == "out" else "to_party__"
        return self.filter(party_organization_scope(user.scope, path))

    def pending(self) -> "MoveQuerySet":
        return self.filter(state__in=OPEN)

    def expired_on(self, day: date) -> "MoveQuerySet":
        return self.filter(state=MoveState.LETTER, expires_on__lt=day)

    def expiring_on(self, day: date, alert_days: int) -> "MoveQuerySet":
        """Letters that end within the days of alert."""
        return self.filter(
            state=MoveState.LETTER,
            expires_on__gte=day,
            expires_on__lte=day + timedelta(days=alert_days),
        )


class Move(models.Model):
    """转接: this member, from here to there, by letter; counted here until it is complete."""

    member = models.ForeignKey(
        "members.Member", models.CASCADE, related_name="moves", verbose_name="党员"
    )
    from_party = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="+", verbose_name="转出党组织"
    )
    to_party = models.ForeignKey(
        PartyOrganization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="转入党组织",
    )
    to_outside = models.CharField("转往本系统外的党组织", max_length=120, blank=True)
    reason = models.CharField("转接原因", max_length=300)
    state = models.CharField(
        "状态", max_length=16, choices=MoveState.choices(), default=MoveState.APPLIED.value
    )
    letter_number = models.CharField("介绍信编号", max_length=40, blank=True)
    issued_on = models.DateField("开具日期", null=True, blank=True)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    dues_paid_to = models.DateField("党费交至", null=True, blank=True)
    moved_on = models.DateField("转接日期", null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="申请人",
    )
    created_at = models.DateTimeField("申请时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)
    log = models.JSONField("办理经过", default=list, editable=False)

    objects = MoveQuerySet.as_manager()

    class Meta:
        verbose_name = "组织关系转接"
        verbose_name_plural = "组织关系转接"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member"],
                condition=Q(state__in=[state.value for state in OPEN]),
                name="one_open_move_a_member",
                violation_error_message="这名党员已有一项正在办理的转接",
            ),
            models.CheckConstraint(
                name="move_leads_somewhere_else",
                condition=Q(to_party__isnull=False, to_outside="") & ~Q(from_party=F("to_party"))
                | Q(to_party__isnull=True) & ~Q(to_outside=""),
                violation_error_message="请选择转入党组织,或填写本系统外的党组织(二者填一项)",
            ),
            models.CheckConstraint(
                name="move_state_is_known", condition=Q(state__in=MoveState.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"转接 {self.member_id}"

    @property
    def version(self) -> int:
        """Grows with every step, so that nobody takes one without having seen the last."""
        return len(self.log)

    @staticmethod
    def destinations(member: "Member") -> models.QuerySet:
        """The other living organizations of the member's city that take members in, by name.

        Where one can be moved to is no secret; who is there is.
        """
        current = current_membership(member.pk)
        if current is None:
            return PartyOrganization.objects.none()
        city = current.party_organization.township_id[:6]
        rows = PartyOrganization.objects.filter(
            township__code__startswith=city, dissolved_on__isnull=True
        )
        return rows.exclude(kind=PartyKind.JOINT).exclude(pk=current.party_organization_id)

    @property
    def destination(self) -> str:
        return self.to_party.name if self.to_party else self.to_outside


def current_membership(member_id: int) -> Membership | None:
    return (
        Membership.objects.select_related("party_organization")
        .filter(member=member_id, valid_to__isnull=True)
        .first()
    )
