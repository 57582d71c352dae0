"""The game against a linear classifier: its score, its sentences, and its cover."""

import numpy as np
import pytest

from cs231n_lib.lab.explorers import duel


@pytest.fixture(scope="module")
def photopatches():
    """Return the class of each of the twenty patches."""
    return duel.Duel().truth


def test_every_class_is_asked_twice(photopatches):
    """Does the game ask for each photograph twice, so that guessing gets two?"""
    assert np.bincount(photopatches).tolist() == [2] * 10
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
