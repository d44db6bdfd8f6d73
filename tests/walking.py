"""Reading a list as a person does: page after page."""

from typing import Any

from django.test import Client


def rows_of(client: Client, url: str, query: dict[str, Any] | None = None) -> list[Any]:
    """All rows of a list, over all its pages; the number that it states is theirs."""
    answer = client.get(url, query or {})
    rows: list[Any] = []
    while True:
        assert answer.status_code == 200, url
        page = answer.context["page"]
        rows += page
        if not page.has_next:
            break
        answer = client.get(answer.wsgi_request.path + page.next_url)
    assert page.count == len(rows), url
    return rows
