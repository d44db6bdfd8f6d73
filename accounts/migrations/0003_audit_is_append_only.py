from django.db import migrations

from accounts.protection import SCRIPTS
from accounts.triggers import install


def install_triggers(apps, schema_editor):
    install(schema_editor.connection, SCRIPTS)


class Migration(migrations.Migration):
    """Database triggers: nobody changes or deletes an audit row."""

    dependencies = [("accounts", "0002_people_and_protection")]
    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
