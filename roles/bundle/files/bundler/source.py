"""Which source fills the bundle, and its recipes."""

from dataclasses import dataclass, field

from .catalogue import recipes as packaged_recipes
from .errors import BundleError
from .lock import Lock
from .recipe import Recipe, architecture
from .releases import kubectl_note, left_to_a_node, release_recipes, system
from .settings import Settings
from .transport import ChallengeError, TemporaryError, open_url

# Whether a site can be reached shows soon; a download has more patience.
PROBE_SECONDS = 10
NAMES = ("releases", "packages")


@dataclass(frozen=True)
class Source:
    """A source's name, its recipes in order, and lines for the user about the choice.

    `later` names the recipes that only work once there is a node.
    """

    name: str
    recipes: dict[str, Recipe]
    notes: list[str] = field(default_factory=list)
    later: set[str] = field(default_factory=set)

    @property
    def others(self) -> set[str]:
        """Return the names that only the other source has: they go when this one takes over a bundle."""
        lock = Lock.read(system(), architecture())
        everything = {*packaged_recipes(), *(file.name for file in lock.files), *(image.name for image in lock.images)}
        return everything - self.recipes.keys()


def choose(wanted: str, filled_by: str, settings: Settings, *, offline: bool) -> Source:
    """Return the source that `wanted` means: `auto` is what filled the bundle so far, else what can be reached.

    Raises:
        BundleError: only `releases` works here, and it can't be used.
    """
    notes = []
    name = wanted
    if wanted == "auto":
        name = filled_by if filled_by in NAMES else NAMES[0]
        if not filled_by and not offline and system() == "linux" and (reason := _unreachable(settings)):
            name = "packages"
            notes.append(f"lab_source auto: {reason}, so the bundle is built from packages.")
    if name == "packages":
        if system() != "linux":
            raise BundleError("The source packages needs Linux: use -e lab_source=releases.")
        return Source(name, packaged_recipes(), notes)
    lock = Lock.read(system(), architecture())
    notes += filter(None, [kubectl_note(lock)])
    return Source(name, release_recipes(settings, lock), notes, left_to_a_node(settings, lock))


def _unreachable(settings: Settings) -> str:
    """Say why the first file of the lock can't be fetched; "" when it can."""
    first = Lock.read(system(), architecture()).files[0]
    try:
        open_url(settings.address(first.site, first.url), PROBE_SECONDS, {"Range": "bytes=0-0"}).close()
    except (BundleError, TemporaryError, ChallengeError) as error:
        return str(error).rstrip(".")
    return ""
