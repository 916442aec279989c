using System.Diagnostics;
using LocalCast.Testing;

namespace LocalCast.EndToEnd.Tests;

/// <summary>The <c>ip</c> command of iproute2.</summary>
internal static class NetworkCommand
{
    /// <summary>Runs it; that it cannot is an error that says what a machine needs to run these tests. They are never skipped.</summary>
    public static async Task IpAsync(params string[] arguments)
    {
        (int exitCode, _, string errors) = await RunAsync(arguments, "");
        AssertDone(exitCode, errors, string.Join(' ', arguments));
    }

    /// <summary>Runs several in a namespace, each a line.</summary>
    public static async Task IpInAsync(string networkNamespace, params IReadOnlyList<string> lines)
    {
        (int exitCode, _, string errors) = await RunAsync(["-n", networkNamespace, "-batch", "-"], string.Join('\n', lines) + '\n');
        AssertDone(exitCode, errors, string.Join("; ", lines));
    }

    /// <summary>Runs it, whatever comes of it: what is cleaned up may be gone.</summary>
    public static async Task<string> TryIpAsync(params string[] arguments) => (await RunAsync(arguments, "")).Output;

    private static void AssertDone(int exitCode, string errors, string what) => Assert.True(
        exitCode == 0,
        $"'ip {what}' failed: {errors.Trim()}\nThese tests need network namespaces: Linux, root (or CAP_NET_ADMIN and CAP_SYS_ADMIN), iproute2 and /dev/net/tun, as .ci/run has them.");

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string[] arguments, string input)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await Task.WhenAll(output, errors).DefaultTimeout();
        await process.WaitForExitAsync().DefaultTimeout();
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            Assert.Fail($"there is no 'ip' command ({e.Message}): these tests need iproute2, which .ci/run installs");
            throw;
        }
    }
}
