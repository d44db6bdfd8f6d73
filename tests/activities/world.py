"""Makers of organizational life for tests."""

from datetime import date, time
from typing import Any

from accounts.models import User
from activities.actions.activity import Content, file_activity, save_activity, start_activity
from activities.actions.attendance import Came
from activities.models import Activity
from organizations.models import PartyOrganization
from tests.members.world import make_member
from tests.world import make_party

MINUTES = "会议传达学习有关文件精神,与会党员逐一发言,并对下一步工作作出安排。"


def make_branch(members: int = 3, **fields: Any) -> PartyOrganization:
    """A standing branch with some full members."""
    party = make_party(**fields)
    for _ in range(members):
        make_member(party=party, full_on=date(1996, 1, 1))
    return party


def complete(activity: Activity, **values: Any) -> Content:
    """What makes a record fit to be filed: everybody came."""
    row = {
        "title": activity.title,
        "held_on": activity.held_on,
        "starts_at": time(15, 0),
        "ends_at": time(16, 30),
        "place": "会议室",
        "host": "陈志强",
        "recorder": "林晓燕",
        "agenda": "学习讨论",
        "minutes": MINUTES,
        "group": activity.group,
        **values,
    }
    people = {one.member_id: Came("present") for one in activity.attendances.all()}
    return Content(values=row, kinds=activity.kinds, people=people)


def make_draft(
    party: PartyOrganization, on: date, *kinds: str, by: User | None = None, **fields: Any
) -> Activity:
    return start_activity(party=party, kinds=kinds or ("theme_day",), held_on=on, by=by, **fields)


def make_filed(
    party: PartyOrganization, on: date, *kinds: str, by: User, **fields: Any
) -> Activity:
    """A record filed today, everybody present."""
    draft = make_draft(party, on, *kinds, by=by, **fields)
    content = complete(draft)
    saved = save_activity(activity=draft, content=content, version=draft.version, by=by)
    return file_activity(activity=saved, is_another=True, by=by)
