"""What a meeting decided and what an activity brought about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from activities.actions.reach import check_reach
from activities.models import Activity, Outcome, OutcomeKind, Resolution, Vote
from activities.rules.votes import Ballot, passed


@dataclass(frozen=True)
class Decided:
    matter: str
    ballot: Ballot


@dataclass(frozen=True)
class Resolved:
    text: str
    owner: str = ""
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True)
class Achieved:
    kind: OutcomeKind
    amount: int
    note: str = ""


def replace_votes(activity: Activity, votes: Sequence[Decided]) -> None:
    """Write the votes anew; whether one has passed follows from its numbers."""
    activity.votes.all().delete()
    Vote.objects.bulk_create(
        Vote(
            activity=activity,
            matter=one.matter,
            n_entitled=one.ballot.entitled,
            n_present=one.ballot.present,
            n_for=one.ballot.in_favour,
            n_against=one.ballot.against,
            n_abstained=one.ballot.abstained,
            has_passed=passed(one.ballot),
        )
        for one in votes
    )


def replace_resolutions(activity: Activity, resolutions: Sequence[Resolved]) -> None:
    """Write the resolutions anew; one whose text stays keeps the day on which it was done."""
    done = dict(activity.resolutions.values_list("text", "done_on"))
    activity.resolutions.all().delete()
    Resolution.objects.bulk_create(
        Resolution(
            activity=activity,
            text=one.text,
            owner=one.owner,
            due_on=one.due_on,
            done_on=one.done_on or done.get(one.text),
        )
        for one in resolutions
    )


def replace_outcomes(activity: Activity, outcomes: Sequence[Achieved]) -> None:
    """Write the outcomes anew; two of one kind are added together."""
    together: dict[int, Achieved] = {}
    for one in outcomes:
        before = together.get(one.kind.pk)
        amount = one.amount + (before.amount if before else 0)
        together[one.kind.pk] = Achieved(
            one.kind, amount, one.note or (before.note if before else "")
        )
    activity.outcomes.all().delete()
    Outcome.objects.bulk_create(
        Outcome(activity=activity, kind=one.kind, amount=one.amount, note=one.note)
        for one in together.values()
    )


@transaction.atomic
def finish_resolution(*, resolution: Resolution, done_on: date | None, by: User) -> None:
    """Note when a resolution was carried out; None opens it again."""
    stored = Resolution.objects.select_for_update().get(pk=resolution.pk)
    activity = stored.activity
    check_reach(by, activity.party_organization_id)
    if done_on is not None and done_on < activity.held_on:
        raise ValidationError("完成日期不能早于会议日期。")
    before = stored.done_on
    stored.done_on = done_on
    stored.save(update_fields=["done_on"])
    audit.record(
        by=by,
        action="resolution.change",
        object=activity,
        before={"done_on": before},
        after={"done_on": done_on},
        reason=stored.text,
    )
