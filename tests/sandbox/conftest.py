"""The programs that try to get out lie beside their tests: they are run by another interpreter."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
