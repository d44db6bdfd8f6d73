"""Numbers that practice sets differently from place to place, each with a default."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.rules import Vocabulary


class Parameter(Vocabulary):
    JOINT_DUES = "joint_dues", "兼合式党组织收缴党费(1 是,0 否)"
    JOINT_ADMITS = "joint_admits", "兼合式党组织发展党员(1 是,0 否)"
    JOINT_ELECTS = "joint_elects", "兼合式党组织按期换届(1 是,0 否)"
    LETTER_DAYS = "letter_days", "介绍信有效期(天)"
    LETTER_ALERT_DAYS = "letter_alert_days", "介绍信到期前提醒(天)"
    TRAINING_HOURS = "training_hours", "党员年度学时"
    LEADER_HOURS = "leader_hours", "班子成员年度学时"
    CONTACT_MONTHS = "contact_months", "流动党员联系间隔(月)"
    DUES_GRACE_DAYS = "dues_grace_days", "党费按月缴纳的宽限(天)"
    REBATE_PERCENT = "rebate_percent", "党费返拨比例(%)"


@dataclass(frozen=True)
class Default:
    """The value where no year has set one, and where it comes from; None: nobody has said it."""

    value: Decimal | None
    source: str


DEFAULTS: Mapping[str, Default] = {
    Parameter.JOINT_DUES: Default(Decimal(0), "参照临时党支部"),
    Parameter.JOINT_ADMITS: Default(Decimal(0), "参照临时党支部"),
    Parameter.JOINT_ELECTS: Default(Decimal(0), "参照临时党支部"),
    Parameter.LETTER_DAYS: Default(Decimal(90), "最长三个月"),
    Parameter.LETTER_ALERT_DAYS: Default(Decimal(15), "本平台设定"),
    Parameter.TRAINING_HOURS: Default(Decimal(32), "党员教育管理工作条例"),
    Parameter.LEADER_HOURS: Default(Decimal(56), "党员教育管理工作条例"),
    Parameter.CONTACT_MONTHS: Default(Decimal(6), "本平台设定"),
    Parameter.DUES_GRACE_DAYS: Default(Decimal(0), "本平台设定"),
    Parameter.REBATE_PERCENT: Default(None, "由市里确定,未确定前不计算"),
}


def in_force(settings: Mapping[int, Decimal], year: int, default: Decimal | None) -> Decimal | None:
    """The value set for the latest year not after this one, else the default."""
    years = [known for known in settings if known <= year]
    return settings[max(years)] if years else default
