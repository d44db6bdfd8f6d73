"""Attaching photos and documents to records, and taking them away."""

import hashlib
import re
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction

from accounts import audit
from accounts.models import User
from organizations.models.attachment import Attachment, AttachmentKind, owner_rights
from organizations.uploads import store
from organizations.uploads.documents import check_document
from organizations.uploads.photos import clean_photo, is_photo_name
from organizations.uploads.problems import StorageError, UploadError

MOST_FILES = 30


def may_attach(user: User, owner: models.Model) -> bool:
    """Does the account see the record and hold the right to change what is attached to it?"""
    rights = owner_rights(owner._meta.label_lower)
    if rights is None or not user.may(rights[1]):
        return False
    owners: Any = type(owner)._default_manager
    return bool(owners.visible_to(user).filter(pk=owner.pk).exists())


def readable_name(name: str) -> str:
    """A file name that is safe to show and to offer: no folders, no control characters."""
    base = PurePath(name.replace("\\", "/")).name
    base = re.sub(r"[\x00-\x1f\x7f<>:\"|?*\u202a-\u202e\u2066-\u2069]", "", base).strip(" .")
    stem, suffix = PurePath(base).stem[:100], PurePath(base).suffix[:10]
    return f"{stem}{suffix}" or "文件"


@transaction.atomic
def attach_file(
    *, owner: models.Model, name: str, content: bytes, caption: str = "", by: User
) -> Attachment:
    """Check, clean and store one file. Raises ValidationError with what is wrong with it.

    When anything fails, neither a row nor a file is left.
    """
    if not may_attach(by, owner):
        raise PermissionDenied("不能给这条记录添加附件。")
    if Attachment.objects.of(owner).count() >= MOST_FILES:
        raise ValidationError(f"一条记录最多 {MOST_FILES} 个附件。")
    shown = readable_name(name)
    attachment = Attachment(
        owner_type=owner._meta.label_lower,
        owner_id=owner.pk,
        name=shown,
        caption=caption.strip()[:120],
        uploaded_by=by,
    )
    try:
        if is_photo_name(shown):
            photo = clean_photo(shown, content)
            content = photo.content
            attachment.kind, attachment.served_as = AttachmentKind.PHOTO.value, "image/jpeg"
            attachment.width, attachment.height = photo.width, photo.height
        else:
            attachment.served_as = check_document(shown, content)
            attachment.kind = AttachmentKind.DOCUMENT.value
        attachment.size = len(content)
        attachment.sha256 = hashlib.sha256(content).hexdigest()
        if Attachment.objects.of(owner).filter(sha256=attachment.sha256).exists():
            raise UploadError("这个文件已经上传过了。")
        suffix = ".jpg" if attachment.is_photo else PurePath(shown).suffix.lower()
        attachment.path = store.write(content, suffix)
    except (UploadError, StorageError) as error:
        raise ValidationError(f"{shown}:{error}") from error
    try:
        attachment.save()
        after = audit.snapshot(attachment, ("name", "kind", "size", "sha256"))
        audit.record(by=by, action="attachment.create", object=owner, after=after)
    except BaseException:
        store.remove(attachment.path)
        raise
    return attachment


@transaction.atomic
def remove_attachment(
    *, attachment: Attachment, owner: models.Model, reason: str, by: User
) -> None:
    """Take an attachment away; the file goes once the row is gone for good."""
    if not may_attach(by, owner):
        raise PermissionDenied("不能删除这条记录的附件。")
    if len(reason.strip()) < 2:
        raise ValidationError("请写明删除附件的理由。")
    stored = Attachment.objects.select_for_update().of(owner).get(pk=attachment.pk)
    before = audit.snapshot(stored, ("name", "kind", "size", "sha256"))
    path = stored.path
    stored.delete()
    audit.record(
        by=by, action="attachment.delete", object=owner, before=before, reason=reason.strip()
    )
    transaction.on_commit(lambda: store.remove(path))


def sweep_attachments() -> int:
    """Remove files that no row names, older than a day; returns how many."""
    names = dict(store.abandoned())
    known = set(Attachment.objects.values_list("path", flat=True).iterator()) if names else set()
    lost = [name for name in names if name not in known]
    for name in lost:
        store.remove(name)
    return len(lost)
