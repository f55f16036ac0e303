"""Training logs as people paste them, and what their figures show."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue import Dialogue
from assistant.events import LogShown, PersonAnswered, ProbeFinished, SymptomNamed, from_json, to_json
from assistant.log_symptom import MOST_KEPT, as_event, shown_by
from assistant.training_log import TrainingLog, read
from knowledge_base.loading import load
from probes.catalogue import catalogue

LOSSES = st.lists(
    st.one_of(st.floats(1e-6, 1e6), st.sampled_from([math.nan, math.inf])).map(lambda one: float(f"{one:.4f}")),
    min_size=1,
    max_size=30,
)


def same(one: tuple[float, ...], other: list[float]) -> bool:
    return len(one) == len(other) and all(
        math.isclose(a, b, rel_tol=1e-9) or (math.isnan(a) and math.isnan(b)) or a == b
        for a, b in zip(one, other, strict=True)
    )


def keras_3(losses: list[float]) -> str:
    lines = []
    for epoch, loss in enumerate(losses, start=1):
        bar = f"\x1b[1m1/10\x1b[0m \x1b[37m━━━━\x1b[0m \x1b[1m3s\x1b[0m 40ms/step - loss: {loss + 1:.4f}"
        back = "\b" * len(bar) + "\r"
        end = f"\x1b[1m10/10\x1b[0m \x1b[32m━━━━\x1b[0m 0s 2ms/step - accuracy: 0.2000 - loss: {loss:.4f}"
        lines += [f"Epoch {epoch}/{len(losses)}", f"{bar}{back}{end} - val_accuracy: 0.3 - val_loss: {loss + 2:.4f}"]
    return "\n".join(lines)


def keras_2(losses: list[float]) -> str:
    return "\n".join(
        f"Epoch {epoch}/9\n10/10 [====>....] - ETA: 0s - loss: 9.0"
        f"\n10/10 [=====] - 5s 3ms/step - loss: {loss:.4f} - acc: 0.2"
        for epoch, loss in enumerate(losses, start=1)
    )


def quiet(losses: list[float]) -> str:
    return "\n".join(
        f"Epoch {n}/9\n10/10 - 0s - 2ms/step - accuracy: 0.2 - loss: {loss:.4f}" for n, loss in enumerate(losses, 1)
    )


def csv_file(losses: list[float]) -> str:
    return "\n".join(["epoch,accuracy,loss,val_loss", *(f"{n},0.2,{loss:.4f},1.5" for n, loss in enumerate(losses))])


def history(losses: list[float]) -> str:
    return repr({"accuracy": [0.1] * len(losses), "loss": losses})


def history_of_numpy(losses: list[float]) -> str:
    return "{'loss': [" + ", ".join(f"np.float64({one})" for one in losses) + "]}"


def as_json(losses: list[float]) -> str:
    return json.dumps({"loss": losses}, indent=1)


def progress_bar(losses: list[float]) -> str:
    return "\n".join(
        f"Epoch {n}:  45%|████▌     | 45/100 [00:03<00:04, 12.3it/s, loss={loss + 1:.4f}]\r"
        f"Epoch {n}: 100%|██████████| 100/100 [00:09<00:00, 11.0it/s, loss={loss:.4f}, acc=0.81]"
        for n, loss in enumerate(losses, start=1)
    )


def spoken(losses: list[float]) -> str:
    return "\n".join(f"[epoch {n}] loss {loss:.4f} val_loss {loss + 1:.4f}" for n, loss in enumerate(losses, start=1))


@pytest.mark.parametrize(
    "written", [keras_3, keras_2, quiet, csv_file, history, history_of_numpy, as_json, progress_bar, spoken]
)
@given(losses=LOSSES)
def test_every_way_of_writing_gives_the_losses_back(written: object, losses: list[float]) -> None:
    assert callable(written)
    log = read(written(losses))
    assert log is not None
    assert same(log.losses, losses)
    assert log.series["loss"].x == tuple(float(one) for one in range(1, len(losses) + 1))
    assert log.unit == "epoch"


@given(st.text(max_size=400))
def test_any_text_is_read_or_is_no_log(text: str) -> None:
    log = read(text)
    assert log is None or (log.length and as_event(log).series["loss"].y)


@pytest.mark.parametrize(
    "text",
    ["one\ntwo\nthree", "my loss is stuck", "Epoch 1/3\nEpoch 2/3", "epoch,accuracy\n0,0.1", "{'accuracy': [1]}"],
)
def test_what_holds_no_loss_is_no_log(text: str) -> None:
    assert read(text) is None


def test_a_figure_that_some_epochs_lack_keeps_its_places() -> None:
    log = read(
        "Epoch 1/3\nloss: 3.0\nEpoch 2/3\nloss: 2.0 - val_loss: 2.5\nEpoch 3/3\nloss: 1.0\nEpoch 4/3\n 1/10 - acc"
    )
    assert log is not None
    assert log.losses == (3.0, 2.0, 1.0)
    assert (log.series["val_loss"].x, log.series["val_loss"].y) == ((2.0,), (2.5,))


def test_lines_ended_as_terminals_paste_them_are_lines() -> None:
    log = read(quiet([3.0, 2.0, 1.0]).replace("\n", "\r"))
    assert log is not None
    assert log.losses == (3.0, 2.0, 1.0)


def test_steps_are_steps_and_a_second_run_goes_on() -> None:
    steps = read("step 100: loss=1.0\nstep 200: loss=0.9\nstep 300: loss=0.8")
    assert steps is not None
    assert (steps.unit, steps.series["loss"].x) == ("step", (100.0, 200.0, 300.0))
    again = read("Epoch 1/2\nloss: 3.0\nEpoch 2/2\nloss: 2.0\nEpoch 1/2\nloss: 3.1\n")
    assert again is not None
    assert again.series["loss"].x == (1.0, 2.0, 3.0)


def test_names_become_those_of_keras() -> None:
    log = read("Epoch 1 - train_loss: 1.0 - valid_loss: 2.0 - acc: 0.5 - lr: 1e-3")
    assert log is not None
    assert list(log.series) == ["loss", "val_loss", "accuracy", "learning_rate"]


def log_of(losses: str, accuracy: str = "", validation: str = "") -> TrainingLog:
    columns = {"loss": losses, "accuracy": accuracy, "val_loss": validation}
    text = {name: [float(one) for one in words.split()] for name, words in columns.items() if words}
    log = read(repr(text))
    assert log is not None
    return log


@pytest.mark.parametrize(
    ("log", "symptom", "words"),
    [
        (log_of("0.7 0.6 nan nan"), "loss_nan", "from epoch 3"),
        (log_of("0.7 inf"), "loss_nan", "infinite from epoch 2"),
        (log_of("1 2 4"), "loss_diverges", "from 1 to 4"),
        (log_of("2.303 2.303 2.302"), "loss_flat", "2.303, then 2.302"),
        (log_of("1 .5 .2 .1", validation="1 .8 .9 1.2"), "overfit", "0.8 (epoch 2) to 1.2"),
        (log_of("1 .8 1.2 .7 1.1 .8 1.3 .7 1.2 .8"), "loss_oscillates", "between 0.7 and 1.3"),
        (log_of("1 .7 .4", accuracy=".31 .31 .32"), "metric_stuck", "stays at 0.32"),
        (log_of("1 .8 .7 .7 .7 .7 .7 .7"), "loss_plateau", "to 0.7"),
        (log_of("1 .99 .98 .97 .96 .95"), "loss_slow", "over 6 epochs"),
    ],
)
def test_what_a_log_shows(log: TrainingLog, symptom: str, words: str) -> None:
    shown = shown_by(log)
    assert shown is not None
    assert shown.symptom == symptom
    assert words in shown.text


@pytest.mark.parametrize(
    "log",
    [
        log_of("1 .5 .2 .1 .05 .04"),
        log_of("0.01 0.01 0.01", accuracy="0.99 0.99 0.99"),
        log_of("0.7"),
        log_of("1 .5 .3 .2", validation="1 .6 .5 .5"),
        log_of("2 1.2 .7 .5 .4 .36 .33 .31 .3 .3", accuracy=".3 .5 .7 .8 .85 .88 .89 .9 .9 .9"),
    ],
)
def test_a_log_that_learns_shows_nothing(log: TrainingLog) -> None:
    assert shown_by(log) is None


@given(losses=LOSSES)
def test_a_log_is_kept_as_it_is(losses: list[float]) -> None:
    log = read(history(losses))
    assert log is not None
    event = as_event(log)
    again = from_json(to_json(event))
    assert isinstance(again, LogShown)
    assert same(again.series["loss"].y, losses)


def test_a_long_log_is_kept_in_part() -> None:
    log = read("\n".join(f"step {n}: loss: {1 / n:.6f}" for n in range(1, 5001)))
    assert log is not None
    kept = as_event(log).series["loss"]
    assert len(kept.x) == len(kept.y) == MOST_KEPT
    assert (kept.x[0], kept.x[-1]) == (1.0, 5000.0)


class TestAsEvidence:
    """What a log counts for in the dialogue."""

    FLAT = as_event(log_of("2.303 2.303 2.302"))

    def dialogue(self, *events: object) -> Dialogue:
        return Dialogue(load([]), catalogue(), events)  # type: ignore[arg-type]

    def test_it_names_the_symptom_as_the_person_would(self) -> None:
        symptom = self.dialogue(self.FLAT).symptom
        assert symptom is not None
        assert (symptom.id, symptom.by) == ("loss_flat", "person")
        assert "2.303" in (symptom.text or "")

    def test_what_the_person_says_stands_above_it(self) -> None:
        symptom = self.dialogue(SymptomNamed(symptom="overfit"), self.FLAT).symptom
        assert symptom is not None
        assert symptom.id == "overfit"

    def test_it_stands_in_for_a_run_that_could_not_be_watched(self) -> None:
        dialogue = self.dialogue(self.FLAT)
        while (step := dialogue.next_step()) and hasattr(step, "probe"):
            dialogue.record(ProbeFinished(probe=step.probe, unknown="the worker is gone"))
            if step.probe == "recorded_run":
                break
        answer = dialogue.answers["what_the_run_shows"]
        assert (answer.answer, answer.by, answer.names_symptom) == ("flat", "person", "loss_flat")
        assert answer.text == self.FLAT.text

    def test_it_can_be_taken_back(self) -> None:
        dialogue = self.dialogue(SymptomNamed(symptom="overfit"), self.FLAT)
        assert dialogue.undo() is not None
        assert not dialogue.facts.logs
        assert dialogue.undo() is not None
        assert dialogue.undo() is None

    def test_it_is_no_answer_to_a_question(self) -> None:
        dialogue = self.dialogue(self.FLAT, PersonAnswered(question="same_result_before", answer="unknown"))
        assert dialogue.undo("no_such_question") is None
