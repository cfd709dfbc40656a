"""What each remover needs: repositories, files, sizes and licences.

Sizes and licences are those of the released files; where a size is only about right, it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from void_studio.errors import VoidError

VOID_REPOSITORY = "netflix/void-model"
BASE_REPOSITORY = "alibaba-pai/CogVideoX-Fun-V1.5-5b-InP"
RAFT_REPOSITORY = "torchvision/raft"
RAFT_FILE = "raft_large_C_T_SKHT_V2-ff5fadd5.pth"
RAFT_SHA256 = "ff5fadd56d26b40647388883af1547351ea17868b765c05b27231e72dd16a322"
RAFT_BYTES = 21_106_607


@dataclass(frozen=True)
class Licence:
    """Under what a part may be used.

    Attributes:
        covers: What of the part it covers.
        name: What it is called.
        url: Where it can be read.
    """

    covers: str
    name: str
    url: str


@dataclass(frozen=True)
class Part:
    """Files that are fetched, checked and used together.

    Attributes:
        name: What it is called on the command line.
        title: What it is, for an artist.
        repository: ``owner/name``, which is also its folder below a folder of models.
        files: Patterns (``fnmatch``) of its files, paths within the repository; each must match at
            least one file.
        bytes: Size of all files together.
        exact: Whether ``bytes`` is exact.
        licences: All that apply.
    """

    name: str
    title: str
    repository: str
    files: tuple[str, ...]
    bytes: int
    exact: bool
    licences: tuple[Licence, ...]

    def has(self, file: str) -> bool:
        """Whether the path ``file`` within the repository belongs to the part."""
        return any(fnmatchcase(file, pattern) for pattern in self.files)


_APACHE = "https://www.apache.org/licenses/LICENSE-2.0"
_VOID_LICENCE = Licence("VOID's code and weights", "Apache-2.0", _APACHE)

PASS_1 = Part(
    "void-pass1",
    "VOID Pass 1: the transformer",
    VOID_REPOSITORY,
    ("void_pass1.safetensors",),
    11_143_026_048,
    True,
    (_VOID_LICENCE,),
)
PASS_2 = Part(
    "void-pass2",
    "VOID Pass 2: the transformer",
    VOID_REPOSITORY,
    ("void_pass2.safetensors",),
    11_143_026_048,
    True,
    (_VOID_LICENCE,),
)
BASE = Part(
    "base",
    "What VOID is built on: configurations, VAE and the T5 text encoder",
    BASE_REPOSITORY,
    (
        # Of the transformer only what it is like: VOID's files replace its 11 GB of weights.
        "transformer/config.json",
        "scheduler/scheduler_config.json",
        "vae/config.json",
        "vae/diffusion_pytorch_model.safetensors",
        "text_encoder/config.json",
        "text_encoder/model*.safetensors*",
        "tokenizer/spiece.model",
    ),
    9_956_000_000,
    False,
    (
        Licence(
            "CogVideoX-Fun V1.5 5B",
            "CogVideoX licence",
            "https://huggingface.co/THUDM/CogVideoX-5b/blob/main/LICENSE",
        ),
        Licence("the T5 text encoder in it", "Apache-2.0", _APACHE),
    ),
)
RAFT = Part(
    "raft",
    "RAFT optical flow, optional for Pass 2",
    RAFT_REPOSITORY,
    (RAFT_FILE,),
    RAFT_BYTES,
    True,
    (
        Licence(
            "torchvision's RAFT",
            "BSD-3-Clause",
            "https://github.com/pytorch/vision/blob/main/LICENSE",
        ),
    ),
)

PARTS = {part.name: part for part in (BASE, PASS_1, PASS_2, RAFT)}
"""By name. The base comes first: its configuration says what the others must hold."""

NEEDED = {"void-pass1": (BASE, PASS_1), "void-pass2": (BASE, PASS_2)}
"""What a remover cannot run without, by its name."""

USED = {"void-pass1": NEEDED["void-pass1"], "void-pass2": (*NEEDED["void-pass2"], RAFT)}
"""What a remover uses when it is there, by its name."""


def parts_of(remover: str) -> tuple[Part, ...]:
    """What the remover called ``remover`` uses; nothing where it needs no weights."""
    return USED.get(remover, ())


def parts_called(name: str) -> tuple[Part, ...]:
    """The part called ``name``; of a remover's name, all that the remover cannot run without.

    Raises:
        VoidError: there is none.
    """
    if name in NEEDED:
        return NEEDED[name]
    if name not in PARTS:
        raise VoidError(f"There are no weights called {name}", "", f"Choose: {', '.join(PARTS)}")
    return (PARTS[name],)
