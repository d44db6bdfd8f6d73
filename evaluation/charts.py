"""Figures as pictures: Vega-Lite specifications drawn to SVG on the server, without style or script."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import vl_convert
from django.core.cache import cache
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

vl_convert.register_font_directory(str(Path(pylopdf_fonts_zh_cn.__file__).parent))

INK, SOFT, LINE, RED = "#1d2125", "#5c6670", "#e4e1dc", "#a8271e"
FONT = "Noto Sans SC"
LIBRARY_SITE = "https://vega.github.io/vega-datasets/"


@dataclass(frozen=True)
class Point:
    """A point of a trend: its label, value in per cent, words for readers, where it leads."""

    label: str
    value: float
    words: str
    href: str


def trend_chart(points: Sequence[Point], *, width: int, height: int, every: int) -> SafeString:
    """A line with a dot a month, every n-th dot and the last one labelled with its value."""
    last = len(points) - 1
    rows = [
        {
            "label": point.label,
            "value": point.value,
            "words": point.words,
            "href": point.href,
            "text": f"{point.value:.1f}" if (last - place) % every == 0 else "",
        }
        for place, point in enumerate(points)
    ]
    values = [point.value for point in points] or [0]
    span = max(max(values) - min(values), 4)
    low = max(0, min(values) - span * 0.35)
    high = min(100, max(values) + span * 0.35)
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "axis": {
            "aria": False,
            "title": None,
            "labelAngle": 0,
            "labelColor": SOFT,
            "domainColor": LINE,
            "tickColor": LINE,
            "values": [r["label"] for n, r in enumerate(rows) if (last - n) % every == 0],
        },
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": False, "zero": False},
        "axis": {
            "aria": False,
            "title": None,
            "labelColor": SOFT,
            "gridColor": LINE,
            "domain": False,
            "ticks": False,
            "tickCount": 4,
            "labelExpr": "format(datum.value, '.0f') + ' %'",
        },
    }
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": "transparent",
        "padding": {"left": 2, "right": 14, "top": 14, "bottom": 2},
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "line", "color": RED, "strokeWidth": 2},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "point", "filled": True, "color": RED, "size": 40, "opacity": 1},
                "encoding": {
                    "x": x,
                    "y": y,
                    "href": {"field": "href", "type": "nominal"},
                    "description": {"field": "words", "type": "nominal"},
                },
            },
            {
                "mark": {"type": "text", "dy": -12, "color": INK, "fontSize": 12},
                "encoding": {"x": x, "y": y, "text": {"field": "text", "type": "nominal"}},
            },
        ],
        "config": {"font": FONT, "view": {"stroke": None}, "axis": {"labelFontSize": 12}},
    }
    return draw(spec, "按月变化,每个圆点可以打开当日的数据")


def draw(spec: dict[str, Any], title: str) -> SafeString:
    """The specification as inline SVG; kept by its content, so equal figures are drawn once."""
    text = json.dumps(spec, sort_keys=True)
    key = "chart:" + hashlib.sha256((title + text).encode()).hexdigest()
    svg = cache.get(key)
    if svg is None:
        svg = vl_convert.vegalite_to_svg(text, vl_version="5.21")
        # the library resolves addresses against its own site; ours are of this page
        svg = svg.replace(f'href="{LIBRARY_SITE}', 'href="')
        svg = re.sub(r' aria-roledescription="[^"]*"', "", svg)
        svg = svg.replace("<svg ", f'<svg role="group" aria-label="{escape(title)}" ', 1)
        cache.set(key, svg, 86400)
    # drawn by the library from escaped JSON values; it holds no script and no style
    return mark_safe(svg)  # noqa: S308
