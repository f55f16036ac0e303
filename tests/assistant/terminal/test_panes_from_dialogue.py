"""What the panes show of a dialogue: the path with what is to come, and curves while they are measured."""

from __future__ import annotations

import math

from assistant.events import CaseOpened, CauseConcluded, PersonAnswered, ProbeFinished, SymptomNamed
from assistant.steps import AskPerson, Conclude, RunProbe
from assistant.terminal.presenting.answers import question_view
from assistant.terminal.presenting.live_curves import MOST_POINTS, LiveCurves
from assistant.terminal.presenting.paths import path_nodes
from assistant.terminal.presenting.samples import samples_view
from assistant.terminal.views import PathNode
from probes.process.events import Points
from tests.assistant.small_world import CASE, FAULTY, new_dialogue, walk

ASKING = {probe: measured for probe, measured in FAULTY.items() if probe != "weight_updates"}


def leaves(nodes: tuple[PathNode, ...]) -> list[PathNode]:
    return [leaf for node in nodes for leaf in (leaves(node.children) if node.by == "heading" else [node])]


def by(nodes: tuple[PathNode, ...], who: str) -> list[str]:
    return [one.id for one in leaves(nodes) if one.by == who]


def test_at_first_everything_is_to_come_and_later_nothing_is() -> None:
    dialogue = new_dialogue((CaseOpened(case=CASE), SymptomNamed(symptom="loss_flat")))
    ahead = by(path_nodes(dialogue, None), "to_come")
    assert len(ahead) > 2
    done = walk(dialogue, FAULTY)
    assert by(path_nodes(done, None), "to_come") == []
    assert by(path_nodes(done, None), "probe")


def test_to_come_is_what_the_walk_then_asks_where_nothing_can_be_known() -> None:
    dialogue = new_dialogue((CaseOpened(case=CASE), SymptomNamed(symptom="loss_flat")))
    promised = [one.question for one in dialogue.to_come(100)]
    walked = walk(dialogue, {})
    met = [one.question for one in walked.path()]
    assert [one for one in met if one in promised] == promised


def test_the_question_that_stands_and_answers_taken_back_are_marked() -> None:
    dialogue = new_dialogue((CaseOpened(case=CASE), SymptomNamed(symptom="loss_flat")))
    while not isinstance(step := dialogue.next_step(), AskPerson):
        if isinstance(step, RunProbe):
            dialogue.record(ProbeFinished(probe=step.probe, measurement=ASKING.get(step.probe), unknown="no"))
        else:
            assert isinstance(step, Conclude)
            dialogue.record(CauseConcluded(cause=step.finding.cause, status=step.finding.status))
    asking = question_view(step, can_go_back=True)
    assert by(path_nodes(dialogue, asking), "now") == [step.question]
    dialogue.record(PersonAnswered(question=step.question, answer=step.options[0].id))
    assert by(path_nodes(dialogue, None), "person") == [step.question]
    dialogue.undo(step.question)
    (again,) = [one for one in leaves(path_nodes(dialogue, asking)) if one.by == "now"]
    assert again.before == step.options[0].label


def test_samples_become_pictures_rows_and_words() -> None:
    given = {
        "samples": [
            {"label": "7", "inputs": [{"name": "input", "shape": [8, 8], "pixels": [[[0, 128, 255]] * 8] * 8}]},
            {"label": "0", "inputs": [{"name": "a", "shape": [12], "values": [0.25, "NaN", 3.0]}]},
            {"label": "", "inputs": [{"name": "b", "shape": [], "text": "some words"}]},
        ]
    }
    view = samples_view("key", given)
    assert view.title == "3 training samples"
    picture, row, words = view.samples
    assert (picture.label, len(picture.picture), len(picture.picture[0])) == ("7", 16, 16)
    assert row.values == (("a", "0.25  NaN  3 ... (12)"),)
    assert words.values == (("b", "“some words”"),)


def points(series: str, x: list[float], y: list[float], *, curve: str = "trial", anew: bool = False) -> Points:
    return Points(curve, series, tuple(x), tuple(y), anew)


def test_a_curve_grows_starts_over_and_goes() -> None:
    curves = LiveCurves()
    curves.take(points("training", [1, 2], [3.0, math.nan], curve="recorded_run"))
    curves.name("trial", "Trial: lower the learning rate")
    curves.take(points("without", [1, 2], [2.0, 2.0], anew=True))
    curves.take(points("with", [1, 2], [2.0, 1.0], anew=True))
    trial, run = curves.views()
    assert (trial.title, [one.name for one in trial.series]) == ("Trial: lower the learning rate", ["without", "with"])
    assert run.id == "live.recorded_run"
    curves.take(points("with", [1], [5.0], anew=True))
    assert [one.name for one in curves.views()[0].series] == ["without"]
    curves.drop("trial")
    assert [one.id for one in curves.views()] == ["live.recorded_run"]
    curves.clear()
    assert curves.views() == ()


def test_a_long_curve_stays_small_and_keeps_its_ends() -> None:
    curves = LiveCurves()
    for step in range(10 * MOST_POINTS):
        curves.take(points("training", [float(step)], [1.0]))
    (view,) = curves.views()
    (line,) = view.series
    assert MOST_POINTS / 2 <= len(line.x) <= MOST_POINTS
    assert list(line.x) == sorted(line.x)
    assert set(line.y) == {1.0}
    assert line.x[-1] >= 10 * MOST_POINTS - 20
