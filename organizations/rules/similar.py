"""Is this organization perhaps registered already? Names compared as people misspell them."""

import difflib
import re
import unicodedata

SIMILAR = 0.86
_FILLER = re.compile(r"[\s·・()()《》\"“”,,.。、\-—]|有限公司|有限责任公司")


def bare(name: str) -> str:
    """A name without blanks, brackets and signs, half-width, lower case."""
    return _FILLER.sub("", unicodedata.normalize("NFKC", name)).casefold()


def similarity(one: str, other: str) -> float:
    """1 for the same name, less the more it differs."""
    return difflib.SequenceMatcher(None, bare(one), bare(other), autojunk=False).ratio()


def similar_names(name: str, known: dict[int, str], limit: int = 5) -> list[tuple[int, bool]]:
    """Keys of the known names that are the same or much alike, best first; True for the same."""
    own = bare(name)
    found = []
    for key, other in known.items():
        theirs = bare(other)
        if own == theirs:
            found.append((1.0, key))
            continue
        longest = max(len(own), len(theirs), 1)
        if abs(len(own) - len(theirs)) > longest * 0.3:
            continue
        matcher = difflib.SequenceMatcher(None, own, theirs, autojunk=False)
        if matcher.real_quick_ratio() >= SIMILAR and matcher.quick_ratio() >= SIMILAR:
            score = matcher.ratio()
            if score >= SIMILAR:
                found.append((score, key))
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return [(key, score == 1.0) for score, key in found[:limit]]
