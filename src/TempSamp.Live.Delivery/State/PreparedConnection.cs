using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>A connection that keeps its prepared statements. Used by one thread at a time. Parameters are <c>?1</c>, <c>?2</c>, ... in the order of the values.</summary>
internal abstract class PreparedConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    /// <summary>Opens a file and readies it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Whether it is made when absent.</param>
    protected PreparedConnection(string path, SqliteOpenMode mode)
    {
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ToString());
        _connection.Open();
    }

    /// <summary>Runs a statement; gives the number of changed rows.</summary>
    public int Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    /// <summary>The first row of a query; the default without one.</summary>
    public T? First<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var reader = Bind(sql, values).ExecuteReader();
        return reader.Read() ? row(reader) : default;
    }

    /// <summary>All rows of a query.</summary>
    public List<T> All<T>(string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Bind(sql, values).ExecuteReader();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first column of the first row; 0 without one, or where it is no number.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteScalar() is long number ? number : 0;

    /// <summary>Runs what <paramref name="work"/> does as one change.</summary>
    public void InOneChange(Action work)
    {
        using var change = _connection.BeginTransaction();
        foreach (var command in _prepared.Values) command.Transaction = change;
        try
        {
            work();
            change.Commit();
        }
        finally
        {
            foreach (var command in _prepared.Values) command.Transaction = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var command in _prepared.Values) command.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 1; i <= values.Length; i++) command.Parameters.Add(new SqliteParameter { ParameterName = $"?{i}" });
            _prepared[sql] = command;
        }
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
