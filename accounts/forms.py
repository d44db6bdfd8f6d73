"""Forms of accounts."""

import re
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone

from accounts.actions.sessions import is_attacked
from accounts.history import actions_called
from accounts.models import AccountProposal, User
from accounts.rules import AuditResult, lendable


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    """Show what an action refused: beside the fields that the form has, above it what is left."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class SignInForm(AuthenticationForm):
    """Account and password. `why` says for the audit log what was refused."""

    error_messages = {
        "invalid_login": "账号或密码不正确,请核对后重试。连续输错 5 次将锁定 30 分钟。",
        "inactive": "账号或密码不正确,请核对后重试。",
        "attacked": "这个账号正受到密码猜测,暂时只能在曾经登录过的地点登录,请稍后再试。",
        "expired": "一次性密码已过期,请联系系统管理员重新领取。",
    }
    why = "账号或密码不正确"

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        if name and is_attacked(name):
            self.why = "猜测过多,新地点"
            raise ValidationError(self.error_messages["attacked"], "attacked")
        return super().clean()

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if user.one_time_until and user.one_time_until < timezone.now():
            self.why = "一次性密码已过期"
            raise ValidationError(self.error_messages["expired"], "expired")


class CodeForm(forms.Form):
    code = forms.CharField(
        label="动态口令",
        max_length=20,
        help_text="验证器显示的 6 位数字;手机不在身边时输入一个恢复码",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}
        ),
    )


class PasswordForm(SetPasswordForm):
    """The old password once, the new one twice."""

    old_password = forms.CharField(
        label="现在的密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["old_password", "new_password1", "new_password2"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = (
            "至少 10 个字符,含大写字母、小写字母、数字、符号中的三种;"
            "不能与最近 5 次用过的相同;每 90 天更换一次"
        )

    def clean_old_password(self) -> str:
        password = self.cleaned_data["old_password"]
        if not self.user.check_password(password):
            raise ValidationError("现在的密码不正确。")
        return password


class LinesField(forms.CharField):
    """A list, one entry a line or separated by commas."""

    widget = forms.Textarea(attrs={"rows": 2})

    def clean(self, value: Any) -> list[str]:
        text = super().clean(value)
        return [part for part in text.replace(",", " ").replace(",", " ").split() if part]


class TokenForm(forms.Form):
    name = forms.CharField(label="用途", max_length=100, help_text="哪个系统、做什么用")
    rights = forms.MultipleChoiceField(label="权限", widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=365, initial=90)
    areas = LinesField(
        label="限定区划",
        required=False,
        help_text="只能读写这些区划代码开头的镇(街道);不填为全部管辖范围",
    )
    addresses = LinesField(
        label="限定地址", required=False, help_text="只接受来自这些网络地址的请求,如 10.1.2.0/24"
    )

    def __init__(self, *args: Any, owner: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(right.value, right.label) for right in lendable(owner.role)]
        self.fields["rights"].choices = choices


class ProposalForm(forms.ModelForm):
    class Meta:
        model = AccountProposal
        fields = [
            *("kind", "username", "person_code", "display_name", "role", "scope_code", "reason"),
        ]
        help_texts = {
            "username": "新建时填写新的账号名,其他事项填写已有账号",
            "person_code": "新建时填写,如工号;一人只能有一个账号",
            "scope_code": "镇(街道)、市级填统计用区划代码;主管单位填单位编码;书记填党组织编码",
            "reason": "为什么需要;审批人和审计管理员都能看到",
        }


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("approve", "批准"), ("reject", "退回")])
    decision = forms.CharField(
        label="审批意见", max_length=300, required=False, help_text="退回时必须写明理由"
    )


class AuditSearchForm(forms.Form):
    """What the audit administrator looks for."""

    since = forms.DateField(label="从", required=False)
    until = forms.DateField(label="到", required=False)
    actor = forms.CharField(label="操作人", required=False, max_length=64)
    action = forms.CharField(
        label="动作",
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"list": "actions", "placeholder": "如:注销登记、导出"}),
    )
    result = forms.ChoiceField(
        label="结果", required=False, choices=[("", "全部"), *AuditResult.choices()]
    )
    object = forms.CharField(label="对象", required=False, max_length=100)
    address = forms.CharField(label="地址", required=False, max_length=45)
    request_id = forms.CharField(label="请求编号", required=False, max_length=36)
    before = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_action(self) -> Q | None:
        """Which actions are meant: by their words, or a part of them; or by the beginning of a code."""
        text = self.cleaned_data["action"].strip()
        if re.fullmatch(r"[a-z_.]+", text):
            return Q(action__startswith=text)
        codes = actions_called(text) if text else []
        if text and not codes:
            raise ValidationError("没有叫这个名称的动作,请从列表中选择。")
        return Q(action__in=codes) if codes else None

    def narrowed(self, events: Any) -> Any:
        found = self.cleaned_data
        if found["since"]:
            events = events.filter(at__date__gte=found["since"])
        if found["until"]:
            events = events.filter(at__date__lte=found["until"])
        if found["actor"]:
            events = events.by_person(found["actor"])
        for name in ("result", "address", "request_id"):
            if found[name]:
                events = events.filter(**{name: found[name]})
        if found["action"]:
            events = events.filter(found["action"])
        if found["object"]:
            events = events.filter(object_label__icontains=found["object"])
        if found["before"]:
            events = events.filter(sequence__lt=found["before"])
        return events
