"""What the sheets of a party organization's records share."""

from typing import Any, ClassVar, cast

from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.row_form import CLEARED, RowForm, TextCell
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import PartyOrganization
from organizations.rules.cells import text_of

OUT_OF_REACH = "这个党组织不在您的管辖范围,不能录入"


class OwnedRow(RowForm):
    """Names the party organization by its code."""

    party_organization = TextCell(label="党组织编码", upper=True)
    words = {"party_organization": ("党组织代码", "所在党组织编码", "支部编码")}


class OwnedSheet(Sheet):
    """A subclass names its form and `natural`: the columns that say which record a row means.

    `owner` is the way from the record to its party organization. Where pages allow several records
    with the same key, as many rows may have it as are stored; with `is_plural`, any number.
    """

    natural: ClassVar[tuple[str, ...]]
    owner: ClassVar[str] = "party_organization"
    is_plural: ClassVar[bool] = False
    # others see the records too: a row of theirs that changes nothing is none of our business
    is_shared: ClassVar[bool] = False

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return super().listed(rows).select_related(cls.owner).order_by("pk")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name == "party_organization":
            return cls.owner_of(instance).code
        return super().value_of(instance, name)

    @classmethod
    def owner_of(cls, instance: Any) -> PartyOrganization:
        for part in cls.owner.split("__"):
            instance = getattr(instance, part)
        return instance

    # --- checking --------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.parties = cast(PartyOrganizationSheet, self.batch.sheets["party_organization"])
        self.batch.load_references(parties=self.texts("party_organization"))
        self.out_of_reach: set[int] = set()

    def resolve(self, row: Row) -> None:
        if not row.is_right("party_organization"):
            return
        party = self.parties.referred(row.values["party_organization"])
        if isinstance(party, str):
            self.wrong(row, "party_organization", party)
            return
        # a wrong row's organization may have no township; that row says so itself
        if party.township_id and not self.batch.may_write(party.township_id):
            self.out_of_reach.add(id(row))
            if not self.is_shared:
                self.wrong(row, "party_organization", OUT_OF_REACH)
                return
        row.values["party_organization"] = party

    def find(self) -> None:
        """Rows and stored records with the same key are matched: the equal ones, then in order."""
        by_key: dict[Any, list[Row]] = {}
        for row in self.rows:
            if row.is_right("party_organization", *self.natural):
                by_key.setdefault(self.key(row), []).append(row)
        stored = self._stored_records()
        self.repeated: set[int] = set()
        for (_, *rest), rows in by_key.items():
            party = rows[0].values["party_organization"]
            self._match(rows, list(stored.get((party.pk, *rest), ())))
        self.drop_repeated(self.rows, self.repeated)

    def _match(self, rows: list[Row], records: list[Any]) -> None:
        left = []
        for row in rows:
            equal = (one for one in records if not self.differences(one, self.given(row)))
            row.instance = next(equal, None)
            if row.instance is None:
                left.append(row)
            else:
                records.remove(row.instance)
        seen: dict[Any, Row] = {}
        if len(rows) > len(left) and not self.is_plural:
            seen[()] = next(row for row in rows if row.instance is not None)
        for row in left:
            if (record := self.meant(row, records)) is not None:
                records.remove(record)
                row.instance = record
                seen.setdefault((), row)
                continue
            key = repr(row.values) if self.is_plural else ()
            if not self.once(row, key, seen, self.natural[0]) and not row.is_wrong:
                self.repeated.add(id(row))

    def meant(self, row: Row, records: list[Any]) -> Any:
        """Which of the stored records with the row's key the row changes; None: it is a new one."""
        return records[0] if records else None

    def key(self, row: Row) -> tuple[Any, ...]:
        party = row.values["party_organization"]
        return (id(party), *(self.said(row, name) for name in self.natural))

    def said(self, row: Row, name: str) -> Any:
        """What the row says in a column of the key; a blank is an empty text."""
        value = row.values.get(name)
        return "" if value is None or value is CLEARED else value

    def stored_key(self, instance: Any) -> tuple[Any, ...]:
        return tuple(as_read(getattr(instance, name)) for name in self.natural)

    def _stored_records(self) -> dict[tuple[Any, ...], list[Any]]:
        keys = {
            party.pk
            for row in self.rows
            if isinstance(party := row.values.get("party_organization"), PartyOrganization)
            and party.pk
        }
        found: dict[tuple[Any, ...], list[Any]] = {}
        for part in chunks(sorted(keys)):
            for one in self.stored_rows(part):
                found.setdefault((self.owner_of(one).pk, *self.stored_key(one)), []).append(one)
        return found

    def stored_rows(self, parties: list[int]) -> Any:
        """Records of these party organizations, oldest first."""
        manager: Any = self.model._default_manager
        rows = manager.filter(**{f"{self.owner}__in": parties})
        return rows.select_related(self.owner).order_by("pk")

    def compare(self, row: Row) -> None:
        super().compare(row)
        outside = id(row) in self.out_of_reach
        if outside and (row.is_new or row.changes or not self._is_seen(row.instance)):
            code = row.values["party_organization"].code
            self.wrong(row, "party_organization", OUT_OF_REACH, value=code)

    def _is_seen(self, instance: Any) -> bool:
        manager: Any = self.model._default_manager
        return manager.visible_to(self.batch.by).filter(pk=instance.pk).exists()

    def not_in_future(self, row: Row, *names: str) -> None:
        """Warn of days that have not come yet."""
        for name in names:
            day = row.values.get(name)
            if row.is_right(name) and day not in (None, CLEARED) and day > self.batch.today:
                self.warn(row, name, "日期晚于今天,请核对")


def as_read(value: Any) -> Any:
    """A stored value as a cell with it is read: texts without stray blanks and wide signs."""
    if value is None:
        return ""
    return text_of(value) if isinstance(value, str) else value
