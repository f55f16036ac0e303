"""Views of a session as a real one gives them, for the tests of the screens."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from assistant.errors import UsageError
from assistant.report.formats import SUFFIXES
from assistant.terminal.partner import Attention
from assistant.terminal.views import (
    CaseView,
    CurveView,
    EvidenceView,
    FindingView,
    Found,
    Gathered,
    Heard,
    LayerRow,
    Looked,
    Looking,
    OptionView,
    PathNode,
    PlaceView,
    QuestionView,
    QuoteView,
    RemedyView,
    RuledOut,
    Said,
    Samples,
    SampleView,
    SeriesView,
    SessionView,
    TrialView,
    Trouble,
)

GREETING = (
    Said("greeting", "I run train.py up to its call of fit, then look at what it would train on."),
    Said(
        "trust",
        "Your code trains nothing beyond that point, and nothing leaves this machine.",
        "quiet",
    ),
)
SYMPTOMS = (
    "The loss is or becomes NaN or infinite",
    "The loss grows",
    "The loss hardly moves from its first value",
    "The loss falls, but far too slowly",
    "The loss swings and does not settle",
    "The loss falls, then stays too high",
    "The loss falls, the metric does not move",
    "Every prediction is the same",
    "Training is good, validation is bad",
    "Training and validation are both bad",
    "The validation figures jump",
    "The program fails",
)
ASK_SYMPTOM = QuestionView(
    "symptom",
    "What do you see?",
    tuple(OptionView(f"s{i}", text, key=str(i + 1) if i < 9 else "") for i, text in enumerate(SYMPTOMS)),
    why="It decides what I look at first. If you are not sure, I watch a short training and name it myself.",
)
ASK_LABELS = QuestionView(
    "labels_look_right",
    "Do the labels belong to their images?",
    (
        OptionView("yes", "Yes, all that I looked at", "The labels are not the problem.", "1"),
        OptionView("some", "Some are wrong", "Noise in the labels limits what can be learned.", "2"),
        OptionView("no", "No, they look shuffled", "Inputs and labels were shuffled apart.", "3"),
    ),
    why="No probe can know what a picture shows.",
    can_go_back=True,
)
LOOKED = (
    Looked(
        "a1",
        "Scale and spread of the inputs",
        "Inputs lie between 0 and 255; their standard deviation is 78.6.",
        "notable",
        0.02,
        "Are the inputs near unit scale?",
        (("minimum", "0"), ("maximum", "255"), ("standard_deviation", "78.6"), ("finite", "yes"), ("rows", "2,000")),
    ),
    Looked("a2", "Range and encoding of the labels", "Labels are the class ids 0 to 9.", "good", 0.01),
    Looked("a3", "Labels, loss and output together", "All three agree: 10 exclusive classes.", "good", 0.03),
    Looked("a4", "Settings of compile", "SGD with a learning rate of 3.0, 300 times the usual 0.01.", "notable", 0.0),
    Looked("a5", "Duplicate inputs", "The record holds too few rows to tell.", "unknown", 0.01),
)
RUN = Looked(
    "run",
    "The recorded run",
    "The loss stays at 2.303, what chance gives for 10 classes.",
    "notable",
    8.2,
    "What does the loss do?",
    (("first_loss", "2.41"), ("last_loss", "2.303"), ("chance_loss", "2.303"), ("epochs", "5")),
)
FINDING = FindingView(
    "lr_too_high",
    "The learning rate is too high",
    "likely",
    0.94,
    "Each step is so large that it throws the weights past where the loss is lower.",
    evidence=(
        EvidenceView("SGD with a learning rate of 3.0, 300 times the usual 0.01.", "probe", "strong", True),
        EvidenceView("The weights change by 41 % of their size in one step; 0.1 % is usual.", "probe", "strong", True),
        EvidenceView("One batch alone can be learned.", "probe", "against", False),
    ),
    places=(PlaceView("train.py", 27, "    optimizer=keras.optimizers.SGD(3.0),", 15, 40),),
    what="The learning rate scales every step that the optimizer takes.",
    why="A step longer than the valley is wide ends on the other slope, higher than it began.",
    recognise="The loss jumps in the first steps, then stays where guessing would put it, or becomes NaN.",
    lookalikes=(("Exploding gradient", "the gradients themselves are large, whatever the rate"),),
    remedies=(
        RemedyView(
            "lower",
            "Lower the learning rate",
            "Divide by ten until the loss falls smoothly.",
            "optimizer=keras.optimizers.SGD(0.03)",
            "More epochs may be needed.",
            trial=TrialView(
                "balanced accuracy",
                (0.11, 0.10, 0.10, 0.12),
                (0.94, 0.95, 0.93, 0.94),
                True,
                3.1,
                "With it the loss falls and the symptom is gone.",
                tuple(2.3 + 0.2 * math.sin(i) for i in range(40)),
                tuple(2.3 * math.exp(-i / 12) for i in range(40)),
            ),
        ),
        RemedyView("adam", "Use Adam", "It adapts the step of every weight.", "optimizer=keras.optimizers.Adam(1e-3)"),
    ),
    quotes=(
        QuoteView(
            "If the learning rate is too high, the loss may oscillate or diverge", "CNN loss refuses to decrease"
        ),
    ),
)
POSSIBLE = FindingView(
    "inputs_not_scaled",
    "The inputs are not scaled",
    "possible",
    0.41,
    "Values up to 255 make the first layer answer with huge numbers.",
    rank=2,
    evidence=(EvidenceView("Inputs lie between 0 and 255.", "probe", "weak", True),),
    places=(PlaceView("train.py", 14, "x_train = x_train.reshape(-1, 784)"),),
    remedies=(
        RemedyView(
            "rescale", "Add a Rescaling layer", "It stays right at prediction time.", "keras.layers.Rescaling(1 / 255)"
        ),
    ),
)
CASE = CaseView(
    "train.py",
    "Sequential with 4 layers and 101,770 parameters, held at fit on line 31",
    settings=(
        ("optimizer", "SGD, learning rate 3.0"),
        ("loss", "sparse_categorical_crossentropy"),
        ("metrics", "accuracy"),
        ("epochs", "5"),
        ("batch size", "32"),
    ),
    data=(
        ("inputs", "60,000 × 784 float32, 0 to 255"),
        ("targets", "60,000 int64, classes 0 to 9"),
        ("validation", "10,000 rows"),
    ),
    layers=(
        LayerRow("dense", "Dense", "(None, 128)", "100,480", "relu", health="1.0", mark="good"),
        LayerRow("dropout[0]", "Dropout", "(None, 128)", "0", "", health="", mark="quiet"),
        LayerRow("dense_1", "Dense", "(None, 64)", "8,256", "relu", False, "0", "bad"),
        LayerRow("dense_2", "Dense", "(None, 10)", "650", "softmax", health="0.8", mark="good"),
    ),
    classes=tuple((str(i), 0.1 + 0.01 * (i % 3)) for i in range(4)),
)
PATH = (
    PathNode(
        "h1",
        "Quick looks",
        by="heading",
        children=tuple(
            PathNode(one.key, one.title, one.sentence, "unknown" if one.mark == "unknown" else "probe", one.mark)
            for one in LOOKED
        ),
    ),
    PathNode(
        "h2",
        "The recorded run",
        by="heading",
        children=(PathNode("run", "What does the loss do?", "flat", "probe", "notable"),),
    ),
    PathNode(
        "h3",
        "The loss is flat",
        by="heading",
        children=(
            PathNode("q1", "Can it learn one batch?", "yes", "probe", "good"),
            PathNode("labels_look_right", "Do the labels belong to their images?", "", "now", before="Some are wrong"),
        ),
    ),
    PathNode(
        "phase:to_come",
        "To come",
        by="heading",
        children=(
            PathNode("q3", "Does another learning rate do better?", "I can measure that", "to_come"),
            PathNode("q4", "How were the labels made?", "I shall ask you", "to_come"),
        ),
    ),
)
CURVES = (
    CurveView(
        "run",
        "The recorded run",
        "step",
        "loss",
        (
            SeriesView("training", tuple(range(100)), tuple(2.3 + math.exp(-i / 12) * math.sin(i) for i in range(100))),
            SeriesView("validation", (20, 40, 60, 80, 99), (2.5, 2.4, 2.35, 2.31, 2.3)),
        ),
    ),
    CurveView(
        "batch",
        "One batch, over and over",
        "step",
        "loss",
        (SeriesView("loss", tuple(range(50)), tuple(2.3 * math.exp(-i / 9) for i in range(50))),),
    ),
)
HELD = Said("held", "train.py is held at fit on line 31: Sequential with 4 layers, 101,770 parameters, 60,000 samples.")
TROUBLE = Trouble(
    "failure",
    "train.py failed before fit: ValueError: Shapes (32, 1) and (32, 10) are incompatible.",
    PlaceView("train.py", 22, "model.add(layers.Dense(10, input_shape=(32, 1)))", 1, 10),
    "Correct that line and type /rerun.",
    ("train.py:22 in build", "train.py:40 in <module>"),
)

START = SessionView("train.py", stage="host", turns=GREETING)
ASKING = replace(START, question=ASK_SYMPTOM, stage="program")
GATHERED = Gathered("gathered:looking", "23 quick looks", LOOKED, 0.6)
MIDWAY = SessionView(
    "train.py",
    stage="question",
    symptom="the loss is flat",
    case=CASE,
    path=PATH,
    curves=CURVES,
    turns=(
        *GREETING,
        HELD,
        GATHERED,
        RUN,
        Heard("h", "my loss is stuck at 2.3"),
        Said("u", "I take that as: the loss is flat."),
    ),
    question=ASK_LABELS,
    findings=(FINDING, POSSIBLE),
    causes=(("lr_too_high", "The learning rate is too high"), ("inputs_not_scaled", "The inputs are not scaled")),
    ruled_out=(RuledOut("loss_logits_mismatch", "Labels and loss do not match", "all three agree"),),
)
DONE = replace(
    MIDWAY,
    stage="finished",
    question=None,
    finished=True,
    turns=(
        *MIDWAY.turns,
        Heard("l", "Yes, all that I looked at", "Do the labels belong to their images?"),
        Found("f1", FINDING),
        Found("f2", POSSIBLE),
        Said("end", "That is all I can find out. /report writes it down."),
    ),
)
PICTURES = Samples(
    "samples",
    "6 training samples",
    tuple(
        SampleView(
            str(number),
            tuple(tuple((255 * (abs(x - 8) < 2 + number), 40 * number, 12 * y) for x in range(16)) for y in range(16)),
        )
        for number in range(6)
    ),
)
ROWS = Samples(
    "rows",
    "3 training samples",
    tuple(
        SampleView(label, values=(("input", f"0.{number}  12.5  -3  0.004 ... (12)"), ("note", f"“text {number}”")))
        for number, label in enumerate(("cat", "dog", "3"))
    ),
)
LIVE_CURVE = CurveView(
    "live.trial",
    "Trial: Lower the learning rate",
    "epoch",
    "loss",
    (
        SeriesView("without", tuple(range(60)), tuple(2.3 + 0.2 * math.sin(i) for i in range(60))),
        SeriesView("with", tuple(range(30)), tuple(2.3 * math.exp(-i / 12) for i in range(30))),
    ),
    "still running",
    growing=True,
)
TRYING = replace(
    MIDWAY,
    stage="trial",
    question=None,
    turns=(
        *MIDWAY.turns,
        ROWS,
        PICTURES,
        Heard("l", "Yes, all that I looked at", "Do the labels belong to their images?"),
        Looking("looking:trial", "Trying: Lower the learning rate", 3.0, "training", share=0.4, detail="pair 2 of 4"),
    ),
    curves=(LIVE_CURVE, *CURVES),
)
FAILED = SessionView("train.py", stage="failed", turns=(*GREETING, TROUBLE), finished=True)
MESSAGE = """\
Hello,

we have looked at train.py. What it shows: the loss hardly moves from its
first value.

What we found
-------------
1. The learning rate is too high (proven by trainings with and without the
   remedy).
   Each step goes so far that it leaps over the place it aims for.
   - The learning rate is 0.5; 0.001 is customary for Adam.
   Where it is written: train.py, line 29

What to do
----------
1. Lower the learning rate.
   Divide it by ten until the loss falls steadily.
   It costs: A lower rate needs more epochs.

Kind regards
"""
MARKDOWN = """\
# Proven: The learning rate is too high

train.py, Sequential with 4 layers, 8,707 weights, held at the training in line 33.

## 1. The learning rate is too high

**PROVEN**, confidence 0.99 (`lr_too_high`).

- for (strong, `optimizer_settings`): The learning rate is 0.5; 0.001 is customary for Adam.

```diff
-    optimizer=keras.optimizers.Adam(learning_rate=0.5),
+    optimizer=keras.optimizers.Adam(learning_rate=0.001),
```

| question | answer | by | seconds |
| --- | --- | --- | --- |
| `rate_suits_optimizer` | The learning rate is 0.5. | probe | 0.00 |
"""
REPORTS = {
    "message": MESSAGE,
    "markdown": MARKDOWN,
    "html": "<!doctype html><title>train.py</title>",
    "text": "train.py, Sequential with 4 layers\nProven: The learning rate is too high.\n",
    "json": '{\n  "report": "keras-triage/1"\n}\n',
}
STATES = {"start": START, "asking": ASKING, "midway": MIDWAY, "done": DONE, "failed": FAILED, "trying": TRYING}


class RecordedReports:
    """A report in every format, as a real session gives it."""

    first = "message"

    def __init__(self, asked: list[tuple[str, ...]]) -> None:
        self.asked = asked

    def made(self, format: str) -> str:
        return REPORTS[format]

    def file(self, format: str) -> str:
        return f"/reports/train-1f2e3d4c{SUFFIXES[format]}"

    def write(self, file: str, text: str) -> str:
        if "nowhere" in file:
            raise UsageError(f"{file} cannot be written: No such file or directory.")
        self.asked.append(("write", file, text))
        return f"The report is in {file}."


class Recorded:
    """A partner that shows one view and remembers what it was asked."""

    def __init__(self, view: SessionView) -> None:
        self.view = view
        self.asked: list[tuple[str, ...]] = []
        self.changed: Callable[[], None] = lambda: None
        self.printed: Callable[[str], None] = lambda _: None
        self.attention: Attention = lambda _: None

    def listen(self, changed: Callable[[], None], printed: Callable[[str], None], attention: Attention) -> None:
        self.changed, self.printed, self.attention = changed, printed, attention

    async def start(self) -> None:
        self.asked.append(("start",))

    async def answer(self, option: str) -> None:
        self.asked.append(("answer", option))

    async def say(self, text: str) -> None:
        self.asked.append(("say", text))

    async def paste(self, text: str) -> None:
        self.asked.append(("paste", text))

    async def command(self, action: str, argument: str) -> None:
        self.asked.append(("command", action, argument))

    async def go_back_to(self, question: str) -> None:
        self.asked.append(("go_back_to", question))

    def cancel(self) -> None:
        self.asked.append(("cancel",))

    def finding(self, cause: str) -> FindingView | None:
        return next((one for one in self.view.findings if one.cause == cause), None)

    def reports(self) -> RecordedReports:
        return RecordedReports(self.asked)

    async def close(self) -> None:
        self.asked.append(("close",))

    def farewell(self) -> tuple[str, ...]:
        return ("Session 7 is kept.",)

    def show(self, view: SessionView) -> None:
        """Change what is shown."""
        self.view = view
        self.changed()
