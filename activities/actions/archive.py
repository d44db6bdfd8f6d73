"""Filing documents into a party organization's archive."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.models import User
from activities.actions.reach import check_reach
from activities.models import ArchiveDocument, ArchiveFolder
from organizations.models import PartyOrganization


def file_source(
    *, party_id: int, source: models.Model, folders: set[int], title: str, dated_on: date
) -> None:
    """File a record into these folders, and out of those it no longer belongs to."""
    label = source._meta.label_lower
    own = ArchiveDocument.objects.filter(source_type=label, source_id=source.pk)
    own.exclude(folder__number__in=folders).delete()
    for folder in ArchiveFolder.objects.filter(number__in=folders):
        ArchiveDocument.objects.update_or_create(
            source_type=label,
            source_id=source.pk,
            folder=folder,
            defaults={
                "party_organization_id": party_id,
                "year": dated_on.year,
                "dated_on": dated_on,
                "title": title[:200],
            },
        )


def take_out(source: models.Model) -> None:
    """A record that no longer stands leaves the archive."""
    label = source._meta.label_lower
    ArchiveDocument.objects.filter(source_type=label, source_id=source.pk).delete()


@transaction.atomic
def add_document(
    *,
    party: PartyOrganization,
    folder: ArchiveFolder,
    title: str,
    dated_on: date,
    note: str = "",
    by: User,
) -> ArchiveDocument:
    """File a document by hand; its file is attached to it afterwards."""
    check_reach(by, party.pk)
    document = ArchiveDocument(
        party_organization=party,
        folder=folder,
        year=dated_on.year,
        dated_on=dated_on,
        title=title,
        note=note,
    )
    document.full_clean()
    document.save()
    after = audit.snapshot(document, ("folder", "title", "dated_on"))
    audit.record(by=by, action="archive_document.create", object=document, after=after)
    return document


@transaction.atomic
def remove_document(*, document: ArchiveDocument, reason: str, by: User) -> None:
    """Take a document filed by hand out again; what filed itself goes with its record."""
    stored = ArchiveDocument.objects.select_for_update().get(pk=document.pk)
    check_reach(by, stored.party_organization_id)
    if stored.source_id is not None:
        raise ValidationError("这份文件由记录自动归档,请到原记录中更正。")
    if not reason.strip():
        raise ValidationError("请写明撤出档案的理由。")
    before = audit.snapshot(stored, ("folder", "title", "dated_on"))
    audit.record(
        by=by, action="archive_document.delete", object=stored, before=before, reason=reason
    )
    stored.delete()
