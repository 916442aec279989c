namespace LocalCast.Supervision.Tests.Launcher;

internal static class Children
{
    public static LaunchSpec Describe(bool survives) => new()
    {
        Node = "child",
        Generation = 1,
        Token = "",
        Manifest = new NodeManifest { Name = "child", Folder = "/", Source = "test", Fingerprint = "", Run = new RunSpec { Exec = "sleep" }, Survives = survives },
        Exec = "sleep",
        Args = ["1000"],
        WorkingDirectory = "/",
        Environment = new Dictionary<string, string>(),
        DataFolder = "/",
    };
}
