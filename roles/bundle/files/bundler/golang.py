"""Programs built from Go modules with the versions and sums of our own go.mod and go.sum."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .errors import BundleError
from .image import Settings, write_program_image
from .recipe import ROLE_FILES, Context, Product, Recipe, Tools, architecture

MODULE = ROLE_FILES / "go/labkube"


@dataclass(frozen=True)
class Program:
    """One `go build`.

    `package` is an import path, or ./… for a program of ours. `stamps` are assignments for the linker's `-X`, with
    {release}, {major} and {minor} standing for the version, as the upstream's own release build has them. With `cgo`
    the program is linked statically, so that it also runs where the C library is older than here.
    """

    name: str
    package: str
    tags: str = ""
    stamps: tuple[str, ...] = ()
    cgo: bool = False


@dataclass(frozen=True)
class Upstream:
    """The Go module that a version, its published sum and its name come from."""

    module: str

    @property
    def pinned(self) -> str:
        """Return the version of the module in our go.mod."""
        go_mod = (MODULE / "go.mod").read_text(encoding="utf-8")
        found = re.search(rf"^\s*(?:require )?{re.escape(self.module)} (v\S+)", go_mod, re.MULTILINE)
        if found is None:
            raise BundleError(f"{MODULE / 'go.mod'} does not require {self.module}: add it.")
        return found[1]

    @property
    def version(self) -> str:
        """Return the version as its project writes it: Prometheus tags the module v0.313.5 for its release 3.13.5."""
        pinned = self.pinned
        renumbered = re.fullmatch(r"v0\.3(\d\d)\.(\d+)", pinned) if self.module.endswith("/prometheus") else None
        return f"3.{int(renumbered[1])}.{renumbered[2]}" if renumbered else pinned.removeprefix("v")

    @property
    def release(self) -> str:
        """Return the version as the project's own release build stamps it into its programs."""
        return self.version if self.module.endswith("/prometheus") else f"v{self.version}"

    @property
    def source(self) -> str:
        """Name the module and its version."""
        return f"Go module {self.module} {self.pinned}"

    @property
    def checksum(self) -> str:
        """Return the sum that the Go checksum database publishes for the module."""
        go_sum = (MODULE / "go.sum").read_text(encoding="utf-8")
        found = re.search(rf"^{re.escape(self.module)} {re.escape(self.pinned)} (h1:\S+)$", go_sum, re.MULTILINE)
        if found is None:
            raise BundleError(f"{MODULE / 'go.sum'} has no sum of {self.module}: run go mod tidy.")
        return found[1]


def required_go() -> tuple[int, ...]:
    """Return the least Go version that go.mod asks for."""
    go_mod = (MODULE / "go.mod").read_text(encoding="utf-8")
    found = re.search(r"^go (\S+)$", go_mod, re.MULTILINE)
    if found is None:
        raise BundleError(f"{MODULE / 'go.mod'} has no go line: add one.")
    return _numbers(f"go{found[1]}")


def toolchain(cache: Path) -> Path:
    """Return where `make setup` puts PyPI's Go on a machine without one."""
    return cache / "go" / "toolchain"


def find_go(cache: Path) -> str:
    """Return the path of a Go that is new enough: the machine's own, else the one that `make setup` brought.

    Raises:
        BundleError: there is none.
    """
    wanted = required_go()
    for candidate in (shutil.which("go"), shutil.which(toolchain(cache) / "go" / "bin" / "go")):
        if candidate is None:
            continue
        told = subprocess.run(
            [candidate, "env", "GOVERSION"],
            env={**os.environ, "GOTOOLCHAIN": "local"},
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        if _numbers(told) >= wanted:
            return str(candidate)
    raise BundleError(
        f"Go {'.'.join(map(str, wanted))} or newer is needed, and neither on PATH nor in {toolchain(cache)}: "
        "run make setup, or ansible-playbook playbooks/prepare-controller.yml with the options of this run."
    )


def _numbers(version: str) -> tuple[int, ...]:
    """Return the numbers of a Go version, none for anything else: go1.26.8 is (1, 26, 8)."""
    found = re.match(r"go(\d+(?:\.\d+)*)", version)
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def environment(cache: Path) -> dict[str, str]:
    """Return what Go needs to know to work in our module with the packages in the cache."""
    return {
        "CGO_ENABLED": "0",
        "GOCACHE": str(cache / "go" / "build"),
        "GOMODCACHE": str(cache / "go" / "mod"),
        # Without it the module cache is read-only and a user can't simply remove it.
        "GOFLAGS": "-modcacherw",
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
    }


def compile_program(context: Context, program: Program, release: str, target: Path) -> None:
    """Build one program; its compiled packages stay in the cache, so that an interrupted build goes on."""
    major, minor = release.removeprefix("v").split(".")[:2]
    stamps = (stamp.format(release=release, major=major, minor=minor) for stamp in program.stamps)
    flags = ["-s", "-w", *(f"-X {stamp}" for stamp in stamps)]
    tags = program.tags
    if program.cgo:
        flags += ["-linkmode external", "-extldflags -static"]
        tags = ",".join(filter(None, ("netgo", "osusergo", tags)))
    context.run(
        [
            find_go(context.cache),
            "build",
            "-mod=readonly",
            "-trimpath",
            "-buildvcs=false",
            *(["-tags", tags] if tags else []),
            "-ldflags",
            " ".join(flags),
            "-o",
            target,
            program.package,
        ],
        cwd=MODULE,
        env={
            **environment(context.cache),
            # What is built runs on Linux, whatever this machine is.
            "GOOS": "linux",
            "GOARCH": architecture(),
            "CGO_ENABLED": "1" if program.cgo else "0",
            # Without the debug information of Go's default, which stripping takes out again.
            "CGO_CFLAGS": "-O2",
        },
    )


def _sources(programs: tuple[Program, ...]) -> tuple[Path, ...]:
    ours = {MODULE / program.package for program in programs if program.package.startswith("./")}
    shared = [MODULE / "internal"] if ours else []
    return (MODULE / "go.mod", MODULE / "go.sum", *shared, *sorted(ours))


def _parameters(upstream: Upstream, programs: tuple[Program, ...]) -> tuple[str, ...]:
    return (upstream.release, *(repr(program) for program in programs))


def programs_recipe(name: str, usual_seconds: int, upstream: Upstream, programs: tuple[Program, ...]) -> Recipe:
    """Make programs that become part of labkube."""

    def build(context: Context, work: Path) -> Product:
        files = {}
        for program in programs:
            compile_program(context, program, upstream.release, work / program.name)
            files[f"{name}/{program.name}"] = work / program.name
        return Product(upstream.version, upstream.source, upstream.checksum, files)

    return Recipe(
        name=name,
        kind="program",
        usual_seconds=usual_seconds,
        build=build,
        sources=_sources(programs),
        parameters=_parameters(upstream, programs),
    )


def tool_recipe(name: str, usual_seconds: int, upstream: Upstream, program: Program) -> Recipe:
    """Make a program for the controller."""

    def build(context: Context, work: Path) -> Product:
        compile_program(context, program, upstream.release, work / name)
        return Product(
            upstream.version,
            upstream.source,
            upstream.checksum,
            {f"tools/linux-{architecture()}/{name}": work / name},
        )

    return Recipe(
        name=name,
        kind="tool",
        usual_seconds=usual_seconds,
        build=build,
        sources=_sources((program,)),
        parameters=_parameters(upstream, (program,)),
        tools=Tools.GO,
    )


def image_recipe(
    name: str, usual_seconds: int, upstream: Upstream, program: Program, beside: Recipe | None = None
) -> Recipe:
    """Make a container image that holds one program, to be run as any user.

    `beside` makes what else is in the image: its files, at the paths that they have below its name.
    """
    inside = f"/bin/{program.name}"
    needs = (beside,) if beside else ()

    def build(context: Context, work: Path) -> Product:
        reference = f"localhost/{name}:{upstream.version}"
        compile_program(context, program, upstream.release, work / program.name)
        archive = work / f"{name}.tar"
        made = context.programs.artefacts()
        paths = [stored.path for needed in needs for stored in made[needed.name].files]
        files = {f"/{path.partition('/')[2]}": context.programs.root / path for path in paths}
        write_program_image(Settings(reference, entrypoint=(inside,)), work / program.name, inside, archive, files)
        return Product(upstream.version, upstream.source, upstream.checksum, {f"images/{name}.tar": archive}, reference)

    return Recipe(
        name=name,
        kind="image",
        usual_seconds=usual_seconds,
        build=build,
        sources=_sources((program,)),
        parameters=_parameters(upstream, (program,)),
        needs=needs,
        tools=Tools.GO,
    )
