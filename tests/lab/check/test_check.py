"""The visible checks: do they tell right from wrong, and say so in words?"""

import html
import importlib
import shutil
import sys
import types

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

import cs231n_lib
from autograder import mistakes, reference
from autograder.course.solution_regions import strip_solutions
from autograder.course.topics import list_topics
from autograder.hidden_tests import expectations
from autograder.reference import load_source
from autograder.sandbox import protocol
from autograder.verify import alternatives
from cs231n_lib.lab.check import NotRightYet, check
from cs231n_lib.lab.check.cases import FUNCTIONS
from cs231n_lib.lab.check.cases.activations import MAXOUT
from cs231n_lib.lab.check.cases.builders import chirp, join_gradients
from cs231n_lib.lab.check.cases.initialization import BATCH, NEAR_UNIT, OFF_UNIT
from cs231n_lib.lab.check.cases.linear_classifier import FAR
from cs231n_lib.lab.check.judge import judge, judge_file
from cs231n_lib.lab.check.report import MOST_LINES, WIDTH
from cs231n_lib.lab.check.where_to_read import find_reference
from tests.not_yet_asked import EARLIER, NOT_YET_ASKED

PRESENT = [f for f in FUNCTIONS.values() if f.topic in list_topics()]
for topic in list_topics():
    mistakes.load_mistakes(topic)
    alternatives.load_alternatives(topic)


def student(name, code):
    """Return (function, module): the reference with one function replaced."""
    function = FUNCTIONS[name]
    return function, types.SimpleNamespace(**{**vars(reference.load(function.topic)), name: code})


def row(report, aspect):
    """Return the line of an aspect."""
    return next(r for r in report.rows if r.aspect == aspect)


# -- right and wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", PRESENT, ids=lambda f: f.name)
def test_reference_and_alternatives_pass(function, capsys):
    """Does every correct implementation, in any style, pass the visible check?"""
    module = reference.load(function.topic)
    assert judge(function, module).wrong == []
    for other in alternatives.alternatives_of(function.name):
        report = judge(function, other.applied_to(module))
        assert report.wrong == [], f"{other.name}\n{report}"


def assert_fits_a_screen(report):
    """Assert that a report has the reason right below its verdict, and at most 25 lines of readable length."""
    title, *lines = str(report).splitlines()
    assert title.startswith(report.title) and len(lines) < MOST_LINES == 25, report
    assert max(map(len, lines)) <= WIDTH or not report.first_wrong.expected, report
    if report.diagnosis:
        assert lines[0].startswith(("Known mistake", "Two known mistakes")), report
        markup = report._repr_html_()
        assert markup.index(html.escape(report.diagnosis[0])) < markup.index("<table")


@pytest.mark.parametrize("function", PRESENT, ids=lambda f: f.name)
def test_known_mistakes_are_caught_and_named_first(function):
    """Does no known mistake pass, unseen ones aside, and is each named with its own sentence, within a screen?"""
    module = reference.load(function.topic)
    for known in (k for k in mistakes.mistakes_of(function.name) if not k.unseen):
        report = judge(function, known.applied_to(module))
        assert report.wrong, f"{known.name} passes"
        assert known.teaches in report.diagnosis, f"{known.name} is not named\n{report}"
        assert_fits_a_screen(report)


WRITTEN = [f for f in PRESENT if f.name not in EARLIER.get(f.topic, ())]


@pytest.mark.parametrize("function", WRITTEN, ids=lambda f: f.name)
def test_stub_is_not_implemented_yet(function):
    """Is a function that students have not written called just that, without a diagnosis?"""
    path = reference.load(function.topic).__file__
    stub = load_source(strip_solutions(open(path).read()), "stub", f"stub of {path}")
    report = judge(function, stub)
    assert report.title == f"{function.name}: not implemented yet"
    assert report.diagnosis == [] and len(report.rows) == 1


def test_every_function_has_a_check():
    """Is there a check for every public function of every topic?"""
    for topic in list_topics():
        functions = {n for n, v in vars(reference.load(topic)).items() if isinstance(v, types.FunctionType)}
        public = {n for n in functions if not n.startswith("_")}
        assert public == {f.name for f in PRESENT if f.topic == topic}


def test_unknown_combination_is_not_named():
    """Is a wrong result that no known mistake gives left without a name?"""
    report = judge(*student("relu_backward", lambda dout, cache: 0.37 * dout * (cache > 0) + 0.01))
    assert "dx" in report.wrong and report.diagnosis == []


def test_second_trouble_does_not_hide_a_known_mistake():
    """Is "not averaged" still named where the same function also overflows?"""

    def naive_and_not_averaged(x, y):
        p = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
        rows = np.arange(len(y))
        loss = -np.log(p[rows, y]).mean()
        p[rows, y] -= 1
        return loss, p

    report = judge(*student("softmax_loss", naive_and_not_averaged))
    known = next(m for m in mistakes.mistakes_of("softmax_loss") if m.name == "gradient_not_averaged")
    assert report.diagnosis == [known.teaches]
    assert {"gradient", "stable at ±1000"} <= set(report.wrong)


# -- what a line says -------------------------------------------------------------------------------------------


def test_obtained_stands_beside_expected():
    """Does a wrong value show what came, what should come, and where they differ?"""
    report = judge(*student("relu_forward", lambda x: (np.where(x > 1.7, 0, np.maximum(0, x)), x)))
    line = row(report, "values")
    assert "1.99" in line.expected and "1.99" not in line.obtained
    assert "3 of 12 numbers differ, most at [0, 0]: 0 instead of 1.99" in str(report)
    assert "5 . . ." in str(report) and ". 4 . 4" in str(report)  # the map, and what its characters mean
    assert "4   off by up to the largest expected number" in str(report) and "1/10 of" not in line.where.text()


def test_wrong_shape_says_both_shapes():
    """Are both shapes named?"""
    report = judge(*student("affine_forward", lambda x, w, b: ((x.reshape(len(x), -1) @ w + b).T, (x, w, b))))
    assert row(report, "shape").obtained == "out of shape (4, 2)"
    assert row(report, "shape").expected == "out of shape (2, 4)"


def test_own_cache_layout_is_accepted():
    """May a pair keep a cache of its own?"""
    function, module = student("relu_backward", lambda dout, cache: dout * cache["mask"])
    module.relu_forward = lambda x: (np.maximum(0, x), {"mask": x > 0})
    assert judge(function, module).wrong == []


def test_a_wrong_forward_does_not_fail_the_backward():
    """Is a right backward passed, and the forward named, where only the forward is wrong?"""
    function = FUNCTIONS["tanh_backward"]
    module = types.SimpleNamespace(**vars(reference.load("activations")))
    module.tanh_forward = lambda x: (np.tanh(2 * x), np.tanh(2 * x))
    report = judge(function, module)
    assert report.wrong == []
    assert "check tanh_forward" in row(report, "finite differences").note


def test_backward_that_fits_its_wrong_forward_points_there():
    """Is the reader sent to the forward when the gradient is that of a wrong forward?"""
    function = FUNCTIONS["relu_backward"]
    module = types.SimpleNamespace(**vars(reference.load("activations")))
    module.relu_forward = lambda x: (2 * np.maximum(0, x), x)
    module.relu_backward = lambda dout, cache: 2 * dout * (cache > 0)
    report = judge(function, module)
    assert "dx" in report.wrong
    assert "fits your own relu_forward" in row(report, "finite differences").note
    assert "kink" not in str(report)
    assert str(report).splitlines()[1].startswith("The gradient fits your own relu_forward")


PAIRED = [f for f in PRESENT if f.forward and join_gradients(f.returns) in {c.aspect for c in f.cases}]


@pytest.mark.parametrize("function", PAIRED, ids=lambda f: f.name)
def test_gradient_that_is_wrong_in_any_part_does_not_fit_a_right_forward(function):
    """Is nobody with a right forward sent there, whichever of the gradients of the backward is wrong?"""
    module = reference.load(function.topic)

    def spoil(k):
        def spoiled(*args):
            result = getattr(module, function.name)(*args)
            parts = list(result) if isinstance(result, tuple) else [result]
            parts[k] = [2 * part for part in parts[k]] if isinstance(parts[k], list) else 2 * parts[k]
            return tuple(parts) if len(parts) > 1 else parts[0]
        return spoiled

    for k, name in enumerate(function.returns):
        report = judge(*student(function.name, spoil(k)))
        assert row(report, "finite differences").status == "wrong", f"{name}\n{report}"
        assert "fits your own" not in str(report), f"{name}\n{report}"


def test_kinks_are_mentioned_only_where_finite_differences_are_wrong():
    """Does the remark about kinks stand beside wrong finite differences, and nowhere else?"""
    right = judge(*student("relu_backward", reference.load("activations").relu_backward))
    wrong = judge(*student("relu_backward", lambda dout, cache: 0.37 * dout * (cache > 0) + 0.01))
    assert "kink" not in str(right) and "kink" not in right._repr_html_()
    assert "at x = 0" in row(wrong, "finite differences").note and "kink" in wrong._repr_html_()


def test_answer_about_the_dtype_is_shown_beside_wrong_values():
    """Is a dtype that a check asks for by a question told, whatever else is wrong?"""
    right = reference.load("preprocessing").pca
    report = judge(*student("pca", lambda Xc, k=None: tuple(2.0 * np.asarray(a, float) for a in right(Xc, k))))
    assert {"all components", "dtype"} <= set(report.wrong)


def test_initialiser_has_one_line_about_its_shape():
    """Is the shape of random weights, which a case of its own asks, said in one line, whether it is right or wrong?"""
    for weights, status in ((np.zeros((5, 3)), "wrong"), (np.zeros((3, 5)), "ok")):
        report = judge(*student("he_init", lambda a, b, rng, weights=weights: weights[:a, :b] + rng.random()))
        assert [r.status for r in report.rows if r.aspect == "shape"] == [status]


def test_shape_that_was_found_is_compared_like_a_value():
    """Is the shape of one of several outputs told as obtained and expected, not as the shape of a shape?"""
    report = judge(*student("sample_batch", lambda X, y, n, rng: (np.zeros(n), np.zeros(n, int))))
    line = row(report, "shape")
    assert (line.obtained, line.expected) == ("shape of Xb: (4,)", "shape of Xb: (4, 2, 2, 3)")


def test_answer_to_a_question_is_a_word():
    """Is what a check asks about random results answered with yes or no, and a truth value of theirs with True?"""
    drawn = np.random.default_rng(0).standard_normal((200, 200))
    line = row(judge(*student("he_init", lambda a, b, rng: drawn[:a, :b] * np.sqrt(2 / a))),
               "statistics, 50 inputs and 80 units")
    assert (line.obtained, line.expected) == ("next call, other weights: no", "next call, other weights: yes")
    line = row(judge(*student("has_exploded", lambda losses: False)), "nan at the end")
    assert (line.obtained, line.expected) == ("exploded = False", "exploded = True")


def test_answers_that_differ_are_told_as_words():
    """Is an array of truth values compared in words, too?"""
    report = judge(*student("dead_units", lambda out: (out > 0).any(axis=0)))
    assert "5 of 5 answers differ, the first at [0]: False instead of True" in str(report)


def test_backward_is_judged_without_its_forward():
    """Can a backward be checked before its forward is written?"""
    function = FUNCTIONS["relu_backward"]
    module = types.SimpleNamespace(relu_backward=lambda dout, cache: dout * (cache > 0))
    report = judge(function, module)
    assert report.wrong == []
    assert row(report, "finite differences").status == "open"


def test_change_in_place_is_seen():
    """Is an argument that was changed in place named?"""

    def scales_the_cache(dout, cache):
        x, alpha = cache
        x *= 1
        x[0, 0] = 7.0
        return np.where(x > 0, dout, alpha * dout)

    report = judge(*student("leaky_relu_backward", scales_the_cache))
    assert "leaves inputs alone" in report.wrong
    assert "cache changed" in row(report, "leaves inputs alone").obtained


def test_writing_into_the_callers_list_is_told_as_that():
    """Is somebody who divides right, and writes the result into the given list, sent to a list of his own?"""
    right = reference.load("initialization").lsuv_init

    def in_the_list(weights, *args, **kwargs):
        for i, new in enumerate(right(weights, *args, **kwargs)):
            weights[i] = new
        return weights

    report = str(judge(*student("lsuv_init", in_the_list)))
    assert "writing into the list" in report and "list of your own" in report, report


def test_own_exception_shows_own_line():
    """Is an exception shown with the line of the reader's file and no trace of ours?"""
    source = "import numpy as np\n\ndef relu_forward(x):\n    y = np.maximum(0, x)\n    return y.no_such_thing, x\n"
    module = load_source(source, "mine", "/somewhere/cs231n_lib/activations.py")
    report = judge(FUNCTIONS["relu_forward"], module)
    assert "cs231n_lib/activations.py, line 5: `return y.no_such_thing, x`" in str(report)
    assert "AttributeError" in str(report) and "check_run" not in str(report)
    assert "line 3" in report.where


@pytest.mark.parametrize("name", ["sigmoid_backward", "tanh_backward", "relu_backward", "leaky_relu_backward",
                                  "elu_backward", "affine_backward", "dropout_backward"])
def test_trailing_comma_is_a_wrong_shape_and_no_traceback(name):
    """Is `return dx,` (a tuple of one) judged calmly?"""
    function = FUNCTIONS[name]
    right = getattr(reference.load(function.topic), name)
    module = types.SimpleNamespace(**vars(reference.load(function.topic)))
    setattr(module, name, lambda *args: (right(*args),))
    assert judge(function, module).wrong


KINDS = {
    "matrix": np.matrix, "masked": np.ma.masked_array, "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "list": lambda a: a.tolist() if a.dtype == np.float64 else a, "fortran": np.asfortranarray,
    "as it is": lambda a: a,
    "float16": lambda a: a.astype(np.float16), "longdouble": lambda a: a.astype(np.longdouble),
    "complex": lambda a: a.astype(complex), "object": lambda a: a.astype(object), "tuple": lambda a: tuple(a.tolist()),
    "text": str, "set": lambda a: {1.0}, "bytes": lambda a: a.tobytes(), "ragged": lambda a: [[1.0], [1.0, 2.0]],
}


def accepted_by_the_grader(value):
    """Does a value cross the grader's pipe, and do the hidden tests then take it for an array?"""
    blobs = []
    try:
        tree = protocol.encode(value, blobs)
        expectations.as_array(protocol.decode(tree, protocol.Blob(b"".join(blobs))))
    except (protocol.WireError, expectations.Mismatch):
        return False
    return True


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_array_is_accepted_where_the_grader_accepts_it(kind):
    """Is the visible check neither stricter nor milder than the grader about the kind of array that comes back?"""

    def relu(x):
        out = np.maximum(0, x)
        return KINDS[kind](out) if x.ndim == 2 else out, x

    report = judge(*student("relu_forward", relu))
    assert (report.wrong == []) == accepted_by_the_grader(KINDS[kind](np.ones((2, 3)))), report
    assert "Traceback" not in str(report)


def test_the_place_to_read_is_named(monkeypatch, tmp_path):
    """Is the reader sent to the section that asks for the function, and to its docstring; if all is right, nowhere?"""
    monkeypatch.setattr(importlib.import_module("cs231n_lib.activations"), "relu_forward", lambda x: (x, x))
    wrong, right = (judge_file(FUNCTIONS[name]) for name in ("relu_forward", "tanh_forward"))
    read = 'section "A gate" of 01_activations.ipynb, and the docstring of relu_forward in cs231n_lib/activations.py'
    assert f"read: {read}" in str(wrong) and f"Read: {html.escape(read)}" in wrong._repr_html_()
    assert "read:" not in str(right) and "Read:" not in right._repr_html_()
    alone = str(find_reference("dropout_forward", "dropout", tmp_path))
    assert alone == "the docstring of dropout_forward in cs231n_lib/dropout.py"
    (tmp_path / "05_dropout.ipynb").write_text("{")  # half a notebook
    assert "section" not in str(find_reference("dropout_forward", "dropout", tmp_path))


def test_every_function_has_a_section_to_read():
    """Does some notebook ask for every function, below a heading?"""
    unread = {f.name for f in PRESENT if not find_reference(f.name, f.topic).section}
    assert unread & {f.name for f in WRITTEN} == {f.name for f in PRESENT if f.name in NOT_YET_ASKED.get(f.topic, ())}


@pytest.mark.parametrize("code, taken", [
    (lambda x: (x, x), "x"), (lambda x, slope=0.01: (np.where(x > 0, x, slope * x), x), "x, slope"), (lambda: None, ""),
    (lambda x, alpha, n: (x, x), "x, alpha, n"),
])
def test_other_arguments_are_told_beside_those_expected(code, taken):
    """Is a function whose arguments were changed told which it should take?"""
    said = str(judge(*student("leaky_relu_forward", code)))
    assert f"expected leaky_relu_forward(x, alpha), got leaky_relu_forward({taken}): keep the arguments" in said


def test_own_type_error_is_no_matter_of_arguments():
    """Is a TypeError inside the function shown as it is?"""
    assert "TypeError: own" in str(judge(*student("leaky_relu_forward", lambda x, alpha=0.01: raise_type_error())))


def raise_type_error():
    """Raise what a call with wrong arguments would raise, too."""
    raise TypeError("own")


def test_deleted_function_is_missed():
    """Is a function that was renamed or deleted said to be so?"""
    assert "has no function relu_forward" in str(judge(FUNCTIONS["relu_forward"], types.SimpleNamespace()))


def test_prints_are_not_repeated(capsys):
    """Does a print in the reader's function appear once, not once per case and finite difference?"""

    def prints(x):
        print("here")
        return np.maximum(0, x), x

    judge(*student("relu_forward", prints))
    assert capsys.readouterr().out == "here\n"


# -- the two functions that notebooks call ----------------------------------------------------------------------


def test_check_prints_and_passes(capsys):
    """Does a right function give one line per aspect, and no exception?"""
    assert check("relu_forward") is None
    out = capsys.readouterr().out
    assert "all 8 aspects ok" in out and "stable at ±1000" in out


def test_check_raises_after_showing(capsys, monkeypatch):
    """Does a wrong function show its table first and raise a short exception then?"""
    monkeypatch.setattr(importlib.import_module("cs231n_lib.activations"), "relu_forward", lambda x: (x, x))
    with pytest.raises(NotRightYet, match="relu_forward: .* wrong: values") as caught:
        check("relu_forward")
    assert "wrong      values" in capsys.readouterr().out
    assert len(caught.value._render_traceback_()) == 1


def test_validate_is_told_the_reason(capsys, monkeypatch):
    """Does nbgrader's Validate, which shows no table, hear what was returned, and which mistake it is?"""
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    module = importlib.import_module("cs231n_lib.activations")
    for code, says in ((lambda x: None, "returns nothing"), (lambda x: (np.abs(x), x), "Known mistake: ")):
        monkeypatch.setattr(module, "relu_forward", code)
        with pytest.raises(NotRightYet, match=says):
            check("relu_forward")


def test_check_knows_its_names():
    """Is a misspelt name answered with the nearest?"""
    with pytest.raises(ValueError, match="did you mean 'relu_forward'"):
        check("relu_foward")


BROKEN = "import numpy as np\n\ndef relu_forward(x)\n    return x\n"


def test_syntax_error_on_first_import(tmp_path, monkeypatch, capsys):
    """Is a file that cannot be imported reported with its line?"""
    (tmp_path / "activations.py").write_text(BROKEN)
    monkeypatch.setattr(cs231n_lib, "__path__", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "cs231n_lib.activations", raising=False)
    with pytest.raises(NotRightYet):
        check("relu_forward")
    assert "cs231n_lib/activations.py does not parse: line 3: expected ':'" in capsys.readouterr().out


def test_syntax_error_behind_autoreload(tmp_path, monkeypatch, capsys):
    """Is a syntax error seen even while autoreload keeps the module as it was before?"""
    (tmp_path / "activations.py").write_text(BROKEN)
    stale = types.ModuleType("cs231n_lib.activations")
    stale.__file__, stale.relu_forward = str(tmp_path / "activations.py"), lambda x: (np.maximum(0, x), x)
    monkeypatch.setitem(sys.modules, "cs231n_lib.activations", stale)
    with pytest.raises(NotRightYet):
        check("relu_forward")
    assert "line 3" in capsys.readouterr().out


# -- in a notebook ----------------------------------------------------------------------------------------------


def test_html_is_readable_without_colour_and_safe():
    """Does the HTML say "wrong" in words, escape what the reader's code returns, and mark its header cells?"""

    def hostile(x):
        raise ValueError("<script>alert(1)</script>")

    markup = judge(*student("relu_forward", hostile))._repr_html_()
    assert "<script>" not in markup and "&lt;script&gt;" in markup
    assert ">wrong<" in markup and 'scope="row"' in markup and 'scope="col"' in markup and "<caption" in markup


def test_notebook_shows_html_and_one_line(tmp_path):
    """Does a failing check in a real kernel leave a table and a one-line error?"""
    lab = tmp_path / "cs231n_lib"
    shutil.copytree(reference.ROOT / "cs231n_lib", lab, ignore=shutil.ignore_patterns("__pycache__"))
    source = (lab / "activations.py").read_text()
    (lab / "activations.py").write_text(source.replace("return np.maximum(0, x), x", "return np.abs(x), x"))
    cell = nbformat.v4.new_code_cell("from cs231n_lib.lab.check import check\ncheck('relu_forward')")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    table, error = notebook.cells[0].outputs
    assert {"text/html", "text/plain"} <= set(table.data)
    assert error.ename == "NotRightYet" and len(error.traceback) == 1


# -- the visible inputs -----------------------------------------------------------------------------------------


def test_inputs_are_away_from_kinks():
    """Is no input of a finite difference near a point where the function bends?"""
    x, w1, b1, w2, b2 = chirp(4, 3), *MAXOUT
    assert np.abs(x @ w1 + b1 - (x @ w2 + b2)).min() > 0.05
    scores, y = chirp(4, 5), np.array([3, 0, 3, 1])
    margins = scores - scores[np.arange(4), y][:, None] + 1
    margins[np.arange(4), y] = 1
    assert np.abs(margins).min() > 0.05 and np.isfinite(FAR).all()
    for function in PRESENT:
        if function.kinks == "at x = 0":
            assert all(np.abs(c.args[0]).min() >= 0.1 for c in function.cases)


def test_lsuv_inputs_are_on_the_right_side_of_tol():
    """Is one layer within the usual tolerance, and the other only within the wider one?"""
    near, off = (float((BATCH @ w[0]).var()) for w in (NEAR_UNIT, OFF_UNIT))
    assert 0.01 < abs(near - 1) < 0.04 and 0.1 < abs(off - 1) < 0.25
