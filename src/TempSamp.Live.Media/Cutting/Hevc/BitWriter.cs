namespace TempSamp.Live.Media;

/// <summary>Writes bits behind whole bytes: a parameter set that is written anew, without emulation prevention.</summary>
internal ref struct BitWriter(ReadOnlySpan<byte> front)
{
    private readonly List<byte> _bytes = [.. front];
    private int _free; // bits of the last byte that are not written yet

    /// <summary>An unsigned Exp-Golomb number, <c>ue(v)</c>.</summary>
    public void Unsigned(int value)
    {
        var length = 32 - int.LeadingZeroCount(value + 1);
        for (var zeros = 1; zeros < length; zeros++) Bit(0);
        for (var bit = length - 1; bit >= 0; bit--) Bit((value + 1) >> bit);
    }

    /// <summary>All bits of some bytes but the first ones, up to and with the last that is set: the unit's stop bit.</summary>
    public void Append(ReadOnlySpan<byte> bytes, int skip)
    {
        bytes = bytes.TrimEnd((byte)0);
        var end = (bytes.Length * 8) - (bytes.IsEmpty ? 0 : int.TrailingZeroCount(bytes[^1]));
        for (var bit = skip; bit < end; bit++) Bit(bytes[bit / 8] >> (7 - (bit % 8)));
    }

    /// <summary>What was written, filled up with zeros.</summary>
    public readonly byte[] ToUnit() => [.. _bytes];

    private void Bit(int bit)
    {
        if (_free == 0)
        {
            _bytes.Add(0);
            _free = 8;
        }

        _free--;
        _bytes[^1] |= (byte)((bit & 1) << _free);
    }
}
