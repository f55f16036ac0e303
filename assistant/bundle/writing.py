"""Writing a bundle: first redacted, then sealed, then read again as a stranger would, and only then on disk."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from assistant.bundle.measures import fingerprint
from assistant.bundle.model import MANIFEST, Manifest, MemberSeal
from assistant.bundle.reading import is_bundle, read_bytes
from assistant.errors import UsageError

_STAMP = (1980, 1, 1, 0, 0, 0)


def sealed(values: Mapping[str, Any], **about: Any) -> dict[str, bytes]:
    """The members of a bundle as bytes, the manifest first.

    Args:
        values: the JSON values of the other members, redacted.
        about: fields of the manifest.
    """
    content = {name: _as_json(value) for name, value in values.items()}
    manifest = Manifest(
        tool=version("keras-triage"),
        measures=fingerprint(),
        created=datetime.now(UTC).date().isoformat(),
        members={
            name: MemberSeal(sha256=hashlib.sha256(data).hexdigest(), size=len(data)) for name, data in content.items()
        },
        **about,
    )
    return {MANIFEST: _as_json(manifest.model_dump(mode="json")), **content}


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The members as a zip; the same members give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            about = zipfile.ZipInfo(name, _STAMP)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            archive.writestr(about, data)
    return buffer.getvalue()


def write(members: Mapping[str, bytes], target: Path) -> None:
    """Write a bundle; a file that stands there is replaced only if it is a bundle.

    Raises:
        UsageError: it cannot be written there.
    """
    refuse_target(target)
    data = zipped(members)
    read_bytes(data, target.name)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}.") from error


def refuse_target(target: Path) -> None:
    """Refuse where a bundle cannot be written, before anything is collected.

    Raises:
        UsageError: with the reason.
    """
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}.")
    if target.is_dir():
        raise UsageError(f"{target} is a folder; give a file name that ends in .triage.")
    if not os.access(target.parent, os.W_OK):
        raise UsageError(f"{target} cannot be written: the folder does not permit it.")
    if target.exists() and not is_bundle(target):
        raise UsageError(f"{target} exists and is no bundle; choose another name.")


def _as_json(value: Any) -> bytes:
    return f"{json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()
