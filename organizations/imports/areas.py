"""Townships, units and bodies as a batch knows them: by name, and made when first named."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from accounts.models import User
from organizations.imports.row_form import ChoiceCell, Column, YesCell
from organizations.imports.sheet import Row, Sheet
from organizations.imports.writer import Writer
from organizations.models import FormerUnitName, ResponsibleBody, SupervisingUnit, Township
from organizations.rules.cells import header_key, text_of
from organizations.rules.coverage import body_kind
from organizations.rules.responsibility import proposed_line, unit_of_body
from organizations.rules.vocabulary import BodyKind


def _by_name(townships: Iterable[Township]) -> dict[str, Township]:
    """By name, and by the name as people say it (蚶江 for 蚶江镇) where it means one alone."""
    short: dict[str, list[Township]] = {}
    for township in townships:
        name = header_key(township.name)
        if bare := re.sub("(街道|镇|乡)$", "", name):
            short.setdefault(bare, []).append(township)
    alone = {name: found[0] for name, found in short.items() if len(found) == 1}
    return alone | {header_key(township.name): township for township in townships}


class Areas:
    """What the rows of a batch may name without bringing it, and which of it is the actor's."""

    def __init__(self, *, by: User | None, writer: Writer) -> None:
        self.by, self.writer = by, writer
        self.city_code: str = settings.CITY_CODE
        self._proposed: dict[tuple, ResponsibleBody | None] = {}
        self._told_no_townships = False
        self._load_areas()

    def _load_areas(self) -> None:
        self.townships = {
            township.code: township
            for township in Township.objects.filter(code__startswith=self.city_code)
        }
        self._townships_by_name = _by_name(self.townships.values())
        units = SupervisingUnit.objects.filter(area_code=self.city_code)
        self.units = {text_of(unit.name): unit for unit in units}
        bodies = ResponsibleBody.objects.filter(area_code=self.city_code)
        bodies = bodies.select_related("supervising_unit")
        self.bodies = {text_of(body.name): body for body in bodies}
        self._load_former_names()
        self.new_units: list[SupervisingUnit] = []
        self.new_bodies: list[ResponsibleBody] = []

    def _load_former_names(self) -> None:
        """What ledgers that were written earlier call units, and bodies that are named after them."""
        own = {body.supervising_unit_id: body for body in self.bodies.values()}
        self.formerly: dict[str, SupervisingUnit] = {}
        self.bodies_formerly: dict[str, ResponsibleBody] = {}
        # one object a unit, by which what follows knows it again
        units = {unit.pk: unit for unit in self.units.values()}
        for former in FormerUnitName.objects.filter(area_code=self.city_code):
            unit = units.get(former.unit_id)
            if unit is None:  # made or renamed at this moment; the check before the import sees it
                continue
            self.formerly[text_of(former.name)] = unit
            body = own.get(unit.pk)
            if body is not None and body.name.startswith(unit.name):
                name = former.name + body.name.removeprefix(unit.name)
                self.bodies_formerly[text_of(name)] = body

    def township(self, text: Any) -> Township | None:
        """By name or by code, within the city."""
        key = text_of(text)
        return self.townships.get(key) or self._townships_by_name.get(header_key(key))

    def tell_unknown_township(self, sheet: Sheet, row: Row, text: str) -> None:
        """An error of the row; where the city has no townships at all, said once and not a row."""
        known = "、".join(t.name for t in list(self.townships.values())[:30])
        message = f"没有名为“{text}”的镇(街道),本市现有:{known}"
        if not self.townships:
            if self._told_no_townships:
                row.wrong_columns |= {"township"}
                return
            self._told_no_townships = True
            message = f"系统中还没有 {self.city_code} 的镇(街道),请先运行 import_townships 导入区划"
        sheet.wrong(row, "township", message, value=text)

    def unit(self, name: str) -> SupervisingUnit:
        """The unit that bears or bore this name; made, and reported, when named for the first time."""
        if name not in self.units and name in self.formerly:
            return self.formerly[name]
        if name not in self.units:
            self.units[name] = unit = SupervisingUnit(name=name, area_code=self.city_code)
            self.new_units.append(unit)
        return self.units[name]

    def body(self, name: str, township: Township) -> ResponsibleBody:
        """The body with this name; the generic 镇(街道)两新组织党委 means the row's township's."""
        kind = body_kind(name)
        if kind == BodyKind.TOWNSHIP and name.startswith(("镇(街道)", "镇街", "乡镇")):
            name = f"{township.name}两新组织党委"
        if name not in self.bodies and name in self.bodies_formerly:
            return self.bodies_formerly[name]
        if name not in self.bodies:
            own = None
            if kind == BodyKind.TOWNSHIP:
                own = next((t for t in self.townships.values() if t.name in name), township)
            body = ResponsibleBody(name=name, kind=kind, area_code=self.city_code, township=own)
            if kind == BodyKind.LINE:
                body.supervising_unit = self._unit_of(name)
            self.bodies[name] = body
            self.new_bodies.append(body)
        return self.bodies[name]

    def _unit_of(self, name: str) -> SupervisingUnit | None:
        """The unit that a line's body is named after, unless it has one already."""
        known = self.formerly | self.units
        unit = known.get(unit_of_body(name, list(known)) or "")
        taken = any(body.supervising_unit == unit for body in self.bodies.values())
        return None if taken else unit

    def proposed_body(
        self, unit: SupervisingUnit | None, category: str, township: Township
    ) -> ResponsibleBody | None:
        """The body that the rule proposes, among those stored and those that the batch brings."""
        asked = (id(unit), category, township.pk, len(self.bodies))
        if asked not in self._proposed:
            self._proposed[asked] = self._body_by_rule(unit, category, township)
        return self._proposed[asked]

    def _body_by_rule(
        self, unit: SupervisingUnit | None, category: str, township: Township
    ) -> ResponsibleBody | None:
        bodies = sorted(self.bodies.values(), key=lambda one: (one.pk is None, one.pk or 0))
        line = next((b for b in bodies if unit is not None and b.supervising_unit == unit), None)
        committee = next((b for b in bodies if b.kind == BodyKind.COMMITTEE), None)
        own = next(
            (b for b in bodies if b.kind == BodyKind.TOWNSHIP and b.township_id == township.pk),
            None,
        )
        chosen = proposed_line(
            category=category,
            has_line=line is not None,
            has_committee=committee is not None,
            has_township=own is not None,
        )
        found = {BodyKind.LINE: line, BodyKind.COMMITTEE: committee, BodyKind.TOWNSHIP: own}
        return found[chosen] if chosen else None

    def legal_values(self, column: Column) -> list[str]:
        """What may stand in a column, where that is a closed list or a known set of names."""
        if isinstance(column.cell, ChoiceCell):
            return [label for _, label in column.cell.choices]
        if isinstance(column.cell, YesCell):
            return ["是", "否"]
        names: dict[str, Iterable[str]] = {
            "township": (t.name for t in self.townships.values() if self.may_write(t.code)),
            "supervising_unit": (name for name, unit in self.units.items() if unit.pk),
            "responsible_body": (
                name
                for name, body in self.bodies.items()
                if body.pk and (body.township_id is None or self.may_write(body.township_id))
            ),
        }
        return list(names.get(column.name, ()))

    def save_areas(self) -> None:
        """Save the new units and bodies; codes follow the names' order, not the files'."""
        self.new_units.sort(key=lambda unit: unit.name)
        codes = SupervisingUnit.free_codes(self.city_code)
        for unit, code in zip(self.new_units, codes, strict=False):
            unit.code = code
        self.writer.create(self.new_units)
        self.new_bodies.sort(key=lambda body: body.name)
        self.writer.create(self.new_bodies)

    def may_write(self, township_code: str) -> bool:
        """Is this township inside the importing account's scope? The command line has no limit."""
        if self.by is None:
            return True
        scope = self.by.scope
        inside = scope.is_area and township_code.startswith(scope.code)
        return inside and (
            not scope.areas or any(township_code.startswith(area) for area in scope.areas)
        )
