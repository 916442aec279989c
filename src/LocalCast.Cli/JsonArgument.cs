using System.Text;
using System.Text.Json;
using LocalCast.Protocol;

namespace LocalCast.Cli;

/// <summary>A word of the command line as a value: JSON if it is JSON, else the text itself.</summary>
internal static class JsonArgument
{
    public static JsonElement Parse(string word)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(word);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(word);
        }
    }

    /// <summary>Which of the words were sent as text although they begin like JSON, and why they are none; <see langword="null"/> when there is none such.</summary>
    /// <param name="words">The words.</param>
    /// <param name="name">What a single one is called; without it they are counted.</param>
    public static string? WhatWasMeantAsJson(IReadOnlyList<string> words, string? name = null)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].TrimStart() is ['{' or '[' or '"', ..] && JsonFault.Find(Encoding.UTF8.GetBytes(words[i])) is { } fault)
            {
                return $"{name ?? $"argument {i + 1}"} was sent as a text, since it is not JSON: {fault.Place}: {fault.Why}";
            }
        }

        return null;
    }
}
