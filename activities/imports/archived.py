"""Sheets whose records file themselves into the archive, as they do when a page saves them."""

from typing import Any

from activities.models import ArchiveDocument, ArchiveFolder
from activities.models.filing import filed_as
from organizations.imports.owned import OwnedSheet
from organizations.imports.sheet import chunks


class ArchivedSheet(OwnedSheet):
    def save(self) -> None:
        super().save()
        saved = [row.instance for row in self.rows if row.outcome in ("new", "changed")]
        folders = {folder.number: folder for folder in ArchiveFolder.objects.all()}
        for part in chunks(saved):
            self._file(part, folders)

    def _file(self, records: list[Any], folders: dict[int, ArchiveFolder]) -> None:
        label = self.model._meta.label_lower
        stored = {
            document.source_id: document
            for document in ArchiveDocument.objects.filter(
                source_type=label, source_id__in=[one.pk for one in records]
            )
        }
        new, changed = [], []
        for record in records:
            place = filed_as(record)
            if place is None or place[0] not in folders:
                continue
            number, title, day = place
            document = stored.get(record.pk)
            if document is None:
                document = ArchiveDocument(source_type=label, source_id=record.pk)
                new.append(document)
            elif (document.title, document.dated_on) != (title, day):
                changed.append(document)
            document.party_organization_id = record.party_organization_id
            document.folder, document.title = folders[number], title
            document.dated_on, document.year = day, day.year
        self.batch.writer.create(new)
        self.batch.writer.update(changed, ["title", "dated_on", "year"])
