"""Party members: the columns of 花名册, who is counted, who may vote."""

from datetime import date
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q

from accounts.rules import masked
from accounts.sealing import EncryptedField, reveal
from members.models.event import LifeEvent
from members.models.membership import Membership
from members.models.mobile import MobilePeriod
from members.models.participation import Participation
from members.models.post import PartyPost, SocialPost
from members.rules.vocabulary import (
    COUNTED,
    Degree,
    Education,
    EventKind,
    FullKind,
    Gender,
    JoinKind,
    MemberStatus,
)
from organizations.romanization import PinyinField

# without these a member's information is not complete; a full member's 转正日期 as well
MANDATORY_TEXT = ("gender", "ethnicity", "education", "workplace")
MANDATORY_DAYS = ("born_on", "joined_on")


class MemberQuerySet(models.QuerySet["Member"]):
    def visible_to(self, user: Any) -> "MemberQuerySet":
        """Members who belong, or last belonged, to a party organization of the account's scope."""
        memberships = Membership.objects.visible_to(user).last_ones()
        return self.filter(pk__in=memberships.values("member"))

    def belonging(self, **match: Any) -> "MemberQuerySet":
        """Members with an open membership of this kind."""
        memberships = Membership.objects.filter(valid_to__isnull=True, **match)
        return self.filter(pk__in=memberships.values("member"))

    def last_in(self, **match: Any) -> "MemberQuerySet":
        """Members who belong, or last belonged, to a party organization of this kind."""
        memberships = Membership.objects.last_ones().filter(**match)
        return self.filter(pk__in=memberships.values("member"))

    def holding(self, duty: str, day: date) -> "MemberQuerySet":
        posts = PartyPost.objects.live_on(day).filter(duty=duty)
        return self.filter(pk__in=posts.values("member"))

    def taking_part_on(self, day: date) -> "MemberQuerySet":
        """一方隶属,过双重组织生活."""
        return self.filter(pk__in=Participation.objects.live_on(day).values("member"))

    def belonging_on(self, day: date, **match: Any) -> "MemberQuerySet":
        """Members who belong on the day to a party organization of this kind."""
        memberships = Membership.objects.live_on(day).filter(**match)
        return self.filter(pk__in=memberships.values("member"))

    def counted(self) -> "MemberQuerySet":
        return self.filter(status__in=COUNTED)

    def voters_on(self, day: date) -> "MemberQuerySet":
        """Entitled to vote (R10): full on the day and not 留党察看; 预备党员 are not."""
        watched = LifeEvent.objects.filter(
            Q(until__isnull=True) | Q(until__gt=day),
            member=OuterRef("pk"),
            kind=EventKind.WATCHED,
            on__lte=day,
        )
        full = Q(full_on__lte=day) | Q(full_on__isnull=True, status=MemberStatus.FULL)
        return self.filter(full, ~Exists(watched))

    def mobile_on(self, day: date) -> "MemberQuerySet":
        periods = MobilePeriod.objects.live_on(day).filter(member=OuterRef("pk"))
        return self.filter(Exists(periods))

    def crossing_on(self, day: date) -> "MemberQuerySet":
        """双向进入、交叉任职: a post in the own party organization and one in a body it covers."""
        party = PartyPost.objects.live_on(day).filter(member=OuterRef("pk"))
        social = SocialPost.objects.crossing_on(day)
        return self.filter(Exists(party.filter(Exists(social))))

    def incomplete(self) -> "MemberQuerySet":
        """Members of whom a mandatory fact is missing."""
        missing = Q(status=MemberStatus.FULL, full_on__isnull=True)
        for name in MANDATORY_TEXT:
            missing |= Q(**{name: ""})
        for name in MANDATORY_DAYS:
            missing |= Q(**{f"{name}__isnull": True})
        return self.filter(missing)

    def missing(self) -> "MemberQuerySet":
        """失联: lost and not found again."""
        lost = LifeEvent.objects.filter(member=OuterRef("pk"), kind=EventKind.MISSING)
        found = LifeEvent.objects.filter(
            member=OuterRef("member"), kind=EventKind.FOUND, on__gte=OuterRef("on")
        )
        return self.filter(Exists(lost.filter(~Exists(found))))

    def with_party_organization(self) -> "MemberQuerySet":
        """Adds the names of where members belong today, in one query for all rows."""
        last = Membership.objects.last_ones().select_related("party_organization__township")
        return self.prefetch_related(Prefetch("memberships", last, "current"))

    def with_posts_on(self, day: date) -> "MemberQuerySet":
        posts = PartyPost.objects.live_on(day).select_related("party_organization")
        return self.prefetch_related(Prefetch("party_posts", posts, "posts_now"))


class Member(models.Model):
    """党员; where they belong is a dated membership, not a field of theirs."""

    code = models.CharField("党员编号", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=60)
    gender = models.CharField("性别", max_length=8, choices=Gender.choices(), blank=True)
    ethnicity = models.CharField("民族", max_length=20, blank=True)
    born_on = models.DateField("出生日期", null=True, blank=True)
    native_place = models.CharField("籍贯", max_length=60, blank=True)
    education = models.CharField("学历", max_length=16, choices=Education.choices(), blank=True)
    degree = models.CharField("学位", max_length=16, choices=Degree.choices(), blank=True)
    school = models.CharField("毕业院校及专业", max_length=120, blank=True)
    working_since = models.DateField("参加工作日期", null=True, blank=True)
    workplace = models.CharField("工作所在单位", max_length=120, blank=True)
    position = models.CharField("工作岗位", max_length=60, blank=True)
    is_frontline = models.BooleanField("一线情况", default=False)
    joined_on = models.DateField("入党日期", null=True, blank=True)
    join_kind = models.CharField("入党类型", max_length=16, choices=JoinKind.choices(), blank=True)
    joined_at = models.CharField("入党时所在支部", max_length=120, blank=True)
    full_on = models.DateField("转正日期", null=True, blank=True)
    full_kind = models.CharField("转正情况", max_length=16, choices=FullKind.choices(), blank=True)
    extended_months = models.PositiveSmallIntegerField(
        "延长预备期(月)",
        default=0,
        editable=False,
        validators=[MinValueValidator(0), MaxValueValidator(12)],
    )
    status = models.CharField("党员状态", max_length=16, choices=MemberStatus.choices())
    registered_residence = models.CharField("户籍地", max_length=120, blank=True)
    residence = models.CharField("现居住地", max_length=120, blank=True)
    remark = models.CharField("备注", max_length=300, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "党员"
        verbose_name_plural = "党员"
        ordering = ["pinyin", "pk"]
        indexes = [models.Index(fields=["pinyin", "id"], name="member_pinyin")]
        constraints = [
            models.CheckConstraint(
                name="member_becomes_full_after_joining",
                condition=Q(full_on__isnull=True)
                | Q(joined_on__isnull=True)
                | Q(full_on__gte=F("joined_on")),
                violation_error_message="转正日期不能早于入党日期",
            ),
            models.CheckConstraint(
                name="member_status_is_known", condition=Q(status__in=MemberStatus.codes())
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_counted(self) -> bool:
        return self.status in COUNTED

    @property
    def missing_facts(self) -> list[str]:
        """Headers of the mandatory columns that are still empty."""
        names = [*MANDATORY_TEXT, *MANDATORY_DAYS]
        if self.status == MemberStatus.FULL:
            names.append("full_on")
        return [str(self._meta.get_field(n).verbose_name) for n in names if not getattr(self, n)]


class MemberPrivate(models.Model):
    """What is shown masked and revealed with a reason; found again by keyed hashes."""

    member = models.OneToOneField(
        Member, models.CASCADE, primary_key=True, related_name="private", verbose_name="党员"
    )
    id_number = EncryptedField("身份证号", blank=True)
    id_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    phone = EncryptedField("联系电话", blank=True)
    phone_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = "党员隐私信息"
        verbose_name_plural = "党员隐私信息"

    def __str__(self) -> str:
        return f"党员 {self.pk} 的隐私信息"

    @property
    def masked_id_number(self) -> str:
        return masked(reveal(self, "id_number"))

    @property
    def masked_phone(self) -> str:
        return masked(reveal(self, "phone"))
