"""Forms of members."""

from django import forms


class PrivateForm(forms.Form):
    id_number = forms.CharField(
        label="身份证号",
        required=False,
        max_length=18,
        help_text="选填,加密保存;留空表示删除",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label="联系电话",
        required=False,
        max_length=20,
        help_text="选填,加密保存;留空表示删除",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label="查看理由", min_length=4, max_length=200, help_text="会记入审计记录"
    )
