"""A person's record: the roster's columns, and the sealed numbers."""

from typing import Any

from django import forms

from members.forms.fields import DayInput, RecordField, day
from members.models import Member
from members.rules.vocabulary import COUNTED_CHOICES, Entry
from organizations.forms import CodeField, NameField, tells_how_it_was_opened
from organizations.models import PartyOrganization

SECTIONS = [
    ("基本情况", ["code", "name", "gender", "ethnicity", "born_on", "native_place"]),
    ("学历和工作", ["education", "degree", "school", "working_since", "workplace", "position"]),
    ("入党和转正", ["joined_on", "join_kind", "joined_at", "full_on", "full_kind"]),
    ("居住和备注", ["registered_residence", "residence", "is_frontline", "remark"]),
]
FACTS = [name for _, names in SECTIONS for name in names]


class MemberForm(forms.ModelForm):
    """Facts of a member; where they belong and their status are changed by acts of their own."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Member
        fields = FACTS
        field_classes = {"name": NameField}
        widgets = {
            name: DayInput() for name in ("born_on", "working_since", "joined_on", "full_on")
        }
        help_texts = {
            "code": "不填时自动编号",
            "joined_on": "支部大会通过接收为预备党员之日",
            "full_on": "预备期满之日;预备党员不填",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        tells_how_it_was_opened(self)
        self.fields["version"].initial = self.instance.version

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        return [(title, [self[name] for name in names]) for title, names in SECTIONS]

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class NewMemberForm(MemberForm):
    """Entering somebody who is a member already."""

    party = RecordField(label="所在党组织", help_text="组织关系所在的党组织,填编码或全称")
    on = day("进入党支部日期")
    entry = forms.ChoiceField(
        label="进入党支部类型",
        choices=[(e.value, e.label) for e in (Entry.REGISTERED, Entry.TRANSFERRED)],
        help_text="新发展的党员请从“发展党员”办理",
    )
    status = forms.ChoiceField(label="党员状态", choices=COUNTED_CHOICES)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields["party"].offer(PartyOrganization.objects.visible_to(user), "party")

    @property
    def sections(self) -> list[tuple[str, list[Any]]]:
        own = [self[name] for name in ("party", "on", "entry", "status")]
        return [("组织关系", own), *super().sections]


class PrivateForm(forms.Form):
    id_number = CodeField(
        label="身份证号",
        required=False,
        max_length=18,
        help_text="选填,加密保存;留空表示删除",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )
    phone = CodeField(
        label="联系电话",
        required=False,
        max_length=20,
        help_text="选填,加密保存;留空表示删除",
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-private": ""}),
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看理由", min_length=4, max_length=200, help_text="会记入审计记录"
    )
