"""The closed lists of rating: states of schemes, runs, ratings and cycles."""

from accounts.rules import Vocabulary


class SchemeState(Vocabulary):
    DRAFT = "draft", "草案"
    PUBLISHED = "published", "已发布"


class RunState(Vocabulary):
    QUEUED = "queued", "等待"
    RUNNING = "running", "计算中"
    DONE = "done", "已完成"
    FAILED = "failed", "有错误"


class RunReason(Vocabulary):
    NIGHTLY = "nightly", "每夜"
    ASKED = "asked", "人工发起"
    FREEZE = "freeze", "初评前冻结"


class RatingState(Vocabulary):
    """How far a rating has come; beyond 自动测算 no run touches it."""

    DRAFT = "draft", "自动测算"
    SELF = "self", "已自评"
    FIRST = "first", "已初评"
    COMMITTEE = "committee", "已复核"
    DECIDED = "decided", "已审定"
    PUBLISHED = "published", "已命名"


class CycleStage(Vocabulary):
    """Where a year's cycle stands."""

    SELF = "self", "自评"
    FIRST = "first", "上级初评"
    COMMITTEE = "committee", "综合党委复核"
    DECISION = "decision", "组织部审定"
    NOTICE = "notice", "公示"
    NAMED = "named", "已命名"


class ObjectionState(Vocabulary):
    OPEN = "open", "待复核"
    UPHELD = "upheld", "成立,已重新审定"
    DISMISSED = "dismissed", "不成立"


class Verdict(Vocabulary):
    CONFIRMED = "confirmed", "确认"
    DISMISSED = "dismissed", "不予认定"


STAR_WORDS = {None: "暂不定星", 0: "未达标", 1: "★", 2: "★★", 3: "★★★", 4: "★★★★", 5: "★★★★★"}


def star_words(star: int | None) -> str:
    """A star as people read it."""
    return STAR_WORDS.get(star, f"{star} 星")
