"""The licences of what production installs: into the bill of materials, and as a page.

`python requirements/licences.py SBOM PAGE` reads the CycloneDX file that cyclonedx-py made of the
lock, adds the licence that each package's own metadata declares, and writes the page anew. The exit
status is 1 where a licence is unknown or none that a closed product may be served with.
"""

import json
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

# GPL and AGPL are none of them; LGPL and MPL cover their own files, which we do not change.
ALLOWED = re.compile(
    r"(New )?BSD( License|[- ][023]-Clause)?|0BSD|MIT(-0| License|-CMU)?|ISC|Zlib|CC0-1\.0|PSF-2\.0"
    r"|Apache-2\.0|Apache License 2\.0|Apache Software License|MPL-2\.0|LGPL-3\.0-only|Unlicense"
    r"|Public-Domain"
)
# Of packages that only other platforms or older versions of Python install.
NOT_INSTALLED = {
    "async-timeout": "Apache-2.0",
    "colorama": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
}
HEAD = """# Licences

What `requirements/image.txt` installs (production, what fits values in workers, and what speaks to
S3), with the licence that each package declares. Written by `make licences`, which stops at an
unknown licence and at one that is not allowed (GPL, AGPL).

The towns of `listings/search/places/places.csv` come from [GeoNames](https://www.geonames.org/),
under CC BY 4.0, and were changed: see `listings/search/places/SOURCE.md`.

| package | version | licence |
|---|---|---|
"""


def main(sbom: Path, page: Path) -> int:
    document = json.loads(sbom.read_text())
    components: list[dict[str, Any]] = sorted(document["components"], key=lambda row: row["purl"])
    rows = [(each["name"], each["version"], licence_of(each["name"])) for each in components]
    for component, (_, _, licence) in zip(components, rows, strict=True):
        component["licenses"] = [{"license": {"name": licence, "acknowledgement": "declared"}}]
    sbom.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    page.write_text(HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows))
    refused = [f"{name}: {licence}" for name, _, licence in rows if not is_allowed(licence)]
    for line in refused:
        sys.stderr.write(f"This licence is not known to be allowed. {line}\n")
    return int(bool(refused))


def licence_of(name: str) -> str:
    """Return what a package declares: an SPDX expression where it can, else a short name."""
    try:
        declared = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED.get(name, "unknown")
    classified = " OR ".join(
        classifier.rpartition(" :: ")[2].replace("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0")
        for classifier in declared.get_all("Classifier") or []
        if classifier.startswith("License :: ") and classifier.count(" :: ") > 1
    )
    texts = [*(declared.get_all("License-Expression") or []), *(declared.get_all("License") or [])]
    text = next(iter(texts), "").strip()
    is_name = text and len(text) <= 60 and "\n" not in text and text != "Dual License"
    return text if is_name else classified or "unknown"


def is_allowed(licence: str) -> bool:
    """Tell whether every part of an expression is allowed; brackets say nothing more here."""
    parts = re.split(r" (?:AND|OR) ", re.sub(r"[()]", "", licence), flags=re.IGNORECASE)
    return all(ALLOWED.fullmatch(part.strip()) for part in parts)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
