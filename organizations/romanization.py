"""Pinyin of Chinese names, for sorting and for searching by initials."""

from functools import lru_cache
from typing import Any

from django.db import models
from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=4096)
def sort_key(name: str) -> str:
    """Syllables without tones, separated by blanks: sorts 厦门 after 上海."""
    return " ".join(lazy_pinyin(name, errors="default"))[:400]


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """First letters of the syllables, other letters and digits kept: 厦门商会 gives xmsh."""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="default")
    return "".join("".join(letters).lower().split())[:200]


class PinyinField(models.CharField):
    """Follows another field of the same row; computed whenever the row is saved."""

    def __init__(self, *args: Any, of: str = "name", style: str = "sort", **kwargs: Any) -> None:
        self.of, self.style = of, style
        kwargs.setdefault("max_length", 400 if style == "sort" else 200)
        kwargs |= {"editable": False, "blank": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of, "style": self.style}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        name = getattr(model_instance, self.of)
        value = sort_key(name) if self.style == "sort" else initials(name)
        setattr(model_instance, self.attname, value)
        return value
