"""A fully connected net, built from the layers that the reader wrote.

Nothing here computes a layer. The net looks up ``affine_forward``, ``relu_backward``, ``he_init`` and the others by
name at every call. So it runs the current code of ``cs231n_lib``, and it works as soon as the functions that it needs
are written, whatever else is still missing.
"""

import copy
from functools import partial
from importlib import import_module
from itertools import pairwise

import numpy as np

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu", "maxout")
INITS = ("zero", "constant", "small_random", "xavier", "he")
LOSSES = ("softmax", "svm")
NORMALIZATIONS = ("batchnorm", "layernorm")


def call_student(module, name, *args, returns=None, **settings):
    """Call a function of ``cs231n_lib``; raise an error in plain words if it cannot be used yet.

    Parameters
    ----------
    module, name : str
        ``"activations"``, ``"relu_forward"``.
    *args, **settings
        Passed on to the function.
    returns : str, optional
        What the function should return, such as ``"out, cache"``: the number of results is checked.

    Raises
    ------
    NotImplementedError
        If the function is not written yet; the message names it and its file.
    TypeError
        If it returned nothing, or the wrong number of results.
    """
    file = f"cs231n_lib/{module}.py"
    # Looked up on every call, so that an edit that %autoreload loaded, or another module in its place, counts.
    function = getattr(import_module(f"cs231n_lib.{module}"), name, None)
    if function is None:
        raise NotImplementedError(f"{file} has no function {name}: was it renamed or deleted?")
    try:
        result = function(*args, **settings)
    except NotImplementedError:
        raise NotImplementedError(f"{name} is not written yet: write it in {file}") from None
    if result is None:
        raise TypeError(f"{name} in {file} returned None: is its return statement missing?")
    if returns is not None:
        count = len(result) if isinstance(result, (tuple, list)) else 1
        if count != returns.count(",") + 1:
            raise TypeError(f"expected {name} in {file} to return ({returns}), got {count} result(s)")
    return result


class FullyConnectedNet:
    """Hidden layers, then an affine output layer and a loss.

    A hidden layer is affine, then (if wanted) normalization, the activation, and (if wanted) dropout. The parameters
    are in ``params``: ``W1``, ``b1`` belong to the first layer, and so on; the last pair is the output layer. PReLU has
    ``a1`` (one slope per unit), maxout a second affine function ``V1``, ``c1``, normalization ``gamma1``, ``beta1``.
    Without hidden layers it is the linear classifier of notebook 00.

    Parameters
    ----------
    hidden_dims : sequence of int
        Units of each hidden layer, such as ``[100, 100]``; ``[]`` for a linear classifier.
    input_dim : int, default 3072
        Numbers per example: 32 * 32 * 3.
    num_classes : int, default 10
    activation : str, default "relu"
        One of ``ACTIVATIONS``.
    activation_settings : dict, optional
        Keyword arguments of the activation: ``{"alpha": 0.1}`` for leaky_relu or elu. For prelu
        ``{"a": 0.25}`` is the slope at the start (0.25: He et al., 2015).
    init : str, float, sequence of float or callable, default "he"
        Weights of the hidden layers: one of ``INITS``; or the standard deviation of a Gaussian, one for all
        hidden layers or one for each (neither needs ``initialization.py``); or a function
        ``(fan_in, fan_out, rng) -> w``.
    init_settings : dict, optional
        Keyword arguments of a named initialiser: ``{"value": 0.5}`` for constant.
    output_init : str, float or callable, default 0.01
        Weights of the output layer, given like ``init``. At 0.01 all scores begin near 0, all classes equally
        likely, and the first loss is log(num_classes) whatever the hidden layers do.
    bias_init : float, default 0.0
        All biases of the hidden layers at the start. Those of the output layer start at 0.
    reg : float, default 0.0
        Strength of the L2 penalty ``0.5 * reg * sum(W**2)``: on weights, not on biases or slopes.
    loss : str, default "softmax"
        One of ``LOSSES``.
    normalization : str, optional
        One of ``NORMALIZATIONS``, between the affine function and the activation (not with maxout, which has two
        affine functions).
    norm_settings : dict, optional
        Goes into every layer's ``bn_param`` or ``ln_param``: ``{"momentum": 0.99}``. These dicts are in
        ``norm_params``, first layer first; batch normalization keeps its running averages there.
    dropout : float, default 1.0
        Probability of *keeping* a unit, after every activation: 1 is no dropout. It is inverted dropout.
    dropout_seed : int, optional
        With it every forward pass draws the same masks, as a gradient check needs. Otherwise each draws new ones.
    dtype : dtype, default numpy.float32
        Of parameters and computation. float32 halves the time; a gradient check needs numpy.float64.
    rng : numpy.random.Generator
        Draws the weights, in float64 whatever the dtype: the same seed is the same net.

    Raises
    ------
    ValueError
        If an argument is not one of the above; the message says what is.
    NotImplementedError
        If a function that the net needs is not written yet.

    Examples
    --------
    >>> net = FullyConnectedNet([100, 100], activation="tanh", init="xavier", rng=np.random.default_rng(0))
    >>> loss, grads = net.loss(X, y)                        # doctest: +SKIP
    """

    def __init__(self, hidden_dims, input_dim=3072, num_classes=10, *, activation="relu",
                 activation_settings=None, init="he", init_settings=None, output_init=0.01, bias_init=0.0,
                 reg=0.0, loss="softmax", normalization=None, norm_settings=None, dropout=1.0,
                 dropout_seed=None, dtype=np.float32, rng):
        if np.ndim(hidden_dims) != 1 or any(int(d) != d or d < 1 for d in hidden_dims):
            raise ValueError(f"expected hidden_dims as a list such as [100, 100], got {hidden_dims!r}")
        if not isinstance(rng, np.random.Generator):
            raise ValueError(f"expected rng=np.random.default_rng(seed), got {rng!r}")
        _one_of("activation", activation, ACTIVATIONS)
        _one_of("loss", loss, LOSSES)
        if normalization is not None:
            _one_of("normalization", normalization, NORMALIZATIONS)
            if activation == "maxout":
                raise ValueError("expected normalization=None with maxout: it has no single pre-activation")
        if not 0 < dropout <= 1:
            raise ValueError(f"expected dropout, the probability of keeping a unit, in (0, 1], got {dropout}")
        self.activation = activation
        self.activation_settings = dict(activation_settings or {})
        self.init_settings = dict(init_settings or {})
        self.reg, self.loss_name, self.dtype = reg, loss, np.dtype(dtype)
        dims = [input_dim, *(int(d) for d in hidden_dims), num_classes]
        self.num_layers = len(dims) - 1
        inits = _one_each(init, self.num_layers - 1) + [output_init]
        self.normalization, self.dropout, self.dropout_seed = normalization, dropout, dropout_seed
        self.norm_params = [dict(norm_settings or {}) for _ in range(self.num_layers - 1)]
        self._mask_rng = rng.spawn(1)[0]  # a separate one: masks do not change which weights are drawn

        slope = self.activation_settings.pop("a", 0.25) if activation == "prelu" else None
        self.params = {}
        for i, (fan_in, fan_out) in enumerate(pairwise(dims), start=1):
            hidden = i < self.num_layers
            new = {f"W{i}": self._draw(inits[i - 1], fan_in, fan_out, rng),
                   f"b{i}": np.full(fan_out, bias_init if hidden else 0.0)}
            if hidden and activation == "prelu":
                new[f"a{i}"] = np.full(fan_out, slope)
            if hidden and activation == "maxout":
                new[f"V{i}"] = self._draw(inits[i - 1], fan_in, fan_out, rng)
                new[f"c{i}"] = np.full(fan_out, bias_init)
            if hidden and normalization:
                new[f"gamma{i}"], new[f"beta{i}"] = np.ones(fan_out), np.zeros(fan_out)
            self.params.update({name: value.astype(self.dtype) for name, value in new.items()})

    def _draw(self, how, fan_in, fan_out, rng):
        if callable(how):
            w = how(fan_in, fan_out, rng)
        elif isinstance(how, str):
            _one_of("init", how, INITS)
            source = (rng,) if how in ("small_random", "xavier", "he") else ()
            w = call_student("initialization", f"{how}_init", fan_in, fan_out, *source, **self.init_settings)
        else:
            w = rng.normal(scale=how, size=(fan_in, fan_out))
        if np.shape(w) != (fan_in, fan_out):
            raise ValueError(f"expected init to give shape ({fan_in}, {fan_out}), got {np.shape(w)}")
        return np.asarray(w)

    def loss(self, X, y=None, mode=None):
        """Compute the scores, or with labels the loss and its gradients.

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
            Examples; d_1 * ... * d_k = input_dim. Cast to the net's dtype.
        y : ndarray of int, shape (N,), optional
            Labels in 0..num_classes-1.
        mode : str, optional
            ``"train"`` or ``"test"``, for batch normalization and dropout; by default "train" with labels and "test"
            without. With labels and "test" there are no gradients.

        Returns
        -------
        scores : ndarray of shape (N, num_classes)
            Without ``y``.
        loss, grads : float, dict
            With ``y``: the mean loss with the L2 penalty, and the gradient of each entry of ``params`` (None in mode
            "test").

        Raises
        ------
        ValueError
            If ``X`` or ``y`` does not fit the net, or a gradient does not have its parameter's shape.
        """
        mode = mode or ("test" if y is None else "train")
        scores, caches, _ = self._forward(X, mode)
        if y is None:
            return scores
        loss, dscores = self._loss(scores, y)
        if self.reg:
            loss += 0.5 * self.reg * sum(float(np.sum(w * w)) for name, w in self.params.items() if name[0] in "WV")
        if mode == "test":
            return loss, None
        grads, _ = self._backward(dscores, caches)
        for name, grad in grads.items():
            w = self.params[name]
            if np.shape(grad) != w.shape:
                raise ValueError(f"expected a gradient of shape {w.shape} for {name}, got {np.shape(grad)}")
            if self.reg and name[0] in "WV":
                grad = grad + self.reg * w
            grads[name] = np.asarray(grad, dtype=self.dtype)
        return loss, grads

    def activations(self, X, mode="train"):
        """Run the net forward and return the output of each hidden layer, first layer first.

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
        mode : str, default "train"
            ``"train"`` or ``"test"``. The running averages stay as they are in either.

        Returns
        -------
        activations : list of ndarrays of shape (N, hidden_dims[i])
        """
        kept = copy.deepcopy(self.norm_params)
        try:
            return self._forward(X, mode)[2]
        finally:
            self.norm_params = kept

    def hidden_gradients(self, X, y):
        """Run the net forward and back and return the gradient that reaches each hidden layer's output.

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
        y : ndarray of int, shape (N,)

        Returns
        -------
        gradients : list of ndarrays of shape (N, hidden_dims[i])
            The derivative of the (mean) loss with respect to each array of :meth:`activations`.
        """
        kept = copy.deepcopy(self.norm_params)
        try:
            scores, caches, _ = self._forward(X, "train")
            return self._backward(self._loss(scores, y)[1], caches)[1]
        finally:
            self.norm_params = kept

    def hidden_layers(self):
        """Return the hidden layers as functions of a batch, first layer first, in test mode.

        Each call uses the parameters of that moment. :func:`cs231n_lib.evaluation.extract_features` takes such a list.

        Returns
        -------
        layers : list of callables
            ``layer(x) -> out``; the first one takes images of any shape.
        """
        return [partial(self._layer, i) for i in range(1, self.num_layers)]

    def _layer(self, i, x):
        x = np.asarray(x, dtype=self.dtype)
        return self._hidden_forward(x.reshape(len(x), -1), i, "test")[0]

    def _forward(self, X, mode):
        _one_of("mode", mode, ("train", "test"))
        h = np.asarray(X, dtype=self.dtype)
        h = h.reshape(len(h), -1)
        if h.shape[1] != self.params["W1"].shape[0]:
            raise ValueError(f"expected {self.params['W1'].shape[0]} numbers per example (input_dim), "
                             f"got {h.shape[1]}: X has shape {np.shape(X)}")
        caches, hidden = [], []
        for i in range(1, self.num_layers):
            h, cache = self._hidden_forward(h, i, mode)
            caches.append(cache)
            hidden.append(h)
        w, b = self.params[f"W{self.num_layers}"], self.params[f"b{self.num_layers}"]
        scores, cache = call_student("linear_classifier", "affine_forward", h, w, b, returns="out, cache")
        return scores, [*caches, cache], hidden

    def _loss(self, scores, y):
        y = np.asarray(y)
        if y.shape != scores.shape[:1] or not np.issubdtype(y.dtype, np.integer):
            raise ValueError(f"expected y as {len(scores)} whole numbers, got shape {y.shape} of {y.dtype}")
        if y.size and not 0 <= y.min() <= y.max() < scores.shape[1]:
            raise ValueError(f"expected labels in 0..{scores.shape[1] - 1}, got {y.min()}..{y.max()}")
        loss, dscores = call_student("linear_classifier", f"{self.loss_name}_loss", scores, y, returns="loss, dx")
        return float(loss), dscores

    def _backward(self, dout, caches):
        L, grads, hidden = self.num_layers, {}, []
        dout, grads[f"W{L}"], grads[f"b{L}"] = call_student(
            "linear_classifier", "affine_backward", dout, caches[-1], returns="dx, dw, db")
        for i in range(L - 1, 0, -1):
            hidden.append(dout)
            dout = self._hidden_backward(dout, caches[i - 1], i, grads)
        return grads, hidden[::-1]

    # One hidden layer: affine, normalization, activation, dropout; and the same backwards.

    def _hidden_forward(self, x, i, mode):
        p, norm, drop = self.params, None, None
        if self.activation == "maxout":
            out, bend = call_student("activations", "maxout_forward", x, p[f"W{i}"], p[f"b{i}"], p[f"V{i}"],
                                     p[f"c{i}"], returns="out, cache")
            affine = None
        else:
            z, affine = call_student("linear_classifier", "affine_forward", x, p[f"W{i}"], p[f"b{i}"],
                                     returns="out, cache")
            if self.normalization:
                self.norm_params[i - 1]["mode"] = mode
                z, norm = call_student("batchnorm", f"{self.normalization}_forward", z, p[f"gamma{i}"], p[f"beta{i}"],
                                       self.norm_params[i - 1], returns="out, cache")
            slope = (p[f"a{i}"],) if self.activation == "prelu" else ()
            out, bend = call_student("activations", f"{self.activation}_forward", z, *slope, returns="out, cache",
                                     **self.activation_settings)
        if self.dropout < 1:
            out, drop = call_student("dropout", "dropout_forward", out, self._dropout_param(i, mode),
                                     returns="out, cache")
        return out, (affine, norm, bend, drop)

    def _dropout_param(self, i, mode):
        seed = int(self._mask_rng.integers(2**32)) if self.dropout_seed is None else self.dropout_seed + i
        return {"p": self.dropout, "mode": mode, "seed": seed}

    def _hidden_backward(self, dout, cache, i, grads):
        affine, norm, bend, drop = cache
        if drop is not None:
            dout = call_student("dropout", "dropout_backward", dout, drop)
        if self.activation == "maxout":
            dx, grads[f"W{i}"], grads[f"b{i}"], grads[f"V{i}"], grads[f"c{i}"] = call_student(
                "activations", "maxout_backward", dout, bend, returns="dx, dw1, db1, dw2, db2")
            return dx
        if self.activation == "prelu":
            dz, grads[f"a{i}"] = call_student("activations", "prelu_backward", dout, bend, returns="dx, da")
        else:
            dz = call_student("activations", f"{self.activation}_backward", dout, bend)
        if self.normalization:
            dz, grads[f"gamma{i}"], grads[f"beta{i}"] = call_student(
                "batchnorm", f"{self.normalization}_backward", dz, norm, returns="dx, dgamma, dbeta")
        dx, grads[f"W{i}"], grads[f"b{i}"] = call_student("linear_classifier", "affine_backward", dz, affine,
                                                          returns="dx, dw, db")
        return dx


def _one_of(what, name, names):
    if name not in names:
        raise ValueError(f"expected {what} to be one of {', '.join(names)}, got {name!r}")


def _one_each(init, count):
    if isinstance(init, str) or callable(init) or np.ndim(init) == 0:
        return [init] * count
    if len(init) != count:
        raise ValueError(f"expected one standard deviation per hidden layer ({count}), got {len(init)}")
    return list(init)
