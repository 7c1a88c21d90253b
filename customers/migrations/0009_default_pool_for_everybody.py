"""The default pool was nobody's in particular: it is everybody's until an admin names its members."""

from django.db import migrations


def open_default(apps, schema_editor):
    apps.get_model("customers", "Pool").objects.using(schema_editor.connection.alias).filter(is_default=True).update(
        is_for_all=True
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_pools_and_members")]
    operations = [migrations.RunPython(open_default, migrations.RunPython.noop)]
