"""What happened, in the words of the pages: names of actions, of fields, of values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.dateparse import parse_date

from accounts.models import AuditEvent
from accounts.rules import day_words

ACTIONS = {
    "account.create": "新建账号",
    "account.change_password": "修改密码",
    "account.issue_one_time_password": "发放一次性密码",
    "account.change_role": "调整角色和范围",
    "account.disable": "停用账号",
    "account.enable": "恢复账号",
    "account.set_up_second_factor": "启用动态口令",
    "account.forget_second_factor": "重置动态口令",
    "session.sign_in": "登录",
    "session.end": "结束登录",
    "token.issue": "签发令牌",
    "token.rotate": "更换令牌",
    "token.revoke": "停用令牌",
    "token.use": "使用令牌",
    "proposal.make": "提出账号事项",
    "proposal.approve": "批准账号事项",
    "proposal.reject": "退回账号事项",
    "proposal.see": "知悉账号事项",
    "access.refuse": "越权访问",
    "list_export.ask": "提出导出",
    "instructor.retire": "指导员离任",
    "instructor_assignment.create": "安排指导员联系",
    "instructor_assignment.end": "结束指导员联系",
    "instructor_assignment.delete": "撤销指导员联系",
    "instructor_assignment.transfer": "转交指导员联系",
    "activity.file": "归档会议活动记录",
    "activity.correct": "更正会议活动记录",
    "activity.void": "作废会议活动记录",
    "resolution.change": "登记决议完成情况",
    "year_plan.file": "报备年度计划",
    "incident.confirm": "认定否决情形",
    "incident.dismiss": "不予认定否决情形",
    "attachment.create": "上传附件",
    "attachment.delete": "删除附件",
    "rating_scheme.publish": "发布达标创星方案",
    "rating_run.ask": "发起星级测算",
    "rating_run.finish": "完成星级测算",
    "star_rating.self": "提交自评",
    "star_rating.first": "提交初评",
    "star_rating.committee": "提交复核",
    "star_rating.decide": "审定星级",
    "star_rating.send_back": "退回星级",
    "rating_cycle.open": "发起年度评定",
    "rating_cycle.move": "进入下一阶段",
    "rating_cycle.name": "命名",
    "objection.answer": "办结异议",
    "check_setting.change": "设定规则参数",
    "veto.decide": "认定一票否决",
    "import.apply": "导入台账",
    "import.upload": "上传台账",
    "import.correct": "上传改正后的台账",
    "import.discard": "放弃导入",
    "import.undo": "撤销导入",
    "import.download": "下载导入的文件",
    "demo.seed": "建立演示数据",
    "hand_over.make": "提出移交",
    "hand_over.decline": "退回移交",
    "hand_over.withdraw": "撤回移交",
    "social_organization.create": "登记社会组织",
    "social_organization.rename": "更名",
    "social_organization.move": "移到其他镇(街道)",
    "social_organization.change_unit": "变更业务主管单位",
    "social_organization.set_body": "设定责任主体",
    "social_organization.charter": "登记党建入章",
    "social_organization.inspect": "登记年检",
    "social_organization.remove_inspection": "删除年检",
    "social_organization.grade": "登记评估等级",
    "social_organization.deregister": "注销登记",
    "social_organization.restore": "恢复登记",
    "social_organization.merge": "合并重复登记",
    "social_organization.undo_merge": "撤销合并",
    "supervising_unit.rename": "业务主管单位更名",
    "supervising_unit.merge": "并入业务主管单位",
    "supervising_unit.release_name": "停用曾用名",
    "party_organization.found": "成立党组织",
    "party_organization.rename": "党组织更名",
    "party_organization.upgrade": "变更层级",
    "party_organization.convert": "转为建制性",
    "party_organization.elect": "登记换届选举",
    "party_organization.extend": "登记延期换届",
    "party_organization.dissolve": "撤销党组织",
    "party_organization.restore": "恢复党组织",
    "coverage_link.create": "建立覆盖关系",
    "coverage_link.change": "更正覆盖关系",
    "coverage_link.end": "结束覆盖关系",
    "coverage_link.reopen": "恢复覆盖关系",
    "coverage_link.delete": "删除登记有误的覆盖关系",
    "instructor_assignment.reopen": "恢复指导员联系",
    "member.move": "转接组织关系",
    "member.leave": "登记离开",
    "member.restore": "更正误登的离开",
    "member.resume": "恢复党籍或转回",
    "member.admit": "接收为预备党员",
    "member.turn_full": "转为正式党员",
    "member.extend_probation": "延长预备期",
    "member.note_event": "登记党员事项",
    "member.participate": "参加双重组织生活",
    "member.stop_participating": "结束双重组织生活",
    "member.appoint": "任职",
    "member.relieve": "离任",
    "member.place_in_group": "编入党小组",
    "member.go_away": "登记为流动党员",
    "member.keep_in_touch": "联系流动党员",
    "member.come_back": "流动党员返回",
    "member.change_private": "录入身份证号、电话",
    "member.refuse_id_number": "身份证号未通过核对",
    "member.set_dues_base": "核定党费基数",
    "move.apply": "申请转接",
    "move.approve": "同意转出",
    "move.issue": "开出介绍信",
    "move.accept": "同意转入",
    "move.complete": "完成转接",
    "move.send_back": "退回转接",
    "move.withdraw": "撤回转接",
    "move.expire": "介绍信超期",
    "dues.open_month": "建立月度党费表",
    "applicant.step": "登记发展步骤",
    "applicant.end": "终止培养",
    "party_group.end": "撤销党小组",
    "party_organization.carry_members": "党员整体转出",
    "audit.rotate_keys": "更换字段密钥",
}
# the rooms whose records are written about
ROOMS = ("accounts", "organizations", "members", "activities", "evaluation")
VERBS = {
    "create": "新增",
    "change": "修改",
    "delete": "删除",
    "view": "查看",
    "reveal": "查看完整信息",
    "export": "导出",
}


@dataclass(frozen=True)
class Change:
    """A field's name as pages show it, and its value before and after."""

    label: str
    before: str
    after: str


def label_of_action(action: str) -> str:
    """Words for an action; `noun.verb` of a model becomes 修改社会组织 and the like."""
    if action in ACTIONS:
        return ACTIONS[action]
    noun, _, verb = action.partition(".")
    model = _model_called(noun)
    if model is not None and verb in VERBS:
        return f"{VERBS[verb]}{model._meta.verbose_name}"
    return action


@cache
def _known_actions() -> dict[str, str]:
    """Every action that the portal can record, with its words, in the order of the words."""
    known = dict(ACTIONS)
    for app in ROOMS:
        for model in apps.get_app_config(app).get_models():
            if not hasattr(model._default_manager.none(), "visible_to"):
                continue  # the portal's own: nobody works on them
            noun = re.sub(r"(?<!^)(?=[A-Z])", "_", model.__name__).lower()
            for verb in VERBS:
                code = f"{noun}.{verb}"
                known.setdefault(code, label_of_action(code))
    return dict(sorted(known.items(), key=lambda item: item[1]))


def actions_offered() -> list[str]:
    """The words to choose from: each once."""
    return list(dict.fromkeys(_known_actions().values()))


def actions_called(text: str) -> list[str]:
    """Codes of the actions with these words; else of those whose words hold them."""
    known = _known_actions()
    same = [code for code, words in known.items() if words == text]
    return same or [code for code, words in known.items() if text in words]


def _model_called(noun: str) -> type[models.Model] | None:
    name = noun.replace("_", "")
    return next((m for m in apps.get_models() if m._meta.model_name == name), None)


def changes_of(event: AuditEvent) -> list[Change]:
    """The event's fields with their labels and readable values."""
    model = _model_of(event)
    before, after = event.before or {}, event.after or {}
    names = list(dict.fromkeys([*before, *after]))
    return [
        Change(
            _label(model, name),
            _shown(model, name, before.get(name)),
            _shown(model, name, after.get(name)),
        )
        for name in names
    ]


def _model_of(event: AuditEvent) -> type[models.Model] | None:
    try:
        return apps.get_model(event.object_type) if event.object_type else None
    except LookupError:
        return None


LABELS = {
    "how": "方式",
    "why": "原因",
    "username": "账号",
    "path": "地址",
    "files": "文件",
    "key": "令牌",
    "on": "日期",
    "year": "年度",
    "result": "结论",
    "concluded_on": "结论日期",
    "document": "文号",
    "approved_on": "批准日期",
    "held_on": "选举日期",
    "entitled": "应到人数",
    "present": "实到人数",
    "to": "移入",
    "merged": "并入的",
    "moved": "转入的内容",
    "until": "截止日期",
    "number": "数量",
    "duty": "职务",
    "exit": "离开类型",
    "party_organization": "党组织",
    "social_organization": "社会组织",
    "group": "党小组",
    "is_leader": "组长",
    "destination": "流入地",
    "way": "联系方式",
    "kind": "事项",
    "payer": "缴费类别",
    "base": "月计算基数(元)",
    "reduced_to": "经批准少交,每月(元)",
    "member": "党员",
    "month": "月份",
    "what": "内容",
    "applied_on": "申请日期",
    "format": "格式",
    "filters": "筛选条件",
    "rows": "行数",
    "route": "列表",
    "query": "条件",
}


def _field(model: type[models.Model] | None, name: str) -> Any:
    """The model's own field of this name; what others say of the record is none."""
    try:
        found = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) else None


def _label(model: type[models.Model] | None, name: str) -> str:
    field = _field(model, name)
    return str(field.verbose_name) if field is not None else LABELS.get(name, name)


def _shown(model: type[models.Model] | None, name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, dict) and "name" in value:
        return str(value["name"])
    if isinstance(value, dict):
        return "、".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    field = _field(model, name)
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        day = parse_date(str(value))
        return day_words(day) if day else str(value)
    return str(value)


@dataclass(frozen=True)
class Told:
    """One event of a record's history, ready to be read."""

    event: AuditEvent
    title: str
    changes: list[Change]


def history_of(
    instance: models.Model, limit: int = 50, also: Sequence[models.Model] = ()
) -> list[Told]:
    """The newest changes of a record that the reader has been found to see, and of what hangs on it.

    Who looked at it is for the audit administrator, not for everybody who looks next.
    """
    events = AuditEvent.objects.of(instance)
    for part in sorted({type(one) for one in also}, key=lambda model: model._meta.label):
        keys = [str(one.pk) for one in also if type(one) is part]
        hanging = AuditEvent.objects.filter(object_type=part._meta.label_lower, object_id__in=keys)
        events = events | hanging
    events = events.exclude(action__endswith=".view")
    events = events.with_names().order_by("-sequence")[:limit]
    return [Told(event, label_of_action(event.action), changes_of(event)) for event in events]


def history_of_kind(model: type[models.Model], limit: int = 50) -> list[Told]:
    """The newest changes of all rows of a vocabulary, each by its name; everybody may know them."""
    events = AuditEvent.objects.filter(object_type=model._meta.label_lower)
    events = events.with_names().order_by("-sequence")[:limit]
    return [
        Told(event, f"{label_of_action(event.action)}“{event.object_label}”", changes_of(event))
        for event in events
    ]
