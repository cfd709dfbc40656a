"""Everything a run of VOID needs, so small that it costs nothing: random weights in Hub layout.

The folder is what ``VOID_STUDIO_MODELS`` may point to. File names, tensor names, dtypes and keys of
the configs are those of the released repositories; only the sizes are not.
"""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

VOID_REPOSITORY = "netflix/void-model"
BASE_REPOSITORY = "alibaba-pai/CogVideoX-Fun-V1.5-5b-InP"

TEXT_WIDTH = 32
TEXT_LENGTH = 16

TRANSFORMER = {
    "_class_name": "CogVideoXTransformer3DModel",
    "_diffusers_version": "0.30.1",
    "activation_fn": "gelu-approximate",
    "add_noise_in_inpaint_model": True,
    "attention_bias": True,
    "attention_head_dim": 64,
    "dropout": 0.0,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "in_channels": 33,
    "max_text_seq_length": TEXT_LENGTH,
    "norm_elementwise_affine": True,
    "norm_eps": 1e-05,
    "num_attention_heads": 2,
    "num_layers": 2,
    "out_channels": 16,
    "patch_bias": False,
    "patch_size": 2,
    "patch_size_t": 2,
    "sample_frames": 85,
    "sample_height": 300,
    "sample_width": 300,
    "spatial_interpolation_scale": 1.875,
    "temporal_compression_ratio": 4,
    "temporal_interpolation_scale": 1.0,
    "text_embed_dim": TEXT_WIDTH,
    "time_embed_dim": 32,
    "timestep_activation_fn": "silu",
    "use_learned_positional_embeddings": False,
    "use_rotary_positional_embeddings": True,
}

VAE: dict[str, Any] = {
    "act_fn": "silu",
    "block_out_channels": [8, 8, 16, 16],
    "down_block_types": ["CogVideoXDownBlock3D"] * 4,
    "force_upcast": True,
    "in_channels": 3,
    "latent_channels": 16,
    "layers_per_block": 1,
    "norm_eps": 1e-06,
    "norm_num_groups": 4,
    "out_channels": 3,
    "sample_height": 480,
    "sample_width": 720,
    "scaling_factor": 0.7,
    "temporal_compression_ratio": 4,
    "up_block_types": ["CogVideoXUpBlock3D"] * 4,
    "use_post_quant_conv": False,
    "use_quant_conv": False,
}

SCHEDULER = {
    "_class_name": "CogVideoXDDIMScheduler",
    "_diffusers_version": "0.32.0.dev0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "clip_sample": False,
    "clip_sample_range": 1.0,
    "num_train_timesteps": 1000,
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "sample_max_value": 1.0,
    "set_alpha_to_one": True,
    "snr_shift_scale": 1.0,
    "steps_offset": 0,
    "timestep_spacing": "trailing",
    "trained_betas": None,
}

TEXT_ENCODER = {
    "d_ff": 48,
    "d_kv": 16,
    "d_model": TEXT_WIDTH,
    "dense_act_fn": "gelu_new",
    "feed_forward_proj": "gated-gelu",
    "num_heads": 2,
    "num_layers": 2,
    "vocab_size": 128,
}

TOKENIZER = {
    "eos_token": "</s>",
    "extra_ids": 0,
    "model_max_length": TEXT_LENGTH,
    "pad_token": "<pad>",
    "tokenizer_class": "T5Tokenizer",
    "unk_token": "<unk>",
}

SENTENCES = (
    "A clean plate of the table in the evening light.",
    "An empty street, and the counter behind the lime is bare.",
    "Water runs down the glass where nobody stands any more.",
)
"""What the tokenizer knows its words from."""


def make_models(folder: Path, seed: int = 0) -> Path:
    """Writes both VOID files and the base repository into ``folder``, the same for every ``seed``.

    Returns:
        ``folder``, which then holds ``netflix/void-model`` and the base repository beside it.
    """
    base = folder / BASE_REPOSITORY
    _write_json(base / "transformer" / "config.json", TRANSFORMER)
    _write_json(base / "scheduler" / "scheduler_config.json", SCHEDULER)
    _make_void(folder / VOID_REPOSITORY, seed)
    _make_vae(base / "vae", seed)
    _make_text_encoder(base / "text_encoder", seed)
    _make_tokenizer(base / "tokenizer")
    return folder


def _make_void(folder: Path, seed: int) -> None:
    from diffusers import CogVideoXTransformer3DModel

    known = {
        key: value
        for key, value in TRANSFORMER.items()
        if not key.startswith("_") and key != "add_noise_in_inpaint_model"
    }
    model = CogVideoXTransformer3DModel(**{**known, "in_channels": 48})
    for name in ("void_pass1", "void_pass2"):
        _randomise(model, f"{name} {seed}")
        _save(model.state_dict(), folder / f"{name}.safetensors")


def _make_vae(folder: Path, seed: int) -> None:
    from diffusers import AutoencoderKLCogVideoX

    vae = AutoencoderKLCogVideoX(**VAE)
    _randomise(vae, f"vae {seed}")
    _write_json(folder / "config.json", {"_class_name": "AutoencoderKLCogVideoX", **VAE})
    _save(vae.state_dict(), folder / "diffusion_pytorch_model.safetensors")


def _make_text_encoder(folder: Path, seed: int) -> None:
    """In two files with an index, as the released one is."""
    from transformers import T5Config, T5EncoderModel

    encoder = T5EncoderModel(T5Config(**TEXT_ENCODER))
    _randomise(encoder, f"text {seed}")
    config = {"architectures": ["T5EncoderModel"], "model_type": "t5", **TEXT_ENCODER}
    _write_json(folder / "config.json", config)
    tensors = dict(encoder.state_dict())
    del tensors["encoder.embed_tokens.weight"]  # the same tensor as shared.weight
    names = sorted(tensors)
    index: dict[str, str] = {}
    for part, chosen in enumerate((names[: len(names) // 2], names[len(names) // 2 :]), start=1):
        file = f"model-{part:05}-of-00002.safetensors"
        _save({name: tensors[name] for name in chosen}, folder / file)
        index.update(dict.fromkeys(chosen, file))
    size = 2 * sum(tensor.numel() for tensor in tensors.values())
    written = {"metadata": {"total_size": size}, "weight_map": index}
    _write_json(folder / "model.safetensors.index.json", written)


def _make_tokenizer(folder: Path) -> None:
    import sentencepiece

    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(SENTENCES),
        model_writer=trained,
        model_type="unigram",
        vocab_size=100,
        hard_vocab_limit=False,
        character_coverage=1.0,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        num_threads=1,
        minloglevel=2,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spiece.model").write_bytes(trained.getvalue())
    _write_json(folder / "tokenizer_config.json", TOKENIZER)
    special = {key: value for key, value in TOKENIZER.items() if key.endswith("_token")}
    _write_json(folder / "special_tokens_map.json", special)


def _randomise(module: Any, stream: str) -> None:
    """Weights that keep what flows through them about as large as it was."""
    import torch

    generator = torch.Generator().manual_seed(zlib.crc32(stream.encode()))
    with torch.no_grad():
        for name, tensor in module.named_parameters():
            drawn = torch.randn(tensor.shape, generator=generator)
            if name.endswith("bias"):
                drawn *= 0.05
            elif tensor.ndim == 1:
                drawn = 1 + 0.05 * drawn
            else:
                drawn /= tensor[0].numel() ** 0.5
            tensor.copy_(drawn)


def _save(tensors: Mapping[str, Any], file: Path) -> None:
    import torch
    from safetensors.torch import save_file

    file.parent.mkdir(parents=True, exist_ok=True)
    halved = {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
    save_file(halved, file, {"format": "pt"})


def _write_json(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2))
