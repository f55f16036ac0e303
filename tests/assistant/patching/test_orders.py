"""Inputs and labels that were moved apart are moved together."""

from __future__ import annotations

import pytest

from tests.assistant.patching.written import edited, text, treated

HEAD = "import random\nimport keras\nimport numpy as np\nfrom sklearn.utils import shuffle\n"
HEAD += "from sklearn.model_selection import train_test_split\n\nrng = np.random.default_rng(0)\n"
TAIL = 'model = keras.Sequential([keras.layers.Dense(1)])\nmodel.compile(optimizer="adam", loss="mse")\n'
WHOLE = "table = load()\nx, y = table.data, table.target\n"
FIT = "model.fit(x[:80], y[:80], validation_data=(x[80:], y[80:]))\n"


def moved(lines: str, fit: str = FIT, before: str = WHOLE) -> str:
    """The lines of a program as they are after the edit."""
    source = HEAD + before + lines + TAIL + fit
    found = edited(source, "move_together")
    assert found.startswith(HEAD + before)
    return found.removeprefix(HEAD + before).removesuffix(TAIL + fit)


def refused(lines: str, fit: str = FIT, before: str = WHOLE) -> bool:
    """Whether a person is told to do it."""
    found = treated(HEAD + before + lines + TAIL + fit, "move_together")
    return found.diff is None and "by hand" in found.instructions[0]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("x = shuffle(x, random_state=1)\n", "x, y = shuffle(x, y, random_state=1)\n"),
        ("y = shuffle(y)\n", "y, x = shuffle(y, x)\n"),
        (
            "np.random.shuffle(x)\n",
            "order = np.random.permutation(len(x))\nx, y = x[order], y[order]\n",
        ),
        ("rng.shuffle(y)\n", "order = rng.permutation(len(y))\ny, x = y[order], x[order]\n"),
        (
            "random.shuffle(x)\n",
            "order = np.random.permutation(len(x))\nx, y = [x[i] for i in order], [y[i] for i in order]\n",
        ),
        ("x = rng.permutation(x)\n", "order = rng.permutation(len(x))\nx, y = x[order], y[order]\n"),
        ("x = x[rng.permutation(len(x))]\n", "order = rng.permutation(len(x))\nx, y = x[order], y[order]\n"),
        (
            "order = rng.permutation(len(x))\nx = x[order]\n",
            "order = rng.permutation(len(x))\nx = x[order]\ny = y[order]\n",
        ),
        (
            "index = np.arange(len(x))\nnp.random.shuffle(index)\nx = x[index]\n",
            "index = np.arange(len(x))\nnp.random.shuffle(index)\nx = x[index]\ny = y[index]\n",
        ),
        (
            "p = rng.permutation(100)\nq = rng.permutation(100)\nx = x[p]\ny = y[q]\n",
            "p = rng.permutation(100)\nq = rng.permutation(100)\nx = x[p]\ny = y[p]\n",
        ),
        ("x = shuffle(x, random_state=1)\ny = shuffle(y, random_state=2)\n", "x, y = shuffle(x, y, random_state=1)\n"),
        (
            "np.random.shuffle(x)\nnp.random.shuffle(y)\n",
            "order = np.random.permutation(len(x))\nx, y = x[order], y[order]\n",
        ),
        ("y = np.sort(y)\n", ""),
        ("labels = np.sort(y)\ny = labels[:]\n", "labels = y\ny = labels[:]\n"),
    ],
)
def test_what_is_moved_alone_takes_the_other_along(written: str, wanted: str) -> None:
    assert moved(written) == wanted


@pytest.mark.parametrize(
    "written",
    [
        "x, y = shuffle(x, y, random_state=1)\n",
        "order = rng.permutation(len(x))\nx, y = x[order], y[order]\n",
        "order = rng.permutation(len(x))\nx = x[order]\ny = y[order]\n",
        "x = shuffle(x, random_state=1)\ny = shuffle(y, random_state=1)\n",
        "np.random.seed(1)\nnp.random.shuffle(x)\nnp.random.seed(1)\nnp.random.shuffle(y)\n",
        "z = rng.permutation(100)\nrng.shuffle(z)\n",
        "x = x[::2]\n",
        "x = np.sort(x)\n",
        "x = np.sort(x)\ny = shuffle(y)\n",
        "y = np.sort(y, axis=1)\n",
        "x = rng.permutation(x, axis=1)\n",
        "moved = x[rng.permutation(len(x))]\nprint(x, moved)\nx = moved\n",
    ],
)
def test_what_is_moved_together_is_left_alone(written: str) -> None:
    assert refused(written)


def test_splits_that_draw_apart_are_one_split() -> None:
    fit = "model.fit(x_train, y_train, validation_data=(x_val, y_val))\n"
    written = (
        "x_train, x_val = train_test_split(x, test_size=0.2)\ny_train, y_val = train_test_split(y, test_size=0.2)\n"
    )
    wanted = "x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.2)\n"
    assert moved(written, fit) == wanted
    seeded = written.replace("test_size=0.2", "random_state=3")
    assert refused(seeded, fit)


def test_what_is_changed_between_two_splits_is_left_to_the_person() -> None:
    fit = "model.fit(x_train, y_train, validation_data=(x_val, y_val))\n"
    written = "x_train, x_val = train_test_split(x)\ny = encode(y)\ny_train, y_val = train_test_split(y)\n"
    assert refused(written, fit)


def test_columns_are_picked_from_by_place() -> None:
    before = "x = table[['a', 'b']]\ny = table['kind'].tolist()\n"
    found = moved("y = shuffle(y)\n", before=before)
    assert found == "y, x = shuffle(y, x)\n"
    found = moved("y = y[rng.permutation(len(y))]\n", before=before)
    assert found == "order = rng.permutation(len(y))\ny, x = y[order], np.asarray(x)[order]\n"


def test_an_order_that_is_drawn_again_is_another() -> None:
    written = "order = rng.permutation(100)\nx = x[order]\norder = rng.permutation(100)\ny = y[order]\n"
    assert refused(written)


def test_a_split_of_one_input_joins_that_of_the_others() -> None:
    fit = "model.fit([x_train, table_train], y_train, validation_data=([x_val, table_val], y_val))\n"
    written = "x_train, x_val, y_train, y_val = train_test_split(x, y, random_state=42)\n"
    written += "table_train, table_val = train_test_split(table.values, test_size=0.2)\n"
    wanted = "x_train, x_val, y_train, y_val, table_train, table_val = "
    wanted += "train_test_split(x, y, table.values, random_state=42)\n"
    assert moved(written, fit) == wanted


def test_the_names_at_the_place_of_the_move_are_taken() -> None:
    before = "bunch = load()\nfeatures = scaler.fit_transform(bunch.data).astype('float32')\ndiagnosis = bunch.target\n"
    fit = "model.fit(x_train, y_train, validation_data=(x_val, y_val))\n"
    split = "x_train, x_val = features[:450], features[450:]\ny_train, y_val = diagnosis[:450], diagnosis[450:]\n"
    found = moved("features = shuffle(features, random_state=10)\n" + split, fit, before)
    assert found == "features, diagnosis = shuffle(features, diagnosis, random_state=10)\n" + split


def test_it_is_found_in_a_function_that_the_data_come_from() -> None:
    before = text(
        """
        def load_data():
            pictures, kinds = read()
            order = rng.permutation(len(pictures))
            pictures = pictures[order]
            return (pictures[:80], kinds[:80]), (pictures[80:], kinds[80:])


        (x, y), held = load_data()
        """
    )
    source = HEAD + before + TAIL + "model.fit(x, y, validation_data=held)\n"
    assert "    pictures = pictures[order]\n    kinds = kinds[order]\n    return" in edited(source, "move_together")


def test_lists_are_picked_from_as_lists() -> None:
    before = "names = sorted(list_files())\nkinds = [kind_of(one) for one in names]\n"
    fit = "model.fit(np.stack([read(one) for one in names]), np.array(kinds))\n"
    found = moved("random.shuffle(names)\n", fit, before)
    assert found.endswith("names, kinds = [names[i] for i in order], [kinds[i] for i in order]\n")


def test_columns_of_a_table_go_along_by_their_index() -> None:
    before = "table = read()\ny = table['kind']\n"
    fit = "model.fit(table[['a', 'b']], y)\n"
    assert (
        moved("table = table.sample(frac=1)\n", fit, before) == "table = table.sample(frac=1)\ny = y.loc[table.index]\n"
    )
    assert refused("table = table.sample(frac=1)\n", fit, before.replace("['kind']", "['kind'].values"))


def test_a_pipeline_is_followed_to_its_arrays() -> None:
    lines = "x = shuffle(x)\n"
    fit = "data = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)\nmodel.fit(data)\n"
    assert moved(lines, fit) == "x, y = shuffle(x, y)\n"


def test_weights_of_rows_would_have_to_go_along() -> None:
    assert refused("x = shuffle(x)\n", "model.fit(x, y, sample_weight=w)\n")


def test_two_candidates_to_go_along_are_left_to_the_person() -> None:
    fit = "model.fit(x, np.stack([y, z]))\n"
    assert refused("x = shuffle(x)\n", fit, WHOLE + "z = table.other\n")
