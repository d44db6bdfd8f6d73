"""Filters of lists that a person keeps under a name."""

from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models.user import User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: Any) -> "SavedFilterQuerySet":
        """The own ones, and those that the own office (same role and scope) shares."""
        shared = Q(is_shared=True, office_role=user.role, office_scope=user.scope_code)
        return self.filter(Q(owner=user) | shared)

    def owned_by(self, user: Any) -> "SavedFilterQuerySet":
        return self.filter(owner=user)


class SavedFilter(models.Model):
    """A list's address under a name. It holds a question, never rows: whoever opens it sees only
    what the own scope allows."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="保存人")
    route = models.CharField("列表", max_length=100)
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=2000, blank=True)
    is_shared = models.BooleanField("本办公室共用", default=False)
    office_role = models.CharField("共用角色", max_length=32, blank=True)
    office_scope = models.CharField("共用范围", max_length=64, blank=True)
    created_at = models.DateTimeField("保存时间", auto_now_add=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = "常用筛选"
        verbose_name_plural = "常用筛选"
        ordering = ["route", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "route", "name"],
                name="a_person_names_a_filter_once_a_list",
                violation_error_message="您在这个列表已有同名的常用筛选",
            ),
            models.CheckConstraint(
                name="a_shared_filter_names_its_office",
                condition=Q(is_shared=False) | ~Q(office_role=""),
            ),
        ]
        indexes = [
            models.Index(fields=["route", "office_role", "office_scope"], name="filter_of_office")
        ]

    def __str__(self) -> str:
        return self.name
