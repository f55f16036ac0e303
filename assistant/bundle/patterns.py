"""What must not leave a machine, by its form: the patterns of redaction, in the order in which they are applied."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

SECRET_WORDS = (
    r"pass(?:word|wd|phrase|code)|pwd|secret|token(?!i[sz])|api[_-]?key|access[_-]?key|private[_-]?key|"
    r"account[_-]?key|credential|authorization|auth[_-]?key|connection[_-]?string|session[_-]?(?:id|key)|cookie"
)
"""Words in the name of a setting whose value is a secret."""

SECRET_NAME = re.compile(SECRET_WORDS, re.IGNORECASE)

_PART = r"[\w.-]{0,60}"
"""What else may stand in such a name; without a bound, long words take time by their square."""

UNPRINTABLE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Colours and other commands to a terminal, characters that turn the order of a line, halves of characters."""

PUBLIC_HOSTS = re.compile(
    r"(?:[\w-]+\.)*(?:keras\.io|tensorflow\.org|python\.org|numpy\.org|github\.com|githubusercontent\.com|pypi\.org|"
    r"stackoverflow\.com|scikit-learn\.org|storage\.googleapis\.com|huggingface\.co|localhost|127\.0\.0\.1)",
    re.IGNORECASE,
)
"""Hosts whose names tell nothing about anybody."""

_END = r"""\s'"`<>|:;,()\[\]{}"""
_SPACED = rf"(?: [^/\\{_END}]+){{1,3}}"

BELOW = rf"(?:[/\\\\][^{_END}]*(?:{_SPACED}[/\\\\][^{_END}]*)*)?"
"""What may follow the name of a folder."""

ABOVE = rf"(?:[A-Za-z]:)?(?:[/\\\\][^/\\\\{_END}]+)*[/\\\\]"
"""What may stand before the name of a folder."""

_NUMBER = r"[-+]?\d[\d.]*(?:[eE][-+]?\d+)?"
"""Nine and more of these in a row are a piece of an array."""

_SHAPES = (
    r"(?:AKIA|ASIA|AGPA|AIDA|AROA)[0-9A-Z]{16}",
    r"gh[opsur]_[A-Za-z0-9]{20,}",
    r"github_pat_\w{20,}",
    r"gl(?:pat|dt|rt)-[\w-]{16,}",
    r"xox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"xapp-[A-Za-z0-9-]{10,}",
    r"sk-[A-Za-z0-9_-]{16,}",
    r"[spr]k_(?:live|test)_[A-Za-z0-9]{10,}",
    r"hf_[A-Za-z0-9]{16,}",
    r"AIza[\w-]{30,}",
    r"ya29\.[\w-]{16,}",
    r"npm_[A-Za-z0-9]{30,}",
    r"pypi-[\w-]{16,}",
    r"dop_v1_[0-9a-f]{32,}",
    r"SG\.[\w-]{16,}\.[\w-]{16,}",
    r"wandb_v1_\w{16,}",
    r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?",
)


@dataclass(frozen=True)
class Rule:
    """What to look for.

    Attributes:
        kind: what is taken out, as the manifest counts it.
        pattern: finds it; where it has a group ``it``, only that is taken out.
        is_one: a last look at what was found; without it everything found is taken out.
        kept: what of it may stay; None for nothing.
    """

    kind: str
    pattern: re.Pattern[str]
    is_one: Callable[[str], bool] = lambda _: True
    kept: Callable[[str], str | None] = lambda _: None


def _is_secret_value(value: str) -> bool:
    """Numbers, truth values and what was taken out already are no secrets; names such as ``num_tokens`` have them."""
    bare = value.strip("'\"")
    return bool(bare) and not re.fullmatch(r"[-+]?[\d.,]{1,7}(?:e[-+]?\d+)?|true|false|none|null", bare, re.IGNORECASE)


def _is_random(text: str) -> bool:
    """Whether a long word looks drawn by lot rather than named: hexadecimal, or changing its kind of character often.

    In words and names between a tenth and a third of the characters differ in kind (small, capital, digit) from the one
    before; drawn by lot, 40 % of small letters and digits do, and 65 % where capitals are among them.
    """
    body = re.sub(r"[^0-9A-Za-z]", "", text)
    if re.fullmatch(r"[0-9a-fA-F]+", body):
        return bool(re.search(r"\d", body)) and bool(re.search(r"[a-fA-F]", body))
    kinds = re.sub(r"\d", "0", re.sub("[A-Z]", "A", re.sub("[a-z]", "a", body)))
    changes = sum(one != other for one, other in itertools.pairwise(kinds)) / max(1, len(kinds) - 1)
    return changes > (0.32 if len(set(kinds)) == 3 else 0.34)


def installed(path: str) -> str | None:
    """The part of a path that is the same on every machine."""
    found = re.search(r"[/\\](?:site|dist)-packages[/\\](.+)", path)
    return f"site-packages/{found.group(1)}" if found else None


def _is_no_version(address: str) -> bool:
    return all(int(part) <= 255 for part in address.split("."))


RULES: tuple[Rule, ...] = (
    Rule("token", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL)),
    Rule("credentials", re.compile(r"(?<=://)(?P<it>[^\s/'\"<>]+)(?=@)")),
    Rule("token", re.compile(r"\w://[^\s?'\"<>]*\?(?P<it>[^\s'\"<>]+)")),
    Rule("token", re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(_SHAPES)})")),
)
"""What is found by its own form; a later rule sees what the earlier ones have left."""

NAMED: tuple[Rule, ...] = (
    Rule(
        "token",
        re.compile(r"\b(?:Bearer|Basic|Token)\s+(?P<it>(?!\[)[A-Za-z0-9._~+/=-]{8,})", re.IGNORECASE),
        lambda text: bool(re.search(r"\d|[=._-]", text)),
    ),
    Rule(
        "token",
        re.compile(
            rf"(?:{SECRET_WORDS}){_PART}[\"']?\]?\s*(?:=>|=|:)\s*(?P<it>\"[^\"\n]+\"|'[^'\n]+'|(?![\['\"])[^\s,;&'\")\]}}]+)",
            re.IGNORECASE,
        ),
        _is_secret_value,
    ),
    Rule(
        "token",
        re.compile(rf"(?<!\S)--?{_PART}(?:{SECRET_WORDS}){_PART}\s+(?P<it>(?![-\[])\S+)", re.IGNORECASE),
        _is_secret_value,
    ),
    Rule(
        "token",
        re.compile(
            r"\b(?:pass(?:word|wd|phrase|code)|secret|token|api key)\s+(?:is\s+)?(?P<it>(?!\[)[^\s,;'\")\]}]{6,})",
            re.IGNORECASE,
        ),
        lambda text: bool(re.search(r"\d", text) and re.search(r"[A-Za-z]", text)),
    ),
)
"""What is found by the name before it. They are looked for all at once: a value may be the name of another."""

LATER: tuple[Rule, ...] = (
    Rule(
        "value",
        re.compile(
            r"(?:could not convert string to \w+|invalid literal for int\(\) with base \d+|unable to parse string|"
            r"unseen labels?|label values)[:\s]\s*(?P<it>'[^'\n]*'|\"[^\"\n]*\"|\[[^\n]*\]|[-+\d][-+.,\d\s]*)",
            re.IGNORECASE,
        ),
    ),
    Rule("value", re.compile(rf"(?<![\w.]){_NUMBER}(?:[\s,;\[\]]+{_NUMBER}){{8,}}(?![\w.])")),
    Rule("email", re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")),
    Rule(
        "host",
        re.compile(r"(?<=://)(?:\[[a-z]+ \d+\]@)?(?P<it>[A-Za-z0-9][\w.-]*)"),
        lambda host: PUBLIC_HOSTS.fullmatch(host) is None,
    ),
    Rule(
        "path",
        re.compile(
            r"""(?P<q>['"`])(?P<it>(?:file://|~[\w.-]*)?/[^/\s'"`][^'"`\n]*|[A-Za-z]:[\\/]+[^'"`\n]+|\\\\[^'"`\n]+)(?P=q)"""
        ),
        kept=installed,
    ),
    Rule(
        "path",
        re.compile(
            rf"(?<![\w/.\\\-\]>])(?:file://|~[\w.-]*)?/(?:[^\W\d]|[.~]|\d[\w.-]*/)[^{_END}]*(?:{_SPACED}/[^{_END}]*)*"
        ),
        kept=installed,
    ),
    Rule(
        "path",
        re.compile(
            rf"(?<![A-Za-z0-9])(?:[A-Za-z]:[\\/]+|\\\\\\?\\?)[^/\\{_END}][^{_END}]*(?:{_SPACED}[\\/]+[^{_END}]*)*"
        ),
        kept=installed,
    ),
    Rule("path", re.compile(r"(?<![\w/.:\\])//[A-Za-z0-9][\w.-]*/" + rf"[^{_END}]*")),
    Rule("path", re.compile(r"(?<![A-Za-z0-9%])(?:[A-Za-z]%3A)?(?:%5C|%2F)[\w%.~+-]+", re.IGNORECASE)),
    Rule("address", re.compile(r"(?<![\w.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"), _is_no_version),
    Rule("address", re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:])")),
    Rule("address", re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){4,7}[0-9A-Fa-f]{1,4}(?![\w:])")),
    Rule(
        "address",
        re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{1,4}:){1,6}(?::[0-9A-Fa-f]{1,4}){1,6}(?![\w:])"),
        # Slices such as 1::2 and names such as Cafe::Add look alike.
        lambda text: bool(re.search(r"[A-Fa-f]", text) and re.search(r"\d", text)),
    ),
    Rule(
        "host",
        re.compile(
            r"(?<![\w.@])[A-Za-z0-9][\w-]*(?:\.[\w-]+)*\.(?:local|internal|corp|lan|intranet|intra|home|localdomain)(?![\w(])",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "token",
        re.compile(r"(?<![0-9A-Za-z-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z-])", re.IGNORECASE),
    ),
    Rule("token", re.compile(r"(?<![0-9A-Za-z+_=-])[0-9A-Za-z+/_-]{32,}={0,2}(?![0-9A-Za-z+/_=-])"), _is_random),
)
"""What is looked for behind those; a later rule sees what the earlier ones have left."""
