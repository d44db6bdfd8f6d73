"""Forms of coverage links."""

from typing import Any

from django import forms
from django.utils import timezone

from organizations.forms.days import DateInput, day_field, document_field, reason_field
from organizations.models import CoverageLink, PartyOrganization
from organizations.rules.vocabulary import Mode

BY_RULE = [("", "按所选党组织的建议"), *Mode.choices()]


class CoverForm(forms.Form):
    """Which party organization covers from when, and how. Candidates stand beside it."""

    party = forms.ModelChoiceField(
        None, label="党组织", error_messages={"required": "请在下面选择一个党组织"}
    )
    mode = forms.ChoiceField(label="组建方式", required=False, choices=BY_RULE)
    on = day_field("覆盖起始日期")
    document = document_field()

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(user)
        self.fields["party"].queryset = parties.filter(dissolved_on=None)
        self.fields["on"].initial = timezone.localdate()


class LinkTransferForm(CoverForm):
    reason = reason_field("转移原因")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "转移日期"
        self.fields["on"].help_text = "原覆盖关系在这一天结束,新的同一天开始"


class LinkForm(forms.ModelForm):
    """What was entered wrongly; `version` notices that somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = reason_field("更正理由", "例如:日期抄错")

    class Meta:
        model = CoverageLink
        fields = ["mode", "valid_from", "valid_to", "document"]
        widgets = {"valid_from": DateInput(), "valid_to": DateInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version
