"""The REST API of published figures."""

import csv
import hashlib
import io
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import require
from accounts.api.routing import refusals
from accounts.conditional import is_held
from accounts.rules import Right
from evaluation.dashboard.coverage import Group, Report, State, coverage_report, state_of
from evaluation.forms.coverage import CoverageForm
from evaluation.rules.coverage import Coverage

BOM = "\ufeff"
COUNTED = ("social_organization_count", "covered_count", "organization_coverage_rate")
WORKED = ("work_covered_count", "work_coverage_rate")
REASONS = ("should_establish", "too_few_members", "no_members")


class RenderedJSON(JSONRenderer):
    """Passes on what was rendered before and kept; renders the rest."""

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data if isinstance(data, bytes) else super().render(data, *args, **kwargs)


class CoverageCSV(BaseRenderer):
    """The groups, or without groups the total, as UTF-8 with a mark that Excel understands."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        if isinstance(data, bytes):
            return data
        if "total" not in data:  # an error
            return JSONRenderer().render(data)
        rows = data["groups"] or [{"label": "合计", **data["total"]}]
        head = ["as_of", *rows[0]]
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(head)
        for row in rows:
            cells = [row.get(name) for name in head[1:]]
            writer.writerow([data["as_of"], *("" if cell is None else cell for cell in cells)])
        return (BOM + out.getvalue()).encode()


class FormatNegotiation(DefaultContentNegotiation):
    """A wrong `format` is a wrong parameter, not a missing page."""

    def filter_renderers(self, renderers: list[Any], format: str) -> list[Any]:
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            legal = "、".join(renderer.format for renderer in renderers)
            raise ValidationError({"format": [f"没有“{format}”这种格式,可选:{legal}"]})
        return found


def rates(coverage: Coverage, names: tuple[str, ...]) -> dict[str, Any]:
    """Counts as integers, rates as numbers with 4 decimals or null."""
    found = {}
    for name in names:
        value = getattr(coverage, name)
        found[name] = float(value) if name.endswith("rate") and value is not None else value
    return found


def group_json(group: Group) -> dict[str, Any]:
    names = COUNTED if "mode" in group.codes else COUNTED + WORKED + REASONS
    return {**group.codes, "label": group.label, **rates(group.coverage, names)}


def report_json(report: Report, group_by: tuple[str, ...]) -> dict[str, Any]:
    """The answer's body as documented in the schema."""
    total = report.total
    reduced = total.reduced
    return {
        "as_of": report.selection.day.isoformat(),
        "computed_at": timezone.localtime(report.computed_at).isoformat(),
        "pending": report.pending,
        "total": rates(total, COUNTED + WORKED),
        "uncovered": {name: getattr(total, name) for name in REASONS},
        "reduced": {
            **rates(reduced, COUNTED + WORKED),
            "removed": {
                "winding_up": total.removed_winding_up,
                "revoked": total.removed_revoked,
                "shell": total.removed_shell,
            },
        },
        "party_organizations": report.party_organizations,
        "groups": [group_json(group) for group in report.groups.get(group_by, [])],
    }


class RatesSerializer(serializers.Serializer):
    social_organization_count = serializers.IntegerField()
    covered_count = serializers.IntegerField()
    organization_coverage_rate = serializers.FloatField(allow_null=True)
    work_covered_count = serializers.IntegerField()
    work_coverage_rate = serializers.FloatField(allow_null=True)


class RemovedSerializer(serializers.Serializer):
    winding_up = serializers.IntegerField()
    revoked = serializers.IntegerField()
    shell = serializers.IntegerField()


class ReducedSerializer(RatesSerializer):
    removed = RemovedSerializer()


class ReasonsSerializer(serializers.Serializer):
    should_establish = serializers.IntegerField()
    too_few_members = serializers.IntegerField()
    no_members = serializers.IntegerField()


class KindsSerializer(serializers.Serializer):
    standing = serializers.IntegerField()
    joint = serializers.IntegerField()
    affiliated = serializers.IntegerField()


class GroupSerializer(serializers.Serializer):
    township = serializers.CharField(required=False)
    category = serializers.CharField(required=False)
    supervising_unit = serializers.CharField(required=False)
    mode = serializers.CharField(required=False)
    month = serializers.CharField(required=False)
    label = serializers.CharField()
    social_organization_count = serializers.IntegerField()
    covered_count = serializers.IntegerField()
    organization_coverage_rate = serializers.FloatField(allow_null=True)
    work_covered_count = serializers.IntegerField(required=False)
    work_coverage_rate = serializers.FloatField(required=False, allow_null=True)
    should_establish = serializers.IntegerField(required=False)
    too_few_members = serializers.IntegerField(required=False)
    no_members = serializers.IntegerField(required=False)


class CoverageSerializer(serializers.Serializer):
    as_of = serializers.DateField()
    computed_at = serializers.DateTimeField()
    pending = serializers.BooleanField()
    total = RatesSerializer()
    uncovered = ReasonsSerializer()
    reduced = ReducedSerializer()
    party_organizations = KindsSerializer()
    groups = GroupSerializer(many=True)


class CoverageView(APIView):
    """Coverage of social organizations by party organizations."""

    renderer_classes = [RenderedJSON, CoverageCSV]
    content_negotiation_class = FormatNegotiation

    @extend_schema(
        summary="覆盖情况",
        description=(
            "组织覆盖率 = 有存续覆盖关系的社会组织 / 统计日在册的社会组织;工作覆盖另含有指导员联系的。"
            "按组建方式分组时,一家社会组织可以出现在多个组里,但在合计中只计一次;"
            "这时的分母是同组全部社会组织,不含工作覆盖。"
        ),
        parameters=[
            OpenApiParameter("as_of", OpenApiTypes.DATE, description="统计日,默认今天"),
            OpenApiParameter(
                "group_by",
                OpenApiTypes.STR,
                description="township、category、supervising_unit、mode、month,可用逗号组合",
            ),
            OpenApiParameter("township", OpenApiTypes.STR, description="区划代码或其前几位"),
            OpenApiParameter("category", OpenApiTypes.STR, description="类别代码或名称"),
            OpenApiParameter(
                "supervising_unit",
                OpenApiTypes.STR,
                description="单位编码或名称;none 为无业务主管单位",
            ),
            OpenApiParameter("months", OpenApiTypes.INT, description="按月分组的月数,默认 12"),
        ],
        responses={
            200: CoverageSerializer,
            **refusals(400),
        },
    )
    def get(self, request: Request) -> Response:
        require(request.user, Right.VIEW_COVERAGE)
        state = state_of(request.user)
        etag = etag_of(request, state)
        # what cannot be named cannot be asked for again, so it is not kept at all
        headers = {"Cache-Control": "private, no-cache", "ETag": etag} if etag else {}
        if is_held(request, etag):
            return Response(status=304, headers=headers)
        body = cache.get(etag) if etag else None
        if body is None:
            form = parsed(request)
            group_by = form.cleaned_data["group_by"]
            breakdowns = [group_by] if group_by else []
            months = form.trend_months()
            report = coverage_report(request.user, form.selection(), breakdowns, months, state)
            body = request.accepted_renderer.render(report_json(report, group_by))
            if etag:
                cache.set(etag, body, 3600)
        return Response(body, headers=headers)


def parsed(request: Request) -> CoverageForm:
    """The valid form, or a 400 that names the parameter."""
    form = CoverageForm(request.query_params, user=request.user)
    known = {*form.fields, "format"}
    for name in request.query_params:
        if name not in known:
            raise ValidationError({name: [f"没有这个参数,可用:{'、'.join(sorted(known))}"]})
        if len(request.query_params.getlist(name)) > 1:
            raise ValidationError({name: ["只能写一次"]})
    if not form.is_valid():
        raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
    return form


def etag_of(request: Request, state: State) -> str:
    """Names an answer by its question and by the state of the records; empty where it cannot."""
    if not state.key:
        return ""
    question = sorted(request.query_params.items())
    text = repr((state.key, question, request.accepted_renderer.format))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
