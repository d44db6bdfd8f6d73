"""A merger is taken back exactly, or refused with everything that was changed since."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import AuditEvent, User
from evaluation.actions.coverage import drain_coverage
from organizations.actions.coverage import end_link
from organizations.actions.social_organization import (
    change_social_organization,
    merge_social_organizations,
    record_inspection,
    rename_social_organization,
    undo_merger,
)
from organizations.models import (
    Attachment,
    CoverageLink,
    FormerName,
    HandOver,
    Inspection,
    InstructorAssignment,
    MergedOrganization,
    SocialOrganization,
)
from organizations.uploads import store
from tests.world import (
    FIRST,
    SECOND,
    make_assignment,
    make_link,
    make_organization,
    make_party,
)

pytestmark = pytest.mark.django_db
D = date


def words(error: Any) -> str:
    return "".join(error.value.messages)


def all_rows() -> dict[str, list[dict]]:
    """Every stored value of what a merger touches, but those that move with every save."""
    found = {}
    models = (SocialOrganization, CoverageLink, InstructorAssignment, Inspection, FormerName)
    for model in (*models, HandOver, MergedOrganization, Attachment):
        rows = list(model.objects.order_by("pk").values())
        for row in rows:
            for name in ("version", "updated_at"):
                row.pop(name, None)
        found[model.__name__] = rows
    return found


def two_registrations(city: User) -> tuple[SocialOrganization, SocialOrganization]:
    """Of one organization, with something of everything that moves, joins or is filled."""
    party, host = make_party(FIRST), make_party(FIRST)
    kept = make_organization(FIRST, name="青商会", principal="", credit_code=None)
    lost = make_organization(FIRST, name="青年商会(重)", principal="林某", charter_state="voted")
    make_link(kept, party, valid_from=D(2014, 1, 1), valid_to=D(2016, 1, 1), end_reason="调整")
    make_link(lost, party, valid_from=D(2015, 1, 1))
    make_link(lost, host, valid_from=D(2017, 1, 1))
    make_assignment(lost)
    Inspection.objects.create(organization=kept, year=2017, result="passed")
    Inspection.objects.create(organization=lost, year=2017, result="passed")
    Inspection.objects.create(organization=lost, year=2018, result="failed")
    rename_social_organization(organization=lost, name="青商会二", on=D(2018, 1, 1), by=city)
    lost.refresh_from_db()
    return kept, lost


def test_a_merger_is_taken_back_exactly(city: User) -> None:
    kept, lost = two_registrations(city)
    before = all_rows()
    merge_social_organizations(loser=lost, winner=kept, reason="重复登记", by=city)
    assert SocialOrganization.objects.count() == 1
    drain_coverage()
    trace = MergedOrganization.objects.get()
    back = undo_merger(trace=trace, reason="不是同一家", by=city)
    assert back.pk == lost.pk
    assert all_rows() == before
    told = AuditEvent.objects.filter(action="social_organization.undo_merge")
    assert {(one.object_id, one.reason) for one in told} == {
        (str(one.pk), "不是同一家") for one in (kept, lost)
    }
    assert AuditEvent.objects.filter(action="coverage_link.change", reason__startswith="撤销合并")
    with pytest.raises(ValidationError):
        undo_merger(trace=trace, reason="再来", by=city)
    # and what was taken back can be done again
    kept.refresh_from_db()
    merge_social_organizations(loser=back, winner=kept, reason="确是同一家", by=city)
    undo_merger(trace=MergedOrganization.objects.get(), reason="还是不是", by=city)
    assert all_rows() == before


def test_mergers_on_mergers_are_taken_back_from_the_last(city: User) -> None:
    first, second = two_registrations(city)
    third = make_organization(FIRST, name="青商总会", credit_code=None)
    before = all_rows()
    merge_social_organizations(loser=first, winner=second, reason="重复", by=city)
    between = all_rows()
    second.refresh_from_db()
    merge_social_organizations(loser=second, winner=third, reason="重复", by=city)
    inner, outer = MergedOrganization.objects.order_by("pk")
    with pytest.raises(ValidationError) as refused:
        undo_merger(trace=inner, reason="误并", by=city)
    assert "覆盖关系" in words(refused)
    assert "此后又被修改" in words(refused)
    undo_merger(trace=outer, reason="误并", by=city)
    assert all_rows() == between
    undo_merger(trace=inner, reason="误并", by=city)
    assert all_rows() == before


@pytest.mark.parametrize("what", ["winner", "link", "inspection", "deleted"])
def test_a_merger_is_not_taken_back_over_later_changes(city: User, what: str) -> None:
    kept, lost = two_registrations(city)
    merge_social_organizations(loser=lost, winner=kept, reason="重复登记", by=city)
    kept.refresh_from_db()
    User.objects.filter(pk=city.pk).update(display_name="林晓东")
    if what == "winner":
        values = {"principal": "陈某"}
        change_social_organization(organization=kept, values=values, version=kept.version, by=city)
    elif what == "link":
        link = kept.coverage_links.get(valid_from=D(2017, 1, 1))
        end_link(link=link, on=D(2019, 1, 1), reason="调整", by=city)
    elif what == "inspection":
        record_inspection(organization=kept, year=2018, result="passed", by=city)
    else:
        kept.coverage_links.get(valid_from=D(2017, 1, 1)).delete()
    changed = all_rows()
    with pytest.raises(ValidationError) as refused:
        undo_merger(trace=MergedOrganization.objects.get(), reason="误并", by=city)
    said = words(refused)
    kind = {"winner": "社会组织“青商会”", "inspection": "年检“"}.get(what, "覆盖关系“")
    assert kind in said
    assert ("已被删除" if what == "deleted" else "此后又被修改") in said
    if what in ("winner", "link"):
        assert "(林晓东," in said
    assert all_rows() == changed


def test_what_came_later_stays_with_the_one_that_was_kept(city: User) -> None:
    kept, lost = two_registrations(city)
    merge_social_organizations(loser=lost, winner=kept, reason="重复登记", by=city)
    new = make_link(kept, make_party(FIRST), valid_from=D(2019, 1, 1))
    undo_merger(trace=MergedOrganization.objects.get(), reason="误并", by=city)
    new.refresh_from_db()
    assert new.social_organization == kept


def test_who_may_not_reach_it_or_comes_too_late_is_refused(city: User, officer: User) -> None:
    kept, lost = make_organization(SECOND, credit_code=None), make_organization(SECOND)
    merge_social_organizations(loser=lost, winner=kept, reason="重复", by=city)
    trace = MergedOrganization.objects.get()
    with pytest.raises(PermissionDenied):
        undo_merger(trace=trace, reason="误并", by=officer)
    with pytest.raises(ValidationError):
        undo_merger(trace=trace, reason=" ", by=city)
    MergedOrganization.objects.update(effects=[])  # merged by a release that kept none
    with pytest.raises(ValidationError) as refused:
        undo_merger(trace=trace, reason="误并", by=city)
    assert "没有留下" in words(refused)


def test_a_file_that_both_had_is_there_again(city: User, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    kept, lost = make_organization(FIRST, credit_code=None), make_organization(FIRST)
    both = b"%PDF-1.4 both"
    for one, content in ((kept, both), (lost, both), (lost, b"%PDF-1.4 other")):
        Attachment.objects.create(
            owner_type="organizations.socialorganization",
            owner_id=one.pk,
            kind="document",
            name="章程.pdf",
            path=store.write(content, ".pdf"),
            served_as="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
        )
    twin = Attachment.objects.of(lost).get(sha256=hashlib.sha256(both).hexdigest())
    merge_social_organizations(loser=lost, winner=kept, reason="重复", by=city)
    store.remove(twin.path)  # as the nightly sweep does
    undo_merger(trace=MergedOrganization.objects.get(), reason="误并", by=city)
    files = {one.pk: store.path_of(one.path).read_bytes() for one in Attachment.objects.of(lost)}
    assert len(files) == 2
    assert files[twin.pk] == both
    assert Attachment.objects.of(kept).count() == 1


def test_the_page_of_a_merger_says_what_returns_and_what_forbids_it(
    as_city: Client, city: User
) -> None:
    kept, lost = two_registrations(city)
    merge_social_organizations(loser=lost, winner=kept, reason="重复登记", by=city)
    path = f"/registry/merged-organizations/{MergedOrganization.objects.get().pk}/undo/"
    here = f"/registry/social-organizations/{kept.pk}/"
    assert f'href="{path}"' in as_city.get(here).content.decode()
    assert "指导员联系 1 条" in as_city.get(path).content.decode()
    moved = kept.coverage_links.get(valid_from=D(2017, 1, 1))
    CoverageLink.objects.filter(pk=moved.pk).update(document="狮委组〔2018〕6号")
    refused = as_city.post(path, {"reason": "误并"}).content.decode()
    assert "覆盖关系" in refused
    assert "此后又被修改" in refused
    CoverageLink.objects.filter(pk=moved.pk).update(document="")
    answer = as_city.post(path, {"reason": "误并"})
    assert answer["Location"] == f"/registry/social-organizations/{lost.pk}/"
    assert as_city.get(path).status_code == 404
