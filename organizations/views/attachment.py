"""Uploading, fetching and removing attachments of any record."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from accounts import audit
from accounts.access import require
from accounts.rules import Right, whole_number
from organizations.actions.attachment import attach_file, remove_attachment
from organizations.models.attachment import Attachment, owner_rights
from organizations.uploads import store
from organizations.uploads.documents import LARGEST_BYTES

MOST_AT_ONCE = 10


def owner_of(request: HttpRequest, label: str, pk: Any) -> Any:
    """The record, when its kind has attachments and the account sees it; otherwise 404."""
    rights = owner_rights(label)
    key = whole_number(str(pk))
    if rights is None or key is None:
        raise Http404
    require(request.user, rights[1])
    kind: Any = apps.get_model(label)
    return get_object_or_404(kind.objects.visible_to(request.user), pk=key)


def back(request: HttpRequest) -> HttpResponse:
    """Where the form was, when that is a page of this portal."""
    url = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return redirect(url if allowed and url.startswith("/") else "/")


@require_POST
def attachment_upload(request: HttpRequest) -> HttpResponse:
    """Take one or several files; each good one is kept, each bad one is named."""
    owner = owner_of(request, request.POST.get("owner_type", ""), request.POST.get("owner_id"))
    files = request.FILES.getlist("files")
    errors: list[str] = [] if files else ["请先选择文件。"]
    if len(files) > MOST_AT_ONCE:
        errors.append(f"一次最多上传 {MOST_AT_ONCE} 个文件,其余没有上传。")
    done = 0
    for file in files[:MOST_AT_ONCE]:
        try:
            # what is larger than any limit is not even read
            if (file.size or 0) > LARGEST_BYTES:
                raise ValidationError(f"{file.name}:文件超过 20 MB,请拆分或压缩后再上传。")
            attach_file(
                owner=owner,
                name=file.name or "",
                content=file.read(),
                caption=request.POST.get("caption", ""),
                by=request.user,
            )
            done += 1
        except ValidationError as error:
            errors += error.messages
    if request.headers.get("X-Requested-With") == "fetch":
        context = {"record": owner, "attachment_errors": errors, "next": request.POST.get("next")}
        status = 200 if done or not errors else 422
        return render(request, "components/attachments_answer.html", context, status=status)
    for text in errors:
        messages.error(request, text)
    if done:
        messages.success(request, f"已上传 {done} 个文件。")
    return back(request)


@require_GET
def attachment_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file: photos are shown, documents only offered; as what they were found to be."""
    require(request.user, Right.VIEW_REGISTRY)
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    path = store.path_of(attachment.path)
    if not attachment.is_photo:
        audit.record(by=request.user, action="attachment.view", object=attachment)
    answer: HttpResponseBase
    if settings.ACCEL_PREFIX:
        answer = HttpResponse()
        answer["X-Accel-Redirect"] = f"{settings.ACCEL_PREFIX}/{store.FOLDER}/{attachment.path}"
    else:
        try:
            answer = FileResponse(path.open("rb"))
        except OSError as error:
            raise Http404("文件已不在存储中,请联系管理员。") from error
    shown = "photo.jpg" if attachment.is_photo else attachment.name
    answer["Content-Type"] = attachment.served_as
    answer["Content-Disposition"] = (
        content_disposition_header(not attachment.is_photo, shown) or "attachment"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


@require_POST
def attachment_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one away, with a reason; what right that needs, its record says."""
    require(request.user, Right.VIEW_REGISTRY)
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), pk=pk)
    owner = owner_of(request, attachment.owner_type, attachment.owner_id)
    try:
        remove_attachment(
            attachment=attachment,
            owner=owner,
            reason=request.POST.get("reason", ""),
            by=request.user,
        )
    except ValidationError as error:
        messages.error(request, "".join(error.messages))
    else:
        messages.success(request, f"已删除附件“{attachment.name}”。")
    return back(request)
