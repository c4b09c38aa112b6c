"""Loads the models in the background, while the rest of the program is still imported."""

from __future__ import annotations

import threading
from contextlib import suppress

from qa.types import QAError


def begin() -> threading.Thread:
    """Begin to load the models that the settings name, one after the other, so that one at a time is unpacked.

    Whoever opens one of them waits until it is there; whoever joins the thread first does not unpack another meanwhile.

    Checksums, the making of sessions and the like need a processor and not Python's lock, so that on two cores 0.3 s
    of them take no time. What fails here fails again where it is needed, and is reported there. The thread is no
    daemon: a program that ends earlier waits for it, since ONNX Runtime must not come back to a Python that is gone.
    """
    thread = threading.Thread(target=_load, name="loading")
    thread.start()
    return thread


def _load() -> None:
    from qa.answers.cross_encoder import open_cross_encoder
    from qa.config import AskSettings, IndexSettings
    from qa.index.embed import OURS, PLAIN, open_encoder

    with suppress(QAError, ValueError):
        encoder, settings = IndexSettings().encoder, AskSettings()
        if encoder in (OURS, PLAIN):
            open_encoder(encoder).load()
        if settings.reader:
            open_cross_encoder(settings.reader_model)
