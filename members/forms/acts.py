"""Forms of what happens to a member, each handed the member and the user."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from members.forms.fields import RecordField, day, document, words
from members.models import DuesBase, Honour, Member, Move, PartyGroup, Pledge, Training
from members.rules.vocabulary import (
    STATUS_AFTER,
    EventKind,
    Exit,
    PartyDuty,
    SocialDuty,
)
from organizations.models import PartyOrganization, SocialOrganization
from organizations.rules.vocabulary import PartyKind


class ActForm(forms.Form):
    """Knows whom it is about and who asks."""

    def __init__(self, *args: Any, member: Member, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.user = member, user


class MoveForm(ActForm):
    to = RecordField(label="转入党组织", help_text="本管辖范围内的党组织,填编码或全称")
    on = day("转接日期", help_text="这一天离开原党组织,同日进入新党组织")
    reason = words("原因", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(self.user)
        parties = parties.filter(dissolved_on__isnull=True).exclude(kind=PartyKind.JOINT)
        self.fields["to"].offer(parties, "to")


class TransferForm(ActForm):
    to = RecordField(label="转入党组织", required=False, help_text="本市的党组织,填编码或全称")
    to_outside = forms.CharField(
        label="或:本系统外的党组织",
        max_length=120,
        required=False,
        help_text="转往外地或其他系统时填写全称",
    )
    reason = words("转接原因", required=True, help_text="如:调离、户口迁移、外出六个月以上")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(Move.destinations(self.member), "to")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("to")) == bool(cleaned.get("to_outside")):
            raise ValidationError("请在转入党组织和本系统外的党组织中填写一项。")
        return cleaned


class LeaveForm(ActForm):
    exit = forms.ChoiceField(
        label="离开类型",
        choices=[
            (e.value, e.label) for e in STATUS_AFTER if e not in (Exit.DIED, Exit.TRANSFERRED)
        ],
    )
    on = day("日期", help_text="从这一天起不再计入")
    document = document(required=True)
    reason = words("情况说明", required=True)


class DiedForm(ActForm):
    on = day("去世日期", help_text="从这一天起不再计入;职务、党小组同时结束")
    reason = words("备注")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # never today by itself: one stray click must not register a death
        self.fields["on"].initial = None


class RestoreForm(ActForm):
    reason = words("更正理由", required=True, help_text="会写入变更记录")


class ResumeForm(ActForm):
    party = RecordField(label="编入的党组织", help_text="填编码或全称")
    on = day("日期")
    document = document(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].offer(PartyOrganization.objects.visible_to(self.user), "party")


class TurnFullForm(ActForm):
    on = day("上级党委批准日期", help_text="转正日期为预备期满之日,由系统计算")
    document = document(required=True)


class ExtendForm(ActForm):
    months = forms.TypedChoiceField(
        label="延长", coerce=int, choices=[(n, f"{n} 个月") for n in range(6, 13)]
    )
    on = day("决定日期")
    document = document(required=True)


class WatchForm(ActForm):
    on = day("处分日期")
    until = day("留党察看至", help_text="期间没有表决权、选举权和被选举权")
    document = document(required=True)
    note = words("说明")


class EventForm(ActForm):
    kind = forms.ChoiceField(
        label="事项", choices=[(k.value, k.label) for k in (EventKind.MISSING, EventKind.FOUND)]
    )
    on = day("日期")
    note = words("情况")


class ParticipateForm(ActForm):
    party = RecordField(
        label="兼合式党组织", help_text="组织关系不变;在那里只显示、参加活动,不计入人数、不交党费"
    )
    on = day("参加起始日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        joint = PartyOrganization.objects.visible_to(self.user).filter(kind=PartyKind.JOINT)
        self.fields["party"].offer(joint.filter(dissolved_on__isnull=True), "party")


class AppointForm(ActForm):
    party = RecordField(label="党组织")
    duty = forms.ChoiceField(label="党内职务", choices=PartyDuty.choices())
    on = day("任职日期")
    document = document()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parties = PartyOrganization.objects.visible_to(self.user)
        self.fields["party"].offer(parties.filter(dissolved_on__isnull=True), "party")
        now = self.member.memberships.filter(valid_to__isnull=True)
        own = now.select_related("party_organization").first()
        if own is not None:
            self.fields["party"].initial = own.party_organization.code


class AppointSocialForm(ActForm):
    organization = RecordField(
        label="社会组织", code="credit_code", help_text="填名称或统一社会信用代码"
    )
    duty = forms.ChoiceField(label="职务类别", choices=SocialDuty.choices())
    title = forms.CharField(label="具体职务", max_length=60, required=False)
    on = day("任职日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = SocialOrganization.objects.visible_to(self.user)
        self.fields["organization"].offer(
            bodies.filter(deregistered_on__isnull=True), "organization"
        )


class GroupPlaceForm(ActForm):
    group = forms.ModelChoiceField(None, label="党小组")
    is_leader = forms.BooleanField(label="担任组长", required=False)
    on = day("编入日期")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.member.memberships.filter(valid_to__isnull=True)
        groups = PartyGroup.objects.visible_to(self.user).filter(
            valid_to__isnull=True, party_organization__in=now.values("party_organization")
        )
        self.fields["group"].queryset = groups


class MobileForm(ActForm):
    valid_from = day("外出日期")
    destination = forms.CharField(label="流入地", max_length=120)
    reason = forms.CharField(label="外出原因", max_length=120, required=False)
    host = forms.CharField(label="流入地党组织", max_length=120, required=False)
    contact_person = forms.CharField(label="联系人", max_length=60, required=False)


class _OfModel(forms.ModelForm):
    def __init__(self, *args: Any, member: Member, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.widget.input_type = "date"
                field.widget.format = "%Y-%m-%d"


class PledgeForm(_OfModel):
    """承诺 first; 践诺 and 评诺 are added to the same record later."""

    class Meta:
        model = Pledge
        fields = [
            *("year", "promise", "promised_on", "deed", "done_on", "review", "reviewed_on"),
        ]
        widgets = {
            "promise": forms.Textarea(attrs={"rows": 3}),
            "deed": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, member: Member, user: Any, **kwargs: Any) -> None:
        year = timezone.localdate().year
        stored = Pledge.objects.visible_to(user).filter(member=member, year=year).first()
        if stored is not None:
            kwargs["initial"] = {name: getattr(stored, name) for name in self._meta.fields}
        super().__init__(*args, member=member, user=user, **kwargs)
        self.fields["year"].initial = year


class TrainingForm(_OfModel):
    class Meta:
        model = Training
        fields = ["on", "subject", "hours", "organizer"]
        help_texts = {"hours": "可填半学时,如 2.5"}


class HonourForm(_OfModel):
    class Meta:
        model = Honour
        fields = ["on", "title", "level", "awarded_by", "document"]


class BaseForm(_OfModel):
    class Meta:
        model = DuesBase
        fields = ["year", "payer", "base", "reduced_to", "document"]
        help_texts = {
            "base": "在职填税后月工资,离退休填月离退休费;年初核定,全年不变",
            "reduced_to": "困难党员经支部研究、上级批准后填写",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = timezone.localdate().year
