"""Forms of party organizations and of the events of their life."""

from typing import Any

from django import forms

from organizations.forms.days import DateInput, day_field, document_field, reason_field
from organizations.forms.opened import tells_how_it_was_opened
from organizations.models import (
    PartyOrganization,
    ResponsibleBody,
    SocialOrganization,
    Township,
)
from organizations.rules.terms import usual_term
from organizations.rules.vocabulary import Level, Mode, PartyKind

NOT_DUAL = [(code, label) for code, label in Mode.choices() if code != Mode.DUAL]


class PartyOrganizationForm(forms.ModelForm):
    """Facts of a party organization; kind, level and end have pages of their own."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = PartyOrganization
        fields = [
            *("name", "code", "parent", "responsible_body", "founded_on", "document"),
            *("term_started_on", "term_years", "secretary"),
        ]
        widgets = {"founded_on": DateInput(), "term_started_on": DateInput()}
        help_texts = {
            "name": "更正错字用这里;经批准的更名请用“更名”,曾用名会保留",
            "term_started_on": "换届请用“登记换届选举”,这里只更正错误",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = PartyOrganization.objects.visible_to(user).exclude(pk=self.instance.pk)
        wide = parents.filter(level__in=(Level.COMMITTEE, Level.GENERAL_BRANCH))
        kept = parents.filter(pk=self.instance.parent_id or 0)
        self.fields["parent"].queryset = (wide | kept).order_by("pinyin", "pk")
        self.fields["responsible_body"].queryset = ResponsibleBody.objects.visible_to(user)
        tells_how_it_was_opened(self)
        self.fields["version"].initial = self.instance.version


class FoundForm(forms.ModelForm):
    """A new party organization and what it covers from its first day."""

    mode = forms.ChoiceField(
        label="组建方式", required=False, choices=[("", "请选择"), *Mode.choices()]
    )
    organizations = forms.ModelMultipleChoiceField(
        None, label="覆盖的社会组织", required=False, widget=forms.CheckboxSelectMultiple
    )
    find = forms.CharField(
        label="查找社会组织", required=False, max_length=100, help_text="名称、代码或拼音首字母"
    )

    class Meta:
        model = PartyOrganization
        fields = [
            *("name", "code", "kind", "level", "township", "founded_on", "document", "parent"),
            *("responsible_body", "secretary"),
        ]
        widgets = {"founded_on": DateInput()}
        help_texts = {
            "code": "不填则按本市最大编码顺延",
            "responsible_body": "不填则与所覆盖的社会组织相同",
            "founded_on": "覆盖关系自这一天起",
        }

    def __init__(self, *args: Any, user: Any, offered: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user)
        self.fields["code"].required = False
        self.fields["level"].required = True
        self.fields["township"].queryset = townships
        if len(townships[:2]) == 1:
            self.fields["township"].initial = townships[0]
        parents = PartyOrganization.objects.visible_to(user)
        self.fields["parent"].queryset = parents.filter(
            level__in=(Level.COMMITTEE, Level.GENERAL_BRANCH), dissolved_on=None
        )
        self.fields["responsible_body"].queryset = ResponsibleBody.objects.visible_to(user)
        for name in ("parent", "responsible_body"):
            self.fields[name].empty_label = "不填"
        rows = SocialOrganization.objects.visible_to(user).filter(pk__in=offered)
        self.fields["organizations"].queryset = rows.select_related("township")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        kind, mode = found.get("kind"), found.get("mode")
        if kind == PartyKind.JOINT and found.get("organizations") and mode != Mode.DUAL:
            found["mode"] = Mode.DUAL.value
        return found


class UpgradeForm(forms.Form):
    level = forms.ChoiceField(label="新的层级", choices=Level.choices())
    on = day_field("变动日期", help_text="这一天以前的统计仍按原来的层级")
    document = document_field("批准文号", required=True)


class ConvertForm(forms.Form):
    """兼合式 becomes 建制性."""

    on = day_field("转为建制性的日期", help_text="这一天以前的统计仍按兼合式")
    level = forms.ChoiceField(label="层级", choices=Level.choices(), initial=Level.BRANCH.value)
    mode = forms.ChoiceField(label="此后的组建方式", choices=NOT_DUAL, initial=Mode.SOLO.value)
    document = document_field("批准文号", required=True)


class ElectionForm(forms.Form):
    held_on = day_field("选举日期")
    entitled = forms.IntegerField(
        label="应到会有选举权人数",
        min_value=1,
        max_value=100_000,
        help_text="不含预备党员和留党察看的党员",
    )
    present = forms.IntegerField(
        label="实到会有选举权人数",
        min_value=0,
        max_value=100_000,
        help_text="须达到应到的五分之四",
    )
    secretary = forms.CharField(label="当选书记", max_length=60)
    term_years = forms.IntegerField(label="任期(年)", min_value=1, max_value=10)
    outcome = forms.CharField(
        label="选举结果",
        required=False,
        max_length=1000,
        help_text="当选的委员和分工、得票情况",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = document_field("批复文号")

    def __init__(self, *args: Any, party: PartyOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["term_years"].initial = party.term_years or usual_term(party.level)


class ExtensionForm(forms.Form):
    until = day_field("延期至")
    approved_on = day_field("批准日期")
    document = document_field("批准文号", required=True)
    reason = reason_field("延期理由")


class DissolveForm(forms.Form):
    on = day_field("撤销日期", help_text="这一天起不再计入,所覆盖的社会组织随之变动")
    document = document_field("批准文号")
    reason = reason_field("撤销原因")
