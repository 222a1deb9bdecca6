using TempSamp.Live.Model;

namespace TempSamp.Live.Grounding;

/// <summary>A number that is being spelt from its first digit on, and can only become one that lies between two bounds.</summary>
/// <remarks>Everything is counted in units of the last decimal: 12.5 s with one decimal is 125.</remarks>
internal sealed class NumberDraft
{
    private static readonly long[] Powers = [.. Enumerable.Range(0, 19).Select(exponent => (long)Math.Pow(10, exponent))];

    private readonly int _leastDigits;
    private readonly int _mostDigits;
    private readonly int _decimals;
    private readonly long _low;
    private readonly long _high;
    private long _value;                // of the digits so far
    private int _whole;                 // digits before the point
    private int _fraction = -1;         // digits after the point; -1 before it

    /// <summary>Starts a number in [<paramref name="low"/>, <paramref name="high"/>], which must not be empty.</summary>
    public NumberDraft(AnswerFormat format, long low, long high)
    {
        (_decimals, _low, _high) = (format.Decimals, low, high);
        _leastDigits = format.IntegerDigits;
        var digits = 1;
        while (high / Powers[format.Decimals] >= Powers[digits]) digits++;
        _mostDigits = Math.Max(format.IntegerDigits, digits);
    }

    /// <summary>The number; meaningful when it is complete.</summary>
    public long Value => _value;

    /// <summary>Whether nothing can follow: all decimals are there, or, without decimals, all whole digits.</summary>
    public bool Complete => _decimals == 0 ? _whole == _mostDigits : _fraction == _decimals;

    /// <summary>Whether a digit can come next.</summary>
    public bool CanTake(int digit)
    {
        var next = _value * 10 + digit;
        if (_fraction >= 0) return _fraction < _decimals && Meets(next, _decimals - _fraction - 1);
        var zeroLed = _whole > 0 && _value < Powers[_whole - 1];
        if (_whole >= _mostDigits || (zeroLed && _whole >= _leastDigits)) return false;
        var least = Math.Max(_whole + 1, _leastDigits);
        var most = next < Powers[_whole] ? least : _mostDigits;
        for (var length = least; length <= most; length++)
            if (Meets(next, length - _whole - 1 + _decimals)) return true;
        return false;
    }

    /// <summary>Whether the whole digits can end here: a point comes next, or, without decimals, the end of the number.</summary>
    public bool CanStop => _fraction < 0 && _whole >= _leastDigits && Meets(_value, _decimals);

    /// <summary>Appends a digit.</summary>
    public void Take(int digit)
    {
        _value = _value * 10 + digit;
        if (_fraction >= 0) _fraction++;
        else _whole++;
    }

    /// <summary>Sets the point.</summary>
    public void Stop() => _fraction = 0;

    /// <summary>One that goes on by itself.</summary>
    public NumberDraft Copy() => (NumberDraft)MemberwiseClone();

    // Whether some number that begins like this and has so many digits more lies in the bounds.
    private bool Meets(long value, int more) => value * Powers[more] <= _high && (value + 1) * Powers[more] - 1 >= _low;
}
