namespace LocalCast.Supervision.Tests.Launcher;

internal static class Children
{
    public static LaunchSpec Describe(string script, bool survives, string token) => new()
    {
        Node = "child",
        Generation = 1,
        Token = token,
        Manifest = new NodeManifest { Name = "child", Folder = "/", Source = "test", Fingerprint = "", Run = new RunSpec { Exec = "sh" }, Survives = survives },
        Exec = "sh",
        Args = ["-c", script],
        WorkingDirectory = "/",
        Environment = new Dictionary<string, string> { ["LOCALCAST_INSTANCE"] = token },
        DataFolder = "/",
    };
}
