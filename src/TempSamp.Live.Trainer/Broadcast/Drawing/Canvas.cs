using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Draws soft-edged filled shapes into packed RGB bytes. All lengths are scene units; an edge is one pixel soft, so the same scene
/// looks alike at every size. Plain arithmetic instead of a graphics library: same bytes on every machine, and fast at 140x84.
/// </summary>
internal readonly ref struct Canvas(Span<byte> rgb, int width, int height, Lens lens)
{
    private readonly Span<byte> _rgb = rgb;
    private readonly Lens _lens = lens;
    private readonly float _unit = Math.Max(height, width / Lens.Wide); // pixels in a screen unit
    private readonly float _left = (width - (Lens.Wide * Math.Max(height, width / Lens.Wide))) / 2;
    private readonly float _top = (height - Math.Max(height, width / Lens.Wide)) / 2;

    /// <summary>The same pixels through another lens.</summary>
    public Canvas Through(Lens other) => new(_rgb, width, height, other);

    /// <summary>The lens in use.</summary>
    public Lens View => _lens;

    private float Px(float x) => _left + (_lens.ScreenX(x) * _unit);

    private float Py(float y) => _top + (_lens.ScreenY(y) * _unit);

    private float Scale => _lens.Zoom * _unit;

    /// <summary>Everything, from <paramref name="top"/> down to <paramref name="bottom"/> colour.</summary>
    public void Fill(Ink top, Ink bottom)
    {
        for (var y = 0; y < height; y++)
        {
            var ink = top.Toward(bottom, y / (float)height);
            var row = MemoryMarshal.Cast<byte, Ink>(_rgb.Slice(y * width * 3, width * 3));
            row.Fill(ink);
        }
    }

    /// <summary>An upright rectangle between two corners.</summary>
    public void Rect(float x0, float y0, float x1, float y1, Ink ink, float alpha = 1)
    {
        var (a, b) = (Px(x0), Px(x1));
        var (left, right) = (Math.Min(a, b), Math.Max(a, b));
        var (top, bottom) = (Py(y0), Py(y1));
        var (first, last) = (Math.Max(0, (int)left), Math.Min(width, (int)Math.Ceiling(right)));
        for (var y = Math.Max(0, (int)top); y < Math.Min(height, bottom); y++)
        {
            var rows = alpha * (Math.Min(y + 1, bottom) - Math.Max(y, top));
            var solid = rows >= 1;
            for (var x = first; x < last; x++)
            {
                Blend(x, y, ink, solid && x >= left && x + 1 <= right ? 1 : rows * (Math.Min(x + 1, right) - Math.Max(x, left)));
            }
        }
    }

    /// <summary>A rectangle about its centre, turned by <paramref name="angle"/> radians, corners rounded by <paramref name="round"/>.</summary>
    public void Box(float cx, float cy, float halfX, float halfY, Ink ink, float angle = 0, float round = 0, float alpha = 1)
    {
        var (px, py, s) = (Px(cx), Py(cy), Scale);
        var (hx, hy, r) = (halfX * s, halfY * s, round * s);
        var (sin, cos) = MathF.SinCos(_lens.Mirror ? -angle : angle);
        var (ex, ey) = ((Math.Abs(cos) * hx) + (Math.Abs(sin) * hy) + 1, (Math.Abs(sin) * hx) + (Math.Abs(cos) * hy) + 1);
        for (var y = Math.Max(0, (int)(py - ey)); y < Math.Min(height, py + ey); y++)
        {
            for (var x = Math.Max(0, (int)(px - ex)); x < Math.Min(width, px + ex); x++)
            {
                var (dx, dy) = (x + 0.5f - px, y + 0.5f - py);
                var qx = Math.Abs((dx * cos) + (dy * sin)) - hx + r;
                var qy = Math.Abs((dy * cos) - (dx * sin)) - hy + r;
                var (ox, oy) = (Math.Max(qx, 0), Math.Max(qy, 0));
                var outside = ox > 0 && oy > 0 ? MathF.Sqrt((ox * ox) + (oy * oy)) : Math.Max(qx, qy);
                Blend(x, y, ink, alpha * (0.5f - (outside - r)));
            }
        }
    }

    /// <summary>An upright ellipse.</summary>
    public void Disc(float cx, float cy, float rx, float ry, Ink ink, float alpha = 1)
    {
        var (px, py, s) = (Px(cx), Py(cy), Scale);
        var (ax, ay) = (rx * s, ry * s);
        var small = Math.Min(ax, ay);
        for (var y = Math.Max(0, (int)(py - ay - 1)); y < Math.Min(height, py + ay + 1); y++)
        {
            var v = (y + 0.5f - py) / ay;
            for (var x = Math.Max(0, (int)(px - ax - 1)); x < Math.Min(width, px + ax + 1); x++)
            {
                var u = (x + 0.5f - px) / ax;
                Blend(x, y, ink, alpha * (0.5f + (small * (1 - MathF.Sqrt((u * u) + (v * v))))));
            }
        }
    }

    /// <summary>A round disc.</summary>
    public void Disc(float cx, float cy, float radius, Ink ink, float alpha = 1) => Disc(cx, cy, radius, radius, ink, alpha);

    /// <summary>A thick line with round ends.</summary>
    public void Line(float x0, float y0, float x1, float y1, float thick, Ink ink, float alpha = 1)
    {
        var (ax, ay, bx, by) = (Px(x0), Py(y0), Px(x1), Py(y1));
        var r = thick * Scale / 2;
        var (lx, ly) = (bx - ax, by - ay);
        var inverse = 1 / Math.Max(1e-6f, (lx * lx) + (ly * ly));
        for (var y = Math.Max(0, (int)(Math.Min(ay, by) - r - 1)); y < Math.Min(height, Math.Max(ay, by) + r + 1); y++)
        {
            for (var x = Math.Max(0, (int)(Math.Min(ax, bx) - r - 1)); x < Math.Min(width, Math.Max(ax, bx) + r + 1); x++)
            {
                var (dx, dy) = (x + 0.5f - ax, y + 0.5f - ay);
                var along = Math.Clamp(((dx * lx) + (dy * ly)) * inverse, 0, 1);
                var (ox, oy) = (dx - (along * lx), dy - (along * ly));
                Blend(x, y, ink, alpha * (0.5f + r - MathF.Sqrt((ox * ox) + (oy * oy))));
            }
        }
    }

    /// <summary>Part of a ring: <paramref name="share"/> of a turn, clockwise on screen from the top.</summary>
    public void Ring(float cx, float cy, float radius, float thick, Ink ink, float share = 1)
    {
        var (px, py, s) = (Px(cx), Py(cy), Scale);
        var (r, half) = (radius * s, thick * s / 2);
        var e = r + half + 1;
        for (var y = Math.Max(0, (int)(py - e)); y < Math.Min(height, py + e); y++)
        {
            for (var x = Math.Max(0, (int)(px - e)); x < Math.Min(width, px + e); x++)
            {
                var (dx, dy) = (x + 0.5f - px, y + 0.5f - py);
                var turn = (MathF.Atan2(dx, -dy) / MathF.Tau) + (dx < 0 ? 1 : 0);
                if (turn <= share)
                {
                    Blend(x, y, ink, 0.5f + half - Math.Abs(MathF.Sqrt((dx * dx) + (dy * dy)) - r));
                }
            }
        }
    }

    /// <summary>A triangle pointing up or down: for arrows, flags of a pole and lamp shades.</summary>
    public void Wedge(float cx, float cy, float halfX, float halfY, Ink ink, bool down)
    {
        var (px, py, s) = (Px(cx), Py(cy), Scale);
        var (hx, hy) = (halfX * s, halfY * s);
        for (var y = Math.Max(0, (int)(py - hy)); y < Math.Min(height, py + hy); y++)
        {
            var depth = Math.Clamp((y + 0.5f - py + hy) / (2 * hy), 0, 1); // 0 at the top
            var reach = hx * (down ? 1 - depth : depth);
            for (var x = Math.Max(0, (int)(px - reach - 1)); x < Math.Min(width, px + reach + 1); x++)
            {
                Blend(x, y, ink, 0.5f + reach - Math.Abs(x + 0.5f - px));
            }
        }
    }

    /// <summary>Text about its centre, letters <paramref name="size"/> high, never mirrored.</summary>
    public void Text(float cx, float cy, float size, string text, Ink ink)
    {
        var dot = size / PixelFont.Rows;
        var sign = _lens.Mirror ? -1 : 1;
        var start = -((text.Length * (PixelFont.Columns + 1)) - 1) / 2f;
        for (var i = 0; i < text.Length; i++)
        {
            for (var row = 0; row < PixelFont.Rows; row++)
            {
                for (var column = 0; column < PixelFont.Columns; column++)
                {
                    if (PixelFont.Has(text[i], column, row))
                    {
                        var x = cx + (sign * dot * (start + (i * (PixelFont.Columns + 1)) + column));
                        var y = cy + (dot * (row - (PixelFont.Rows / 2f)));
                        Rect(x, y, x + (sign * dot), y + dot, ink);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Blend(int x, int y, Ink ink, float share)
    {
        if (share <= 0)
        {
            return;
        }

        ref var pixel = ref MemoryMarshal.Cast<byte, Ink>(_rgb)[(y * width) + x];
        var a = share >= 1 ? 256 : (int)(share * 256);
        pixel = new Ink(
            (byte)(pixel.R + ((a * (ink.R - pixel.R)) >> 8)),
            (byte)(pixel.G + ((a * (ink.G - pixel.G)) >> 8)),
            (byte)(pixel.B + ((a * (ink.B - pixel.B)) >> 8)));
    }
}
