using System.Text;

namespace LocalCast.Protocol;

/// <summary>The rules for topics and subscriptions.</summary>
public static class Topic
{
    /// <summary>The most bytes of a topic.</summary>
    public const int MaxBytes = 254;

    /// <summary>Where arrivals and departures are published.</summary>
    public const string Nodes = "localcast.nodes";

    /// <summary>Topics that start with this are published by the agent only.</summary>
    public const string ReservedPrefix = "localcast.";

    /// <summary>In a subscription, one token of any text.</summary>
    public const string AnyToken = "*";

    /// <summary>At the end of a subscription, one or more tokens.</summary>
    public const string AnyTail = ">";

    /// <summary>How many tokens a topic or a subscription has.</summary>
    public static int CountTokens(ReadOnlySpan<char> topic) => topic.Count('.') + 1;

    /// <summary>Says what is wrong with a topic, or with a subscription when wildcards are allowed.</summary>
    public static string? WhatIsWrong(string? topic, bool allowWildcards)
    {
        if (string.IsNullOrEmpty(topic))
        {
            return "a topic must not be empty";
        }

        if (Encoding.UTF8.GetByteCount(topic) is var size and > MaxBytes)
        {
            return $"a topic has at most {MaxBytes} bytes, this one has {size}";
        }

        string[] tokens = topic.Split('.');
        for (int i = 0; i < tokens.Length; i++)
        {
            string? why = tokens[i] switch
            {
                "" => $"the topic '{topic}' has an empty token",
                AnyTail when i < tokens.Length - 1 => $"'>' may only end a subscription, not stand inside '{topic}'",
                AnyToken or AnyTail when !allowWildcards => $"a publication needs one topic, '{topic}' has a wildcard",
                AnyToken or AnyTail => null,
                _ when tokens[i].AsSpan().IndexOfAny('*', '>') >= 0 => $"a wildcard stands for whole tokens; '{tokens[i]}' mixes it with text",
                _ when tokens[i].Any(char.IsControl) => "a topic must not contain control characters",
                _ => null,
            };
            if (why is not null)
            {
                return why;
            }
        }

        return null;
    }
}
