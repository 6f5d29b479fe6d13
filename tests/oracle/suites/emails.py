"""Mail addresses in text, against the cases of tables/emails.toml."""

import pathlib
import tomllib

from trial import Trial

TABLE = pathlib.Path(__file__).parents[1] / "tables/emails.toml"


def trials(run):
    if not run.wants("email"):
        return
    cases = {case["text"]: case["found"] for case in tomllib.loads(TABLE.read_text())["case"]}
    yield Trial("email", ["email"], list(cases), bool, wanted=cases)
