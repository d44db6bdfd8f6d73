"""Forms of instructors and of what they are assigned to."""

from typing import Any

from django import forms

from organizations.forms.codes import NameField
from organizations.forms.days import DateInput
from organizations.forms.opened import tells_how_it_was_opened
from organizations.models import Instructor, Township


class InstructorForm(forms.ModelForm):
    """An instructor; `version` notices that somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Instructor
        fields = ["code", "name", "township", "started_on"]
        field_classes = {"name": NameField}
        widgets = {"started_on": DateInput()}
        help_texts = {
            "code": "全市唯一,例如工号;导入台账时按它对应",
            "started_on": "不清楚的可以不填",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user)
        self.fields["township"].queryset = townships
        if self.instance.pk:
            self.fields["version"].initial = self.instance.version
            tells_how_it_was_opened(self)
        elif len(own := list(townships[:2])) == 1:
            self.fields["township"].initial = own[0]


class RetireForm(forms.Form):
    on = forms.DateField(
        label="离任日期", widget=DateInput(), help_text="从这一天起不再任职,未结束的联系同时结束"
    )
    reason = forms.CharField(label="离任原因", max_length=300, help_text="例如:岗位调整")


class EndAssignmentForm(forms.Form):
    on = forms.DateField(label="结束日期", widget=DateInput(), help_text="从这一天起不再联系")
    reason = forms.CharField(label="原因", max_length=300, required=False)


class CancelAssignmentForm(forms.Form):
    reason = forms.CharField(
        label="撤销理由", max_length=300, help_text="录错时使用:这条联系不再算作发生过"
    )


class TransferForm(forms.Form):
    """To whom; the least loaded of the same township are offered first."""

    taker = forms.ModelChoiceField(None, label="转交给", to_field_name="code")
    on = forms.DateField(label="转交日期", widget=DateInput(), help_text="从这一天起由对方联系")
    reason = forms.CharField(label="原因", max_length=300, required=False)

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taker"].queryset = candidates
        self.fields["taker"].label_from_instance = lambda one: (
            f"{one.name}({one.township.name},现联系 {one.load} 家)"
        )


class AssignOrganizationsForm(forms.Form):
    """Which organizations an instructor is to serve; choices are those on the page."""

    organizations = forms.ModelMultipleChoiceField(None, label="社会组织")
    on = forms.DateField(label="联系起始日期", widget=DateInput())

    def __init__(self, *args: Any, organizations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organizations"].queryset = organizations


class AssignInstructorForm(forms.Form):
    """Who is to serve an organization; the least loaded of its township come first."""

    instructor = forms.ModelChoiceField(
        None, label="指导员", to_field_name="code", empty_label=None
    )
    on = forms.DateField(label="联系起始日期", widget=DateInput())

    def __init__(self, *args: Any, candidates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["instructor"].queryset = candidates
        self.fields["instructor"].label_from_instance = lambda one: (
            f"{one.name}({one.code},现联系 {one.load} 家)"
        )
