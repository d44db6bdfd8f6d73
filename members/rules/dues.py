"""党费 by the month: which band, how much, on time or not. Yuan, two decimals, half up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from members.rules.dates import month_end
from members.rules.vocabulary import Payer

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Band:
    """Who earns more than `above` yuan a month pays `percent` of the whole, or `flat` yuan."""

    payer: str
    above: Decimal
    percent: Decimal = Decimal(0)
    flat: Decimal = Decimal(0)


def dues_for(payer: str, base: Decimal, bands: Sequence[Band]) -> Decimal:
    """Monthly dues of a base; raises ValueError when the bands say nothing of the payer."""
    if payer == Payer.EXEMPT:
        return Decimal("0.00")
    if base < 0:
        raise ValueError("计算基数不能为负数")
    own = sorted((b for b in bands if b.payer == payer), key=lambda b: b.above)
    if not own:
        raise ValueError(f"没有适用于“{Payer(payer).label}”的党费标准")
    band = own[0]
    for one in own[1:]:
        if base > one.above:
            band = one
    due = band.flat or base * band.percent / 100
    return due.quantize(CENT, ROUND_HALF_UP)


def band_objections(bands: Sequence[Band]) -> list[str]:
    """Why these bands cannot be a year's standard; they are all that is asked in that year."""
    found = []
    for payer in Payer:
        own = [band for band in bands if band.payer == payer]
        bounds = [band.above for band in own]
        if payer == Payer.EXEMPT:
            if own:
                found.append(f"“{payer.label}”不交党费,不需要标准")
        elif Decimal(0) not in bounds:
            found.append(f"“{payer.label}”缺少从 0 元起的一档")
        if len(set(bounds)) < len(bounds):
            found.append(f"“{payer.label}”有两档的起点相同")
    for band in bands:
        if bool(band.percent) == bool(band.flat):
            where = f"{Payer(band.payer).label}超过 {band.above} 元"
            found.append(f"{where}的一档,比例和定额须填一项,只填一项")
    return found


def is_on_time(
    month: date, due: Decimal, paid: Decimal, paid_on: date | None, grace_days: int = 0
) -> bool:
    """Paid in full by the last day of the month, or within the days of grace after it."""
    last = month_end(month) + timedelta(days=grace_days)
    return paid >= due and (due == 0 or (paid_on is not None and paid_on <= last))


def _band(payer: Payer, above: str, percent: str = "0", flat: str = "0") -> Band:
    return Band(payer.value, Decimal(above), Decimal(percent), Decimal(flat))


# 中组发〔2008〕3号; holds until a year sets its own bands
DEFAULT_YEAR = 2008
DEFAULT_BANDS = (
    _band(Payer.EMPLOYED, "0", "0.5"),
    _band(Payer.EMPLOYED, "3000", "1"),
    _band(Payer.EMPLOYED, "5000", "1.5"),
    _band(Payer.EMPLOYED, "10000", "2"),
    _band(Payer.RETIRED, "0", "0.5"),
    _band(Payer.RETIRED, "5000", "1"),
    _band(Payer.FARMER, "0", flat="0.2"),
    _band(Payer.MINIMAL, "0", flat="0.2"),
)
