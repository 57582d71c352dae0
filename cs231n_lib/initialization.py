"""Initial weights, and how to tell whether they are any good (notebook 03_initialization).

Weights are float64 arrays of shape (fan_in, fan_out): column j holds the weights of unit j. What
is computed from given weights and inputs has their dtype: float32 in, float32 out.
"""

import numpy as np


def zero_init(fan_in, fan_out):
    """Return all-zero weights.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    return np.zeros((fan_in, fan_out))


def constant_init(fan_in, fan_out, value):
    """Return weights that all equal ``value``.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.
    value : float

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    return np.full((fan_in, fan_out), float(value))


def small_random_init(fan_in, fan_out, rng, std=0.01):
    """Draw weights from a Gaussian of mean 0 and standard deviation ``std``, whatever the layer's size.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.
    rng : numpy.random.Generator
    std : float, default 0.01
        The value of AlexNet (Krizhevsky et al., 2012).

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    return std * rng.standard_normal((fan_in, fan_out))


def xavier_init(fan_in, fan_out, rng):
    """Draw Gaussian weights with which a linear layer keeps the variance of its input.

    The input has mean 0. This is the forward form of CS231n and Caffe, whose scale depends on ``fan_in`` alone, and not
    the compromise with ``fan_out`` that Glorot and Bengio (2010) propose.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.
    rng : numpy.random.Generator

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    ### BEGIN SOLUTION
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)
    ### END SOLUTION


def he_init(fan_in, fan_out, rng):
    """Draw Gaussian weights with which a layer behind a ReLU keeps the variance of the pre-activations below it.

    The scale depends on ``fan_in`` alone. Source: He, Zhang, Ren and Sun (2015), equation 10.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.
    rng : numpy.random.Generator

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    ### BEGIN SOLUTION
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)
    ### END SOLUTION


def scaled_init(fan_in, fan_out, rng, activation):
    """Draw Gaussian weights that carry a signal on at the same size, whatever the activation that it went through.

    If the numbers that go into ``activation`` are standard normal, and what comes out of it is multiplied by these
    weights, then the mean square of the products is 1 again. The standard deviation of the weights must be right to
    1 % for any activation; for ReLU these are the weights of :func:`he_init`.

    Parameters
    ----------
    fan_in, fan_out : int
        Number of inputs and of units.
    rng : numpy.random.Generator
    activation : callable
        Maps an ndarray to an ndarray of the same shape, entry by entry: the activation before these weights. It takes
        at most 100,000 numbers at a time.

    Returns
    -------
    w : ndarray of float64, shape (fan_in, fan_out)
    """
    ### BEGIN SOLUTION
    z = np.linspace(-8, 8, 4001)
    density = np.exp(-z * z / 2)
    mean_square = np.average(activation(z) ** 2, weights=density)
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in * mean_square)
    ### END SOLUTION


def activation_statistics(activations):
    """Compute the mean and the standard deviation of each layer's activations.

    Parameters
    ----------
    activations : list of L ndarrays
        One array per layer, of any shape; all its entries count alike.

    Returns
    -------
    means, stds : ndarray of shape (L,)
        ``stds`` with the divisor n, NumPy's default.
    """
    ### BEGIN SOLUTION
    means = np.array([a.mean() for a in activations])
    stds = np.array([a.std() for a in activations])
    return means, stds
    ### END SOLUTION


def lsuv_init(weights, x, activation, tol=0.05, max_iter=10):
    """Rescale weights layer by layer until the pre-activations on ``x`` have unit variance.

    Layer-sequential unit-variance initialization (Mishkin and Matas, 2015), first layer first: each layer is measured
    on what the rescaled layers below it send up. A layer has no biases, and its variance is taken over all entries of
    its pre-activations. Each rescaling multiplies all weights of a layer by one positive number, from the last
    measurement; a layer within ``tol`` is left alone.

    Parameters
    ----------
    weights : list of L ndarrays, shapes (D_0, D_1), (D_1, D_2), ...
        Starting weights, none of them all zero. They are left as they were.
    x : ndarray of shape (N, D_0)
        A batch of data.
    activation : callable
        Maps an ndarray to an ndarray of the same shape.
    tol : float, default 0.05
        Largest accepted distance of the variance from 1.
    max_iter : int, default 10
        Most rescalings per layer.

    Returns
    -------
    weights : list of L ndarrays
        Of the shapes given; a layer that is left alone may be the array that was given.
    """
    ### BEGIN SOLUTION
    scaled, h = [], x
    for w in weights:
        z = h @ w
        for _ in range(max_iter):
            if abs(z.var() - 1) <= tol:
                break
            w = w / z.std()
            z = h @ w
        scaled.append(w)
        h = activation(z)
    return scaled
    ### END SOLUTION


def stack_forward(x, weights, activation_forward):
    """Send a batch through a stack of layers: each multiplies by its weights, then applies the activation.

    Parameters
    ----------
    x : ndarray of shape (N, D_0)
        A batch of data, the input of the first layer.
    weights : list of L ndarrays, shapes (D_0, D_1), (D_1, D_2), ...
        In the order of the layers; at least one.
    activation_forward : callable
        ``activation_forward(z) -> (out, cache)``, such as ``relu_forward`` of ``activations.py``. ``out`` has the shape
        of ``z``; what the cache is made of is the activation's own affair.

    Returns
    -------
    activations : list of L ndarrays, shapes (N, D_1), (N, D_2), ...
        What each layer puts out, the last of them the output of the stack. ``x`` itself is not among them.
    cache : list of L tuples (h, w, kept)
        One for each layer, in order: its input, its weights, and the cache of its activation.
    """
    ### BEGIN SOLUTION
    h = x
    activations = []
    cache = []
    for w in weights:
        out, kept = activation_forward(h @ w)
        cache.append((h, w, kept))
        activations.append(out)
        h = out
    return activations, cache
    ### END SOLUTION


def stack_backward(dout, cache, activation_backward):
    """Carry ``dout`` back through the whole stack of :func:`stack_forward`.

    Parameters
    ----------
    dout : ndarray of shape (N, D_L)
        Gradient of the loss with respect to the last layer's activations.
    cache : list of L tuples (h, w, kept)
        From :func:`stack_forward`. It may be used for another call: leave it as it is.
    activation_backward : callable
        ``activation_backward(dout, cache) -> dx``, the partner of the activation that went forward.

    Returns
    -------
    dx : ndarray of shape (N, D_0)
    dweights : list of L ndarrays
        ``dweights[i]`` has the shape of ``weights[i]``: the order is that of the forward pass.
    """
    ### BEGIN SOLUTION
    dweights = []
    for h, w, kept in reversed(cache):
        dz = activation_backward(dout, kept)
        dweights.append(h.T @ dz)
        dout = dz @ w.T
    return dout, dweights[::-1]
    ### END SOLUTION
