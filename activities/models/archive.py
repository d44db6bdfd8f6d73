"""内业档案: documents of a party organization, filed into folders by themselves or by hand."""

from django.db import models
from django.db.models import Q

from activities.models.scoping import OwnedQuerySet
from activities.models.vocabulary import ArchiveFolder
from organizations.models import PartyOrganization


class ArchiveDocument(models.Model):
    """One document in a folder of a year; `source` names the record that it was filed from."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="archive_documents", verbose_name="党组织"
    )
    folder = models.ForeignKey(
        ArchiveFolder, models.PROTECT, related_name="documents", verbose_name="档案夹"
    )
    year = models.PositiveSmallIntegerField("年度")
    dated_on = models.DateField("日期")
    title = models.CharField("文件名称", max_length=200)
    # the model's label and key; blank when a person filed it
    source_type = models.CharField("来源类型", max_length=60, blank=True)
    source_id = models.PositiveBigIntegerField("来源", null=True, blank=True)
    note = models.CharField("备注", max_length=200, blank=True)
    created_at = models.DateTimeField("归档时间", auto_now_add=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = "档案文件"
        verbose_name_plural = "档案文件"
        ordering = ["-dated_on", "-pk"]
        indexes = [
            models.Index(
                fields=["party_organization", "year", "folder"], name="document_by_party_year"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_type", "source_id", "folder"],
                condition=Q(source_id__isnull=False),
                name="a_record_is_filed_once_into_a_folder",
            )
        ]

    def __str__(self) -> str:
        return self.title
