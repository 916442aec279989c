namespace LocalCast.Supervision.Internal;

/// <summary>The control group of one instance.</summary>
internal sealed class ControlGroup(string path)
{
    /// <summary>Whether the kernel killed one of its processes for using too much memory.</summary>
    public bool WasOutOfMemory
    {
        get
        {
            try
            {
                return File.ReadLines(Path.Combine(path, "memory.events")).Any(line => line.StartsWith("oom_kill ", StringComparison.Ordinal) && line != "oom_kill 0");
            }
            catch (IOException)
            {
                // There is no memory ceiling.
                return false;
            }
        }
    }

    /// <returns>What is wrong; <see langword="null"/> when it is in the group, and so is whatever it starts.</returns>
    public string? Add(int pid) => TryWrite("cgroup.procs", $"{pid}");

    /// <summary>Kills all of it at once, whatever session it is in. Kernels before 5.14 cannot; the walk over the processes does it then.</summary>
    public void Kill() => _ = TryWrite("cgroup.kill", "1");

    /// <summary>Removes it, and what was made above it once that is empty.</summary>
    public void Remove()
    {
        if (TryRemove(path))
        {
            _ = TryRemove(Path.GetDirectoryName(path)!);
        }
    }

    private static bool TryRemove(string folder)
    {
        try
        {
            // The files in it are the kernel's: only the folder itself can be removed.
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Its processes are killed and not all gone yet, or it has other groups. An empty group costs next to nothing.
            return false;
        }
    }

    private string? TryWrite(string file, string text)
    {
        try
        {
            using FileStream stream = new(Path.Combine(path, file), FileMode.Open, FileAccess.Write);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(text));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
