using Microsoft.Extensions.Logging;

namespace LocalCast.Agent.Mesh;

/// <summary>When what was learnt of the mesh is written down: now and then, by one thread at a time, and once at the end.</summary>
internal sealed class MeshSaving(MeshMemory memory, MeshDriver driver, ILogger logger)
{
    private readonly Lock _saving = new();
    private bool _isOver;

    public bool IsDue => memory.IsDue;

    /// <summary>Saves if it is time, on another thread: a disk may be slow, and links are watched meanwhile.</summary>
    public void Begin() => ThreadPool.UnsafeQueueUserWorkItem(static self => self.SaveIfDue(), this, preferLocal: false);

    /// <summary>Saves for the last time.</summary>
    public void End()
    {
        lock (_saving)
        {
            _isOver = true; // what comes later may find the folder in other hands
            Save_NeedsLock();
        }
    }

    private void SaveIfDue()
    {
        if (!_saving.TryEnter())
        {
            return; // somebody is at it
        }

        try
        {
            if (!_isOver && memory.IsDue)
            {
                Save_NeedsLock();
            }
        }
        finally
        {
            _saving.Exit();
        }
    }

    private void Save_NeedsLock()
    {
        try
        {
            memory.Save(driver.Ask(0, static (machine, _, now) => new MeshKept(machine.Book.Save(now.Now), machine.Ledger.Content)));
        }
        catch (Exception e)
        {
            MeshLog.Defect(logger, e);
        }
    }
}
