"""Numbers of rule checks, set from a year on."""

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import audit
from accounts.models import User
from accounts.rules import Right
from evaluation.actions.schemes import require_city
from evaluation.models import CheckSetting
from evaluation.rules.checks import BY_CODE


@transaction.atomic
def set_check_number(
    *, area_code: str, name: str, year: int, value: int, reason: str, by: User
) -> CheckSetting:
    """Set a check's number from a year on; the same year again replaces it."""
    require_city(by, Right.EDIT_SCHEMES, area_code)
    code, _, parameter = name.partition(".")
    check = BY_CODE.get(code)
    if check is None or parameter not in check.parameters:
        raise ValidationError("没有这个参数。")
    stored = CheckSetting.objects.filter(area_code=area_code, name=name, year=year).first()
    before = {"value": stored.value, "reason": stored.reason} if stored else None
    setting = stored or CheckSetting(area_code=area_code, name=name, year=year)
    setting.value, setting.reason = value, reason
    setting.full_clean()
    setting.save()
    after = {"name": name, "year": year, "value": value, "reason": reason}
    audit.record(by=by, action="check_setting.change", object=setting, before=before, after=after)
    return setting
