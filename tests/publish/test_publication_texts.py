import json
from importlib.resources import files
from string import Formatter

import pytest


@pytest.mark.parametrize("area", ["manifests", "publish", "paper"])
def test_every_wording_exists_in_both_languages_with_the_same_blanks(area):
    for key, wordings in json.loads((files("dispatch") / "texts" / f"{area}.json").read_text("utf-8")).items():
        assert wordings.keys() == {"zh", "en"}, key
        assert all(wordings.values()) or key == "sex.", key
        blanks = [sorted(name for _, name, _, _ in Formatter().parse(w) if name) for w in wordings.values()]
        assert blanks[0] == blanks[1], key
