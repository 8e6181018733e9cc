"""Makes the two label fonts from the Source Sans 3 of the npm package `source-sans` 3.52.0.

Wants PyPI `fonttools`. Usage: make-label-fonts.py PACKAGE_FOLDER OUT_FOLDER

The printer's page gets the whole font file, so it holds only what names and labels need: Latin with the letters of
Norwegian and of Northern, Lule and Southern Sámi, and what immigrants' names bring. "Source" is a reserved font name
(OFL 1.1, section 3), so the subset is renamed.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

CHARACTERS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x1B7, 0x1B7), (0x1E4, 0x1E9), (0x1EE, 0x1EF), (0x218, 0x21B), (0x292, 0x292),
    (0x1E00, 0x1EFF), (0x2010, 0x2015), (0x2018, 0x201A), (0x201C, 0x201E), (0x2022, 0x2022), (0x2026, 0x2026),
    (0x20AC, 0x20AC), (0x2212, 0x2212), (0x2264, 0x2265),
]

package, out = Path(sys.argv[1]), Path(sys.argv[2])
for weight in ("Regular", "Semibold"):
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["DSIG", "GDEF", "GPOS", "GSUB", "STAT", "BASE", "meta"]
    options.name_IDs = [0, 1, 2, 4, 6, 13, 14]
    font = TTFont(package / "TTF" / f"SourceSans3-{weight}.ttf", recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=[c for first, last in CHARACTERS for c in range(first, last + 1)])
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = f"Rekvirent Label {weight}"
        elif record.nameID == 6:
            record.string = f"RekvirentLabel-{weight}"
    font.save(out / f"label-{weight.lower()}.ttf")
