namespace LocalCast.Cli;

/// <summary>Whoever read the output has gone.</summary>
internal sealed class OutputGoneException(Exception inner) : Exception("the output is closed", inner);
