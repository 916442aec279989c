using System.Runtime.CompilerServices;

namespace LocalCast.Sdk.Tests;

/// <summary>Some tests block threads of the pool on purpose, and here the agent lives in the same process: there are enough for both.</summary>
internal static class ThreadPoolSetup
{
#pragma warning disable CA2255 // a test assembly is nobody's library
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Run() => ThreadPool.SetMinThreads(64, 64);
}
