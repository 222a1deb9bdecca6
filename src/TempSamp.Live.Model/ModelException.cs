namespace TempSamp.Live.Model;

/// <summary>A model folder, or something asked of a model, cannot be used. The message names the thing, the reason and the fix.</summary>
public sealed class ModelException(string message, Exception? inner = null) : Exception(message, inner);
