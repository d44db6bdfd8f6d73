"""Every route of the URLconf: its name, its address, the names in it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    names: tuple[str, ...]

    @property
    def is_api(self) -> bool:
        return self.path.startswith("api/")


def routes() -> list[Route]:
    return sorted(_walk(get_resolver(), "", (), ""), key=lambda route: route.name)


def _walk(resolver: URLResolver, path: str, names: tuple[str, ...], space: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        here = path + str(entry.pattern)
        inside = names + tuple(entry.pattern.converters)
        if isinstance(entry, URLPattern):
            assert entry.name, f"{here} has no name"
            yield Route(space + entry.name, here, inside)
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, here, inside, inner)
