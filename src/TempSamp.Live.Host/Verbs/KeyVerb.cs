namespace TempSamp.Live.Host;

/// <summary><c>key</c>: a new key for the API, shown once, and the hash that goes into the settings.</summary>
internal static class KeyVerb
{
    public static Verb Create(VerbContext context)
    {
        var verb = new Verb("key", "Makes a key for the API; the settings keep its hash only", "tempsamp-live key");
        verb.SetAction(_ =>
        {
            var key = ApiKey.Create();
            context.Output.WriteLine($"key   {key}");
            context.Output.WriteLine($"hash  {ApiKey.HashOf(key)}");
            context.Error.WriteLine("Give the key to the caller, who sends it as 'Authorization: Bearer KEY'. Put the hash into Api:Keys:NAME:Hash with a Role. The key is not shown again.");
        });
        return verb;
    }
}
