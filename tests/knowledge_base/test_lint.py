"""Every break of the small knowledge base is found, at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from knowledge_base.lint import lint
from tests.knowledge_base.samples import CATALOGUE, TREATMENTS, Broken, small

QUESTIONS = "questions/questions.yaml"
TREES = "trees/trees.yaml"
LR = "causes/optimiser.yaml"
DATA = "causes/data.yaml"


def test_the_small_knowledge_base_is_clean() -> None:
    assert lint(small(), CATALOGUE, TREATMENTS) == []


BREAKS = {
    "edge deleted": (TREES, "        never: then\n", "", "      on:", "'never' of 'did_it_work' leads nowhere"),
    "unknown edge deleted": (TREES, "        unknown: then\n", "", "on:", "'unknown' of 'did_it_work' leads nowhere"),
    "end deleted": (
        TREES,
        "      then: {conclude: none_found}\n",
        "",
        "never: then",
        "stops here without a conclusion",
    ),
    "edge of no answer": (TREES, "worked: {", "wrked: {", "wrked", "no answer 'wrked'; did you mean 'worked'?"),
    "no such question": (TREES, "ask: did_it_work", "ask: did_it_wrk", "did_it_wrk", "no question is called"),
    "no such tree": (TREES, "worked: {use: steps}", "worked: {use: step}", "use: step}", "did you mean 'steps'?"),
    "no such group": (
        TREES,
        "group: data",
        "group: datta",
        "datta",
        "no group is called 'datta'; did you mean 'data'?",
    ),
    "no such conclusion": (TREES, "{conclude: none_found}", "{conclude: none}", "conclude: none}", "no conclusion"),
    "circle": (TREES, "    ask: steps_too_long", "    use: loss_flat", "- id: ", "in a circle"),
    "field misspelt": (QUESTIONS, "{ratio: {above: 0.5}}", "{rato: {above: 0.5}}", "rato", "did you mean 'ratio'?"),
    "field of an item misspelt": (QUESTIONS, "{spread: {", "{sprad: {", "sprad", "did you mean 'spread'?"),
    "list misspelt": (QUESTIONS, "of: columns", "of: colums", "colums", "no field 'colums'; did you mean 'columns'?"),
    "not a list": (QUESTIONS, "of: columns", "of: kind", "of: kind", "'kind' is a text, not a list"),
    "field in say misspelt": (QUESTIONS, "{largest:.3g};", "{largst:.3g};", "largst", "did you mean 'largest'?"),
    "field in locate misspelt": (QUESTIONS, '"column:{matching.name}"', '"column:{matching.nme}"', "nme", "nme"),
    "say that does not parse": (QUESTIONS, "They reach {largest:.3g}.", "They reach {largest", "reach", "}"),
    "format that does not fit": (QUESTIONS, "{matching.name} are", "{matching.name:.1f} are", ":.1f", "does not fit"),
    "record in say": (QUESTIONS, "{matching.name} are", "{matching} are", "{matching}", "name a field in it"),
    "number for a text": (QUESTIONS, "{ratio: {above: 0.5}}", "{layer: {above: 0.5}}", "layer", "not a number"),
    "text for a number": (QUESTIONS, "{ratio: {above: 0.5}}", "{ratio: {is: big}}", "big", "is a number, never 'big'"),
    "flag for a number": (QUESTIONS, "{spread: {above: 10}}", "{spread: {is: true}}", "is: true", "never true"),
    "never null": (QUESTIONS, "{spread: {above: 10}}", "{name: {is: null}}", "null", "it is never null"),
    "operand misspelt": (QUESTIONS, "{spread: {above: 10}}", "{spread: {above: {field: bns}}}", "bns", "'bins'?"),
    "operand that is no number": (QUESTIONS, "{above: 10}", "{above: {field: name}}", "field: name", "not a number"),
    "no such probe": (QUESTIONS, "probe: updates", "probe: update", "probe: update", "did you mean 'updates'?"),
    "condition without a probe": (QUESTIONS, "    never:\n", "    never:\n      say: So.\n", "So.", "no measurement"),
    "otherwise first": (
        QUESTIONS,
        "      when: {ratio: {above: 0.5}}",
        "      when: otherwise",
        "between",
        "'far_too_long' before it takes all the rest",
    ),
    "same condition twice": (
        QUESTIONS,
        "{ratio: {between: [0.05, 0.5]}}",
        "{ratio: {above: 0.5}}",
        "ratio: {above: 0.5}",
        "'far_too_long' before it is true whenever it is",
    ),
    "implied by an earlier one": (
        QUESTIONS,
        "{ratio: {between: [0.05, 0.5]}}",
        "{ratio: {above: 0.7}}",
        "above: 0.7",
        "before it is true whenever it is",
    ),
    "never true": (
        QUESTIONS,
        "{ratio: {between: [0.05, 0.5]}}",
        "{ratio: {above: 0.7, below: 0.1}}",
        "above: 0.7",
        "contradicts itself",
    ),
    "nothing for the rest": (
        QUESTIONS,
        'say: "They reach {largest:.3g}."\n      when: otherwise',
        'say: "They reach {largest:.3g}."\n      when: {largest: {below: 1}}',
        "  answers:",
        "no answer is left for the rest",
    ),
    "no option": (QUESTIONS, '      option: "Yes, by far"\n', "", "far_too_long:", "needs an `option`"),
    "no say": (QUESTIONS, '      say: "They reach {largest:.3g}."\n', "", "    scaled:", "needs a `say`"),
    "no such cause in evidence": (
        QUESTIONS,
        "lr_too_high: decides",
        "lr_high: decides",
        "lr_high",
        "no cause is called",
    ),
    "no such symptom": (LR, "loss_flat: possible", "loss_flt: possible", "loss_flt", "did you mean 'loss_flat'?"),
    "no such explanation": (LR, "[inputs_not_scaled]", "[inputs_not_scald]", "explained_by", "no cause is called"),
    "no such lookalike": (LR, "{cause: inputs_not_scaled", "{cause: inputs", "cause: inputs", "no cause is called"),
    "explained by itself": (LR, "[inputs_not_scaled]", "[lr_too_high]", "explained_by", "in a circle"),
    "no such treatment": (LR, "treatment: set_learning_rate", "treatment: set_rate", "set_rate", "no treatment"),
    "code that does not parse": (LR, "{{not filled}}", "{not filled}", "code:", "literal braces are doubled"),
    "code without a default": (LR, "{learning_rate|1e-3}", "{learning_rate}", "code:", "{fact|default}"),
    "words that stand nowhere": (
        LR,
        "makes the loss jump",
        "makes the loss dance",
        "dance",
        "do not stand in document A",
    ),
    "too few words": (LR, '"Lower the learning rate"', '"Lower the"', '"Lower the"', "at least three words"),
    "no such document": (LR, 'document: A, quote: "Low', 'document: B, quote: "Low', "document: B", "no document is"),
    "no such reference": (
        LR,
        "reference: optimizers",
        "reference: optimizer",
        "optimizer}",
        "did you mean 'optimizers'?",
    ),
    "suits by no probe": (
        DATA,
        "treatment: null",
        "suits: {probe: input_statistic, when: {kind: {is: image}}}",
        "input_statistic,",
        "did you mean 'input_statistics'?",
    ),
    "suits by no field": (
        DATA,
        "treatment: null",
        "suits: {probe: input_statistics, when: {knd: {is: image}}}",
        "knd",
        "did you mean 'kind'?",
    ),
    "no remedy for every case": (
        DATA,
        "treatment: null",
        "suits: {probe: input_statistics, when: {kind: {is: image}}}",
        "id: scale",
        "no remedy is for every case",
    ),
    "remedy twice": (LR, "id: lower_learning_rate", "id: scale", "id: scale", "stands already at the cause"),
    "still to be written": (DATA, "why: Gradients grow", "why: TODO grow", "TODO", "still TODO"),
    "phrasing of no symptom": ("phrasings.yaml", "symptom: loss_flat", "symptom: flat_loss", "flat_loss", "no symptom"),
    "no such own tree": ("symptoms.yaml", "tree: loss_flat", "tree: loss_flt", "loss_flt", "no tree is called"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_found_at_its_place(tmp_path: Path, name: str) -> None:
    file, old, new, place, message = BREAKS[name]
    broken = Broken(tmp_path).replace(file, old, new)
    problems = broken.lint()
    found = [one for one in problems if message in one.message]
    assert found, "\n".join(map(str, problems))
    assert found[0].file == (broken.folder / file).resolve()
    line = (broken.folder / file).read_text(encoding="utf-8").splitlines()[found[0].line - 1]
    text = "\n".join([line, *(broken.folder / file).read_text(encoding="utf-8").splitlines()[found[0].line :][:6]])
    assert place in text, f"{found[0]}\n{line}"
    assert re.match(r".*\.yaml:\d+:\d+: ", str(found[0]))


def test_a_question_that_changes_nothing(tmp_path: Path) -> None:
    broken = Broken(tmp_path)
    broken.replace(QUESTIONS, "      evidence: {inputs_not_scaled: weak}\n", "")
    broken.replace(TREES, "worked: {use: steps}", "worked: then")
    broken.replace(TREES, "- id: steps\n  root:\n    ask: steps_too_long\n", "")
    broken.replace(TREES, "{use: steps, then: {conclude", "{ask: steps_too_long, then: {conclude")
    broken.replace(LR, ", loss_flat: possible}", "}")
    assert [one.message for one in broken.lint()] == [
        "the question 'did_it_work' changes nothing: no evidence, no symptom, no edge of its own"
    ]


def test_a_question_that_nobody_asks(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(QUESTIONS, "  group: data\n", "").replace(TREES, "group: data", "use: steps")
    assert "nobody asks 'inputs_scaled': no tree asks it and it joins no group" in [
        one.message for one in broken.lint()
    ]


def test_a_cause_that_nothing_speaks_for(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(QUESTIONS, "inputs_not_scaled: strong", "inputs_not_scaled: against")
    broken.replace(QUESTIONS, "inputs_not_scaled: weak", "lr_too_high: weak")
    assert [one.message for one in broken.lint()] == ["no answer speaks for the cause 'inputs_not_scaled'"]


def test_a_cause_that_is_met_only_under_foreign_symptoms(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(LR, "{loss_oscillates: typical, loss_flat: possible}", "{none: typical}")
    assert [one.message for one in broken.lint()] == [
        "the cause 'lr_too_high' is never reached: no tree of its symptoms asks what speaks for it"
    ]


def test_a_tree_that_nobody_walks(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace("symptoms.yaml", "  tree: loss_oscillates\n", "")
    assert [one.message for one in broken.lint()] == [
        "nobody walks the tree 'loss_oscillates': no symptom names it and no tree uses it",
        "the symptom 'loss_oscillates' does not name this tree as its own",
    ]


def test_a_symptom_under_which_a_cause_cannot_be_found(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(TREES, "worked: {use: steps}", "worked: {ask: did_it_work}")
    assert [str(one).rpartition(": ")[2] for one in broken.lint()] == [
        "nothing that is asked under 'loss_flat' speaks for the cause 'lr_too_high'"
    ]


def test_a_group_that_no_tree_asks(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(TREES, "group: data", "use: steps")
    assert [one.message for one in broken.lint()] == ["nobody asks the group 'data': no tree names it"]


def test_what_follows_a_conclusion_is_never_reached(tmp_path: Path) -> None:
    broken = Broken(tmp_path).replace(
        TREES, "worked: {use: steps}", "worked: {use: loss_oscillates, then: {use: steps}}"
    )
    assert "nothing gets here: every path before it ends in a conclusion" in [one.message for one in broken.lint()]


def test_the_lint_does_not_ask_for_treatments_that_it_does_not_know_of() -> None:
    assert lint(small(), CATALOGUE) == []
