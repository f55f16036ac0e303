from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.patching import Treatment, patch
from assistant.patching.diffs import applied, unified_diff
from assistant.patching.registry import editor, registered
from tests.assistant.patching.written import Case, Place, apply_by_tools, case_of, text

PROGRAM = text(
    """
    # Größe der Schritte: 3 µm
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            layers.Input((4,)),
            layers.Dense(8, activation="sigmoid"),  # verdeckt
            layers.Dense(1),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=3.0),  # viel zu groß
        loss="mse",
    )
    model.fit(x, y, epochs=2, batch_size=1)
    """
)
SET = [
    Treatment("more_epochs", {"epochs": 9}),
    Treatment("scale_inputs", {}),
    Treatment("set_learning_rate", {"learning_rate": 0.01}),
    Treatment("clip_gradients", {"clipnorm": 1.0}),
    Treatment("set_hidden_activation", {"hidden_activation": "relu"}),
    Treatment("set_batch_size", {"batch_size": 32}),
    Treatment("set_output_activation", {"output_activation": "sigmoid"}),
    Treatment("set_loss", {"loss": "BinaryCrossentropy"}),
    Treatment("add_batch_normalization", {}),
    Treatment("less_dropout", {}),
]
WRITTEN = text(
    """
    # Größe der Schritte: 3 µm
    import keras
    from keras import layers

    normalize = layers.Normalization()
    normalize.adapt(x)
    model = keras.Sequential(
        [
            layers.Input((4,)),
            normalize,
            layers.Dense(8),  # verdeckt
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=0.01, clipnorm=1.0),  # viel zu groß
        loss="binary_crossentropy",
    )
    model.fit(x, y, epochs=9, batch_size=32)
    """
)


def test_several_treatments_are_one_patch() -> None:
    source = f"x, y = load()\n{PROGRAM}"
    found = patch(source, "train.py", SET, case_of(source))
    assert found.edited_source == f"x, y = load()\n{WRITTEN}"
    assert [one.id for one in found.edited][-2:] == ["set_batch_size", "more_epochs"]
    assert found.instructions == ("Lower the dropout by hand; no dropout layer is seen in the program.",)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("plain", lambda source: source),
        ("windows", lambda source: source.replace("\n", "\r\n")),
        ("no_end", lambda source: source.rstrip("\n")),
        ("windows_no_end", lambda source: source.rstrip("\n").replace("\n", "\r\n")),
        ("tabs", lambda source: source.replace("    ", "\t")),
        ("marked", lambda source: "\ufeff" + source),
        ("form_feed", lambda source: source.replace("model.compile", "\x0cmodel.compile")),
    ],
)
def test_git_and_patch_take_it(tmp_path: Path, name: str, change: object) -> None:
    source = change(f"x, y = load()\n{PROGRAM}")  # type: ignore[operator]
    case = case_of(source.removeprefix("\ufeff"), file=f"{name}.py")
    found = patch(source, f"{name}.py", SET, case)
    assert "learning_rate=0.01" in found.edited_source
    apply_by_tools(tmp_path, source, found, f"{name}.py")
    ends = {line.endswith("\r\n") for line in found.edited_source.splitlines(keepends=True) if line.endswith("\n")}
    assert len(ends) == 1


def test_a_file_in_a_folder_with_a_blank(tmp_path: Path) -> None:
    file = "my models/train it.py"
    found = patch(PROGRAM, file, SET, case_of(PROGRAM, file=file))
    assert found.diff is not None
    assert found.diff.startswith("--- a/my models/train it.py\t\n+++ b/my models/train it.py\t\n")
    apply_by_tools(tmp_path, PROGRAM, found, file)


def test_nothing_to_do_is_no_diff() -> None:
    found = patch(PROGRAM, "train.py", [], case_of(PROGRAM))
    assert found.diff is None
    assert found.edited_source == PROGRAM


def test_a_treatment_without_editor_is_an_instruction() -> None:
    found = patch(PROGRAM, "train.py", [Treatment("pray")], case_of(PROGRAM))
    assert found.diff is None
    assert "pray" in found.instructions[0]


def test_a_program_that_is_no_python_is_an_instruction() -> None:
    found = patch("def (:\n", "train.py", SET, Case())
    assert found.diff is None
    assert len(found.instructions) == 1


def test_places_that_fit_no_more_change_nothing() -> None:
    case = case_of(PROGRAM)
    moved = {
        kind: Place("train.py", one.line + 1, (one.end_line or one.line) + 1, 3, 9) for kind, one in case.places.items()
    }
    stale = Case(case.layers, case.facts, moved, case.data)
    found = patch(PROGRAM, "train.py", [Treatment("set_hidden_activation", {"hidden_activation": "relu"})], stale)
    assert found.diff is None
    assert found.edited_source == PROGRAM


def test_places_without_columns_are_found_by_their_line() -> None:
    case = case_of(PROGRAM)
    lines = {kind: Place(one.file, one.line, one.end_line, None, None) for kind, one in case.places.items()}
    found = patch(PROGRAM, "train.py", SET[2:4], Case(case.layers, case.facts, lines, case.data))
    assert "SGD(learning_rate=0.01, clipnorm=1.0)" in found.edited_source


def test_statements_that_share_a_line_are_left() -> None:
    source = "import keras\nmodel = make()\nif True: model.fit(x, y)\n"
    found = patch(source, "train.py", [Treatment("drop_bad_rows")], case_of(source))
    assert found.diff is None
    assert "line" in found.instructions[0].lower()


def test_every_editor_tells_what_it_reads() -> None:
    for name, (_, write) in registered().items():
        assert write.__doc__, name


def test_two_editors_for_one_treatment_are_an_error() -> None:
    assert "scale_inputs" in registered()
    with pytest.raises(ValueError, match="two editors"):
        editor("scale_inputs", order=1)(lambda _: None)


NOISE = st.sampled_from(
    ["", "    ", "# ein Wort é", "x = [1,2 ,  3]", "if x :\n\ty = ( 1 )", "'''a\n  b'''", "z = x; w = 2"]
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(NOISE, max_size=4),
    after=st.lists(NOISE, max_size=4),
    blanks=st.text(" ", max_size=3),
    comment=st.sampled_from(["", "  # so", "#é"]),
    end=st.sampled_from(["\n", "\r\n"]),
    last=st.booleans(),
)
def test_nothing_else_changes(
    before: list[str], after: list[str], blanks: str, comment: str, end: str, last: bool
) -> None:
    call = f"model.fit(x,{blanks}y ,batch_size {blanks}= 1{blanks},epochs=2 ){comment}"
    source = "\n".join([*before, call, *after]).replace("\n", end) + (end if last else "")
    found = patch(source, "train.py", [Treatment("set_batch_size", {"batch_size": 64})], case_of(source))
    wanted = call.replace(f"= 1{blanks},", f"= 64{blanks},")
    assert found.edited_source == source.replace(call, wanted)
    assert found.diff is not None
    assert applied(source, found.diff) == found.edited_source
    ast.parse(found.edited_source)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "", "\r", "\x0c", "\u2028"]), max_size=12),
    st.lists(st.sampled_from(["a", "b", "", "\r"]), max_size=12),
    st.booleans(),
    st.booleans(),
)
def test_diffs_give_what_they_should(one: list[str], other: list[str], first: bool, second: bool) -> None:
    before, after = "\n".join(one) + "\n" * first, "\n".join(other) + "\n" * second
    diff = unified_diff(before, after, "train.py")
    assert (diff is None) == (before == after)
    if diff is not None:
        assert applied(before, diff) == after


def test_a_diff_of_another_text_is_refused() -> None:
    diff = unified_diff("a\nb\n", "a\nc\n", "train.py")
    assert diff is not None
    with pytest.raises(ValueError, match="does not fit line 2"):
        applied("a\nx\n", diff)
