"""The models that fit an index: encoder, cross-encoder, calibration."""

from __future__ import annotations

from qa.answers import calibration
from qa.answers.cross_encoder import CrossEncoder, open_cross_encoder
from qa.config import AskSettings
from qa.index.embed import Encoder, open_encoder
from qa.index.index import Index


def models_for(
    index: Index, settings: AskSettings, encoder: Encoder | None = None
) -> tuple[Encoder, calibration.Calibration, CrossEncoder | None]:
    """What an index is asked with: its encoder, unless another is given, the calibration that fits, the trained reader.

    Raises:
        ModelError: one of them is missing or does not fit.
    """
    encoder = encoder or open_encoder(index.settings.encoder)
    passages = calibration.passages_key(index.settings)
    model = cross_encoder_of(settings)
    return encoder, calibration_of(settings, encoder, model, passages), model


def cross_encoder_of(settings: AskSettings) -> CrossEncoder | None:
    """The trained reader, if there is one and it is switched on. Raises `ModelError` if it cannot be opened."""
    return open_cross_encoder(settings.reader_model) if settings.reader and settings.reader_model.exists() else None


def calibration_of(
    settings: AskSettings, encoder: Encoder, model: CrossEncoder | None, passages: str = ""
) -> calibration.Calibration:
    """The calibration that goes with these models. Raises `ModelError` if it is missing or does not fit."""
    if model is None:
        return calibration.load(settings.calibration, encoder.sha256, passages)
    return calibration.load(settings.reader_calibration, encoder.sha256, passages, model.sha256)
