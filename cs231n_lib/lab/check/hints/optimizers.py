"""Hints about the functions of ``optimizers.py``."""

HINTS = {
    "sgd": (
        """
        The gradient points to where the loss rises, and you want it to fall.
        """,
        """
        1. w and dw have the same shape, and so has the result.
        2. The learning rate stands in config, which has been filled for you.
        3. Return both the new w and config, even if nothing in it has changed.
        """,
        """
        w = 3 and 1, dw = 10 and -10, learning rate 0.1: 2 and 2.
        """,
    ),
    "sgd_momentum": (
        """
        A ball that rolls: it keeps most of its velocity and is pushed a little by
        each gradient. It is the velocity that moves w.
        """,
        """
        1. The old velocity is in config, zeros at the first step.
        2. The new one: a share of the old one, and the push of this gradient, which
           has the learning rate and points downhill.
        3. Store it, or the next step starts at rest again.
        4. Move w by the new velocity. It already points downhill.
        """,
        """
        Learning rate 0.1, momentum 0.5, and a gradient of 10 at every step, w = 0:

            velocity  -1    -1.5    -1.75
            w         -1    -2.5    -4.25
        """,
    ),
    "nesterov_momentum": (
        """
        The velocity is that of plain momentum. Only the step is another one: it needs
        the velocity of before and the new one.
        """,
        """
        1. Keep the old velocity under a name of its own before you store the new one.
        2. The new velocity follows the same rule as in sgd_momentum.
        3. The step has a part with the old velocity and one with the new: read the
           first line of the docstring, and mind which is which.
        """,
        """
        Learning rate 0.1, momentum 0.5, gradient 10, w = 0, at rest. The new velocity
        is -1, and the step is 1.5 times that: w = -1.5. Next, with the gradient 10
        again, the velocity is -1.5, and w = -1.5 + 0.5 - 2.25 = -3.25.
        """,
    ),
    "rmsprop": (
        """
        Every number of w has a step size of its own. It remembers how large its
        gradients have been lately, and divides by that.
        """,
        """
        1. The cache is a running average of *squared* gradients: decay_rate is the
           share of the old one, and the rest goes to the new square.
        2. Store it first, then use it: the step sees this gradient, too.
        3. Divide by its root. epsilon is added to the root, outside.
        """,
        """
        decay_rate 0.75, learning rate 0.1, epsilon 0, gradients of 100 and 0.01 at
        the first step: the caches are 2500 and 0.000025, their roots 50 and 0.005.
        Both steps are 0.1 * 2 = 0.2, though one gradient is ten thousand times the
        other.
        """,
    ),
    "adam": (
        """
        Two running averages: of the gradient, as with momentum, and of its square, as
        with RMSProp. Both start at zero and are therefore too small at first; a
        correction makes up for it and fades away.
        """,
        """
        1. Count this step first: the correction of the first step has t = 1.
        2. Update m with dw and v with its square, each with its own beta. Store them
           as they are.
        3. The corrected ones are for the step only: each average divided by the share
           of it that is filled by now. After one step that share is one minus beta,
           after two it is one minus the square of beta.
        4. The step: corrected m over the root of corrected v, with epsilon outside
           the root.
        """,
        """
        beta1 0.9, beta2 0.99, gradient 10 at the first step:

            m = 1        filled: 0.1      corrected 10
            v = 1        filled: 0.01     corrected 100, root 10

        The step is the learning rate times 10 / 10: exactly the learning rate. At the
        first step Adam only looks at the sign of the gradient.
        """,
    ),
    "step_decay": (
        """
        The rate stands still for some epochs and then drops at once.
        """,
        """
        1. How many times has it dropped by now? Count whole periods only: Python has
           a division for that.
        2. Every drop is one more factor.
        """,
        """
        lr0 = 8, drop 0.5, every 3: epochs 0 to 2 have 8, epochs 3 to 5 have 4, epoch
        6 has 2.
        """,
    ),
    "exponential_decay": (
        """
        Every epoch multiplies the rate by the same number below 1.
        """,
        """
        1. The exponential of a negative number is below 1.
        2. NumPy or math has it; the epoch may be a fraction.
        """,
        """
        lr0 = 100, k = 0.1: 100, 90.5, 81.9 at the epochs 0, 1, 2. At epoch 10 it is
        36.8: 1 / e of the beginning.
        """,
    ),
    "cosine_decay": (
        """
        The cosine goes from 1 to -1 along half a turn. Lift it and halve it, and it
        goes from 1 to 0.
        """,
        """
        1. Which share of all epochs is over? At the end it is 1, and the angle is
           half a turn: pi.
        2. Lift the cosine by 1 before you halve.
        """,
        """
        lr0 = 10, total 4: epoch 0 has 10, epoch 2 has 5, epoch 4 has 0. Epoch 1 has
        8.54: it begins slowly.
        """,
    ),
    "linear_warmup": (
        """
        A staircase up to lr0, and then a floor. The first step is already one stair up.
        """,
        """
        1. Steps are counted from 0, stairs from 1.
        2. After the last stair the share would grow beyond 1: it must not.
        """,
        """
        lr0 = 8, four steps of warm-up: 2, 4, 6, 8, and then 8 for ever.
        """,
    ),
}
