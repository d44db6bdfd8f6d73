"""What the sheets of a party organization's records share."""

from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, cast

from organizations.imports.party_organization import PartyOrganizationSheet
from organizations.imports.row_form import CLEARED, CellField, RowForm, TextCell
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.models import PartyOrganization
from organizations.rules.cells import CellError, Raw, text_of

MOST = Decimal(1_000_000_000)
YES, NO = (
    ("是", "有", "√", "y", "yes", "1", "true"),
    ("否", "无", "没有", "×", "n", "no", "0", "false"),
)


class AmountCell(CellField):
    """Yuan with at most two decimals."""

    def read(self, raw: Raw) -> Decimal:
        text = (f"{raw:.2f}" if isinstance(raw, float) else text_of(raw)).replace(",", "")
        try:
            value = Decimal(text.removesuffix("元"))
        except InvalidOperation as error:
            raise CellError("金额应写成数字,如 1500 或 1500.50") from error
        if not 0 <= value <= MOST or value != value.quantize(Decimal("0.01")):
            raise CellError("金额应为不超过两位小数的非负数")
        return value.quantize(Decimal("0.01"))

    def write(self, value: Any) -> Raw:
        return f"{value:.2f}"


class YesCell(CellField):
    """Yes or no, as ledgers write it."""

    def read(self, raw: Raw) -> bool:
        text = text_of(raw).lower()
        if text in YES:
            return True
        if text in NO:
            return False
        raise CellError("请填“是”或“否”")

    def write(self, value: Any) -> Raw:
        return "是" if value else "否"


class OwnedRow(RowForm):
    """Names the party organization by its code."""

    party_organization = TextCell(label="党组织编码", upper=True)
    words = {"party_organization": ("党组织代码", "所在党组织编码", "支部编码")}


class OwnedSheet(Sheet):
    """A subclass names its form and `natural`: the columns that say which record a row means."""

    natural: ClassVar[tuple[str, ...]]

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return rows.select_related("party_organization").order_by("pk")

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        value = super().value_of(instance, name)
        return value.code if name == "party_organization" else value

    def prepare(self) -> None:
        self.parties = cast(PartyOrganizationSheet, self.batch.sheets["party_organization"])
        codes = {
            code
            for row in self.rows
            if isinstance(code := row.values.get("party_organization"), str)
        }
        self.batch.load_references(parties=codes)

    def resolve(self, row: Row) -> None:
        if not row.is_right("party_organization"):
            return
        party = self.parties.referred(row.values["party_organization"])
        if isinstance(party, str):
            self.wrong(row, "party_organization", party)
            return
        row.values["party_organization"] = party
        if not self.batch.may_write(party.township_id):
            self.wrong(row, "party_organization", "这个党组织不在您的管辖范围,不能录入")

    def find(self) -> None:
        stored = self._stored_records()
        seen: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            if not row.is_right("party_organization", *self.natural):
                continue
            party = row.values["party_organization"]
            rest = tuple(self.said(row, name) for name in self.natural)
            if not self.once(row, (id(party), *rest), seen, self.natural[0]):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            row.instance = stored.get((party.pk, *rest))
        self.drop_repeated(self.rows, repeated)

    def said(self, row: Row, name: str) -> Any:
        """What the row says in a column of the key; a blank is an empty text."""
        value = row.values.get(name)
        return "" if value is None or value is CLEARED else value

    def stored_key(self, instance: Any) -> tuple[Any, ...]:
        values = (getattr(instance, name) for name in self.natural)
        return tuple("" if value is None else value for value in values)

    def _stored_records(self) -> dict[tuple[Any, ...], Any]:
        keys = {
            party.pk
            for row in self.rows
            if isinstance(party := row.values.get("party_organization"), PartyOrganization)
            and party.pk
        }
        found: dict[tuple[Any, ...], Any] = {}
        for part in chunks(sorted(keys)):
            for one in self.stored_rows(part):
                found.setdefault((one.party_organization_id, *self.stored_key(one)), one)
        return found

    def stored_rows(self, parties: list[int]) -> Any:
        """Records of these party organizations, oldest first."""
        manager: Any = self.model._default_manager
        return manager.filter(party_organization__in=parties).order_by("pk")
