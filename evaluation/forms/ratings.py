"""Forms of rating: what reviewers give, what schemes hold, a cycle's days."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from evaluation.models import RatingCycle, StarRating
from evaluation.rules.vocabulary import CycleStage
from organizations.forms import DateInput


class AssessForm(forms.Form):
    """Points for every item that applies; what equals the computed points is not kept."""

    remark = forms.CharField(
        label="总体说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rating: StarRating, standing: dict[str, Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.rating = rating
        self.fields["version"].initial = rating.version
        self.codes = []
        for item in rating.result["items"]:
            if item["got"] is None:
                continue
            code = item["code"]
            given = standing.get(code, {})
            self.codes.append(code)
            self.fields[f"points_{code}"] = forms.DecimalField(
                label=code,
                min_value=0,
                max_value=Decimal(item["points"]),
                decimal_places=2,
                initial=given.get("points", item["got"]),
            )
            self.fields[f"note_{code}"] = forms.CharField(
                label="理由", max_length=300, required=False, initial=given.get("note", "")
            )

    def rows(self, titles: dict[str, str]) -> list[dict[str, Any]]:
        """One row an item: what was computed, and the two fields."""
        by_code = {item["code"]: item for item in self.rating.result["items"]}
        return [
            {
                "code": code,
                "title": titles.get(code, code),
                "item": by_code[code],
                "points": self[f"points_{code}"],
                "note": self[f"note_{code}"],
            }
            for code in self.codes
        ]

    def scores(self) -> dict[str, dict[str, Any]]:
        return {
            code: {
                "points": self.cleaned_data[f"points_{code}"],
                "note": self.cleaned_data[f"note_{code}"],
            }
            for code in self.codes
        }


class DecisionForm(forms.Form):
    star = forms.TypedChoiceField(label="审定星级", coerce=int)
    reason = forms.CharField(
        label="理由", max_length=300, required=False, help_text="与系统测算不同时必须写明"
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, rating: StarRating, stars: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["star"].choices = stars
        shown = rating.final_star if rating.final_star is not None else rating.star
        self.fields["star"].initial = shown
        self.fields["reason"].initial = rating.final_reason
        self.fields["version"].initial = rating.version


class ReasonForm(forms.Form):
    reason = forms.CharField(label="理由", max_length=300)


class ObjectionForm(forms.Form):
    text = forms.CharField(
        label="异议内容",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="只写事项,不写提出人的姓名、电话",
    )
    received_on = forms.DateField(label="收到日期", widget=DateInput())


class AnswerForm(forms.Form):
    upheld = forms.ChoiceField(label="结论", choices=[("no", "不成立"), ("yes", "成立,已重新审定")])
    answer = forms.CharField(label="复核情况", max_length=500)


class VetoForm(forms.Form):
    confirm = forms.ChoiceField(choices=[("yes", "确认"), ("no", "不予认定")])
    reason = forms.CharField(label="认定理由", max_length=300)


class CycleForm(forms.ModelForm):
    """The days of a new cycle; the usual ones are filled in."""

    class Meta:
        model = RatingCycle
        fields = [
            *("year", "self_from", "self_until", "first_until", "committee_until"),
            "decision_until",
        ]
        widgets = {name: DateInput() for name in fields if name != "year"}

    @staticmethod
    def usual_days(year: int) -> dict[str, date]:
        return {
            "self_from": date(year, 11, 1),
            "self_until": date(year, 11, 20),
            "first_until": date(year, 12, 10),
            "committee_until": date(year, 12, 25),
            "decision_until": date(year + 1, 1, 31),
        }

    def days(self) -> dict[str, date]:
        return {name: day for name, day in self.cleaned_data.items() if name != "year"}


class FreezeForm(forms.Form):
    is_sure = forms.BooleanField(
        label="全年记录已核对;知道冻结以后不能撤回",
        error_messages={"required": "冻结以后不能撤回,请先勾选确认。"},
    )


class NoticeForm(forms.Form):
    first_day = forms.DateField(
        label="公示首日", widget=DateInput(), error_messages={"required": "请填写公示首日。"}
    )


class NamingForm(forms.Form):
    document = forms.CharField(
        label="命名文号", max_length=100, error_messages={"required": "请填写命名文号。"}
    )


# what is asked before a stage ends
STAGE_FORMS: dict[str, type[forms.Form]] = {
    CycleStage.SELF.value: FreezeForm,
    CycleStage.DECISION.value: NoticeForm,
    CycleStage.NOTICE.value: NamingForm,
}
