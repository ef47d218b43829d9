"""Says as JSON how far the app's image got on this node and which older ones are superfluous; changes nothing.

Usage: inspect_images.py REPOSITORY TAG BASE KEEP. Run on the node by its own Python, with the standard library alone.
"""

import json
import subprocess
import sys
from collections.abc import Iterable

# What `docker save` calls REPOSITORY:TAG, and so what Kubernetes finds under the short name.
LIBRARY = "docker.io/library/"
# Where the disk is full the kubelet collects images that no pod uses, unless they have this label.
# Nothing would bring this one back.
PINNED = "io.cri-containerd.pinned=pinned"
CTR = ("k3s", "ctr", "--namespace", "k8s.io")


def lines(*command: str) -> list[list[str]]:
    """Run a program and split its output into lines and words."""
    output = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
    return [line.split() for line in output.splitlines() if line.strip()]


def built(repository: str) -> dict[str, str]:
    """Give Docker's tags of a repository and their image ids, the newest first."""
    found = lines("docker", "image", "ls", "--no-trunc", "--format", "{{.Tag}} {{.ID}}", repository)
    return {tag: identifier for tag, identifier in found if tag != "<none>"}


def loaded(repository: str) -> dict[str, list[str]]:
    """Give containerd's tags of a repository and what it says of each: type, manifest's digest and, last, labels."""
    prefix = f"{LIBRARY}{repository}:"
    found = lines(*CTR, "images", "ls", f"name~=^{prefix}")[1:]
    return {words[0].removeprefix(prefix): words[1:] for words in found if words[0].startswith(prefix)}


def config_digest(manifest: str) -> str:
    """Give the digest of the configuration that a manifest names: what Docker takes as the image's id."""
    content = subprocess.run((*CTR, "content", "get", manifest), stdout=subprocess.PIPE, check=True).stdout
    digest: str = json.loads(content).get("config", {}).get("digest", "")
    return digest


def in_use(repository: str) -> set[str]:
    """Give the tags that a container was made from, stopped ones included."""
    names = [words[1] for words in lines(*CTR, "containers", "ls")[1:] if len(words) > 1]
    names += [words[0] for words in lines("docker", "ps", "--all", "--format", "{{.Image}}")]
    names = [name.removeprefix(LIBRARY) for name in names]
    return {name.removeprefix(f"{repository}:") for name in names if name.startswith(f"{repository}:")}


def superfluous(tags: Iterable[str], kept: set[str]) -> list[str]:
    """Give the tags that may go."""
    return sorted(set(tags) - kept)


def main(repository: str, tag: str, base: str, keep: int) -> None:
    """Print what was found."""
    in_docker, in_containerd = built(repository), loaded(repository)
    base_repository, base_tag = base.rsplit(":", 1)
    bases = built(base_repository)
    image = in_docker.get(tag, "")
    _, manifest, *_, labels = in_containerd.get(tag, ["", "", ""])
    # An engine that keeps its images in containerd takes the manifest's digest as the id.
    same = bool(image) and bool(manifest) and image in (manifest, config_digest(manifest))
    used = in_use(repository)
    kept = {*[tag, *(old for old in in_docker if old != tag)][:keep], *used}
    found = {
        "base": base_tag in bases,
        "built": bool(image),
        "loaded": same and PINNED in labels.split(","),
        "digest": image,
        "in_use": sorted(used),
        "superfluous": {
            "docker": [f"{repository}:{old}" for old in superfluous(in_docker, kept)]
            + [f"{base_repository}:{old}" for old in superfluous(bases, {*[base_tag][:keep]})],
            "containerd": [f"{LIBRARY}{repository}:{old}" for old in superfluous(in_containerd, kept)],
        },
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
