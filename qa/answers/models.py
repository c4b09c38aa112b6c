"""The models that fit an index: encoder, cross-encoder, calibration."""

from __future__ import annotations

from dataclasses import dataclass

from qa.answers import calibration
from qa.answers.calibration import Calibration
from qa.answers.cross_encoder import CrossEncoder, Judge, open_cross_encoder
from qa.config import AskSettings
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Index


@dataclass(frozen=True, slots=True)
class Models:
    """The models that answer questions; `cross_encoder` is None if there is none or it is switched off."""

    encoder: Encoder
    calibration: Calibration
    cross_encoder: Judge | None = None


def open_models(index: Index, settings: AskSettings, encoder: Encoder | None = None) -> Models:
    """Open the models for an index. The encoder is the one that the index names, unless another is given.

    Raises:
        ModelError: one of them is missing or does not fit.
    """
    encoder = encoder or open_encoder(index.settings.encoder)
    cross_encoder = cross_encoder_of(settings)
    passages = calibration.passages_key(index.settings)
    return Models(encoder, calibration_of(settings, encoder, cross_encoder, passages), cross_encoder)


def cross_encoder_of(settings: AskSettings) -> CrossEncoder | None:
    """The cross-encoder, if its file exists and it is switched on. Raises `ModelError` if it cannot be opened."""
    if not (settings.reader and settings.reader_model.exists()):
        return None
    return open_cross_encoder(settings.reader_model)


def calibration_of(
    settings: AskSettings, encoder: Encoder, cross_encoder: Judge | None, passages: str = ""
) -> Calibration:
    """The calibration that was fitted for these models. Raises `ModelError` if it is missing or does not fit."""
    if cross_encoder is None:
        return calibration.load(settings.calibration, encoder.sha256, passages)
    return calibration.load(settings.reader_calibration, encoder.sha256, passages, cross_encoder.sha256)
