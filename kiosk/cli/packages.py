"""Start-up check: are the packages that will be imported our own?

`reader` and `kiosk` are generic names that exist on the package index and as folders of other people; ours live side
by side and say so (`DISTRIBUTION`). What breaks if this is wrong: foreign code runs, or an error nobody understands.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from pathlib import Path

from kiosk.cli.errors import CommandError

OWN_PACKAGES = ("kiosk", "eligibility", "reader", "mock_server")
DISTRIBUTION = "madoguchi"


def check_own_packages(home: Path | None = None) -> None:
    """Look where each package would come from, without running foreign code first.

    Raises:
        CommandError: `foreign_package` with the package's name and where it was found, or `missing_package`.
    """
    home = home or Path(__file__).resolve().parent.parent.parent
    for name in OWN_PACKAGES:
        found = _location(name)
        if found is None:
            raise CommandError("missing_package", name=name, home=home)
        if found != home / name or getattr(importlib.import_module(name), "DISTRIBUTION", None) != DISTRIBUTION:
            raise CommandError("foreign_package", name=name, where=found, home=home)


def _location(name: str) -> Path | None:
    """The folder a package would be imported from, or None where there is none."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    places = list(spec.submodule_search_locations or ())
    if not places:
        return Path(spec.origin).resolve() if spec.origin else None
    return Path(places[0]).resolve()
