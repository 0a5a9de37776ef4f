"""The fuzz of the readers borrows the intake's sample office and workbooks."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "intake"))
