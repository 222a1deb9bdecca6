"""One question asked of Hugging Face transformers: prefill of a window and 16 tokens of answer, random weights of a published shape.

    python3 deploy/gpu-baseline.py 3b|7b|tiny cuda|cpu

The baseline of deploy/gpu-bench.sh: the same window (48 s of 196 x 336, the mean of a window that grows to 64 s) in bfloat16, one query.
"""
import json
import sys
import time

import torch
import transformers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

VIDEO, START, END = 1002, 1000, 1001
SHAPES = {
    "3b": dict(hidden_size=2048, intermediate_size=11008, num_hidden_layers=36, num_attention_heads=16, num_key_value_heads=2, vocab_size=151936, tie_word_embeddings=True),
    "7b": dict(hidden_size=3584, intermediate_size=18944, num_hidden_layers=28, num_attention_heads=28, num_key_value_heads=4, vocab_size=152064, tie_word_embeddings=False),
    "tiny": dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, vocab_size=2048, tie_word_embeddings=True),
}


def build(shape, device):
    text = dict(SHAPES[shape], rms_norm_eps=1e-6, max_position_embeddings=128000)
    section = [2, 3, 3] if shape == "tiny" else [16, 24, 24]
    if int(transformers.__version__.split(".")[0]) >= 5:
        text["rope_parameters"] = {"rope_type": "default", "mrope_section": section, "rope_theta": 1e6}
    else:
        text.update(rope_theta=1e6, rope_scaling={"type": "mrope", "mrope_section": section})
    vision = dict(depth=32, hidden_size=1280, num_heads=16, intermediate_size=3420, out_hidden_size=text["hidden_size"], patch_size=14, temporal_patch_size=2,
                  spatial_merge_size=2, window_size=112, fullatt_block_indexes=[7, 15, 23, 31], tokens_per_second=2)
    if shape == "tiny":
        vision.update(depth=2, hidden_size=32, num_heads=2, intermediate_size=48, fullatt_block_indexes=[1])
    config = Qwen2_5_VLConfig(text_config=text, vision_config=vision, tie_word_embeddings=text["tie_word_embeddings"],
                              vision_start_token_id=START, vision_end_token_id=END, video_token_id=VIDEO, image_token_id=1003)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device(device):
        return Qwen2_5_VLForConditionalGeneration(config).eval()


def main(shape, device):
    model = build(shape, device)
    pairs, height, width = 48, 14, 24
    video = pairs * height * width // 4
    ids = torch.tensor([[1, START] + [VIDEO] * video + [END] + list(range(2, 62))], device=device)
    asked = dict(input_ids=ids, attention_mask=torch.ones_like(ids), video_grid_thw=torch.tensor([[pairs, height, width]], device=device),
                 pixel_values_videos=torch.randn(pairs * height * width, 1176, device=device), second_per_grid_ts=torch.tensor([1.0], device=device),
                 max_new_tokens=16, min_new_tokens=16, do_sample=False, pad_token_id=0)
    if int(transformers.__version__.split(".")[0]) >= 5:
        asked["mm_token_type_ids"] = (ids == VIDEO).int() * 2

    def ask():
        if device == "cuda":
            torch.cuda.synchronize()
        start = time.perf_counter()
        model.generate(**asked)
        if device == "cuda":
            torch.cuda.synchronize()
        return 1000 * (time.perf_counter() - start)

    ask()
    times = sorted(ask() for _ in range(5))
    print(json.dumps({"transformers": transformers.__version__, "torch": torch.__version__, "shape": shape, "oneQueryMs": round(times[2], 1)}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
