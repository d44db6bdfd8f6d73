"""The audit administrator's page: search, and the state of the chain."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import require
from accounts.forms import AuditSearchForm
from accounts.history import actions_offered, changes_of, label_of_action
from accounts.models import AuditEvent, AuditVerification
from accounts.rules import Right

PAGE_SIZE = 50


@require_GET
def audit_list(request: HttpRequest) -> HttpResponse:
    """Newest first; the next page begins below the last number shown, at any length."""
    require(request.user, Right.VIEW_AUDIT)
    form = AuditSearchForm(request.GET)
    events = AuditEvent.objects.visible_to(request.user).with_names()
    events = form.narrowed(events) if form.is_valid() else events.none()
    shown = list(events[: PAGE_SIZE + 1])
    context = {
        "form": form,
        "actions": actions_offered(),
        "rows": [(event, label_of_action(event.action)) for event in shown[:PAGE_SIZE]],
        "next_before": shown[PAGE_SIZE - 1].sequence if len(shown) > PAGE_SIZE else None,
        "verification": AuditVerification.objects.visible_to(request.user).first(),
    }
    status = 200 if form.is_valid() else 400
    return render(request, "accounts/audit_list.html", context, status=status)


@require_GET
def audit_page(request: HttpRequest, sequence: int) -> HttpResponse:
    require(request.user, Right.VIEW_AUDIT)
    events = AuditEvent.objects.visible_to(request.user).with_names()
    event = get_object_or_404(events, sequence=sequence)
    related = events.filter(request_id=event.request_id) if event.request_id else events.none()
    context = {
        "event": event,
        "title": label_of_action(event.action),
        "changes": changes_of(event),
        "related": [(e, label_of_action(e.action)) for e in related.exclude(pk=event.pk)[:20]],
    }
    return render(request, "accounts/audit_page.html", context)
