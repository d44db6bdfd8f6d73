import django.db.models.deletion
import django.utils.timezone
import organizations.romanization
from django.db import migrations, models


def romanize(apps, schema_editor):
    """Names that were stored before they could be sorted and searched by pinyin."""
    Instructor = apps.get_model('organizations', 'Instructor')
    for one in Instructor.objects.iterator():
        Instructor.objects.filter(pk=one.pk).update(
            pinyin=organizations.romanization.sort_key(one.name),
            initials=organizations.romanization.initials(one.name),
        )


class Migration(migrations.Migration):

    dependencies = [
        ('organizations', '0004_life_of_what_is_stored'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='instructor',
            options={'ordering': ['pinyin', 'pk'], 'verbose_name': '党建工作指导员', 'verbose_name_plural': '党建工作指导员'},
        ),
        migrations.AddField(
            model_name='instructor',
            name='ended_on',
            field=models.DateField(blank=True, null=True, verbose_name='任职截止日期'),
        ),
        migrations.AddField(
            model_name='instructor',
            name='initials',
            field=organizations.romanization.PinyinField(blank=True, editable=False, max_length=200, of='name', style='initials'),
        ),
        migrations.AddField(
            model_name='instructor',
            name='pinyin',
            field=organizations.romanization.PinyinField(blank=True, editable=False, max_length=400, of='name', style='sort'),
        ),
        migrations.AddField(
            model_name='instructor',
            name='started_on',
            field=models.DateField(blank=True, null=True, verbose_name='任职起始日期'),
        ),
        migrations.AddField(
            model_name='instructor',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
        ),
        migrations.AddField(
            model_name='instructorassignment',
            name='created_at',
            field=models.DateTimeField(auto_now_add=True, default=django.utils.timezone.now, verbose_name='录入时间'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='instructorassignment',
            name='updated_at',
            field=models.DateTimeField(auto_now=True, verbose_name='更新时间'),
        ),
        migrations.AddField(
            model_name='instructorassignment',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False, verbose_name='版本'),
        ),
        migrations.AlterField(
            model_name='instructor',
            name='code',
            field=models.CharField(error_messages={'unique': '这个编号已有指导员'}, max_length=30, unique=True, verbose_name='指导员编号'),
        ),
        migrations.AlterField(
            model_name='instructorassignment',
            name='instructor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='organizations.instructor', verbose_name='指导员编号'),
        ),
        migrations.AlterField(
            model_name='instructorassignment',
            name='social_organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructor_assignments', to='organizations.socialorganization', verbose_name='社会组织名称'),
        ),
        migrations.AddConstraint(
            model_name='instructor',
            constraint=models.CheckConstraint(condition=models.Q(('started_on__isnull', True), ('ended_on__isnull', True), ('ended_on__gt', models.F('started_on')), _connector='OR'), name='instructor_ends_after_starting', violation_error_message='任职截止日期须晚于起始日期'),
        ),
        migrations.AlterConstraint(
            model_name='instructorassignment',
            name='one_open_assignment_per_pair',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('instructor', 'social_organization'), name='one_open_assignment_per_pair', violation_error_message='这位指导员已在联系这家社会组织,不能重复安排'),
        ),
        migrations.AlterConstraint(
            model_name='instructorassignment',
            name='instructor_assignment_ends_after_it_begins',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='instructor_assignment_ends_after_it_begins', violation_error_message='联系截止日期须晚于起始日期'),
        ),
        migrations.RunPython(romanize, migrations.RunPython.noop),
    ]
