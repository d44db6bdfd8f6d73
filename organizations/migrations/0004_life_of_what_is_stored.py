from django.db import migrations

from organizations.rules.terms import term_end


def inspections_by_year(apps, schema_editor):
    """The latest inspection, which stands on the organization, becomes its year's record."""
    Organization = apps.get_model("organizations", "SocialOrganization")
    Inspection = apps.get_model("organizations", "Inspection")
    known = Organization.objects.exclude(inspection_result="").exclude(inspection_year=None)
    known = known.filter(inspection_year__gte=1990, inspection_year__lt=2100)
    rows = known.values_list("pk", "inspection_year", "inspection_result")
    Inspection.objects.bulk_create(
        [Inspection(organization_id=pk, year=year, result=result) for pk, year, result in rows],
        batch_size=1000,
    )


def bodies_of_units(apps, schema_editor):
    """A line's body is named after its unit: 市民政局党组 answers for what 市民政局 supervises."""
    Body = apps.get_model("organizations", "ResponsibleBody")
    Unit = apps.get_model("organizations", "SupervisingUnit")
    units = sorted(Unit.objects.all(), key=lambda unit: -len(unit.name))
    taken = set()
    for body in Body.objects.filter(kind="line", supervising_unit=None).order_by("pk"):
        for unit in units:
            same_city = unit.area_code == body.area_code
            if same_city and body.name.startswith(unit.name) and unit.pk not in taken:
                Body.objects.filter(pk=body.pk).update(supervising_unit=unit)
                taken.add(unit.pk)
                break


def ends_of_terms(apps, schema_editor):
    Party = apps.get_model("organizations", "PartyOrganization")
    for party in Party.objects.exclude(term_started_on=None).exclude(term_years=None).iterator():
        end = term_end(party.term_started_on, party.term_years)
        Party.objects.filter(pk=party.pk).update(term_ends_on=end)


class Migration(migrations.Migration):
    """Fills what the life of organizations adds from what was stored before it."""

    dependencies = [("organizations", "0003_life")]
    operations = [
        migrations.RunPython(inspections_by_year, migrations.RunPython.noop),
        migrations.RunPython(bodies_of_units, migrations.RunPython.noop),
        migrations.RunPython(ends_of_terms, migrations.RunPython.noop),
    ]
