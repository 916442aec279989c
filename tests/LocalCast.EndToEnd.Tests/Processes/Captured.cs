using System.Text;

namespace LocalCast.EndToEnd.Tests;

/// <summary>Lines as they come, and whoever waits for one of them.</summary>
internal sealed class Captured
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, TaskCompletionSource Found)> _waiting = [];

    public string Text
    {
        get
        {
            lock (_text)
            {
                return _text.ToString();
            }
        }
    }

    public void Add(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_text)
        {
            _text.Append(line).Append('\n');
            foreach ((string text, TaskCompletionSource found) in _waiting)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    found.TrySetResult();
                }
            }
        }
    }

    public Task WhenContains(string text)
    {
        lock (_text)
        {
            var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((text, found));
            if (_text.ToString().Contains(text, StringComparison.Ordinal))
            {
                found.SetResult();
            }

            return found.Task;
        }
    }
}
