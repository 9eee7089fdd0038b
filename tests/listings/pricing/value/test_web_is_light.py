"""The library that fits values is the workers': it takes memory and seconds to import."""

import subprocess
import sys

from tests.marketplace.checkouts import ROOT

IMPORT_WEB = """
import sys
import marketplace.wsgi, marketplace.urls, listings.urls, dealers.urls
from django.urls import get_resolver
get_resolver().url_patterns
print([name for name in ("lightgbm", "scipy") if name in sys.modules])
"""


def test_a_web_process_imports_no_library_that_fits() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_WEB], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
