"""What has happened around accounts and townships, so that each role's pages show life.

Everything goes through the actions that people use, so the audit log of the demo is a real one.
"""

from accounts import audit
from accounts.actions.proposals import decide, hand_out_password, note_seen, propose
from accounts.models import AccountProposal, User
from accounts.rules import AuditResult, ProposalKind, Role
from members.models import Member
from organizations.actions.hand_over import decide_hand_over, hand_over, withdraw_hand_over
from organizations.models import HandOver, SocialOrganization, Township
from shishi_portal.demo.areas import CITY_CODE

# kind, account, person, name, role, scope, reason
Wish = tuple[str, str, str, str, str, str, str]


def proposals_of(townships: list[Township]) -> list[tuple[Wish, str, str]]:
    """Wishes with the security administrator's verdict ("" still waits) and opinion."""
    first, second = townships[0], townships[1]
    create, officer = ProposalKind.CREATE, Role.TOWNSHIP_OFFICER
    return [
        (
            (
                *(create, "cai-meiling", "GH20231", "蔡美玲(演示)", officer, first.code),
                f"{first.name}党建工作站新到岗专干",
            ),
            "approve",
            "已核对任职文件。",
        ),
        (
            (
                *(create, "wu-jianguo", "GH20305", "吴建国(演示)", Role.LEADER, CITY_CODE),
                "分管领导查看覆盖情况",
            ),
            "approve",
            "",
        ),
        (
            (
                *(create, "shi-wenbin", "GH20318", "施文彬(演示)", Role.CITY_STAFF, CITY_CODE),
                "借调人员需要录入台账",
            ),
            "reject",
            "借调人员只需本镇范围,请按镇(街道)工作站重新提出。",
        ),
        (
            (
                *(create, "shi-wenbin", "GH20318", "施文彬(演示)", officer, second.code),
                f"借调到{second.name}工作站,期限至年底",
            ),
            "",
            "",
        ),
        (
            (
                *(ProposalKind.CHANGE_ROLE, "cai-meiling", "", "", officer, second.code),
                f"调往{second.name}工作站",
            ),
            "",
            "",
        ),
    ]


def account_affairs(system: User, security: User, auditor: User, townships: list[Township]) -> None:
    for number, (wish, verdict, opinion) in enumerate(proposals_of(townships)):
        kind, username, person, name, role, scope, reason = wish
        made = propose(
            proposal=AccountProposal(
                kind=kind,
                username=username,
                person_code=person,
                display_name=name,
                role=role,
                scope_code=scope,
                reason=reason,
            ),
            by=system,
        )
        if not verdict:
            continue
        decide(proposal=made, approve=verdict == "approve", decision=opinion, by=security)
        if number == 0:
            made.refresh_from_db()
            hand_out_password(proposal=made, by=system)
            note_seen(proposal=made, by=auditor)


def hand_over_affairs(townships: list[Township]) -> None:
    """One each: waiting, taken, sent back, taken back."""
    reasons = (
        *("住所迁至该镇,已换领登记证书", "业务主管单位已同意,住所变更"),
        *("实际办公地点在该镇", "登记住所填写有误,误以为在该镇"),
    )
    for number, reason in enumerate(reasons):
        origin, to = townships[number], townships[number + 1]
        here, there = officer_of(origin), officer_of(to)
        alive = SocialOrganization.objects.filter(
            township=origin, deregistered_on__isnull=True, hand_overs__isnull=True
        )
        one = alive.filter(status="normal").order_by("pk").first()
        if one is None or here is None or there is None:
            continue
        offer = hand_over(organization=one, to=to, reason=reason, by=here)
        _settle(number, offer, here, there)


def _settle(number: int, offer: HandOver, here: User, there: User) -> None:
    if number == 1:
        decide_hand_over(offer=offer, accept=True, decision="已核对登记证书。", by=there)
    elif number == 2:
        why = "经查仍在原址办公,请核实后再移交。"
        decide_hand_over(offer=offer, accept=False, decision=why, by=there)
    elif number == 3:
        withdraw_hand_over(offer=offer, by=here)


def officer_of(township: Township) -> User | None:
    officers = User.objects.filter(role=Role.TOWNSHIP_OFFICER, scope_code=township.code)
    return officers.order_by("pk").first()


def seed_affairs() -> None:
    """Proposals, hand-overs, looks at members and a refusal; needs the demo's accounts."""
    townships = list(Township.objects.filter(code__startswith=CITY_CODE).order_by("code")[:5])
    admins = {user.role: user for user in User.objects.filter(role__in=ADMINS)}
    if len(townships) < 5 or len(admins) < len(ADMINS):
        return
    account_affairs(*(admins[role] for role in ADMINS), townships)
    hand_over_affairs(townships)
    here = officer_of(townships[0])
    for member in Member.objects.visible_to(here).order_by("pk")[:3] if here else ():
        audit.record(by=here, action="member.view", object=member)
    audit.record(
        by=User.objects.filter(role=Role.LEADER).first(),
        action="access.refuse",
        result=AuditResult.REFUSED.value,
        after={"path": "GET /members/"},
    )
    audit.verify()


ADMINS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
