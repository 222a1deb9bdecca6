namespace FFmpeg.AutoGen;

/// <summary>An array of fixed length inside a native struct.</summary>
public interface IFixedArray
{
    /// <summary>Number of elements.</summary>
    int Length { get; }
}

/// <summary>A fixed array that is copied to and from managed arrays.</summary>
internal interface IFixedArray<T> : IFixedArray
{
    T this[uint index] { get; set; }

    T[] ToArray();

    void UpdateFrom(T[] array);
}
