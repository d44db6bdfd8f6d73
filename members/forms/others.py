"""Forms of organizations' people: applicants, groups, steps, periods."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from members.forms.fields import DayInput, RecordField, day, words
from members.models import AdmissionStep, Applicant, MobileContact
from members.rules.admission import STEPS
from members.rules.parameters import Parameter
from organizations.models import PartyOrganization
from organizations.rules.vocabulary import PartyKind


class DayForm(forms.Form):
    """An end: on which day."""

    on = day("日期", help_text="从这一天起不再有效")


class ApplicantForm(forms.ModelForm):
    party = RecordField(label="培养党组织", help_text="填编码或全称")
    applied_on = day("递交入党申请书日期")

    class Meta:
        model = Applicant
        fields = ["name", "gender", "born_on", "workplace"]
        widgets = {"born_on": DayInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(user)
        parties = parties.filter(dissolved_on__isnull=True).exclude(kind=PartyKind.JOINT)
        self.fields["party"].offer(parties, "party")
        if user.scope.kind == "party_organization":
            self.fields["party"].initial = user.scope.code

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields}


class StepForm(forms.ModelForm):
    number = forms.TypedChoiceField(
        label="步骤", coerce=int, choices=[(s.number, f"{s.number:02d} {s.name}") for s in STEPS]
    )

    class Meta:
        model = AdmissionStep
        fields = ["number", "done_on", "persons", "document", "note"]
        widgets = {"done_on": DayInput()}
        help_texts = {
            "persons": "谈话人、培养联系人、介绍人等",
            "document": "第 17、24 步须填写审批的基层党委和文号",
        }


class EndApplicantForm(forms.Form):
    on = day("终止日期")
    reason = words("终止原因", required=True)


class ContactForm(forms.ModelForm):
    class Meta:
        model = MobileContact
        fields = ["on", "way", "note"]
        widgets = {"on": DayInput()}


class GroupForm(forms.Form):
    name = forms.CharField(label="党小组名称", max_length=60)
    on = day("成立日期")


class CarryForm(forms.Form):
    to = RecordField(label="转入党组织", help_text="全体党员和正在培养的发展对象一并转入")
    on = day("转接日期")
    reason = words("原因", required=True, help_text="如:党组织撤销、合并及文号")

    def __init__(self, *args: Any, user: Any, party: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(user).exclude(pk=party.pk)
        parties = parties.filter(dissolved_on__isnull=True).exclude(kind=PartyKind.JOINT)
        self.fields["to"].offer(parties, "to")


class ParameterForm(forms.Form):
    name = forms.ChoiceField(label="参数", choices=Parameter.choices())
    year = forms.IntegerField(label="起用年度", min_value=2000, max_value=2100)
    value = forms.DecimalField(label="数值", min_value=0, max_digits=8, decimal_places=2)


class PeriodForm(forms.Form):
    """The period of the balance: two days, by default the year so far."""

    since = forms.DateField(label="期初", required=False, widget=DayInput())
    until = forms.DateField(label="期末", required=False, widget=DayInput())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        today = timezone.localdate()
        cleaned["until"] = cleaned.get("until") or today
        cleaned["since"] = cleaned.get("since") or date(cleaned["until"].year - 1, 12, 31)
        if cleaned["since"] >= cleaned["until"]:
            self.add_error("since", "期初须早于期末。")
        return cleaned
