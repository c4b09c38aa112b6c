"""Networks of several trainings from the same start become one: `python -m qa.training.average`.

The mean of the weights is about as good as the mean of the judgements, and costs no more than one network (Wortsman et
al. 2022, arXiv:2203.05482).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import click
import torch

from qa.training import network
from qa.training.network import Network


def average(networks: Sequence[Network]) -> Network:
    """The first network with the mean of all networks' weights; they have the same form."""
    first, *others = networks
    with torch.no_grad():
        states = [other.state_dict() for other in others]
        for name, weight in first.state_dict().items():
            if weight.is_floating_point():
                weight.copy_(torch.stack([weight, *(state[name] for state in states)]).mean(dim=0))
    return first


@click.command()
@click.option("--network", "folders", type=click.Path(path_type=Path), multiple=True, required=True, help="Each one.")
@click.option("--output", type=click.Path(path_type=Path), required=True, help="Folder for the network.")
@click.option("--half", is_flag=True, help="In half precision.")
def main(folders: tuple[Path, ...], output: Path, half: bool) -> None:
    """Write the mean of the networks, with the tokeniser and the form of the first."""
    mean = average([network.load(folder) for folder in folders])
    network.save(mean, network.open_tokenizer(folders[0]), output, half)
    shutil.copyfile(folders[0] / "form.json", output / "form.json")


if __name__ == "__main__":
    main()
