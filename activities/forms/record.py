"""The form of a record: the row itself, the people, and rows of votes, resolutions, outcomes."""

from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BaseFormSet, formset_factory
from django.utils import timezone

from activities.actions.activity import Content
from activities.actions.attendance import NOT_LISTED, Came
from activities.actions.content import FIELDS
from activities.actions.minutes import Achieved, Decided, Resolved
from activities.models import Activity, Attendance, OutcomeKind
from activities.rules.vocabulary import ActivityKind, AppraisalGrade, Presence
from activities.rules.votes import Ballot, contradictions
from members.models import PartyGroup
from organizations.forms import DateInput
from organizations.models import PartyOrganization


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class StartForm(forms.Form):
    """What a record begins with."""

    party_organization = forms.ModelChoiceField(None, label="党组织")
    kinds = forms.MultipleChoiceField(
        label="类型",
        choices=ActivityKind.choices(),
        widget=forms.CheckboxSelectMultiple,
        help_text="一次会议可以同时是两三个类型,如党员大会并上党课",
    )
    group = forms.ModelChoiceField(
        None, label="党小组", required=False, help_text="召开党小组会时选择"
    )
    held_on = forms.DateField(label="日期", widget=DateInput())

    def __init__(self, *args: Any, user: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["party_organization"]
        field.queryset = parties
        own = list(parties[:2])
        if len(own) == 1:
            field.initial, field.widget = own[0].pk, forms.HiddenInput()
        groups = PartyGroup.objects.visible_to(user).filter(
            party_organization__in=parties, valid_to__isnull=True
        )
        self.fields["group"].queryset = groups.select_related("party_organization").order_by(
            "party_organization__pinyin", "valid_from", "pk"
        )
        if len(own) > 1:  # every organization has a 第一党小组
            self.fields["group"].label_from_instance = lambda group: (
                f"{group.party_organization} · {group}"
            )
        if not groups.exists():
            del self.fields["group"]
        self.fields["held_on"].initial = timezone.localdate()


class RecordForm(forms.ModelForm):
    """The row. A draft takes anything that is not contradictory; what is missing is said beside."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    kinds = forms.MultipleChoiceField(
        label="类型", choices=ActivityKind.choices(), widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Activity
        fields = [*FIELDS]
        widgets = {
            "held_on": DateInput(),
            "starts_at": TimeInput(),
            "ends_at": TimeInput(),
            "agenda": forms.Textarea(attrs={"rows": 3}),
            "minutes": forms.Textarea(attrs={"rows": 9}),
        }
        help_texts = {
            "guests": "上级党组织、社会组织负责人等",
            "agenda": "一行一项",
            "minutes": "发言要点(含不同意见)、讨论结果",
        }

    def __init__(self, *args: Any, user: Any, correcting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = PartyGroup.objects.visible_to(user)
        party = self.instance.party_organization
        self.fields["group"].queryset = groups.filter(party_organization=party)
        if not self.fields["group"].queryset.exists():
            del self.fields["group"]
        self.fields["version"].initial = self.instance.version
        self.fields["kinds"].initial = self.instance.kinds
        if correcting:
            self.fields["reason"] = forms.CharField(
                label="更正理由",
                min_length=4,
                max_length=300,
                help_text="原来的内容会保留,并与理由一起显示",
            )

    def clean_kinds(self) -> list[str]:
        kinds: list[str] = self.cleaned_data["kinds"]
        if len(kinds) > 3:
            raise forms.ValidationError("最多选择三个类型。")
        return kinds


class PeopleForm(forms.Form):
    """One line a person: present, excused, absent, or not on the list at all."""

    def __init__(self, *args: Any, people: list[Attendance], graded: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people, self.graded = people, graded
        choices = [*Presence.choices(), (NOT_LISTED, "不列入")]
        for one in people:
            key = one.member_id
            self.fields[f"presence_{key}"] = forms.ChoiceField(
                label=one.member.name,
                choices=choices,
                required=False,
                initial=one.presence,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{key}"] = forms.CharField(
                label=f"{one.member.name}的原因",
                required=False,
                max_length=100,
                initial=one.reason,
                widget=forms.TextInput(attrs={"placeholder": "原因"}),
            )
            if graded:
                self.fields[f"grade_{key}"] = forms.ChoiceField(
                    label=f"{one.member.name}的评议结果",
                    required=False,
                    initial=one.grade,
                    choices=[("", "评议结果"), *AppraisalGrade.choices()],
                )

    def lines(self) -> list[dict[str, Any]]:
        return [
            {
                "one": one,
                "presence": self[f"presence_{one.member_id}"],
                "reason": self[f"reason_{one.member_id}"],
                "grade": self[f"grade_{one.member_id}"] if self.graded else None,
            }
            for one in self.people
        ]

    def came(self, *, all_present: bool = False) -> dict[int, Came]:
        """What is said of each; with `all_present`, whoever is not marked came."""
        found = {}
        for one in self.people:
            presence = self.cleaned_data[f"presence_{one.member_id}"]
            if all_present and not presence:
                presence = Presence.PRESENT.value
            found[one.member_id] = Came(
                presence,
                self.cleaned_data[f"reason_{one.member_id}"],
                self.cleaned_data.get(f"grade_{one.member_id}", one.grade),
            )
        return found


def number(label: str, **kwargs: Any) -> forms.IntegerField:
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    return forms.IntegerField(
        label=label, min_value=0, max_value=9999, required=False, widget=widget, **kwargs
    )


class VoteForm(forms.Form):
    matter = forms.CharField(label="表决事项", max_length=200, required=False)
    entitled = number("应到有表决权")
    present = number("实到有表决权")
    in_favour = number("赞成")
    against = number("反对")
    abstained = number("弃权")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = ("entitled", "present", "in_favour", "against", "abstained")
        given = [name for name in names if data.get(name) is not None]
        if given and not data.get("matter"):
            raise forms.ValidationError("请填写表决事项。")
        if data.get("matter") and not self.errors:
            wrong = contradictions(self.ballot())
            if wrong:
                raise forms.ValidationError(wrong)
        return data

    def ballot(self) -> Ballot:
        names = ("entitled", "present", "in_favour", "against", "abstained")
        return Ballot(*(self.cleaned_data.get(name) or 0 for name in names))


class ResolutionForm(forms.Form):
    text = forms.CharField(label="决议事项", max_length=300, required=False)
    owner = forms.CharField(label="责任人", max_length=60, required=False)
    due_on = forms.DateField(label="完成期限", required=False, widget=DateInput())


class OutcomeForm(forms.Form):
    kind = forms.ModelChoiceField(None, label="成效", required=False)
    amount = forms.IntegerField(
        label="数量",
        min_value=1,
        max_value=100_000_000,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, kinds: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = kinds

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("kind")) != (data.get("amount") is not None):
            raise forms.ValidationError("成效类别和数量须同时填写。")
        return data


MOST_ROWS = 20
VoteRows = formset_factory(VoteForm, extra=1, max_num=MOST_ROWS)
ResolutionRows = formset_factory(ResolutionForm, extra=1, max_num=MOST_ROWS)
OutcomeRows = formset_factory(OutcomeForm, extra=1, max_num=MOST_ROWS)


class RecordForms:
    """All forms of one record together."""

    def __init__(
        self, activity: Activity, user: Any, data: Any = None, *, correcting: bool
    ) -> None:
        people = list(activity.attendances.select_related("member"))
        graded = ActivityKind.APPRAISAL in activity.kinds
        self.record = RecordForm(data, instance=activity, user=user, correcting=correcting)
        self.people = PeopleForm(data, people=people, graded=graded)
        self.votes: BaseFormSet = VoteRows(data, prefix="vote", initial=_votes(activity))
        self.resolutions: BaseFormSet = ResolutionRows(
            data, prefix="resolution", initial=_resolutions(activity)
        )
        # an outcome that was counted once can be corrected after its kind was retired
        own = Q(pk__in=activity.outcomes.values("kind"))
        kinds = OutcomeKind.objects.visible_to(user).filter(Q(is_active=True) | own)
        self.outcomes: BaseFormSet = OutcomeRows(
            data, prefix="outcome", initial=_outcomes(activity), form_kwargs={"kinds": kinds}
        )
        self.entitled = sum(one.may_vote for one in people)
        self.entitled_present = sum(
            one.may_vote and one.presence == Presence.PRESENT for one in people
        )

    def is_valid(self) -> bool:
        parts = (self.record, self.people, self.votes, self.resolutions, self.outcomes)
        # every part is looked at, so that all errors are told at once
        found = [part.is_valid() for part in parts]
        return all(found)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Every error with the address of what it stands beside."""
        found = []
        for form in (self.record, self.people):
            for name, errors in form.errors.items():
                field = form.fields.get(name)
                label = f"{field.label}:" if field else ""
                anchor = form[name].id_for_label if field else "record-form"
                found += [(anchor, f"{label}{error}") for error in errors]
        parts = (
            ("votes", self.votes),
            ("resolutions", self.resolutions),
            ("outcomes", self.outcomes),
        )
        for anchor, rows in parts:
            for place, form in enumerate(rows.forms, start=1):
                for name, errors in form.errors.items():
                    field = form.fields.get(name)
                    label = f"{field.label}:" if field else ""
                    found += [(anchor, f"第 {place} 行 {label}{error}") for error in errors]
            found += [(anchor, str(error)) for error in rows.non_form_errors()]
        return found

    def content(self, *, all_present: bool = False) -> Content:
        row = self.record.cleaned_data
        return Content(
            values={name: row[name] for name in FIELDS if name in row},
            kinds=row["kinds"],
            people=self.people.came(all_present=all_present),
            votes=[
                Decided(form.cleaned_data["matter"], form.ballot())
                for form in self.votes.forms
                if form.cleaned_data.get("matter")
            ],
            resolutions=[
                Resolved(
                    form.cleaned_data["text"],
                    form.cleaned_data["owner"],
                    form.cleaned_data["due_on"],
                )
                for form in self.resolutions.forms
                if form.cleaned_data.get("text")
            ],
            outcomes=[
                Achieved(
                    form.cleaned_data["kind"],
                    form.cleaned_data["amount"],
                    form.cleaned_data["note"],
                )
                for form in self.outcomes.forms
                if form.cleaned_data.get("kind")
            ],
        )


def _votes(activity: Activity) -> list[dict[str, Any]]:
    return [
        {
            "matter": vote.matter,
            "entitled": vote.n_entitled,
            "present": vote.n_present,
            "in_favour": vote.n_for,
            "against": vote.n_against,
            "abstained": vote.n_abstained,
        }
        for vote in activity.votes.all()
    ]


def _resolutions(activity: Activity) -> list[dict[str, Any]]:
    return [
        {"text": one.text, "owner": one.owner, "due_on": one.due_on}
        for one in activity.resolutions.all()
    ]


def _outcomes(activity: Activity) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind_id, "amount": one.amount, "note": one.note}
        for one in activity.outcomes.all()
    ]


def parties_to_write(user: Any) -> Any:
    """Party organizations that live the full life and that the account writes for."""
    rows = PartyOrganization.objects.visible_to(user).filter(dissolved_on__isnull=True)
    return rows.exclude(kind="affiliated")
