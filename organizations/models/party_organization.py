"""Party organizations: the tree, the three kinds, their terms."""

from datetime import date
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from organizations.models.area import ResponsibleBody, Township
from organizations.models.coverage import CoverageLink
from organizations.models.naming import named, once_named
from organizations.models.scoping import dates_in_order, party_organization_scope, valid_on
from organizations.romanization import PinyinField
from organizations.rules.terms import REMINDER_MONTHS, kinds_with_terms, months_later, term_end
from organizations.rules.vocabulary import Level, PartyKind


class TermEndField(models.DateField):
    """The last day of the term plus one; computed from its beginning and its years when saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False, "blank": True})

    def pre_save(self, model_instance: models.Model, add: bool) -> date | None:
        value = term_end(model_instance.term_started_on, model_instance.term_years)
        setattr(model_instance, self.attname, value)
        return value


def electing_kinds(year: int) -> tuple[PartyKind, ...]:
    """The kinds that elect for a term in a year; the roster says it of joint ones.

    It is asked by name (settings.JOINT_ELECTS): the parameter lives in a room above this one.
    """
    return kinds_with_terms(import_string(settings.JOINT_ELECTS)(year))


def term_over_on(day: date) -> Q:
    """The term, with an approved extension, has ended by the day."""
    return Q(term_ends_on__lte=day) & (
        Q(term_extended_to__isnull=True) | Q(term_extended_to__lte=day)
    )


class PartyOrganizationQuerySet(models.QuerySet["PartyOrganization"]):
    def visible_to(self, user: Any) -> "PartyOrganizationQuerySet":
        """The rows of the account's scope; the one door from every edge."""
        return self.filter(party_organization_scope(user.scope))

    def alive_on(self, day: date) -> "PartyOrganizationQuerySet":
        return self.filter(valid_on(day, "founded_on", "dissolved_on"))

    def with_coverage_count_on(
        self, day: date, organizations: models.QuerySet | None = None
    ) -> "PartyOrganizationQuerySet":
        """Adds `covered_count`: how many (of these) organizations it covers, alive, on the day."""
        links = CoverageLink.objects.live_on(day).filter(
            valid_on(
                day, "social_organization__registered_on", "social_organization__deregistered_on"
            ),
            party_organization=OuterRef("pk"),
        )
        if organizations is not None:
            links = links.filter(social_organization__in=organizations)
        number = (
            links.order_by()
            .values("party_organization")
            .annotate(number=Count("social_organization", distinct=True))
            .values("number")
        )
        return self.annotate(covered_count=Coalesce(Subquery(number), 0))

    def named(self, text: str) -> "PartyOrganizationQuerySet":
        """Found by name, code or pinyin; also by former names."""
        former = apps.get_model("organizations", "FormerPartyName").objects.all()
        return self.filter(named(text, "code") | once_named(former, text))

    def with_kind_on(self, day: date) -> "PartyOrganizationQuerySet":
        """Adds `kind_on` and `level_on`: what they were on the day, before later changes."""
        phases = apps.get_model("organizations", "PartyOrganizationPhase").objects
        then = phases.filter(party_organization=OuterRef("pk"), until__gt=day).order_by("until")
        return self.annotate(
            kind_on=Coalesce(Subquery(then.values("kind")[:1]), F("kind")),
            level_on=Coalesce(Subquery(then.values("level")[:1]), F("level")),
        )

    def electing_on(self, day: date) -> "PartyOrganizationQuerySet":
        """Those that are to elect for a term."""
        return self.filter(kind__in=electing_kinds(day.year))

    def term_ends_within(self, day: date, months: int) -> "PartyOrganizationQuerySet":
        """Those whose term is over on the day (0), or will be in these REMINDER_MONTHS.

        Whose term ends within fewer of them is not among those of more.
        """
        rows = self.filter(term_over_on(months_later(day, months)))
        if not months:
            return rows
        nearer = max((0, *(one for one in REMINDER_MONTHS if one < months)))
        return rows.exclude(term_over_on(months_later(day, nearer)))

    def covering(self, organizations: models.QuerySet, day: date) -> "PartyOrganizationQuerySet":
        """Those that cover one of these social organizations on the day."""
        links = CoverageLink.objects.live_on(day).filter(
            social_organization__in=organizations, party_organization=OuterRef("pk")
        )
        return self.filter(Exists(links))


class PartyOrganization(models.Model):
    """党组织: standing, joint or affiliated; covers social organizations through links."""

    code = models.CharField("党组织编码", max_length=30, unique=True)
    name = models.CharField("党组织名称", max_length=200)
    kind = models.CharField("类型", max_length=16, choices=PartyKind.choices())
    level = models.CharField("层级", max_length=20, choices=Level.choices(), blank=True)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级党组织",
    )
    township = models.ForeignKey(Township, models.PROTECT, verbose_name="镇(街道)")
    responsible_body = models.ForeignKey(
        ResponsibleBody, models.PROTECT, null=True, blank=True, verbose_name="责任主体"
    )
    founded_on = models.DateField("成立日期")
    document = models.CharField("成立批准文号", max_length=100, blank=True)
    dissolved_on = models.DateField("撤销日期", null=True, blank=True)
    dissolution_reason = models.CharField("撤销原因", max_length=300, blank=True)
    term_started_on = models.DateField("本届起始日期", null=True, blank=True)
    term_years = models.PositiveSmallIntegerField(
        "任期(年)",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
    )
    term_ends_on = TermEndField("任期届满日期", null=True)
    term_extended_to = models.DateField("批准延期至", null=True, blank=True)
    secretary = models.CharField("书记", max_length=60, blank=True)
    pinyin = PinyinField(style="sort")
    initials = PinyinField(style="initials")
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    objects = PartyOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织"
        verbose_name_plural = "党组织"
        ordering = ["pinyin", "pk"]
        indexes = [models.Index(fields=["township", "kind"], name="po_township_kind")]
        constraints = [
            models.CheckConstraint(
                name="party_organization_ends_after_it_was_founded",
                condition=dates_in_order("founded_on", "dissolved_on"),
                violation_error_message="撤销日期须晚于成立日期",
            ),
            models.CheckConstraint(
                name="party_organization_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="上级党组织不能是自己",
            ),
            models.CheckConstraint(
                name="party_organization_kind_is_known", condition=Q(kind__in=PartyKind.codes())
            ),
            models.CheckConstraint(
                name="party_organization_term_lasts_one_to_ten_years",
                condition=Q(term_years__isnull=True) | Q(term_years__gte=1, term_years__lte=10),
                violation_error_message="任期应为 1 至 10 年",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def elects_on(self, day: date) -> bool:
        """Is it to elect for a term?"""
        return self.kind in electing_kinds(day.year)
