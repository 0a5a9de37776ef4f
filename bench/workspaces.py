"""Operations of ``configs/`` copied into a workspace of their own, with the files that the config names, no others."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml
from results_page import ROOT

from dispatch.config import load_settings

CONFIGS = ROOT / "configs"


def known() -> list[str]:
    """Names of the operations, variants among them."""
    return sorted(path.stem for path in CONFIGS.glob("*.yaml"))


def config_of(name: str) -> Path:
    return CONFIGS / f"{name}.yaml"


def copied(config: Path, folder: Path) -> Path:
    """Copy config and inputs to the same places below ``folder``; the copy of the config."""
    values = load_settings(config).inputs.model_dump().values()
    named = [path for value in values for path in (value if isinstance(value, tuple) else [value])]
    home = folder / "configs"
    home.mkdir(parents=True, exist_ok=True)
    for path in (path for path in named if isinstance(path, Path)):
        target = home / path
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (config.parent / path).is_dir() else shutil.copy
        copy(config.parent / path, target)
    return Path(shutil.copy(config, home / config.name))


def limited(config: Path, **limits: int) -> None:
    """Rewrite a copy's ``solver`` section with other limits."""
    content = yaml.safe_load(config.read_text("utf-8"))
    content["solver"] = content.get("solver", {}) | limits
    config.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")
