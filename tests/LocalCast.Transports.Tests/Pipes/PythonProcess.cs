using System.Diagnostics;
using LocalCast.Testing;

namespace LocalCast.Transports.Tests;

/// <summary>Another process, so that a pipe meets one: Python with its standard library.</summary>
internal static class PythonProcess
{
    /// <summary>Starts a script and waits for its first line.</summary>
    public static async Task<Process> StartAsync(string script, uint? asUser = null)
    {
        Process process = Start(script, asUser);
        Assert.NotNull(await process.StandardOutput.ReadLineAsync().DefaultTimeout());
        return process;
    }

    /// <summary>Runs a script.</summary>
    /// <returns>What it prints.</returns>
    public static async Task<string> RunAsync(string script, uint? asUser = null)
    {
        using Process process = Start(script, asUser);
        string output = await process.StandardOutput.ReadToEndAsync().DefaultTimeout();
        await process.WaitForExitAsync().DefaultTimeout();
        return output.Trim();
    }

    public static void Kill(Process process)
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static Process Start(string script, uint? asUser)
    {
        // The modules first: another user may not read where they lie.
        string prelude = "import os, socket, sys, time\n" + (asUser is null ? "" : $"os.setgroups([])\nos.setgid({asUser})\nos.setuid({asUser})\n");
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(prelude + script);
        return Process.Start(start)!;
    }
}
