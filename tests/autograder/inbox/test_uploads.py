"""The inbox: what is admitted, and that nothing else does any harm."""

import ast
import gzip
import io
import json
import os
import stat
import struct
import tarfile
import time
import warnings
import zipfile

import nbformat
import pytest
from downloads import pack_tar, pack_zip, write_files
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell
from small_course import (
    ASSIGNMENT,
    MODULE,
    answered,
    find_submissions,
    read_inbox,
    released,
    small_course,
    small_outline,
    zip_of,
)

from autograder.course import cells
from autograder.course.assignment import collect_sources, parse_cell_sources, rebuild_notebook
from autograder.inbox import archives, parts, uploads
from autograder.inbox.remarks import MAX_REMARKS
from autograder.inbox.uploads import Upload, place_upload, read_notebook


def submit(root, files, student="ada", assignment=ASSIGNMENT):
    """Write files of one submission; return the folder of all submissions."""
    for name, content in files.items():
        path = root / student / assignment / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def only(root):
    """Collect a folder with one submission in it."""
    uploads, rejected = read_inbox(root)
    assert not rejected
    return uploads[0]


def test_notebook_and_module_are_admitted_from_a_folder(tmp_path):
    """Are notebook and module admitted from a folder?"""
    files = {f"{ASSIGNMENT}.ipynb": nbformat.writes(answered()), "cs231n_lib/activations.py": MODULE}
    upload = only(submit(tmp_path, files))
    assert (upload.student, upload.assignment, upload.module, upload.remarks) == ("ada", ASSIGNMENT, MODULE, [])
    assert upload.sources["x-prediction"] == ["prediction_x = 'a'"]


@pytest.mark.parametrize("where, members", [
    ("ada_01_activations.zip", ["cs231n_lib/activations.py"]),
    ("ada_01_activations.zip", ["01_activations/cs231n_lib/activations.py"]),
    ("ada.zip", ["01_activations/cs231n_lib/activations.py"]),
    ("ada/01_activations.zip", ["cs231n_lib/activations.py"]),
    ("ada/01_activations.zip", ["activations.py"]),
])
def test_zip_is_read_like_its_folder(tmp_path, where, members):
    """Is a zip read like the folder it holds?"""
    zip_of(tmp_path / where, dict.fromkeys(members, MODULE))
    upload = only(tmp_path)
    assert (upload.student, upload.assignment, upload.module) == ("ada", ASSIGNMENT, MODULE)


def test_one_zip_of_the_whole_class_is_read(tmp_path):
    """Is one zip of the whole class read?"""
    archive = zip_of(tmp_path / "class.zip", {"ada/01_activations/cs231n_lib/activations.py": MODULE,
                                              "ben/01_activations/cs231n_lib/activations.py": MODULE})
    assert [u.student for u in read_inbox(archive)[0]] == ["ada", "ben"]


def test_unknown_names_are_named_and_the_rest_kept(tmp_path):
    """Are unknown names named and the rest kept?"""
    submit(tmp_path, {"cs231n_lib/activations.py": MODULE})
    submit(tmp_path, {"essay.txt": "x"}, assignment="99_extra")
    submit(tmp_path, {"x.txt": "x"}, student="-rf; echo")
    (tmp_path / "grades.zip").write_bytes(b"not a zip")
    uploads, rejected = read_inbox(tmp_path)
    assert [u.student for u in uploads] == ["ada"]
    assert len(rejected) == 3
    assert any("99_extra: unknown assignment" in r for r in rejected)
    assert any("not a student's name" in r for r in rejected)
    assert any("not a readable archive" in r for r in rejected)


def test_link_is_never_followed(tmp_path):
    """Is a link never followed?"""
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET = 1\n")
    folder = tmp_path / "inbox" / "ada" / ASSIGNMENT / "cs231n_lib"
    folder.mkdir(parents=True)
    (folder / "activations.py").symlink_to(secret)
    (tmp_path / "inbox" / "eve").symlink_to(tmp_path)
    uploads, rejected = read_inbox(tmp_path / "inbox")
    assert uploads[0].module is None and "cannot be read" in uploads[0].remarks[0]
    assert any(r.startswith("eve") for r in rejected)


def test_link_in_a_zip_is_refused(tmp_path):
    """Is a link in a zip refused?"""
    info = zipfile.ZipInfo(f"{ASSIGNMENT}/cs231n_lib/activations.py")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    zip_of(tmp_path / "ada.zip", {info: "/etc/passwd"})
    upload = only(tmp_path)
    assert upload.module is None and "symbolic link" in upload.remarks[0]


def test_named_pipe_is_not_waited_for(tmp_path):
    """Is a named pipe not waited for?"""
    folder = tmp_path / "ada" / ASSIGNMENT
    folder.mkdir(parents=True)
    os.mkfifo(folder / "activations.py")
    assert "cannot be read" in only(tmp_path).remarks[0]


@pytest.mark.parametrize("name", [
    "../../../evil.py", "/etc/cron.d/evil", "cs231n_lib/numpy.py", "cs231n_lib/lab/check.py", "sitecustomize.py",
    "numpy/__init__.py", "activations.so", "timestamp.txt",
])
def test_file_of_another_name_is_left_out_with_a_remark(tmp_path, name):
    """Is a file of another name left out with a remark?"""
    zip_of(tmp_path / "ada" / f"{ASSIGNMENT}.zip", {name: "x", "activations.py": MODULE})
    upload = only(tmp_path)
    assert upload.module == MODULE
    assert len(upload.remarks) == 1 and "left out" in upload.remarks[0]


def test_zip_bomb_costs_one_capped_read(tmp_path):
    """Does a zip bomb cost one capped read?"""
    path = tmp_path / "ada" / f"{ASSIGNMENT}.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("activations.py", b"0" * 2**26)
    upload = only(tmp_path)
    assert upload.module is None and "larger than" in upload.remarks[0]


def test_member_without_a_name_costs_nothing(tmp_path):
    """Does a member without a name cost nothing?"""
    nameless = zipfile.ZipInfo("x")
    nameless.filename = ""
    zip_of(tmp_path / "ada" / f"{ASSIGNMENT}.zip", {nameless: "x", "activations.py": MODULE})
    assert only(tmp_path).module == MODULE


def test_text_that_is_not_utf8_is_left_out(tmp_path):
    """Is text that is not UTF-8 left out?"""
    assert "UTF-8" in only(submit(tmp_path, {"activations.py": b"\xff\xfe\x00"})).remarks[0]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"cells": 3}', '{"cells": [3]}', "[" * 100000,
                                  '{"cells": [{"metadata": 1}]}', '{"cells": [{"metadata": {"nbgrader": [1]}}]}'])
def test_broken_notebook_is_a_remark_and_not_a_crash(tmp_path, text):
    """Is a broken notebook a remark and not a crash?"""
    upload = only(submit(tmp_path, {f"{ASSIGNMENT}.ipynb": text, "activations.py": MODULE}))
    assert upload.module == MODULE and upload.sources in (None, {})


def test_rebuilding_takes_solution_cells_and_nothing_else():
    """Does rebuilding take over solution cells and nothing else?"""
    theirs = answered()
    theirs.cells[1].source = "100.0"
    theirs.cells[1].metadata.nbgrader.points = 100
    theirs.cells.insert(0, new_code_cell("import os; os._exit(0)"))
    book = rebuild_notebook(released(), collect_sources(theirs.cells))
    assert [c.source for c in book.cells] == ["prediction_x = 'a'", "check_answer(prediction_x, 'ab')",
                                              "YOUR ANSWER HERE"]
    assert book.cells[1].metadata.nbgrader.points == 1


@pytest.mark.parametrize("change", ["delete", "retype", "lose metadata"])
def test_damage_to_one_cell_costs_at_most_that_cell(change):
    """Does damage to one cell cost at most that cell?"""
    theirs = answered()
    theirs.cells[2].source = "because"
    if change == "delete":
        del theirs.cells[0]
    elif change == "retype":
        theirs.cells[0].cell_type = "markdown"
    else:
        del theirs.cells[0].metadata["nbgrader"]
    book = rebuild_notebook(released(), collect_sources(theirs.cells))
    assert book.cells[2].source == "because"
    assert book.cells[0].source == ("prediction_x = ..." if change == "delete" else "prediction_x = 'a'")


def test_changed_one_of_two_copies_counts():
    """Does the changed one of two copies count?"""
    theirs = answered()
    theirs.cells.insert(0, released().cells[0])
    assert rebuild_notebook(released(), collect_sources(theirs.cells)).cells[0].source == "prediction_x = 'a'"


def test_placed_notebook_is_valid_and_placing_it_again_changes_nothing(tmp_path):
    """Is what was placed a valid notebook and placing it twice no change?"""
    course = small_course(tmp_path / "course")
    upload = Upload("ada", ASSIGNMENT, MODULE, {"x-prediction": ["prediction_x = 'b'"]})
    assert place_upload(upload, course) is True
    assert place_upload(upload, course) is False
    placed = nbformat.read(course / "submitted" / "ada" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)
    nbformat.validate(placed)
    assert placed.cells[0].source == "prediction_x = 'b'"
    upload.module = None
    assert place_upload(upload, course) is True
    assert not list((course / "submitted").rglob("*.py"))


@pytest.mark.parametrize("source, value", [
    ("# a choice\nx = 'b'", "b"), ("x = ...", ...), ("x = 0.25", 0.25), ("x = -3", -3), ("", ...), ("# nothing", ...),
])
def test_literal_is_read_from_an_answer_cell(source, value):
    """Is a literal read from an answer cell?"""
    assert cells.read_answer(source, "x") == value


@pytest.mark.parametrize("source", [
    "x = 0.25**10", "x = __import__('os')", "y = 1", "x = 1; y = x", "x", "x = y = 1", "x =", "import os", "x: int = 1",
    "x = " + "(" * 300 + ")" * 300, "x = '" + "a" * 5000 + "'", "x = " + "-" * 3000 + "1", "x[0] = 1", "(x, y) = 1, 2",
])
def test_other_answers_are_unreadable_with_a_reason(source):
    """Is anything else unreadable with a reason?"""
    value = cells.read_answer(source, "x")
    assert isinstance(value, cells.Unreadable) and value.reason


LITERALS = st.recursive(st.none() | st.booleans() | st.integers(-99, 99) | st.floats(-9, 9) | st.text(max_size=8),
                        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner), max_leaves=4)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=60) | LITERALS.map("x = {!r}".format))
def test_any_text_in_an_answer_cell_is_its_literal_or_unreadable(source):
    """Is any text in an answer cell read as the literal in it, as left open, or as unreadable with a reason?"""
    value = cells.read_answer(source, "x")
    if isinstance(value, cells.Unreadable):
        assert value.reason and not source.startswith("x = ")
    else:
        statements = ast.parse(source).body
        written = ast.literal_eval(statements[0].value) if statements else ...
        assert (type(value), repr(value)) == (type(written), repr(written))


KEYS = st.sampled_from(["cells", "source", "metadata", "nbgrader", "grade_id", "id", "cell_type"])
NOTEBOOKS = st.recursive(st.none() | st.integers() | st.text(max_size=6),
                         lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(NOTEBOOKS)
@example({"cells": [{"source": "x = 1", "id": "x"}, {"source": "x = 2", "id": "x"}, 3]})
def test_any_json_for_a_notebook_is_sources_by_name_or_a_remark(tree):
    """Is any JSON for a notebook read as the sources of its cells by name, or as no notebook, with a remark?"""
    upload, outline = Upload("ada", ASSIGNMENT), small_outline()
    outline["cells"] += [{"name": "x", "kind": "answer", "variable": "x", "source": "x = ..."}]
    found = read_notebook(upload, "x.ipynb", json.dumps(tree).encode(), outline)
    if not (isinstance(tree, dict) and isinstance(tree.get("cells"), list)):
        assert found is None and "not a notebook" in upload.remarks[0]
        return
    sources = found["sources"]
    assert all(type(name) is str and all(type(text) is str for text in texts) for name, texts in sources.items())
    assert sum(map(len, sources.values())) <= len(tree["cells"]) and upload.remarks == []
    assert len(sources) + len(found["not_found"]) == 3


def zip_of_copies(path, members):
    """Write a zip with several members of one name: pairs of name and content."""
    path.parent.mkdir(parents=True)
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)


def test_of_many_copies_in_a_zip_the_last_is_read_alone(tmp_path, monkeypatch):
    """Is of a thousand notebooks of one name only the last one parsed, as unzip leaves it, and is that told once?"""
    books = [(f"{ASSIGNMENT}.ipynb", nbformat.writes(answered(f"prediction_x = {n}"))) for n in range(1000)]
    zip_of_copies(tmp_path / "ada" / f"{ASSIGNMENT}.zip", [*books, ("activations.py", "x"), ("activations.py", MODULE)])
    parsed, real = [], uploads.run_limited
    monkeypatch.setattr(uploads, "run_limited", lambda function, text, *rest: real(function, text, *rest) if (
        function is not parse_cell_sources) else parsed.append(text) or real(function, text, *rest))
    upload = only(tmp_path)
    assert upload.module == MODULE and len(parsed) == 1 and "prediction_x = 999" in parsed[0]
    assert upload.remarks == [f"{ASSIGNMENT}.ipynb: 1000 files of this name, the last one counts",
                              "activations.py: 2 files of this name, the last one counts"]


def test_zip_with_an_endless_table_of_contents_is_refused_unread(tmp_path, monkeypatch):
    """Is a zip whose table of contents is far too long refused before it is read, however it says so?"""
    path = zip_of(tmp_path / "ada" / f"{ASSIGNMENT}.zip", {"x" * 60_000 + str(n): "" for n in range(40)})
    monkeypatch.setattr(archives, "list_members", lambda path: 1 / 0)
    assert archives.measure_directory(path) > archives.MAX_DIRECTORY
    assert any("far too many files" in line for line in read_inbox(tmp_path)[1])
    larger = b"PK\6\6" + bytes(36) + struct.pack("<QQ", 2**33, 0) + b"PK\6\7" + bytes(16)
    path.write_bytes(larger + b"PK\5\6" + bytes(8) + b"\xff" * 8 + bytes(2))
    assert archives.measure_directory(path) == 2**33


def test_ordinary_zip_has_the_table_of_contents_that_it_says(tmp_path):
    """Is the length of an ordinary zip's table of contents read right?"""
    path = zip_of(tmp_path / "a.zip", {"ab": "", "cde": MODULE})
    assert archives.measure_directory(path) == 2 * 46 + 5


def test_member_with_a_long_name_is_left_out_with_one_line(tmp_path):
    """Are members with endless names left out, and one line said of them?"""
    zip_of(tmp_path / "ada.zip", {**{f"{ASSIGNMENT}/{n}" + "x" * 5000: "" for n in range(30)},
                                  f"{ASSIGNMENT}/activations.py": MODULE})
    found, rejected = read_inbox(tmp_path)
    assert found[0].module == MODULE and len(rejected) == 1 and len(rejected[0]) < 300


def test_folder_is_looked_at_as_far_as_a_submission_may_go(tmp_path, monkeypatch):
    """Is a folder with endless entries, or endless folders, looked at up to the limit, and is that told?"""
    monkeypatch.setattr(archives, "MAX_MEMBERS", 50)
    for number in range(200):
        (tmp_path / "ada" / ASSIGNMENT / str(number % 20) / str(number)).mkdir(parents=True)
    seen, rejected = [], []
    monkeypatch.setattr(archives, "list_entries", lambda *args, real=archives.list_entries: seen.extend(
        found := real(*args)) or found)
    assert list(archives.list_files(tmp_path / "ada" / ASSIGNMENT, rejected)) == []
    assert len(seen) <= 50 and len(rejected) == 1 and "ada/01_activations" in rejected[0]


def test_one_student_fills_no_screen(tmp_path):
    """Are a thousand misfits of one student a few lines?"""
    for number in range(300):
        (tmp_path / "ada" / f"unknown{number}").mkdir(parents=True)
        (tmp_path / "ada" / f"loose{number}.txt").touch()
    zip_of(tmp_path / "ben.zip", {f"unknown{n}/x": "" for n in range(300)})
    assert len(read_inbox(tmp_path)[1]) <= 3 * (MAX_REMARKS + 1)


def test_file_beside_the_students_folders_is_named(tmp_path):
    """Is a notebook that somebody puts beside the folders named, and not lost in silence?"""
    (tmp_path / "ada" / ASSIGNMENT).mkdir(parents=True)
    for name in ("lovelace 01_activations.ipynb", "all.tar.gz", "all.rar", ".DS_Store"):
        (tmp_path / name).write_text("x")
    rejected = []
    assert list(find_submissions(tmp_path, rejected)) == [("ada", ASSIGNMENT)]
    assert rejected == [
        "all.rar: neither a folder nor an archive, and no name that an LMS gives",
        "all.tar.gz: not a readable archive (Not a gzipped file (b'x'))",
        "lovelace 01_activations.ipynb: neither a folder nor an archive, and no name that an LMS gives"]


def test_tar_that_unpacks_to_too_much_is_refused(tmp_path, monkeypatch):
    """Is of a compressed tar no more unpacked than a submission may have?"""
    monkeypatch.setattr(archives, "MAX_UNPACKED", 2**16)
    for name, size in (("ada", 2**20), ("ben", 2**10)):
        write_files(tmp_path, {f"{name}/{ASSIGNMENT}.tar.gz": pack_tar({"activations.py": bytes(size)})})
    found, rejected = read_inbox(tmp_path)
    assert [upload.student for upload in found] == ["ben"]
    assert len(rejected) == 1
    assert rejected[0].startswith(f"ada/{ASSIGNMENT}.tar.gz: not a readable archive (larger than")


def test_text_that_is_named_as_blackboards_keeps_nobody_waiting(tmp_path):
    """Does a student's file of another system, named as Blackboard names its own text, cost no time?"""
    name = "lovelaceada_20451_2_x_attempt_2025-10-03-23-34-10.txt"
    write_files(tmp_path, {"lovelaceada_20451_1_activations.py": MODULE, name: "Name:" + " " * 2000})
    began = time.process_time()
    read_inbox(tmp_path)
    assert time.process_time() - began < 1


def test_attributes_of_a_tar_are_parsed_up_to_a_length(tmp_path, monkeypatch):
    """Is a tar refused whose attributes, which cost seconds and memory, are long, in one header or in many?"""
    monkeypatch.setattr(archives, "MAX_UNPACKED", 32 * 2**10)  # 1 KB of attributes
    for student, count, length in (("ada", 1, 2000), ("ben", 9, 200), ("cyd", 2, 200)):
        unpacked = io.BytesIO()
        with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for number in range(count):
                member = tarfile.TarInfo(f"{ASSIGNMENT}/activations.py" if number == 0 else f"{number}.txt")
                member.pax_headers = {"comment": "x" * length}
                archive.addfile(member)
        write_files(tmp_path, {f"{student}/{ASSIGNMENT}.tar.gz": gzip.compress(unpacked.getvalue())})
    endless = tarfile.TarInfo("x")
    endless.type, endless.size = tarfile.XHDTYPE, -512
    hostile = endless.tobuf(tarfile.GNU_FORMAT) + b"9 a=bcde\n" * 3000
    write_files(tmp_path, {f"dan/{ASSIGNMENT}.tar.gz": gzip.compress(hostile)})
    found, rejected = read_inbox(tmp_path)
    assert [upload.student for upload in found] == ["cyd"]
    assert sum("far too long names and attributes" in line for line in rejected) == 3


def test_map_of_a_sparse_file_in_a_tar_is_not_read(tmp_path):
    """Does a map that says it has a billion entries cost nothing, and is the file one that cannot be read?"""
    unpacked, size = io.BytesIO(), b"1" * 9 + b"\n" + b"1\n" * 251
    with tarfile.open(fileobj=unpacked, mode="w", format=tarfile.PAX_FORMAT) as archive:
        sparse = tarfile.TarInfo("01_activations/activations.py")
        sparse.size = len(size)
        sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "5"}
        archive.addfile(sparse, io.BytesIO(size))
    write_files(tmp_path, {f"ada/{ASSIGNMENT}.tar.gz": gzip.compress(unpacked.getvalue())})
    (upload,), _ = read_inbox(tmp_path)
    assert upload.module is None and any("not a regular file" in line for line in upload.remarks)


def test_link_in_a_tar_is_refused(tmp_path):
    """Is a link in a tar never followed?"""
    with tarfile.open(tmp_path / "ada.tgz", "w:gz") as archive:
        link = tarfile.TarInfo(f"{ASSIGNMENT}/cs231n_lib/activations.py")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    upload = only(tmp_path)
    assert upload.module is None and "not a regular file" in upload.remarks[0]


def test_archives_of_an_upload_are_opened_up_to_a_number(tmp_path, monkeypatch):
    """Are of hundreds of archives in one upload a few opened, and the others named, up to a screen?"""
    opened, real = [], archives.list_archive
    monkeypatch.setattr(parts, "list_archive", lambda *args: opened.append(args) or real(*args))
    many = {f"{n}.zip": pack_zip({f"{n}.txt": "x"}) for n in range(300)}
    write_files(tmp_path, {f"ada/{ASSIGNMENT}/all.zip": pack_zip(many)})
    rejected = read_inbox(tmp_path)[1]
    assert len(opened) <= parts.MAX_ARCHIVES and len(rejected) <= MAX_REMARKS + 1
