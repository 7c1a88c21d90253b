"""What third-party front-end files do we ship, and do they still match their pins?

`python runner/vendor.py` fetches the pinned npm packages with `npm pack`, refuses a tarball whose
SHA-256 differs from the pin, and writes only the files we use, with their licences and a manifest
(`static/vendor/VENDOR.json`). `python runner/vendor.py --check` compares the tree with the manifest
and needs no network. Run from a checkout; only the standard library, npm and uv are needed.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static/vendor/VENDOR.json"
FONTTOOLS = "fonttools[woff]==4.68.0"

# Latin letters of Turkish, Polish, Czech, Romanian …: a company name must not change its typeface
# at one letter. The package's whole latin-ext file is 85 kB, these ranges are a tenth of it.
LATIN_EXT = "U+0100-017F,U+0218-021B,U+1E9E,U+2116"

ICONS = """
activity adjustments-horizontal alarm alert-triangle archive arrow-back-up arrow-down arrow-left
arrow-right arrow-up arrows-exchange at ban bell bell-off bolt bookmark box brand-linkedin
brand-skype brand-telegram brand-wechat brand-whatsapp briefcase building building-community
building-factory-2 building-store cake calendar calendar-due calendar-event calendar-plus
calendar-time category chart-bar check checks chevron-down chevron-left chevron-right chevron-up
chevrons-right circle circle-check circle-x clock clock-hour-4 clock-pause color-swatch columns-3
copy copy-check copy-plus corner-down-left currency-dollar database database-import device-desktop
device-floppy device-mobile dots download edit external-link eye eye-off file file-download
file-export file-import file-spreadsheet file-text filter fingerprint flag forms gift git-merge
grip-vertical hand-grab hash help-circle hierarchy history hourglass-low id inbox info-circle key
keyboard language layout-columns layout-kanban layout-list link list list-check list-details
list-numbers lock lock-open login logout mail mail-forward mail-opened map map-pin menu-2 message
message-2 message-circle message-plus messages minus mood-smile moon note notes paperclip password
pencil phone phone-call phone-off phone-outgoing pin pinned player-play player-stop plus point
printer qrcode receipt refresh reload report ripple rotate-2 rotate-clockwise ruler-2 search
select selector send separator server settings settings-automation share shield-check shield-lock
ship sitemap sort-ascending sort-descending square-check star star-off sun switch-horizontal
table-export table-import tag tags target-arrow text-wrap toggle-left transfer trash trophy upload
user user-check user-circle user-minus user-off user-plus user-search user-share users users-group
world world-www x zoom-in
""".split()  # noqa: SIM905, the list changes often and reads better as words

# Class families of Tabler's stylesheet that the product uses, and members of them that it never
# will (its own colours carry meaning; two breakpoints are enough). Rules that need any other class
# go: 79 kB of transfer become a third of it, without a build step.
TABLER_KEEP = re.compile(
    r"(btn|form|input|col|row|g|gx|gy|offset|order|table|caption|badge|alert|nav|fade|show|active"
    r"|disabled|dropdown|list-(group|inline|unstyled)|page-(link|item)|pagination|progress|spinner"
    r"|kbd|small|d|flex|justify|align|m[tbsexy]?|p[tbsexy]?|gap|text|fw|fs|font|w|h|mw|min|border"
    r"|rounded|overflow|position|top|bottom|start|end|visually|stretched|card|user|img|figure|is|was"
    r"|valid|invalid|focus|link|cursor|ts|plugin|single|multi|option|items?|clear|remove|optgroup)"
    r"(-[\w-]+)?$|h[1-6]$"
)
TABLER_DROP = re.compile(
    r".*-(blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|gray|dark|light|white"
    r"|black|info|x|facebook|twitter|linkedin|google|youtube|vimeo|dribbble|github|instagram|vk|rss"
    r"|pinterest|flickr|bitbucket|tabler|xl|xxl)(-[\w-]+)?$"
    r"|(form-(imagecheck|selectgroup|colorinput|floating|range|control-color|switch|fieldset)"
    r"|btn-(animate|floating|pill|square|ghost|outline|app|check|6)|card-(cover|img|group|tabs|stack"
    r"|code|progress|stamp|sponsor|rotate|borderless|inactive)|nav-(segmented|bordered|underline|fill"
    r"|vertical|pills|tabs)|table-(mobile|sort|bordered|striped|selectable|primary|secondary|success"
    r"|danger|warning)|input-(icon|group-flat)|progress-bar-(indet|anim|strip)|list-group-(numbered"
    r"|horizontal|hoverable|transparent)|form-check-description)"
)
TABLER_MEDIA_DROP = re.compile(r"min-width:(1200|1400)px|max-width:1(199|399)")


@dataclass(frozen=True)
class Package:
    """One pinned npm package: files copied as they are, and files that a function shapes."""

    name: str
    version: str
    sha256: str
    licence: str
    folder: str
    copied: dict[str, str] = field(default_factory=dict)
    shaped: tuple[Callable[[Tarball], dict[str, bytes]], ...] = ()


class Tarball:
    """The files of one fetched package, by their path inside it."""

    def __init__(self, data: bytes):
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            self.files = {
                member.name.partition("/")[2]: file.read()
                for member in tar
                if member.isfile() and (file := tar.extractfile(member))
            }

    def text(self, path: str) -> str:
        return self.files[path].decode()

    def under(self, folder: str) -> dict[str, str]:
        """Return the text of every file directly in a folder, by its bare name."""
        return {
            name.removeprefix(folder): data.decode()
            for name, data in sorted(self.files.items())
            if name.startswith(folder)
        }


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (prelude, body) of the blocks of one nesting level of minified CSS."""
    at = 0
    while (opens := css.find("{", at)) >= 0:
        depth, end = 1, opens + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield css[at:opens].rpartition(";")[2], css[opens + 1 : end - 1]
        at = end


def is_wanted(selector: str) -> bool:
    names = re.findall(r"\.([A-Za-z][\w-]*)", selector)
    return "[data-vc" not in selector and all(TABLER_KEEP.match(name) and not TABLER_DROP.match(name) for name in names)


def slim(css: str) -> str:
    """Drop the rules whose selectors all need a class outside TABLER_KEEP."""
    kept = []
    for prelude, body in blocks(css):
        if TABLER_MEDIA_DROP.search(prelude):
            continue
        if prelude.startswith(("@media", "@supports", "@layer")):
            body = slim(body)
        elif prelude.startswith("@keyframes"):
            pass
        elif not prelude.startswith("@"):
            # A comma inside :is() or :not() is no end of a selector.
            selectors = re.split(r",(?![^(]*\))", prelude)
            prelude = ",".join(s for s in selectors if is_wanted(s))
        if prelude and body:
            kept.append(f"{prelude}{{{body}}}")
    return "\n".join(kept)


def tabler_css(tar: Tarball) -> dict[str, bytes]:
    css = without_map(tar.text("dist/css/tabler.min.css"))
    banner, end, rest = css.partition("*/")
    _charset, _, banner = banner.partition("/*!")
    return {"tabler.css": f"/*!{banner}{end}\n{slim(rest)}\n".encode()}


def flags(tar: Tarball) -> dict[str, bytes]:
    """ISO country flags, numbers rounded: at 18 × 13 px a hundredth is not seen."""
    return {
        f"flags/{name}": re.sub(
            r"\d*\.\d{3,}", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), svg
        ).encode()
        for name, svg in tar.under("dist/img/flags/").items()
        if re.fullmatch(r"[a-z]{2}\.svg", name)
    }


def sprite(tar: Tarball) -> dict[str, bytes]:
    """One SVG of symbols; colour and stroke come from the page's CSS. Its name is short: a list has hundreds of them."""
    symbols = []
    for name in sorted(set(ICONS)):
        svg = tar.text(f"icons/outline/{name}.svg")
        shapes = re.sub(r"\s*\n\s*", "", svg[svg.index(">") + 1 : svg.rindex("</svg>")])
        shapes = shapes.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes.replace(" />", "/>")}</symbol>')
    body = "\n".join(symbols)
    return {"i.svg": f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()}


def latin_ext(tar: Tarball) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.woff2"), Path(folder, "out.woff2")
        source.write_bytes(tar.files["files/inter-latin-ext-wght-normal.woff2"])
        subset = ["pyftsubset", str(source), f"--unicodes={LATIN_EXT}", "--flavor=woff2"]
        uvx = [sys.executable, "-m", "uv", "tool", "run", "--from", FONTTOOLS]
        subprocess.run([*uvx, *subset, f"--output-file={target}"], check=True)
        return {"latin-ext.woff2": target.read_bytes()}


def without_map(text: str) -> str:
    """Strip the source map comment: we ship no maps, and hashed static files refuse a dead link."""
    return re.sub(r"\s*(//|/\*)# sourceMappingURL=\S+( ?\*/)?", "", text)


PACKAGES = [
    Package(
        "@tabler/core",
        "1.6.1",
        "d02d679e51f6c179b21f035e154c13cdcb2ae8b18579e56ea606408ba7fc7a87",
        "MIT",
        "tabler",
        shaped=(tabler_css, flags),
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "b30108713d3fa60aee862c2a133225da8e0f309be0708fe2925763ff810c766c",
        "MIT",
        "i",
        shaped=(sprite,),
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "165a2655073e9e6e55e307a7c74e8ebcdb76afb7701f9c16cfd106a13add408e",
        "0BSD",
        "htmx",
        {"dist/htmx.min.js": "htmx.js"},
    ),
    Package(
        "sortablejs",
        "1.15.7",
        "66cbfc8fa18860783584fe0c346baf6cbf3399da72d23d21053425ba232abed4",
        "MIT",
        "sortable",
        {"Sortable.min.js": "sortable.js"},
    ),
    Package(
        "tom-select",
        "2.6.2",
        "91e3a429b42d9163e8ade96f3603109d3b7faa7f9b1a5259fa30f8f4b162415a",
        "Apache-2.0",
        "tom-select",
        {
            "dist/js/tom-select.popular.min.js": "tom-select.js",
            "dist/css/tom-select.bootstrap5.min.css": "tom-select.css",
        },
    ),
    # For the funnel's page only. The common build has the SVG renderer and half the weight of the whole.
    Package(
        "echarts",
        "6.1.0",
        "681aff88cc1038c3fa941a3a53d1b177a52250b05335efc607d6105ae13be481",
        "Apache-2.0",
        "echarts",
        {"dist/echarts.common.min.js": "echarts.js", "NOTICE": "NOTICE", "licenses/LICENSE-d3": "LICENSE-d3"},
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "d26710dd38e7217484a1d47ee76c024977ec550548876f26d06ed1844af09a14",
        "OFL-1.1",
        "inter",
        {
            "files/inter-latin-wght-normal.woff2": "latin.woff2",
            "files/inter-vietnamese-wght-normal.woff2": "vietnamese.woff2",
        },
        shaped=(latin_ext,),
    ),
    Package(
        "axe-core",
        "4.14.1",
        "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745",
        "MPL-2.0",
        "axe",
        {"axe.min.js": "axe.js"},
    ),
]
# The icons' address stands hundreds of times in a page, so it is short.
# axe judges pages in tests only; nothing of it is ever served.
HOMES = {"i": ROOT / "static/i", "axe": ROOT / "tests/assets/axe"}


def fetch(package: Package, folder: Path) -> Tarball:
    """Fetch one package; SystemExit when it is not the file that was pinned."""
    command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    name = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
    data = (folder / name.split()[-1]).read_bytes()
    if sha256(data) != package.sha256:
        raise SystemExit(f"{package.name}: SHA-256 is {sha256(data)}, pinned is {package.sha256}")
    return Tarball(data)


def outputs(package: Package, tar: Tarball) -> dict[Path, bytes]:
    """Return what the package puts into the tree, by absolute path."""
    files = {name: tar.files[source] for source, name in package.copied.items()}
    for shape in package.shaped:
        files |= shape(tar)
    # @tabler/core ships no licence file; its stylesheet keeps the banner that names one.
    if "LICENSE" in tar.files:
        files["LICENSE"] = tar.files["LICENSE"]
    home = HOMES.get(package.folder, ROOT / "static/vendor" / package.folder)
    return {
        home / name: without_map(data.decode()).encode() if name.endswith((".js", ".css")) else data
        for name, data in files.items()
    }


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def vendor() -> None:
    manifest = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            written = outputs(package, fetch(package, Path(folder)))
            for path, data in written.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
            manifest.append(
                {
                    "name": package.name,
                    "version": package.version,
                    "licence": package.licence,
                    "sha256": package.sha256,
                    "files": {str(path.relative_to(ROOT)): sha256(data) for path, data in sorted(written.items())},
                }
            )
            print(f"{package.name} {package.version}: {len(written)} files")
    MANIFEST.write_text(json.dumps(manifest, indent=1) + "\n")


def changed() -> list[str]:
    """Return the vendored paths that are missing or differ from the manifest."""
    return [
        path
        for package in json.loads(MANIFEST.read_text())
        for path, digest in package["files"].items()
        if not (ROOT / path).is_file() or sha256((ROOT / path).read_bytes()) != digest
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare the tree with the manifest")
    if not parser.parse_args().check:
        vendor()
    if differing := changed():
        raise SystemExit("differs from VENDOR.json: " + ", ".join(differing))


if __name__ == "__main__":
    main()
