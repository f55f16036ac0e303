"""What an author writes about symptoms, causes, remedies, sources and weights: one model per kind of YAML entry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from knowledge_base.conditions import Condition
from knowledge_base.entry import Code, Entry, Id, Number, Text

Family = Literal["data", "wiring", "architecture", "optimisation"]
Prior = Literal["common", "uncommon", "rare"]
Fit = Literal["typical", "possible"]
Band = Literal["decides", "strong", "weak", "against", "rules_out"]
PlaceKind = Literal[
    "optimizer",
    "loss",
    "metrics",
    "compile",
    "fit",
    "fit.x",
    "fit.y",
    "fit.validation",
    "fit.batch_size",
    "fit.epochs",
    "fit.class_weight",
    "fit.callbacks",
    "output_layer",
    "first_layer",
    "layers",
]


class Document(Entry):
    """A text that the knowledge base quotes; it stands whole in ``documents/``."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9_]*$")]
    """The short name by which causes cite it."""
    file: Text
    """Its file name in ``documents/``."""
    title: Text
    """Its title, for people."""


class Reference(Entry):
    """A public page or paper that is cited, not quoted."""

    id: Id
    """The name by which causes cite it."""
    title: Text
    """Its title, for people."""
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    """Where it is read."""


class Sources(Entry):
    """The file ``sources.yaml``."""

    documents: tuple[Document, ...] = ()
    """The texts that are quoted."""
    references: tuple[Reference, ...] = ()
    """The pages and papers that are cited."""


class Citation(Entry):
    """One source of a statement: words quoted from a document, or a reference."""

    document: str | None = None
    """The id of a document; needs ``quote``."""
    quote: Text | None = None
    """Words that stand in the document, as they stand there (white space and typographic marks aside)."""
    reference: str | None = None
    """The id of a reference, in place of a document."""
    note: Text | None = None
    """What the reader should know about the source: where it is out of date or mistaken, or what to read there."""

    @model_validator(mode="after")
    def _is_one_kind(self) -> Citation:
        if (self.document is None) == (self.reference is None):
            raise ValueError("a source names either a document or a reference")
        if (self.document is None) != (self.quote is None):
            raise ValueError("a document is quoted, a reference is not")
        return self


class Symptom(Entry):
    """What the user sees."""

    id: Id
    """Stable and unique."""
    title: Text
    """A few words for a button or a headline."""
    sees: Text
    """What the user sees, in one sentence."""
    tree: Id | None = None
    """The decision tree to walk; null where there is nothing to walk (``none``)."""
    first_words: Text
    """What the assistant says first when this symptom is named."""
    gone: Text | None = None
    """How a user sees that it is gone, once the remedy is in place."""
    sources: tuple[Citation, ...] = ()
    """What the documents say about the symptom as a whole."""


class Phrasing(Entry):
    """A symptom in a user's own words."""

    text: Text
    """The words, as typed."""
    symptom: Id
    """The symptom that they mean."""


class Conclusion(Entry):
    """A leaf of a tree that names no cause."""

    id: Id
    """The word after ``conclude:`` in a tree."""
    title: Text
    """A headline."""
    text: Text
    """What the assistant says there; it adds by itself what was ruled out."""
    sources: tuple[Citation, ...] = ()
    """What the documents say about it."""


class Bands(Entry):
    """Log-odds that one answer adds to a cause, by band."""

    decides: Number
    """The answer alone makes the cause likely."""
    strong: Number
    """The answer speaks clearly for the cause."""
    weak: Number
    """The answer fits the cause and others as well."""
    against: Number
    """The answer makes the cause less likely."""
    rules_out: Number
    """The answer cannot be had while the cause is there."""


class Priors(Entry):
    """Log-odds of a cause before anything is known, by how often it is met."""

    common: Number
    """Met every day."""
    uncommon: Number
    """Met now and then."""
    rare: Number
    """Seldom met."""


class SymptomFit(Entry):
    """Log-odds that the symptom adds to a cause, by how well the two go together."""

    typical: Number
    """The cause usually shows this symptom."""
    possible: Number
    """The cause can show this symptom."""
    foreign: Number
    """The cause does not name this symptom."""


class Weights(Entry):
    """The file ``weights.yaml``: every number that ranks causes."""

    bands: Bands
    """What answers weigh."""
    prior: Priors
    """Where causes start."""
    symptom_fit: SymptomFit
    """What the symptom weighs."""


class Lookalike(Entry):
    """A cause that is easily taken for this one."""

    cause: Id
    """The other cause."""
    tell: Text
    """How to tell the two apart."""


class Suits(Entry):
    """What a measurement must show for a remedy to fit the case."""

    probe: Id
    """The probe whose measurement is looked at."""
    when: Condition
    """The condition; the remedy is left out only where it is false, not where nothing is known."""


class Remedy(Entry):
    """What to do about a cause."""

    id: Id
    """Unique over all causes."""
    title: Text
    """A headline that tells the reader what to do."""
    text: Text
    """What to do and why it helps."""
    code: Code | None = None
    """Code for today's Keras; ``{fact|default}`` is filled from the case, literal braces are doubled."""
    costs: Text
    """What the remedy costs or risks."""
    treatment: Id | None = None
    """The treatment that can try it on the live case; null where only the person can do it."""
    suits: Suits | None = None
    """The cases that it is for; null where it is for all that have the cause."""


class Cause(Entry):
    """What is wrong: the page a user reads, and what ranks it."""

    id: Id
    """Stable and unique."""
    title: Text
    """A short sentence that names the fault."""
    family: Family
    """Where the fault lies."""
    prior: Prior
    """How often it is met."""
    symptoms: dict[Id, Fit] = Field(min_length=1)
    """The symptoms that it shows; all others are foreign to it."""
    explained_by: tuple[Id, ...] = ()
    """Causes that bring this one about; when both stand, this one stands below."""
    locate: tuple[PlaceKind, ...] = ()
    """The kinds of places in the program where it may have been written."""
    summary: Text
    """One sentence for the head of a finding."""
    what: Text
    """What it is."""
    why: Text
    """Why it stops learning."""
    recognise: Text
    """How to recognise it."""
    lookalikes: tuple[Lookalike, ...] = ()
    """What else looks the same, and how to tell them apart."""
    example: Code
    """Code that has the fault."""
    remedies: tuple[Remedy, ...] = Field(min_length=1)
    """What to do, in order of cost."""
    sources: tuple[Citation, ...] = Field(min_length=1)
    """The quotes and references that it stands on."""
    correction: Text | None = None
    """Where a document is out of date or wrong, and what is right."""


class Advice(Entry):
    """The sentences of a document, read one by one and parted into those that advise and those that do not."""

    document: str
    """The document."""
    advice: tuple[Text, ...]
    """Sentences that name a cause, or tell the reader what to do or to look at."""
    other: tuple[Text, ...]
    """All other sentences: greetings, headings, definitions, links between paragraphs."""
