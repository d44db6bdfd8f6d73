"""The password policy as Django's validators."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.rules import PASSWORD_CLASSES, PASSWORD_LENGTH, character_classes


class PolicyValidator:
    """Length, classes of characters, no words of this place and account."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < PASSWORD_LENGTH:
            raise ValidationError(f"密码至少 {PASSWORD_LENGTH} 个字符。")
        if character_classes(password) < PASSWORD_CLASSES:
            raise ValidationError("密码须含大写字母、小写字母、数字、符号中的三种。")
        lowered = password.lower()
        words = ["shishi", "dangjian", settings.CITY_NAME]
        words += [user.username.lower()] if user is not None and len(user.username) > 3 else []
        for word in words:
            if word and word in lowered:
                raise ValidationError(f"密码不能包含“{word}”这样容易猜到的内容。")

    def get_help_text(self) -> str:
        return f"至少 {PASSWORD_LENGTH} 个字符,含 {PASSWORD_CLASSES} 种字符。"
