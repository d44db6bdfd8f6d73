"""Forms of the small records."""

from typing import Any

from django import forms

from activities.models import Agreement, Fund, Incident, PartyHonour, Venue
from organizations.forms import DateInput, tells_how_it_was_opened
from organizations.models import PartyOrganization, Township


class SmallForm(forms.ModelForm):
    """Knows who asks: organizations to choose from are those that the account sees."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(user)
        field = self.fields["party_organization"]
        field.queryset = parties
        own = list(parties[:2])
        if len(own) == 1 and self.instance.pk is None:
            field.initial, field.widget = own[0].pk, forms.HiddenInput()
        self.fields["version"].initial = self.instance.version
        tells_how_it_was_opened(self)
        for name in ("partner_organization", "shared_with"):
            if name in self.fields:
                self.fields[name].queryset = parties
        if "township" in self.fields:
            self.fields["township"].queryset = Township.objects.visible_to(user)


class AgreementForm(SmallForm):
    class Meta:
        model = Agreement
        fields = [
            *("party_organization", "kind", "partner", "partner_organization", "signed_on"),
            *("valid_to", "content"),
        ]
        widgets = {"signed_on": DateInput(), "valid_to": DateInput()}
        help_texts = {"valid_to": "长期有效的不填"}


class VenueForm(SmallForm):
    class Meta:
        model = Venue
        fields = [
            *("party_organization", "name", "township", "address", "area", "opened_on"),
            *("closed_on", "has_room", "has_equipment", "has_sign", "has_books", "has_rules"),
            *("has_log", "has_board", "checked_on", "is_shared", "shared_with"),
        ]
        widgets = {
            "opened_on": DateInput(),
            "closed_on": DateInput(),
            "checked_on": DateInput(),
            "shared_with": forms.SelectMultiple(attrs={"size": 8}),
        }
        help_texts = {
            "checked_on": "按“七有”标准核查的日期",
            "is_shared": "区域共享型两新组织活动场所",
            "shared_with": "电脑上按住 Ctrl 可多选",
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("shared_with") and not data.get("is_shared"):
            self.add_error("is_shared", "选了共享党组织的,请同时勾选“区域共享型”。")
        return data


class FundForm(SmallForm):
    class Meta:
        model = Fund
        fields = [
            *("party_organization", "year", "kind", "amount", "dated_on", "purpose", "document"),
        ]
        widgets = {"dated_on": DateInput()}


class HonourForm(SmallForm):
    class Meta:
        model = PartyHonour
        fields = [
            *("party_organization", "kind", "level", "title", "matter", "awarded_on"),
            *("awarded_by", "document"),
        ]
        widgets = {"awarded_on": DateInput()}
        help_texts = {"matter": "同一事项只按最高级别计一次,填相同的字样即可,如“海上枫桥经验”"}


class IncidentForm(SmallForm):
    class Meta:
        model = Incident
        fields = ["party_organization", "kind", "happened_on", "description", "evidence"]
        widgets = {"happened_on": DateInput()}
        help_texts = {"evidence": "处分决定、通报、行政处罚决定书等的文号"}
