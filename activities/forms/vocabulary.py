"""Forms of the vocabularies that a city keeps."""

from typing import Any

from django import forms
from django.utils import timezone

from activities.actions.vocabulary import seen_of
from activities.models import ArchiveFolder, DutyRule, OutcomeKind


class TermForm(forms.ModelForm):
    """What tells a term from others is chosen once, when it is added.

    `seen` notices that somebody else saved meanwhile.
    """

    fixed: tuple[str, ...] = ()
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            for name in self.fixed:
                del self.fields[name]
            self.fields["seen"].initial = seen_of(self.instance, self.names)

    @property
    def names(self) -> list[str]:
        return [name for name in self.fields if name != "seen"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.names}


class OutcomeKindForm(TermForm):
    class Meta:
        model = OutcomeKind
        fields = ["name", "unit", "order", "is_active"]
        help_texts = {
            "name": "会议活动带来的成效,如“义诊”",
            "unit": "按什么计数,如 人次、起、件;已有记录的不能再改",
            "order": "数字小的排在前面",
            "is_active": "停用后新的记录不再可选,已有的记录和统计不变",
        }


class ArchiveFolderForm(TermForm):
    fixed = ("number",)

    class Meta:
        model = ArchiveFolder
        fields = ["number", "name", "is_active"]
        help_texts = {
            "number": "排在第几;记录按序号存入,以后不能再改",
            "is_active": "有文件或有记录自动列入的不能停用",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "number" in self.fields:
            self.fields["number"].initial = ArchiveFolder.next_number()


class DutyRuleForm(TermForm):
    fixed = ("duty", "since_year")

    class Meta:
        model = DutyRule
        fields = ["duty", "since_year", "unit", "times", "is_required", "basis"]
        help_texts = {
            "since_year": "从这一年起按新的要求;以前的年度不变",
            "times": "每期至少几次",
            "is_required": "不列入要求的,不再统计落实情况",
            "basis": "如:上级文件的名称、文号",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["basis"].required = True
        if "since_year" in self.fields:
            self.fields["since_year"].initial = timezone.localdate().year + 1
