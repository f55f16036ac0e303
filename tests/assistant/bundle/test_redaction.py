from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.bundle.known import Known, known_here
from assistant.bundle.program_text import ProgramText, read_text
from assistant.bundle.pseudonyms import KINDS, pseudonyms_for
from assistant.bundle.redaction import Redactor
from assistant.bundle.vocabulary import vocabulary
from probes.process.description import (
    CaseDescription,
    CompileDescription,
    LayerDescription,
    LossDescription,
    ModelDescription,
    OptimizerDescription,
)
from tests.assistant.bundle.making import evidence

KNOWN = Known(
    secrets=frozenset({"correct horse"}),
    users=frozenset({"jane.roe"}),
    hosts=frozenset({"gpubox7"}),
    folders=frozenset({"/home/jane.roe/churn"}),
    places=frozenset({"/mnt/Big Client", "/home/jane.roe/churn"}),
)


def redacted(text: str) -> str:
    return Redactor(KNOWN).text(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("No such file: '/home/jane roe/My Data/churn.csv'", "roe"),
        ("No such file: /srv/Big Client/data.csv, sorry", "Client"),
        ("open ~/churn/data.csv", "churn"),
        ("working in /mnt/Big Client as usual", "Client"),
        ("reading /mnt/Big Client/Secret Plan/x.csv now", "Plan"),
        ("working in /home/jane.roe/churn", "churn"),
        ("file:///mnt/acme/x.npy", "acme"),
        (r"C:\Users\Jane Roe\churn.csv not found", "Jane"),
        (r"'C:\\Users\\Jane\\churn.csv'", "Jane"),
        (r"\\fileserver\acme\x.csv", "acme"),
        ("write to jane@acme.example, please", "acme"),
        ("postgres://bob:s3cr@t@db.acme.example:5432/x", "s3cr"),
        ("postgres://bob:s3cr@t@db.acme.example:5432/x", "acme"),
        ("https://bucket.acme.example/x.npy?X-Amz-Signature=abc123def", "abc123def"),
        ("password=hunter2", "hunter2"),
        ("{'api_key': 'abc def'}", "abc def"),
        ("os.environ['DB_PASSWORD'] = 'hunter2'", "hunter2"),
        ("train.py --auth-token abcdef", "abcdef"),
        ("Authorization: Bearer abc.def-123456", "abc.def"),
        ("AKIAIOSFODNN7EXAMPLE", "IOSF"),
        ("key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJalr"),
        ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "16C7"),
        ("hf_abcdefghijklmnopqrstuv", "abcdefgh"),
        ("sk-proj-abcdefghij0123456789", "abcdefgh"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh", "eyJz"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIE"),
        ("wandb 0123456789abcdef0123456789abcdef01234567", "89abcdef"),
        ("run 6ba7b810-9dad-11d1-80b4-00c04fd430c8", "9dad"),
        ("connect to 10.20.30.40 failed", "10.20"),
        ("mac 00:1A:2B:3C:4D:5E", "1A:2B"),
        ("from fe80::1ff:fe23:4567:890a and 2001:db8:85a3::8a2e:370:7334", "fe23"),
        ("from 2001:db8:85a3::8a2e:370:7334", "8a2e"),
        ("logged in with password hunter2acme", "hunter2acme"),
        ("TOKEN --secret 0000000A", "0000000A"),
        ("token: --secret hunter2", "hunter2"),
        ("--token password: hunter2", "hunter2"),
        ("token: DB_PASSWORD = hunter2", "hunter2"),
        ("token: 'api_key': 'hunter2'", "hunter2"),
        ("password=my_secret=1", "my_secret"),
        ("PASSWORD=MyToken2024\n==========\nTotal params", "MyToken2024"),
        ("password: hunter2token99\n: next", "hunter2"),
        ("--token tokenA1b2c3d4 = x", "A1b2"),
        ("API_KEY=-abcsecret-9911 ", "9911"),
        ("Bearer abcsecret99x = y", "99x"),
        ("Authorization: Bearer abctoken123456 : x", "123456"),
        ("the token is ab12cd34", "ab12cd34"),
        ("//nas-acme/share/x.csv", "nas-acme"),
        ("file C%3A%5CUsers%5Cjane%5Cx.csv", "jane"),
        ("at trainer.acme.internal", "acme"),
        ("on gpubox7 by jane.roe", "gpubox7"),
        ("jane.roe_dense_1", "jane"),
        ("it is correct horse", "correct"),
        ("ValueError: could not convert string to float: 'Smith, John'", "Smith"),
        ("Received a label value of 10. Label values: 3 7 2 10 5", "3 7 2"),
        ("[[0.11 0.22 0.33 0.44 0.55 0.66 0.77 0.88 0.99 1.1]]", "0.44"),
        ("/home/jane.roe/churn/private/x.csv", "jane"),
    ],
)
def test_what_must_not_leave_is_taken_out(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "12/12 - 1s - 5ms/step - loss: 0.6931 - val_loss: 0.7",
        "num_tokens: 512, tokenizer=wordpiece, and/or",
        "https://keras.io/api/layers",
        "SparseCategoricalCrossentropyWithLogits2020_and_more",
        "block1_conv2_bn_relu_block2_conv3_bn_add_activation",
        "shape=(None, 28, 28, 1), dtype=float32",
        'Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of input shape to have value 8',
        "logits and labels must have the same first dimension, got logits shape [32,10] and labels shape [320]",
        "TensorFlow 2.21.0, Keras 3.15",
        "a @ b + c / d",
        "1:2 and 3:4:5",
        "x[1::2] + x[::-1], 7//2, std::vector, x // y",
        "one token 50257 of the password field, a token embedding",
    ],
)
def test_what_tells_nothing_about_anybody_stays(text: str) -> None:
    assert redacted(text) == text


def test_paths_in_the_programs_folder_stay_relative_to_it() -> None:
    assert redacted("/home/jane.roe/churn/data/train.csv is missing") == "data/train.csv is missing"
    assert redacted("/opt/env/lib/python3.12/site-packages/keras/src/a.py") == "site-packages/keras/src/a.py"


def test_a_copy_of_a_folder_with_a_blank_in_its_name_is_taken_out_as_a_whole() -> None:
    redactor = Redactor(Known(places=frozenset({"/srv/Project Osprey"})))
    told = redactor.text(
        "in /tmp/tmp4f/Project Osprey as x, File '/tmp/tmp4f/Project Osprey/a.py', /srv/Project Osprey/b"
    )
    assert "Osprey" not in told
    assert redactor.text("Project Osprey") == "Project Osprey", "no path"


def test_the_same_secret_has_the_same_placeholder_and_is_counted_each_time() -> None:
    redactor = Redactor(KNOWN)
    told = redactor.value({"a@b.example": ["a@b.example", "c@d.example"], "password": "x y"})
    assert told == {"[email 1]": ["[email 1]", "[email 2]"], "password": "[token 1]"}
    assert redactor.counts == {"email": 3, "token": 1}


def test_commands_to_a_terminal_are_no_text() -> None:
    assert redacted("\x1b[1mbold\x1b[0m \x07bell \u202egnorw\ud800") == "bold bell gnorw"


@given(
    st.text(alphabet=string.ascii_letters + string.digits, min_size=8, max_size=40),
    st.sampled_from(["password={}", "api_key: {}", "'token': '{}'", "--secret {}", "https://u:{}@h.example/x"]),
    st.text(alphabet=string.printable, max_size=30)
    | st.sampled_from(["TOKEN", "token:", "'token':", "--secret", "password =", "Bearer", "the secret is", "cookie=>"]),
)
def test_a_value_given_to_a_secrets_name_never_stays(secret: str, form: str, around: str) -> None:
    if secret.isdigit() or secret.lower() in around.lower():
        return
    assert secret not in redacted(f"{around} {form.format(secret)}")


@given(
    st.recursive(
        st.text() | st.integers() | st.booleans() | st.none(),
        lambda part: st.lists(part) | st.dictionaries(st.text(string.ascii_letters), part),
    )
)
@example({"AAAAAAAAAAAAAAAAAAAAAaAaAaAaAaAg": "0"})
def test_redaction_keeps_what_is_no_text_and_is_done_once(value: object) -> None:
    redactor = Redactor(KNOWN)
    once = redactor.value(value)
    assert Redactor(KNOWN).value(once) == once
    assert _shape(once) == _shape(value)


def _shape(value: object) -> object:
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return [_shape(one) for one in value]
    if isinstance(value, dict):
        return [_shape(one) for one in value.values()]
    return value


def test_secrets_of_environment_arguments_and_source_are_known_by_their_words(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text(
        "import os\nDB_PASSWORD = 'blue whale'\nclient(api_key='grey goose')\n"
        "os.environ['WANDB_API_KEY'] = 'red fox 1'\n"
        "config = {'secret': 'white owl', 'pad_token': '<pad>'}\nos.environ.setdefault('HF_TOKEN', 'pink pig')\n"
        "def connect(host, passphrase='black bear'): ...\n"
    )
    (tmp_path / "broken.py").write_text("password = 'green frog'\nx = = 1\n")
    (tmp_path / ".env").write_text("# SECRET=no secret\nexport SERVICE_TOKEN='lime cow 7'\nEPOCHS=5\n")
    environment = {
        "USER": "jroe",
        "LOGNAME": "jana.rojek",
        "HOSTNAME": "node17.acme.example",
        "AWS_SECRET_ACCESS_KEY": "brown dog",
        "PWD": "/a",
    }
    known = known_here(program, read_text(program), ("--token", "gold fish", "--key-secret=tin cat"), environment)
    assert {
        "blue whale",
        "grey goose",
        "red fox 1",
        "white owl",
        "pink pig",
        "black bear",
        "green frog",
        "lime cow 7",
    } <= known.secrets
    assert "no secret" not in known.secrets
    assert {"brown dog", "gold fish", "tin cat"} <= known.secrets
    assert "<pad>" not in known.secrets
    assert {"jroe", "jana.rojek", "jana", "rojek"} <= known.users
    assert {"node17.acme.example", "node17"} <= known.hosts
    assert str(tmp_path) in known.folders


def test_users_and_hosts_that_many_have_are_nobodys(tmp_path: Path) -> None:
    environment = {"USER": "root", "HOSTNAME": "localhost", "HOME": "/home/softmax"}
    known = known_here(tmp_path / "train.py", ProgramText(), (), environment)
    assert not {"root", "localhost", "softmax"} & (known.users | known.hosts)


def test_conditions_and_fields_are_in_the_vocabulary() -> None:
    assert {"softmax", "integers", "message", "outputs", "loss_flat", "incompatible", "class_weight"} <= vocabulary()


def test_names_on_request_are_pseudonyms_everywhere_alike(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text(
        "import keras\nclass ChurnNet(keras.Model): ...\nclass_names = ['gold customer', 'silver customer']\n"
        "y = table['monthly_income']\nx = table[['zip_code', 'softmax']]\n"
        "def churn_loss(y, p): ...\ndef main(): ...\noptimizer = keras.optimizers.SGD(name='churn_sgd')\n"
    )
    case = CaseDescription(
        source="train.py",
        model=ModelDescription(class_name="ChurnNet", name="churn_net", layers=3),
        layers=tuple(
            LayerDescription(name=name, class_name=kind)
            for name, kind in (
                ("dense_1", "Dense"),
                ("income_tower", "Dense"),
                ("tower_of_roe", "Dense"),
                ("multi_head_attention", "MultiHeadAttention"),
            )
        ),
        loss=LossDescription(name="churn_loss, mean_squared_error"),
        optimizer=OptimizerDescription(class_name="SGD", settings={"name": "churn_sgd"}),
        compile=CompileDescription(metrics=("accuracy",)),
    )
    names = pseudonyms_for(evidence(case=case), read_text(program), KINDS)
    labels = {"ChurnNet", "gold customer", "silver customer"}
    chosen = {"monthly_income", "zip_code", "income_tower", "tower_of_roe", "churn_loss", "churn_sgd"}
    assert set(names) == labels | chosen
    redactor = Redactor(Known(pseudonyms=names, users=frozenset({"roe"})))
    told = redactor.text("KeyError: 'monthly_income' in ChurnNet, income_tower/kernel, dense_1, monthly_income_2")
    assert told == "KeyError: 'column_1' in class_1, layer_1/kernel, dense_1, monthly_income_2"
    assert redactor.text("tower_of_roe is roe's") == "layer_2 is [user 1]'s", "no part of a name stays"
    assert redactor.counts == {"column": 1, "class": 1, "layer": 2, "user": 1}
