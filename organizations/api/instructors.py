"""Instructors and their assignments."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers

from accounts.api import Arguments, Body, Code, CodeList, Resource, Shown, Text, Verb
from organizations.actions.instructor import (
    change_instructor,
    register_instructor,
    retire_instructor,
)
from organizations.actions.instructor_assignment import (
    assign_instructor,
    cancel_assignment,
    end_assignment,
    transfer_assignments,
)
from organizations.api.social_organizations import EndArguments, ReasonArguments
from organizations.filters import InstructorAssignmentFilter, InstructorFilter
from organizations.forms import InstructorForm
from organizations.models import Instructor, InstructorAssignment, SocialOrganization


class InstructorShown(Shown):
    township = serializers.CharField(source="township_id", help_text="统计用区划代码")
    township_name = serializers.CharField(source="township.name")
    load = serializers.IntegerField(help_text="在统计日联系的社会组织家数")

    class Meta:
        model = Instructor
        fields = [
            *("id", "code", "name", "township", "township_name", "started_on", "ended_on"),
            *("load", "version", "created_at", "updated_at"),
        ]


class WrittenInstructor(Body):
    class Meta:
        model = Instructor
        fields = InstructorForm.Meta.fields


class AssignArguments(Arguments):
    organizations = CodeList(SocialOrganization, "credit_code", "pk")
    on = serializers.DateField(help_text="从这一天起联系")


class HandOnArguments(Arguments):
    taker = Code(Instructor, help_text="接手的指导员编号")
    on = serializers.DateField(help_text="从这一天起由对方联系")
    organizations = CodeList(
        SocialOrganization, "credit_code", "pk", required=False, help_text="不写则全部转交"
    )
    reason = Text(max_length=300, required=False, allow_blank=True, default="")


def _retired(user: Any, one: Instructor, values: dict[str, Any]) -> None:
    retire_instructor(instructor=one, by=user, **values)


def _assigned(user: Any, one: Instructor, values: dict[str, Any]) -> None:
    assign_instructor(instructor=one, by=user, **values)


def _transferred(user: Any, one: Instructor, values: dict[str, Any]) -> None:
    chosen = values.pop("organizations", None)
    keys = None if chosen is None else [organization.pk for organization in chosen]
    transfer_assignments(giver=one, organizations=keys, by=user, **values)


class Instructors(Resource):
    name, route, noun = "instructors", "api-instructor", "党建工作指导员"
    shown = InstructorShown
    filterset = InstructorFilter
    orders = ("pinyin", "pk", "code", "updated_at")
    create_body = change_body = WrittenInstructor
    verbs = (
        Verb(
            "retire",
            "离任",
            EndArguments,
            _retired,
            "未结束的联系同时结束。",
            {"on": "2024-05-01", "reason": "岗位调整"},
        ),
        Verb(
            "assign",
            "安排联系多家社会组织",
            AssignArguments,
            _assigned,
            "有一家不能安排,就一家也不安排。",
            {"organizations": ["51110101MJ0000001W", 27], "on": "2024-05-01"},
        ),
        Verb(
            "transfer",
            "转交联系的社会组织",
            HandOnArguments,
            _transferred,
            example={"taker": "110101Z0031", "on": "2024-05-01", "reason": "轮岗"},
        ),
    )
    description = "筛选条件与页面相同;load 只数管辖范围内的社会组织。"
    example = {
        "id": 10,
        "code": "110101Z0010",
        "name": "郑婉婷",
        "township": "110101002",
        "township_name": "凤里街道",
        "started_on": "2018-03-01",
        "ended_on": None,
        "load": 1,
        "version": 1,
    }
    create_example = {"code": "110101Z0300", "name": "林安", "township": "110101002"}
    change_example = {"started_on": "2018-03-01"}

    def visible(self, user: Any) -> QuerySet:
        return Instructor.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("township")

    def detailed(self, rows: QuerySet, user: Any) -> QuerySet:
        return self.listed(rows.with_load_on(timezone.localdate(), user), user)

    def create(self, user: Any, values: dict[str, Any]) -> Instructor:
        return register_instructor(started_on=values.pop("started_on", None), by=user, **values)

    def change(self, user: Any, record: Any, values: dict[str, Any]) -> Any:
        return change_instructor(instructor=record, values=values, version=record.version, by=user)


class AssignmentShown(Shown):
    instructor = serializers.CharField(source="instructor.code")
    instructor_name = serializers.CharField(source="instructor.name")
    social_organization_name = serializers.CharField(source="social_organization.name")
    credit_code = serializers.CharField(source="social_organization.credit_code", allow_null=True)
    township = serializers.CharField(source="social_organization.township_id")

    class Meta:
        model = InstructorAssignment
        fields = [
            *("id", "instructor", "instructor_name", "social_organization"),
            *("social_organization_name", "credit_code", "township", "valid_from", "valid_to"),
            *("version", "created_at", "updated_at"),
        ]


class NewAssignment(Body):
    codes = {"social_organization": ("credit_code", "pk")}

    class Meta:
        model = InstructorAssignment
        fields = ["instructor", "social_organization", "valid_from"]


class EndAssignmentArguments(EndArguments):
    reason = Text(max_length=300, required=False, allow_blank=True, default="")


def _through(action: Any) -> Any:
    def act(user: Any, one: InstructorAssignment, values: dict[str, Any]) -> None:
        action(assignment=one, by=user, **values)

    return act


class InstructorAssignments(Resource):
    name, route, noun = "instructor-assignments", "api-instructor-assignment", "指导员联系"
    shown = AssignmentShown
    filterset = InstructorAssignmentFilter
    orders = ("pk", "valid_from", "updated_at")
    create_body = NewAssignment
    create_fields = {"on": "valid_from", "organizations": "social_organization"}
    verbs = (
        Verb(
            "end",
            "结束联系",
            EndAssignmentArguments,
            _through(end_assignment),
            "从这一天起不再联系,以前的仍然算。",
            {"on": "2024-05-01", "reason": "已建立党组织"},
        ),
        Verb(
            "cancel",
            "撤销录错的联系",
            ReasonArguments,
            _through(cancel_assignment),
            "这条联系不再算作发生过。",
            {"reason": "录错单位"},
            gone=True,
        ),
    )
    description = "哪位指导员从何时到何时联系哪家社会组织;valid_to 是不再联系的第一天。"
    example = {
        "id": 31,
        "instructor": "110101Z0010",
        "instructor_name": "郑婉婷",
        "social_organization": 15,
        "social_organization_name": "本市青年商会",
        "valid_from": "2018-12-07",
        "valid_to": None,
        "version": 1,
    }
    create_example = {
        "instructor": "110101Z0010",
        "social_organization": 15,
        "valid_from": "2018-12-07",
    }

    def visible(self, user: Any) -> QuerySet:
        return InstructorAssignment.objects.visible_to(user)

    def listed(self, rows: QuerySet, user: Any) -> QuerySet:
        return rows.select_related("social_organization", "instructor")

    def create(self, user: Any, values: dict[str, Any]) -> InstructorAssignment:
        return assign_instructor(
            instructor=values["instructor"],
            organizations=[values["social_organization"]],
            on=values["valid_from"],
            by=user,
        )[0]
