#!/usr/bin/env bash
# The engine's figures on a machine with a GPU, in one command: 3B- and 7B-shaped models with random weights in bfloat16, by the wall clock.
#
#   bash deploy/gpu-bench.sh [--torch DIR] [--seconds N] [--hops N] [--out FILE]
#   bash deploy/gpu-bench.sh --dry-run            every step with a tiny model on the processor, to see that the script runs
#
# DIR holds a libtorch 2.10 built for CUDA; without it, PyTorch's own is taken if python3 has one. N seconds of stream are played for each number
# of streams (180), N hops for the latency (200). Prints and writes (gpu-bench.json) vision pairs a second, answer latency, decode step against bytes read, and streams in time;
# beside them, where transformers is installed, what it needs for one prefill and answer of the same shape.
set -euo pipefail
cd "$(dirname "$0")/.."

torch="" seconds=180 hops=200 out=gpu-bench.json shapes="3b 7b" device=cuda
while [ $# -gt 0 ]; do
    case "$1" in
        --torch) torch=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --hops) hops=$2; shift 2 ;;
        --out) out=$2; shift 2 ;;
        --dry-run) shapes=tiny device=cpu seconds=6 hops=4; shift ;;
        *) echo "usage: bash deploy/gpu-bench.sh [--torch DIR] [--seconds N] [--hops N] [--out FILE] [--dry-run]" >&2; exit 2 ;;
    esac
done
if [ "$device" = cuda ]; then
    command -v nvidia-smi > /dev/null || { echo "There is no NVIDIA driver on this machine: nvidia-smi is missing." >&2; exit 1; }
    nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader
fi
if [ -z "$torch" ] && [ "$device" = cuda ]; then
    torch=$(python3 -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))' 2> /dev/null) \
        || { echo "No libtorch for CUDA: name its folder with --torch, or install PyTorch 2.10." >&2; exit 1; }
fi
dotnet build tests/TempSamp.Live.Benchmarks -c Release -v quiet -nologo

: > "$out"
for shape in $shapes; do
    echo "== $shape"
    dotnet run --no-build -c Release --project tests/TempSamp.Live.Benchmarks -- \
        engine --part device --shape "$shape" --device "$device" --torch "$torch" --hops "$hops" --seconds "$seconds" --json | tee -a "$out"
    python3 - "$shape" "$device" << 'PY' | tee -a "$out" || echo "transformers was not measured: it is not installed, or does not run here" >&2
import json, sys, time
import torch
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

shape, device = sys.argv[1:]
small = shape != "7b"
text = dict(hidden_size=2048 if small else 3584, intermediate_size=11008 if small else 18944, num_hidden_layers=36 if small else 28,
            num_attention_heads=16 if small else 28, num_key_value_heads=2 if small else 4, vocab_size=151936 if small else 152064,
            tie_word_embeddings=small, rms_norm_eps=1e-6, rope_theta=1e6, rope_scaling={"type": "mrope", "mrope_section": [16, 24, 24]})
vision = dict(depth=32, hidden_size=1280, num_heads=16, intermediate_size=3420, out_hidden_size=text["hidden_size"], patch_size=14,
              temporal_patch_size=2, spatial_merge_size=2, window_size=112, fullatt_block_indexes=[7, 15, 23, 31], tokens_per_second=2)
if shape == "tiny":
    text.update(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, vocab_size=2048, rope_scaling={"type": "mrope", "mrope_section": [2, 3, 3]})
    vision.update(depth=2, hidden_size=32, num_heads=2, intermediate_size=48, out_hidden_size=64, fullatt_block_indexes=[1])
    text.update(vision_start_token_id=2000, vision_end_token_id=2001, image_token_id=2002, video_token_id=2003)
config = Qwen2_5_VLConfig(**text, vision_config=vision)
with torch.device(device):
    model = Qwen2_5_VLForConditionalGeneration._from_config(config, torch_dtype=torch.bfloat16).eval()
grid = torch.tensor([[48, 14, 24]], device=device)                      # 48 s of 196 x 336, the mean window
pixels = torch.randn(48 * 14 * 24, 1176, device=device, dtype=torch.bfloat16)
ids = torch.tensor([[1, config.vision_start_token_id] + [config.video_token_id] * (48 * 84) + [config.vision_end_token_id] + list(range(2, 62))], device=device)
def synchronize():
    if device == "cuda":
        torch.cuda.synchronize()
def ask():
    synchronize()
    start = time.perf_counter()
    model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), pixel_values_videos=pixels, video_grid_thw=grid,
                   second_per_grid_ts=[1.0], max_new_tokens=16, min_new_tokens=16, do_sample=False)
    synchronize()
    return 1000 * (time.perf_counter() - start)
ask()
times = sorted(ask() for _ in range(5))
print(json.dumps({"transformers": shape, "oneQueryMs": round(times[2], 1), "torch": torch.__version__}))
PY
done
echo "written to $out"
