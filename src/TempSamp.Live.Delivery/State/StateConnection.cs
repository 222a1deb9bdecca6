using Microsoft.Data.Sqlite;

namespace TempSamp.Live.Delivery;

/// <summary>A connection to the state: each commit is flushed to the disk.</summary>
internal sealed class StateConnection : PreparedConnection
{
    public StateConnection(string path, bool isWriter) : base(path, SqliteOpenMode.ReadWriteCreate)
    {
        try
        {
            Execute("PRAGMA journal_mode=WAL");
            Execute("PRAGMA synchronous=FULL");
            if (isWriter) Execute("PRAGMA wal_autocheckpoint=256");
            else Execute("PRAGMA query_only=1");
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
