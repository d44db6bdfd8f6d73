"""Agreements, venues, funds, honours, incidents: one set of pages, a line each says what differs."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.forms import refuse
from accounts.history import history_of
from accounts.listing import Listing
from accounts.listing.page import list_page
from accounts.rules import Right
from activities import lists
from activities.actions.reach import reaches
from activities.actions.records import (
    decide_incident,
    remove_record,
    save_record,
)
from activities.forms import records as forms
from activities.models import Agreement, Fund, Incident, PartyHonour, Venue
from activities.rules.vocabulary import IncidentState
from organizations.actions.versions import ChangedMeanwhile
from organizations.forms import rebased


@dataclass(frozen=True)
class Small:
    """A kind of small record: its name in addresses, its model, form and list."""

    noun: str
    model: Any
    form: Any
    listing: Listing

    @property
    def words(self) -> str:
        return str(self.model._meta.verbose_name)

    def found(self, request: HttpRequest, pk: int) -> Any:
        rows = self.model.objects.visible_to(request.user)
        return get_object_or_404(rows.select_related("party_organization__township"), pk=pk)

    # --- pages -----------------------------------------------------------------------------------

    def show_list(self, request: HttpRequest) -> HttpResponse:
        require(request.user, Right.VIEW_ACTIVITIES)
        return list_page(request, self.listing, small=self)

    def create(self, request: HttpRequest) -> HttpResponse:
        require(request.user, Right.EDIT_ACTIVITIES)
        return self._form(request, self.model())

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, Right.EDIT_ACTIVITIES)
        return self._form(request, self.found(request, pk))

    def page(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, Right.VIEW_ACTIVITIES)
        record = self.found(request, pk)
        is_open = getattr(record, "state", "") in ("", IncidentState.PROPOSED)
        can_write = reaches(request.user, record.party_organization_id)
        decides = request.user.may(Right.DECIDE_INCIDENTS)
        context = {
            "small": self,
            "record": record,
            "facts": self._facts(record),
            "can_edit": can_write and is_open,
            "can_decide": isinstance(record, Incident)
            and is_open
            and decides
            and record.proposed_by_id != request.user.pk,
            "shared": record.shared_with.all() if isinstance(record, Venue) else None,
            "history": history_of(record),
        }
        return render(request, "activities/small_page.html", context)

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user, Right.EDIT_ACTIVITIES)
        record = self.found(request, pk)
        try:
            remove_record(record=record, reason=request.POST.get("reason", ""), by=request.user)
        except ValidationError as error:
            messages.error(request, "".join(error.messages))
            return redirect(f"activities:{self.noun}-page", pk=pk)
        messages.success(request, f"已删除{self.words}“{record}”。")
        return redirect(f"activities:{self.noun}-list")

    # --- parts -----------------------------------------------------------------------------------

    def _form(self, request: HttpRequest, record: Any) -> HttpResponse:
        stored = copy(record) if record.pk else None
        form = self.form(request.POST or None, instance=record, user=request.user)
        if request.method == "POST" and form.is_valid():
            values = {name: form.cleaned_data[name] for name in form.Meta.fields}
            # the form has put its values onto the instance; the action compares with what is stored
            own = self.found(request, record.pk) if record.pk else self.model()
            version = form.cleaned_data["version"] if record.pk else None
            try:
                saved = save_record(record=own, values=values, version=version, by=request.user)
            except ValidationError as error:
                refuse(form, error)
            except ChangedMeanwhile as conflict:
                context = {"conflict": rebased(form, conflict), "form": form, "record": stored}
                page = "activities/small_edit.html"
                return render(request, page, context | {"small": self}, status=409)
            else:
                messages.success(request, f"{self.words}已保存。")
                return redirect(f"activities:{self.noun}-page", pk=saved.pk)
        context = {"small": self, "form": form, "record": stored}
        return render(request, "activities/small_edit.html", context)

    def _facts(self, record: Any) -> list[tuple[str, Any]]:
        """Labels and values of the form's fields, as the page shows them."""
        many = {one.name for one in self.model._meta.many_to_many}
        shown = []
        for name in self.form.Meta.fields:
            if name in many or name == "party_organization" or name.startswith("has_"):
                continue
            field = self.model._meta.get_field(name)
            display = getattr(record, f"get_{name}_display", None)
            shown.append((str(field.verbose_name), display() if display else getattr(record, name)))
        return shown

    def urls(self) -> list[URLPattern]:
        """The five addresses of this kind."""

        def route(view: Callable, *methods: str) -> Any:
            return require_http_methods(list(methods))(view)

        at, noun = f"{self.noun}s/", self.noun
        return [
            path(at, route(self.show_list, "GET", "POST"), name=f"{noun}-list"),
            path(f"{at}new/", route(self.create, "GET", "POST"), name=f"{noun}-create"),
            path(f"{at}<int:pk>/", require_GET(self.page), name=f"{noun}-page"),
            path(f"{at}<int:pk>/edit/", route(self.edit, "GET", "POST"), name=f"{noun}-edit"),
            path(f"{at}<int:pk>/remove/", require_POST(self.remove), name=f"{noun}-remove"),
        ]


SMALL = [
    Small("agreement", Agreement, forms.AgreementForm, lists.AGREEMENTS),
    Small("venue", Venue, forms.VenueForm, lists.VENUES),
    Small("fund", Fund, forms.FundForm, lists.FUNDS),
    Small("honour", PartyHonour, forms.HonourForm, lists.HONOURS),
    Small("incident", Incident, forms.IncidentForm, lists.INCIDENTS),
]


@require_POST
def incident_decide(request: HttpRequest, pk: int) -> HttpResponse:
    require(request.user, Right.DECIDE_INCIDENTS)
    incident = get_object_or_404(Incident.objects.visible_to(request.user), pk=pk)
    try:
        decide_incident(
            incident=incident,
            confirm=request.POST.get("verdict") == "confirm",
            decision=request.POST.get("decision", ""),
            by=request.user,
        )
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    except PermissionDenied as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "认定意见已保存。")
    return redirect("activities:incident-page", pk=pk)
