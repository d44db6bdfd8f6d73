from django.db import migrations

from accounts.triggers import install
from evaluation.protection import SCRIPTS


def install_triggers(apps, schema_editor):
    install(schema_editor.connection, SCRIPTS)


class Migration(migrations.Migration):
    """Database triggers: published schemes and ratings never change."""

    dependencies = [("evaluation", "0006_ratings")]
    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
