using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Domain.Commands;

/// <summary>The names of command instances.</summary>
public static class CommandNames
{
    /// <summary>What every instance of a command begins with.</summary>
    public const string Prefix = "command.";

    /// <summary>The instance of a command: the same for the same source and id, so that a duplicate is known by it.</summary>
    public static string Instance(string source, string id) =>
        // The length keeps ("a", "bc") and ("ab", "c") apart.
        Prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source.Length}:{source}{id}")));
}
