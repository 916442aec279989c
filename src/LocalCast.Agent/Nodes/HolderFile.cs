using System.Globalization;

namespace LocalCast.Agent.Nodes;

/// <summary>Who has a data folder, for the words of a refusal; it decides nothing. Beside the lock's file, which nobody else can read while it is locked.</summary>
internal sealed class HolderFile(string folder)
{
    private const int MostBytes = 4096;

    private readonly string _path = Path.Combine(folder, "agent.holder");

    /// <summary>Says that this process has it, where that can be written.</summary>
    public void Write(string pipe)
    {
        try
        {
            File.Delete(_path); // of an agent that was killed: who reads it now must not be told of that one
            string draft = _path + ".new";
            string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            File.WriteAllLines(draft, [pid, pipe, Environment.MachineName]);
            File.Move(draft, _path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A refusal names the folder alone.
        }
    }

    /// <summary>Nobody has it.</summary>
    public void Delete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next agent writes another.
        }
    }

    /// <summary>Who has it: <c>process 4711, at the pipe /tmp/CoreFxPipe_localcast</c>.</summary>
    public string Describe()
    {
        try
        {
            using FileStream file = File.OpenRead(_path);
            if (file.Length <= MostBytes && new StreamReader(file).ReadToEnd().Split('\n') is [var pid, var pipe, var machine, ..])
            {
                string where = machine.Trim() == Environment.MachineName ? "" : $" on {machine.Trim()}"; // a folder that several machines share
                return $"process {pid.Trim()}{where}, at the pipe {pipe.Trim()}";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has just been taken, or could not be written.
        }

        return "which one is not known";
    }
}
