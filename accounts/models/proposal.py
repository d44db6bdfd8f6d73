"""Changes of accounts that one administrator proposes and another decides."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from accounts.models.user import User
from accounts.rules import ProposalKind, ProposalState, Right, Role


class AccountProposalQuerySet(models.QuerySet["AccountProposal"]):
    def visible_to(self, user: Any) -> "AccountProposalQuerySet":
        return self if user.may(Right.VIEW_ACCOUNTS) else self.none()


class AccountProposal(models.Model):
    """系统管理员提出 -> 安全管理员批准 -> 审计管理员知悉; never the same person."""

    kind = models.CharField("事项", max_length=24, choices=ProposalKind.choices())
    username = models.CharField("账号", max_length=64)
    person_code = models.CharField("人员编号", max_length=64, blank=True)
    display_name = models.CharField("姓名", max_length=64, blank=True)
    role = models.CharField("角色", max_length=32, choices=Role.choices(), blank=True)
    scope_code = models.CharField("管辖范围编码", max_length=64, blank=True)
    reason = models.CharField("理由", max_length=300)
    state = models.CharField(
        "状态",
        max_length=16,
        choices=ProposalState.choices(),
        default=ProposalState.PENDING.value,
    )
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="proposals_made", verbose_name="提出人"
    )
    proposed_at = models.DateTimeField("提出时间", auto_now_add=True)
    decided_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals_decided",
        verbose_name="审批人",
    )
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    decision = models.CharField("审批意见", max_length=300, blank=True)
    password_drawn_at = models.DateTimeField("密码领取时间", null=True, blank=True)
    seen_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="proposals_seen",
        verbose_name="知悉人",
    )
    seen_at = models.DateTimeField("知悉时间", null=True, blank=True)

    objects = AccountProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "账号事项"
        verbose_name_plural = "账号事项"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="nobody_decides_what_they_proposed",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
                violation_error_message="提出人不能审批自己提出的事项",
            ),
            models.CheckConstraint(
                name="a_decided_proposal_names_who_decided",
                condition=Q(state=ProposalState.PENDING.value, decided_by__isnull=True)
                | (~Q(state=ProposalState.PENDING.value) & Q(decided_by__isnull=False)),
            ),
            models.UniqueConstraint(
                fields=["username"],
                condition=Q(state=ProposalState.PENDING.value),
                name="one_open_proposal_an_account",
                violation_error_message="这个账号已有一项等待审批的事项",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.username}"
