"""Models that were stored predict what they predicted before, and hold no pupil."""

from __future__ import annotations

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from recommender.errors import CannotWrite, InputError
from recommender.risk import RiskSettings, assess, load_models, save_models, score_units

QUICK = RiskSettings(folds=3, rounds=15, penalties=(0.02,))


@pytest.fixture(scope="module", params=["linear", "linear with notes", "boosting with notes"])
def fitted(request, world):
    """Assessed models with the candidate of the parameter kept, whichever was better."""
    from recommender.risk.models import fitting

    original = fitting.candidates_of

    def only(sample, settings):
        return {request.param: original(sample, settings)[request.param]}

    patch = pytest.MonkeyPatch()
    patch.setattr(fitting, "candidates_of", only)
    try:
        return assess(world.cohort, world.outcomes[:1], QUICK)
    finally:
        patch.undo()


@pytest.mark.many(1)
def test_stored_models_predict_exactly_what_they_did(fitted, world, tmp_path):
    path = tmp_path / "models.npz"
    save_models(fitted.models, path)
    again = score_units(load_models(path), world.cohort, QUICK)
    assert np.array_equal(again.risk, fitted.profiles.risk)
    assert np.array_equal(again.standard_error, fitted.profiles.standard_error)
    assert [p.name for p in tmp_path.iterdir()] == ["models.npz"]


def test_the_file_holds_no_pickle_and_no_pupil(fitted, world, tmp_path):
    path = tmp_path / "models.npz"
    save_models(fitted.models, path)
    with zipfile.ZipFile(path) as file:
        content = b"".join(file.read(name) for name in file.namelist())
    assert all(array.dtype != object for array in np.load(path, allow_pickle=False).values())
    for pupil in world.cohort.units["unit_id"][:50]:
        assert pupil.encode() not in content
    assert "w:stil" in fitted.models.terms.terms
    assert not any("sam" in term for term in fitted.models.terms.terms)


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "models.npz"
    for content in (b"", b"not a zip", b"\x80\x04."):
        path.write_bytes(content)
        with pytest.raises(InputError, match="is not a file of risk models"):
            load_models(path)
    with pytest.raises(InputError):
        load_models(tmp_path / "absent.npz")


def test_models_of_another_version_are_refused(small, tmp_path, monkeypatch):
    models = assess(small.cohort, small.outcomes, replace(QUICK, boosting=False)).models
    monkeypatch.setattr("recommender.risk.store.FORMAT", 99)
    save_models(models, tmp_path / "models.npz")
    monkeypatch.undo()
    with pytest.raises(InputError, match="make it again"):
        load_models(tmp_path / "models.npz")


def test_a_folder_that_is_not_there_cannot_be_written_to(small, tmp_path):
    models = assess(small.cohort, small.outcomes, replace(QUICK, boosting=False)).models
    with pytest.raises(CannotWrite, match="could not be written"):
        save_models(models, tmp_path / "absent" / "models.npz")
