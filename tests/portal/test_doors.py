"""Read from the source: there is one door to rows, and nobody imports inside a function."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("accounts", "organizations", "members", "activities", "evaluation", "shishi_portal")
EDGES = ("views", "api", "forms", "filters", "imports", "sections")
# managers on which an edge may do more than ask what is visible; each with its reason
ALLOWED = {
    # an import compares with what is stored anywhere, and checks the scope row by row
    "organizations/imports/",
    "members/imports",
    "activities/imports/",
}


def edge_files() -> list[Path]:
    found = []
    for room in ROOMS:
        for noun in EDGES:
            found += [ROOT / room / f"{noun}.py", *(ROOT / room / noun).rglob("*.py")]
    names = {path: str(path.relative_to(ROOT)) for path in found if path.exists()}
    return [p for p, name in names.items() if not any(name.startswith(a) for a in ALLOWED)]


def offences(source: str) -> list[int]:
    """Lines where `.objects` (or another way to all rows) is not followed by `visible_to`."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        parent = parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if node.attr in ("_default_manager", "_base_manager"):
            lines.append(node.lineno)
        if called and node.attr in ("raw", "extra", "cursor"):
            lines.append(node.lineno)
        asks = isinstance(parent, ast.Attribute) and parent.attr == "visible_to"
        if node.attr == "objects" and not asks:
            lines.append(node.lineno)
    return lines


def test_the_guard_sees_an_offence() -> None:
    assert offences("Member.objects.filter(pk=1)") == [1]
    assert offences("get_object_or_404(Member.objects, pk=1)") == [1]
    assert offences("Member._default_manager.all()") == [1]
    assert offences("Member.objects.visible_to(user).get(pk=1)") == []


@pytest.mark.parametrize("path", edge_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_edges_reach_rows_through_visible_to_only(path: Path) -> None:
    assert offences(path.read_text()) == []


def test_there_are_edges_to_guard() -> None:
    assert len(edge_files()) > 8


@pytest.mark.parametrize("room", ROOMS)
def test_the_city_is_named_in_settings_and_demo_data_only(room: str) -> None:
    for path in (ROOT / room).rglob("*.py"):
        if "demo" in path.parts or path.name == "settings.py":
            continue
        text = path.read_text()
        assert not re.search(r"350581|石狮|九个镇|nine townships", text), path


def test_no_file_names_a_registry_or_this_machine() -> None:
    words = "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "deb" + r"\.debian"])
    for path in ROOT.glob("requirements*.txt"):
        assert not re.search(words + "|https?://", path.read_text())


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                assert len(path.read_text().splitlines()) <= 400, path
