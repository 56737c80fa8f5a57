using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Functions.Http;

/// <summary>Reads request bodies strictly: the binding of the Functions host answers malformed JSON with 500 and lets unknown members pass.</summary>
internal static class JsonBody
{
    /// <summary>Reads a body, no further than to where it is too large, and then the request in it.</summary>
    public static async Task<Parsed<T>> ReadAsync<T>(HttpRequest request, Func<JsonElement, Parsed<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        for (int length; body.Length <= StrictJson.MaxBytes && (length = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            body.Write(buffer, 0, length);
        }

        return StrictJson.Read(body.GetBuffer().AsMemory(0, (int)body.Length), read);
    }
}
