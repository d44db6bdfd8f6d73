import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def versioned(model):
    """When a record was made and changed last, and how often."""
    return [
        migrations.AddField(
            model_name=model,
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
        ),
        migrations.AddField(
            model_name=model,
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='录入时间'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name=model,
            name='updated_at',
            field=models.DateTimeField(auto_now=True, default=django.utils.timezone.now, verbose_name='更新时间'),
            preserve_default=False,
        ),
    ]


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0008_mergers_are_taken_back'),
    ]

    operations = [
        *versioned('supervisingunit'),
        *versioned('township'),
        migrations.AlterField(
            model_name='supervisingunit',
            name='code',
            field=models.CharField(error_messages={'unique': '这个编码已有业务主管单位'}, max_length=20, unique=True, verbose_name='业务主管单位编码'),
        ),
        migrations.CreateModel(
            name='FormerUnitName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_code', models.CharField(max_length=9, verbose_name='所在市区划代码')),
                ('name', models.CharField(max_length=100, verbose_name='曾用名')),
                ('until', models.DateField(verbose_name='使用至')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former_names', to='organizations.supervisingunit', verbose_name='业务主管单位')),
            ],
            options={
                'verbose_name': '业务主管单位曾用名',
                'verbose_name_plural': '业务主管单位曾用名',
                'ordering': ['-until', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('area_code', 'name'), name='former_unit_name_is_unique_in_its_city')],
            },
        ),
    ]
