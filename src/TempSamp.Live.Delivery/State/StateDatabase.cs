using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TempSamp.Live.Delivery;

/// <summary>What the worker must not forget: one SQLite database (write-ahead log, flushed at each commit), written by one thread.</summary>
/// <remarks>
/// <code>
///   steps of many callers ──> [queue] ──> one transaction: a savepoint each ──> commit, one flush ──> every caller goes on
/// </code>
/// Steps that arrive while a commit is being flushed share the next one. The queue needs no bound: each caller waits for its step.
/// A step that throws is undone alone. Reads see the last commit and never wait for the writer.
/// </remarks>
public sealed partial class StateDatabase : IDisposable
{
    /// <summary>Most steps in one transaction: bounds how long the first of them waits.</summary>
    private const int MostSteps = 512;

    private readonly ILogger _logger;
    private readonly FileStream _claim;
    private readonly StateConnection _writer;
    private readonly Reserve _reserve;
    private readonly BlockingCollection<StateStep> _queue = [];
    private readonly ConcurrentBag<StateConnection> _readers = [];
    private readonly Thread _thread;

    /// <summary>Opens or makes <c>state.db</c> below <see cref="DeliveryOptions.Directory"/>, brings it to the newest form, and sets a damaged one aside.</summary>
    /// <exception cref="IOException">The folder cannot be used, another process uses it, or the database is of a newer program.</exception>
    public StateDatabase(IOptions<DeliveryOptions> options, TimeProvider time, ILogger<StateDatabase> logger)
    {
        _logger = logger;
        var folder = System.IO.Path.GetFullPath(options.Value.Directory);
        Path = System.IO.Path.Combine(folder, "state.db");
        try
        {
            Directory.CreateDirectory(folder);
            _claim = DurableFile.Claim(folder, "delivery");
            _writer = StateFile.Open(Path, time.GetUtcNow(), out var setAside);
            if (setAside is not null) LogDamaged(Path, setAside);
            IsNew = StateSchema.Migrate(_writer, Path) == 0;
            _reserve = new(folder, time);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or SqliteException)
        {
            _writer?.Dispose();
            _claim?.Dispose();
            throw new IOException($"state '{Path}' cannot be opened: {error.Message} Stop the other daemon that uses the folder, make it writable, or set Delivery:Directory to another.", error);
        }
        _thread = new Thread(Run) { Name = "state", IsBackground = true };
        _thread.Start();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Whether this opening made the database: the first start in a folder, or after damage.</summary>
    public bool IsNew { get; }

    /// <summary>Why the newest change could not be written; null when it could.</summary>
    public string? Trouble { get; private set; }

    /// <summary>How the file was found to be damaged; null while it was not. Only a new start helps, which sets it aside and makes it anew.</summary>
    public string? Damage { get; private set; }

    /// <summary>Writes something that changes nothing, so that <see cref="Trouble"/> is of now.</summary>
    internal Task TouchAsync() => WriteAsync(StateSchema.Touch, isWorthReserve: false);

    /// <summary>Runs a step on the writing thread; on return it is on the disk.</summary>
    /// <param name="step">The step.</param>
    /// <param name="isWorthReserve">Whether room that was kept back for a full disk is given up for it.</param>
    /// <exception cref="IOException">It cannot be written; the state is as it was before.</exception>
    internal Task<T> WriteAsync<T>(Func<StateConnection, T> step, bool isWorthReserve = true)
    {
        var queued = new StateStep<T>(step, isWorthReserve);
        _queue.Add(queued);
        return queued.Task;
    }

    /// <summary>Runs a query on the state as it was last committed.</summary>
    internal T Read<T>(Func<StateConnection, T> query)
    {
        if (!_readers.TryTake(out var reader)) reader = new(Path, isWriter: false);
        try
        {
            return query(reader);
        }
        finally
        {
            _readers.Add(reader);
        }
    }

    /// <summary>Writes what was queued and closes the database.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted) return;
        _queue.CompleteAdding();
        _thread.Join();
        foreach (var reader in _readers) reader.Dispose();
        _writer.Dispose();
        _claim.Dispose();
    }

    private void Run()
    {
        var steps = new List<StateStep>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            steps.Add(first);
            while (steps.Count < MostSteps && _queue.TryTake(out var more)) steps.Add(more);
            Commit(steps);
            steps.Clear();
        }
    }

    private void Commit(List<StateStep> steps)
    {
        var error = TryCommit(steps);
        while (error is not null && StateFile.IsFull(error) && steps.Exists(step => step.IsWorthReserve) && MakeRoom()) error = TryCommit(steps);
        if (error is null)
        {
            Trouble = null;
            foreach (var step in steps) step.Complete();
            _reserve.Restore();
            return;
        }
        var failure = Explain(error);
        if (Trouble != failure.Message) LogRefused(error, failure.Message);
        (Trouble, Damage) = (failure.Message, StateFile.IsDamage(error) ? failure.Message : Damage);
        foreach (var step in steps) step.Fail(failure);
    }

    private SqliteException? TryCommit(List<StateStep> steps)
    {
        try
        {
            _writer.Execute("BEGIN IMMEDIATE");
            foreach (var step in steps) RunStep(step);
            _writer.Execute("COMMIT");
            return null;
        }
        catch (SqliteException error)
        {
            RollBack();
            return error;
        }
    }

    /// <summary>The disk is full: some of the room kept back for this is given up. False when none is left.</summary>
    private bool MakeRoom()
    {
        if (!_reserve.Release()) return false;
        LogReserve(Path);
        return true;
    }

    private void RunStep(StateStep step)
    {
        _writer.Execute("SAVEPOINT step");
        if (!step.Run(_writer)) _writer.Execute("ROLLBACK TO step");
        _writer.Execute("RELEASE step");
    }

    private void RollBack()
    {
        try
        {
            _writer.Execute("ROLLBACK");
        }
        catch (SqliteException error)
        {
            LogNothingToUndo(error, error.Message);   // SQLite has rolled back by itself
        }
    }

    private IOException Explain(SqliteException error)
    {
        var fix = StateFile.IsFull(error) ? "the disk is full; free some space or set Delivery:Directory to a larger disk"
            : StateFile.IsDamage(error) ? "the file is damaged; start again and it is set aside and made anew from the clips and the journal"
            : "check the disk and that the folder is writable";
        return new($"state '{Path}' cannot be written ({error.Message}): {fix}", error);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "State {Path} is damaged: it was set aside as {Aside} and is made anew from the clips and the journal")]
    private partial void LogDamaged(string path, string aside);

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk of {Path} is full: the room kept back for this is used now; free some space")]
    private partial void LogReserve(string path);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Reason}")]
    private partial void LogRefused(Exception error, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "State: nothing to undo: {Reason}")]
    private partial void LogNothingToUndo(Exception error, string reason);
}
