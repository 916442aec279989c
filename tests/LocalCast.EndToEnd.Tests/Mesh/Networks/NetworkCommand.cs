using System.Diagnostics;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The <c>ip</c> command of iproute2.</summary>
internal static class NetworkCommand
{
    /// <summary>Runs it; that it cannot is an error that says what a machine needs to run these tests. They are never skipped.</summary>
    public static async Task IpAsync(params string[] arguments)
    {
        (int exitCode, string errors) = await RunAsync(arguments);
        Assert.True(
            exitCode == 0,
            $"'ip {string.Join(' ', arguments)}' failed: {errors.Trim()}\nThese tests need network namespaces: Linux, root (or CAP_NET_ADMIN and CAP_SYS_ADMIN), iproute2 and /dev/net/tun, as .ci/run has them.");
    }

    /// <summary>Runs it, whatever comes of it: what is cleaned up may be gone.</summary>
    public static Task TryIpAsync(params string[] arguments) => RunAsync(arguments);

    private static async Task<(int ExitCode, string Errors)> RunAsync(string[] arguments)
    {
        using Process process = Start(arguments);
        string errors = await process.StandardError.ReadToEndAsync().DefaultTimeout();
        await process.WaitForExitAsync().DefaultTimeout();
        return (process.ExitCode, errors);
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Fail($"there is no 'ip' command ({e.Message}): these tests need iproute2, which .ci/run installs");
            throw;
        }
    }
}
