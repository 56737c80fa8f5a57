using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api;

/// <summary>Writes answers: objects, and refusals as <c>Status</c>.</summary>
internal static class StatusResponse
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    extension(HttpResponse response)
    {
        /// <summary>Answers with a JSON body.</summary>
        public async Task AnswerAsync(JsonNode body, int code = StatusCodes.Status200OK)
        {
            response.StatusCode = code;
            response.ContentType ??= "application/json";
            await response.WriteNodeAsync(body);
        }

        /// <summary>Answers a refusal.</summary>
        public Task AnswerAsync(KubeException refusal)
        {
            if (refusal.RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return response.AnswerAsync(refusal.ToStatus(), refusal.Code);
        }

        /// <summary>Writes a node, and a line feed where the answer is a stream of them.</summary>
        public async Task WriteNodeAsync(JsonNode body, bool line = false)
        {
            await using (var writer = new Utf8JsonWriter(response.BodyWriter, Readable)) body.WriteTo(writer);
            if (line) response.BodyWriter.Write("\n"u8);
            await response.BodyWriter.FlushAsync(response.HttpContext.RequestAborted);
        }
    }

    private static void Write(this System.Buffers.IBufferWriter<byte> writer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }
}
