"""Records of organizational life with who came, what was voted, decided and brought about."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api import Of, Resource, Shown
from accounts.rules import Right
from activities.filters import ActivityFilter
from activities.models import Activity, ActivityVersion, Attendance, Outcome, Resolution, Vote

ALONE = "列表中不给出"


class AttendanceShown(Shown):
    member = serializers.IntegerField(source="member_id", help_text="党员的记录编号")
    member_name = serializers.CharField(source="member.name")

    class Meta:
        model = Attendance
        fields = [
            *("member", "member_name", "is_participant", "may_vote", "presence", "reason"),
            "grade",
        ]


class VoteShown(Shown):
    class Meta:
        model = Vote
        fields = [
            *("id", "matter", "n_entitled", "n_present", "n_for", "n_against", "n_abstained"),
            "has_passed",
        ]


class ResolutionShown(Shown):
    class Meta:
        model = Resolution
        fields = ["id", "text", "owner", "due_on", "done_on"]


class OutcomeOfShown(Shown):
    kind = serializers.CharField(source="kind.code")
    kind_name = serializers.CharField(source="kind.name")
    unit = serializers.CharField(source="kind.unit")

    class Meta:
        model = Outcome
        fields = ["id", "kind", "kind_name", "unit", "amount", "note"]


class CorrectionShown(Shown):
    corrected_by = Of("corrected_by.name")

    class Meta:
        model = ActivityVersion
        fields = ["number", "corrected_by", "corrected_at", "reason"]


class ActivityShown(Shown):
    party_organization = serializers.CharField(source="party_organization.code")
    party_organization_name = serializers.CharField(source="party_organization.name")
    township = serializers.CharField(source="party_organization.township_id")
    group = Of("group.name", help_text="党小组")
    kinds = serializers.ListField(child=serializers.CharField(), help_text="一至三个类型")
    filed_by = Of("filed_by.name", help_text=f"归档人;{ALONE}")
    attendances = serializers.SerializerMethodField(
        help_text=f"逐人到会情况,没有查看党员权限的为 null;{ALONE}"
    )
    votes = VoteShown(many=True, help_text=ALONE)
    resolutions = ResolutionShown(many=True, help_text=ALONE)
    outcomes = OutcomeOfShown(many=True, help_text=ALONE)
    corrections = CorrectionShown(source="versions", many=True, help_text=ALONE)

    told_of_one = (
        *("agenda", "minutes", "filed_by", "attendances", "votes", "resolutions", "outcomes"),
        "corrections",
    )

    @extend_schema_field(AttendanceShown(many=True, allow_null=True))
    def get_attendances(self, activity: Activity) -> Any:
        """Names are for whoever may see members, as on the page."""
        if not self.context["request"].user.may(Right.VIEW_MEMBERS):
            return None
        people = activity.attendances.all()
        return AttendanceShown(people, many=True, context=self.context).data

    class Meta:
        model = Activity
        fields = [
            *("id", "party_organization", "party_organization_name", "township", "group", "title"),
            *("kinds", "held_on", "starts_at", "ends_at", "place", "host", "recorder", "speaker"),
            *("guests", "state", "is_late", "filed_at", "filed_by", "n_expected", "n_present"),
            *("n_excused", "n_absent", "n_corrections", "agenda", "minutes", "attendances"),
            *("votes", "resolutions", "outcomes", "corrections", "version", "created_at"),
            "updated_at",
        ]


class Activities(Resource):
    name, route, noun = "activities", "api-activity", "会议活动记录"
    shown = ActivityShown
    view_right, edit_right = Right.VIEW_ACTIVITIES, Right.EDIT_ACTIVITIES
    filterset = ActivityFilter
    orders = ("held_on", "pk", "updated_at")
    description = "只读,筛选条件与页面相同;不写 state 时含草稿和已作废的。"
    example = {
        "id": 7021,
        "party_organization": "11010100031",
        "party_organization_name": "某商会党支部",
        "township": "110101002",
        "group": None,
        "title": "10月主题党日",
        "kinds": ["theme_day"],
        "held_on": "2019-10-15",
        "starts_at": "15:00:00",
        "ends_at": "16:30:00",
        "place": "党员活动室",
        "host": "陈志强",
        "recorder": "林晓燕",
        "state": "filed",
        "is_late": False,
        "filed_at": "2019-10-16T09:20:11+08:00",
        "n_expected": 5,
        "n_present": 4,
        "n_excused": 1,
        "n_absent": 0,
        "n_corrections": 0,
        "version": 3,
    }

    def visible(self, user: Any) -> QuerySet:
        return Activity.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.with_types().defer("agenda", "minutes")

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        people = Attendance.objects.visible_to(user).select_related("member")
        versions = ActivityVersion.objects.visible_to(user).select_related("corrected_by")
        return (
            rows.with_types()
            .select_related("filed_by")
            .prefetch_related(
                Prefetch("attendances", people),
                Prefetch("versions", versions),
                *("votes", "resolutions", "outcomes__kind"),
            )
        )
