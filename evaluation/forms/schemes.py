"""Forms of rating schemes: every number a field; words and formulas are code."""

from decimal import Decimal
from typing import Any

from django import forms

from evaluation.models import RatingScheme
from evaluation.rules.criteria import CRITERIA
from evaluation.rules.scheme import PRESETS, Item, Scheme

PERCENT = Decimal(100)


class NewSchemeForm(forms.Form):
    """Where a draft is copied from."""

    source = forms.ChoiceField(label="复制自")
    name = forms.CharField(label="方案名称", max_length=60)
    effective_year = forms.IntegerField(label="起用年度", min_value=2000, max_value=2100)

    def __init__(self, *args: Any, schemes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        presets = [(f"preset:{code}", f"预置:{name}") for code, (name, _) in PRESETS.items()]
        self.schemes = {str(one.pk): one for one in schemes}
        self.fields["source"].choices = [
            *((key, str(one)) for key, one in self.schemes.items()),
            *presets,
        ]

    def chosen_source(self) -> RatingScheme | str:
        chosen = self.cleaned_data["source"]
        return self.schemes.get(chosen) or chosen.removeprefix("preset:")


TARGET_WORDS = {
    "extended": "批准延期的得分",
    "longest_extension": "延期最长月数",
    "secretary": "书记在岗的得分",
    "committee_from": "须设支委会的正式党员数",
    "smallest": "支委会最少人数",
    "largest": "支委会最多人数",
    "posts": "交叉任职人数",
    "quarters": "全年应有季度数",
    "months": "全年应有月数",
    "none": "得 0 分的到会率",
    "full": "得满分的到会率",
    "complete": "信息完整的得分",
    "fault": "每处扣分",
    "features": "“七有”项数",
    "activities": "全年应有次数",
    "late": "逾期报备的得分",
    "month": "报备截止月",
    "day": "报备截止日",
    "folders": "档案目录数",
}
BONUS_WORDS = {
    "most": "加分上限",
    "honour_county": "县级荣誉",
    "honour_city": "设区市级荣誉",
    "honour_province": "省级荣誉",
    "honour_nation": "国家级荣誉",
    "model": "列入典型培育对象",
    "promoted": "经验推广每次",
    "promoted_most": "经验推广上限",
    "teaching": "现场教学每次",
    "teaching_most": "现场教学上限",
    "lifted_partner": "结对帮带升星",
}


class SchemeForm(forms.Form):
    """All numbers of a scheme as fields; words and formulas are code."""

    name = forms.CharField(label="方案名称", max_length=60)
    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, scheme: Scheme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scheme = scheme
        for item in scheme.items:
            self._number(f"points_{item.code}", "分值", item.points)
            for target, value in item.targets.items():
                self._number(
                    f"target_{item.code}_{target}", TARGET_WORDS.get(target, target), value
                )
        for star, least in sorted(scheme.bands.items()):
            self._number(f"band_{star}", f"{star} 星最低分", least)
        for star, share in sorted(scheme.quotas.items()):
            self._number(f"quota_{star}", f"{star} 星比例(%)", share * PERCENT, most=100)
        for name, value in scheme.bonus.items():
            self._number(f"bonus_{name}", BONUS_WORDS.get(name, name), value)
        self._number(
            "group_minimum", "最高星各组最低得分率(%)", scheme.group_minimum * PERCENT, most=100
        )
        self._whole("top_needs_last_star", "最高星要求的上年星级", scheme.top_needs_last_star)
        self.fields["top_needs_bonus"] = forms.BooleanField(
            label="最高星须有加分项目", required=False, initial=scheme.top_needs_bonus
        )
        self._whole("step", "一年最多升级数", scheme.step)
        self._whole("first_star_limit", "首次评定最高星级", scheme.first_star_limit)
        self._whole("months_before_rating", "成立满几个月才定星", scheme.months_before_rating)

    def _number(self, name: str, label: str, value: Decimal, most: int | None = None) -> None:
        self.fields[name] = forms.DecimalField(
            label=label,
            min_value=0,
            max_value=most,
            max_digits=7,
            decimal_places=2,
            initial=f"{value.normalize():f}",
        )

    def _whole(self, name: str, label: str, value: int) -> None:
        self.fields[name] = forms.IntegerField(
            label=label, min_value=0, max_value=60, initial=value
        )

    def item_rows(self) -> list[dict[str, Any]]:
        """One row an item: group, words, formula, its points and its targets."""
        return [
            {
                "item": item,
                "group": self.scheme.groups[item.group],
                "rule": CRITERIA[item.code].rule if item.code in CRITERIA else "",
                "points": self[f"points_{item.code}"],
                "targets": [self[f"target_{item.code}_{name}"] for name in item.targets],
            }
            for item in self.scheme.items
        ]

    def named(self, prefix: str) -> list[Any]:
        return [self[name] for name in self.fields if name.startswith(prefix)]

    def bands(self) -> list[Any]:
        return self.named("band_")

    def quotas(self) -> list[Any]:
        return self.named("quota_")

    def bonuses(self) -> list[Any]:
        return self.named("bonus_")

    def rules(self) -> list[Any]:
        return [
            self[name]
            for name in (
                *("group_minimum", "top_needs_last_star", "top_needs_bonus", "step"),
                *("first_star_limit", "months_before_rating"),
            )
        ]

    def content(self) -> dict[str, Any]:
        """The scheme with the numbers of the form, as it is stored."""
        kept = self.cleaned_data
        items = [
            Item(
                item.code,
                item.title,
                kept[f"points_{item.code}"],
                {name: kept[f"target_{item.code}_{name}"] for name in item.targets},
            )
            for item in self.scheme.items
        ]
        return Scheme(
            groups=self.scheme.groups,
            items=tuple(items),
            bands={star: kept[f"band_{star}"] for star in self.scheme.bands},
            bonus={name: kept[f"bonus_{name}"] for name in self.scheme.bonus},
            quotas={star: kept[f"quota_{star}"] / PERCENT for star in self.scheme.quotas},
            vetoes=self.scheme.vetoes,
            group_minimum=kept["group_minimum"] / PERCENT,
            top_needs_last_star=kept["top_needs_last_star"],
            top_needs_bonus=kept["top_needs_bonus"],
            step=kept["step"],
            first_star_limit=kept["first_star_limit"],
            months_before_rating=kept["months_before_rating"],
            unrated_kinds=self.scheme.unrated_kinds,
            apart_kinds=self.scheme.apart_kinds,
        ).as_json()
