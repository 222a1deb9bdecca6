namespace TempSamp.Live.Model.Tests;

public class TorchRuntimeTests
{
    [Fact]
    public void A_folder_without_libtorch_is_an_error_that_names_the_setting()
    {
        var message = Assert.Throws<ModelException>(() => TorchRuntime.Find("/nowhere")).Message;
        Assert.Contains("Torch:LibraryPath '/nowhere'", message);
        Assert.Contains("libtorch_cpu.so", message);
    }

    [Fact]
    public void Builds_load_libtorch_from_the_package_and_carry_none()
    {
        Assert.True(File.Exists(Path.Combine(TorchRuntime.LoadedFrom!, "libtorch_cpu.so")));
        Assert.False(File.Exists(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so")));
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")), "TorchSharp made a copy of libtorch: something touched it before TorchRuntime.Ensure.");
    }

    [Fact]
    public void A_library_that_does_not_load_is_named()
    {
        var file = Path.GetTempFileName();
        Assert.Contains($"{file} cannot be loaded", Assert.Throws<ModelException>(() => TorchRuntime.Load(file)).Message);
        File.Delete(file);
    }
}
