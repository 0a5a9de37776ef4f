"""A config that means harm: refused with its line, in seconds, or read as it looks."""

import os
import subprocess
import sys

import pytest

SOURCE = """
import sys
from pathlib import Path
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    resource.setrlimit(resource.RLIMIT_CPU, (8, 8))  # five for the config, the others for a cold start of pydantic
except ImportError:
    pass
from dispatch.config import load_settings
from dispatch.errors import ConfigError
try:
    load_settings(Path(sys.argv[1]))
except ConfigError as error:
    sys.stdout.buffer.write(str(error).encode(errors="backslashreplace"))
"""


def refusal(path):
    done = subprocess.run([sys.executable, "-c", SOURCE, path], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a: " + "[" * 20_000, "嵌套"),
        ("a: " + "{a: " * 20_000, "嵌套"),
        ("- " * 49_000, "嵌套"),
        ("? " * 49_000, "嵌套"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "&a"),
        ("&a " * 30_000, "&a"),
        ("a: !!python/object/apply:os.system ['id']\n", "python/object"),
        ("a: !<tag:evil> x\n", "evil"),
        ("%TAG ! tag:evil:\n---\na: !x 1\n", "evil"),
        ("name: a\x1b[2J\n", "语法"),
        ("name: a\x00b\n", "语法"),
        ("name: \ud800\n", "x.yaml"),
        ('name: "\\ud800"\n', "转义"),
        ('"\\udfff": 1\n', "转义"),
        ("datum: " + "1," * 49_000, "datum"),
        ("a: [" + "1," * 49_000 + "]", "a"),
        ("".join(f"k{n}: 1\n" for n in range(9_000)), "k0"),
        ("a: 1\n" * 15_000, "重复"),
        ("---\n" * 20_000, "语法"),
        ("x" * 100_001, "x.yaml"),
    ],
)
def test_a_trick_is_refused_and_named(tmp_path, content, told):
    path = tmp_path / "x.yaml"
    path.write_bytes(content.encode(errors="surrogatepass"))
    message = refusal(path)
    assert told in message
    assert len(message) < 50_000


@pytest.mark.skipif(os.name != "posix", reason="queues and devices of POSIX")
def test_a_config_that_is_no_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "queue.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    for path in (tmp_path / "queue.yaml", tmp_path / "loop.yaml", "/dev/zero", tmp_path):
        assert str(path) in refusal(path)


def test_an_endless_config_is_refused_before_it_is_read(tmp_path):
    with (tmp_path / "x.yaml").open("wb") as file:
        file.truncate(10 << 30)
    assert "x.yaml" in refusal(tmp_path / "x.yaml")
