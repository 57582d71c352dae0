"""Does an explorer stay covered until its question is answered, and stand up to what happens to notebooks?"""

import ast
import re

import pytest
from small_stage import small_questions  # noqa: F401

from autograder.course import cells
from cs231n_lib.lab import explorers, plots
from cs231n_lib.lab.check import shell
from cs231n_lib.lab.explorers import (
    base,
    dropout,
    duel,
    init_scale,
    leaky_slope,
    learning_rate,
    pca,
    prediction,
    trajectories,
)
from tools import notebook_forms

ALL = {e.__name__: e for e in vars(explorers).values() if isinstance(e, type) and issubclass(e, base.Explorer)}
ASKED = {name: e for name, e in ALL.items() if e.question}
EXPLORER = leaky_slope.LeakySlope


@pytest.fixture
def displayed(monkeypatch, handle):
    """Return the list of what is displayed from now on."""
    seen = []
    for module in (base, duel, prediction):
        monkeypatch.setattr(module, "display", lambda bundle, **_: seen.append(bundle) or handle)
    return seen


def list_places(name):
    """Return (form, cells, place of the cell) for each cell of a notebook that makes an explorer."""
    places = []
    for notebook in notebook_forms.read_notebooks().values():
        places += [(notebook_forms.read_form(notebook), notebook.cells, i) for i, cell in enumerate(notebook.cells)
                   if cell.cell_type == "code" and f"explorers.{name}(" in cell.source]
    return places


def notebook_of(name):
    """Return the cells of the notebook that shows an explorer, and the place of the first cell that makes it."""
    return list_places(name)[0][1:]


def test_twelve_explorers_have_five_questions():
    """Are there twelve explorers, and five questions in notebooks with predictions?"""
    assert len(ALL) == 12 and len(ASKED) == 5
    assert not any(e.question for e in (dropout.Dropout, init_scale.InitScale, learning_rate.LearningRate))


@pytest.mark.parametrize("name", ASKED)
def test_notebook_asks_first_in_the_same_words(name):
    """Does the notebook ask before in the same words and hand the prediction over?"""
    question, (form, found, here) = ALL[name].question, list_places(name)[0]
    if form == 2:
        return  # it has bets
    answer = next(i for i, c in enumerate(found)
                  if cells.is_answer(c) and cells.read_answer_variable(c.source) == question.name)
    assert answer < here and re.search(rf"prediction={question.name}\)", found[here].source)
    if isinstance(question.meanings, dict):
        options = dict(re.findall(r"^- \*\*(\w)\*\* (.+)$", found[answer - 1].source, re.M))
        assert options == question.meanings and "".join(options) == question.accepted
    check = next(c.source for c in found if c.source.startswith(f"check_answer({question.name}, "))
    assert ast.literal_eval(check.splitlines()[0].partition(", ")[2].removesuffix(")")) == question.accepted


@pytest.mark.parametrize("name", ALL)
def test_explorer_of_form_2_is_open_or_waits_for_a_bet_above_it(name):
    """Is there no explorer that waits for a prediction, or for a bet that comes later?"""
    for form, found, here in list_places(name):
        if form == 2:
            above = [cells.read_answer_variable(c.source) for c in found[:here] if cells.is_bet(c)]
            assert "prediction=" not in found[here].source
            assert set(re.findall(r'\bbet="(\w+)"', found[here].source)) <= set(above)


@pytest.mark.parametrize("name", ALL)
def test_notebook_shows_the_picture_for_readers_without_a_kernel(name):
    """Does the notebook show the picture for readers without a kernel?"""
    form, found, here = list_places(name)[0]
    until = here + 3 if form == 1 else len(found)  # a still picture would decide what is tried by hand first
    assert any("explorer.static()" in c.source for c in found[here:until])
    assert "draw_static" in vars(ALL[name]) and "static" not in vars(ALL[name])  # only the base knows about the cover


@pytest.mark.parametrize("name", ASKED)
def test_unanswered_explorer_is_one_sentence(name, displayed, monkeypatch):
    """Is an unanswered explorer one sentence?"""
    monkeypatch.setattr(plots, "show", lambda *_: pytest.fail("the still picture is not covered"))
    explorer = ALL[name](prediction=...)
    explorer.show()
    explorer.static()
    for bundle in displayed:
        assert set(bundle) == {"text/html", "text/plain"} and "<img" not in bundle["text/html"]
        assert ALL[name].question.name in bundle["text/plain"] and "replace the three dots by" in bundle["text/plain"]
    assert len(displayed) == 2 and explorer._handle is None


@pytest.mark.parametrize("value", ["z", "", None, 3, float("nan")])
def test_only_an_accepted_prediction_uncovers(value, displayed):
    """Does only what is accepted uncover?"""
    leaky_slope.LeakySlope(prediction=value).show()
    assert len(displayed) == 1 and "Covered until you predict" in displayed[0]["text/plain"]


def test_prediction_is_beside_what_is_seen(handle, displayed):
    """Is the prediction beside what is seen?"""
    shown = leaky_slope.LeakySlope(prediction=" C")
    shown.show()
    line = "You predicted c: about ten times sooner. Compare the steps"
    assert "<img" in handle.seen[-1]
    assert handle.seen[-1].index(line) < handle.seen[-1].index(shown.describe(shown.result, **shown.parameters)[:20])
    assert "predicted" not in repr(shown) and "predicted" not in re.search('alt="(.*?)"', handle.seen[-1])[1]


@pytest.mark.parametrize(("explorer", "value", "line"), [
    (pca.Components, 40, "You predicted: 40 components hold 90 % of the variance. Move k"),
    (trajectories.Trajectories, 0.05, 'You predicted: SGD moves away from a learning rate of 0.05 on. Press "narrow')])
def test_predicted_number_is_put_into_a_sentence(explorer, value, line):
    """Is a predicted number put into a sentence?"""
    assert explorer.question.describe_prediction(value).startswith(line)


@pytest.mark.usefixtures("small_questions")
def test_explorer_with_a_bet_is_covered_until_it_is_placed(displayed, handle, monkeypatch):
    """Is the bet read from its cell at each show, and repeated beside the picture without a verdict?"""
    typed = ["bet_depth = ..."]
    monkeypatch.setattr(shell, "list_run_cells", lambda: typed)
    explorer = leaky_slope.LeakySlope(bet="bet_depth")
    explorer.show()
    explorer.static()
    assert len(displayed) == 2 and all("Covered until you bet" in d["text/plain"] for d in displayed)
    assert 'replace the three dots by one letter of a, b or c' in displayed[0]["text/plain"]
    typed.append("bet_depth = 'abc'[0]")
    explorer.show()
    assert "a computation is not read" in displayed[-1]["text/plain"] and not handle.seen
    typed.append("bet_depth = 'b'")
    explorer.show()
    assert "<img" in handle.seen[-1] and "You bet b: it stays." in handle.seen[-1]


@pytest.mark.usefixtures("small_questions")
def test_game_with_a_bet_is_covered_until_it_is_placed(displayed, monkeypatch):
    """Is the game covered as an explorer is, and shown with its buttons once the bet stands in its cell?"""
    typed = ["bet_depth = ..."]
    monkeypatch.setattr(shell, "list_run_cells", lambda: typed)
    game = duel.Duel(bet="bet_depth")
    game.show()
    assert len(displayed) == 1 and "Covered until you bet" in displayed[0]["text/plain"]
    typed.append("bet_depth = 'b'")
    game.show()
    assert len(displayed) == 3 and "ten buttons" in displayed[1]["text/plain"]
    assert displayed[2]["text/plain"] == "" and len(displayed[2]) > 1


def test_explorer_refuses_a_bet_that_is_not_there():
    """Is a misspelled bet an error, and not a picture that stays covered?"""
    with pytest.raises(ValueError, match="bet_no_such"):
        leaky_slope.LeakySlope(bet="bet_no_such")


def test_nothing_is_covered_for_whoever_does_not_predict(displayed, handle):
    """Is nothing covered for whoever does not predict?"""
    leaky_slope.LeakySlope().show()
    assert "<img" in handle.seen[-1] and "predicted" not in handle.seen[-1]


def test_saved_notebook_says_where_the_controls_are(displayed):
    """Is there a sentence in their place, and none of a widget's own text?"""
    leaky_slope.LeakySlope().show()
    sentence, controls, _ = displayed
    assert "Run this cell to move the picture" in sentence["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in controls and controls["text/plain"] == ""


def test_reloaded_page_gets_the_picture(shown, monkeypatch):
    """JupyterLab forgets the display handle with the page, and brings the controls back."""
    shown.set(slope=0.05)
    assert len(shown._handle.seen) == 1 and not shown._again.value
    monkeypatch.setattr(base, "find_client", lambda: "another page")
    shown.set(slope=0.1)
    assert len(shown._handle.seen) == 1 and "<img" in shown._again.value and "slope=0.1" in shown._again.value


def test_printed_state_has_only_chosen_digits(shown):
    """Does the printed state have no digits that nobody chose?"""
    shown._controls["slope"].value = 0.1 - 0.08
    assert repr(shown) == "explorers.LeakySlope(slope=0.02, seed=0)" and shown.parameters["slope"] != 0.02
