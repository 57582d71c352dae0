"""Class: HTML and JavaScript in answers, code and names, to run in formgrader or on the feedback page.
Expectation: they are shown as text; nothing of them runs or is fetched."""

import json

PAYLOAD = r"""<script>cs231n_attack()</script><img src=x onerror="cs231n_attack()">
<svg/onload=cs231n_attack()> <iframe srcdoc="<script>cs231n_attack()</script>"></iframe>
</pre></textarea></style></title><script>cs231n_attack()</script>
[click](javascript:cs231n_attack()) <a href="java&#10;script:cs231n_attack()">x</a>
![x](http://example.invalid/cs231n_attack) <a href="data:text/html,<script>cs231n_attack()</script>">x</a>
<form action="javascript:cs231n_attack()"><input autofocus onfocus="cs231n_attack()"></form>
<math><mtext></mtext><mglyph><style></math><img src onerror=cs231n_attack()>
$\href{javascript:cs231n_attack()}{x}$ <style>@import 'http://example.invalid/cs231n_attack';</style>
<!--><script>cs231n_attack()</script>--> <base href="http://example.invalid/">
<meta http-equiv="refresh" content="0;url=javascript:cs231n_attack()">
<details open ontoggle=cs231n_attack()> {{ 7*7 }} {% include "/etc/passwd" %}
<<script>cs231n_attack();//<</script>
"""


def submit(folder):
    here = folder / "01_activations"
    book = json.loads((here / "01_activations.ipynb").read_text())
    for cell in book["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = PAYLOAD if cell["cell_type"] == "markdown" else f"x = '''{PAYLOAD}'''"
    (here / "01_activations.ipynb").write_text(json.dumps(book))
    module = here / "cs231n_lib" / "activations.py"
    module.write_text(module.read_text() + f'\n\n"""{PAYLOAD}"""\n# {PAYLOAD.splitlines()[0]}\n')
    (here / "<script>cs231n_attack()<").mkdir()
    (here / "<script>cs231n_attack()<" / "script>").write_text("x")
