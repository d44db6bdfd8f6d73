"""Finding rows by what people call them: a part of the name, of the code, of the pinyin."""

from django.db.models import Q, QuerySet

from organizations.rules.cells import text_of


def named(text: str, *codes: str) -> Q:
    """Rows whose name, code or pinyin initials contain the text."""
    text = text_of(text)
    found = Q(name__icontains=text)
    for code in codes:
        found |= Q(**{f"{code}__icontains": text})
    if text.isascii() and text:
        found |= Q(initials__icontains=text.replace(" ", "").lower())
        found |= Q(pinyin__icontains=text.lower())
    return found


def once_named(former: QuerySet, text: str) -> Q:
    """Rows that bore such a name formerly."""
    return Q(pk__in=former.filter(named(text)).order_by().values("organization"))
