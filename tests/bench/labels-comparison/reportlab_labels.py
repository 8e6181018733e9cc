"""Draws labels with ReportLab and prints the median milliseconds of several rounds.

Arguments: folder of the fonts, rounds, the file that gets the pages. Standard input: the pages as JSON, in points from the lower left corner.
"""
import io
import json
import statistics
import sys
import time

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

folder, rounds = sys.argv[1], int(sys.argv[2])
pdfmetrics.registerFont(TTFont("R", f"{folder}/label-regular.ttf"))
pdfmetrics.registerFont(TTFont("S", f"{folder}/label-semibold.ttf"))
pages = json.load(sys.stdin)


def draw() -> bytes:
    out = io.BytesIO()
    page = canvas.Canvas(out, pageCompression=0)
    for label in pages:
        page.setPageSize((label["width"], label["height"]))
        for x, y, width, height in label["boxes"]:
            page.rect(x, y, width, height, stroke=0, fill=1)
        for x, y, size, bold, white, text in label["texts"]:
            page.setFillGray(1 if white else 0)
            page.setFont("S" if bold else "R", size)
            page.drawString(x, y, text)
        page.setFillGray(0)
        page.showPage()
    page.save()
    return out.getvalue()


with open(sys.argv[3], "wb") as file:
    file.write(draw())
times = []
for _ in range(rounds):
    began = time.perf_counter()
    draw()
    times.append((time.perf_counter() - began) * 1000)
print(statistics.median(times))
