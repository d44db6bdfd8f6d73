from django.db import migrations

from accounts.triggers import install
from evaluation.triggers import SCRIPTS


def install_triggers(apps, schema_editor):
    install(schema_editor.connection, SCRIPTS)


class Migration(migrations.Migration):
    """Database triggers that mark a township whose figures have to be counted again."""

    dependencies = [
        ("evaluation", "0001_initial"),
        ("organizations", "0001_initial"),
    ]
    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
