from django.db import migrations

from accounts.triggers import install
from evaluation.triggers import SCRIPTS


def install_triggers(apps, schema_editor):
    install(schema_editor.connection, SCRIPTS)


class Migration(migrations.Migration):
    """What a party organization was until a day counts on the days before it: its changes mark."""

    dependencies = [
        ("evaluation", "0004_published_day_index"),
        ("organizations", "0003_life"),
    ]
    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
