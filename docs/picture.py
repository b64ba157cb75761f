"""Draw `docs/report-page-1.png`, the first page of the report on the sample: `make picture`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

import typst
from PIL import Image

from runanalytics import Library

PICTURE = Path(__file__).parent / "report-page-1.png"
#: Dots an inch: readable on a screen, and a small file.
RESOLUTION = 96
#: A page that is one page of a PDF, in a thin frame.
LAYOUT = """
#set page(width: auto, height: auto, margin: 0pt)
#rect(inset: 0pt, stroke: 0.75pt + luma(75%), image("progress.pdf", page: 1))
"""


def first_page(folder: Path) -> Image.Image:
    """Return the first page of the report on the sample, as it is laid out today."""
    library, _ = Library.demo(folder / "library")
    library.report(folder / "progress.pdf")
    library.close()
    (folder / "page.typ").write_text(LAYOUT, encoding="utf-8")
    drawn = typst.compile(folder / "page.typ", format="png", ppi=RESOLUTION)
    return Image.open(io.BytesIO(bytes(drawn)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        page = first_page(Path(made)).convert("RGB").quantize(64, dither=Image.Dither.NONE)
    page.save(PICTURE, optimize=True)
    print(f"Wrote {PICTURE}: {page.width} x {page.height}, {PICTURE.stat().st_size / 1000:.0f} kB")
