"""Outcomes, archive folders and duties as rows: one set of pages, a line each says what differs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require_city_office
from accounts.forms import refuse
from accounts.history import history_of_kind
from accounts.listing.columns import written
from accounts.rules import Right
from activities.actions.vocabulary import save_term
from activities.forms.vocabulary import ArchiveFolderForm, DutyRuleForm, OutcomeKindForm
from activities.models import ArchiveFolder, DutyRule, OutcomeKind
from activities.rules.duties import FILLED_BY


@dataclass(frozen=True)
class Vocabulary:
    """A kind of term: its name in addresses, its model and form, and what its page says."""

    noun: str
    model: Any
    form: Any
    lead: str
    note: Callable[[Any], str] = lambda term: ""

    @property
    def words(self) -> str:
        return str(self.model._meta.verbose_name)

    def terms(self, request: HttpRequest) -> Any:
        require_city_office(request.user, Right.EDIT_STANDARDS)
        return self.model.objects.visible_to(request.user)

    @property
    def names(self) -> list[str]:
        return list(self.form.Meta.fields)

    def show(self, request: HttpRequest) -> HttpResponse:
        terms = list(self.terms(request))
        fields = [self.model._meta.get_field(name) for name in self.names]
        rows = [(term, self._cells(term), self.note(term)) for term in terms]
        context = {
            "vocabulary": self,
            "headers": [str(field.verbose_name) for field in fields],
            "rows": rows,
            "has_notes": any(note for _, _, note in rows),
            "history": history_of_kind(self.model),
        }
        return render(request, "activities/vocabulary_list.html", context)

    def _cells(self, term: Any) -> list[tuple[str, str]]:
        cells = []
        for name in self.names:
            display = getattr(term, f"get_{name}_display", None)
            label = str(self.model._meta.get_field(name).verbose_name)
            cells.append((label, display() if display else written(getattr(term, name))))
        return cells

    def create(self, request: HttpRequest) -> HttpResponse:
        self.terms(request)
        return self._form(request, None)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._form(request, get_object_or_404(self.terms(request), pk=pk))

    def _form(self, request: HttpRequest, term: Any) -> HttpResponse:
        form = self.form(request.POST or None, instance=term)
        if request.method == "POST" and form.is_valid():
            # the form has put its values onto the instance; the action compares with what is stored
            own = self.terms(request).get(pk=term.pk) if term else self.model()
            try:
                seen = form.cleaned_data["seen"]
                save_term(term=own, values=form.values, by=request.user, seen=seen)
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, f"{self.words}已保存。")
                return redirect(f"activities:{self.noun}-list")
        context = {"vocabulary": self, "form": form, "term": term}
        return render(request, "activities/vocabulary_edit.html", context)

    def urls(self) -> list[URLPattern]:
        """The three addresses of this kind."""
        at, noun = f"vocabulary/{self.noun}s/", self.noun
        both = require_http_methods(["GET", "POST"])
        return [
            path(at, require_GET(self.show), name=f"{noun}-list"),
            path(f"{at}new/", both(self.create), name=f"{noun}-create"),
            path(f"{at}<int:pk>/edit/", both(self.edit), name=f"{noun}-edit"),
        ]


VOCABULARIES = [
    Vocabulary(
        "outcome-kind",
        OutcomeKind,
        OutcomeKindForm,
        "会议活动记录里可以填写的成效和计数单位;各处的合计按它统计。",
    ),
    Vocabulary(
        "archive-folder",
        ArchiveFolder,
        ArchiveFolderForm,
        "每个党组织每年内业档案的档案夹,全市一样。",
        lambda term: FILLED_BY.get(term.number, ""),
    ),
    Vocabulary(
        "duty-rule",
        DutyRule,
        DutyRuleForm,
        "三会一课、主题党日等制度多久一次。要求变了,从新的起始年度另加一行,以前的年度不变。",
        lambda term: "以前的年度,不再修改" if term.is_past else "",
    ),
]


@require_GET
def vocabulary_page(request: HttpRequest) -> HttpResponse:
    """Everything that the city keeps as data, and the way to it."""
    require_city_office(request.user, Right.EDIT_STANDARDS)
    kinds = [(one, one.terms(request).count()) for one in VOCABULARIES]
    return render(request, "activities/vocabulary_page.html", {"kinds": kinds})
