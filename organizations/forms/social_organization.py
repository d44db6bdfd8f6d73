"""Forms of social organizations and of the events of their life."""

from typing import Any

from django import forms

from organizations.forms.codes import CodeField, NameField
from organizations.forms.days import DateInput, day_field, document_field, reason_field
from organizations.forms.opened import tells_how_it_was_opened
from organizations.models import (
    ResponsibleBody,
    SocialOrganization,
    SupervisingUnit,
    Township,
)
from organizations.rules.vocabulary import BodyKind, Grade, InspectionResult, Status

HELP = {
    "credit_code": "18 位,城乡社会组织没有的可以不填",
    "full_member_count": "组织关系不论是否在本单位,按上报的正式党员人数填写",
}


class SocialOrganizationForm(forms.ModelForm):
    """Facts of a social organization; `version` notices that somebody else saved meanwhile."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = SocialOrganization
        fields = [
            *("name", "credit_code", "category", "registrar", "registered_on", "status"),
            *("principal", "staff_count", "full_member_count", "remark"),
        ]
        widgets = {"registered_on": DateInput()}
        field_classes = {"credit_code": CodeField, "principal": NameField}
        help_texts = {**HELP, "name": "更正错字用这里;经批准的更名请用“更名”,曾用名会保留"}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # an end has a page of its own, where what ends with it is shown
        ended = self.instance.status == Status.DEREGISTERED
        self.fields["status"].choices = [
            (code, label)
            for code, label in Status.choices()
            if (code == Status.DEREGISTERED) == ended
        ]
        tells_how_it_was_opened(self)
        self.fields["version"].initial = self.instance.version


class RegisterForm(forms.ModelForm):
    """A new social organization. The township is the officer's own where there is only one."""

    is_another = forms.BooleanField(
        label="已逐一核对,确认不是同一家", required=False, widget=forms.HiddenInput
    )

    class Meta:
        model = SocialOrganization
        fields = [
            *("name", "credit_code", "category", "township", "registered_on", "registrar"),
            *("supervising_unit", "principal", "staff_count", "full_member_count", "remark"),
        ]
        widgets = {"registered_on": DateInput()}
        field_classes = {"credit_code": CodeField, "principal": NameField}
        help_texts = {
            **HELP,
            "supervising_unit": "没有业务主管单位的不填;责任主体按规则建议,登记后可以另行设定",
        }

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user)
        self.fields["township"].queryset = townships
        self.fields["supervising_unit"].queryset = SupervisingUnit.objects.visible_to(user)
        if len(townships[:2]) == 1:
            self.fields["township"].initial = townships[0]


class HandOverForm(forms.Form):
    """Where an organization goes. The names of the city's townships are no secret; their rows are."""

    to = forms.ModelChoiceField(None, label="移入镇(街道)")
    reason = forms.CharField(label="移交理由", max_length=300, help_text="例如:住所迁至该镇")

    def __init__(self, *args: Any, organization: SocialOrganization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = Township.neighbours_of(organization.township_id)


class MoveForm(forms.Form):
    """For whoever reaches both sides: no waiting for acceptance."""

    to = forms.ModelChoiceField(None, label="移入镇(街道)")
    reason = reason_field("理由", "例如:住所迁至该镇")

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Township.objects.visible_to(user).exclude(code=organization.township_id)
        self.fields["to"].queryset = townships


class RenameForm(forms.Form):
    name = forms.CharField(label="新名称", max_length=200)
    on = day_field("更名日期", help_text="自这一天起使用新名称,之前的名称作为曾用名保留")
    document = document_field()
    reason = reason_field("说明", required=False)


class UnitForm(forms.Form):
    unit = forms.ModelChoiceField(
        None, label="新的业务主管单位", required=False, empty_label="无业务主管单位"
    )
    reason = reason_field("变更原因")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = SupervisingUnit.objects.visible_to(user)


class BodyForm(forms.Form):
    """The responsible body that a person sets; the proposal stands beside it."""

    body = forms.ModelChoiceField(None, label="责任主体")
    reason = reason_field("设定理由", "与建议不同时必须写明,会一直显示在建议旁边", required=False)

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = ResponsibleBody.objects.visible_to(user)
        bodies = bodies.filter(area_code=organization.township_id[:6])
        own = bodies.filter(kind=BodyKind.TOWNSHIP, township=organization.township_id)
        self.fields["body"].queryset = bodies.exclude(kind=BodyKind.TOWNSHIP) | own


class CharterForm(forms.Form):
    """The three steps with their days. Names are those of the model, so that errors find them."""

    charter_drafted_on = day_field(
        "写入日期", required=False, help_text="党建工作要求已写入章程草案,待会议确认"
    )
    charter_voted_on = day_field(
        "表决日期", required=False, help_text="社团由会员(代表)大会、民非和基金会由理事会表决"
    )
    charter_on = day_field("核准日期", required=False, help_text="登记管理机关核准之日")
    reason = reason_field("说明", "取消已登记的步骤时必须写明理由", required=False)


class InspectionForm(forms.Form):
    year = forms.IntegerField(label="年度", min_value=1990, max_value=2099)
    result = forms.ChoiceField(label="结论", choices=InspectionResult.choices())
    concluded_on = day_field("结论日期", required=False)
    remark = reason_field("说明", required=False)


class GradeForm(forms.Form):
    grade = forms.ChoiceField(
        label="评估等级", required=False, choices=[("", "没有等级"), *Grade.choices()]
    )
    valid_from = day_field("有效期自", required=False)
    valid_to = day_field("有效期至", required=False, help_text="一般有效 5 年")
    reason = reason_field("说明", "取消等级时必须写明理由", required=False)


class MergeForm(forms.Form):
    reason = reason_field("合并理由", "例如:更名前后各登记了一次")
