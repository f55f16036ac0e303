"""Reading a bundle that anybody may have made: every limit is checked before anything is believed."""

from __future__ import annotations

import hashlib
import io
import json
import re
import stat
import zipfile
import zlib
from pathlib import Path
from sys import float_info
from typing import Any, NoReturn

from pydantic import ValidationError

from assistant.bundle.model import FORMAT, MANIFEST, MEMBERS, OPTIONAL, Bundle, Manifest
from assistant.bundle.parts import bundle_of
from assistant.bundle.patterns import UNPRINTABLE
from assistant.errors import UsageError

MOST_BYTES = 32_000_000
"""Of a bundle on disk."""

MOST_UNPACKED = 64_000_000
"""Of all members together."""

MOST_RATIO = 200
"""Unpacked size over packed size; JSON of numbers packs to a tenth."""

RATIO_FROM = 1_000_000
"""Unpacked bytes from which the ratio counts; small members of equal lines pack better."""

MOST_DEPTH = 40
"""Levels of lists and objects."""

MOST_TEXT = 200_000
"""Characters of one string."""

LARGEST = float_info.max
"""Numbers are smaller than that; whole ones of more digits could be written, and no float would hold them."""

_CHUNK = 65536
_MAGIC = b"PK\x03\x04"
# A text that never ends is passed over as a whole: looking for its end from each of its quotes would take for ever.
_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class BundleError(UsageError):
    """A file is no bundle, or one that must not be believed."""


def is_bundle(path: Path) -> bool:
    """Whether a file claims to be a bundle: it is a zip. Whether it can be believed, reading it tells."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except (OSError, ValueError):
        return False


def refuse_bundle(path: Path, why: str) -> None:
    """Refuse what needs the program itself.

    Raises:
        UsageError: the path is that of a bundle.
    """
    if is_bundle(path):
        raise UsageError(f"{path.name} is a bundle: its program is not at hand, so that {why}.")


def read_bundle(path: Path) -> Bundle:
    """Read and check a bundle; nothing of it is unpacked to disk.

    Raises:
        BundleError: with one sentence.
    """
    return read_bytes(bytes_of(path), path.name)


def bytes_of(path: Path) -> bytes:
    """The content of a file that may be a bundle.

    Raises:
        BundleError: there is none, or it is too large.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise BundleError(f"{path} is no file.")
        if about.st_size > MOST_BYTES:
            raise BundleError(f"{path.name} is no bundle: it is larger than {MOST_BYTES // 1_000_000} MB.")
        return path.read_bytes()
    except FileNotFoundError:
        raise BundleError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise BundleError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def read_bytes(data: bytes, name: str) -> Bundle:
    """Check the content of a bundle and take it in.

    Args:
        data: the zip.
        name: what to call it.

    Raises:
        BundleError: with one sentence.
    """
    return _Reader(name).read(data)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = name

    def read(self, data: bytes) -> Bundle:
        members = self._members(data)
        manifest = self._manifest(members.pop(MANIFEST, None))
        self._check_seals(manifest, members)
        values = {name: self._parsed(name, content) for name, content in members.items()}
        try:
            return bundle_of(manifest, values)
        except ValidationError as error:
            self._refuse(_first_of(error))
        except ValueError as error:
            self._refuse(f"its {error}")

    def _refuse(self, why: str) -> NoReturn:
        raise BundleError(f"{self._name} cannot be used as a bundle: {why}.")

    def _members(self, data: bytes) -> dict[str, bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                found = archive.infolist()
                self._check_names(found)
                left, members = MOST_UNPACKED, dict[str, bytes]()
                for about in found:
                    members[about.filename] = self._unpacked(archive, about, left)
                    left -= len(members[about.filename])
                return members
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
            self._refuse("it is damaged, or no bundle at all")

    def _check_names(self, found: list[zipfile.ZipInfo]) -> None:
        seen: set[str] = set()
        for about in found:
            name = about.filename
            shown = repr(name[:60])
            if name in seen:
                self._refuse(f"the member {shown} stands in it twice")
            seen.add(name)
            if name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or re.match("[A-Za-z]:", name):
                self._refuse(f"the member {shown} leads out of it")
            if stat.S_ISLNK(about.external_attr >> 16):
                self._refuse(f"the member {shown} is a link")
            if about.flag_bits & 0x1:
                self._refuse("it is encrypted")
            if name != MANIFEST and name not in MEMBERS:
                self._refuse(f"the member {shown} is none that a bundle has")

    def _unpacked(self, archive: zipfile.ZipFile, about: zipfile.ZipInfo, left: int) -> bytes:
        """The content of a member, read piece by piece: what its header says of its size is not believed."""
        limit = min(left, max(RATIO_FROM, MOST_RATIO * about.compress_size))
        pieces, size = [], 0
        with archive.open(about) as member:
            while piece := member.read(_CHUNK):
                size += len(piece)
                if size > limit:
                    self._refuse("it unpacks to far more than it may")
                pieces.append(piece)
        return b"".join(pieces)

    def _manifest(self, content: bytes | None) -> Manifest:
        if content is None:
            self._refuse("it has no manifest")
        value = self._parsed(MANIFEST, content)
        made = value.get("bundle") if isinstance(value, dict) else None
        family, _, number = made.partition("/") if isinstance(made, str) else ("", "", "")
        if family != FORMAT.partition("/")[0] or not number.isascii() or not number.isdigit():
            self._refuse("its manifest is not that of a bundle")
        if made != FORMAT:
            self._refuse(f"it is of format {number[:6]} and this version reads {FORMAT[-1]}; update keras-triage")
        try:
            return Manifest.model_validate(value)
        except ValidationError as error:
            self._refuse(_first_of(error))

    def _check_seals(self, manifest: Manifest, members: dict[str, bytes]) -> None:
        missing = [name for name in MEMBERS if name not in members and name not in OPTIONAL]
        if missing:
            self._refuse(f"its member {missing[0]} is missing")
        if set(manifest.members) != set(members):
            self._refuse("its manifest names other members than it has")
        for name, content in members.items():
            seal = manifest.members[name]
            if seal.size != len(content) or seal.sha256 != hashlib.sha256(content).hexdigest():
                self._refuse(f"its member {name} was changed after it was made")

    def _parsed(self, name: str, content: bytes) -> Any:
        if _depth(content) > MOST_DEPTH:
            self._refuse(f"its member {name} is nested too deeply")
        try:
            value = json.loads(content.decode("utf-8"), parse_constant=_no_constant, object_pairs_hook=_no_duplicates)
        except (ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, _NotStrictError) else "it is not JSON"
            self._refuse(f"its member {name} cannot be read: {reason}")
        wrong = _wrong(value)
        if wrong:
            self._refuse(f"its member {name} holds {wrong}")
        return value


def _first_of(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"its {error.title} holds something else than it must ({place[:80]!r}: {first['msg'][:120].lower()})"


class _NotStrictError(ValueError):
    """JSON that Python would read and others not."""


def _no_constant(word: str) -> NoReturn:
    raise _NotStrictError(f"{word} is no number in JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _NotStrictError("a key stands in it twice")
    return found


def _depth(content: bytes) -> int:
    deepest = level = 0
    for token in _BRACKETS.finditer(content):
        mark = token.group()[:1]
        if mark in b"[{":
            level += 1
            deepest = max(deepest, level)
            if deepest > MOST_DEPTH:
                break
        elif mark in b"]}":
            level -= 1
    return deepest


def _wrong(value: Any) -> str | None:
    """What no bundle holds: a huge text, or a number beyond all numbers."""
    if isinstance(value, str):
        if len(value) > MOST_TEXT:
            return "a text that is too long"
        return "a character that no text needs" if UNPRINTABLE.search(value) else None
    if isinstance(value, (int, float)):
        return None if abs(value) < LARGEST else "a number that is too large"
    if isinstance(value, dict):
        return next((found for pair in value.items() for one in pair if (found := _wrong(one))), None)
    if isinstance(value, list):
        return next((found for one in value if (found := _wrong(one))), None)
    return None
