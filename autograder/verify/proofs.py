"""All proofs of the grader in sequence: ``python -m autograder verify``."""

from collections.abc import Sequence

from autograder.course.topics import list_topics
from autograder.sandbox import canary
from autograder.verify import mutation_testing, upload_attacks
from autograder.verify.attack_files import ATTACKED_TOPIC, Violation
from autograder.verify.host_snapshot import find_leftovers, list_changes, snapshot_host
from autograder.verify.module_attacks import verify_modules
from autograder.verify.rubric_proofs import verify_topics


def verify_attacks():
    """Run every attack; return the misses."""
    canary.prove()
    before = snapshot_host()
    misses = [*verify_modules(), *upload_attacks.verify_uploads()]
    misses += [Violation(ATTACKED_TOPIC, f"an attack changed {name}") for name in list_changes(before, snapshot_host())]
    misses += [Violation(ATTACKED_TOPIC, f"an attack left process {pid} running") for pid in find_leftovers()]
    return misses


def run_proofs(topics: Sequence[str] | None = None, seeds: int = 20, with_attacks: bool = True,
               with_mutants: bool = False) -> int:
    """Verify ``topics`` and print the tables; return the number of misses.

    Parameters
    ----------
    topics : sequence of str, optional
        All by default.
    seeds : int
        Course secrets on which the reference must get full marks; alternatives and mistakes see three of them.
    with_attacks, with_mutants : bool
        Run the attacks (they need the sandbox); make mutants of every reference solution, and grade them.
    """
    topics = topics or tuple(list_topics())
    everything, tallies = verify_topics(topics, seeds, with_mutants)
    if with_mutants:
        everything += mutation_testing.report_mutants(tallies)
    if with_attacks and ATTACKED_TOPIC in topics:
        everything += verify_attacks()
    for miss in everything:
        print(f"MISS {miss.topic}: {miss.what}")
    print(f"\n{len(everything)} misses")
    return len(everything)
