"""The first file that the user's interpreter runs: loads this package under its private name and starts a role.

Run as ``python bootstrap.py host CONTROL`` or ``python bootstrap.py worker CHANNEL TRACE`` (file descriptors).
"""

import sys

AT_START = frozenset(sys.modules)
"""What Python itself has imported before any code of a program or of ours."""

import importlib  # noqa: E402
import importlib.util  # noqa: E402
import os  # noqa: E402

PRIVATE_NAME = "_keras_triage_probes"


def load_package() -> None:
    """Make this file's package importable as ``PRIVATE_NAME``, and take its folder off ``sys.path``."""
    here = os.path.dirname(os.path.abspath(__file__))
    # Python puts a script's own folder first; there our module names would hide the user's.
    if sys.path and os.path.abspath(sys.path[0] or os.curdir) == here:
        del sys.path[0]
    package = os.path.dirname(here)
    spec = importlib.util.spec_from_file_location(
        PRIVATE_NAME, os.path.join(package, "__init__.py"), submodule_search_locations=[package]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {package}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[PRIVATE_NAME] = module
    spec.loader.exec_module(module)


def main() -> None:
    """Start the role that the command line names."""
    role, *descriptors = sys.argv[1:]
    load_package()
    importlib.import_module(f"{PRIVATE_NAME}.process.{role}").start(*map(int, descriptors))


if __name__ == "__main__":
    main()
