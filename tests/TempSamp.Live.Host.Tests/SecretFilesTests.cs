namespace TempSamp.Live.Host.Tests;

public sealed class SecretFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_the_secrets_folder_is_a_setting_and_other_files_are_not()
    {
        _folder.Write("Store__SecretKey", "from the folder\n");
        _folder.Write("some-other-secret", "not ours");
        var found = SecretFiles.InFolder(_folder.Path);
        Assert.Equal(("Store:SecretKey", "from the folder"), (Assert.Single(found).Key, found["Store:SecretKey"]));
        Assert.Empty(SecretFiles.InFolder(Path.Combine(_folder.Path, "nowhere")));
    }

    [Fact]
    public void A_variable_that_ends_in_FILE_names_the_file_of_its_value()
    {
        var prefix = $"SECRETTEST{Environment.ProcessId}_";
        Environment.SetEnvironmentVariable(prefix + "Store__SecretKey_FILE", _folder.Write("key", "from a file\n"));
        Environment.SetEnvironmentVariable(prefix + "Store__Bucket", "plain");
        var found = SecretFiles.InVariables(prefix);
        Assert.Equal(("from a file", "plain", 2), (found["Store:SecretKey"], found["Store:Bucket"], found.Count));
    }

    [Fact]
    public void A_file_that_is_not_there_is_bad_configuration()
    {
        var prefix = $"SECRETGONE{Environment.ProcessId}_";
        Environment.SetEnvironmentVariable(prefix + "Store__SecretKey_FILE", "/nowhere/key");
        Assert.Contains("/nowhere/key -> no such file", Assert.Single(Assert.Throws<SettingsException>(() => SecretFiles.InVariables(prefix)).Errors));
    }
}
