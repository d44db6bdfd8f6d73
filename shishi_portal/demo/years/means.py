"""Venues, money, agreements, honours, incidents."""

from datetime import date, timedelta
from random import Random

from activities.models import (
    Agreement,
    ArchiveDocument,
    ArchiveFolder,
    Fund,
    Incident,
    PartyHonour,
    Venue,
)
from activities.rules.duties import FOLDER_FUNDS, FOLDER_HONOURS, FOLDER_VENUES, LIVING_KINDS
from activities.rules.vocabulary import AgreementKind, Have
from organizations.models import PartyOrganization
from shishi_portal.demo.years import words

SHARED_VENUES, MODELS = 41, 38
BATCH = 2000


def give_means(random: Random, today: date) -> None:
    """What the organizations have and what became of them."""
    living = PartyOrganization.objects.filter(
        kind__in=[kind.value for kind in LIVING_KINDS], dissolved_on__isnull=True
    )
    parties = list(living.select_related("township").order_by("pk"))
    _venues(random, today, parties)
    _funds(random, today, parties)
    _agreements(random, today, parties)
    _honours(random, today, parties)
    _incidents(random, today, parties)


def _venues(random: Random, today: date, parties: list[PartyOrganization]) -> None:
    """41 shared ones, each for some organizations of its township, and own ones."""
    by_place: dict[str, list[PartyOrganization]] = {}
    for party in parties:
        by_place.setdefault(party.township_id, []).append(party)
    owners = random.sample(parties, SHARED_VENUES + 62)
    venues, shared = [], []
    for number, party in enumerate(owners):
        is_shared = number < SHARED_VENUES
        haves = {
            f"has_{have.value}": random.random() < (0.96 if is_shared else 0.82) for have in Have
        }
        haves["has_room"] = True
        word = "区域共享党群活动场所" if is_shared else "党员活动室"
        venue = Venue(
            party_organization=party,
            name=f"{party.township.name}第{number + 1}{word}" if is_shared else word,
            township=party.township,
            area=random.choice((60, 80, 120, 160, 220))
            if is_shared
            else random.choice((25, 40, 60)),
            opened_on=date(2016, 3, 1) + timedelta(days=random.randint(0, 1200)),
            checked_on=today - timedelta(days=random.randint(10, 300)),
            is_shared=is_shared,
            **haves,
        )
        venues.append(venue)
        if is_shared:
            neighbours = [one for one in by_place[party.township_id] if one.pk != party.pk]
            shared.append(
                (venue, random.sample(neighbours, min(len(neighbours), random.randint(2, 5))))
            )
    Venue.objects.bulk_create(venues, batch_size=BATCH)
    through = Venue.shared_with.through
    through.objects.bulk_create(
        [
            through(venue_id=venue.pk, partyorganization_id=party.pk)
            for venue, users in shared
            for party in users
        ],
        batch_size=BATCH,
    )
    _archive(FOLDER_VENUES, [(v, v.checked_on, f"活动场所:{v.name}") for v in venues])


def _funds(random: Random, today: date, parties: list[PartyOrganization]) -> None:
    funds = []
    for party in parties:
        if random.random() < 0.1:
            continue
        for year in (today.year - 1, today.year):
            budget = random.choice((3000, 5000, 8000, 12000))
            rows = [("budget", budget, date(year, 1, random.randint(6, 28)), "年度党建经费预算")]
            rows.append(("refund", budget // 4, date(year, 4, random.randint(1, 28)), "党费返拨"))
            if random.random() < 0.2:
                rows.append(("project_grant", 2000, date(year, 6, 8), "党建工作项目补助"))
            for month in random.sample(range(2, 13), random.randint(1, 4)):
                spent = random.randint(2, 12) * 100
                what = random.choice(("主题党日交通费", "学习资料", "活动室用品", "慰问困难党员"))
                rows.append(("spent", spent, date(year, month, random.randint(1, 28)), what))
            funds += [
                Fund(
                    party_organization=party,
                    year=year,
                    kind=kind,
                    amount=amount,
                    dated_on=day,
                    purpose=purpose,
                )
                for kind, amount, day, purpose in rows
                if day <= today
            ]
    Fund.objects.bulk_create(funds, batch_size=BATCH)
    titled = [(f, f.dated_on, f"党建经费:{f.get_kind_display()} {f.amount} 元") for f in funds]
    _archive(FOLDER_FUNDS, titled)


def _agreements(random: Random, today: date, parties: list[PartyOrganization]) -> None:
    agreements = []
    for party in random.sample(parties, 96):
        kind = random.choice(list(AgreementKind)[:-1])
        other = None
        partner = f"{party.township.name}{random.choice(words.PARTNERS)}"
        if kind in (AgreementKind.NEW_WITH_OLD, AgreementKind.WEAK_WITH_STRONG):
            other = random.choice([one for one in parties if one.pk != party.pk])
            partner = other.name
        signed = today - timedelta(days=random.randint(30, 900))
        agreements.append(
            Agreement(
                party_organization=party,
                kind=kind.value,
                partner=partner,
                partner_organization=other,
                signed_on=signed,
                valid_to=signed + timedelta(days=365 * random.choice((1, 2, 3))),
                content="联合开展主题党日,共用活动场所,结对服务困难群众。",
            )
        )
    Agreement.objects.bulk_create(agreements, batch_size=BATCH)
    titled = [(a, a.signed_on, f"共建协议:与{a.partner}") for a in agreements]
    _archive(FOLDER_HONOURS, titled)


def _honours(random: Random, today: date, parties: list[PartyOrganization]) -> None:
    """Some honours, and the 38 that the case says were chosen for fostering within three years."""
    honours = []
    for party in random.sample(parties, MODELS):
        honours.append(
            PartyHonour(
                party_organization=party,
                kind="model",
                level="county",
                title="社会组织党建典型培育对象",
                awarded_on=today - timedelta(days=random.randint(20, 1090)),
                awarded_by="市委组织部",
            )
        )
    for party in random.sample(parties, 34):
        level = random.choices(("county", "city", "province"), (70, 24, 6))[0]
        honours.append(
            PartyHonour(
                party_organization=party,
                kind=random.choices(("award", "spread", "teaching"), (70, 18, 12))[0],
                level=level,
                title=random.choice(("先进基层党组织", "党建工作示范点", "优秀党建品牌")),
                awarded_on=today - timedelta(days=random.randint(20, 700)),
                awarded_by={"county": "市委", "city": "设区市委组织部"}.get(level, "省委组织部"),
            )
        )
    PartyHonour.objects.bulk_create(honours, batch_size=BATCH)
    _archive(FOLDER_HONOURS, [(h, h.awarded_on, f"荣誉:{h.title}") for h in honours])


def _incidents(random: Random, today: date, parties: list[PartyOrganization]) -> None:
    rows = [
        ("inactive", "连续六个月没有党的活动", "季度拉练检查"),
        ("fraud", "两份会议记录日期与签到不符", "季度拉练检查"),
        ("credit", "所在社会组织被列入活动异常名录", "登记管理机关公告"),
    ]
    Incident.objects.bulk_create(
        Incident(
            party_organization=party,
            kind=kind,
            happened_on=today - timedelta(days=random.randint(20, 200)),
            description=text,
            evidence=evidence,
        )
        for party, (kind, text, evidence) in zip(random.sample(parties, 3), rows, strict=True)
    )


def _archive(number: int, rows: list) -> None:
    folder = ArchiveFolder.objects.get(number=number)
    ArchiveDocument.objects.bulk_create(
        [
            ArchiveDocument(
                party_organization_id=record.party_organization_id,
                folder=folder,
                year=day.year,
                dated_on=day,
                title=title[:200],
                source_type=record._meta.label_lower,
                source_id=record.pk,
            )
            for record, day, title in rows
        ],
        batch_size=BATCH,
    )
