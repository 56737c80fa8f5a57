using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Orchestrator.Durable.Engine.Triggers;

/// <summary>What the host's settings say of its functions.</summary>
/// <param name="configuration">The settings; null for none.</param>
internal sealed partial class FunctionSettings(IConfiguration? configuration)
{
    /// <summary>Whether <c>AzureWebJobs.NAME.Disabled</c>, or with <c>__</c> for the dots, is true or 1.</summary>
    public bool IsDisabled(string function) =>
        (configuration?[$"AzureWebJobs.{function}.Disabled"] ?? configuration?[$"AzureWebJobs:{function}:Disabled"]) is { } text
        && (text == "1" || (bool.TryParse(text, out var disabled) && disabled));

    /// <summary>Puts the values of settings in the place of <c>%NAME%</c>.</summary>
    /// <exception cref="InvalidOperationException">There is no such setting.</exception>
    public string Resolve(string text) => Reference.Replace(text, match => match.Groups[1].Value switch
    {
        var name when configuration?[name] is { } value => value,
        var name => throw new InvalidOperationException($"'{text}' names the setting '{name}', which is missing: set it, or correct the name."),
    });

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Reference { get; }
}
