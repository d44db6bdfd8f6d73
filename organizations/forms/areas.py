"""Forms of townships and supervising units; `version` notices that somebody else saved meanwhile."""

from typing import Any

from django import forms

from organizations.models import SupervisingUnit, Township


class NameForm(forms.ModelForm):
    """The name of a record whose code never changes."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self.instance.version


class UnitNameForm(NameForm):
    """The name of a unit. Its code never changes: accounts and exports know it by that."""

    class Meta:
        model = SupervisingUnit
        fields = ["name"]
        help_texts = {"name": "写全称;原来的名称留作曾用名,台账里写原来的名称仍归入这个单位"}


class NewUnitForm(forms.Form):
    """A new unit; `area_code` is asked of accounts that reach more than one city."""

    name = forms.CharField(
        label="业务主管单位", max_length=100, help_text="写全称,与台账里的写法一致"
    )
    code = forms.CharField(
        label="业务主管单位编码",
        max_length=20,
        required=False,
        help_text="可以不填,由系统按顺序编号;保存后不能修改",
    )
    area_code = forms.CharField(label="所在市区划代码", max_length=6, help_text="6 位")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(user.scope.code) >= 6:
            del self.fields["area_code"]


class TownshipNameForm(NameForm):
    """The name of a township; its code is its key."""

    class Meta:
        model = Township
        fields = ["name"]
        help_texts = {"name": "台账里的镇(街道)按它对应,也可以写区划代码"}


class NewTownshipForm(forms.Form):
    code = forms.CharField(
        label="统计用区划代码",
        max_length=9,
        help_text="国家统计局公布的前 9 位,保存后不能修改",
    )
    name = forms.CharField(label="镇(街道)", max_length=60)
