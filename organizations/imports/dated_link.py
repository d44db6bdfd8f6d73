"""What the sheets of dated links share: who serves or covers which social organization, from when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, cast

from django.db import models
from django.db.models import Q

from accounts import audit
from accounts.rules import day_words
from organizations.imports.row_form import CLEARED, RowForm, TextCell
from organizations.imports.sheet import Row, Sheet, chunks
from organizations.imports.social_organization import SocialOrganizationSheet
from organizations.models.social_organization import validate_credit_code


class DatedLinkRow(RowForm):
    """Names the social organization by code, or by name and, among namesakes, township."""

    credit_code = TextCell(
        label="统一社会信用代码", required=False, upper=True, validators=[validate_credit_code]
    )
    township = TextCell(label="镇(街道)", required=False)
    words = {
        "township": ("所属镇街", "镇街", "所属镇(街道)", "所在镇(街道)", "所在镇街"),
        "social_organization": (
            *("单位名称", "组织名称", "名称", "社会组织全称", "社会组织", "单位全称", "联系单位"),
        ),
        "credit_code": ("信用代码", "社会信用代码", "统一信用代码", "统一代码"),
    }
    required = ("social_organization",)
    field_order = ("social_organization", "credit_code", "township")


@dataclass
class Ending:
    """A stored link that ends because a record of the batch ends: since when, because of what."""

    link: Any
    day: date
    sheet: Sheet
    row: Row
    before: date | None


# records that end in this batch, by key: the row that says so and the day
Causes = dict[Any, tuple[Row, date]]


def _key(record: Any) -> Any:
    """A record's primary key; of one that is not stored yet, the object itself stands for it."""
    return record.pk or ("new", id(record))


class DatedLinkSheet(Sheet):
    """A subclass names its form, the `partner` field, and how a partner's code is looked up."""

    foreign = ("credit_code", "township")
    partner: ClassVar[str]
    overlap: ClassVar[str]  # what two open rows of one pair are called

    def partner_of(self, code: str) -> Any:
        """The record with this code, or a message why there is none."""
        raise NotImplementedError

    # --- writing out -----------------------------------------------------------------------------

    @classmethod
    def listed(cls, rows: Any) -> Any:
        return rows.select_related("social_organization__township", cls.partner)

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name in ("credit_code", "township"):
            return getattr(instance.social_organization, name)
        value = super().value_of(instance, name)
        return value.code if name == cls.partner else value

    # --- checking --------------------------------------------------------------------------------

    def prepare(self) -> None:
        self.organizations = cast(SocialOrganizationSheet, self.batch.sheets["social_organization"])
        self.batch.load_references(
            codes=self.texts("credit_code"), names=self.texts("social_organization")
        )

    def resolve(self, row: Row) -> None:
        if row.is_right("credit_code", "social_organization"):
            self._resolve_organization(row)
        if row.is_right(self.partner):
            partner = self.partner_of(row.values[self.partner].upper())
            if isinstance(partner, str):
                self.wrong(row, self.partner, partner)
            else:
                row.values[self.partner] = partner

    def _resolve_organization(self, row: Row) -> None:
        values = row.values
        code, name = values.get("credit_code"), values["social_organization"]
        organization = self.organizations.referred(code, name, row.file, self._township_of(row))
        if isinstance(organization, str):
            self.wrong(row, "credit_code" if code else "social_organization", organization)
            return
        if code and organization.name and organization.name != name:
            message = f"信用代码 {code} 登记的名称是“{organization.name}”,已按代码对应"
            self.warn(row, "social_organization", message)
        values["social_organization"] = organization
        if organization.township_id and not self.batch.may_write(organization.township_id):
            self.wrong(row, "social_organization", "这家社会组织不在您的管辖范围,不能改动")

    def _township_of(self, row: Row) -> str:
        """The township that tells namesakes apart, where the row names one."""
        named = row.values.get("township")
        found = self.batch.township(named) if isinstance(named, str) else None
        if isinstance(named, str) and found is None:
            self.batch.tell_unknown_township(self, row, named)
        return found.code if found else ""

    @classmethod
    def key(cls) -> tuple[str, ...]:
        """The columns that say which link a row means."""
        return ("social_organization", "credit_code", cls.partner, "valid_from", "valid_to")

    def find(self) -> None:
        stored = self._stored_links()
        seen: dict[Any, Row] = {}
        opened: dict[Any, Row] = {}
        repeated: set[int] = set()
        for row in self.rows:
            if not row.is_right(*self.key()):
                continue
            values = row.values
            pair = (id(values["social_organization"]), id(values[self.partner]))
            if not self.once(row, (*pair, values["valid_from"]), seen, "social_organization"):
                if not row.is_wrong:
                    repeated.add(id(row))
                continue
            if values.get("valid_to") in (None, CLEARED):
                first = opened.setdefault(pair, row)
                if first is not row:
                    message = f"与 {first.place} 是{self.overlap},请给较早的一条填截止日期"
                    self.wrong(row, "valid_to", message)
                    continue
            keys = (values["social_organization"].pk, values[self.partner].pk)
            row.instance = self._match(stored.get(keys, []), row)
        self.drop_repeated(self.rows, repeated)

    def _stored_links(self) -> dict[tuple[int, int], list[models.Model]]:
        organizations = {
            row.values["social_organization"].pk
            for row in self.rows
            if row.is_right(*self.key()) and row.values["social_organization"].pk
        }
        stored: dict[tuple[int, int], list[models.Model]] = {}
        for part in chunks(sorted(organizations)):
            for link in self.model._default_manager.filter(social_organization__in=part):
                pair = (link.social_organization_id, getattr(link, f"{self.partner}_id"))
                stored.setdefault(pair, []).append(link)
        return stored

    @staticmethod
    def _match(links: list[Any], row: Row) -> Any:
        """The link that began on the same day; else, for an open row, the one still open."""
        for link in links:
            if link.valid_from == row.values["valid_from"]:
                return link
        if row.values.get("valid_to") in (None, CLEARED):
            return next((link for link in links if link.valid_to is None), None)
        return None

    def cross_check(self, row: Row) -> None:
        if not row.is_right("valid_from"):
            return
        values, end = row.values, row.values.get("valid_to")
        if end is None and row.instance is not None:
            end = row.instance.valid_to
        if row.is_right("valid_to") and end not in (None, CLEARED) and end <= values["valid_from"]:
            self.wrong(row, "valid_to", f"{self.headers['valid_to']}须晚于起始日期")

    # --- ending with what they join --------------------------------------------------------------

    def check(self) -> None:
        """Also find what ends because an organization, or the partner, ends in this batch."""
        super().check()
        sides = [self.batch.sheets[name] for name in ("social_organization", self.partner)]
        causes: list[tuple[Sheet, Causes]] = [
            (side, {_key(row.instance): (row, day) for row, day in side.ending_rows()})
            for side in sides
        ]
        self.endings: dict[int, Ending] = {}
        for row in self.rows:
            if not row.is_wrong:
                self._end_row(row, causes)
        for side, ending in causes:
            self._end_stored(side, ending)
        for ending in self.endings.values():
            counts = ending.row.ends = ending.row.ends or {}
            counts[self.title] = counts.get(self.title, 0) + 1

    def _end_row(self, row: Row, causes: list[tuple[Sheet, Causes]]) -> None:
        """A row that leaves its last day open takes it from what ends; one that outlives it is wrong."""
        link = row.instance
        for side, ending in causes:
            joined = row.values[side.code]
            cause, end = ending.get(_key(joined), (None, getattr(joined, side.end)))
            if end is None or (link.valid_to is not None and link.valid_to <= end):
                continue
            told = f"“{joined}”的{side.headers[side.end]}是{day_words(end)}"
            if cause is None:
                if row.is_new or row.changes.keys() & {"valid_from", "valid_to"}:
                    message = f"{told},请填写不晚于它的{self.headers['valid_to']}"
                    self.wrong(row, "valid_to", message)
            elif link.valid_from >= end:
                self.wrong(row, "valid_from", f"{told},{self.headers['valid_from']}须早于它")
            elif isinstance(row.values.get("valid_to"), date):
                self.wrong(row, "valid_to", f"{told},{self.headers['valid_to']}不能晚于它")
            elif row.is_new:
                row.values["valid_to"] = end
                self._close(link, end, side)
            else:
                self._keep(Ending(link, end, side, cause, link.valid_to))

    def _end_stored(self, side: Sheet, causes: Causes) -> None:
        """Stored links that no row of this sheet names end with the record that ends."""
        of = {row.instance.pk: (row, day) for row, day in causes.values() if row.instance.pk}
        if not of:
            return
        own = {row.instance.pk for row in self.rows if row.instance is not None}
        first = min(day for _, day in of.values())
        lasting = self.model._default_manager.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=first)
        )
        for part in chunks(sorted(of)):
            for link in lasting.filter(**{f"{side.code}__in": part}).order_by("pk"):
                row, day = of[getattr(link, f"{side.code}_id")]
                if link.pk in own or (link.valid_to is not None and link.valid_to <= day):
                    continue
                if link.valid_from >= day:
                    title = self.model._meta.verbose_name
                    message = (
                        f"有{title}自{day_words(link.valid_from)}起,{side.headers[side.end]}须晚于它;"
                        f"登记有误的请先更正那条{title}"
                    )
                    side.wrong(row, side.end, message)
                    continue
                self._keep(Ending(link, day, side, row, link.valid_to))

    def _keep(self, ending: Ending) -> None:
        """Of two causes the earlier one ends the link."""
        known = self.endings.get(ending.link.pk)
        if known is None or ending.day < known.day:
            self.endings[ending.link.pk] = ending

    @property
    def _has_reason(self) -> bool:
        return any(field.name == "end_reason" for field in self.model._meta.concrete_fields)

    def _close(self, link: Any, day: date, side: Sheet) -> None:
        link.valid_to = day
        if self._has_reason:
            link.end_reason = side.ended_with_it

    # --- saving ----------------------------------------------------------------------------------

    def save(self) -> None:
        super().save()
        endings = list(self.endings.values())
        for one in endings:
            self._close(one.link, one.day, one.sheet)
        self.batch.writer.update(
            [one.link for one in endings],
            ["valid_to", "end_reason"] if self._has_reason else ["valid_to"],
            expected=[{"valid_to": one.before} for one in endings],
        )

    def entries(self) -> Iterator[audit.Entry]:
        yield from super().entries()
        for one in self.endings.values():
            reason = f"{one.sheet.ended_with_it}(导入批次 {self.batch.record.pk})"
            before, after = {"valid_to": one.before}, {"valid_to": one.day}
            yield audit.Entry(f"{self.code}.end", one.link, before, after, reason)
