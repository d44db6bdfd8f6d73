"""Where static/js/draft.js keeps what is being typed."""

import json
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from accounts.actions.drafts import drop_draft, keep_draft
from accounts.models import Draft

LARGEST_DRAFT = 200_000


@require_http_methods(["GET", "POST"])
def draft_page(request: HttpRequest) -> JsonResponse:
    """GET: the draft of this form, if there is one. POST: keep it; without fields, drop it."""
    form = (request.GET if request.method == "GET" else request.POST).get("form", "")
    if not 0 < len(form) <= 100:
        return JsonResponse({"detail": "没有说明是哪个表单。"}, status=400)
    if request.method == "GET":
        draft = Draft.objects.visible_to(request.user).filter(form=form).first()
        found: dict[str, Any] = {"fields": None}
        if draft is not None:
            found = {"fields": draft.fields, "updated_at": draft.updated_at.isoformat()}
        return JsonResponse(found)
    text = request.POST.get("fields", "")
    if not text:
        drop_draft(form=form, by=request.user)
        return JsonResponse({"kept": False})
    if len(text) > LARGEST_DRAFT:
        return JsonResponse({"detail": "内容太长,草稿没有保存。"}, status=413)
    fields = parsed(text)
    if fields is None:
        return JsonResponse({"detail": "草稿的格式不对。"}, status=400)
    draft = keep_draft(form=form, fields=fields, by=request.user)
    return JsonResponse({"kept": True, "updated_at": draft.updated_at.isoformat()})


def parsed(text: str) -> dict[str, list[str]] | None:
    """Names with lists of texts, and nothing else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    for values in found.values():
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            return None
    return found
