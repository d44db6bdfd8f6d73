"""Photos and documents of any record: seen by whoever sees the record."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.rules import Right, Vocabulary


class AttachmentKind(Vocabulary):
    PHOTO = "photo", "照片"
    DOCUMENT = "document", "文件"


def owner_rights(label: str) -> tuple[Right, Right] | None:
    """The rights to see and to change attachments of this kind of record; None: it has none."""
    named = settings.ATTACHMENT_OWNERS.get(label)
    return (Right(named[0]), Right(named[1])) if named else None


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any) -> "AttachmentQuerySet":
        """Attachments of the records that this account sees."""
        seen = Q(pk__in=[])
        for label in settings.ATTACHMENT_OWNERS:
            rights = owner_rights(label)
            if rights and user.may(rights[0]):
                owners: Any = apps.get_model(label)._default_manager
                own = owners.visible_to(user).order_by().values("pk")
                seen |= Q(owner_type=label, owner_id__in=own)
        return self.filter(seen)

    def of(self, owner: models.Model) -> "AttachmentQuerySet":
        return self.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)

    def photos(self) -> "AttachmentQuerySet":
        return self.filter(kind=AttachmentKind.PHOTO)


class Attachment(models.Model):
    """附件 of a record, named by its model's label and its key."""

    owner_type = models.CharField("所属记录类型", max_length=60)
    owner_id = models.PositiveBigIntegerField("所属记录")
    kind = models.CharField("类别", max_length=10, choices=AttachmentKind.choices())
    name = models.CharField("文件名", max_length=120)
    caption = models.CharField("说明", max_length=120, blank=True)
    path = models.CharField("存放位置", max_length=60, unique=True, editable=False)
    served_as = models.CharField("内容类型", max_length=100, editable=False)
    size = models.PositiveIntegerField("大小")
    sha256 = models.CharField("SHA-256", max_length=64)
    width = models.PositiveIntegerField("宽", null=True, blank=True)
    height = models.PositiveIntegerField("高", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        verbose_name_plural = "附件"
        ordering = ["pk"]
        indexes = [models.Index(fields=["owner_type", "owner_id"], name="attachment_by_owner")]
        constraints = [
            models.CheckConstraint(
                name="attachment_kind_is_known", condition=Q(kind__in=AttachmentKind.codes())
            ),
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "sha256"],
                name="a_record_has_a_file_once",
                violation_error_message="这个文件已经上传过了",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        return self.kind == AttachmentKind.PHOTO
