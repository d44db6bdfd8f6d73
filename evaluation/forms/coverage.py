"""What one may ask of coverage; the page and the API read the same parameters."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from evaluation.dashboard.coverage import DIMENSIONS, NO_UNIT, TREND_MONTHS, WITHOUT_UNIT, Selection
from organizations.models import SupervisingUnit, Township
from organizations.rules.vocabulary import Category

GROUPABLE = [*DIMENSIONS, "month"]
EARLIEST = date(1949, 10, 1)


class CoverageForm(forms.Form):
    """Day, filters and breakdown. Choices come from what the user may see."""

    as_of = forms.DateField(
        label="数据截至",
        required=False,
        error_messages={"invalid": "日期格式不正确,应为 2019-10-16 这样的形式"},
    )
    group_by = forms.CharField(label="分组", required=False)
    township = forms.CharField(label="区划代码", required=False)
    category = forms.CharField(label="类别", required=False)
    supervising_unit = forms.CharField(label="业务主管单位", required=False)
    months = forms.IntegerField(
        label="月数",
        required=False,
        min_value=1,
        max_value=60,
        error_messages={
            "invalid": "应为 1 至 60 的整数",
            "min_value": "应为 1 至 60 的整数",
            "max_value": "应为 1 至 60 的整数",
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_as_of(self) -> date:
        day = self.cleaned_data["as_of"] or timezone.localdate()
        if day > timezone.localdate():
            raise ValidationError("不能晚于今天")
        if day < EARLIEST:
            raise ValidationError("不能早于 1949-10-01")
        return day

    def clean_group_by(self) -> tuple[str, ...]:
        names = [name.strip() for name in self.cleaned_data["group_by"].split(",") if name.strip()]
        for name in names:
            if name not in GROUPABLE:
                raise ValidationError(f"不能按“{name}”分组,可选:{'、'.join(GROUPABLE)}")
        if len(set(names)) != len(names):
            raise ValidationError("同一个分组项只能写一次")
        return tuple(names)

    def clean_township(self) -> str:
        prefix = self.cleaned_data["township"].strip()
        if prefix and not prefix.isdigit():
            raise ValidationError("应为统计用区划代码(数字)或它的前几位")
        visible = Township.objects.visible_to(self.user)
        if prefix and not visible.filter(code__startswith=prefix).exists():
            raise ValidationError(f"没有以“{prefix}”开头的镇(街道)")
        return prefix

    def clean_category(self) -> str:
        text = self.cleaned_data["category"].strip()
        if not text:
            return ""
        for term in Category:
            if text in (term.value, term.label):
                return term.value
        legal = "、".join(f"{term.value}({term.label})" for term in Category)
        raise ValidationError(f"没有“{text}”这个类别,可选:{legal}")

    def clean_supervising_unit(self) -> str:
        text = self.cleaned_data["supervising_unit"].strip()
        if text in ("", WITHOUT_UNIT):
            return text
        if text == NO_UNIT:
            return WITHOUT_UNIT
        units = SupervisingUnit.objects.visible_to(self.user)
        unit = units.filter(code=text).first() or units.filter(name=text).first()
        if unit is None:
            raise ValidationError(f"没有编码或名称为“{text}”的业务主管单位")
        return unit.code

    def selection(self) -> Selection:
        """The valid form as a selection of organizations on a day."""
        cleaned = self.cleaned_data
        return Selection(
            day=cleaned["as_of"],
            township=cleaned["township"],
            category=cleaned["category"],
            supervising_unit=cleaned["supervising_unit"],
        )

    def trend_months(self) -> int:
        return self.cleaned_data["months"] or TREND_MONTHS
