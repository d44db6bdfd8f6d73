"""Forms of importing workbooks."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

LARGEST_UPLOAD, LARGEST_UPLOADS, MOST_UPLOADS = 10_000_000, 60_000_000, 30


class WorkbooksInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class WorkbooksField(forms.FileField):
    """One or several workbooks; every one that cannot be taken is named with what to do."""

    widget = WorkbooksInput(attrs={"multiple": True, "accept": ".xlsx,.xls,.ods"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        files = list(data) if isinstance(data, list | tuple) else ([data] if data else [])
        if not files:
            raise ValidationError("请选择要上传的工作簿。")
        problems = [problem for file in files if (problem := self.problem_of(file))]
        if len(files) > MOST_UPLOADS:
            problems.append(
                f"一次最多上传 {MOST_UPLOADS} 个文件,现在有 {len(files)} 个,请分批上传。"
            )
        if sum(file.size for file in files) > LARGEST_UPLOADS:
            problems.append(f"文件合计超过 {LARGEST_UPLOADS // 1_000_000} MB,请分批上传。")
        if problems:
            raise ValidationError(problems)
        return files

    @staticmethod
    def problem_of(file: UploadedFile) -> str:
        suffix = PurePath(file.name or "").suffix.lower()
        if suffix == ".xlsm":
            return f"{file.name}:文件带有宏,请另存为不带宏的 .xlsx 后重试。"
        if suffix not in (".xlsx", ".xls", ".ods"):
            return (
                f"{file.name}:不是 Excel 工作簿(.xlsx、.xls、.ods),请用 Excel 或 WPS 另存后重试。"
            )
        if not file.size:
            return f"{file.name}:文件是空的(0 字节),请重新保存后上传。"
        if file.size > LARGEST_UPLOAD:
            return (
                f"{file.name}:有 {file.size / 1e6:.1f} MB,超过 {LARGEST_UPLOAD // 1_000_000} MB 的上限,"
                "请拆分,或删去图片和多余的空白区域。"
            )
        return ""


class UploadForm(forms.Form):
    """Workbooks to be imported, or corrected ones of a batch."""

    files = WorkbooksField(
        label="工作簿",
        help_text="可一次选择多个 .xlsx、.xls、.ods 文件,每个不超过 10 MB;表头上方的标题、合计行都不用删。",
    )


class UndoForm(forms.Form):
    reason = forms.CharField(label="撤销的理由", max_length=300, help_text="例如:误传了去年的台账")
