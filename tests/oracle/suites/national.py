"""Numbers of countries and schemes, against python-stdnum: types.toml."""

import doctest
import importlib
import inspect
import pathlib
import re
import tomllib

import draw
from trial import Trial

TYPES = pathlib.Path(__file__).parent.parent / "types.toml"


class Oracle:
    """What one module of python-stdnum says."""

    def __init__(self, name):
        self.module = importlib.import_module(f"stdnum.{name}")

    def accepts(self, value):
        try:
            return bool(self.module.is_valid(value))
        except Exception:  # Some modules fail on what they do not expect.
            return False

    def seeds(self):
        """The valid numbers of the module's own documentation."""
        seeds = set()
        for example in doctest.DocTestParser().get_examples(inspect.getdoc(self.module) or ""):
            for value in re.findall(r"'([^']+)'", example.source):
                if self.accepts(value):
                    seeds.add(value)
        return sorted(seeds)


def trials(run):
    for name, spec in tomllib.loads(TYPES.read_text()).items():
        if not run.wants(name):
            continue
        oracle = Oracle(spec["oracle"])
        seeds = spec.get("seeds") or oracle.seeds()
        if "form" in spec:
            seeds = [value for value in seeds if re.fullmatch(spec["form"], value)]
        if not seeds:
            raise SystemExit(f"{name}: no valid number to begin with")
        rng = run.rng(name)
        fits = spec.get("fits", True)
        values = draw.mixed(seeds, oracle.accepts if fits else None, run.draws, rng)
        yield Trial(name, [name], values, oracle.accepts, field=spec["field"])
