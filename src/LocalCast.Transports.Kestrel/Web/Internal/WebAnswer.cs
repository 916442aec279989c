using Microsoft.AspNetCore.Http;

namespace LocalCast.Transports.Kestrel.Internal;

/// <summary>A short answer for a person, or for the log of a program.</summary>
internal static class WebAnswer
{
    public static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.Connection = "close";
        return context.Response.WriteAsync(text + "\n");
    }
}
