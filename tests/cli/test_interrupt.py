import os
import signal
import subprocess
import sys

import pytest

# A shell may have started this process with Ctrl-C ignored, which a child inherits.
HEARS = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
START = [sys.executable, "-c", HEARS + "from dispatch.cli import main; main()"]


@pytest.mark.skipif(sys.platform == "win32", reason="a console event cannot be sent to one child")
@pytest.mark.parametrize("said", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "stop"])
def test_an_interrupted_search_ends_with_130_and_leaves_no_plan(workspace, said):
    workspace.config_text = workspace.config_text.replace("rounds: 200", "rounds: 2000000000")
    workspace.write()
    command = [*START, "run", str(workspace.config), "--lang", "en", "--json"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment
    ) as run:
        for line in run.stderr:
            if "bound" in line:  # the search has begun to tell how far it is
                break
        run.send_signal(said)
        out, err = run.communicate(timeout=200)
    assert run.returncode == 130, err
    assert '"exit_code": 130' in out
    assert workspace.published() == []
    assert [p.name for p in workspace.out.iterdir() if p.name.startswith(".")] == []
