using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TempSamp.Live.Model;
using static TorchSharp.torch;

namespace TempSamp.Live.Trainer;

/// <summary>
/// Vision features of clips on disk, one file a clip, named by the digest of pictures, preprocessing and tower: another tower or frame size finds nothing. A file appears
/// whole or not at all, so a kill at any moment leaves no half of one, and several runs can share a folder. Files that have not been used for longest go first.
/// </summary>
public sealed class FeatureCache
{
    /// <summary>Where features are kept unless the user says otherwise: <c>tempsamp/features</c> in the user's cache folder.</summary>
    public static string DefaultDirectory =>
        Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } caches ? caches : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "tempsamp", "features");

    private const string Ending = ".safetensors";
    private const string Name = "features";

    /// <summary>Once it is full, this share of the bound is kept.</summary>
    private const double KeptShare = 0.9;

    /// <summary>A half-written file is left behind by a run that was killed when nobody has touched it for so long.</summary>
    private static readonly TimeSpan s_abandoned = TimeSpan.FromHours(1);

    private readonly string _directory;
    private readonly long _bound;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private long _held;
    private int _hits;

    /// <param name="directory">Made if absent.</param>
    /// <param name="bound">Most bytes of all files together.</param>
    /// <param name="time">Tells what was used when.</param>
    public FeatureCache(string directory, long bound, TimeProvider time)
    {
        (_directory, _bound, _time) = (directory, bound, time);
        Directory.CreateDirectory(directory);
        foreach (var half in new DirectoryInfo(directory).EnumerateFiles("*.half").Where(f => f.LastWriteTimeUtc + s_abandoned < time.GetUtcNow())) half.Delete();
        _held = Files().Sum(f => f.Length);
    }

    /// <summary>Clips that were found so far.</summary>
    public int Hits => _hits;

    /// <summary>Bytes of all files.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>What the names of features have in common: the tower's weights and what is done to frames before it.</summary>
    public static string TowerKey(VisionTower tower, object preprocessing)
    {
        using var quiet = no_grad();
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(preprocessing)));
        foreach (var (name, parameter) in tower.named_parameters().OrderBy(p => p.name, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            digest.AppendData(Encoding.UTF8.GetBytes($"{name} {parameter.dtype} {string.Join('x', parameter.shape)}"));
            digest.AppendData(parameter.detach().to(ScalarType.Float32).cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    /// <summary>Features that were kept, [N, D]; null where there are none.</summary>
    /// <param name="towerKey">Of <see cref="TowerKey"/>.</param>
    /// <param name="pictures">Names the pictures.</param>
    public Tensor? Read(string towerKey, string pictures)
    {
        var path = PathOf(towerKey, pictures);
        try
        {
            if (!File.Exists(path)) return null;
            using var file = SafetensorsFile.Open(path);
            var features = file.Read(Name);
            Interlocked.Increment(ref _hits);
            File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);
            return features;
        }
        catch (Exception e) when (e is ModelException or IOException)
        {
            return null; // another run has just dropped it, or the disk has lost a part: it is computed again and written over
        }
    }

    /// <summary>Keeps features. A disk that is full keeps none and costs nothing but time.</summary>
    /// <returns>Whether they were kept.</returns>
    public bool Write(string towerKey, string pictures, Tensor features)
    {
        var path = PathOf(towerKey, pictures);
        var half = $"{path}.{Guid.NewGuid():n}.half";
        try
        {
            SafetensorsWriter.Write(half, [KeyValuePair.Create(Name, features)]);
            var (size, before) = (new FileInfo(half).Length, new FileInfo(path) is { Exists: true } old ? old.Length : 0);
            File.Move(half, path, overwrite: true);
            lock (_gate)
            {
                _held += size - before;
                if (_held > _bound) Shrink();
            }
            return true;
        }
        catch (IOException)
        {
            File.Delete(half);
            File.Delete(half + ".partial");
            return false;
        }
    }

    private void Shrink()
    {
        var files = Files().OrderBy(f => f.LastWriteTimeUtc).ToArray();
        _held = files.Sum(f => f.Length);
        foreach (var file in files)
        {
            if (_held <= KeptShare * _bound) return;
            file.Delete();
            _held -= file.Length;
        }
    }

    private FileInfo[] Files() => new DirectoryInfo(_directory).GetFiles("*" + Ending);

    private string PathOf(string towerKey, string pictures) =>
        Path.Combine(_directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{towerKey}\n{pictures}"))) + Ending);
}
