"""Authoring: a topic is begun, ``python -m autograder new-topic NAME``.

In: a name. Out: one file of the topic in each of its rooms, in the checkout or in a course's folder ``topics``, which
run as they are and wait to be rewritten. ``new_topic`` writes them from the files in ``template/``: working code about
a topic ``template_topic`` with a function ``template_function``, under the names that a course's own topic gives its
files (:data:`autograder.rooms.OWN_NAMES`). May import release and what is below it.
"""
