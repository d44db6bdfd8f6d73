"""Files that come in: refused or made harmless, stored whole or not at all, seen by the right ones."""

import errno
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import AuditEvent, User
from organizations.actions.attachment import (
    attach_file,
    readable_name,
    remove_attachment,
    sweep_attachments,
)
from organizations.models import Attachment, SocialOrganization
from organizations.uploads import store
from organizations.uploads.documents import check_document
from organizations.uploads.photos import clean_photo
from organizations.uploads.problems import UploadError
from tests.conftest import signed_in
from tests.world import FIRST, SECOND, make_organization, make_user

UPLOAD = "/registry/attachments/"


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    out = BytesIO()
    mode = options.pop("mode", "RGB")
    image = Image.new(mode, size, options.pop("colour", None) or (200 if mode == "L" else 0))
    image.save(out, kind, **options)
    return out.getvalue()


def with_position() -> bytes:
    """A JPEG lying on its side that knows where it was taken, by whom, and says so."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (24.0, 44.0, 0.0)
    exif.get_ifd(0x8825)[1] = "N"
    xmp = b"<x:xmpmeta>SecretPlace</x:xmpmeta>"
    return picture(
        exif=exif.tobytes(), comment=b"SecretComment", xmp=xmp, icc_profile=b"Secret" * 9
    )


def png_of(width: int, height: int) -> bytes:
    """A small file that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    data = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def office(*names: str, bomb: bool = False) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name in ("[Content_Types].xml", *names):
            book.writestr(name, b"0" * 30_000_000 if bomb else b"<x/>")
    return out.getvalue()


HTML = b"<html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
JPEG_START, PNG_START = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Some two hundred files that must not be taken."""
    bodies = {
        "html": HTML,
        "svg": SVG,
        "php": b"<?php system($_GET[0]);",
        "exe": b"MZ\x90\x00" + bytes(64),
        "elf": b"\x7fELF" + bytes(64),
        "gif": b"GIF89a" + bytes(20),
        "script": b"#!/bin/sh\nid\n",
        "xml": b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
        "zip": office(),
        "empty": b"",
        "jpeg start only": JPEG_START,
        "png start only": PNG_START,
        "jpeg start, html": JPEG_START + HTML * 20,
        "png start, html": PNG_START + HTML * 20,
        "cut jpeg": picture()[:200],
        "cut png": picture("PNG", (200, 200))[:60],
        "400 megapixels": png_of(20_000, 20_000),
        "26 megapixels": png_of(26_000, 1_000),
        "impossible size": png_of(2**31 - 1, 2**31 - 1),
        "no size": png_of(0, 10),
    }
    for name in ("a.jpg", "a.JPEG", "a.png", "photo.php.jpg", "a.svg.png"):
        for body in bodies.values():
            yield name, body
    for name in (
        *("a.svg", "a.gif", "a.heic", "a.html", "a.php", "a.jpg.php", "a.jpg.exe", "a.jpg ", "a"),
        *("a.jpg\x00.php", "a.docm", "a.xlsm", "a.doc", "a.zip", "a.js", "..", "a.webp", ".jpg"),
    ):
        yield name, picture() if name != "a.jpg " else SVG
        yield name, SVG
    for name in ("a.pdf", "a.docx", "a.xlsx"):
        for body in bodies.values():
            yield name, body
        yield name, b"%PD" + bytes(10)
        yield name, b"PK\x03\x04" + bytes(100)
    yield "a.docx", office("xl/workbook.xml")
    yield "a.xlsx", office("word/document.xml")
    yield "a.docx", office("word/document.xml", "word/vbaProject.bin")
    yield "a.xlsx", office("xl/workbook.xml", "../../etc/cron.d/x")
    yield "a.xlsx", office("xl/workbook.xml", *(f"xl/{n}" for n in range(8)), bomb=True)
    yield "a.xlsx", office("xl/workbook.xml", *(f"xl/{n}" for n in range(2100)))
    yield "big.jpg", picture() + bytes(5 * 1024 * 1024)
    yield "big.pdf", b"%PDF-1.7" + bytes(20 * 1024 * 1024)


def test_two_hundred_hostile_files_are_refused() -> None:
    tried = 0
    for name, content in hostile():
        tried += 1
        shown = readable_name(name)
        taker = clean_photo if shown.lower().endswith((".jpg", ".jpeg", ".png")) else check_document
        if (
            content.startswith(JPEG_START[:3])
            and len(content) == len(picture())
            and (shown == "a.jpg" or shown == ".jpg")
        ):
            continue
        with pytest.raises(UploadError):
            taker(shown, content)
    assert tried >= 200


@pytest.mark.parametrize(
    "content",
    [
        picture() + b"<script>alert(1)</script>",
        picture() + office("word/document.xml"),
        picture("PNG") + b"%PDF-1.7 evil",
        picture(comment=b"<?php system($_GET[0]); ?>"),
        with_position(),
    ],
    ids=["html behind", "zip behind", "pdf behind", "php in a comment", "position"],
)
def test_what_a_picture_carries_along_is_gone(content: bytes) -> None:
    name = "a.png" if content.startswith(PNG_START) else "a.jpg"
    photo = clean_photo(name, content)
    for trace in (b"script", b"PK\x03\x04", b"%PDF", b"php", b"Secret", b"Exif", b"xmpmeta"):
        assert trace not in photo.content
    with Image.open(BytesIO(photo.content)) as image:
        assert image.format == "JPEG"
        assert not image.getexif()
        assert "icc_profile" not in image.info


def test_a_photo_stands_upright() -> None:
    assert (lambda p: (p.width, p.height))(clean_photo("a.jpg", with_position())) == (20, 40)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "L", "P", "1", "I;16", "CMYK"])
def test_every_kind_of_pixels_becomes_a_plain_jpeg(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    out = BytesIO()
    Image.new(mode, (10, 10)).save(out, kind)
    photo = clean_photo("a.jpg" if kind == "JPEG" else "a.png", out.getvalue())
    with Image.open(BytesIO(photo.content)) as image:
        assert image.mode == "RGB"


def test_twenty_five_megapixels_are_the_most() -> None:
    assert clean_photo("a.png", picture("PNG", (5000, 5000), mode="L")).width == 5000


def test_documents_are_known_by_their_content() -> None:
    assert check_document("计划.PDF", b"%PDF-1.7 x") == "application/pdf"
    assert "wordprocessing" in check_document("a.docx", office("word/document.xml"))
    assert "spreadsheet" in check_document("a.xlsx", office("xl/workbook.xml"))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\x\\计划.docx", "计划.docx"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie b.pdf"),
        ("\u202efdp.exe", "fdp.exe"),
        ("", "文件"),
    ],
)
def test_names_are_made_harmless(name: str, shown: str) -> None:
    assert readable_name(name) == shown


# --- stored -------------------------------------------------------------------------------------


def files(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_photo_is_stored_once_and_told(officer: User, tmp_path: Path) -> None:
    owner = make_organization(FIRST)
    one = attach_file(owner=owner, name="合影.jpg", content=picture(), by=officer)
    (path,) = files(tmp_path)
    assert path == store.path_of(one.path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256
    assert "合影" not in str(path)
    with pytest.raises(ValidationError, match="已经上传过"):
        attach_file(owner=owner, name="又.jpg", content=picture(), by=officer)
    assert len(files(tmp_path)) == 1
    assert AuditEvent.objects.get(action="attachment.create").after["name"] == "合影.jpg"


@pytest.mark.django_db
def test_a_full_disk_leaves_nothing(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.os, "fsync", full)
    with pytest.raises(ValidationError, match="存储空间不足"):
        attach_file(owner=make_organization(), name="a.jpg", content=picture(), by=officer)
    assert files(tmp_path) == []
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_a_missing_store_is_said(officer: User, tmp_path: Path, settings: Any) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    settings.MEDIA_ROOT = blocked
    with pytest.raises(ValidationError, match="不可用"):
        attach_file(owner=make_organization(), name="a.jpg", content=picture(), by=officer)


@pytest.mark.django_db
def test_only_who_may_change_the_record_attaches_and_removes(
    officer: User, neighbour: User, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    owner = make_organization(FIRST)
    leader = make_user("chen", "leader", "990101")
    for user in (neighbour, leader):
        with pytest.raises(PermissionDenied):
            attach_file(owner=owner, name="a.jpg", content=picture(), by=user)
    one = attach_file(owner=owner, name="a.jpg", content=picture(), by=officer)
    with pytest.raises(PermissionDenied):
        remove_attachment(attachment=one, owner=owner, reason="看错了", by=leader)
    with pytest.raises(ValidationError):
        remove_attachment(attachment=one, owner=owner, reason=" ", by=officer)
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=one, owner=owner, reason="看错了", by=officer)
    assert files(tmp_path) == []


@pytest.mark.django_db
def test_files_that_no_record_names_are_swept(
    officer: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach_file(owner=make_organization(), name="a.jpg", content=picture(), by=officer)
    store.write(b"lost", ".jpg")
    assert sweep_attachments() == 0
    monkeypatch.setattr(store, "ABANDONED_AFTER", -1)
    assert sweep_attachments() == 1
    assert len(files(tmp_path)) == 1


# --- over the wire ------------------------------------------------------------------------------


def send(client: Client, owner: SocialOrganization, *sent: tuple[str, bytes], **extra: Any) -> Any:
    data = {
        "owner_type": "organizations.socialorganization",
        "owner_id": owner.pk,
        "next": "/registry/social-organizations/",
        "files": [SimpleUploadedFile(name, content) for name, content in sent],
        **extra,
    }
    return client.post(UPLOAD, data)


@pytest.mark.django_db
def test_a_photo_goes_in_and_comes_out_as_nothing_but_a_photo(as_officer: Client) -> None:
    owner = make_organization(FIRST)
    answer = send(as_officer, owner, ("a.jpg", with_position()), ("x.svg", SVG))
    assert answer.status_code == 302
    one = Attachment.objects.get()
    got = as_officer.get(f"{UPLOAD}{one.pk}/")
    assert got["Content-Type"] == "image/jpeg"
    assert got["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Cache-Control"] == "private, no-store"
    assert got["Content-Security-Policy"].startswith("sandbox")
    assert b"Secret" not in b"".join(got.streaming_content)


@pytest.mark.django_db
def test_a_document_is_offered_never_shown(as_officer: Client) -> None:
    owner = make_organization(FIRST)
    send(as_officer, owner, ("章程.pdf", b"%PDF-1.7 " + HTML))
    one = Attachment.objects.get()
    got = as_officer.get(f"{UPLOAD}{one.pk}/")
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.django_db
def test_attachments_are_as_visible_as_their_record(
    as_officer: Client, neighbour: User, client: Client
) -> None:
    owner = make_organization(FIRST)
    send(as_officer, owner, ("a.jpg", picture()))
    one = Attachment.objects.get()
    beside = signed_in(neighbour)
    assert beside.get(f"{UPLOAD}{one.pk}/").status_code == 404
    assert send(beside, owner, ("b.jpg", picture(size=(9, 9)))).status_code == 404
    assert beside.post(f"{UPLOAD}{one.pk}/remove/", {"reason": "删除它"}).status_code == 404
    leader = signed_in(make_user("chen", "leader", "990101"))
    assert leader.get(f"{UPLOAD}{one.pk}/").status_code == 200
    assert send(leader, owner, ("b.jpg", picture(size=(9, 9)))).status_code == 403
    assert leader.post(f"{UPLOAD}{one.pk}/remove/", {"reason": "删除它"}).status_code == 403
    assert client.get(f"{UPLOAD}{one.pk}/").status_code == 302
    assert Attachment.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("label", ["accounts.user", "organizations.township", "x", "", "a.b"])
def test_only_known_records_have_attachments(as_city: Client, label: str) -> None:
    owner = make_organization(SECOND)
    answer = send(as_city, owner, ("a.jpg", picture()), owner_type=label)
    assert answer.status_code == 404


@pytest.mark.django_db
def test_the_way_back_stays_within_the_portal(as_officer: Client) -> None:
    owner = make_organization(FIRST)
    answer = send(as_officer, owner, ("a.jpg", picture()), next="https://evil.example/")
    assert answer["Location"] == "/"
