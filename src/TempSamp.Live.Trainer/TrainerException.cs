namespace TempSamp.Live.Trainer;

/// <summary>Something is wrong with what the trainer was given. The message names the thing, the reason and the fix.</summary>
public sealed class TrainerException(string message, Exception? inner = null) : Exception(message, inner);
