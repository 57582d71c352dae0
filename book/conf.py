"""How Sphinx renders the book: MyST pages, Furo's theme, equations as MathML, nothing fetched from elsewhere."""

from latex2mathml.converter import convert

project = "Training neural networks, by hand"
author = "the maintainers of the workbook"
copyright = "text: CC BY 4.0, code: BSD 3-Clause"
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath", "colon_fence", "html_image"]
myst_heading_anchors = 3
numfig = True
html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["book.css"]
html_show_sphinx = False
html_copy_source = html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
html_math_renderer = "mathml"


def visit_math(self, node):
    """Write an equation within a line."""
    from docutils import nodes

    self.body.append(convert(node.astext()))
    raise nodes.SkipNode


def visit_math_block(self, node):
    """Write an equation on lines of its own."""
    from docutils import nodes

    self.body.append(f'<div class="math">{convert(node.astext(), display="block")}</div>')
    raise nodes.SkipNode


def setup(app):
    """Let equations be MathML, which browsers show without a script."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
