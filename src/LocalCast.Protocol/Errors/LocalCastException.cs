namespace LocalCast.Protocol;

/// <summary>The one exception that LocalCast throws for what can go wrong between programs. Misuse of an API throws the BCL's own exceptions.</summary>
public sealed class LocalCastException : Exception
{
    /// <summary>Creates the exception for an error of the closed list.</summary>
    public LocalCastException(LocalCastError code, string message, Exception? innerException = null)
        : this(new ErrorInfo(code, message), innerException)
    {
    }

    /// <summary>Creates the exception for an error that was received.</summary>
    public LocalCastException(ErrorInfo error, Exception? innerException = null)
        : base(error?.Message, innerException)
    {
        ArgumentNullException.ThrowIfNull(error);
        Error = error;
    }

    /// <summary>The error as it travels.</summary>
    public ErrorInfo Error { get; }

    /// <summary>Which error of the closed list.</summary>
    public LocalCastError Code => Error.Code;
}
