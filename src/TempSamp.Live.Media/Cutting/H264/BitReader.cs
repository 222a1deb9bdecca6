namespace TempSamp.Live.Media;

/// <summary>Reads bits and Exp-Golomb numbers from the front of an H.264 NAL unit, leaving its emulation prevention bytes out. Past the end it reads zeros.</summary>
internal ref struct BitReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private int _byte, _bit, _zeros;

    /// <param name="unit">The unit with its header byte.</param>
    public BitReader(ReadOnlySpan<byte> unit)
    {
        _bytes = unit;
        _byte = 1;
    }

    /// <summary>Whether more was read than there is.</summary>
    public readonly bool IsOver => _byte > _bytes.Length;

    /// <summary>One bit.</summary>
    public bool Flag() => Bits(1) == 1;

    /// <summary>Up to 32 bits, the highest first.</summary>
    public uint Bits(int count)
    {
        var value = 0u;
        for (; count > 0; count--) value = (value << 1) | Next();
        return value;
    }

    /// <summary>An unsigned Exp-Golomb number, <c>ue(v)</c>.</summary>
    public uint Unsigned()
    {
        var zeros = 0;
        while (zeros < 31 && !IsOver && Next() == 0) zeros++;
        return (1u << zeros) - 1 + Bits(zeros);
    }

    /// <summary>A signed Exp-Golomb number, <c>se(v)</c>.</summary>
    public int Signed()
    {
        var code = Unsigned();
        return (code & 1) == 1 ? (int)((code + 1) / 2) : -(int)(code / 2);
    }

    private uint Next()
    {
        if (_byte >= _bytes.Length)
        {
            _byte = _bytes.Length + 1;
            return 0;
        }

        var bit = (uint)(_bytes[_byte] >> (7 - _bit)) & 1;
        if (++_bit == 8) Advance();
        return bit;
    }

    private void Advance()
    {
        _zeros = _bytes[_byte] == 0 ? _zeros + 1 : 0;
        (_byte, _bit) = (_byte + 1, 0);
        if (_zeros < 2 || _byte >= _bytes.Length || _bytes[_byte] != 3) return;
        (_byte, _zeros) = (_byte + 1, 0);
    }
}
