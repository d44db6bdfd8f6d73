"""Documents: known by extension and by content, never run, never shown inside a page."""

import zipfile
from io import BytesIO
from pathlib import PurePath

from organizations.uploads.problems import UploadError

LARGEST_BYTES = 20 * 1024 * 1024
MOST_ENTRIES, MOST_UNPACKED, MOST_RATIO = 2000, 200 * 1024 * 1024, 100
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# extension: what it is served as, the first bytes, the part that an office file must have
KINDS = {
    ".pdf": (PDF, b"%PDF-", ""),
    ".docx": (DOCX, b"PK\x03\x04", "word/document.xml"),
    ".xlsx": (XLSX, b"PK\x03\x04", "xl/workbook.xml"),
}


def check_document(name: str, content: bytes) -> str:
    """What the document is served as; raises UploadError."""
    kind = KINDS.get(PurePath(name).suffix.lower())
    if kind is None:
        raise UploadError("只接受 PDF、DOCX、XLSX 文件和 JPG、PNG 照片。")
    if not content:
        raise UploadError("文件是空的。")
    if len(content) > LARGEST_BYTES:
        raise UploadError("文件超过 20 MB,请拆分或压缩后再上传。")
    served_as, magic, part = kind
    if not content.startswith(magic):
        raise UploadError("文件内容与扩展名不符(扩展名可能被改过)。")
    if part:
        _check_office(content, part)
    return served_as


def _check_office(content: bytes, part: str) -> None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as book:
            entries = book.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UploadError("文件已损坏,无法读取。") from error
    names = [entry.filename for entry in entries]
    if part not in names or "[Content_Types].xml" not in names:
        raise UploadError("文件内容与扩展名不符。")
    if any("vbaproject" in name.lower() for name in names):
        raise UploadError("文件含有宏,请另存为不含宏的文件再上传。")
    if any(".." in PurePath(name).parts or name.startswith(("/", "\\")) for name in names):
        raise UploadError("文件内部结构异常,不能接受。")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or unpacked / packed > MOST_RATIO:
        raise UploadError("文件解压后过大,不能接受。")
