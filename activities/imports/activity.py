"""The 会议活动 sheet: records that were kept on paper or elsewhere, brought in as filed."""

from datetime import datetime, time
from typing import Any

from django.utils import timezone

from activities.models import Activity, ActivityType, ArchiveDocument, ArchiveFolder
from activities.rules.duties import KINDS
from activities.rules.records import filed_in_time
from activities.rules.vocabulary import ActivityKind, RecordState
from organizations.imports.owned import OwnedRow, OwnedSheet, as_read
from organizations.imports.row_form import CellField, DateCell, cell_field
from organizations.imports.sheet import Row
from organizations.rules.cells import CellError, Raw, header_key, text_of

SEPARATORS = "、,，;；/ "
OTHER_WORDS = {
    "支部党员大会": ActivityKind.MEMBERS_MEETING,
    "支部大会": ActivityKind.MEMBERS_MEETING,
    "支部委员会": ActivityKind.COMMITTEE_MEETING,
    "支部委员会会议": ActivityKind.COMMITTEE_MEETING,
    "民主评议": ActivityKind.APPRAISAL,
    "志愿服务": ActivityKind.SERVICE,
    "服务活动": ActivityKind.SERVICE,
    "共建": ActivityKind.CO_BUILDING,
    "谈心": ActivityKind.TALK,
}


class KindsCell(CellField):
    """One kind or several, as 党员大会、党课."""

    known = {header_key(kind.label): kind for kind in ActivityKind}
    known |= {header_key(word): kind for word, kind in OTHER_WORDS.items()}

    def read(self, raw: Raw) -> tuple[str, ...]:
        text = text_of(raw)
        for sign in SEPARATORS:
            text = text.replace(sign, "、")
        found = []
        for word in filter(None, text.split("、")):
            kind = self.known.get(header_key(word))
            if kind is None:
                legal = "、".join(one.label for one in ActivityKind)
                raise CellError(f"没有“{word}”这一类型,可填:{legal}")
            found.append(kind.value)
        order = ActivityKind.codes()
        return tuple(sorted(set(found), key=order.index))

    def write(self, value: Any) -> Raw:
        return "、".join(ActivityKind(kind).label for kind in value)


class ActivityRow(OwnedRow):
    kinds = KindsCell(label="类型")
    filed_on = DateCell(label="归档日期", required=False)
    words = {
        **OwnedRow.words,
        "held_on": ("时间", "活动日期", "会议日期", "召开日期"),
        "kinds": ("会议类型", "活动类型"),
        "title": ("会议名称", "活动名称", "会议主题", "活动主题"),
        "n_expected": ("应到人数",),
        "n_present": ("实到人数",),
        "n_excused": ("请假人数",),
        "n_absent": ("缺席人数",),
        "minutes": ("会议内容", "活动内容", "记录"),
    }
    required = ("title",)

    class Meta:
        model = Activity
        formfield_callback = cell_field
        fields = [
            *("party_organization", "held_on", "title", "place", "host", "recorder", "guests"),
            *("n_expected", "n_present", "n_excused", "n_absent", "agenda", "minutes"),
        ]


class ActivitySheet(OwnedSheet):
    """Whom the records expected is not in the sheet; only how many were expected and came."""

    code, title, form = "activity", "会议活动", ActivityRow
    foreign = ("kinds", "filed_on")
    natural = ("held_on", "kinds", "title")

    @classmethod
    def listed(cls, rows: Any) -> Any:
        filed = rows.filter(state=RecordState.FILED).prefetch_related("types")
        return super().listed(filed)

    @classmethod
    def value_of(cls, instance: Any, name: str) -> Any:
        if name == "kinds":
            return tuple(instance.kinds)
        if name == "filed_on":
            return timezone.localdate(instance.filed_at) if instance.filed_at else None
        return super().value_of(instance, name)

    def stored_rows(self, parties: list[int]) -> Any:
        rows = super().stored_rows(parties).filter(state=RecordState.FILED)
        return rows.prefetch_related("types")

    def stored_key(self, instance: Any) -> tuple[Any, ...]:
        order = ActivityKind.codes()
        return (
            instance.held_on,
            tuple(sorted(instance.kinds, key=order.index)),
            as_read(instance.title),
        )

    def cross_check(self, row: Row) -> None:
        values, party = row.values, row.values.get("party_organization")
        held = values.get("held_on")
        if not row.is_right("held_on") or held is None:
            return
        if held > self.batch.today:
            self.wrong(row, "held_on", "日期晚于今天,请核对")
        elif party is not None and row.is_right("party_organization"):
            if party.founded_on and held < party.founded_on:
                self.wrong(row, "held_on", "日期早于党组织成立日期")
            elif party.dissolved_on and held >= party.dissolved_on:
                self.wrong(row, "held_on", "日期晚于党组织撤销日期")
        if row.is_right("filed_on") and values.get("filed_on"):
            filed = values["filed_on"]
            if filed < held or filed > self.batch.today:
                self.wrong(row, "filed_on", "归档日期应在会议日期与今天之间")
        counts = [values.get(n) or 0 for n in ("n_present", "n_excused", "n_absent")]
        names = ("n_expected", "n_present", "n_excused", "n_absent")
        if row.is_right(*names) and sum(counts) > (values.get("n_expected") or 0):
            self.wrong(row, "n_expected", "应到人数少于实到、请假、缺席之和")

    def compare(self, row: Row) -> None:
        super().compare(row)
        if not row.is_new and row.changes:
            name = next(iter(row.changes))
            text = "这份记录已经归档,内容与台账不同;请在页面上更正,原来的内容会保留"
            self.wrong(row, name, text)

    def defaults(self, row: Row) -> dict[str, Any]:
        """A record from paper is filed; without a day of filing, on the day of the meeting."""
        held = row.values["held_on"]
        filed_on = row.values.get("filed_on") or held
        moment = datetime.combine(filed_on, time(12), timezone.get_current_timezone())
        return {
            "state": RecordState.FILED.value,
            "filed_at": moment,
            "filed_by": self.batch.by,
            "created_by": self.batch.by,
            "is_late": not filed_in_time(held, filed_on),
        }

    def save(self) -> None:
        """Records with their kinds, filed into the archive."""
        super().save()
        new = [row for row in self.rows if row.outcome == "new"]
        folders = {folder.number: folder for folder in ArchiveFolder.objects.all()}
        types, documents = [], []
        for row in new:
            activity, kinds = row.instance, [ActivityKind(kind) for kind in row.values["kinds"]]
            types += [
                ActivityType(
                    activity=activity,
                    kind=kind.value,
                    duty=KINDS[kind].duty or "",
                    party_organization_id=activity.party_organization_id,
                    held_on=activity.held_on,
                    month=activity.held_on.month,
                    is_filed=True,
                )
                for kind in kinds
            ]
            words = "、".join(kind.label for kind in kinds)
            documents += [
                ArchiveDocument(
                    party_organization_id=activity.party_organization_id,
                    folder=folders[number],
                    year=activity.held_on.year,
                    dated_on=activity.held_on,
                    title=f"{words}:{activity.title}"[:200],
                    source_type=Activity._meta.label_lower,
                    source_id=activity.pk,
                )
                for number in sorted({KINDS[kind].folder for kind in kinds})
                if number in folders
            ]
        self.batch.writer.create(types)
        self.batch.writer.create(documents)
