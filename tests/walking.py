"""Reading pages as a person does: a list page after page, a form as a browser sends it."""

from html.parser import HTMLParser
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


class Fields(HTMLParser):
    """The last form of a page: names and values as a browser would send them; its choices."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.selects: set[str] = set()
        self.offered: set[tuple[str, str]] = set()
        self.select = self.area = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.values, self.selects, self.offered = {}, set(), set()
        elif tag == "input" and name and given.get("type") in ("checkbox", "radio"):
            if "checked" in given:
                self.values[name] = given.get("value", "on")
        elif tag == "input" and name and given.get("type") != "file":
            self.values[name] = given.get("value", "")
        elif tag == "textarea" and name:
            self.area = name
            self.values[name] = ""
        elif tag == "select" and name:
            self.select = name
            self.selects.add(name)
            self.values[name] = ""
        elif tag == "option":
            self.offered.add((self.select, given.get("value", "")))
            if "selected" in given:
                self.values[self.select] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.values[self.area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
