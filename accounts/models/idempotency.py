"""Requests of the API that may arrive twice."""

from django.db import models


class IdempotencyKey(models.Model):
    """An Idempotency-Key and what came of it: which object, never the answer itself."""

    asker = models.CharField("来者", max_length=80)
    key = models.CharField("幂等键", max_length=255)
    request_hash = models.CharField("请求摘要", max_length=64)
    status = models.PositiveSmallIntegerField("结果", default=0)
    object_id = models.CharField("对象", max_length=40, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "幂等键"
        verbose_name_plural = "幂等键"
        constraints = [
            models.UniqueConstraint(
                fields=["asker", "key"], name="idempotency_key_is_used_once_by_an_asker"
            )
        ]

    def __str__(self) -> str:
        return f"{self.asker} {self.key}"
