"""Does the net compute what its layers say, and does it say what is missing?"""

import numpy as np
import pytest

from cs231n_lib import activations, initialization, linear_classifier
from cs231n_lib.lab.gradient_check import eval_numerical_gradient, rel_error
from cs231n_lib.lab.net import ACTIVATIONS, FullyConnectedNet


def unwritten(*args, **settings):
    raise NotImplementedError


def make(hidden_dims=(7, 5), seed=0, **settings):
    """A small float64 net and a batch for it."""
    rng = np.random.default_rng(seed)
    settings = {"input_dim": 12, "num_classes": 4, "dtype": np.float64, **settings}
    net = FullyConnectedNet(list(hidden_dims), rng=rng, **settings)
    return net, rng.standard_normal((6, 2, 2, 3)), rng.integers(0, 4, 6)


@pytest.mark.parametrize("loss", ["softmax", "svm"])
@pytest.mark.parametrize("reg", [0.0, 0.3])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_agree_with_numerical_ones(activation, reg, loss):
    """Is every parameter's gradient right, for each activation, with L2 and without, under both losses?"""
    # Biases and output weights away from 0, so that nothing sits on a kink.
    net, X, y = make(activation=activation, reg=reg, loss=loss, output_init=0.7, bias_init=0.1)
    _, grads = net.loss(X, y)
    assert set(grads) == set(net.params)
    for name, w in net.params.items():
        numeric = eval_numerical_gradient(lambda _: net.loss(X, y)[0], w)
        assert rel_error(grads[name], numeric) < 1e-7, name


def test_hidden_gradients_agree_with_numerical_ones():
    """Does hidden_gradients hold the derivative of the loss with respect to what activations returns?"""
    net, X, y = make([5], activation="tanh", output_init=0.7)
    (h,), (dh,) = net.activations(X), net.hidden_gradients(X, y)

    def rest(h):
        scores, _ = linear_classifier.affine_forward(h, net.params["W2"], net.params["b2"])
        return linear_classifier.softmax_loss(scores, y)[0]

    assert rel_error(dh, eval_numerical_gradient(rest, h)) < 1e-8


def test_hidden_lists_have_the_layers_in_order():
    """Is the first entry the layer next to the data?"""
    net, X, y = make([7, 5, 3], activation="maxout")
    assert [a.shape for a in net.activations(X)] == [(6, 7), (6, 5), (6, 3)]
    assert [g.shape for g in net.hidden_gradients(X, y)] == [(6, 7), (6, 5), (6, 3)]


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden_dims", [[], [50], [50, 50, 50]])
def test_first_loss_is_log_c(activation, hidden_dims):
    """Is the first loss of a classifier of ten classes log 10, whatever is in between?"""
    rng = np.random.default_rng(0)
    net = FullyConnectedNet(hidden_dims, input_dim=100, activation=activation, rng=rng)
    loss, _ = net.loss(rng.standard_normal((200, 100)), rng.integers(0, 10, 200))
    # Scores have a variance of 1e-4 * sum(h**2). With He's weights sum(h**2) is about 50 to 100, or 5 times
    # that behind three maxout layers: the loss exceeds log C by half the variance, and its mean over 200
    # labels scatters by sqrt(variance / 200).
    assert abs(loss - np.log(10)) < 0.06


def test_l2_has_factor_one_half_and_spares_biases():
    """Does reg add 0.5 * reg * sum(W**2), over both weight sets of maxout, and nothing for biases?"""
    for activation in ("relu", "maxout"):
        plain, X, y = make(activation=activation, bias_init=1.0)
        penalised, _, _ = make(activation=activation, bias_init=1.0, reg=0.5)
        squares = sum(np.sum(w**2) for name, w in plain.params.items() if name[0] in "WV")
        assert penalised.loss(X, y)[0] - plain.loss(X, y)[0] == pytest.approx(0.25 * squares)
        assert np.array_equal(penalised.loss(X, y)[1]["b1"], plain.loss(X, y)[1]["b1"])


def test_scores_without_labels():
    """Are the scores those of the layers called by hand?"""
    net, X, _ = make([7])
    p = net.params
    h = np.maximum(0, X.reshape(6, 12) @ p["W1"] + p["b1"])
    assert np.allclose(net.loss(X), h @ p["W2"] + p["b2"])


def test_same_seed_same_net_in_either_dtype():
    """Does a seed fix the net, float32 being the float64 one rounded?"""
    a, b = make(seed=3)[0], make(seed=3)[0]
    c, d = make(seed=3, dtype=np.float32)[0], make(seed=4)[0]
    assert all(np.array_equal(a.params[k], b.params[k]) for k in a.params)
    assert all(np.array_equal(a.params[k].astype(np.float32), c.params[k]) for k in a.params)
    assert not np.array_equal(a.params["W1"], d.params["W1"])


def test_float32_stays_float32(monkeypatch):
    """Do scores and gradients have the net's dtype, even if a layer promotes to float64?"""
    net, X, y = make(dtype=np.float32, reg=0.1)
    assert net.loss(X).dtype == np.float32
    backward = activations.relu_backward
    monkeypatch.setattr(activations, "relu_backward", lambda d, c: backward(d, c).astype(np.float64))
    assert {g.dtype.name for g in net.loss(X, y)[1].values()} == {"float32"}


@pytest.mark.parametrize("init, expected", [
    ("zero", 0), (0.3, 0.3), ([0.3, 0.5], 0.3), ("small_random", 0.01),
    ("xavier", 1 / 20), ("he", np.sqrt(2) / 20),
    (lambda m, n, rng: rng.normal(0, 2, (m, n)), 2)])
def test_weights_have_the_standard_deviation_of_their_init(init, expected):
    """Does each way of saying init give weights of its standard deviation?"""
    net = FullyConnectedNet([300, 5], input_dim=400, init=init, rng=np.random.default_rng(0))
    # The standard deviation of 120,000 draws scatters by 1/sqrt(2 * 120,000), 0.2 %: 1 % is five times that.
    assert net.params["W1"].std() == pytest.approx(expected, rel=0.01)
    assert net.params["W3"].std() == pytest.approx(0.01, rel=0.4)      # 50 draws


def test_constant_everywhere_makes_all_units_the_same():
    """Do init_settings reach the initialiser, and can the output layer be constant too?"""
    net, X, y = make(init="constant", output_init="constant", init_settings={"value": 0.5})
    assert {float(v) for name in ("W1", "W2", "W3") for v in net.params[name].ravel()} == {0.5}
    dW1 = net.loss(X, y)[1]["W1"]
    assert np.ptp(dW1, axis=1).max() < 1e-15


def test_bias_init_is_for_hidden_layers():
    """Do hidden biases start at bias_init, those of maxout's second set too, and the output's at 0?"""
    net, _, _ = make([7], activation="maxout", bias_init=0.01)
    assert set(net.params["b1"]) == {0.01} == set(net.params["c1"]) and set(net.params["b2"]) == {0.0}


def test_activation_settings_reach_the_activation():
    """Do alpha and PReLU's first slope arrive?"""
    net, X, _ = make([7], activation="leaky_relu", activation_settings={"alpha": 0.1})
    z = X.reshape(6, 12) @ net.params["W1"]
    assert np.allclose(net.activations(X)[0], np.where(z > 0, z, 0.1 * z))
    net, X, _ = make([7], activation="prelu", activation_settings={"a": 0.1})
    assert np.array_equal(net.params["a1"], np.full(7, 0.1))


def test_edits_are_picked_up(monkeypatch):
    """Does a net run what the module holds now, not what it held when the net was made?"""
    net, X, _ = make([7])
    monkeypatch.setattr(activations, "relu_forward", lambda x: (np.zeros_like(x), x))
    assert not net.activations(X)[0].any()


def test_unwritten_function_is_named(monkeypatch):
    """Is a missing function named with its file, and does a net that does not need it still run?"""
    net, X, y = make([7])
    monkeypatch.setattr(activations, "maxout_forward", unwritten)
    net.loss(X, y)
    monkeypatch.setattr(activations, "relu_forward", unwritten)
    with pytest.raises(NotImplementedError, match="relu_forward is not written yet.*lib/activations.py"):
        net.loss(X)
    monkeypatch.setattr(initialization, "he_init", unwritten)
    with pytest.raises(NotImplementedError, match="he_init is not written yet.*cs231n_lib/initialization.py"):
        make()
    make(init=0.1)
    monkeypatch.delattr(linear_classifier, "affine_forward")
    with pytest.raises(NotImplementedError, match="linear_classifier.py has no function affine_forward"):
        net.loss(X)


@pytest.mark.parametrize("returned, message", [(None, "returned None"), (np.ones((6, 7)), r"\(out, cache\)")])
def test_wrong_returns_are_named(monkeypatch, returned, message):
    """Is a forgotten return, or a forgotten cache, said in words?"""
    net, X, _ = make([7])
    monkeypatch.setattr(activations, "relu_forward", lambda x: returned)
    with pytest.raises(TypeError, match="relu_forward in cs231n_lib/activations.py.*" + message):
        net.loss(X)


def test_gradient_of_wrong_shape_is_named(monkeypatch):
    """Is a db of shape (1, M), which would broadcast in the update, refused?"""
    net, X, y = make([7])
    backward = linear_classifier.affine_backward

    def wrong(dout, cache):
        dx, dw, db = backward(dout, cache)
        return dx, dw, db[None]

    monkeypatch.setattr(linear_classifier, "affine_backward", wrong)
    with pytest.raises(ValueError, match=r"gradient of shape \(4,\) for b2, got \(1, 4\)"):
        net.loss(X, y)


@pytest.mark.parametrize("settings, message", [
    ({"hidden_dims": 100}, r"\[100, 100\], got 100"), ({"hidden_dims": [0]}, "list such as"),
    ({"activation": "relU"}, "activation to be one of sigmoid, tanh, relu"),
    ({"init": "kaiming"}, "xavier, he"), ({"init": [0.1]}, r"per hidden layer \(2\)"),
    ({"loss": "l2"}, "softmax, svm"), ({"rng": 0}, "default_rng"),
    ({"init": lambda m, n, rng: np.zeros((n, m))}, r"shape \(12, 7\), got \(7, 12\)"),
])
def test_bad_arguments_are_explained(settings, message):
    """Does a wrong argument get a message that says what is right?"""
    settings = {"hidden_dims": [7, 5], "input_dim": 12, "rng": np.random.default_rng(0), **settings}
    with pytest.raises(ValueError, match=message):
        FullyConnectedNet(**settings)


def test_bad_batches_are_explained():
    """Are images of the wrong size, and labels that cannot be, refused?"""
    net, X, y = make()
    with pytest.raises(ValueError, match=r"12 numbers per example.*got 11.*\(6, 11\)"):
        net.loss(np.ones((6, 11)))
    with pytest.raises(ValueError, match="6 whole numbers, got shape"):
        net.loss(X, y[:5])
    with pytest.raises(ValueError, match="float64"):
        net.loss(X, y.astype(float))
    with pytest.raises(ValueError, match=r"labels in 0..3, got .*4"):
        net.loss(X, np.array([0, 1, 2, 3, 4, 0]))


def test_inputs_are_left_alone():
    """Are X, y and the parameters as before?"""
    net, X, y = make(reg=0.1)
    before = X.copy(), y.copy(), {k: w.copy() for k, w in net.params.items()}
    net.loss(X, y), net.activations(X), net.hidden_gradients(X, y)
    assert np.array_equal(X, before[0]) and np.array_equal(y, before[1])
    assert all(np.array_equal(net.params[k], w) for k, w in before[2].items())
