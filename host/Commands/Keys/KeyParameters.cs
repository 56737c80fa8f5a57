using System.CommandLine;
using System.Text.RegularExpressions;
using Orchestrator.Host.Hosting.Keys;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Commands.Keys;

/// <summary>What names a key on the command line.</summary>
internal sealed partial class KeyParameters
{
    private readonly Argument<string> name = new("name") { Description = $"the key's name, e.g. ci; the system key is {KeyRing.DurableTask}" };

    private readonly Option<KeyScope> scope = new("--scope")
    {
        Description = $"what it opens: {KeyScope.Forms}; host opens every function, system the management API",
        DefaultValueFactory = _ => KeyScope.Host,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            if (KeyScope.Parse(text) is { Kind: not KeyKind.Master } scope)
            {
                return scope;
            }

            result.AddError($"--scope {text}: expected {KeyScope.Forms}.");
            return null;
        },
    };

    public void AddTo(Command command)
    {
        command.Add(name);
        command.Add(scope);
    }

    /// <summary>The key that is meant.</summary>
    /// <exception cref="InputException">There can be none of this name in this scope.</exception>
    public (KeyScope Scope, string Name) Read(KeyCall call)
    {
        var (named, where) = (call.Parsed.GetRequiredValue(name), call.Parsed.GetRequiredValue(scope));
        if (named.Equals(KeyRing.Master, StringComparison.OrdinalIgnoreCase))
        {
            return (KeyScope.Master, KeyRing.Master);
        }

        if (!Pattern.IsMatch(named))
        {
            throw new InputException($"'{named}' is no name of a key: use up to 64 letters, digits, '-', '_' and '.', with a letter or digit first.");
        }

        if (where.Kind is KeyKind.System != named is KeyRing.DurableTask)
        {
            throw new InputException($"the one system key is {KeyRing.DurableTask}: orc keys set {KeyRing.DurableTask} --scope system.");
        }

        if (where.Kind is KeyKind.Function && !HttpFunctions.Names.Contains(where.Function, StringComparer.OrdinalIgnoreCase))
        {
            var names = string.Join(", ", HttpFunctions.Names);
            throw new InputException($"--scope {where}: no function of this name asks for a key; there are {names}.");
        }

        return (where, named);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
    private static partial Regex Pattern { get; }
}
