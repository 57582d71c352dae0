"""Activation functions, forward and backward, and how to see them fail (notebook 01_activations).

All but maxout work elementwise, on arrays of any shape. The docstrings are the lesson, so the file is long.
Results have the dtype of what comes in: float32 in, float32 out.
"""

import numpy as np


def sigmoid_forward(x):
    """Squash every number into (0, 1): ``out = 1 / (1 + exp(-x))``.

    ``exp(-x)`` overflows for x = -1000, and NumPy warns. ``z = exp(-|x|)`` never does, and the sigmoid is
    ``1 / (1 + z)`` for x >= 0 and ``z / (1 + z)`` for x < 0.

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of x's shape
    cache : ndarray
        ``out``, from which alone the slope can be told.
    """
    z = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1, z) / (1 + z)
    return out, out


def sigmoid_backward(dout, cache):
    """Carry ``dout`` back through the sigmoid.

    Parameters
    ----------
    dout : ndarray
        Upstream gradient, of the shape of ``out``.
    cache : ndarray
        ``out`` of :func:`sigmoid_forward`.

    Returns
    -------
    dx : ndarray of the same shape
    """
    ### BEGIN SOLUTION
    return dout * cache * (1 - cache)
    ### END SOLUTION


def tanh_forward(x):
    """Squash every number into (-1, 1): ``out = tanh(x)``, which is ``2 * sigmoid(2 * x) - 1``.

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of x's shape
    cache : ndarray
        ``out``.
    """
    out = np.tanh(x)
    return out, out


def tanh_backward(dout, cache):
    """Carry ``dout`` back through tanh, whose derivative is ``1 - out**2``, at most 1.

    Parameters
    ----------
    dout : ndarray
        Upstream gradient, of the shape of ``out``.
    cache : ndarray
        ``out`` of :func:`tanh_forward`.

    Returns
    -------
    dx : ndarray of the same shape
    """
    return dout * (1 - cache**2)


def relu_forward(x):
    """Keep what is positive, zero the rest: ``out = max(0, x)`` (Nair and Hinton, 2010).

    Parameters
    ----------
    x : ndarray of any shape

    Returns
    -------
    out : ndarray of x's shape
    cache : ndarray
        ``x``.
    """
    ### BEGIN SOLUTION
    return np.maximum(0, x), x
    ### END SOLUTION


def relu_backward(dout, cache):
    """Carry ``dout`` back through ReLU.

    At exactly 0 ReLU has no derivative, and any slope from 0 to 1 will do; ours is 0.

    Parameters
    ----------
    dout : ndarray
        Upstream gradient, of the shape of ``x``.
    cache : ndarray
        ``x`` of :func:`relu_forward`.

    Returns
    -------
    dx : ndarray of the same shape
    """
    ### BEGIN SOLUTION
    return dout * (cache > 0)
    ### END SOLUTION


def leaky_relu_forward(x, alpha=0.01):
    """Let a little through on the negative side: ``out = x if x > 0 else alpha * x`` (Maas et al., 2013).

    Parameters
    ----------
    x : ndarray of any shape
    alpha : float, default 0.01
        Slope for negative inputs, the paper's value.

    Returns
    -------
    out : ndarray of x's shape
    cache : tuple (x, alpha)
    """
    return np.where(x > 0, x, alpha * x), (x, alpha)


def leaky_relu_backward(dout, cache):
    """Carry ``dout`` back through the leaky ReLU: slope 1 where ``x > 0``, ``alpha`` elsewhere.

    Parameters
    ----------
    dout : ndarray
        Upstream gradient, of the shape of ``x``.
    cache : tuple (x, alpha)
        From :func:`leaky_relu_forward`.

    Returns
    -------
    dx : ndarray of the same shape
    """
    x, alpha = cache
    return np.where(x > 0, dout, alpha * dout)


def prelu_forward(x, a):
    """Leaky ReLU with a slope that is learned: ``out = x if x > 0 else a * x`` (He et al., 2015).

    Parameters
    ----------
    x : ndarray of shape (N, D)
    a : ndarray of shape () or (D,)
        One slope for all units, or one for each.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple (x, a)
    """
    ### BEGIN SOLUTION
    return np.where(x > 0, x, a * x), (x, a)
    ### END SOLUTION


def prelu_backward(dout, cache):
    """Carry ``dout`` back through PReLU, to the input and to the slope.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
    cache : tuple (x, a)
        From :func:`prelu_forward`.

    Returns
    -------
    dx : ndarray of shape (N, D)
    da : ndarray of a's shape, () or (D,)
    """
    ### BEGIN SOLUTION
    x, a = cache
    dx = np.where(x > 0, dout, a * dout)
    da = (dout * np.minimum(x, 0)).sum(axis=0 if np.ndim(a) else None)
    return dx, da
    ### END SOLUTION


def elu_forward(x, alpha=1.0):
    """Bend smoothly towards -alpha: ``out = x if x > 0 else alpha * (exp(x) - 1)`` (Clevert et al., 2016).

    Take the exponential of ``min(x, 0)`` only: for x = 1000 the unused branch would overflow.

    Parameters
    ----------
    x : ndarray of any shape
    alpha : float, default 1.0
        The paper's value: the slope is then continuous at 0.

    Returns
    -------
    out : ndarray of x's shape
    cache : tuple (x, alpha)
    """
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), (x, alpha)


def elu_backward(dout, cache):
    """Carry ``dout`` back through ELU: slope 1 where ``x > 0``, ``alpha * exp(x)`` elsewhere.

    Parameters
    ----------
    dout : ndarray
        Upstream gradient, of the shape of ``x``.
    cache : tuple (x, alpha)
        From :func:`elu_forward`.

    Returns
    -------
    dx : ndarray of the same shape
    """
    x, alpha = cache
    return dout * np.where(x > 0, 1, alpha * np.exp(np.minimum(x, 0)))


def maxout_forward(x, w1, b1, w2, b2):
    """Take the larger of two affine functions: ``out = max(x @ w1 + b1, x @ w2 + b2)`` (Goodfellow et al., 2013).

    Parameters
    ----------
    x : ndarray of shape (N, D)
    w1, w2 : ndarray of shape (D, M)
    b1, b2 : ndarray of shape (M,)

    Returns
    -------
    out : ndarray of shape (N, M)
    cache : tuple (x, w1, w2, first)
        ``first`` is a bool array of shape (N, M): True where the first function is the larger (or they tie).
    """
    ### BEGIN SOLUTION
    z1, z2 = x @ w1 + b1, x @ w2 + b2
    return np.maximum(z1, z2), (x, w1, w2, z1 >= z2)
    ### END SOLUTION


def maxout_backward(dout, cache):
    """Carry ``dout`` back through maxout, to the input and to both affine functions.

    At a tie either side may have the gradient.

    Parameters
    ----------
    dout : ndarray of shape (N, M)
    cache : tuple (x, w1, w2, first)
        From :func:`maxout_forward`.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dw1 : ndarray of shape (D, M)
    db1 : ndarray of shape (M,)
    dw2 : ndarray of shape (D, M)
    db2 : ndarray of shape (M,)
    """
    ### BEGIN SOLUTION
    x, w1, w2, first = cache
    dz1, dz2 = dout * first, dout * ~first
    dx = dz1 @ w1.T + dz2 @ w2.T
    return dx, x.T @ dz1, dz1.sum(axis=0), x.T @ dz2, dz2.sum(axis=0)
    ### END SOLUTION


def saturated_fraction(out, low, high, margin=0.05):
    """Compute the share of activations that sit near a bound, where the slope is almost zero.

    Parameters
    ----------
    out : ndarray of any shape
        Activations between ``low`` and ``high``.
    low, high : float
        The bounds: 0 and 1 for sigmoid, -1 and 1 for tanh.
    margin : float, default 0.05
        Near means within ``margin * (high - low)`` of a bound.

    Returns
    -------
    fraction : float in 0..1
    """
    near = margin * (high - low)
    return float(np.mean((out <= low + near) | (out >= high - near)))


def dead_units(out):
    """Find the units that no example of the batch switches on.

    Dead is said with respect to a data cloud: no row of ``out`` is positive for that unit, so no example
    sends a gradient to its weights.

    Parameters
    ----------
    out : ndarray of shape (N, H)
        Activations after ReLU.

    Returns
    -------
    dead : ndarray of bool, shape (H,)
    """
    ### BEGIN SOLUTION
    return ~(out > 0).any(axis=0)
    ### END SOLUTION
