"""Runs terrier over values, and tells what it finds in which of them."""

import csv
import json
import pathlib
import subprocess
import tempfile

# A report keeps so many findings of a field; smaller files lose none.
ROWS = 5000


class Terrier:
    """The program, with the options that let nothing fall out of sight."""

    def __init__(self, program, detectors=None):
        self.command = [
            program, "scan", "--include-test-values", "--all-findings", "--reveal", "--format",
            "jsonl", "--progress", "never",
        ]  # fmt: skip
        self.folder = detectors

    def in_column(self, trial):
        """For each value what is found in it, in a CSV column of the field's name."""
        values = trial.values
        with tempfile.TemporaryDirectory() as folder:
            for part, first in enumerate(range(0, len(values), ROWS)):
                with open(f"{folder}/{part}.csv", "w", newline="", encoding="utf-8") as file:
                    writer = csv.writer(file)
                    writer.writerow(["row", trial.field])
                    writer.writerows(enumerate(values[first : first + ROWS]))
            found = [[] for _ in values]
            for path, location, value in self.findings(trial, folder):
                found[int(path.stem) * ROWS + location["row"] - 1].append(value)
        return found

    def in_text(self, trial):
        """The same in running text: the trial's line with the value for `{}`."""
        values = trial.values
        with tempfile.TemporaryDirectory() as folder:
            rows = {}
            for part, first in enumerate(range(0, len(values), ROWS)):
                text, number = [], 1
                for at, value in enumerate(values[first : first + ROWS], first):
                    lines = trial.line.replace("{}", value).split("\n")
                    rows |= {(part, number + more): at for more in range(len(lines))}
                    # Words of one value speak for the next one no longer.
                    lines += [""] * 3
                    number += len(lines)
                    text += lines
                path = pathlib.Path(folder, f"{part}.txt")
                path.write_bytes("\n".join(text).encode())
            found = [[] for _ in values]
            for path, location, value in self.findings(trial, folder):
                found[rows[int(path.stem), location["line"]]].append(value)
        return found

    def findings(self, trial, folder):
        chosen = [word for detector in trial.detectors for word in ("--detector", detector)]
        chosen += ["--min-confidence", trial.band, *self.replaced(trial.detectors)]
        command = self.command + chosen + [folder]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for line in output.split("\n"):
            record = json.loads(line) if line else {}
            if record.get("type") == "finding":
                yield pathlib.Path(record["path"]), record["location"], record["value"]

    def replaced(self, detectors):
        """Options for the files in which the detectors stand, if they are not the built-in ones."""
        lines = {f'id = "{detector}"' for detector in detectors}
        files = pathlib.Path(self.folder).rglob("*.toml") if self.folder else []
        for file in files:
            if lines & {" ".join(line.split()) for line in file.read_text().splitlines()}:
                yield "--detectors-path"
                yield str(file)
