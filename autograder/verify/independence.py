"""Independence: if one function of a layer is wrong, the layer's other functions must keep full marks.

A layer is a forward with its backwards. Every known mistake is combined with each right function of its layer, in
several cache layouts: the documented one; the documented one wrapped in a dict, which only the layer's own backwards
can read; and those of the alternatives of the whole layer. In the last two, a backward is judged on the cache of the
student's own forward, which may be wrong.
"""

import copy
import types
from dataclasses import dataclass

from autograder import mistakes, reference
from autograder.hidden_tests import session
from autograder.verify import alternatives


@dataclass(frozen=True)
class MistakePair:
    """A module with a mistake in one function, and the name of a right function of the same layer in it."""

    mistake: mistakes.Mistake
    right: str
    layout: str
    module: types.SimpleNamespace


def list_layers(topic):
    """Return the layers of a topic: names of forward and backwards, for every forward that has a backward."""
    names = list(session.load_questions(topic))
    found = [[f, *(n for n in names if n.startswith(f.removesuffix("forward") + "backward"))]
             for f in names if f.endswith("_forward")]
    return [layer for layer in found if len(layer) > 1]


def iter_pairs(topic):
    """Yield every mistake of a layer with every other function of the layer, in every cache layout."""
    alternatives.load_alternatives(topic)
    for layer in list_layers(topic):
        for wrong in layer:
            for known in mistakes.mistakes_of(wrong):
                for layout, module in make_modules(topic, layer, known):
                    yield from (MistakePair(known, right, layout, module) for right in layer if right != wrong)


def make_modules(topic, layer, known):
    """Yield (layout, module with the mistake in it).

    Parameters
    ----------
    topic : str
    layer : list of str
        Names of the forward and its backwards.
    known : autograder.mistakes.Mistake
    """
    documented = reference.load(topic)
    yield "documented", known.applied_to(documented)
    if known.function == layer[0] and raises_at_once(topic, known):
        return  # it hands on no cache of its own that a backward could be judged on
    yield "wrapped", wrap_caches(known.applied_to(documented), documented, layer, known)
    for own in alternatives.alternatives_of(layer[0]):
        if set(layer) <= set(own.functions) and layer[0] not in CACHE_TELLS_OUTPUT:
            code = known.code
            if known.function == layer[0]:
                code = replace_cache(code, lambda out, *args, right=own.functions[layer[0]]: right(*args)[1])
            yield own.name, types.SimpleNamespace(**{**vars(own.applied_to(documented)), known.function: code})


def raises_at_once(topic, known):
    """Does a wrong function raise on its first visible input, an ordinary one?"""
    cases = [case for case in reference.load_visible_cases(topic)[0][known.function].cases if case.args]
    try:
        for case in cases[:1]:
            known.code(*copy.deepcopy(case.args), **case.kwargs)
    except Exception:
        return True
    return False


def wrap_caches(module, documented, layer, known):
    """Return a module with the documented cache wrapped in a dict. A wrong forward caches what a right one would.

    Parameters
    ----------
    module : namespace
        With the mistake in it.
    documented : namespace
        The reference.
    layer : list of str
    known : autograder.mistakes.Mistake
    """
    forward, *backwards = layer

    def cache(out, *args):
        if known.function == forward and forward in CACHE_TELLS_OUTPUT:
            return {"wrapped": CACHE_TELLS_OUTPUT[forward](out, *args)}
        return {"wrapped": getattr(documented, forward)(*args)[1]}

    def unwrapping(code):
        return lambda dout, cache, *further: code(dout, cache["wrapped"], *further)

    return types.SimpleNamespace(**{
        **vars(module), forward: replace_cache(getattr(module, forward), cache),
        **{name: unwrapping(getattr(module, name)) for name in backwards}})


def replace_cache(code, cache):
    """Return a forward with the output of ``code`` and the cache ``cache(out, *args)``."""
    def forward(*args):
        given = copy.deepcopy(args)
        out = code(*args)[0]
        return out, cache(out, *given)
    return forward


def locate_kept_units(out, x, dropout_param):
    """Return dropout's documented cache for an output, which shows which units were kept.

    Parameters
    ----------
    out, x : ndarray
        Output and input, of the same size.
    dropout_param : dict
    """
    p, mode = dropout_param["p"], dropout_param["mode"]
    return dropout_param, (out.reshape(x.shape) != 0).astype(x.dtype) / p if mode == "train" else None


CACHE_TELLS_OUTPUT = {"dropout_forward": locate_kept_units}
"""Forwards with random output -> function that computes the cache from the output (another call's would not match)."""
