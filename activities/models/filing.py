"""Small records that file themselves into the archive: into which folder, under which day."""

from datetime import date

from django.db import models

from activities.models.standing import Agreement, PartyHonour
from activities.models.support import Fund, Venue
from activities.rules.duties import FOLDER_FUNDS, FOLDER_HONOURS, FOLDER_VENUES

FOLDER_OF: dict[type[models.Model], tuple[int, str]] = {
    Agreement: (FOLDER_HONOURS, "signed_on"),
    Venue: (FOLDER_VENUES, "checked_on"),
    Fund: (FOLDER_FUNDS, "dated_on"),
    PartyHonour: (FOLDER_HONOURS, "awarded_on"),
}


def filed_as(record: models.Model) -> tuple[int, str, date] | None:
    """Folder, title and day of a record's document; None where it has none (yet)."""
    folder, name = FOLDER_OF.get(type(record), (0, ""))
    day: date | None = getattr(record, name) if folder else None
    if day is None:
        return None
    return folder, f"{record._meta.verbose_name}:{record}"[:200], day
