"""The project's frame: what files promise of one another, where no other test would notice a lie."""

from __future__ import annotations

import ast
import configparser
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import typer.main
import yaml

from monitor.cli.commands import commands

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements/run.lock", "requirements/dev.lock", "benchmarks/requirements.txt")
PIN = re.compile(r"^([a-z0-9-]+)==(\S+)(?: ; (.*?))?(?: \\)?$")
STANDARD_LIBRARY = sys.stdlib_module_names | {"compression"}  # which is new in Python 3.14
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 450, 60
"""Files are under about 400 lines and most functions under 30; what is this long is several things."""

TEXTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is in the repository, or would be with the next `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    if listed.returncode:  # a source archive without its history
        built = re.compile(r"^\.venv|^\.git$|cache|^\.hypothesis$|^data$")
        files = [p for p in ROOT.rglob("*") if not any(map(built.search, p.relative_to(ROOT).parts))]
    else:
        files = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return tuple(path for path in files if path.is_file())


def pyproject() -> dict[str, dict[str, list[str]]]:
    whole = tomllib.loads(read("pyproject.toml"))
    project = whole["project"]
    return {
        "extras": project["optional-dependencies"],
        "groups": {"runtime": project["dependencies"], "build": whole["build-system"]["requires"]},
    }


def names_of(requirements: list[str]) -> set[str]:
    return {canonical(re.split(r"[\[<>=;~! ]", line, maxsplit=1)[0]) for line in requirements}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, set[str]]:
    """The versions that a lock names, by distribution; several where platforms or Pythons differ."""
    found: dict[str, set[str]] = {}
    for line in read(lock).splitlines():
        if pin := PIN.match(line):
            found.setdefault(pin[1], set()).add(pin[2])
    return found


# --- the locks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_no_place_and_nothing_without_a_hash(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", read(lock).strip())
    for entry in entries:
        lines = [line for line in entry.splitlines() if not line.lstrip().startswith("#")]
        for first, *rest in [lines] if lines else []:
            assert PIN.match(first), first
            assert rest, f"{first} has no hash"
            for line in rest:
                assert re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?", line), line


def test_what_runs_and_what_builds_is_in_every_lock() -> None:
    groups = pyproject()["groups"]
    needed = names_of(groups["runtime"]) | names_of(groups["build"])
    for lock in LOCKS:
        assert needed <= pins(lock).keys(), lock


def test_the_lock_of_everything_holds_every_extra() -> None:
    for extra, requirements in pyproject()["extras"].items():
        assert names_of(requirements) <= pins("requirements/dev.lock").keys(), extra


def test_all_locks_agree_on_what_runs() -> None:
    for name, versions in pins("requirements/run.lock").items():
        assert pins("requirements/dev.lock")[name] == versions, name
    runtime = names_of(pyproject()["groups"]["runtime"])
    benchmarks = pins("benchmarks/requirements.txt")
    assert {n: benchmarks[n] for n in runtime} == {n: pins("requirements/run.lock")[n] for n in runtime}


def test_the_peers_of_the_benchmarks_are_pinned() -> None:
    wanted = [line for line in read("benchmarks/requirements.in").splitlines() if not line.startswith("#")]
    assert names_of(wanted) <= pins("benchmarks/requirements.txt").keys()


def test_the_build_backend_is_locked_as_pyproject_names_it() -> None:
    wanted = [line for line in read("requirements/build.in").splitlines() if not line.startswith("#")]
    assert wanted == pyproject()["groups"]["build"]


# --- Docker --------------------------------------------------------------------------------------


def copied_from_here() -> list[str]:
    """The paths that the Dockerfile copies from the checkout."""
    copies = re.findall(r"^COPY (?!--from)(.+)$", read("Dockerfile"), re.MULTILINE)
    return [path for line in copies for path in line.split()[:-1]]


def test_the_dockerfile_copies_only_paths_that_exist() -> None:
    assert copied_from_here()
    for path in copied_from_here():
        assert (ROOT / path).exists(), path


def test_docker_is_given_what_the_dockerfile_copies_and_nothing_else() -> None:
    lines = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied_from_here())


def test_what_the_dockerfile_copies_is_enough_to_build_the_package() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    needed = {"pyproject.toml", "monitor", project["readme"], *project["license-files"]}
    assert needed <= set(copied_from_here())


def test_compose_mounts_only_what_is_there() -> None:
    compose = yaml.safe_load(read("compose.yaml"))
    for volume in compose["services"]["monitor"]["volumes"]:
        source = volume.split(":")[0]
        assert source in compose["volumes"] or (ROOT / source).exists(), source


# --- the documentation ---------------------------------------------------------------------------


def test_the_documentation_names_the_extras_that_there_are() -> None:
    table = read("docs/operations.md").partition("| extra |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == pyproject()["extras"].keys()


def test_the_documentation_names_only_commands_that_there_are() -> None:
    group = typer.main.get_command(commands)
    known = set(getattr(group, "commands", {}))
    assert known
    for path in TEXTS:
        for line in path.read_text("utf-8").splitlines():
            for command in re.findall(r"(?:`|^|bin/)monitor ([a-z]+)\b(?! \w+ \w+)", line):
                assert command in known, f"{path.relative_to(ROOT)}: monitor {command}"


def test_the_documentation_names_only_make_targets_that_there_are() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    for path in TEXTS:
        for target in re.findall(r"(?:`|^)make ([a-z]+)\b", path.read_text("utf-8"), re.MULTILINE):
            assert target in targets, f"{path.relative_to(ROOT)}: make {target}"


def test_links_between_documents_lead_somewhere() -> None:
    for path in TEXTS:
        for target in re.findall(r"\]\((?!https?:)([^)#]*)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if target:
                assert (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"


def test_decisions_are_numbered_without_a_gap_and_have_one_shape() -> None:
    decisions = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text("utf-8")
        assert text.startswith(f"# {path.name[:4]}. "), path.name
        headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
        assert headings == ["Question", "Choice", "Because", "Instead of", "What follows"], path.name


def test_the_changelog_has_a_place_for_what_comes_next() -> None:
    assert re.findall(r"^## (.+)$", read("CHANGELOG.md"), re.MULTILINE)[0] == "[Unreleased]"


def test_make_help_names_what_a_newcomer_needs() -> None:
    explained = re.findall(r"^([a-z]+):.*## ", read("Makefile"), re.MULTILINE)
    assert {"help", "demo", "run", "test", "check", "bench", "clean"} <= set(explained)


def test_no_file_names_a_place_on_somebodys_machine_or_a_registry() -> None:
    # Written so that this file does not name what it forbids.
    forbidden = re.compile(
        rf"/(?:home|Users)/[a-z]|/roo[t]/|\bpyp[i]\.(?:org|python)|pythonhoste[d]|{re.escape(str(ROOT))}/"
        if len(ROOT.parts) > 2  # a checkout at /src has a name too common to look for
        else r"/(?:home|Users)/[a-z]|/roo[t]/|\bpyp[i]\.(?:org|python)|pythonhoste[d]"
    )
    for path in project_files():
        text = path.read_bytes().decode("utf-8", "replace")
        assert not forbidden.search(text), f"{path.relative_to(ROOT)}: {forbidden.search(text)}"


# --- the house -----------------------------------------------------------------------------------


def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read_string(read(".importlinter"))
    return parser


def listed(section: str, key: str) -> list[str]:
    return contracts()[f"importlinter:contract:{section}"][key].split()


def parsed_modules(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        yield path, parsed(path)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes(), path.name)


def imported_names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_every_outside_library_has_an_owner_and_is_declared() -> None:
    parser = contracts()
    owned = {
        name
        for section in parser.sections()
        if parser[section].get("type") == "protected"
        for name in parser[section]["protected_modules"].split()
    }
    declared = names_of(
        [line for group in pyproject().values() for lines in group.values() for line in lines]
    )
    distributions = packages_distributions()
    for path, tree in parsed_modules("monitor"):
        for name in set(imported_names(tree)) - {"monitor"} - STANDARD_LIBRARY:
            where = f"{path.relative_to(ROOT)} imports {name}"
            assert name in owned, f"{where}, which no contract of .importlinter gives an owner"
            assert {canonical(d) for d in distributions[name]} & declared, f"{where}, undeclared"


def test_every_contract_fails_when_it_is_broken(tmp_path: Path) -> None:
    parser = contracts()
    sections = {name: parser[name] for name in parser.sections() if name.startswith("importlinter:contract:")}
    shutil.copytree(
        ROOT / "monitor", tmp_path / "monitor", ignore=shutil.ignore_patterns("__pycache__", "sites")
    )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    libraries = [s["protected_modules"].split()[0] for s in sections.values() if s["type"] == "protected"]
    plant(tmp_path / "monitor/utils.py", *libraries)  # no room, and no owner of anything
    plant(tmp_path / "monitor/model/ids.py", "monitor.model.alerts")
    plant(tmp_path / "monitor/ports/world.py", "monitor.ports.channel")
    plant(tmp_path / "monitor/compose.py", "logging")
    plant(tmp_path / "monitor/jobs/worker.py", "asyncio")
    linter = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert linter.returncode == 1, linter.stdout
    for section in sections.values():
        assert f"{section['name']} BROKEN" in linter.stdout, linter.stdout


def plant(path: Path, *modules: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"import {module}\n" for module in modules)


def is_pure(path: Path) -> bool:
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    return any(module == room or module.startswith(f"{room}.") for room in listed("pure", "source_modules"))


def test_pure_rooms_open_no_file_ask_no_clock_and_print_nothing() -> None:
    impure_calls = {"open", "print", "input", "exec", "eval", "__import__"}
    impure_methods = {"now", "utcnow", "today", "environ", "getenv", "read_text", "read_bytes"}
    for path, tree in parsed_modules("monitor"):
        if not is_pure(path):
            continue
        for node in ast.walk(tree):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in impure_calls, where
            elif isinstance(node, ast.Attribute):
                assert node.attr not in impure_methods, where


def test_the_coverage_floor_stands_under_every_pure_room() -> None:
    floor = {
        path.removesuffix(".py").removesuffix("/*").replace("/", ".")
        for line in re.findall(r"^PURE := (.+)$", read("Makefile"), re.MULTILINE)
        for path in line.removeprefix("$(PURE),").split(",")
    }
    walk = {"monitor.pipeline", "monitor.look", "monitor.recheck", "monitor.courier"}
    assert floor == {*listed("pure", "source_modules"), *walk}


def test_no_test_is_skipped_and_none_is_timed() -> None:
    forbidden = {"skip", "skipif", "xfail", "importorskip", "perf_counter", "process_time"}
    for path, tree in parsed_modules("tests"):
        for node in ast.walk(tree):
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Attribute):
                assert node.attr not in forbidden, where
            elif isinstance(node, ast.ImportFrom):
                assert forbidden.isdisjoint(alias.name for alias in node.names), where


def test_what_outgrows_the_house_is_parted() -> None:
    for path, tree in parsed_modules("monitor"):
        if "migrations" in path.parts:  # they stay as they were
            continue
        assert path.read_bytes().count(b"\n") <= MOST_LINES, f"{path.relative_to(ROOT)} misses a name"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= MOST_LINES_OF_A_FUNCTION, f"{path.relative_to(ROOT)}:{node.lineno}"
