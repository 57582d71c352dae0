"""The small photographs that the patches come from."""

import numpy as np

from cs231n_lib.lab import data


def test_there_is_one_small_photograph_for_each_class():
    """Does each class have its photograph, no side longer than 160 pixels?"""
    photographs = data.load_photographs()
    assert tuple(photographs) == data.load("photopatches").class_names
    for picture, _ in photographs.values():
        assert picture.dtype == np.uint8 and picture.ndim == 3 and max(picture.shape) <= 160


def test_regions_for_testing_are_painted_over():
    """Is a good part of each photograph one even grey, and are the validation regions inside the picture?"""
    for picture, boxes in data.load_photographs().values():
        covered = np.mean((picture == 128).all(axis=2))
        assert 0.03 < covered < 0.5
        assert (boxes >= 0).all() and boxes[:, 1].max() <= picture.shape[0] + 1
        assert boxes[:, 3].max() <= picture.shape[1] + 1
