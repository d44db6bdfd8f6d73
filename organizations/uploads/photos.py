"""Photos: checked before they are decoded, turned upright, written anew without what came along."""

import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from PIL import Image, ImageOps

from organizations.uploads.problems import UploadError

LARGEST_BYTES = 5 * 1024 * 1024
LARGEST_PIXELS = 25_000_000
QUALITY = 85
SUFFIXES = {".jpg", ".jpeg", ".png"}
MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
# phones that write two pictures into one file call it MPO; its first one is a plain JPEG
FORMATS = ("JPEG", "PNG", "MPO")

# Pillow only warns between once and twice its limit
Image.MAX_IMAGE_PIXELS = LARGEST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)


@dataclass(frozen=True)
class Photo:
    content: bytes
    width: int
    height: int


def is_photo_name(name: str) -> bool:
    return PurePath(name).suffix.lower() in SUFFIXES


def clean_photo(name: str, content: bytes) -> Photo:
    """A plain JPEG made of the picture's pixels alone; raises UploadError.

    Nothing of the file survives but what is seen: no position, no camera, no comment, no second
    file hidden behind the first.
    """
    if not is_photo_name(name):
        raise UploadError("照片只接受 JPG、PNG 格式;苹果手机的 HEIC 照片请先在相册中转为 JPG。")
    if len(content) > LARGEST_BYTES:
        megabytes = len(content) / 1024 / 1024
        raise UploadError(f"照片 {megabytes:.1f} MB,超过 5 MB,请压缩后再上传。")
    if not content.startswith(MAGIC):
        raise UploadError("文件内容不是 JPG、PNG 照片(扩展名可能被改过)。")
    try:
        return _decoded(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadError("照片像素过大,请缩小到 2500 万像素以内。") from error
    except UploadError:
        raise
    except Exception as error:  # whatever a broken picture makes the decoder say
        raise UploadError("照片已损坏,无法读取,请换一张。") from error


def _decoded(content: bytes) -> Photo:
    with Image.open(BytesIO(content), formats=list(FORMATS)) as opened:
        width, height = opened.size
        if width < 1 or height < 1 or width * height > LARGEST_PIXELS:
            raise UploadError("照片像素过大,请缩小到 2500 万像素以内。")
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            layer = upright.convert("RGBA")
            plain = Image.new("RGB", layer.size, "white")
            plain.paste(layer, mask=layer.getchannel("A"))
        else:
            plain = upright.convert("RGB")
    plain.info.clear()
    out = BytesIO()
    plain.save(out, "JPEG", quality=QUALITY)
    return Photo(out.getvalue(), *plain.size)
