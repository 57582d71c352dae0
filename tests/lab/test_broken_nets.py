"""Has every patient of notebook 07 its one fault, seen by the tool that the notebook offers, and sound otherwise?"""

import numpy as np
import pytest

from cs231n_lib.lab import broken_nets, data
from cs231n_lib.lab.solver import Solver

SEEDS = range(2)


@pytest.fixture(scope="module")
def images():
    """Return 1,000 prepared training images."""
    return data.subset(data.prepare(data.load("photopatches")), train=1000, val=300)


def train(patient, d=None, seed=0, **settings):
    """Train a patient and return its solver."""
    solver = Solver(patient.net, d or patient.data, **patient.settings | settings, rng=np.random.default_rng(seed))
    with np.errstate(all="ignore"):
        solver.train()
    return solver


def overfit(number, images, seed):
    """Train on 20 examples without regularization; return (last loss, accuracy)."""
    patient = broken_nets.make_net(number, images, seed)
    patient.net.reg = 0
    solver = train(patient, data.subset(images, train=20, val=20), seed, batch_size=20, num_epochs=160)
    return np.mean(solver.loss_history[-10:]), solver.train_acc_history[-1]


def ratios(number, images, seed):
    """Return the median update ratio of each weight matrix over two epochs."""
    patient = broken_nets.make_net(number, images, seed)
    net, rows = patient.net, []
    last = {n: net.params[n].copy() for n in net.params if n[0] == "W"}

    def on_step(solver):
        rows.append([np.linalg.norm(net.params[n] - w) / np.linalg.norm(w) for n, w in last.items()])
        last.update({n: net.params[n].copy() for n in last})

    train(patient, None, seed, num_epochs=2, on_step=on_step)
    return np.median(rows, axis=0)


def slope_errors(number, images, seed, h=1e-5):
    """Return the relative error of the gradient along a random direction, for every weight matrix."""
    net, rng, errors = broken_nets.make_net(number, images, seed, np.float64).net, np.random.default_rng(seed), []
    X, y = images.X_train[:20], images.y_train[:20]
    for name in (n for n in net.params if n[0] == "W"):
        w, direction = net.params[name], rng.standard_normal(net.params[name].shape)
        direction /= np.linalg.norm(direction)
        slope, losses = np.sum(net.loss(X, y)[1][name] * direction), []
        for side in (h, -h):
            net.params[name] = w + side * direction
            losses.append(net.loss(X, y)[0])
        net.params[name] = w
        numerical = (losses[0] - losses[1]) / (2 * h)
        errors.append(abs(slope - numerical) / max(abs(slope) + abs(numerical), 1e-8))
    return np.array(errors)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", broken_nets.NUMBERS)
def test_first_loss_is_log_10_except_for_the_one_with_a_penalty(number, seed, images):
    """Does regularization, and nothing else, move the first loss of patient 3 alone?"""
    net = broken_nets.make_net(number, images, seed).net
    X, y = images.X_train[:200], images.y_train[:200]
    first, net.reg = net.loss(X, y)[0], 0
    assert abs(net.loss(X, y)[0] - np.log(10)) < 0.05
    assert first > 50 if number == 3 else abs(first - np.log(10)) < 0.05


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", broken_nets.NUMBERS)
def test_overfitting_20_examples_stops_patients_1_and_5(number, seed, images):
    """Does 5 get all right at a loss of log(e + 9) - 1 or more, 1 nothing, and everyone else near 0?"""
    loss, accuracy = overfit(number, images, seed)
    if number == 1:
        assert loss > 2 and accuracy < 0.4
    elif number == 5:
        assert accuracy == 1 and np.log(np.e + 9) - 1 - 1e-6 < loss < 1.6
    else:
        assert accuracy == 1 and loss < 0.1


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("number", broken_nets.NUMBERS)
def test_activations_collapse_in_patient_1_only(number, seed, images):
    """Does the histogram before training tell 1 from all others?"""
    stds = [a.std() for a in broken_nets.make_net(number, images, seed).net.activations(images.X_train[:200])]
    shrunk = stds[-1] / stds[0]
    assert shrunk < 1e-2 if number == 1 else 0.5 < shrunk < 2


@pytest.mark.parametrize("seed", SEEDS)
def test_update_ratio_is_exactly_0_in_one_layer_of_patient_2_only(seed, images):
    """Is it a layer of 2, and never one of another patient?"""
    for number in broken_nets.NUMBERS:
        still = ratios(number, images, seed) == 0
        assert still.tolist() == [number == 2, False, False, False, False]


@pytest.mark.parametrize("seed", range(4))
def test_gradient_check_fails_for_patient_4_below_the_fault_only(seed, images):
    """Is the backward pass of the others right, and that of 4 right above the layer at fault?"""
    for number in broken_nets.NUMBERS:
        errors = slope_errors(number, images, seed)
        if number == 4:
            assert (errors[:3] > 0.02).all() and errors[:3].max() > 0.1 and (errors[3:] < 1e-5).all()
        else:
            assert (errors < 1e-3).all()


def test_the_same_patient_twice_is_the_same_patient(images):
    """Does an examination leave nothing behind?"""
    first = broken_nets.make_net(4, images)
    train(first, num_epochs=1)
    again, third = broken_nets.make_net(4, images), broken_nets.make_net(4, images)
    assert all(np.array_equal(again.net.params[n], third.net.params[n]) for n in again.net.params)
    assert not np.array_equal(first.net.params["W1"], again.net.params["W1"])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_five_runs_have_the_signs_that_the_notebook_reads(seed, images):
    """Are the five loss curves told apart by what is printed about them?"""
    seen = {letter: train(broken_nets.make_run(letter, images, seed), None, seed) for letter in broken_nets.LETTERS}
    quarters = {k: np.mean(np.reshape(s.loss_history, (4, -1)), axis=1) for k, s in seen.items()}
    accuracy = {k: (np.mean(s.train_acc_history[-5:]), np.mean(s.val_acc_history[-5:])) for k, s in seen.items()}
    assert 2.15 < quarters["A"][3] < quarters["A"][1] < quarters["A"][0] < 2.32  # slow, all the way
    assert accuracy["B"][0] > 0.3 and accuracy["B"][1] < 0.16  # learned by heart, and nothing else
    assert max(seen["C"].loss_history) > 5 and min(quarters["C"]) > 1.9  # thrown up, not recovered
    assert quarters["D"][0] > 2.295 and quarters["D"][3] < 2.1  # a plateau, then a fall
    assert accuracy["E"][0] > 0.55 and 0.3 < accuracy["E"][1] < accuracy["E"][0] - 0.15  # a gap above chance


@pytest.mark.parametrize("seed", SEEDS)
def test_of_the_two_flat_nets_only_the_second_is_cured_by_the_rate(seed, images):
    """Are both losses flat, and is it the activations that tell which of them a higher rate can help?"""
    def losses(number, factor):
        net, rate = broken_nets.make_flat_net(number, seed)
        patient = broken_nets.BrokenNet(
            net, images, {"optim_config": {"learning_rate": rate * factor}, "verbose": False}
        )
        return train(patient, None, seed, num_epochs=6, batch_size=100).loss_history

    for number in (1, 2):
        spread = [a.std() for a in broken_nets.make_flat_net(number, seed)[0].activations(images.X_train[:200])]
        assert spread[-1] < 1e-3 * spread[0] if number == 1 else 0.5 < spread[-1] / spread[0] < 2
        assert abs(np.mean(losses(number, 1)) - np.log(10)) < 0.02
    assert np.mean(losses(2, 1000)[-20:]) < 2.1
    assert abs(np.mean(losses(1, 10)[-20:]) - np.log(10)) < 0.02 and not np.mean(losses(1, 1000)[-20:]) < 2.2


def test_unknown_patients_and_runs_are_refused(images):
    """Does the message say what there is?"""
    with pytest.raises(ValueError, match="0 to 5"):
        broken_nets.make_net(6, images)
    with pytest.raises(ValueError, match="from A to E"):
        broken_nets.make_run("F", images)
    with pytest.raises(ValueError, match="1 or 2"):
        broken_nets.make_flat_net(0)
