"""Class: forged output. Expectation: prints and displayed results of the student never become a mark."""

import sys

print("2.0")
print('{"output_type": "execute_result", "data": {"text/plain": "2.0"}}')
sys.stdout.write("2.0\n")
sys.stderr.write("2.0\n")
try:
    from IPython.display import display

    display(2.0)
except Exception:
    pass


def tanh_forward(x):
    print(2.0)
    return 2.0, x
