"""Coverage counted slowly in Python, written from the definitions alone, to compare with."""

from collections import Counter
from datetime import date
from typing import Any

from organizations.models import CoverageLink, InstructorAssignment, SocialOrganization


def alive(start: date, end: date | None, day: date) -> bool:
    return start <= day and (end is None or end > day)


def recount(day: date, keep: Any = lambda organization: True) -> dict[str, Any]:
    """Total, and counts by township, category, unit and mode, from every row read one by one."""
    total: Counter = Counter()
    by: dict[str, dict[str, Counter]] = {n: {} for n in ("township", "category", "unit", "mode")}
    for o in SocialOrganization.objects.select_related("supervising_unit"):
        if not alive(o.registered_on, o.deregistered_on, day) or not keep(o):
            continue
        links = [
            link
            for link in CoverageLink.objects.filter(social_organization=o)
            if alive(link.valid_from, link.valid_to, day)
            and alive(link.party_organization.founded_on, link.party_organization.dissolved_on, day)
        ]
        helped = any(
            alive(a.valid_from, a.valid_to, day)
            for a in InstructorAssignment.objects.filter(social_organization=o)
        )
        counted = Counter(social_organization_count=1)
        counted["covered_count"] = int(bool(links))
        counted["work_covered_count"] = int(bool(links) or helped)
        if not links:
            members = o.full_member_count
            reason = "no_members" if members == 0 else "too_few_members"
            counted["should_establish" if members >= 3 else reason] = 1
        if o.status in ("winding_up", "revoked", "shell"):
            counted[f"removed_{o.status}"] = 1
            counted["removed_covered"] = counted["covered_count"]
            counted["removed_work_covered"] = counted["work_covered_count"]
        total += counted
        unit = o.supervising_unit.code if o.supervising_unit else ""
        for name, key in (("township", o.township_id), ("category", o.category), ("unit", unit)):
            by[name].setdefault(key, Counter())
            by[name][key] += counted
        for mode in {link.mode for link in links}:
            by["mode"].setdefault(mode, Counter())
            by["mode"][mode] += Counter(covered_count=1)
    return {"total": total, **by}


def as_counter(coverage: Any) -> Counter:
    return +Counter({name: getattr(coverage, name) for name in coverage.__dataclass_fields__})
