"""Photos of services: a handful of painted pictures, each stored once and named many times."""

import hashlib
import os
import shutil
from datetime import date
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from activities.models import Activity
from organizations.models import Attachment
from organizations.uploads import store
from shishi_portal.demo.years.book import two_years_before

SKIES = ["#dfe8ee", "#f1e4d3", "#e6ecdf", "#ece1e1", "#dfe3f0"]
SIZE = (640, 420)
SHARE = 0.8


def take_photos(random: Random, today: date) -> None:
    """One photo for most services of the two years."""
    services = Activity.objects.filed().of_kind("service")
    keys = services.filter(held_on__gte=two_years_before(today)).values_list("pk", flat=True)
    pictures = [_picture(random, sky) for sky in SKIES]
    rows = []
    for number, key in enumerate(keys.order_by("pk")):
        if random.random() > SHARE:
            continue
        content = pictures[number % len(pictures)]
        rows.append(
            Attachment(
                owner_type="activities.activity",
                owner_id=key,
                kind="photo",
                name="活动照片.jpg",
                caption="演示照片(绘制)",
                path=_stored(content, number),
                served_as="image/jpeg",
                size=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                width=SIZE[0],
                height=SIZE[1],
            )
        )
    Attachment.objects.bulk_create(rows, batch_size=2000)


def _picture(random: Random, sky: str) -> bytes:
    """A shore with some people, in flat colours."""
    image = Image.new("RGB", SIZE, sky)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 250, SIZE[0], SIZE[1]), fill="#cfd9d3")
    draw.rectangle((0, 330, SIZE[0], SIZE[1]), fill="#e3d6bd")
    for _ in range(9):
        x, height = random.randint(40, 600), random.randint(70, 110)
        draw.ellipse((x - 12, 350 - height - 24, x + 12, 350 - height), fill="#c79a7b")
        draw.rectangle((x - 18, 350 - height, x + 18, 350), fill="#a8271e")
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()


def _stored(content: bytes, number: int) -> str:
    """Link the row's own name to the picture's one file."""
    digest = hashlib.sha256(content).hexdigest()
    source = store.path_of(f"demo/{digest[:16]}.jpg")
    source.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not source.exists():
        source.write_bytes(content)
    name = f"demo/{number:05d}.jpg"
    target = store.path_of(name)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return name
