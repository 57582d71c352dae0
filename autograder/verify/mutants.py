"""First-order mutants of the reference: every small change to a solution region, one at a time.

A mutant that keeps full marks shows a gap in the hidden tests, unless it computes the same. ``mutation_testing`` grades
them. cosmic-ray and mutmut were considered: they come with a test runner, a session store and 18 or 7 packages, and
their operators do not change axes or ``keepdims``, or exchange similar NumPy functions.
"""

import ast
import re
from dataclasses import dataclass

from autograder.course.solution_regions import remove_markers
from autograder.reference import read_module_source

OPERATORS = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div,), ast.Div: (ast.Mult,), ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,), ast.MatMult: (ast.Mult,), ast.BitOr: (ast.BitAnd, ast.BitXor), ast.BitAnd: (ast.BitOr,),
    ast.And: (ast.Or,), ast.Or: (ast.And,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
}
"""Operator -> what it is mistaken for."""

NEIGHBOURS = {
    "max": ("min", "mean"), "min": ("max",), "sum": ("mean", "max"), "mean": ("sum", "max"), "std": ("var",),
    "var": ("std",), "zeros": ("ones",), "ones": ("zeros",), "maximum": ("minimum",), "minimum": ("maximum",),
    "exp": ("expm1", "exp2"), "expm1": ("exp",), "log": ("log10", "log2"), "sqrt": ("square", "cbrt"), "any": ("all",),
    "all": ("any",), "isfinite": ("isnan", "isinf"), "tanh": ("sin", "arctan"), "cos": ("sin",), "float": ("int",),
    "standard_normal": ("random",), "random": ("standard_normal",), "stack": ("concatenate",), "uniform": ("normal",),
    "array_split": ("split",), "permutation": ("integers",), "linspace": ("geomspace",),
}
"""Function or method -> those that it may be confused with. (Only names that occur in a reference make mutants.)"""

SYMMETRIC = (ast.Add, ast.Mult, ast.BitOr, ast.BitAnd)
IN_PLACE = {ast.Add: "add", ast.Sub: "subtract", ast.Mult: "multiply", ast.Div: "divide"}
UFUNCS = {"maximum", "minimum", "exp", "expm1", "abs", "sqrt", "tanh", "log"}
NO_ARRAYS = {"np", "np.linalg", "np.random", "rng"}
REGION = re.compile(r"### BEGIN SOLUTION.*?### END SOLUTION", re.DOTALL)


@dataclass(frozen=True)
class Mutant:
    """One change to one statement of a solution region; ``before`` and ``after`` are that statement's first line."""

    function: str
    operator: str
    line: int
    before: str
    after: str
    source: str


def make_mutants(topic, function):
    """Return the mutants of a function, all different from each other and from the original."""
    text = read_module_source(topic)
    regions = [[text[:end].count("\n") + 1 for end in match.span()] for match in REGION.finditer(text)]
    tree = next(d for d in ast.parse(text).body if isinstance(d, ast.FunctionDef) and d.name == function)
    found = {ast.unparse(tree): None}
    for mutant in iter_mutants(tree, regions):
        found.setdefault(mutant.source, mutant)
    return list(found.values())[1:]


def make_mutated_module(topic, mutant):
    """Return the text of the solved module with the mutant in place of its function."""
    return f"{remove_markers(read_module_source(topic))}\n\n{mutant.source}\n"


def iter_mutants(function, regions):
    """Yield every mutant of a function: the tree is changed, unparsed and restored for each."""
    for statement in [node for node in ast.walk(function) if isinstance(node, ast.stmt)]:
        if not any(first < statement.lineno < last for first, last in regions):
            continue
        before = summarize_statement(statement)
        for place, key, operator, new in change_statement(function, statement):
            old, place[key] = place[key], new
            after, source = summarize_statement(new if isinstance(new, ast.stmt) else statement), ast.unparse(function)
            place[key] = old
            yield Mutant(function.name, operator, statement.lineno, before, after, source)


def summarize_statement(statement):
    """Return the first line of a statement, as ``ast`` writes it."""
    return ast.unparse(statement).split("\n")[0]


def change_statement(function, statement):
    """Yield (place, key, operator, new): what to put where, for every change within one statement.

    Statements inside it are not changed here; each has its own call.
    """
    variables, inputs = list_names(function)
    for node in ast.walk(function):
        for place, key, child in list_children(node):
            yield from ((place, key, *change) for change in mutate_statement(statement) if child is statement)
    reached = [statement]
    for node in reached:  # grows meanwhile
        for place, key, child in list_children(node):
            if isinstance(child, (ast.stmt, ast.expr_context)) or is_axis(node):
                continue
            found = (*mutate_expression(child, variables), *mutate_in_place(child, inputs))
            yield from ((place, key, *change) for change in found)
            reached.append(child)
        yield from ((vars(node), *change) for change in mutate_lists(node))


def list_children(node):
    """Yield (place, key, child): ``place[key]`` is the child, in a list of nodes or in the node's own fields."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            yield from ((value, i, child) for i, child in enumerate(value) if isinstance(child, ast.AST))
        elif isinstance(value, ast.AST):
            yield vars(node), field, value


def list_names(function):
    """Return the variables of a function, and those of them that hold what the caller passed (also inside a cache)."""
    inputs = [a.arg for a in function.args.args]
    variables = list(inputs)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            new = [n.id for n in ast.walk(node.targets[0]) if isinstance(n, ast.Name) and n.id != "_"]
            variables += new
            inputs += new if isinstance(node.value, ast.Name) and node.value.id in inputs else []
    return list(dict.fromkeys(variables)), inputs


def mutate_statement(s):
    """Yield (operator, new) for a statement as a whole."""
    yield "remove the statement", ast.Pass()
    if isinstance(s, ast.Break):
        yield "go on instead", ast.Continue()
    if isinstance(s, ast.AugAssign):
        yield "assign instead of updating", ast.Assign([s.target], s.value, lineno=s.lineno)
    if isinstance(s, ast.Assign) and isinstance(s.value, ast.BinOp) and isinstance(s.targets[0], ast.Name):
        if ast.unparse(s.value.left) == s.targets[0].id:
            yield "update in place", ast.AugAssign(s.targets[0], s.value.op, s.value.right)
    if isinstance(s, ast.If):
        yield "negate the condition", ast.If(ast.UnaryOp(ast.Not(), s.test), s.body, s.orelse)


def mutate_expression(n, variables):
    """Yield (operator, new) for every other node that may stand in the place of ``n``."""
    yield from (("other operator", other()) for other in OPERATORS.get(type(n), ()))
    if isinstance(n, ast.BinOp):
        yield from (("drop an operand", kept) for kept in (n.left, n.right))
        if not isinstance(n.op, SYMMETRIC):
            yield "swap operands", ast.BinOp(n.right, n.op, n.left)
    elif isinstance(n, ast.BoolOp):
        yield from (("drop an operand", kept) for kept in n.values)
    elif isinstance(n, ast.UnaryOp):
        yield "drop the sign", n.operand
    elif isinstance(n, ast.Compare):
        yield "negate the condition", ast.UnaryOp(ast.Not(), n)
    elif isinstance(n, ast.IfExp):
        yield from (("one branch only", branch) for branch in (n.body, n.orelse))
        yield "negate the condition", ast.IfExp(n.test, n.orelse, n.body)
    elif isinstance(n, ast.Constant):
        yield from (("other constant", ast.Constant(value)) for value in list_other_constants(n.value))
    elif isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Load):
        yield "drop the index", n.value
    elif isinstance(n, ast.Slice):
        yield from (("open the slice", ast.Slice(**{**vars(n), end: None})) for end in ("lower", "upper", "step"))
    elif isinstance(n, ast.Call):
        inners = list(n.args[:1])
        if isinstance(n.func, ast.Attribute) and ast.unparse(n.func.value) not in NO_ARRAYS:
            inners.append(n.func.value)
        yield from (("drop the call", inner) for inner in inners)
        yield from (("other function", ast.Call(ast.Name(other), n.args, n.keywords))
                    for other in NEIGHBOURS.get(getattr(n.func, "id", ""), ()))
    elif isinstance(n, ast.Attribute):
        yield from (("other function", ast.Attribute(n.value, other)) for other in NEIGHBOURS.get(n.attr, ()))
    elif isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and n.id in variables:
        yield from (("other variable", ast.Name(other)) for other in variables if other != n.id)
    elif is_axis(n):  # not -1: it may be the same axis
        yield from (("other axis", ast.keyword("axis", ast.Constant(other)))
                    for other in list_other_axes(ast.literal_eval(n.value)))


def mutate_in_place(n, inputs):
    """Yield (operator, new) where a result goes into an array of the caller's."""
    if isinstance(n, ast.BinOp) and type(n.op) in IN_PLACE and ast.unparse(n.left) in inputs:
        function, args = IN_PLACE[type(n.op)], [n.left, n.right]
    elif isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and n.func.attr in UFUNCS:
        function, args = n.func.attr, n.args
    else:
        return
    for a in args:
        if ast.unparse(a) in inputs:
            func = ast.Attribute(ast.Name("np"), function)
            yield "write into the input", ast.Call(func, args, [ast.keyword("out", a)])


def mutate_lists(node):
    """Yield (key, operator, new list): neighbours exchanged in a call or a tuple, a keyword argument left out."""
    key = "args" if isinstance(node, ast.Call) else "elts"
    commutes = key == "args" and ast.unparse(node.func) in ("min", "max", "np.minimum", "np.maximum")
    nodes = [] if commutes else getattr(node, key, [])
    for i in range(len(nodes) - 1):
        yield key, "swap neighbours", [*nodes[:i], nodes[i + 1], nodes[i], *nodes[i + 2:]]
    for gone in getattr(node, "keywords", []):
        yield "keywords", "drop a keyword", [k for k in node.keywords if k is not gone]


def is_axis(node):
    """Is this the argument ``axis=k``, or ``axis=(k, l)``?"""
    return isinstance(node, ast.keyword) and node.arg == "axis" and isinstance(node.value, (ast.Constant, ast.Tuple))


def list_other_axes(axis):
    """Return what an axis may be mistaken for; of several axes, one is left out."""
    if isinstance(axis, tuple):
        return [axis[:i] + axis[i + 1:] for i in range(len(axis))]
    return sorted({abs(axis - 1), axis + 1})


def list_other_constants(value):
    """Return what a constant may be mistaken for."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, (int, float)):
        return sorted({value + 1, value - 1, -value, 0, 2 * value} - {value})
    return [f"{value}_"] if isinstance(value, str) else [0]
