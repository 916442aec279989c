using FsCheck;

namespace LocalCast.Mesh.Tests;

/// <summary>Properties are tried with the same cases every time: a red test says that the code changed, not that the dice did.</summary>
internal static class PropertyConfig
{
    public static Config Tests(int count) => Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(20260102, 30405);
}
