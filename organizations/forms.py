"""Forms of the registry; every choice of another record comes from what the user may see."""

from typing import Any

from django import forms

from organizations.models import SocialOrganization, Township
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
