
import django.db.models.deletion
import organizations.models.imports
from django.conf import settings
from django.db import migrations, models


def settle(apps, schema_editor):
    """Batches of before were written as they were applied; they belong to the whole city."""
    batches = apps.get_model("organizations", "ImportBatch").objects
    batches.filter(applied_at__isnull=False).update(state="applied", area_code=settings.CITY_CODE)
    batches.filter(applied_at__isnull=True).update(state="failed", area_code=settings.CITY_CODE)


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0006_attachment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=64)),
                ('verb', models.CharField(choices=[('create', '新增'), ('change', '修改'), ('delete', '删除')], max_length=8)),
                ('items', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': '导入影响',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content', models.FileField(max_length=200, upload_to=organizations.models.imports.random_path, verbose_name='文件')),
                ('sha256', models.CharField(max_length=64, verbose_name='摘要')),
                ('size', models.PositiveIntegerField(verbose_name='字节数')),
                ('is_current', models.BooleanField(default=True, verbose_name='有效')),
                ('annotated', models.FileField(blank=True, max_length=200, upload_to=organizations.models.imports.random_path, verbose_name='带问题标注的文件')),
                ('error_count', models.PositiveIntegerField(default=0, verbose_name='错误数')),
                ('warning_count', models.PositiveIntegerField(default=0, verbose_name='提醒数')),
                ('uploaded_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
            ],
            options={
                'verbose_name': '导入文件',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='ImportPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sheet', models.CharField(max_length=40)),
                ('outcome', models.CharField(blank=True, max_length=12)),
                ('number', models.PositiveIntegerField()),
                ('rows', models.JSONField(default=list)),
            ],
            options={
                'verbose_name': '导入预览',
                'ordering': ['batch', 'sheet', 'outcome', 'number'],
            },
        ),
        migrations.AddField(
            model_name='importbatch',
            name='area_code',
            field=models.CharField(blank=True, max_length=9, verbose_name='范围'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='digest',
            field=models.CharField(blank=True, max_length=64, verbose_name='预览摘要'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='fence',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='key',
            field=models.CharField(editable=False, max_length=32, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='lease_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='notice',
            field=models.JSONField(default=dict, verbose_name='说明'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='reason',
            field=models.CharField(blank=True, max_length=300, verbose_name='理由'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='rows_done',
            field=models.PositiveIntegerField(default=0, verbose_name='已检查行数'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='rows_total',
            field=models.PositiveIntegerField(default=0, verbose_name='总行数'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='stage',
            field=models.CharField(blank=True, max_length=60, verbose_name='进行到'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('checking', '正在检查'), ('applying', '正在导入'), ('undoing', '正在撤销'), ('wrong', '有错误,待改正'), ('ready', '检查通过,待导入'), ('applied', '已导入'), ('discarded', '已放弃'), ('undone', '已撤销'), ('failed', '未能完成')], default='checking', max_length=12, verbose_name='状态'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='undone_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='撤销时间'),
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(fields=['area_code', 'id'], name='import_by_area'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['checking', 'applying', 'undoing', 'wrong', 'ready', 'applied', 'discarded', 'undone', 'failed'])), name='import_batch_state_is_known'),
        ),
        migrations.AddField(
            model_name='importeffect',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='organizations.importbatch'),
        ),
        migrations.AddField(
            model_name='importfile',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='workbooks', to='organizations.importbatch'),
        ),
        migrations.AddField(
            model_name='importfile',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人'),
        ),
        migrations.AddField(
            model_name='importpage',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='organizations.importbatch'),
        ),
        migrations.AddConstraint(
            model_name='importpage',
            constraint=models.UniqueConstraint(fields=('batch', 'sheet', 'outcome', 'number'), name='one_import_page_a_number'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='key',
            field=models.CharField(default=organizations.models.imports.new_key, editable=False, max_length=32, null=True, unique=True),
        ),
        migrations.RunPython(settle, migrations.RunPython.noop, elidable=True),
    ]
