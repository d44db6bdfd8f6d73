"""What happens to a party organization over its terms: elections, extensions, changes of kind."""

from typing import Any

from django.db import models
from django.db.models import F, Q

from organizations.models.party_organization import PartyOrganization
from organizations.models.scoping import party_organization_scope
from organizations.rules.vocabulary import Level, PartyKind


class OfPartyOrganizationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Any:
        return self.filter(party_organization_scope(user.scope, "party_organization__"))


class Election(models.Model):
    """换届选举: held on a day, by how many of those entitled, and what it began."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="elections", verbose_name="党组织"
    )
    held_on = models.DateField("选举日期")
    entitled = models.PositiveIntegerField("应到会有选举权人数")
    present = models.PositiveIntegerField("实到会有选举权人数")
    secretary = models.CharField("当选书记", max_length=60)
    outcome = models.TextField("选举结果", max_length=1000, blank=True)
    term_years = models.PositiveSmallIntegerField("任期(年)")
    document = models.CharField("批复文号", max_length=100, blank=True)

    objects = OfPartyOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "换届选举"
        verbose_name_plural = "换届选举"
        ordering = ["-held_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "held_on"],
                name="one_election_a_day",
                violation_error_message="这一天的选举已经登记",
            ),
            models.CheckConstraint(
                name="election_counts_at_most_those_entitled",
                condition=Q(present__lte=F("entitled")),
                violation_error_message="实到人数不能多于应到人数",
            ),
            models.CheckConstraint(
                name="election_begins_a_term_of_one_to_ten_years",
                condition=Q(term_years__gte=1, term_years__lte=10),
                violation_error_message="任期应为 1 至 10 年",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on.isoformat()} 选举"


class TermExtension(models.Model):
    """延期换届 with the approval of the body above, until a day at most a year after the term's end."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.PROTECT, related_name="term_extensions", verbose_name="党组织"
    )
    until = models.DateField("延期至")
    approved_on = models.DateField("批准日期")
    document = models.CharField("批准文号", max_length=100)
    reason = models.CharField("延期理由", max_length=300)

    objects = OfPartyOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "延期换届"
        verbose_name_plural = "延期换届"
        ordering = ["-approved_on", "-pk"]

    def __str__(self) -> str:
        return f"延期至 {self.until.isoformat()}"


class PartyOrganizationPhase(models.Model):
    """沿革: the kind and level that a party organization had until a day; its own row has today's."""

    party_organization = models.ForeignKey(
        PartyOrganization, models.CASCADE, related_name="phases", verbose_name="党组织"
    )
    kind = models.CharField("类型", max_length=16, choices=PartyKind.choices())
    level = models.CharField("层级", max_length=20, choices=Level.choices(), blank=True)
    until = models.DateField("至")
    document = models.CharField("批准文号", max_length=100, blank=True)

    objects = OfPartyOrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = "党组织沿革"
        verbose_name_plural = "党组织沿革"
        ordering = ["-until"]
        constraints = [
            models.UniqueConstraint(
                fields=["party_organization", "until"],
                name="one_phase_ends_a_day",
                violation_error_message="这一天已登记过类型或层级的变动",
            ),
            models.CheckConstraint(
                name="phase_kind_is_known", condition=Q(kind__in=PartyKind.codes())
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} 至 {self.until.isoformat()}"
