"""Posts, groups, second participations, and who is away."""

from datetime import timedelta

from members.models import (
    GroupMember,
    MobileContact,
    MobilePeriod,
    Participation,
    PartyGroup,
    PartyPost,
    SocialPost,
)
from members.rules.vocabulary import (
    PartyDuty,
    SocialDuty,
)
from organizations.models import PartyOrganization
from shishi_portal.demo.roster.making import Maker

MOBILE, DUAL = 36, 140
GROUPS_FROM = 10  # so many members meet in groups as well
AWAY = ["广东广州", "浙江义乌", "上海", "北京", "江苏苏州", "广东深圳"]
GOVERNORS = (
    *(SocialDuty.VICE_CHAIR, SocialDuty.COUNCIL, SocialDuty.SUPERVISOR),
    *(SocialDuty.SECRETARY_GENERAL, SocialDuty.MANAGER),
)


def give_offices(maker: Maker, party: PartyOrganization) -> None:
    """Secretary, committee where seven or more, groups where there are many; posts in the body."""
    random, roster = maker.random, maker.roster
    full = [m for m in maker.people.get(id(party), []) if m.full_on]
    starts = {id(m.member): m.valid_from for m in roster.memberships if m.valid_to is None}
    duties = [PartyDuty.SECRETARY]
    if len(full) >= 7:
        duties += [PartyDuty.ORGANIZATION, PartyDuty.PUBLICITY, PartyDuty.DISCIPLINE]
    elif len(full) >= 5:
        duties.append(PartyDuty.DEPUTY)
    start = party.term_started_on or party.founded_on
    bodies = maker.covered.get(id(party), [])
    for member, duty in zip(full, duties, strict=False):
        begins = max(start, starts[id(member)])
        roster.party_posts.append(
            PartyPost(member=member, party_organization=party, duty=duty, valid_from=begins)
        )
        if duty == PartyDuty.SECRETARY:
            party.secretary = member.name
        if bodies and random.random() < (0.72 if duty == PartyDuty.SECRETARY else 0.3):
            body = random.choice(bodies)
            roster.social_posts.append(
                SocialPost(
                    member=member,
                    social_organization=body,
                    duty=random.choice(GOVERNORS),
                    valid_from=max(begins, body.registered_on),
                )
            )
    everyone = maker.people.get(id(party), [])
    if len(everyone) < GROUPS_FROM:
        return
    many = min(3, max(2, len(everyone) // 7))
    for number, word in enumerate(("第一党小组", "第二党小组", "第三党小组")[:many]):
        group = PartyGroup(party_organization=party, name=word, valid_from=start)
        roster.groups.append(group)
        for place, member in enumerate(everyone[number::many][:12]):
            roster.group_members.append(
                GroupMember(
                    group=group,
                    member=member,
                    is_leader=place == 0,
                    valid_from=max(start, starts[id(member)]),
                )
            )


def take_part_twice(maker: Maker, joint: list[PartyOrganization]) -> None:
    """兼合式: people who belong elsewhere and live a second organizational life here."""
    stays = [m for m in maker.roster.memberships if m.valid_to is None]
    chosen = maker.random.sample(stays, min(DUAL, len(stays)))
    for place, stay in enumerate(chosen):
        party = joint[place % len(joint)]
        first = max(stay.valid_from, party.founded_on)
        roster = maker.roster
        roster.participations.append(
            Participation(
                member=stay.member,
                party_organization=party,
                valid_from=maker.between(first, max(first, maker.today - timedelta(days=30))),
            )
        )
        if place < len(joint) and stay.member.full_on:
            begins = roster.participations[-1].valid_from
            roster.party_posts.append(
                PartyPost(
                    member=stay.member,
                    party_organization=party,
                    duty=PartyDuty.SECRETARY,
                    valid_from=begins,
                )
            )


def send_some_away(maker: Maker) -> None:
    random, today = maker.random, maker.today
    stays = [m for m in maker.roster.memberships if m.valid_to is None and m.member.full_on]
    for stay in random.sample(stays, MOBILE):
        first = max(stay.valid_from, today - timedelta(days=900))
        left = maker.between(first, today - timedelta(days=5))
        period = MobilePeriod(
            member=stay.member,
            valid_from=left,
            destination=random.choice(AWAY),
            reason=random.choice(("务工经商", "随子女居住", "求学")),
        )
        maker.roster.mobile.append(period)
        day = left + timedelta(days=random.randint(20, 90))
        while day < today - timedelta(days=random.choice((1, 1, 1, 230))):
            way = random.choice(("电话", "微信视频", "返乡走访"))
            contact = MobileContact(period=period, on=day, way=way, note="思想稳定,按时参加学习")
            maker.roster.contacts.append(contact)
            day += timedelta(days=random.randint(60, 170))
