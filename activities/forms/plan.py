"""Forms of year plans, of the fixed day, and of the archive."""

from typing import Any

from django import forms

from activities.models import ArchiveDocument, ArchiveFolder, LifeSetting, PlanItem, YearPlan
from members.models import PartyGroup
from organizations.forms import DateInput


class PlanForm(forms.ModelForm):
    class Meta:
        model = YearPlan
        fields = ["feature", "note"]
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"feature": "一党委一品牌、一支部一特色,如“轮值书记”"}


class PlanItemForm(forms.ModelForm):
    class Meta:
        model = PlanItem
        fields = [
            *("kind", "group", "planned_on", "theme", "place", "host", "audience", "owner"),
        ]
        widgets = {"planned_on": DateInput()}

    def __init__(self, *args: Any, user: Any, plan: YearPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = PartyGroup.objects.visible_to(user)
        self.fields["group"].queryset = groups.filter(party_organization=plan.party_organization_id)


class SettingForm(forms.ModelForm):
    class Meta:
        model = LifeSetting
        fields = ["theme_day"]
        help_texts = {"theme_day": "每月相对固定的 1 天(1 至 31);短月取最后一天"}


class DocumentForm(forms.ModelForm):
    class Meta:
        model = ArchiveDocument
        fields = ["folder", "title", "dated_on", "note"]
        widgets = {"dated_on": DateInput()}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        folders = ArchiveFolder.objects.visible_to(user).filter(is_active=True)
        self.fields["folder"].queryset = folders
