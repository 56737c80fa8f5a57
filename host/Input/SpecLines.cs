using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Host.Input;

/// <summary>The lines of a spec's text in which its members stand, by their JSON pointers.</summary>
internal sealed class SpecLines
{
    private readonly Dictionary<string, long> lines = new(StringComparer.Ordinal);

    private SpecLines()
    {
    }

    /// <summary>Finds the members in YAML, which JSON is as well; in JSON that is indented with tabs, which YAML forbids, none is found.</summary>
    public static SpecLines Of(string text)
    {
        var found = new SpecLines();
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            found.Walk(yaml.Documents[0].RootNode, "");
        }
        catch (YamlException)
        {
            // Problems are then told without their lines.
        }

        return found;
    }

    /// <summary>The 1-based line of a member; of what it is missing in, where it does not stand there; null when that cannot be told.</summary>
    public long? Find(string pointer)
    {
        for (var at = pointer; ; at = at[..at.LastIndexOf('/')])
        {
            if (lines.TryGetValue(at, out var line))
            {
                return line;
            }

            if (at.Length == 0)
            {
                return null;
            }
        }
    }

    private void Walk(YamlNode node, string pointer)
    {
        // A member stands where its name does, which its caller has noted.
        lines.TryAdd(pointer, node.Start.Line);
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                {
                    var member = $"{pointer}/{((YamlScalarNode)key).Value!.Replace("~", "~0").Replace("/", "~1")}";
                    lines.TryAdd(member, key.Start.Line);
                    Walk(value, member);
                }

                break;
            case YamlSequenceNode sequence:
                foreach (var (index, item) in sequence.Children.Index())
                {
                    Walk(item, $"{pointer}/{index}");
                }

                break;
        }
    }
}
