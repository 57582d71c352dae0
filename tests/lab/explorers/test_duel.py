"""The game against a linear classifier: its score, its sentences, and its pictures."""

import numpy as np
import pytest

from cs231n_lib.lab.explorers import duel


@pytest.fixture(scope="module")
def photopatches():
    """Return the class of each of the twenty patches."""
    return duel.Duel().truth


def test_every_class_is_asked_at_least_twice_but_the_dahlia(photopatches):
    """Does the game ask for each photograph, and give nothing away of the one that a later bet is about?"""
    counts = dict(zip(duel.Duel().names, np.bincount(photopatches, minlength=10).tolist(), strict=True))
    assert counts.pop("dahlia") == 0
    assert set(counts.values()) == {2, 3}
    assert len(set(duel.PATCHES)) == 20 == len(duel.MACHINE)


def test_the_machine_is_right_where_its_answer_is_the_class(photopatches):
    """Is the machine's score what its answers come to?"""
    assert duel.Duel().machine_right == 6


def test_a_player_who_knows_everything_scores_twenty_and_may_not_go_on(photopatches):
    """Are right guesses counted, and further ones not?"""
    game = duel.Duel()
    for number in photopatches:
        game.guess(number)
    game.guess(0)
    assert game.reader_right == 20 == len(game.guesses)
    assert "You 20, machine 6, of 20." in game.describe()
    assert all(button.disabled for button in game._buttons)


def test_the_answer_is_told_only_after_the_guess():
    """Does the first sentence ask, and the second tell?"""
    game = duel.Duel()
    assert game.describe() == "Patch 1 of 20: which photograph does it come from?"
    game._buttons[3].click()
    assert game.describe().startswith("It was pagoda. You said galaxies, the machine said raccoon. You 0, machine 0")


def test_a_patch_is_shown_before_anybody_has_guessed():
    """Is there a picture from the start?"""
    game = duel.Duel()
    game._update()
    assert "data:image/png" in game._view.value


def test_the_photographs_stand_beside_the_patch_with_their_names(monkeypatch):
    """Has a player the ten photographs in the same view as the patch and the buttons?"""
    shown = []
    monkeypatch.setattr(duel.widgets, "VBox", lambda children: shown.extend(children) or duel.widgets.Box(children))
    game = duel.Duel()
    game.show()
    photographs = [child.value for child in shown if isinstance(child, duel.widgets.HTML)][-1]
    assert photographs.count("data:image/png") == 10
    assert all(f"<figcaption>{name}</figcaption>" in photographs for name in game.names)


def test_the_picture_of_all_patches_names_none_before_the_game_is_over(photopatches, monkeypatch, capsys):
    """Does the cell after the game give the answers only to who has played to the end, and say so to all others?"""
    shown = []
    monkeypatch.setattr(duel.plots, "montage", lambda patches, titles, columns: titles)
    monkeypatch.setattr(duel.plots, "show", lambda titles, text: shown.append(" ".join(titles) + text))
    game = duel.Duel()
    for number in photopatches:
        game.static()
        assert not any(name in shown[-1] for name in game.names)
        assert "run this cell again" in capsys.readouterr().out
        game.guess(number)
    game.static()
    assert all(name in shown[-1] for name in game.names if name != "dahlia") and not capsys.readouterr().out
