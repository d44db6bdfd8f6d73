"""The form for numbers of rule checks."""

from django import forms

from evaluation.rules.checks import CHECKS

CHOICES = [
    (f"{check.code}.{name}", f"{check.code} {check.title}:{words}(默认 {default})")
    for check in CHECKS
    for name, (words, default) in check.parameters.items()
]


class CheckSettingForm(forms.Form):
    name = forms.ChoiceField(label="参数", choices=CHOICES)
    year = forms.IntegerField(label="起用年度", min_value=2000, max_value=2100)
    value = forms.IntegerField(label="数值", min_value=0, max_value=1000)
    reason = forms.CharField(label="依据", max_length=200, help_text="例如:上级文件的名称、文号")
