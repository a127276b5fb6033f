#!/usr/bin/env python3
"""Tests about the code itself: what a reader of the house may rely on.

    house.py CHECK...       run the named checks; without a name, all of them
    house.py list           print the checks' names
    house.py lintable F...  print those files that clang-tidy 14 can parse

A check is a function called check_<name> that yields one line per fault, as
`file:line: what`. Functions are found by their braces, not with a parser.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("runtime", "config", "actors", "http")
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
# Which rooms a room may include; main connects them all.
MAY_INCLUDE = {
    "runtime": {"runtime"},
    "config": {"config", "runtime"},
    "actors": {"actors", "config", "runtime"},
    "http": {"http", "config", "runtime"},
}
# Of the actors, http may know what they say, not how they work.
CONTRACTS = re.compile(r"actors/(contracts|outcome|cached|meaning|embedding_carrier|priority|flow|job|schedule/schedule|job_carrier|queue_contracts|queue_directory)\.hpp")


def sources(*suffixes, under=ROOMS + ("tests",)):
    for room in under:
        for path in sorted((ROOT / room).rglob("*")):
            if path.suffix in suffixes and "node_modules" not in path.parts:
                yield path


def name(path):
    return path.relative_to(ROOT).as_posix()


def lines(path):
    return path.read_text(encoding="utf-8").splitlines()


def without_comments(text):
    """Blanks comments and string contents, keeping every line in its place."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.S)

    def blank(match):
        word = match.group(0)
        if word.startswith("//") or word.startswith("/*"):
            return re.sub(r"[^\n]", " ", word)
        return '"' + re.sub(r"[^\n]", " ", word)[2:] + '"'

    return pattern.sub(blank, text)


def code_lines(path):
    return without_comments(path.read_text(encoding="utf-8")).splitlines()


# -- sizes ---------------------------------------------------------------------


def check_files_are_short():
    for path in sources(".cpp", ".hpp", ".py", ".mjs", ".sh"):
        count = len(lines(path))
        if count > FILE_LINES_MAX:
            yield f"{name(path)}:{count}: more than {FILE_LINES_MAX} lines"


SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b[^()]*$")


def functions(text):
    """Yields first and last line of every function body in blanked code: an
    outermost brace inside scopes only, after something with parentheses."""
    scopes, inside, depth = 0, None, 0
    statement, number = "", 1
    for letter in text:
        number += letter == "\n"
        if inside is not None:
            depth += (letter == "{") - (letter == "}")
            if depth == 0:
                if inside[1]:
                    yield inside[0], number
                inside, statement = None, ""
        elif letter == "{":
            if SCOPE.search(re.sub(r"alignas\([^;{}]*\)", "", statement)):
                scopes += 1
                statement = ""
            else:
                is_function = ")" in statement and not statement.rstrip().endswith("=")
                inside, depth = (number, is_function), 1
        elif letter == "}":
            scopes, statement = scopes - 1, ""
        elif letter == ";":
            statement = ""
        else:
            statement += letter


def check_functions_are_short():
    for path in sources(".cpp", ".hpp"):
        text = without_comments(path.read_text(encoding="utf-8"))
        for first, last in functions(re.sub(r"'[{};\"]'", "' '", text)):
            if last - first + 1 > FUNCTION_LINES_MAX:
                yield (f"{name(path)}:{first}: a function of {last - first + 1} "
                       f"lines, more than {FUNCTION_LINES_MAX}")


# -- words that do not belong --------------------------------------------------


def check_every_wait_ends():
    for path in sources(".cpp", ".hpp", under=ROOMS):
        for number, line in enumerate(code_lines(path), 1):
            if re.search(r"\bcaf::infinite\b|\binfinite\)", line):
                yield f"{name(path)}:{number}: caf::infinite: give a deadline"
            if re.search(r"\bsleep_(for|until)\b|\busleep\(", line):
                yield f"{name(path)}:{number}: sleeps: use a timer"


def check_todos_have_an_issue():
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b(?!\([^)]*#\d+\)|.*#\d+)")
    here = pathlib.Path(__file__).resolve()
    for path in sources(".cpp", ".hpp", ".py", ".mjs", ".sh", ".txt"):
        for number, line in enumerate(lines(path), 1):
            if path != here and marks.search(line):
                yield f"{name(path)}:{number}: a mark without an issue number"


# -- coroutines ----------------------------------------------------------------

LOCAL = re.compile(
    r"(?m)^[ ]*(?:(?:if|for|while)[ ]\()?(?!co_|return|throw|delete|else|using|case)"
    r"(?:const[ ])?[a-z_][\w:]*(?:<[^;{}()]*>)?[ ]?[&*]?[ ][&*]?\[?\w+(?:[ ]=|[ ]:|\{|;|\(|, )")


def awaiting_conditions(text):
    """Yields where an `if` or `while` awaits and names nothing."""
    for found in re.finditer(r"\b(?:if|while) \(", text):
        end, depth = found.end(), 1
        while depth and end < len(text):
            depth += (text[end] == "(") - (text[end] == ")")
            end += 1
        condition = text[found.end():end]
        if "co_await" in condition and not re.match(r"(const )?auto\b", condition):
            yield found.start()


def check_awaiting_conditions_have_a_local_beside_them():
    """gcc 12 misplaces the frame of a coroutine that awaits in a condition and
    declares nothing: its first resumption runs eight bytes beside it."""
    for path in sources(".cpp", ".hpp", under=ROOMS):
        text = without_comments(path.read_text(encoding="utf-8"))
        rows = text.splitlines()
        for first, last in functions(re.sub(r"'[{};\"]'", "' '", text)):
            body = "\n".join(rows[first:last])
            if LOCAL.search(body):
                continue
            for at in awaiting_conditions(body):
                number = first + 1 + body.count("\n", 0, at)
                yield f"{name(path)}:{number}: name what is awaited before the condition"


def check_nothing_is_awaited_behind_a_condition():
    """gcc 12 awaits the right side of `a && co_await b` also when `a` is false,
    and that of `a || co_await b` when it is true."""
    for path in sources(".cpp", ".hpp", under=ROOMS):
        text = without_comments(path.read_text(encoding="utf-8"))
        for found in re.finditer(r"(?:&&|\|\|)\s*(?:\(|!)?\s*co_await", text):
            number = text.count("\n", 0, found.start()) + 1
            yield f"{name(path)}:{number}: await in a statement of its own"


# -- includes ------------------------------------------------------------------

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
INCLUDE_ANY = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


def included(path, pattern=INCLUDE):
    for number, line in enumerate(lines(path), 1):
        match = pattern.match(line)
        if match:
            yield number, match.group(1)


def check_includes_point_one_way():
    for path in sources(".cpp", ".hpp", under=ROOMS):
        room = path.relative_to(ROOT).parts[0]
        if name(path).startswith(("runtime/main", "runtime/command/")):
            continue
        for number, target in included(path):
            other = target.split("/")[0]
            if not (ROOT / target).exists():
                yield (f'{name(path)}:{number}: "{target}" is not a path from '
                       "the top of the tree")
            elif other in ROOMS and other not in MAY_INCLUDE[room]:
                if room == "http" and CONTRACTS.search(target):
                    continue
                yield f"{name(path)}:{number}: {room} must not include {target}"
            elif other == "tests":
                yield f"{name(path)}:{number}: includes a test: {target}"


def check_own_header_comes_first():
    """Then every header that has a .cpp is known to compile alone."""
    for path in sources(".cpp", under=ROOMS):
        own = path.with_suffix(".hpp")
        if not own.exists():
            continue
        first = next(iter(included(path, INCLUDE_ANY)), (1, ""))
        if first[1] != name(own):
            yield f"{name(path)}:{first[0]}: {name(own)} must come first"


def check_actors_have_no_sockets():
    for path in sources(".cpp", ".hpp", under=("actors", "config")):
        for number, target in included(path, INCLUDE_ANY):
            if re.match(r"boost/(asio|beast)|asio/|openssl/ssl", target):
                yield f"{name(path)}:{number}: no sockets here: {target}"


def check_headers_open_with_an_essay():
    for path in sources(".hpp"):
        text = lines(path)
        if not text or not text[0].startswith("// "):
            yield f"{name(path)}:1: a header opens by saying what it is"
        if "#pragma once" not in text:
            yield f"{name(path)}:1: no #pragma once"


# -- what is written about the program -------------------------------------------


def catalogue_names():
    """Names of metrics the program exports: literals in the catalogue."""
    found = set()
    for path in sources(".hpp", ".cpp", under=("runtime/metrics",)):
        found.update(re.findall(r'metric_spec\s+\w+\s*\{\s*"([a-z0-9_]+)"',
                                path.read_text(encoding="utf-8")))
    return found


def base_metric(metric):
    return re.sub(r"_(bucket|sum|count)$", "", metric)


def check_monitoring_uses_catalogue_names():
    known = catalogue_names()
    pattern = re.compile(
        r"\b((?:troupe|gen_ai|api|cache|queue|worker|model)_[a-z0-9_]*"
        r"(?:_total|_ms|_seconds|_bytes|_size|_count|_bucket|_sum))\b")
    room = ROOT / "monitoring"
    for path in sorted(room.rglob("*")) if room.exists() else ():
        if path.suffix not in (".yml", ".yaml", ".json"):
            continue
        for number, line in enumerate(lines(path), 1):
            for metric in pattern.findall(line):
                if metric not in known and base_metric(metric) not in known:
                    yield f"{name(path)}:{number}: no such metric: {metric}"


def readme_block(word):
    """Lines between <!-- word --> and <!-- /word -->, or None."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    match = re.search(rf"<!-- {word} -->\n(.*?)<!-- /{word} -->", text, re.S)
    return match.group(1).splitlines() if match else None


def table_keys(block):
    """The `quoted` words in the first cell of every row."""
    for row in block:
        if row.startswith("|"):
            yield from re.findall(r"`([^`]+)`", row.split("|")[1])


def compare(block, written, known):
    for word in sorted(set(known) - set(written)):
        yield f"README.md: the table of {block} lacks {word}"
    for word in sorted(set(written) - set(known)):
        yield f"README.md: the table of {block} invents {word}"


def check_readme_lists_every_metric():
    block = readme_block("metrics")
    if block is None:
        yield "README.md: no <!-- metrics --> table"
        return
    yield from compare("metrics", table_keys(block), catalogue_names())


def check_readme_lists_every_knob():
    """The table is what `troupe_knobs table` prints, word for word."""
    block = readme_block("knobs")
    if block is None:
        yield "README.md: no <!-- knobs --> table"
        return
    program = os.environ["TROUPE_KNOBS"]
    printed = subprocess.run([program, "table"], capture_output=True, text=True,
                             check=True, timeout=20).stdout
    if [row for row in block if row] != [row for row in printed.splitlines() if row]:
        yield "README.md: the table of knobs is not what troupe_knobs prints"


def end_to_end_names():
    """What the tests of tests/e2e are called; a name made of parts is a pattern."""
    for path in sorted((ROOT / "tests/e2e").glob("*.test.mjs")):
        for found in re.finditer(r"\btest\((['`])(.*?)\1", path.read_text(encoding="utf-8")):
            parts = re.split(r"\$\{[^}]*\}", found.group(2))
            yield re.compile(".+".join(re.escape(part) for part in parts))


def check_every_feature_is_shown():
    """Each row of the table of features names tests that exist, or says no."""
    known = list(end_to_end_names())
    block = readme_block("features")
    if not block:
        yield "README.md: no <!-- features --> table"
        return
    for row in block:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) != 4:
            yield f"README.md: not four cells: {row}"
            continue
        shown = re.findall(r"`([^`]+)`", cells[3])
        if not shown and not re.match(r"(no|not yet)\b", cells[2]):
            yield f"README.md: nothing shows '{cells[0]}'"
        for name_of_test in shown:
            if not any(pattern.fullmatch(name_of_test) for pattern in known):
                yield f"README.md: no test is called '{name_of_test}'"


# -- layout --------------------------------------------------------------------


def check_layout_is_clang_formats():
    if not shutil.which("clang-format"):
        if os.environ.get("CI"):
            yield "clang-format is missing, and CI requires it"
        else:
            print("no clang-format: the layout was not checked")
        return
    files = [name(p) for p in sources(".cpp", ".hpp")]
    done = subprocess.run(["clang-format", "--dry-run", "--Werror", *files],
                          cwd=ROOT, capture_output=True, text=True, timeout=120)
    yield from (line for line in done.stderr.splitlines() if "error:" in line)


# -- what clang-tidy can parse ----------------------------------------------------


def reaches_coroutines(path, seen):
    """Whether a file sees Boost's awaitables, itself or through our headers."""
    if path in seen or not path.exists():
        return False
    seen.add(path)
    for _, target in included(path, INCLUDE_ANY):
        if re.match(r"boost/asio/(awaitable|co_spawn|use_awaitable)", target):
            return True
        if reaches_coroutines(ROOT / target, seen):
            return True
    return False


def lintable(files):
    for file in files:
        if not reaches_coroutines(ROOT / file, set()):
            print(file)


# -- running -------------------------------------------------------------------


def main(arguments):
    checks = {word[len("check_"):]: thing for word, thing in globals().items()
              if word.startswith("check_")}
    if arguments[:1] == ["list"]:
        print("\n".join(checks))
        return 0
    if arguments[:1] == ["lintable"]:
        lintable(arguments[1:])
        return 0
    faults = 0
    for word in arguments or checks:
        for fault in checks[word]():
            print(f"{fault}  [{word}]")
            faults += 1
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
