"""Forms of the registry; every choice of another record comes from what the user may see."""

from typing import Any

from django import forms

from organizations.models import Instructor, SocialOrganization, Township
from organizations.rules.vocabulary import Status


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


class SocialOrganizationForm(forms.ModelForm):
    """Facts of a social organization; `version` notices that somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = SocialOrganization
        fields = [
            *("name", "credit_code", "category", "registrar", "registered_on", "status"),
            *("principal", "staff_count", "full_member_count", "remark"),
        ]
        widgets = {"registered_on": DateInput()}
        help_texts = {
            "name": "更正错字用这里;经批准的更名请用“更名”,曾用名会保留",
            "credit_code": "18 位,城乡社会组织没有的可以不填",
            "full_member_count": "组织关系不论是否在本单位,按上报的正式党员人数填写",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # an end has a page of its own, where what ends with it is shown
        ended = self.instance.status == Status.DEREGISTERED
        self.fields["status"].choices = [
            (code, label)
            for code, label in Status.choices()
            if (code == Status.DEREGISTERED) == ended
        ]
        self.fields["version"].initial = self.instance.version


class HandOverForm(forms.Form):
    """Where an organization goes. The names of the city's townships are no secret; their rows are."""

    to = forms.ModelChoiceField(None, label="移入镇(街道)")
    reason = forms.CharField(label="移交理由", max_length=300, help_text="例如:住所迁至该镇")

    def __init__(self, *args: Any, organization: SocialOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Township.neighbours_of(organization.township_id)


class InstructorForm(forms.ModelForm):
    """An instructor; `version` notices that somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Instructor
        fields = ["code", "name", "township", "started_on"]
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
