"""发展党员: five stages, 25 steps, their least intervals (which block) and limits (which warn)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from members.rules.dates import add_months, age_on

ADULT = 18
PASSED, APPROVED, FULL_PASSED, FULL_APPROVED, LAST = 15, 17, 23, 24, 25


@dataclass(frozen=True)
class Span:
    """Months, days, or both, as the rules count them."""

    months: int = 0
    days: int = 0

    def after(self, day: date) -> date:
        return add_months(day, self.months) + timedelta(days=self.days)

    def __str__(self) -> str:
        years, months = divmod(self.months, 12)
        parts = [f"{years} 年" if years else "", f"{months} 个月" if months else ""]
        return "".join(parts) + (f"{self.days} 天" if self.days else "")


@dataclass(frozen=True)
class Step:
    """One of the 25: what must be done, by whom decided, how soon after which other step."""

    number: int
    stage: int
    name: str
    by_superior: bool = False
    repeated: bool = False
    # (step, span): not earlier than the span after that step / not later than it
    at_least: tuple[tuple[int, Span], ...] = ()
    at_most: tuple[tuple[int, Span], ...] = ()
    hint: str = ""


STAGES = {
    1: "申请入党",
    2: "入党积极分子的确定和培养教育",
    3: "发展对象的确定和考察",
    4: "预备党员的接收",
    5: "预备党员的教育考察和转正",
}
_MONTH, _QUARTER, _YEAR = Span(months=1), Span(months=3), Span(months=12)
STEPS = (
    Step(1, 1, "递交入党申请书", hint="年满 18 岁"),
    Step(2, 1, "党组织派人谈话", at_most=((1, _MONTH),)),
    Step(3, 2, "推荐和确定入党积极分子"),
    Step(4, 2, "上级党委备案", by_superior=True),
    Step(5, 2, "指定培养联系人", hint="1 至 2 名正式党员"),
    Step(6, 2, "培养教育考察", repeated=True, hint="每半年一次,一年以上"),
    Step(7, 3, "确定发展对象", at_least=((3, _YEAR),)),
    Step(8, 3, "报上级党委备案", by_superior=True),
    Step(9, 3, "确定入党介绍人", hint="2 名正式党员,留党察看的不能担任"),
    Step(10, 3, "进行政治审查"),
    Step(11, 3, "开展集中培训", hint="不少于 3 天或 24 学时"),
    Step(12, 4, "支部委员会审查", at_most=((10, _YEAR),)),
    Step(13, 4, "上级党委预审", by_superior=True, hint="三个月内将离开工作单位的一般不办理"),
    Step(14, 4, "填写入党志愿书"),
    Step(
        PASSED, 4, "支部大会讨论", at_most=((13, _MONTH),), hint="逐个讨论、逐个表决;预备期由此起算"
    ),
    Step(16, 4, "上级党委派人谈话", by_superior=True),
    Step(APPROVED, 4, "上级党委审批", by_superior=True, at_most=((PASSED, _QUARTER),)),
    Step(18, 4, "再上一级党委组织部门备案", by_superior=True),
    Step(19, 5, "编入党支部和党小组"),
    Step(20, 5, "入党宣誓"),
    Step(21, 5, "继续教育考察", repeated=True, hint="预备期一年"),
    Step(22, 5, "提出转正申请"),
    Step(FULL_PASSED, 5, "支部大会讨论转正", at_least=((PASSED, _YEAR),)),
    Step(
        FULL_APPROVED,
        5,
        "上级党委审批转正",
        by_superior=True,
        at_least=((PASSED, _YEAR),),
        at_most=((FULL_PASSED, _QUARTER),),
    ),
    Step(LAST, 5, "材料归档"),
)
BY_NUMBER = {step.number: step for step in STEPS}


def refusals(
    number: int, on: date, done: Mapping[int, date], born_on: date | None, extended: int = 0
) -> list[str]:
    """Why this step cannot be recorded on this day: age, order, least intervals.

    `done` holds the first day of every step done so far; `extended` the months by which the
    预备期 was extended.
    """
    step = BY_NUMBER[number]
    found = []
    if number == 1 and born_on and age_on(born_on, on) < ADULT:
        found.append("递交入党申请书时应年满 18 岁")
    missing = [s for s in STEPS if s.number < number and s.number not in done]
    if missing:
        found.append(f"应先完成第 {missing[0].number} 步“{missing[0].name}”")
    earlier = [n for n in done if n < number and done[n] > on]
    if earlier:
        found.append(f"日期早于第 {max(earlier)} 步“{BY_NUMBER[max(earlier)].name}”")
    for since, span in step.at_least:
        if since not in done:
            continue
        own = Span(span.months + extended) if since == PASSED else span
        if on < own.after(done[since]):
            found.append(f"距第 {since} 步“{BY_NUMBER[since].name}”不足{own}")
    return found


def due_on(number: int, done: Mapping[int, date]) -> date | None:
    """The day by which the step should be done, as far as what is done tells."""
    limits = [span.after(done[since]) for since, span in BY_NUMBER[number].at_most if since in done]
    return min(limits, default=None)


def breaches(done: Mapping[int, date]) -> list[str]:
    """Steps of a track that came late or were skipped, in the words of the review."""
    found = []
    last = max(done, default=0)
    for step in STEPS:
        if step.number not in done:
            if step.number < last:
                found.append(f"缺第 {step.number} 步“{step.name}”")
            continue
        limit = due_on(step.number, done)
        if limit and done[step.number] > limit:
            found.append(f"第 {step.number} 步“{step.name}”超过期限")
    return found


def next_step(done: Mapping[int, date]) -> Step | None:
    return next((step for step in STEPS if step.number not in done), None)
