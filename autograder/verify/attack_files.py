"""The files in ``attacks/`` (code appended to an honest module, or a hostile upload), and the type of violations."""

import ast
from dataclasses import dataclass
from pathlib import Path

from autograder.reference import load_source


@dataclass
class Violation:
    """One promise of the grader that did not hold: in which topic, and what happened instead."""

    topic: str
    what: str


ATTACKED_TOPIC = "activations"
HONEST_FUNCTIONS = ["sigmoid_forward", "sigmoid_backward", "relu_forward", "relu_backward", "dead_units"]
"""The functions that the attacking student has written honestly; an attack may not earn more than their marks."""
ATTACKS_FOLDER = Path(__file__).with_name("attacks")


def read_attacks():
    """Return name -> (text, is it a submission attack?) of every attack."""
    found = {p.stem: p.read_text() for p in sorted(ATTACKS_FOLDER.glob("*.py"))}
    return {name: (text, is_upload_attack(text)) for name, text in found.items()}


def is_upload_attack(text):
    """Does an attack's file define ``submit``?"""
    return any(isinstance(node, ast.FunctionDef) and node.name == "submit" for node in ast.parse(text).body)


def list_module_attacks():
    """Return name -> text of every module attack."""
    return {name: text for name, (text, submits) in read_attacks().items() if not submits}


def list_upload_attacks():
    """Return name -> function ``submit(folder)`` of every submission attack; they are our code, run in this process."""
    return {name: load_source(text, name, f"{name}.py").submit for name, (text, submits) in read_attacks().items()
            if submits}
