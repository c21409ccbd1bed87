"""Photos of signed forms in a simulated campaign: a manifest row each, and on some days the pictures themselves."""

import io
from dataclasses import replace
from itertools import cycle

import numpy as np
import zxingcpp
from PIL import Image

from xueji.data_samples.campaign_child import Child
from xueji.data_samples.campaign_desk import Desk
from xueji.data_samples.campaign_faults import PHOTO_FAULTS, PICTURE_FAULTS
from xueji.data_samples.campaign_sheets import Cells, invented_sha256, sha256_of
from xueji.data_samples.draws import Dice

UNNAMED = 12  # of the pictures one in so many comes without a row in the manifest: its code says whose it is
LEAST_BYTES, MORE_BYTES = 60_000, 240_000
WIDTH, HEIGHT = 620, 876  # pixels of a picture


class PhotoDesk:
    """Takes the photos of a day, at most so many on the days on which the pictures come too."""

    def __init__(self, desk: Desk, most_pictures: int) -> None:
        self.desk, self.most_pictures = desk, most_pictures
        opens = desk.days.entry(0).opens
        self.picture_days = (opens + 1, opens + 3) if most_pictures else ()
        self.faults, self.picture_faults = cycle(PHOTO_FAULTS), cycle(PICTURE_FAULTS)
        self.waiting: list[str] = []
        self.earlier: str | None = None  # digest of a picture that was taken on another day
        self.newest: str | None = None
        self.pictures = 0
        self.day = -1

    def take(self, child: Child) -> bool:
        """Send a photo. False: it has to be refused, or does not go through today."""
        if self.day != self.desk.day:
            self.day, self.pictures, self.earlier = self.desk.day, 0, self.newest
        if self.day in self.picture_days:
            return self.take_picture(child)
        cells = self.row(child, f"IMG_{child.place:07d}.jpg", invented_sha256(child.form_no or ""))
        if self.desk.faults.is_turn("upload"):
            self.waiting.append(next(self.faults))
        for place, fault in enumerate(self.waiting):
            if self.desk.has_tomorrow(child) and (wrong := self.wrong(fault, child, cells)):
                del self.waiting[place]
                self.desk.sheets.photo(wrong, fault)
                return False
        self.desk.sheets.photo(cells)
        self.newest = cells["sha256"]
        return True

    def wrong(self, fault: str, child: Child, cells: Cells) -> Cells | None:
        """The row as it must not be; None where this child's cannot be made wrong so."""
        return PHOTO_FAULTS[fault](replace(self.desk.scene(child, cells), other_picture=self.earlier))

    def take_picture(self, child: Child) -> bool:
        """Send a photo together with the picture."""
        if self.pictures >= self.most_pictures:
            return False
        self.pictures += 1
        sheets, name, code = self.desk.sheets, f"IMG_{child.place:07d}.jpg", child.form_no or ""
        picture = phone_picture(code, child.dice)
        cells = self.row(child, name, sha256_of(picture), len(picture))
        if self.pictures % UNNAMED == UNNAMED // 2 and self.desk.has_tomorrow(child):
            fault = next(self.picture_faults)
            mate = self.desk.scene(child, cells).classmate
            if fault == "photo_of_another" and not (mate and mate.form_no):
                fault = "photo_absent"
            if fault == "photo_of_another":
                sheets.pictures[name] = phone_picture(mate.form_no, child.dice)  # type: ignore[union-attr, arg-type]
                cells["sha256"] = sha256_of(sheets.pictures[name])
            elif fault == "photo_damaged":
                sheets.pictures[name] = picture[: len(picture) // 3]
                cells["sha256"] = sha256_of(sheets.pictures[name])
            elif fault == "photo_altered":
                sheets.pictures[name] = phone_picture(code, child.dice)
            sheets.photo(cells, fault)
            return False
        sheets.pictures[name] = picture
        if self.pictures % UNNAMED:
            sheets.photo(cells)
        return True

    def row(self, child: Child, name: str, sha256: str, size: int | None = None) -> Cells:
        size = size or LEAST_BYTES + child.dice.roll(MORE_BYTES)
        by = "班主任" if child.dice.roll(4) == 0 else "家长"
        day = str(self.desk.days.dates[self.desk.day_of(child)])
        return {
            "确认表编号": child.form_no, "文件名": name, "sha256": sha256, "文件大小": str(size), "上传日期": day, "上传人": by,
        }  # fmt: skip


def phone_picture(code: str, dice: Dice) -> bytes:
    """A grey page with its code in the upper right corner, a little turned, dim and grainy: as a telephone sees it. A JPEG."""
    drawn = np.asarray(zxingcpp.create_barcode(code, zxingcpp.BarcodeFormat.QRCode).to_image(scale=4))
    page = np.full((HEIGHT, WIDTH), 235, dtype=np.uint8)
    for line in range(12):
        page[260 + 45 * line : 262 + 45 * line, 40 : WIDTH - 40] = 120
    side = min(drawn.shape[0], HEIGHT // 2)
    page[30 : 30 + side, WIDTH - 30 - side : WIDTH - 30] = np.where(drawn[:side, :side] > 127, 245, 25)
    turned = Image.fromarray(page).rotate((dice.roll(9) - 4) * 1.5, fillcolor=90, resample=Image.Resampling.BILINEAR)
    grain = np.random.default_rng(dice.roll(1 << 30)).normal(0, 6, (HEIGHT, WIDTH))
    seen = np.clip(np.asarray(turned) * (0.75 + dice.roll(20) / 100) + grain, 0, 255).astype(np.uint8)
    picture = io.BytesIO()
    Image.fromarray(seen).save(picture, "JPEG", quality=70)
    return picture.getvalue()
