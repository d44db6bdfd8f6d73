"""The page of saved filters: open, rename, share, delete."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.actions.lists import change_filter, delete_filter
from accounts.listing.listing import BY_ROUTE
from accounts.models import SavedFilter


@require_GET
def saved_filter_list(request: HttpRequest) -> HttpResponse:
    saved = SavedFilter.objects.visible_to(request.user).select_related("owner")
    rows = [
        {"saved": one, "listing": BY_ROUTE[one.route], "is_own": one.owner_id == request.user.pk}
        for one in saved
        if one.route in BY_ROUTE
    ]
    return render(request, "accounts/saved_filter_list.html", {"rows": rows})


@require_POST
def saved_filter_change(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    name, is_shared = request.POST.get("name", ""), bool(request.POST.get("is_shared"))
    try:
        change_filter(saved=saved, name=name, is_shared=is_shared, by=request.user)
    except ValidationError as error:
        messages.error(request, "没有保存:" + "".join(error.messages))
    else:
        messages.success(request, f"已保存常用筛选“{name}”。")
    return redirect("accounts:saved-filter-list")


@require_POST
def saved_filter_delete(request: HttpRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user), pk=pk)
    delete_filter(saved=saved, by=request.user)
    messages.success(request, f"已删除常用筛选“{saved.name}”。")
    return redirect("accounts:saved-filter-list")
