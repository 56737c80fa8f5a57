using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api;

/// <summary>Where the next page of a list begins, and of which version the list is.</summary>
/// <param name="Version">The version of the first page.</param>
/// <param name="Namespace">The namespace of the last object that was shown.</param>
/// <param name="Name">Its name.</param>
internal sealed record ContinueToken(long Version, string Namespace, string Name)
{
    public static ContinueToken After(JsonObject last, long version) => new(version, last.Namespace ?? "", last.Name);

    /// <summary>Reads what a page handed out; null for nothing.</summary>
    /// <exception cref="KubeException">400 for anything else.</exception>
    public static ContinueToken? Read(string? token)
    {
        if (token is null) return null;
        if (Base64Url.IsValid(token) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('/') is [var version, var ns, var name]
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return new(number, ns, name);
        throw KubeException.BadRequest("continue key is not valid: it is what the previous page handed out");
    }

    /// <summary>Whether an object was shown already.</summary>
    public bool IsAtOrAfter(JsonObject obj) =>
        string.CompareOrdinal(obj.Namespace ?? "", Namespace) is var order
            && (order < 0 || (order == 0 && string.CompareOrdinal(obj.Name, Name) <= 0));

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Version}/{Namespace}/{Name}"));
}
