import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh.md"]


def commands(readme):
    return re.findall(r"```sh\n(.*?)```", readme.read_text("utf-8"), re.DOTALL)


def test_both_readmes_hold_the_same_two_command_lines():
    english, chinese = map(commands, READMES)
    assert english == chinese
    assert len(english) == 2
    assert all(len(command.strip().splitlines()) == 1 for command in english)


def test_the_commands_name_things_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    run, test = commands(READMES[0])
    assert all((ROOT / name).is_file() for command in (run, test) for name in re.findall(r"-c (\S+)", command))
    assert (ROOT / re.search(r"dispatch run (\S+)", run).group(1)).is_file()
    assert "dispatch" in project["scripts"]
    assert re.search(r"\.\[(\w+)\]", test).group(1) in project["optional-dependencies"]
    assert any(r.startswith("pytest") for r in project["optional-dependencies"]["dev"])


def test_every_dependency_is_pinned_within_its_range():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line)
    for line in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(line)
        assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)]), line


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_local_links_lead_somewhere(readme):
    links = re.findall(r"\]\(([^)#:]+)\)", readme.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []
